"""From a file to a verdict on the record, through forms and the queue."""

import hashlib
import json

from clew.gate.desk import seen_at_gate
from clew.web.desk import reading
from clew.web.evaluate.models import LookRun, PublishedEvaluation
from clew.web.work import queue


def ask_for_a_look(client, upload, **more):
    typed = {"data": [str(upload.id)], "look": "1", **more}
    return client.post("/pilots/visits/look", typed)


def test_a_file_a_look_a_verdict(as_, brought, twelve_months):
    evaluator = as_("evaluation unit")
    page = evaluator.get("/pilots/visits/data").content.decode()
    assert hashlib.sha256(twelve_months).hexdigest() in page

    check = ask_for_a_look(evaluator, brought)
    assert check.status_code == 200
    assert "for ever" in check.content.decode()
    assert not LookRun.objects.exists(), "nothing is asked for before the last step"

    answer = ask_for_a_look(evaluator, brought, confirmed="yes", once="1")
    run = LookRun.objects.get()
    assert answer.url == f"/looks/{run.id}"
    assert "Waiting to begin" in evaluator.get(answer.url).content.decode()

    assert queue.work_off() == 1
    stands = seen_at_gate(reading(), "visits")
    page = evaluator.get(answer.url).content.decode()
    assert f"The locked rule says: {stands['verdict']}" in page
    (verdict,) = stands["verdicts"]
    assert verdict["data_sha256"] == brought.sha256
    published = PublishedEvaluation.objects.get()
    assert published.sha256 == verdict["evaluation_sha256"]
    assert json.loads(bytes(published.content))["verdict"] == stands["verdict"]
