"""Whatever is sent to any address of the service: an answer, never an error of ours, and nothing recorded by a refusal.

Every address of TABLE in test_every_address.py, by somebody who may and by nobody: its own forms filled in as nobody
foresaw, its query, its body, the names in its path. A new address is tried as soon as it stands in TABLE.
"""

import re
import signal
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from hypothesis import HealthCheck, Phase, given, seed, settings

from clew.web.evaluate.models import LookRun, Upload, UploadToken
from clew.web.govern import accounts
from clew.web.govern.models import Account
from clew.web.pilot.models import ProtocolDraft
from clew.web.record.models import EventRow
from hostile import AS_MEANT, ATTACKS, FIXED, KINDS, PASSWORD, Attack, Field, asked_on
from pilot_drafting import ANSWERS
from told import CASE, PILOT
from web.test_every_address import ANYBODY, SAMPLES, TABLE, Page, may, undone, world  # noqa: F401  # a fixture

AN_AMENDMENT = uuid.UUID(int=9)
SECONDS = 30
TOKEN = "t" * 32  # of a page of ours: what other sites send is tried in test_every_address.py
MORE = (
    Page("drafts/<uuid:key>/amend", may("amend"), {"key": AN_AMENDMENT}),
    Page("drafts/<uuid:key>/review", may("draft"), {"key": AN_AMENDMENT}),
    Page("accounts/password/reset/key/<uid>-set-password/", ANYBODY),
    Page("accounts/confirm-email/<confirmation>/", ANYBODY),
)
"""Addresses of TABLE once more, where something is waiting that changes what they ask for."""
TABLES = (EventRow, Upload, UploadToken, LookRun, Authenticator, EmailAddress)
COUNTED = f"SELECT {', '.join(f'(SELECT count(*) FROM {one._meta.db_table})' for one in TABLES)}"
PEOPLE = f"SELECT id, email, office, is_steward, is_active, password FROM {Account._meta.db_table} ORDER BY id"
WHO = ("owner", "evaluator", "reviewer", "steward")
IN_THE_MIDDLE = {
    "secured": "accounts/2fa/.*",
    "halfway": "accounts/2fa/authenticate/",
    "invited": "accounts/password/reset/key/<uid>.*",
}
"""Who is in the middle of signing in, and what they see alone."""
OTHERS = "others"


def group_of(page: Page) -> str:
    """Return the part of the service that a page belongs to."""
    first, slash, _ = page.route.partition("/")
    return first if slash else OTHERS


GROUPS: dict[str, list[Page]] = {}
for one in (*TABLE, *MORE):
    GROUPS.setdefault(group_of(one), []).append(one)


@dataclass(frozen=True)
class There:
    """The world as it is before each attack: browsers by who holds them, accounts, and what stands in addresses."""

    browsers: dict[str, Client]
    people: dict[str, Account]
    at: dict[str, object]

    def path(self, page: Page, place: str | None = None, which: int = 0) -> str:
        """Return where a page is; with `place`, that text stands in one of the places of the address."""
        if "path" in page.at:
            return _with_part(page.path, place, which)
        values = {**SAMPLES, **self.at, **page.at}
        names = re.findall(r"<(?:\w+:)?(\w+)>", page.route)
        if place is not None and names:
            values[names[which % len(names)]] = quote(place, safe="")
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), page.route)


def _with_part(path: str, place: str | None, which: int) -> str:
    parts = path.split("/")
    if place is not None:
        parts[1 + which % (len(parts) - 1)] = quote(place, safe="")
    return "/".join(parts)


