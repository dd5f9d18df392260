"""Every address says who may ask for it, and everybody else is tried at every one of them.

Anonymous, signed in without a duty, each wrong duty, the right duty of another case, a steward: each asks by GET and by
POST. Who may is never refused; who may not is sent to sign in or told no; nobody ever gets an error of the server.
"""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver

from clew.case import commands as ask
from clew.case.desk import do
from clew.case.duties import ACTS, ANYBODY_SIGNED_IN, STEWARD
from clew.case.phases import DUTIES
from clew.web.caching import PAGES
from clew.web.case.doing import BY_SLUG
from clew.web.desk import writing_as
from clew.web.evaluate.models import LookRun, Upload
from clew.web.evaluate.uploads import path_of
from clew.web.govern.administration import site
from clew.web.govern.models import Account
from clew.web.pilot import drafts
from clew.web.pilot.models import ProtocolDraft
from clew.web.record.files import PUBLIC_FILES
from clew.web.record.models import EventRow
from clew.web.work.models import Progress
from told import CASE, EVALUATOR, OWNER, PILOT, REVIEWER

HERE = {"owner": OWNER, "evaluator": EVALUATOR, "reviewer": REVIEWER, "auditor": "court of auditors"}
ELSEWHERE = {f"{duty} elsewhere": f"{duty} of another case" for duty in DUTIES}
OFFICES = {**HERE, **ELSEWHERE, "member": "office without a duty", "steward": "registrar"}
MEMBERS = frozenset(OFFICES)
ANYBODY = MEMBERS | {"anonymous"}
STEWARDS = frozenset({"steward"})
PROGRAMS = frozenset[str]()  # who comes with a token, and nobody by being signed in
A_WORK, A_DRAFT, A_LOOK, AN_UPLOAD = (uuid.UUID(int=number) for number in range(4))
A_HASH = "0" * 64


def may(act: str) -> frozenset[str]:
    """Who may do an act of `clew.case.duties` in the case."""
    if ANYBODY_SIGNED_IN in ACTS[act]:
        return MEMBERS
    return frozenset(STEWARD if duty == STEWARD else duty for duty in ACTS[act])


@dataclass(frozen=True)
class Page:
    """A route as the URLconf writes it, who may ask for it, and what stands in its places (else those of SAMPLES)."""

    route: str
    who: frozenset[str]
    at: dict[str, object] = field(default_factory=dict, hash=False)
    posts: frozenset[str] | None = None  # who may send, where that is not everybody who may look

    @property
    def is_window(self) -> bool:
        """Whether it is of the administration, where stewards look and nobody changes anything."""
        return self.route.startswith("admin/")

    @property
    def path(self) -> str:
        if "path" in self.at:
            return f"/{self.at['path']}"
        return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str({**SAMPLES, **self.at}[found[1]]), self.route)

    def __str__(self) -> str:
        return self.path


SAMPLES = {
    "case_id": CASE,
    "pilot": PILOT,
    "account_id": 1,
    "sha256": A_HASH,
    "key": A_WORK,
    "upload": AN_UPLOAD,
    "index": 0,
    "pk": 1,
}
SECOND = "accounts/2fa/"

