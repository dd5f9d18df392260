"""Accounts: made by invitation, known to the record by an office alone, and gone without a trace of the person."""

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils.http import int_to_base36

from clew.case.commands import Close, Open, TakeDuty
from clew.case.desk import do, load
from clew.errors import InputError, MissingError, RefusedError
from clew.web.desk import reading, writing_as
from clew.web.govern import accounts
from clew.web.govern.models import Account
from clew.web.govern.offices import looks_like_a_name
from clew.web.record.models import EventRow, StoredFile


def test_an_invited_person_chooses_a_password_once_and_signs_in(db, sign_in):
    invited = accounts.add("Ada@Example.org", "director of  care")
    link = accounts.invitation(invited)
    client = Client()
    page = client.get(link, follow=True)
    form = page.redirect_chain[-1][0]
    client.post(form, {"password1": "four plain words here", "password2": "four plain words here"})

    assert sign_in(Client(), "ada@example.org", "four plain words here").status_code == 302
    invited.refresh_from_db()
    assert (invited.office, invited.email) == ("director of care", "ada@example.org")
    assert b"This link works no more" in Client().get(link, follow=True).content


def test_a_link_is_made_only_while_there_is_no_password(account):
    with pytest.raises(RefusedError, match="in use"):
        accounts.invitation(account("director of care"))


def of(account):
    return int_to_base36(account.pk)


def test_the_link_of_one_account_does_not_open_another(db):
    first, second = accounts.add("a@example.org", "first office"), accounts.add("b@example.org", "second office")
    crossed = accounts.invitation(first).replace(f"/{of(first)}-", f"/{of(second)}-")

    assert crossed != accounts.invitation(first)
    assert b"This link works no more" in Client().get(crossed, follow=True).content


@pytest.mark.parametrize("office", ["ada@example.org", "account 7", "Closed Account 3", "", "a\u200bgap", "x" * 121])
def test_what_cannot_stand_on_the_record_is_no_office(db, office):
    with pytest.raises(InputError):
        accounts.add("ada@example.org", office)
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    "office", ["Director of Care", "director of care", "ＤＩＲＥＣＴＯＲ of care", " director  of care"]
)
def test_an_office_is_one_persons_in_any_spelling(account, office):
    account("director of care")
    with pytest.raises(InputError):
        accounts.add("other@example.org", office)


def test_an_address_is_one_persons_in_any_spelling(account):
    account("director of care")
    with pytest.raises(InputError):
        accounts.add("Director.Of.Care@EXAMPLE.org", "audit office")


@pytest.mark.parametrize(
    ("office", "expected"),
    [("Ada Lovelace", True), ("Anne-Marie D. Berg", True), ("director of care", False), ("Court of Auditors", False),
     ("Registrar", False), ("ICT department", False)],
)  # fmt: skip
def test_what_could_be_a_name_is_noticed(office, expected):
    assert looks_like_a_name(office) is expected


def test_somebody_who_came_uninvited_gets_a_provisional_office_of_their_own(db):
    first = Account.objects.create(email="a@example.org")
    second = Account.objects.create(email="b@example.org")

    assert first.office == f"account {first.pk}"
    assert second.office == f"account {second.pk}" != first.office


def test_an_office_that_the_record_knows_stays(a_case, account, steward):
    with pytest.raises(RefusedError, match="for ever"):
        accounts.give_office(account("director of care"), "director of health")
    unknown = account("somebody")
    accounts.give_office(unknown, "somebody else")
    assert Account.objects.get(pk=unknown.pk).office == "somebody else"


def test_closing_leaves_every_open_case_on_the_record(a_case, account, steward):
    with writing_as("director of care") as (record, at, by):
        do(record, "closed-one", (Open("A closed case"), TakeDuty("owner", "director of care")), at=at, by=by)
        do(record, "closed-one", (Close("unknown", "nothing was learnt"),), at=at, by=by)
    before = EventRow.objects.count()

    assert accounts.close(account("director of care"), by=steward) == 1
    assert load(reading(), a_case).orphans == ("owner",)
    assert load(reading(), "closed-one").holder("owner") == "director of care"
    assert EventRow.objects.count() == before + 1
    assert next(iter(EventRow.objects.order_by("-index"))).kind == "case.party-left"


def test_the_last_steward_cannot_go(record, steward, account):
    with pytest.raises(RefusedError, match="last steward"):
        accounts.close(steward, by=steward)
    with pytest.raises(RefusedError, match="last steward"):
        accounts.make_steward(steward, yes=False)
    accounts.make_steward(account("other"), yes=True)
    accounts.close(steward, by=steward)
    assert not Account.objects.filter(office="registrar").exists()


def everything_in_the_database() -> str:
    """Every value of every row of every table, as text, whatever the type."""
    values = [
        bytes(value) if isinstance(value, memoryview) else value
        for model in apps.get_models()
        for row in model._default_manager.values_list()
        for value in row
    ]
    return "\n".join(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values)


def test_of_a_closed_account_no_table_session_or_public_file_knows_the_address(a_case, steward, sign_in):
    email = "ada.lovelace@example.org"
    ada = Account.objects.create_user(email, "a long pass phrase", office="director of care")
    EmailAddress.objects.create(user=ada, email=email, verified=True, primary=True)
    browser = Client()
    sign_in(browser, email)
    sign_in(Client(), email, "a wrong pass phrase")
    Client().post(reverse("account_reset_password"), {"email": email})
    assert browser.get(reverse("me")).status_code == 200
    assert email in everything_in_the_database()

    accounts.close(ada, by=steward)

    assert "ada.lovelace" not in everything_in_the_database().lower()
    assert browser.get(reverse("me")).status_code == 302
    assert sign_in(Client(), email).status_code == 200
    public = [Client().get(f"/record/{name}").content for name in StoredFile.objects.values_list("name", flat=True)]
    pages = [Client().get(page, follow=True).content for page in ("/", "/record/", f"/cases/{a_case}")]
    assert all(b"ada.lovelace" not in content.lower() for content in public + pages)


def test_an_address_that_has_no_account_is_said_to_have_none(db):
    with pytest.raises(MissingError, match=r"nobody@example\.org"):
        accounts.by_email("nobody@example.org")
