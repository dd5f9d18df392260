"""Classes of weakness that participation software really shipped, each with the tests that would have seen it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from clew.case import commands as ask
from clew.case.desk import do
from clew.case.phases import NOVELTIES
from clew.web.desk import writing_as
from clew.web.evaluate.models import Upload
from clew.web.govern.models import Account
from clew.web.pilot import drafts
from clew.web.record.models import EventRow
from told import CASE, OWNER, PILOT, REVIEWER

TESTS = Path(__file__).resolve().parents[1]
HERE = "web/test_shipped_weaknesses.py"
MATRIX = "web/test_every_address.py"
SIGN_IN = "web/govern/test_sign_in.py"

# class of weakness: the tests that would see it
CLASSES = {
    "an endpoint without authorisation": ((MATRIX, "test_who_may_and_nobody_else"),),
    "a new endpoint that nobody thought about": ((MATRIX, "test_every_address_says_who_may_ask_for_it"),),
    "crossing from one case to another": ((MATRIX, "test_who_may_and_nobody_else"),),
    "a token replayed on another pilot": (("web/api/test_bringing.py", "test_a_token_opens_its_own_pilot_alone"),),
    "a token without an end": (
        ("web/api/test_bringing.py", "test_a_token_expires"),
        ("web/api/test_bringing.py", "test_a_token_dies_with_its_account"),
        ("web/govern/test_accounts.py", "test_an_invited_person_chooses_a_password_once_and_signs_in"),
    ),
    "SQL in a parameter": ((HERE, "test_no_parameter_is_sql"),),
    "stored scripts": ((HERE, "test_what_people_type_is_text_on_every_page"),),
    "a download that its address alone opens": ((MATRIX, "test_who_may_and_nobody_else"),),
    "identifiers that can be guessed or collide": ((HERE, "test_what_is_private_has_an_address_that_nobody_guesses"),),
    "a form sent by another site": ((MATRIX, "test_nothing_that_another_site_sends_is_taken"),),
    "fetching what a user names": (("architecture/test_web_law.py", "test_the_web_fetches_nothing"),),
    "leading to another site": ((SIGN_IN, "test_nobody_is_led_to_another_site"),),
    "sent twice, done twice": ((HERE, "test_what_is_sent_twice_is_done_once"),),
    "a host of the sender's choice": ((HERE, "test_a_host_that_is_not_ours_is_refused"),),
    "pages in a foreign frame, guessed types, shared caches": ((HERE, "test_every_page_has_its_guards"),),
    "who has an account": (
        (SIGN_IN, "test_a_wrong_password_and_an_unknown_address_get_the_same_answer"),
        (SIGN_IN, "test_a_reset_says_the_same_whether_there_is_an_account_and_writes_only_to_its_holder"),
    ),
    "guessing behind a forged address": ((SIGN_IN, "test_nobody_escapes_the_count_by_writing_a_header"),),
    "what stays of a closed account": (
        ("web/govern/test_accounts.py", "test_of_a_closed_account_no_table_session_or_public_file_knows_the_address"),
    ),
}


@pytest.mark.parametrize("weakness", CLASSES)
def test_each_class_has_tests_that_are_there(weakness):
    for file, name in CLASSES[weakness]:
        assert f"\ndef {name}(" in (TESTS / file).read_text(encoding="utf-8"), (file, name)


HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }}"


@pytest.fixture
def typed(story, account):
    """A story whose every text is hostile, and the people in it."""
    office = f"registrar {HOSTILE}"
    steward = Account.objects.create_user("registrar@example.org", "a long pass phrase", office=office, is_steward=True)
    people = {"anonymous": None, "steward": steward}
    people |= {"owner": account(OWNER), "reviewer": account(REVIEWER)}
    told = story().opened(f"Case {HOSTILE}").locked().looked(1)
    with writing_as(OWNER) as (record, at, by):
        commands = (
            ask.StateProposition(HOSTILE, HOSTILE, HOSTILE),
            ask.Enter("evaluate", HOSTILE),
            ask.GiveEvidence(HOSTILE, HOSTILE),
            ask.TakeDuty(f"duty {HOSTILE}", f"registrar {HOSTILE}"),
            ask.DeclareNovelty(HOSTILE, NOVELTIES[0]),
        )
        do(record, CASE, commands, at=at, by=by)
    Upload.objects.create(
        id="00000000-0000-4000-8000-000000000000", pilot=PILOT, sha256="0" * 64, name=f"{HOSTILE}.csv", suffix=".csv",
        size_bytes=1, account=people["reviewer"], at=told.at,
    )  # fmt: skip
    drafts.begin(people["owner"], CASE, {"pilot-title": HOSTILE})
    return people


def crawl(client: Client, most: int = 120) -> Iterator[tuple[str, object]]:
    """Every page that somebody gets to from the home page by following links."""
    seen, waiting = set(), ["/"]
    while waiting and len(seen) < most:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path)
        yield path, answer
        if answer.status_code == 200 and "html" in answer["Content-Type"]:
            links = re.findall(r'href="(/[^"#]*)"', answer.content.decode())
            waiting += [one.replace("&amp;", "&") for one in links if not one.startswith(("/static/", "//"))]


@pytest.mark.parametrize("name", ["anonymous", "steward", "owner", "reviewer"])
def test_what_people_type_is_text_on_every_page(typed, client, name):
    if typed[name]:
        client.force_login(typed[name])
    shown = 0
    for path, answer in crawl(client):
        if answer.status_code != 200 or "html" not in answer["Content-Type"]:
            continue
        page = answer.content.decode()
        shown += "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path
        assert "49" not in re.findall(r"onerror=alert\(2\)&gt; (\S+)", page), path
    assert shown >= 3


@pytest.mark.parametrize("name", ["anonymous", "steward", "owner"])
def test_every_page_has_its_guards(typed, client, name):
    if typed[name]:
        client.force_login(typed[name])
    private = 0
    for path, answer in crawl(client):
        policy = answer["Content-Security-Policy"]
        assert re.search(r"script-src '(self|none)';", policy + ";"), path
        assert "unsafe" not in policy, path
        assert "frame-ancestors 'none'" in policy, path
        assert answer["X-Content-Type-Options"] == "nosniff", path
        assert answer["X-Frame-Options"] == "DENY", path
        assert answer["Referrer-Policy"] == "same-origin", path
        if typed[name] and "Cookie" in answer.get("Vary", ""):  # a page that is not the same for everybody
            private += 1
            assert "no-store" in answer["Cache-Control"], path
            assert "private" in answer["Cache-Control"], path
        if "html" in answer["Content-Type"] and not path.endswith("/report.html"):
            assert faults_of_policy(answer.content.decode()) == [], path
    assert bool(private) is bool(typed[name])


def faults_of_policy(page: str) -> list[str]:
    """What a browser would not run or show under the policy, and what should therefore not be in a page."""
    inline = re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page)
    return inline + re.findall(r"<style\b|<[a-z][^>]*\sstyle=|<[a-z][^>]*\son[a-z]+=\"", page)


METACHARACTERS = ["'", '"', "';--", "1 OR 1=1", "case_id); DROP TABLE record_eventrow;--", "%", "\\", "\x00", "é" * 300]


@pytest.mark.parametrize("text", METACHARACTERS)
def test_no_parameter_is_sql(story, client, registrar_of_all, text):
    story().opened().locked()
    events = EventRow.objects.count()
    names = (
        "show",
        "q",
        "role",
        "page",
        "on",
        "sort",
        "order",
        "o",
        "from",
        "after",
        "limit",
        "offset",
        "kind",
        "case",
    )
    for path in (
        "/",
        f"/cases/{CASE}",
        f"/pilots/{PILOT}",
        "/record/entries",
        "/api/v1/cases",
        "/api/v1/record/events",
    ):
        for name in names:
            assert client.get(path, {name: text}).status_code < 500, (path, name)
    for path in ("/admin/govern/account/", "/admin/record/eventrow/"):
        for name in ("o", "q", "p", "office", "office__startswith", "password__startswith"):
            assert registrar_of_all.get(path, {name: text}).status_code < 500, (path, name)
    assert EventRow.objects.count() == events


@pytest.fixture
def registrar_of_all(client_of) -> Client:
    """The browser of a steward."""
    return client_of("registrar", is_steward=True)


@pytest.mark.parametrize("asked", ["password__startswith", "office__startswith", "logentry__user__password__contains"])
def test_the_administration_cannot_be_asked_for_a_secret_letter_by_letter(registrar_of_all, asked):
    """A filter on a hidden column would tell a secret by which rows are left."""
    assert registrar_of_all.get("/admin/govern/account/", {asked: "r"}).status_code == 400


def test_what_is_private_has_an_address_that_nobody_guesses(story, account):
    story().opened()
    made = {drafts.begin(account(f"office {number}"), CASE, {}).pk for number in range(20)}
    assert len(made) == 20
    assert {one.version for one in made} == {4}  # random, not counted


def test_what_is_sent_twice_is_done_once(a_case, as_):
    auditor = as_("court of auditors")
    address = reverse("case-do", args=[a_case, "leave"])
    checked = auditor.post(address, {"sure": "on"}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', checked))
    before = EventRow.objects.count()
    answers = [auditor.post(address, {**hidden, "confirmed": "yes"}) for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302], answers[0].content.decode()
    assert answers[0]["Location"] == answers[1]["Location"]
    assert EventRow.objects.count() == before + 1


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example", ""])
def test_a_host_that_is_not_ours_is_refused(db, client, host):
    answer = client.get("/accounts/login/", HTTP_HOST=host)
    assert answer.status_code == 400


def test_a_letter_never_names_a_host_of_the_senders_choice(db, client, account, mailoutbox):
    account("director of care")
    sent = {"email": "director.of.care@example.org"}
    client.post(
        "/accounts/password/reset/", sent, HTTP_X_FORWARDED_HOST="evil.example", HTTP_ORIGIN="https://evil.example"
    )
    assert mailoutbox
    assert "evil" not in mailoutbox[0].body


def test_cookies_are_not_for_scripts_and_not_for_other_sites(db, client, account):
    account("director of care")
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "director.of.care@example.org", "password": "a long pass phrase"})
    for name in ("sessionid", "csrftoken"):
        assert client.cookies[name]["httponly"], name
        assert client.cookies[name]["samesite"] == "Lax", name
