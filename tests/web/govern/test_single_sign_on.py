"""Single sign-on by OpenID Connect, against a provider that runs: code and PKCE, and nobody taken for somebody else."""

import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.test import Client
from django.urls import reverse

from clew.web.govern import accounts
from clew.web.govern.models import Account
from oidc_provider import CLIENT, SECRET, provider

START = reverse("openid_connect_login", args=["sso"])


@pytest.fixture
def sso(db, settings):
    """A provider that runs, and a service that is set up for it."""
    with provider() as running:
        app = {"provider_id": "sso", "name": "City sign-on", "client_id": CLIENT, "secret": SECRET}
        app["settings"] = {"server_url": running.url}
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
        settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_OIDC_ISSUER": running.url})
        yield running


class Stay(urllib.request.HTTPRedirectHandler):
    """Does not follow where a provider sends the browser."""

    def redirect_request(self, *_):
        return None


def at_provider(address: str) -> str:
    """What a browser does at the provider: say yes; return where it is sent back to."""
    try:
        urllib.request.build_opener(Stay).open(address)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("the provider sent nobody back")


def come_by(client: Client) -> object:
    """Go the whole way from the sign-in page through the provider and back."""
    away = client.post(START)
    assert away.status_code == 302, away.content
    back = urlsplit(at_provider(away["Location"]))
    return client.get(f"{back.path}?{back.query}")


def is_in(client: Client) -> bool:
    return client.get(reverse("me")).status_code == 200


def test_the_sign_in_page_offers_it(sso):
    page = Client().get(reverse("account_login")).content.decode()
    assert "City sign-on" in page
    assert f'action="{START}' in page


def test_somebody_new_comes_in_with_a_provisional_office_and_no_duty(sso):
    client = Client()
    come_by(client)
    ada = Account.objects.get()

    assert is_in(client)
    assert sso.refused == []
    assert (ada.office, ada.is_steward, ada.email) == (f"account {ada.pk}", False, "ada@example.org")
    assert not ada.has_usable_password()
    assert not SocialToken.objects.exists()


def test_the_provider_is_asked_with_state_and_a_challenge(sso):
    asked = parse_qs(urlsplit(Client().post(START)["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["state"][0]) >= 16
    assert asked["redirect_uri"][0].startswith("http://testserver/accounts/oidc/sso/login/callback/")


def test_an_invited_address_that_the_provider_has_verified_is_the_invited_account(sso):
    invited = accounts.add("ada@example.org", "director of care")
    client = Client()
    come_by(client)
    assert is_in(client)
    assert Account.objects.get() == invited
    assert SocialAccount.objects.get().user_id == invited.pk


def test_an_address_that_is_not_verified_takes_over_nothing(sso):
    sso.person["email_verified"] = False
    accounts.add("ada@example.org", "director of care")
    client = Client()
    come_by(client)
    assert not SocialAccount.objects.filter(user__office="director of care").exists()
    if is_in(client):
        assert "director of care" not in client.get(reverse("me")).content.decode()


def test_the_same_person_comes_back_to_the_same_account_whatever_the_address(sso):
    come_by(Client())
    sso.person["email"] = "ada@new.example"
    client = Client()
    come_by(client)
    assert is_in(client)
    assert Account.objects.count() == 1


def test_an_answer_that_this_browser_never_asked_for_lets_nobody_in(sso):
    back = urlsplit(at_provider(Client().post(START)["Location"]))
    victim = Client()
    answer = victim.get(f"{back.path}?{back.query}")
    assert answer.status_code == 401
    assert b"Signing in did not work" in answer.content
    assert not is_in(victim)


def test_a_code_is_used_once(sso):
    client = Client()
    back = urlsplit(at_provider(client.post(START)["Location"]))
    client.get(f"{back.path}?{back.query}")
    client.post(reverse("account_logout"))
    client.get(f"{back.path}?{back.query}")
    assert not is_in(client)


def test_asking_for_the_address_alone_sends_nobody_away(sso):
    answer = Client().get(START)
    assert answer.status_code == 200
    assert b"City sign-on" in answer.content


def test_a_closed_account_is_not_opened_again_by_the_provider(sso, account):
    come_by(Client())
    closed = Account.objects.get()
    accounts.close(closed, by=account("registrar", is_steward=True))
    client = Client()
    come_by(client)
    closed.refresh_from_db()
    assert not closed.is_active
    assert Account.objects.filter(is_active=True).exclude(office="registrar").count() == 1
    assert Account.objects.get(email="ada@example.org").pk != closed.pk


def test_without_a_provider_there_is_no_way_in(db):
    assert Client().post(START).status_code == 404
    assert "City sign-on" not in Client().get(reverse("account_login")).content.decode()
