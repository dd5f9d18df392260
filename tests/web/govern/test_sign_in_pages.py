"""Every page that allauth can show is in our look: our frame, one heading, named fields, a label for each input."""

import re
from html.parser import HTMLParser

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from clew.web.govern import accounts
from clew.web.govern.models import Account

PASSWORD = "a long pass phrase"
SHOWS_NOTHING = {
    "account_confirm_login_code": "codes by mail are not used",
    "mfa_download_recovery_codes": "a text file",
    "mfa_login_webauthn": "options for the browser's script",
    "mfa_reauthenticate_webauthn": "needs a real passkey, see tests/browser/test_passkey.py",
    "openid_connect_login": "see test_single_sign_on.py",
    "openid_connect_callback": "see test_single_sign_on.py",
    "socialaccount_signup": "leads to signing in where no provider has sent anybody",
}
PUBLIC = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_inactive",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
]
SIGNED_IN = [
    "account_logout",
    "account_reauthenticate",
    "account_email",
    "account_change_password",
    "socialaccount_connections",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
WITH_MORE = [
    "account_set_password",
    "account_confirm_email",
    "account_reset_password_from_key",
    "mfa_authenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_remove_webauthn",
    "mfa_edit_webauthn",
]


class Outline(HTMLParser):
    """What a page is made of, as far as its structure goes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def faults(html: str) -> list[str]:
    """What is wrong with a page's structure, its look and its safety."""
    page, found = Outline(html), []
    labels = {one.get("for") for one in page.all("label")}
    typed = [one for one in page.all("input") if one.get("type") not in {"hidden", "submit"}]
    found += [f"no label: {one}" for one in typed if one.get("id") not in labels]
    found += [f"no class: {one}" for one in typed if "govuk-" not in (one.get("class") or "")]
    found += ["not one h1"] if len(page.all("h1")) != 1 else []
    found += ["not our frame"] if "clew-head" not in html or not page.all("main") else []
    found += ["no title"] if not re.search(r"<title>\s*[A-Z“]", html) else []
    found += ["a placeholder"] if any("placeholder" in one for one in typed) else []
    inline = [one for one in page.all("script") if "src" not in one and one.get("type") != "application/json"]
    found += ["a script in the page"] if inline else []
    found += ["a style in the page"] if any("style" in one for _, one in page.tags) or page.all("style") else []
    found += [f"twice: {one}" for one in duplicates([attributes.get("id") for _, attributes in page.tags])]
    return found


def duplicates(names: list[str | None]) -> set[str]:
    given = [name for name in names if name]
    return {name for name in given if given.count(name) > 1}


def test_every_page_of_signing_in_is_looked_at():
    def names(resolver):
        for one in resolver.url_patterns:
            yield from names(one) if isinstance(one, URLResolver) else [one.name]

    accounts_urls = next(one for one in get_resolver().url_patterns if str(one.pattern) == "accounts/")
    assert {name for name in names(accounts_urls) if name} == {*SHOWS_NOTHING, *PUBLIC, *SIGNED_IN, *WITH_MORE}


@pytest.fixture
def ada(db) -> Account:
    made = accounts.add("ada@example.org", "director of care")
    made.set_password(PASSWORD)
    made.save()
    return made


def signed_in(account: Account) -> Client:
    """A browser whose holder has just proved who they are."""
    client = Client()
    client.force_login(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


@pytest.mark.parametrize("name", PUBLIC)
def test_a_page_for_anybody(db, name):
    answer = Client().get(reverse(name))
    assert answer.status_code in {200, 401}
    assert faults(answer.content.decode()) == []


def test_making_an_account_where_anybody_may(db, settings):
    settings.CLEW = type(settings.CLEW)({**settings.CLEW.values, "CLEW_SIGN_UP": True})
    page = Client().get(reverse("account_signup")).content.decode()
    assert "Make an account" in page
    assert faults(page) == []


@pytest.mark.parametrize("name", ["account_login", "account_reset_password", "account_change_password"])
def test_a_page_with_mistakes(ada, name):
    answer = signed_in(ada).post(reverse(name), {}) if "change" in name else Client().post(reverse(name), {})
    page = answer.content.decode()
    assert "There is a problem" in page
    assert "<title>Error: " in page
    assert "E-mail address</label>" in page or "New password</label>" in page  # our words, with mistakes too
    assert faults(page) == []


def passkey(account: Account) -> Authenticator:
    """A passkey as the database keeps it; nobody could sign in with it."""
    return Authenticator.objects.create(user=account, type="webauthn", data={"name": "A key", "passwordless": True})


@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_for_members(ada, name):
    client = signed_in(ada)
    if "reauthenticate" in name:
        if name != "account_reauthenticate":
            TOTP.activate(ada, generate_totp_secret())
        client = Client()
        client.force_login(ada)
    answer = client.get(reverse(name))
    assert answer.status_code == 200, answer.headers
    assert faults(answer.content.decode()) == []


def with_codes(account: Account) -> Client:
    TOTP.activate(account, generate_totp_secret())
    RecoveryCodes.activate(account)
    return signed_in(account)


def page_of(name: str, ada: Account) -> str:
    """A page of signing in that needs something to be there first."""
    if name == "account_set_password":
        ada.set_unusable_password()
        ada.save()
    if name == "account_confirm_email":
        key = EmailConfirmationHMAC(EmailAddress.objects.create(user=ada, email="ada@new.example")).key
        return Client().get(reverse(name, args=[key])).content.decode()
    if name == "account_reset_password_from_key":
        invited = accounts.add("bob@example.org", "audit office")
        return Client().get(accounts.invitation(invited), follow=True).content.decode()
    if name == "mfa_authenticate":
        TOTP.activate(ada, generate_totp_secret())
        typed = {"login": ada.email, "password": PASSWORD}
        return Client().post(reverse("account_login"), typed, follow=True).content.decode()
    if name in {"mfa_remove_webauthn", "mfa_edit_webauthn"}:
        return signed_in(ada).get(reverse(name, args=[passkey(ada).pk])).content.decode()
    client = signed_in(ada) if name == "account_set_password" else with_codes(ada)
    return client.get(reverse(name)).content.decode()


@pytest.mark.parametrize("name", WITH_MORE)
def test_a_page_that_needs_something_first(ada, name):
    assert faults(page_of(name, ada)) == []


def test_the_list_of_passkeys(ada):
    client = signed_in(ada)
    passkey(ada)
    page = client.get(reverse("mfa_list_webauthn")).content.decode()
    assert "A key" in page
    assert faults(page) == []


def test_nobody_renames_or_removes_the_passkey_of_another(ada, account):
    theirs = passkey(account("somebody"))
    client = signed_in(ada)
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[theirs.pk])).status_code == 404
        assert client.post(reverse(name, args=[theirs.pk]), {"name": "mine"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "A key"


def test_too_many_attempts_are_told_on_our_page(db):
    answers = [Client().post(reverse("account_reset_password"), {"email": "a@example.org"}) for _ in range(21)]
    assert answers[-1].status_code == 429
    assert faults(answers[-1].content.decode()) == []