TABLE = (
    # what anybody may read
    Page("", ANYBODY),
    Page("alive", ANYBODY),
    Page("cases/<case:case_id>", ANYBODY),
    Page("pilots/<pilot:pilot>", ANYBODY),
    Page("pilots/<pilot:pilot>/protocol.toml", ANYBODY),
    Page("pilots/<pilot:pilot>/report.html", ANYBODY),
    Page("pilots/<pilot:pilot>/receipt", ANYBODY),
    Page("decisions.atom", ANYBODY),
    *(Page(name, ANYBODY) for name in ("about", "glossary", "accessibility", "privacy")),
    Page("record/", ANYBODY),
    Page("record/check", ANYBODY),
    Page("record/entries", ANYBODY),
    Page("record/entries/<int:index>", ANYBODY),
    Page("record/entries/<int:index>.json", ANYBODY),
    Page("record/entries/<int:index>.tlog-proof", ANYBODY),
    Page("record/verify.py", ANYBODY),
    Page(f"record/{PUBLIC_FILES}", ANYBODY, {"path": "record/checkpoint"}),
    Page(r"record/^documents/(?P<sha256>[0-9a-f]{64})\Z", ANYBODY, {"path": f"record/documents/{A_HASH}"}),
    # the same for programs
    *(Page(f"api/v1/{rest}", ANYBODY) for rest in ("", "openapi.json", "cases", "pilots", "decisions", "portfolio")),
    Page("api/v1/cases/<case_id>", ANYBODY),
    Page("api/v1/pilots/<pilot>", ANYBODY),
    Page("api/v1/pilots/<pilot>/protocol.toml", ANYBODY),
    Page("api/v1/pilots/<pilot>/evaluations", ANYBODY),
    Page("api/v1/evaluations/<sha256>", ANYBODY),
    Page("api/v1/record", ANYBODY),
    Page("api/v1/record/events", ANYBODY),
    Page("api/v1/record/events/<index>", ANYBODY),
    Page("api/v1/record/proofs/<index>", ANYBODY),
    Page("api/v1/pilots/<pilot>/data", PROGRAMS),
    Page("api/<path:rest>", ANYBODY, {"rest": "nothing"}),
    # what needs a duty in the case
    Page("cases/new", may("open")),
    *(Page("cases/<case:case_id>/do/<slug:slug>", may(one.act), {"slug": one.slug}) for one in BY_SLUG.values()),
    Page("pilots/<pilot:pilot>/answer", may("answer a screen")),
    Page("pilots/<pilot:pilot>/hear", may("hear the public")),
    Page("pilots/<pilot:pilot>/review", may("review")),
    Page("pilots/<pilot:pilot>/adapt", may("adapt")),
    Page("pilots/<pilot:pilot>/round", may("close a round")),
    Page("pilots/<pilot:pilot>/override", may("override")),
    Page("pilots/<pilot:pilot>/decide", may("decide")),
    # drafts, data and looks
    Page("cases/<case:case_id>/pilots/new", may("draft")),
    *(
        Page(f"drafts/<uuid:key>{rest}", may("draft"), {"key": A_DRAFT})
        for rest in ("", "/review", "/try", "/tried", "/protocol.toml", "/remove")
    ),
    Page("drafts/<uuid:key>/<slug:slug>", may("draft"), {"key": A_DRAFT, "slug": "pilot"}),
    Page("drafts/<uuid:key>/lock", may("lock"), {"key": A_DRAFT}),
    Page("drafts/<uuid:key>/amend", may("amend"), {"key": A_DRAFT}),
    Page("pilots/<pilot:pilot>/amend", may("amend")),
    Page("pilots/<pilot:pilot>/assign", may("lock")),
    Page("pilots/<pilot:pilot>/assignment.csv", may("lock") | may("see data")),
    Page("pilots/<pilot:pilot>/data", may("see data"), posts=may("bring data")),
    Page("pilots/<pilot:pilot>/data/<uuid:upload>", may("see data")),
    Page("pilots/<pilot:pilot>/data/<uuid:upload>/undo", may("bring data")),
    Page("pilots/<pilot:pilot>/tokens", may("bring data")),
    Page("pilots/<pilot:pilot>/tokens/<slug:sha256>/withdraw", may("bring data")),
    Page("pilots/<pilot:pilot>/look", may("take a look")),
    Page("looks/<uuid:key>", may("see data"), {"key": A_LOOK}),
    # what is the evaluator's own
    Page("progress/<uuid:key>", frozenset({"evaluator"})),
    Page("progress/<uuid:key>/stop", frozenset({"evaluator"})),
    # people
    Page("people/", STEWARDS),
    Page("people/me", MEMBERS),
    Page("people/invite", STEWARDS),
    Page("people/<int:account_id>", STEWARDS),
    Page("people/<int:account_id>/invite", STEWARDS),
    Page("people/<int:account_id>/office", STEWARDS),
    Page("people/<int:account_id>/steward", STEWARDS),
    Page("people/<int:account_id>/close", STEWARDS),
    # signing in
    Page("accounts/login/", ANYBODY),
    Page("accounts/logout/", ANYBODY),
    Page("accounts/inactive/", ANYBODY),
    Page("accounts/signup/", ANYBODY),
    Page("accounts/reauthenticate/", MEMBERS),
    Page("accounts/email/", MEMBERS),
    Page("accounts/confirm-email/", ANYBODY),
    Page("accounts/password/change/", MEMBERS),
    Page("accounts/password/set/", MEMBERS),
    Page("accounts/password/reset/", ANYBODY),
    Page("accounts/password/reset/done/", ANYBODY),
    Page("accounts/password/reset/key/done/", ANYBODY),
    Page("accounts/login/code/confirm/", ANYBODY),
    Page(r"accounts/^confirm-email/(?P<key>[-:\w]+)/$", ANYBODY, {"path": "accounts/confirm-email/unknown/"}),
    Page(
        r"accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        ANYBODY,
        {"path": "accounts/password/reset/key/1-unknown/"},
    ),
    Page(SECOND, MEMBERS),
    Page(f"{SECOND}authenticate/", ANYBODY),
    Page(f"{SECOND}reauthenticate/", MEMBERS),
    Page(f"{SECOND}totp/activate/", MEMBERS),
    Page(f"{SECOND}totp/deactivate/", MEMBERS),
    Page(f"{SECOND}recovery-codes/", MEMBERS),
    Page(f"{SECOND}recovery-codes/generate/", MEMBERS),
    Page(f"{SECOND}recovery-codes/download/", MEMBERS),
    Page(f"{SECOND}webauthn/", MEMBERS),
    Page(f"{SECOND}webauthn/add/", MEMBERS),
    Page(f"{SECOND}webauthn/reauthenticate/", MEMBERS),
    Page(f"{SECOND}webauthn/keys/<int:pk>/remove/", MEMBERS),
    Page(f"{SECOND}webauthn/keys/<int:pk>/edit/", MEMBERS),
    Page(f"{SECOND}webauthn/login/", ANYBODY),
    Page("accounts/3rdparty/", MEMBERS),
    Page("accounts/3rdparty/signup/", ANYBODY),
    Page("accounts/3rdparty/login/cancelled/", ANYBODY),
    Page("accounts/3rdparty/login/error/", ANYBODY),
    *(
        Page(f"accounts/social/{name}/", ANYBODY)
        for name in ("login/cancelled", "login/error", "signup", "connections")
    ),
    Page("accounts/oidc/^(?P<provider_id>[^/]+)/login/", ANYBODY, {"path": "accounts/oidc/sso/login/"}),
    Page(
        "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/", ANYBODY, {"path": "accounts/oidc/sso/login/callback/"}
    ),
    # the administration: one guard for all of it, tried at each address all the same
    Page("admin/", STEWARDS),
    Page("admin/jsi18n/", STEWARDS),
    Page("admin/(?P<url>.*)$", STEWARDS, {"path": "admin/nothing/here"}),
    Page(
        f"admin/^(?P<app_label>{'|'.join(dict.fromkeys(one._meta.app_label for one in site._registry))})/$",
        STEWARDS,
        {"path": "admin/govern/"},
    ),
    *(
        Page(f"admin/{one._meta.app_label}/{one._meta.model_name}/{rest}", STEWARDS, {"object_id": "1"})
        for one in site._registry
        for rest in ("", "<path:object_id>/history/", "<path:object_id>/change/")
    ),
)


def routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Every route of the service, included ones too."""
    for one in resolver.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, route)
        else:
            yield route


def test_every_address_says_who_may_ask_for_it():
    listed, there = {page.route for page in TABLE}, set(routes(get_resolver()))
    missing = "\n".join(f"    Page({route!r}, WHO)," for route in sorted(there - listed))
    assert not there - listed, (
        f"\nSay in TABLE of tests/web/test_every_address.py who may ask for each new address. Add\n{missing}\n"
        'with WHO: ANYBODY, MEMBERS, STEWARDS, may("an act of clew.case.duties.ACTS"), or frozenset({"evaluator"}).'
    )
    assert not listed - there, f"No such address any more: {sorted(listed - there)}"


def test_every_act_in_a_case_is_tried():
    assert {page.at.get("slug") for page in TABLE if page.route.endswith("do/<slug:slug>")} == set(BY_SLUG)


@pytest.fixture
def world(story, account):
    """Two cases, each with its four duties, a pilot in the first after its look, and a work of its evaluator."""
    accounts = {name: account(office, is_steward=name == "steward") for name, office in OFFICES.items()}
    story().opened().locked().looked(1)
    _take(CASE, "auditor", HERE["auditor"])
    duties = tuple(ask.TakeDuty(duty, ELSEWHERE[f"{duty} elsewhere"]) for duty in DUTIES)
    with writing_as(ELSEWHERE["owner elsewhere"]) as (record, at, by):
        do(record, "elsewhere", (ask.Open("Another case", phase="pilot"), *duties), at=at, by=by)
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    by = {"account": accounts["evaluator"], "title": "A look", "asked_at": moment, "changed_at": moment}
    Progress.objects.create(id=A_WORK, task=A_WORK, page="/", **by)
    LookRun.objects.create(id=A_LOOK, task=A_LOOK, page="/", pilot=PILOT, look=1, uploads=[], office="", **by)
    upload = Upload.objects.create(
        id=AN_UPLOAD, pilot=PILOT, sha256=A_HASH, name="a.csv", suffix=".csv", size_bytes=1, at=moment
    )
    path_of(upload).parent.mkdir(parents=True, exist_ok=True)
    path_of(upload).write_bytes(b"a")
    drafts.begin(accounts["owner"], CASE, {})
    ProtocolDraft.objects.update(id=A_DRAFT)
    return accounts


def _take(case_id: str, duty: str, office: str) -> None:
    with writing_as(HERE["owner"]) as (record, at, by):
        do(record, case_id, (ask.TakeDuty(duty, office),), at=at, by=by)


REFUSED = {401, 403, 404, 405}


def judge(name: str, method: str, page: Page, answer: HttpResponse) -> str:
    """What is wrong with an answer, empty where nothing is."""
    status, location = answer.status_code, answer.headers.get("Location", "")
    who = page.posts if method == "post" and page.posts is not None else page.who
    if status >= 500:
        return "an error of the server"
    sent_to_sign_in = status in {301, 302, 303} and location.startswith("/accounts/login/")
    if name in who:
        told_no = status == 403 or (status == 401 and who != ANYBODY) or (sent_to_sign_in and who != ANYBODY)
        return "is refused, but may" if told_no and not page.is_window else ""
    if name == "anonymous" and sent_to_sign_in:
        return ""
    return "" if status in REFUSED else "may not, but is let in"


@contextmanager
def undone() -> Iterator[None]:
    """Leave the database, and the pages that are remembered, as they were."""
    PAGES.clear()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def browser_of(account: Account) -> Client:
    """A browser in which somebody has signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


