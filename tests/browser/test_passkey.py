"""A passkey in a real browser: added after proving who one is, then enough to sign in with, and to prove it again."""

from playwright.sync_api import Page, expect

from browsing import PASSWORD, sign_in

VIRTUAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def with_device(page: Page) -> None:
    """Give the browser a device that keeps passkeys and whose owner always says yes."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL})


def test_a_passkey_is_added_and_signs_in_alone(browser_page, service, check):
    page = browser_page(url=service.url.replace("127.0.0.1", "localhost"))  # a passkey needs a name, not a number
    with_device(page)
    sign_in(page, "somebody else")
    page.goto("/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    check(page)
    page.reload()  # the check asked for the page once more, and each time another challenge holds
    page.get_by_label("Name of this key").fill("My laptop")
    page.get_by_label("without a password").check()
    page.get_by_role("button", name="Add it").click()
    page.wait_for_url(lambda url: "/webauthn/add" not in url)
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="My laptop")).to_be_visible()
    check(page)

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
    page.goto("/people/me")
    expect(page.get_by_role("main")).to_contain_text("somebody else")

    page.goto("/accounts/2fa/webauthn/reauthenticate/?next=/people/me")
    check(page)
    page.reload()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/people/me")


def test_a_browser_without_the_passkey_is_told_so(browser_page, service):
    page = browser_page(url=service.url.replace("127.0.0.1", "localhost"))
    with_device(page)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("No passkey was used")).to_be_visible()
