"""Hostile text and large pilots: whatever was written stays text, and twenty looks cost no more than one."""

import html as escapes
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clew.gate.decision import HearPublic, Override, SignReview
from pilots import PROTOCOL, write_data
from told import OWNER, PILOT, REVIEWER

PAGE = f"/pilots/{PILOT}"
HOSTILE = "<script>alert('x')</script> \" onmouseover='alert(2)' {{ 7913 * 3 }} {% now %} \u202egnp.exe &amp; '"
MOST_QUERIES = 12


def toml(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\u202e", "\\u202e") + '"'


def test_hostile_text_stays_text_wherever_it_comes_from(client, as_, story):
    text = PROTOCOL.replace('"Joint first visits"', toml(HOSTILE)).replace('"alarms stay"', toml(HOSTILE))
    told = story(text=text).opened(HOSTILE).locked().looked(1)
    told.said(OWNER, HearPublic(HOSTILE), Override("stop", OWNER, HOSTILE, HOSTILE))
    told.said(REVIEWER, SignReview(REVIEWER, HOSTILE))
    told.amended("worth_having = 0.12", "worth_having = 0.11", HOSTILE)

    for page in (
        client.get(PAGE),
        as_(OWNER).get(PAGE),
        client.get(f"{PAGE}/report.html"),
        as_(OWNER).get(f"{PAGE}/hear"),
    ):
        content = page.content.decode()
        assert page.status_code == 200
        assert "<script>alert" not in content
        assert not re.search(r"<[^>]+ onmouseover=", content)
        assert "23739" not in content
        assert " style=" not in content
    assert escapes.unescape(client.get(PAGE).content.decode()).count(HOSTILE) >= 8


def test_a_protocol_as_long_as_the_record_takes_is_shown_whole(client, story):
    long = "é" * 14_300
    text = PROTOCOL.replace('"alarms stay"', f'"{long}"')
    assert len(text.encode()) > 29_000
    story(text=text).opened().locked()
    assert client.get(PAGE).content.decode().count(long) >= 2


def test_twenty_looks_take_no_more_queries_than_one(client, story, account):
    text = PROTOCOL.replace("planned = 1", "planned = 20")
    told = story(text=text).opened().locked()
    for look in range(1, 21):
        counts = ((4 + look, 6 + look) * 3, (6 + look, 7 + look) * 3, 30)
        told.looked(look, write_data(told.folder / f"{look}.csv", counts))

    with CaptureQueriesContext(connection) as asked:
        page = client.get(f"{PAGE}?").content.decode()
    assert len(asked) <= MOST_QUERIES
    client.force_login(account(OWNER))
    client.get("/")  # the session is new
    with CaptureQueriesContext(connection) as asked:
        client.get(PAGE)
    assert len(asked) <= MOST_QUERIES

    assert len(re.findall(r'<circle class="point', page)) == 20 + 1 + len(told.evaluation.finding.equity)
    assert page.count('<text class="label" x="0%"') == 20