def ask_for(page: Page, name: str, browser: Client, path: str) -> Iterator[str]:
    """Ask for a page by GET and by POST in a browser as it stands, and yield what is wrong with the answers."""
    for method in ("get", "post"):
        client = Client(raise_request_exception=False)
        client.cookies = deepcopy(browser.cookies)
        with undone():
            answer = getattr(client, method)(path)
            if answer.streaming:
                b"".join(answer.streaming_content)
        said = judge(name, method, page, answer)
        if said:
            yield f"{name} {method.upper()} {page.path}: {answer.status_code}, {said}"


GROUPS: dict[str, list[Page]] = {}
for one in TABLE:
    GROUPS.setdefault(one.route.partition("/")[0], []).append(one)


@pytest.mark.parametrize("group", GROUPS)
def test_who_may_and_nobody_else(group, world):
    names = sorted(ANYBODY) if group != "admin" else ["anonymous", "auditor", "member", "steward"]
    browsers = {"anonymous": Client(), **{name: browser_of(account) for name, account in world.items()}}
    wrong = []
    for page in GROUPS[group]:
        for name in names:
            cache.clear()
            wrong += ask_for(page, name, browsers[name], page.path.replace("/1/", f"/{world['member'].pk}/"))
    assert not wrong, "\n" + "\n".join(wrong)


def test_nothing_that_another_site_sends_is_taken(world):
    """Every address is sent to without the token of a form of ours, by everybody who may do something there."""
    events, taken = EventRow.objects.count(), []
    people = [(one.office, one.is_steward, one.is_active) for one in Account.objects.order_by("pk")]
    for page in TABLE:
        for name in sorted(page.who - {"anonymous"} or ANYBODY)[:3]:
            client = Client(raise_request_exception=False, enforce_csrf_checks=True)
            if name != "anonymous":
                client.force_login(world[name])
            status = client.post(page.path.replace("/1/", f"/{world['member'].pk}/")).status_code
            if status not in REFUSED:
                taken.append(f"{name} POST {page.path}: {status}")
    assert taken == []
    assert EventRow.objects.count() == events
    assert [(one.office, one.is_steward, one.is_active) for one in Account.objects.order_by("pk")] == people
