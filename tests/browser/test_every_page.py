"""Whatever can be reached by links from the demo's home page stands: accessible, valid, never wider than the window.

Pages are found by following links, so a new page is looked at without being listed here; of pages that share an address
pattern a few are enough.
"""

from collections import Counter
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve

from browsing import NARROW, WIDE, sign_in

A_PATTERN, MOST = 2, 120
NOT_A_PAGE = (".toml", ".atom", ".tlog-proof", ".json", ".py", ".html")
LEAVES = {"/accounts/logout/"}


def found_by_links(page) -> list[str]:
    """Return the addresses of pages that can be reached from the home page, a few of each pattern."""
    waiting, seen, patterns = ["/"], {"/"}, Counter()
    found = []
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(address)
        found.append(address)
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        for link in links:
            following = urldefrag(link)[0]
            if following in seen or not following.startswith(("/", "?")) or following in LEAVES:
                continue
            seen.add(following)
            path = urlsplit(following).path
            if path.endswith(NOT_A_PAGE) or path.startswith("/static/"):
                continue
            full = following if following.startswith("/") else urlsplit(page.url).path + following
            pattern = (pattern_of(urlsplit(full).path), bool(urlsplit(full).query))
            patterns[pattern] += 1
            if patterns[pattern] <= A_PATTERN:
                waiting.append(full)
    return found


def pattern_of(path: str) -> str:
    try:
        return resolve(path).route
    except Resolver404:
        return path


@pytest.mark.parametrize("who", ["", "director@example.org", "evaluator@example.org", "steward@example.org"])
def test_every_page_that_links_lead_to(browser_page, demo, check, who):
    wide, narrow = browser_page(WIDE, url=demo.url), browser_page(NARROW, url=demo.url)
    for page in (wide, narrow):
        if who:
            sign_in(page, who, demo.password)
    addresses = found_by_links(wide)
    wrong = []
    for address in addresses:
        for page in (wide, narrow):
            answer = page.goto(address)
            try:
                assert answer is None or answer.status == 200, f"{address} answers {answer.status}"
                check(page)
            except AssertionError as error:
                wrong.append(str(error).split("\nassert")[0])
    print(f"{len(addresses)} pages as {who or 'anybody'}: {addresses}")
    assert not wrong, "\n".join(wrong)
    assert len(addresses) > 5
