"""The thinnest path through the service: pages are there, and the record is served."""

import pytest
from django.urls import reverse

from clew.errors import DeniedError
from clew.web.desk import reading, writing
from clew.web.record.models import EventRow


def test_home_case_and_record_have_pages(client, a_case):
    for page in (reverse("home"), reverse("case", args=[a_case]), reverse("record")):
        assert client.get(page).status_code == 200
    assert b"Elders die in bed fires" in client.get("/").content


def test_the_checkpoint_is_served_as_it_lies(client, a_case):
    served = client.get("/record/checkpoint")

    assert served.content.decode() == reading().published.note
    assert client.get("/record/private/key").status_code == 404


def test_only_who_holds_the_duty_gets_to_the_desk(a_case, account):
    before = EventRow.objects.count()
    with pytest.raises(DeniedError, match="may not lock"), writing(account("somebody"), a_case, "lock"):
        pass
    with writing(account("director of care"), a_case, "lock") as desk:
        assert desk.by == "director of care"
    assert EventRow.objects.count() == before
