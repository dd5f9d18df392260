"""A browser, or somebody instead of one, says of a passkey what nobody can read: it is refused and breaks nothing."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

PASSWORD = "a long pass phrase"
KEY = {"id": "YQ", "rawId": "YQ", "type": "public-key"}
UNREADABLE = {
    "nested too deeply": "[" * 3_000,
    "a number too long": "9" * 5_000,
    "no identifier": '{"id": 1}',
    "two identifiers": json.dumps({**KEY, "id": "YWI", "response": {}}),
    "no base64": json.dumps({**KEY, "rawId": "a", "response": {}}),
    "no ASCII": json.dumps({**KEY, "response": {"clientDataJSON": "é", "attestationObject": "é", "signature": "é"}}),
    "no object": json.dumps({**KEY, "response": 1}),
    "no CBOR": json.dumps({**KEY, "response": {"clientDataJSON": "e30", "attestationObject": ""}}),
    "a list": "[1]",
    "nothing": "null",
}


def adding(account) -> Client:
    client = Client()
    client.force_login(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def halfway(account) -> Client:
    TOTP.activate(account, generate_totp_secret())
    client = Client()
    client.post(reverse("account_login"), {"login": account.email, "password": PASSWORD})
    return client


PAGES = {
    "mfa_add_webauthn": adding,
    "mfa_authenticate": halfway,
    "mfa_login_webauthn": lambda _: Client(),
    "mfa_reauthenticate_webauthn": adding,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("said", UNREADABLE)
def test_what_cannot_be_read_is_refused_at_every_page_of_a_passkey(page, said, account):
    client = PAGES[page](account("director of care"))
    client.get(reverse(page), headers={"X-Requested-With": "XMLHttpRequest"})
    answer = client.post(reverse(page), {"credential": UNREADABLE[said]}, follow=True)

    assert answer.status_code in {200, 401}
    assert not Authenticator.objects.filter(type="webauthn").exists()
    assert page != "mfa_login_webauthn" or "_auth_user_id" not in client.session


def test_who_signs_in_is_told_that_the_passkey_cannot_be_read(db):
    answer = Client().post(reverse("mfa_login_webauthn"), {"credential": '{"id": 1}'}, follow=True)

    assert "cannot be read. Try again." in answer.content.decode()
