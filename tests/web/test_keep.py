"""What was typed survives the end of a session, and a form whose token no longer holds."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft
from clew.web.record.models import EventRow
from pilot_drafting import ANSWERS, OWNER, begin

PASSWORD = "a long pass phrase"


def sign_in_again(client: Client, sent) -> str:
    """Follow a redirect to the page for signing in, sign in by password, and return the page that comes then."""
    assert sent.url.startswith(reverse("account_login"))
    email = Account.objects.get(office=OWNER).email
    signed = client.post(sent.url, {"login": email, "password": PASSWORD})
    assert signed.status_code == 302, signed.content.decode()
    return client.get(signed.url).content.decode()


@pytest.fixture
def ended(a_case, as_):
    """A client whose session ended after it had opened a page."""
    client = as_(OWNER)
    client.get("/")
    Session.objects.all().delete()
    return client


def test_a_form_of_a_case_is_there_again_after_signing_in(ended, a_case):
    address = reverse("case-do", args=[a_case, "close"])
    sent = ended.post(address, {"result": "mixed", "lesson": "count <earlier> & twice"})
    page = sign_in_again(ended, sent)

    assert "count &lt;earlier&gt; &amp; twice" in page
    assert re.search(r'value="mixed"[^>]*checked', page)
    assert "What you typed is kept" in page


def test_the_page_that_checks_leads_back_to_what_was_typed_and_records_nothing(ended, a_case):
    size = EventRow.objects.count()
    address = reverse("case-do", args=[a_case, "close"])
    sent = ended.post(address, {"result": "worse", "lesson": "stop", "confirmed": "yes", "once": "a"})
    page = sign_in_again(ended, sent)

    assert ">stop</textarea>" in page.replace("\n", "")
    assert EventRow.objects.count() == size


def test_a_step_of_a_draft_is_there_again_after_signing_in(a_case, as_):
    client = as_(OWNER)
    draft = begin(client, a_case)
    Session.objects.all().delete()
    address = reverse("draft-step", args=[draft.id, "outcome"])

    page = sign_in_again(client, client.post(address, {**ANSWERS["outcome"], "outcome-column": "safe_at_90"}))

    assert 'value="safe_at_90"' in page
    assert "outcome-column" not in ProtocolDraft.objects.get().typed["said"]
    assert client.post(address, {**ANSWERS["outcome"], "outcome-column": "safe_at_90"}).status_code == 302
    assert ProtocolDraft.objects.get().typed["said"]["outcome-column"] == "safe_at_90"


def test_what_is_kept_without_being_asked_says_that_the_session_ended(a_case, as_):
    client = as_(OWNER)
    draft = begin(client, a_case)
    Session.objects.all().delete()
    address = reverse("draft-step", args=[draft.id, "outcome"])

    said = client.post(address, {"outcome-column": "safe"}, headers={"HX-Request": "true"})

    assert said.status_code == 200
    assert f"/accounts/login/?next={address}" in said.content.decode()
    assert 'value="safe"' in sign_in_again(client, client.get(address))


def test_passwords_are_not_kept(ended, a_case):
    ended.post(reverse("case-do", args=[a_case, "close"]), {"password": "secret", "lesson": "x"})

    (kept,) = ended.session["kept"].values()
    assert "secret" not in kept
    assert "lesson=x" in kept


def test_a_form_whose_token_no_longer_holds_keeps_what_was_typed(a_case, account):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(OWNER))
    address = reverse("case-do", args=[a_case, "close"])

    stale = client.post(
        address, {"result": "mixed", "lesson": "count earlier"}, headers={"Origin": "http://testserver"}
    )

    assert stale.status_code == 403
    said = stale.content.decode()
    assert f'href="{address}"' in said
    assert "What you typed is kept" in said
    assert "count earlier" in client.get(address).content.decode()


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
def test_a_form_from_elsewhere_is_not_kept(a_case, account, origin):
    client = Client(enforce_csrf_checks=True)
    client.force_login(account(OWNER))
    address = reverse("case-do", args=[a_case, "close"])

    stale = client.post(address, {"lesson": "planted"}, headers={"Origin": origin} if origin else {})

    assert stale.status_code == 403
    assert "planted" not in client.get(address).content.decode()
