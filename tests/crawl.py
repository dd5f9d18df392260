"""Whatever can be reached by links from one page on, without a browser."""

from collections import Counter
from collections.abc import Callable
from urllib.parse import urldefrag, urljoin, urlsplit

from django.urls import Resolver404, resolve

from page_tree import page_of

A_PATTERN = 2
NOT_OURS = ("/static/", "/admin/")  # the administration keeps Django's own look
LEAVES = {"/accounts/logout/"}


def reached(read: Callable[[str], str | None], start: str = "/") -> dict[str, str]:
    """Return the pages by their addresses; `read` gives a page's HTML, or None for what is not a page.

    Of pages that share an address pattern a few are enough.
    """
    waiting, seen, patterns = [start], {start}, Counter[tuple[str, bool]]()
    found: dict[str, str] = {}
    for address in waiting:
        html = read(address)
        if html is None:
            continue
        found[address] = html
        for following in (one for one in _leads(html, address) if one not in seen):
            seen.add(following)
            patterns[pattern_of(following)] += 1
            if patterns[pattern_of(following)] <= A_PATTERN:
                waiting.append(following)
    return found


def _leads(html: str, address: str) -> list[str]:
    leads = (urldefrag(urljoin(address, one.attributes.get("href", "")))[0] for one in page_of(html).all("a"))
    ours = (one for one in leads if one.startswith("/") and not one.startswith(NOT_OURS) and one not in LEAVES)
    return list(dict.fromkeys(ours))


def pattern_of(address: str) -> tuple[str, bool]:
    """Return which kind of page an address is of, and whether something is asked of it."""
    path = urlsplit(address).path
    try:
        return resolve(path).route, bool(urlsplit(address).query)
    except Resolver404:
        return path, bool(urlsplit(address).query)
