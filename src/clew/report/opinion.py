"""The opinion map as one HTML file: what people agree on, how sure that is, and what nobody knows yet.

A page is a row of parts, each a template of its own; those that have nothing to tell are left out. Statements are what
anybody typed: they are escaped, kept in their own direction and cut off from the words around them. No voter's id is in
the page, and groups of fewer than ten are told without figures.
"""

from clew.deliberate.disclosure import FEWEST
from clew.deliberate.opinion_map import OpinionMap
from clew.report import opinion_each, opinion_missing, opinion_patterns, opinion_people, opinion_words
from clew.report import opinion_method as method
from clew.report.document import PAGES, Content, Part, style_of
from clew.report.figures import plural, share
from clew.report.opinion_hidden import begins, named
from clew.report.opinion_picture import drawing_of
from clew.report.opinion_statements import SHARES, Told, in_their_words, lacking, plain, said_by_id, told_of

STYLE, STYLE_HASH = style_of("styles/sections.css", "templates/style.css", "styles/opinion.css")
FIRST = 10
"""So many of a long list stand open; the rest is folded away, and in the table of all statements."""

SENTENCES: Content = {
    "words": opinion_words,
    "each": opinion_each,
    "people": opinion_people,
    "absent": opinion_missing,
    "patterns": opinion_patterns,
    "plain": plain,
    "begins": begins,
    "plural": plural,
    "share": share,
    "fewest": FEWEST,
}
"""What the templates ask for words."""

NEAREST = 5
"""So many are shown as nearest to common ground where nothing is."""

PARTS = (
    Part("map", "The map", ("drawing",)),
    Part("groups", "Each group in its own words", ("in_their_words",)),
    Part("common", "Common ground"),
    Part("reservations", "Agreement with reservations", ("reserved",)),
    Part("rejected", "What is rejected", ("rejected",)),
    Part("divides", "What divides"),
    Part("unknown", "What is not known yet", ("unknown",)),
    Part("missing", "Who is missing", ("missing",)),
    Part("patterns", "Patterns that deserve a look", ("integrity",)),
    Part("every", "Every statement", ("told",)),
    Part("how", "How it was done"),
)


def render_opinion(found: OpinionMap) -> str:
    """Return the map as one HTML file that needs nothing but itself; the same map gives the same bytes."""
    content = content_of(found)
    return PAGES.get_template("opinion.html").render(
        **content,
        parts=tuple(part for part in PARTS if part.has_something(content)),
        style=STYLE,
        style_hash=STYLE_HASH,
        what="opinion map",
    )


def content_of(found: OpinionMap) -> Content:
    """Return all that a map gives to tell."""
    told = told_of(found)
    drawing = drawing_of(found)
    return {
        **_of_statements(found, told),
        **_of_method(found),
        **SENTENCES,
        "found": found,
        "headline": opinion_words.headline(found, told),
        "drawing": drawing,
        "map_rows": opinion_people.map_rows(found, drawing),
        "missing": found.missing,
        "integrity": found.integrity,
        "axes": tuple(plain(axis) for axis in found.axes),
        "notices": tuple(plain(notice) for notice in found.notices),
        "names": named(found.groups),
        "said": said_by_id(found),
        "first": FIRST,
    }


def _of_statements(found: OpinionMap, told: tuple[Told, ...]) -> Content:
    common = tuple(one for one in told if one.is_common) if found.method == "clew" else ()
    without = tuple(one for one in common if not one.finding.reservations)
    needed = lacking(found)
    return {
        "told": told,
        "common": without,
        "nearest": () if without else _nearest(found, told),
        "rejected": _rejected(found, told),
        "reserved": tuple(one for one in told if one.finding.reservations),
        "divided": tuple(sorted((one for one in told if one.is_divided), key=lambda one: -one.gap)),
        "lacking": needed,
        "unknown": needed or found.participants > opinion_people.with_a_place(found),
        "in_their_words": in_their_words(found, told),
        "threshold_at": SHARES.at(found.threshold),
    }


def _rejected(found: OpinionMap, told: tuple[Told, ...]) -> tuple[Told, ...]:
    """What every group is against, the surest first; Polis does not ask."""
    against = (one for one in told if one.is_rejected) if found.method == "clew" else ()
    return tuple(sorted(against, key=lambda one: -(one.finding.rejected or 0.0)))


def _nearest(found: OpinionMap, told: tuple[Told, ...]) -> tuple[Told, ...]:
    """What comes first where nothing is common ground, or where it is not asked whether anything is."""
    most = FIRST if found.method == "polis" else NEAREST
    return tuple(one for one in told if one.finding.enough_votes and not one.finding.reservations)[:most]


def _of_method(found: OpinionMap) -> Content:
    return {
        "pictures": method.pictures_of(found),
        "splits": method.split_rows(found),
        "settings": method.settings(found),
        "command": method.command(found),
    }