@pytest.fixture
def there(world):  # noqa: F811  # pytest hands it over by its name
    """The two cases with all their people; drafts that can be locked; somebody with every second factor."""
    for one in world.values():
        EmailAddress.objects.create(user=one, email=one.email, verified=True, primary=True)
    browsers = {name: signed_in(account) for name, account in world.items()}
    ProtocolDraft.objects.update(typed={"said": {k: v for one in ANSWERS.values() for k, v in one.items()}, "sent": []})
    browsers["owner"].post(reverse("pilot-amend", args=[PILOT]))
    ProtocolDraft.objects.filter(amends=PILOT).update(id=AN_AMENDMENT)
    passkey, halfway = secured(world["reviewer"])
    browsers |= {"anonymous": Client(), "secured": signed_in(world["reviewer"]), "halfway": halfway}
    invited = accounts.add("bob@example.org", "housing office")
    browsers["invited"] = Client()
    browsers["invited"].get(accounts.invitation(invited))
    new = EmailAddress.objects.create(user=invited, email="bob@new.example")
    uid = accounts.invitation(invited).split("/")[-2].split("-")[0]
    at = {
        "account_id": world["member"].pk,
        "pk": passkey.pk,
        "uid": uid,
        "confirmation": EmailConfirmationHMAC(new).key,
    }
    return There(browsers, world, at)


def signed_in(account: Account) -> Client:
    """A browser whose holder has just proved who they are."""
    client = Client()
    client.force_login(account)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def secured(account: Account) -> tuple[Authenticator, Client]:
    """Give an account a second factor of each kind; return its passkey, and a browser that is asked for one."""
    TOTP.activate(account, generate_totp_secret())
    RecoveryCodes.activate(account)
    key = Authenticator.objects.create(
        user=account, type="webauthn", data={"name": "A key", "credential": credential()}
    )
    halfway = Client()
    halfway.post(reverse("account_login"), {"login": account.email, "password": PASSWORD})
    return key, halfway


def credential() -> dict[str, object]:
    """What a browser once sent of a passkey that nobody has."""
    public = {1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}  # ES256 on P-256, as RFC 9053 writes it
    data = AttestedCredentialData.create(bytes(16), b"a key", public)
    flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
    made = AttestationObject.create("none", AuthenticatorData.create(bytes(32), flags, 0, data), {})
    told = b'{"type": "webauthn.create", "challenge": "YQ", "origin": "http://testserver"}'
    response = {"clientDataJSON": websafe_encode(told), "attestationObject": websafe_encode(made)}
    key = websafe_encode(b"a key")
    results = {"credProps": {"rk": True}}
    return {"id": key, "rawId": key, "type": "public-key", "response": response, "clientExtensionResults": results}


def visitors(page: Page) -> tuple[str, ...]:
    """Return who tries a page: somebody who may, nobody, and for signing in whoever is in the middle of it."""
    who = page.posts or page.who
    first = next((name for name in WHO if name in who), "owner")
    return (first, *(name for name, route in IN_THE_MIDDLE.items() if re.fullmatch(route, page.route)), "anonymous")


