"""Signing in: nobody learns who has an account, guesses are few, sessions are new, short and end together."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clew.web.govern import accounts
from clew.web.govern.models import Account

LOGIN = reverse("account_login")
PASSWORD = "a long pass phrase"
INSIDE = reverse("me")


def without_token(content: bytes) -> bytes:
    """A page without what is new at each request."""
    return re.sub(rb'value="[A-Za-z0-9]{64}"', b"", content)


def is_in(client: Client) -> bool:
    """Whether a browser is signed in."""
    return client.get(INSIDE).status_code == 200


@pytest.fixture
def ada(db) -> Account:
    """An account with a password, its address confirmed."""
    made = accounts.add("ada@example.org", "director of care")
    made.set_password(PASSWORD)
    made.save()
    return made


def test_the_right_password_lets_in_and_the_wrong_does_not(ada, sign_in):
    right, wrong = Client(), Client()
    sign_in(right, "ADA@example.org")
    sign_in(wrong, "ada@example.org", "a wrong pass phrase")

    assert is_in(right)
    assert not is_in(wrong)


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ada, sign_in):
    known, unknown = (
        sign_in(Client(), address, "a wrong pass phrase") for address in ("ada@example.org", "bob@example.org")
    )
    assert known.status_code == unknown.status_code == 200
    assert without_token(known.content).replace(b"ada@", b"bob@") == without_token(unknown.content)


def test_a_reset_says_the_same_whether_there_is_an_account_and_writes_only_to_its_holder(ada):
    answers = [
        Client().post(reverse("account_reset_password"), {"email": address}, follow=True)
        for address in ("ada@example.org", "bob@example.org")
    ]
    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert without_token(answers[0].content) == without_token(answers[1].content)
    assert [letter.to for letter in mail.outbox] == [["ada@example.org"]]
    letter = mail.outbox[0]
    assert "within three days" in letter.body
    assert letter.content_subtype == "plain"
    assert not letter.alternatives if hasattr(letter, "alternatives") else True


def test_guesses_at_one_account_are_few(ada, sign_in):
    for _ in range(5):
        sign_in(Client(), "ada@example.org", "a wrong pass phrase")
    late = Client()
    sign_in(late, "ada@example.org")
    assert not is_in(late)


def guesses_let_through(sign_in, **headers_of) -> int:
    """How many of 40 guesses, each at another account, are answered as a guess and not as one too many."""
    answers = [
        sign_in(Client(), f"nobody{number}@example.org", **{name: make(number) for name, make in headers_of.items()})
        for number in range(40)
    ]
    return sum(b"are not correct" in answer.content for answer in answers)


def believing(settings, proxies: int):
    settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_PROXIES": proxies})


@pytest.mark.parametrize(
    ("proxies", "forged"),
    [
        (0, lambda number: f"10.0.0.{number}"),
        (1, lambda number: f"10.0.0.{number}, 192.0.2.1"),
        (2, lambda number: f"10.0.0.{number}, 192.0.2.1, 198.51.100.1"),
        (2, lambda number: f"10.0.0.{number}"),
        (1, lambda number: f"10.0.0.{number}, nonsense"),
    ],
)
def test_nobody_escapes_the_count_by_writing_a_header(db, settings, sign_in, proxies, forged):
    believing(settings, proxies)
    assert guesses_let_through(sign_in, HTTP_X_FORWARDED_FOR=forged) <= 30


def test_people_behind_a_known_proxy_are_counted_apart(db, settings, sign_in):
    believing(settings, 1)
    assert guesses_let_through(sign_in, HTTP_X_FORWARDED_FOR=lambda number: f"10.0.0.{number}") == 40


def test_a_client_without_an_address_is_counted_too(db, sign_in):
    assert guesses_let_through(sign_in, REMOTE_ADDR=lambda _: "") <= 30


def test_a_session_is_new_after_signing_in(ada, sign_in):
    client = Client()
    client.post(reverse("case-do", args=["none", "propose"]), {"value": "typed"})  # leaves something in a session
    before = client.cookies["sessionid"].value
    sign_in(client, "ada@example.org")

    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


def test_a_session_ends_when_it_is_not_used_and_lives_while_it_is(ada, sign_in, settings, monkeypatch):
    client, moment = Client(), timezone.now()
    sign_in(client, "ada@example.org")
    for part in (0.6, 1.2, 1.8):
        later = moment + timedelta(seconds=part * settings.SESSION_COOKIE_AGE)
        monkeypatch.setattr(timezone, "now", lambda later=later: later)
        assert is_in(client)
    end = moment + timedelta(seconds=3 * settings.SESSION_COOKIE_AGE)
    monkeypatch.setattr(timezone, "now", lambda: end)
    assert not is_in(client)


def test_signing_out_ends_the_session_for_whoever_kept_its_cookie(ada, sign_in):
    client, thief = Client(), Client()
    sign_in(client, "ada@example.org")
    thief.cookies = client.cookies.copy()
    assert is_in(thief)
    client.post(reverse("account_logout"))
    assert not is_in(client)
    assert not is_in(thief)


def test_asking_for_the_sign_out_page_signs_nobody_out(ada, sign_in):
    client = Client()
    sign_in(client, "ada@example.org")
    client.get(reverse("account_logout"))
    assert is_in(client)


def test_another_password_signs_out_everywhere_else(ada, sign_in):
    here, elsewhere = Client(), Client()
    sign_in(here, "ada@example.org")
    sign_in(elsewhere, "ada@example.org")
    new = {"oldpassword": PASSWORD, "password1": "quite another phrase", "password2": "quite another phrase"}
    here.post(reverse("account_change_password"), new)

    assert is_in(here)
    assert not is_in(elsewhere)
    assert mail.outbox[-1].subject == "Your password was changed"


@pytest.mark.parametrize("weak", ["elevenchars", "password1234", "123456789012", "ada@example.org"])
def test_weak_passwords_are_refused(db, weak):
    invited = accounts.add("ada@example.org", "director of care")
    client = Client()
    form = client.get(accounts.invitation(invited), follow=True).redirect_chain[-1][0]
    answer = client.post(form, {"password1": weak, "password2": weak})
    invited.refresh_from_db()
    assert answer.status_code == 200
    assert not invited.has_usable_password()


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
@pytest.mark.parametrize("start", ["account_login", "account_logout", "account_reauthenticate"])
def test_nobody_is_led_to_another_site(ada, sign_in, away, start):
    client = Client()
    if start != "account_login":
        sign_in(client, "ada@example.org")
    typed = {"login": "ada@example.org", "password": PASSWORD, "next": away}
    answer = client.post(f"{reverse(start)}?next={away}", typed)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/")
    assert not answer["Location"].startswith(("//", "/\\"))


def code_now(secret: str) -> str:
    """The six digits that an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def test_with_an_authenticator_the_password_alone_does_not_let_in_and_a_code_works_once(ada, sign_in):
    secret = generate_totp_secret()
    TOTP.activate(ada, secret)
    client, second = Client(), Client()
    code = code_now(secret)
    for one in (client, second):
        answer = sign_in(one, "ada@example.org")
        assert answer["Location"].startswith(reverse("mfa_authenticate"))
        assert not is_in(one)
    client.post(reverse("mfa_authenticate"), {"code": code})
    second.post(reverse("mfa_authenticate"), {"code": code})

    assert is_in(client)
    assert not is_in(second)


