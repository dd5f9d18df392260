"""What is wrong with a page for whoever reads its text alone, from the first line to the last."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from page_tree import BLOCKS, CELLS, UNSEEN, Element, page_of

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SAYS_NOTHING = {
    "", "click here", "download", "edit", "here", "link", "more", "next", "open", "previous", "read more", "remove",
    "see", "show more", "this", "this page", "view",
}  # fmt: skip
ENDS_A_WORD = re.compile(r"[\w.!?:;,)”]\Z")
BEGINS_A_WORD = re.compile(r"\A[\w(“]")
GLUED = re.compile(r"[a-z0-9)”][.!?;:][A-Z“][a-z ]")
PARTS_OF_A_PILOT = ("verdict", "promised", "found", "whom", "looks", "rule", "verify", "protocol")


def faults_of_reading(html: str) -> list[str]:
    """Return everything that is wrong with a page in its reading."""
    page = page_of(html)
    rules = (skip_link, landmarks, headings, controls, links, gluings)
    return [fault for rule in rules for fault in rule(page)]


def seen(page: Element, *tags: str) -> list[Element]:
    """Return the elements of these kinds that a reader comes across."""
    return [one for one in page.all(*tags) if not one.is_hidden and not one.is_silent]


def skip_link(page: Element) -> Iterator[str]:
    """The first thing to follow leads past the head of the page, to where its matter begins."""
    first = next(iter(seen(page, "a", "button", "input")), None)
    target = page.by_id(first.attributes.get("href", "").removeprefix("#")) if first else None
    if first is None or not first.whole_text.startswith("Skip to "):
        yield "the first link does not skip"
    elif target is None or (target.tag != "main" and target.within("main") is None):
        yield "the skip link does not lead to the matter of the page"


def landmarks(page: Element) -> Iterator[str]:
    """Header, main and footer stand once each and in this order; what leads about the site comes before main."""
    found = [one.tag for one in page.all("header", "main", "footer")]
    if found != ["header", "main", "footer"]:
        yield f"header, main and footer stand as {found}"
    after = page.all()[page.all().index(page.all("footer")[-1]) + 1 :] if page.all("footer") else []
    inside = {id(one) for one in page.all("footer")[-1].all()} if page.all("footer") else set()
    yield from (f"<{one.tag}> after the footer" for one in after if id(one) not in inside)
    yield from ("the main navigation comes after main" for one in page.all("nav") if _follows_main(page, one))


def _follows_main(page: Element, nav: Element) -> bool:
    order = page.all()
    main = page.all("main")
    return nav.within("main") is None and bool(main) and order.index(nav) > order.index(main[0])


def headings(page: Element) -> Iterator[str]:
    """One first heading before all others, none a level too deep, none empty."""
    found = [one for one in seen(page, *HEADINGS) if not _is_an_answer(one)]
    levels = [int(one.tag[1]) for one in found]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"the headings begin as {levels[:3]}, with {levels.count(1)} of the first level"
    for (above, one), (below, other) in pairwise(zip(levels, found, strict=True)):
        if below > above + 1:
            yield f"“{other.whole_text}” (h{below}) stands right under “{one.whole_text}” (h{above})"
    yield from ("an empty heading" for one in found if not one.whole_text)


def _is_an_answer(heading: Element) -> bool:
    """Whether it heads what came of the last act, which GOV.UK's pattern puts above the page's own heading."""
    return any(one.classes & {"govuk-notification-banner", "govuk-error-summary"} for one in heading.around())


def controls(page: Element) -> Iterator[str]:
    """Every link and button says by itself what it does."""
    for one in seen(page, "a", "button", "summary"):
        if one.name.strip(" .…→←").lower() in SAYS_NOTHING:
            yield f"<{one.tag}> says only “{one.name}”"


def links(page: Element) -> Iterator[str]:
    """Links that lead to different places differ in their texts."""
    leads = defaultdict(set)
    for one in seen(page, "a"):
        leads[one.name].add(one.attributes.get("href", ""))
    yield from (f"“{name}” leads to {sorted(to)}" for name, to in leads.items() if len(to) > 1)


def gluings(page: Element) -> Iterator[str]:
    """No word sticks to the next, and no sentence to the one before."""
    for before, after in pairwise(_pieces(page)):
        if ENDS_A_WORD.search(before) and BEGINS_A_WORD.search(after):
            yield f"“{before[-30:]}” sticks to “{after[:30]}”"
    yield from (f"“{glued}” runs together" for text in _pieces(page) for glued in GLUED.findall(text))


def _pieces(element: Element) -> Iterator[str]:
    """Yield the texts as they follow each other; an empty one where a line or a cell begins or ends."""
    if element.tag in {"code", "pre", *UNSEEN} or element.is_hidden:
        yield "code" if element.tag == "code" else " "  # a name in a program is one word, whatever is in it
        return
    edge = [""] if element.tag in BLOCKS | CELLS else [" "] if element.tag in {"wbr", "input", "select", "img"} else []
    yield from edge
    for child in element.children:
        yield from [child] if isinstance(child, str) else _pieces(child)
    yield from edge


def order_of_a_pilot(page: Element) -> list[str]:
    """Return the anchors of a pilot's parts as they follow each other, of those whose order is promised."""
    found = [one.attributes.get("id", "") for one in page.all("h2")]
    return [name for name in found if name in PARTS_OF_A_PILOT]
