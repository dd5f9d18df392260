"""The pages about people: who holds what, what nobody holds, what would be left undone before somebody goes."""

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from clew.case import commands as ask
from clew.case.desk import do, load
from clew.web.desk import reading, writing_as
from clew.web.govern import accounts
from clew.web.govern.duties import duties_of_open_cases, held_by, never_given, orphans
from clew.web.govern.models import Account


def write(case_id: str, *commands: object) -> None:
    with writing_as("registrar") as (record, at, by):
        do(record, case_id, commands, at=at, by=by)


def text_of(answer) -> str:
    """The words of a page, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_duties_over_all_cases_are_held_left_or_never_given(a_case):
    write("empty", ask.Open("A case without anybody"))
    write("over", ask.Open("A case that is over"), ask.TakeDuty("owner", "director of care"))
    write("over", ask.Close("unknown", "nothing was learnt"))
    write(a_case, ask.Leave("evaluation unit"), ask.TakeDuty("spokesperson", "press office"))
    duties = duties_of_open_cases()

    assert [(one.case_id, one.duty) for one in held_by("director of care", duties)] == [(a_case, "owner")]
    assert [(one.case_id, one.duty) for one in held_by("press office", duties)] == [(a_case, "spokesperson")]
    assert [(one.case_id, one.duty) for one in orphans(duties)] == [(a_case, "evaluator")]
    assert [(one.case_id, one.duty) for one in never_given(duties)] == [
        ("empty", duty) for duty in ("owner", "evaluator", "reviewer", "auditor")
    ]


def test_many_cases_are_one_query(a_case, django_assert_num_queries):
    for number in range(20):
        write(f"case-{number}", ask.Open(f"Case {number}"), ask.TakeDuty("owner", "director of care"))
    with django_assert_num_queries(1):
        assert len(held_by("director of care", duties_of_open_cases())) == 21


def test_the_page_of_people_is_few_queries_and_tells_who_holds_what(
    a_case, registrar, account, django_assert_max_num_queries
):
    account("director of care")
    write(a_case, ask.Leave("audit office"))
    with django_assert_max_num_queries(12):
        page = text_of(registrar.get(reverse("people")))
    assert "director of care owner of Elders die in bed fires" in page
    assert "Duties whose holder left Case Duty Elders die in bed fires reviewer" in page
    assert "Elders die in bed fires evaluator evaluation unit" in page  # an office without an account


def test_an_invitation_without_a_mail_server_shows_its_link_once(registrar):
    answer = registrar.post(reverse("invite"), {"email": "ada@example.org", "office": "director of care"})
    link = re.search(r"http://testserver(/accounts/password/reset/key/[^<]+)", answer.content.decode())[1]

    assert mail.outbox == []
    assert b"Choose your password" in Client().get(link, follow=True).content
    assert answer["Cache-Control"] == "private, no-store"


def test_an_invitation_goes_out_by_mail_where_there_is_a_server(registrar, settings):
    settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_EMAIL_URL": "smtp://mail.example"})
    registrar.post(reverse("invite"), {"email": "ada@example.org", "office": "director's “office” & co"})
    (letter,) = mail.outbox
    assert letter.to == ["ada@example.org"]
    assert '"director\'s “office” & co"' in letter.body
    assert "http://testserver/accounts/password/reset/key/" in letter.body


def test_an_invitation_that_cannot_be_sent_is_still_made(registrar, settings):
    settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_EMAIL_URL": "smtp://mail.example"})
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    answer = registrar.post(reverse("invite"), {"email": "ada@example.org", "office": "director of care"})
    assert "No letter was sent" in text_of(answer)


def test_what_could_be_a_name_is_warned_of(registrar):
    answer = registrar.post(reverse("invite"), {"email": "ada@example.org", "office": "Ada Lovelace"})
    assert "could be a person's name" in text_of(answer).replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"email": "registrar@example.org", "office": "another"}, "has an account already"),
        ({"email": "ada@example.org", "office": "Registrar"}, "Somebody has this office already"),
        ({"email": "ada@example.org", "office": "account 9"}, "Name the office"),
        ({"email": "nobody", "office": "office"}, "valid email"),
    ],
)
def test_an_invitation_that_cannot_be_is_answered_in_the_form(registrar, typed, said):
    answer = registrar.post(reverse("invite"), typed)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Account.objects.count() == 1


def test_the_link_is_made_again_only_for_who_has_not_come_yet(registrar, account):
    invited = accounts.add("ada@example.org", "director of care")
    assert registrar.post(reverse("invite-again", args=[invited.pk])).status_code == 200
    assert registrar.post(reverse("invite-again", args=[account("somebody").pk])).status_code == 409


def test_closing_shows_what_would_be_left_undone_before_anything_happens(a_case, registrar, account):
    leaving = account("director of care")
    address = reverse("close-account", args=[leaving.pk])

    for page in (registrar.get(address), registrar.post(address, {})):
        assert "owner of Elders die in bed fires" in text_of(page)
        assert "Nobody would look after these any more" in text_of(page)
    leaving.refresh_from_db()
    assert leaving.is_active
    assert load(reading(), a_case).holder("owner") == "director of care"

    checked = registrar.post(address, {})
    once = re.search(r'name="once" value="([^"]+)"', checked.content.decode())[1]
    answer = registrar.post(address, {"confirmed": "yes", "once": once}, follow=True)
    leaving.refresh_from_db()
    assert not leaving.is_active
    assert load(reading(), a_case).orphans == ("owner",)
    assert "Duties whose holder left Case Duty Elders die in bed fires owner" in text_of(answer)


def test_a_closed_account_has_no_page_any_more(registrar, steward, account):
    gone = account("somebody")
    accounts.close(gone, by=steward)
    for name in ("person", "office", "steward", "close-account"):
        assert registrar.get(reverse(name, args=[gone.pk])).status_code == 404


def test_an_office_is_changed_until_the_record_knows_it(a_case, registrar, account):
    fresh, known = account("somebody"), account("director of care")
    registrar.post(reverse("office", args=[fresh.pk]), {"office": "press office"})
    answer = registrar.post(reverse("office", args=[known.pk]), {"office": "director of all"})
    fresh.refresh_from_db()
    known.refresh_from_db()

    assert fresh.office == "press office"
    assert answer.status_code == 409
    assert known.office == "director of care"


def test_a_steward_is_made_and_unmade_but_never_the_last(registrar, steward, account):
    other = account("somebody")
    registrar.post(reverse("steward", args=[other.pk]), {"steward": "on"})
    other.refresh_from_db()
    assert other.is_steward
    registrar.post(reverse("steward", args=[other.pk]), {})
    answer = registrar.post(reverse("steward", args=[steward.pk]), {})
    other.refresh_from_db()
    steward.refresh_from_db()
    assert answer.status_code == 409
    assert (other.is_steward, steward.is_steward) == (False, True)


def test_my_page_tells_my_office_and_duties_and_nobody_elses(a_case, as_):
    mine = text_of(as_("director of care").get(reverse("me")))
    stranger = text_of(as_("somebody").get(reverse("me")))
    assert "owner of Elders die in bed fires" in mine
    assert "Elders die in bed fires" not in stranger


def test_a_provisional_office_is_asked_to_be_replaced(db):
    newcomer = Account.objects.create(email="new@example.org")
    client = Client()
    client.force_login(newcomer)
    assert "Ask a steward for the name of your office" in text_of(client.get(reverse("me")))
