"""The Atom feed of decisions: every decision, every override, every verdict that says stop; the newest first.

Source: RFC 4287 (Atom); RFC 4151 for names that stay the same wherever the service moves.
"""

from itertools import islice

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from clew.gate.events import DecisionTaken, VerdictComputed, VerdictOverridden
from clew.record.entry import read_back
from clew.record.event import Recorded
from clew.web.caching import public_page
from clew.web.case.telling import tell
from clew.web.desk import reading
from clew.web.record.models import EventRow

KINDS = (DecisionTaken.kind, VerdictOverridden.kind, VerdictComputed.kind)
LATEST = 50


def belongs(recorded: Recorded) -> bool:
    """Return whether an event is a decision, an override, or a verdict that says stop."""
    return recorded.kind != VerdictComputed.kind or recorded.data["verdict"] == "stop"


def latest() -> tuple[Recorded, ...]:
    """Return the latest events of the feed, the newest first."""
    rows = EventRow.objects.filter(kind__in=KINDS).order_by("-index").values_list("index", "entry")
    events = (read_back(index, bytes(entry)) for index, entry in rows.iterator(chunk_size=200))
    return tuple(islice(filter(belongs, events), LATEST))


@require_safe
@public_page
def decisions(request: HttpRequest) -> HttpResponse:
    """The feed."""
    reading()
    feed = _empty(request)
    for one in latest():
        _add(feed, one, request.build_absolute_uri(reverse("case", args=[one.case])))
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


def _empty(request: HttpRequest) -> Atom1Feed:
    body, here = settings.CLEW["CLEW_ORGANISATION"] or "clew", request.build_absolute_uri(reverse("decisions"))
    return Atom1Feed(
        title=f"Decisions – {body}",
        link=request.build_absolute_uri(reverse("home")),
        description="",
        subtitle="Every decision, every override of a locked rule, every verdict that says stop.",
        feed_url=here,
        feed_guid=_name("decisions"),
        author_name=body,
        language="en-gb",
    )


def _add(feed: Atom1Feed, one: Recorded, link: str) -> None:
    told = tell(one)
    feed.add_item(
        title=told.sentence,
        link=link,
        description=told.more,
        unique_id=_name(f"entries/{one.index}"),
        author_name=one.by,
        pubdate=one.at,
        updateddate=one.at,
        categories=(one.kind,),
    )


def _name(what: str) -> str:
    host, _, path = settings.CLEW.origin.partition("/")
    return f"tag:{host},2026:{path}/{what}"