CHANGES = [
    ("get", "mfa_activate_totp", {}),
    ("get", "mfa_add_webauthn", {}),
    ("post", "mfa_generate_recovery_codes", {}),
    ("post", "account_email", {"email": "eve@example.org", "action_add": ""}),
]


@pytest.mark.parametrize(("method", "name", "typed"), CHANGES)
def test_how_one_signs_in_is_changed_only_by_who_has_just_proved_who_they_are(ada, sign_in, method, name, typed):
    TOTP.activate(ada, generate_totp_secret()) if "recovery" in name else None
    client = Client()
    client.force_login(ada)
    answer = getattr(client, method)(reverse(name), typed)

    assert answer.status_code == 302
    assert answer["Location"].startswith((reverse("account_reauthenticate"), reverse("mfa_reauthenticate")))
    assert EmailAddress.objects.count() == 1
    assert not Authenticator.objects.exclude(type="totp").exists()


def test_an_address_changes_only_once_the_new_one_is_confirmed(ada, sign_in):
    client = Client()
    sign_in(client, "ada@example.org")
    asked = client.post(reverse("account_email"), {"email": "ada@new.example", "action_add": ""})
    client.post(asked["Location"], {"password": PASSWORD, "next": reverse("account_email")})
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"

    link = next(
        re.search(r"http://testserver(\S+)", one.body)[1] for one in mail.outbox if one.to == ["ada@new.example"]
    )
    client.post(link)
    ada.refresh_from_db()
    assert ada.email == "ada@new.example"
    assert [one.email for one in EmailAddress.objects.all()] == ["ada@new.example"]
    assert [one.to for one in mail.outbox if one.subject == "Your address was changed"] == [["ada@example.org"]]


def test_without_leave_nobody_makes_an_account(db):
    typed = {"email": "eve@example.org", "password1": "four plain words here", "password2": "four plain words here"}
    page = Client().get(reverse("account_signup"))
    Client().post(reverse("account_signup"), typed)

    assert b"by invitation" in page.content
    assert not Account.objects.exists()


def test_who_may_make_an_account_gets_a_provisional_office_and_no_duty(db, settings):
    settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_SIGN_UP": True})
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    typed = {
        "email": "eve@example.org",
        "password1": "four plain words here",
        "password2": "four plain words here",
        "office": "director of care",
        "is_steward": "on",
    }
    client = Client()
    client.post(reverse("account_signup"), typed)
    eve = Account.objects.get()

    assert (eve.office, eve.is_steward) == (f"account {eve.pk}", False)
    assert not is_in(client)  # not before the address is confirmed
    assert mail.outbox[-1].to == ["eve@example.org"]


def test_a_closed_account_is_told_no_more_than_an_unknown_one(ada, account, sign_in):
    accounts.close(ada, by=account("registrar", is_steward=True))
    answer = sign_in(Client(), "ada@example.org")
    unknown = sign_in(Client(), "bob@example.org")
    assert without_token(answer.content).replace(b"ada@", b"bob@") == without_token(unknown.content)


@pytest.mark.parametrize(
    "elsewhere", ["http://[::1", "//[", "https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("page", ["account_login", "account_logout", "account_reset_password"])
def test_nobody_is_sent_on_to_what_is_no_page_of_ours(account, page, elsewhere):
    account("director of care")
    client = Client()
    shown = client.get(reverse(page), {"next": elsewhere})
    assert shown.status_code in {200, 302}
    signed_in = client.post(
        reverse("account_login"),
        {"login": "director.of.care@example.org", "password": "a long pass phrase", "next": elsewhere},
    )
    assert signed_in.status_code == 302
    assert signed_in["Location"] == "/"
