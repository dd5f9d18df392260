"""What tests of people share: somebody who looks after accounts, and somebody who types a password."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

PASSWORD = "a long pass phrase"


@pytest.fixture(autouse=True)
def _fresh_allowances(db):
    """Attempts at signing in that one test made are not counted against the next."""
    cache.clear()


@pytest.fixture
def steward(account):
    """The account of the registrar, who is a steward."""
    return account("registrar", is_steward=True)


@pytest.fixture
def registrar(client_of, steward) -> Client:
    """The registrar's browser."""
    return client_of("registrar")


@pytest.fixture
def sign_in():
    """Type an address and a password into the sign-in page of a browser."""

    def type_in(client: Client, email: str, password: str = PASSWORD, **more):
        return client.post(reverse("account_login"), {"login": email, "password": password}, **more)

    return type_in
