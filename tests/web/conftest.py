"""What tests of the web share: a record, people with duties, a case with a locked pilot."""

from collections.abc import Callable

import pytest
from django.test import Client

from clew.case import commands as ask
from clew.case.desk import do
from clew.web import desk
from clew.web.caching import PAGES
from clew.web.desk import begin, writing_as
from clew.web.govern.models import Account
from told import Told
from told_once import told_once

CASE = "visits"


@pytest.fixture(autouse=True)
def nothing_is_remembered():
    """Pages are kept by the last event of the record, and each test has a record of its own."""
    PAGES.clear()


@pytest.fixture
def record(db):
    """The record of a new workspace, empty."""
    told_once(lambda: begin("clew.local/tests"), "begin")


@pytest.fixture
def account(db) -> Callable[..., Account]:
    """Make an account by its office: `account("director of care")`."""

    def make(office: str, **fields) -> Account:
        email = f"{office.replace(' ', '.')}@example.org"
        return Account.objects.create_user(email, "a long pass phrase", office=office, **fields)

    return make


@pytest.fixture
def as_(client_of) -> Callable[..., Client]:
    """Sign in by office: `as_("director of care").get(...)`."""
    return client_of


@pytest.fixture
def client_of(account) -> Callable[..., Client]:
    """Return a signed-in client for an office, whose account is made where it is not there."""

    def sign_in(office: str, **fields) -> Client:
        found = Account.objects.filter(office=office).first() or account(office, **fields)
        client = Client()
        client.force_login(found)
        return client

    return sign_in


@pytest.fixture
def a_case(record) -> str:
    """A case that the director of care owns, the evaluation unit evaluates and the audit office reviews."""
    steps = (
        ask.Open("Elders die in bed fires", phase="pilot", announced=True),
        ask.StateProposition("elderly people at home", "to live safely", "homes safe at 90 days"),
        ask.TakeDuty("owner", "director of care"),
        ask.TakeDuty("evaluator", "evaluation unit"),
        ask.TakeDuty("reviewer", "audit office"),
        ask.TakeDuty("auditor", "court of auditors"),
    )

    def tell() -> None:
        with writing_as("director of care") as (kept, at, by):
            do(kept, CASE, steps, at=at, by=by)

    told_once(tell, steps, desk.now().date())
    return CASE


@pytest.fixture
def story(record, tmp_path, monkeypatch) -> Callable[..., Told]:
    """Begin a pilot's story: `story().opened().locked().looked(1)`."""

    def begin(**changes) -> Told:
        return Told(tmp_path, monkeypatch, **changes)

    return begin
