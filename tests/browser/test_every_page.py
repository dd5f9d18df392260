"""Whatever can be reached by links from the demo's home page stands: accessible, valid, never wider than the window.

Pages are found by following links, so a new page is looked at without being listed here; of pages that share an address
pattern a few are enough, and what somebody sees word for word as everybody does is looked at once.
"""

from collections import Counter
from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import APIResponse

from browsing import NARROW, WIDE, faults_of_html, sign_in

A_PATTERN, MOST = 3, 120
NOT_A_PAGE = (".toml", ".atom", ".tlog-proof", ".json", ".py", ".html")
NOT_OURS = ("/static/", "/admin/")  # test_administration.py
LEAVES = {"/accounts/logout/"}


def pages_by_links(page) -> Iterator[tuple[str, APIResponse]]:
    """Open the pages that can be reached from the home page, a few of each pattern, and yield each as it stands."""
    waiting, seen, patterns = ["/"], {"/"}, Counter()
    while waiting:
        address = waiting.pop(0)
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(address)
        yield address, answer
        links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
        for link in links:
            following = urldefrag(link)[0]
            if following in seen or not following.startswith(("/", "?")) or following in LEAVES:
                continue
            seen.add(following)
            path = urlsplit(following).path
            if path.endswith(NOT_A_PAGE) or path.startswith(NOT_OURS):
                continue
            full = following if following.startswith("/") else urlsplit(page.url).path + following
            pattern = (pattern_of(urlsplit(full).path), bool(urlsplit(full).query))
            patterns[pattern] += 1
            if patterns[pattern] <= A_PATTERN:
                waiting.append(full)


def pattern_of(path: str) -> str:
    try:
        return resolve(path).route
    except Resolver404:
        return path


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """What pages said that were looked at already."""
    return set()


@pytest.mark.parametrize("who", ["", "director@example.org", "evaluator@example.org", "steward@example.org"])
def test_every_page_that_links_lead_to(browser_page, demo, check, looked_at, who):
    page = browser_page(WIDE, url=demo.url)
    if who:
        sign_in(page, who, demo.password)
    pages, wrong = {}, []
    for address, answer in pages_by_links(page):
        assert len(pages) < MOST
        assert answer.status == 200, f"{address} answers {answer.status}"
        pages[address] = answer.text()
        said = page.locator("main").inner_html()
        if said in looked_at and address != "/":
            continue
        looked_at.add(said)
        for size in (NARROW, WIDE):
            page.set_viewport_size(size)
            try:
                check(page, html=False)
            except AssertionError as error:
                wrong.append(f"{size['width']} px: {str(error).split(chr(10) + 'assert')[0]}")
    wrong += [f"{address}\n" + "\n".join(faults) for address, faults in faults_of_html(pages).items() if faults]
    print(f"{len(pages)} pages as {who or 'anybody'}: {list(pages)}")
    assert not wrong, "\n".join(wrong)
    assert len(pages) > 15