@contextmanager
def in_time(asked: str) -> Iterator[None]:
    """Fail where an answer takes longer than anybody waits; say what was asked for, whatever fails."""

    def too_long(*_: object) -> None:
        raise AssertionError(f"no answer within {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(SECONDS)
    try:
        yield
    except Exception as error:
        error.add_note(asked)
        raise
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def held() -> tuple[int, object]:
    """How many events are recorded; and what the service holds besides, which no refusal may change."""
    with connection.cursor() as cursor:  # not through the models: asked before and after every request
        cursor.execute(COUNTED)
        events, *counted = cursor.fetchone()
        cursor.execute(PEOPLE)
        return events, (counted, cursor.fetchall())


def ask(client: Client, method: str, path: str, **sent: object) -> HttpResponse:
    """Return an answer, read to its end, that is none of our errors and recorded nothing unless it leads on."""
    before = held()
    with in_time(f"{method} {path}"):
        answer = client.generic("POST", path, **sent) if method == "raw" else getattr(client, method)(path, **sent)
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sound(answer, text, f"{method} {path}: {answer.status_code}")
    events, others = held()
    may_record = method != "get" and answer.status_code in {302, 303}
    assert may_record or events == before[0], f"{method} {path}: {answer.status_code}"
    may_change = method != "get" and answer.status_code < 400
    assert may_change or others == before[1], f"{method} {path}: {answer.status_code}"
    return answer


def sound(answer: HttpResponse, text: bytes, asked: str) -> None:
    """Refuse an error of ours, somebody's script in a page, and somebody's cookie."""
    assert answer.status_code < 500, asked
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    assert not (is_page and b"<script>alert(1)" in text), asked
    assert "a" not in answer.cookies, asked


def browser(client: Client) -> Client:
    """Return a browser in the state of another: what is undone in the database is undone in its cookies."""
    again = Client(enforce_csrf_checks=True, headers={"X-CSRFToken": TOKEN})
    again.cookies = deepcopy(client.cookies)
    again.cookies["csrftoken"] = TOKEN
    return again


def fields_of(there: There, page: Page, name: str) -> dict[str, Field]:
    """Return what a page asks for, nothing where it shows no form of its own."""
    with undone():
        shown = browser(there.browsers[name]).get(there.path(page))
        is_html = shown.headers.get("Content-Type", "").startswith("text/html") and not shown.streaming
        if shown.streaming:
            b"".join(shown.streaming_content)
        return asked_on(shown.content.decode(), there.path(page)) if is_html else {}


def send(client: Client, path: str, attack: Attack, fields: dict[str, Field]) -> None:
    """Fill in and send a form; where it is shown for checking, go on; where it leads on, follow."""
    said, files = attack.said(fields), attack.files(fields)
    answer = post(client, path, {**said, **files}, attack)
    if answer.status_code == 200 and b'name="confirmed"' in answer.content:
        hidden = asked_on(answer.content.decode(), path)
        held = {name: one.offered for name, one in hidden.items() if one.kind == "hidden"}
        answer = post(client, path, {**said, **held, "confirmed": ["yes"]}, attack)
    if answer.status_code in {302, 303} and answer["Location"].startswith("/"):
        ask(client, "get", answer["Location"])


def post(client: Client, path: str, said: dict[str, object], attack: Attack) -> HttpResponse:
    """Send a form as browsers do: with a file in parts, else in one."""
    if any(not isinstance(one, list) for one in said.values()):
        return ask(client, "post", path, data=said, headers=attack.headers)
    form = "application/x-www-form-urlencoded"
    return ask(client, "post", path, data=urlencode(said, doseq=True), content_type=form, headers=attack.headers)


def try_all(there: There, page: Page, name: str, attack: Attack, fields: dict[str, Field]) -> None:
    """Try one attack at an address: its query, a wrong place, a broken body, its forms, and who signs in after that."""
    client, path = browser(there.browsers[name]), there.path(page)
    ask(client, "get", path, data=attack.asked, headers=attack.headers)
    wrong, before = there.path(page, attack.place, attack.which), held()[0]
    for method in ("get", "post"):
        ask(client, method, wrong)
    content, kind = attack.body
    ask(client, "raw", path, data=content, content_type=kind)
    assert held()[0] == before
    send(client, path, attack, fields)
    if name == "anonymous" and page.who != ANYBODY:
        client.force_login(there.people[visitors(page)[0]])
        ask(client, "get", path)


def tries(page: Page, name: str, fields: dict[str, Field]) -> int:
    """Return how many attacks a visitor makes at an address, by the profile; fewer where no form asks for anything."""
    usual = 1 if page.is_window or name == "anonymous" else 2
    return max(1, (usual + 3 * bool(fields)) * settings.default.max_examples // 100)


def attack(there: There, page: Page, name: str) -> None:
    """Try an address in somebody's name, with attacks of its own."""
    fields = fields_of(there, page, name)
    names = fields or {one: Field(KINDS.get(one, "text")) for one in FIXED.split()}

    @seed(zlib.crc32(f"{page.route} {page.at} {name}".encode()))
    @settings(max_examples=tries(page, name, fields), phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(ATTACKS)
    def tried(attack):
        with undone():
            try_all(there, page, name, attack, names)

    tried()
    if fields:
        with undone():
            try_all(there, page, name, AS_MEANT, fields)


@pytest.mark.parametrize("group", GROUPS)
def test_no_error_of_ours_and_nothing_recorded_by_a_refusal(group, there):
    assert CASE in there.path(GROUPS["cases"][0])
    for page in GROUPS[group]:
        for name in visitors(page):
            attack(there, page, name)
