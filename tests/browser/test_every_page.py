"""Whatever can be reached by links from the demo's home page stands: accessible, valid, never wider than the window.

Pages are found by following links, so a new page is looked at without being listed here; of pages that share an address
pattern a few are enough.
"""

from collections import Counter
from urllib.parse import urldefrag, urlsplit

import pytest
from django.urls import Resolver404, resolve

from browsing import NARROW, WIDE, faults_of_html, sign_in

A_PATTERN, MOST = 2, 120
NOT_A_PAGE = (".toml", ".atom", ".tlog-proof", ".json", ".py", ".html")
NOT_OURS = ("/static/", "/admin/")  # the administration keeps Django's own look
LEAVES = {"/accounts/logout/"}


def found_by_links(page) -> dict[str, str]:
    """Return the pages that can be reached from the home page, a few of each pattern, with their HTML."""
    waiting, seen, patterns = ["/"], {"/"}, Counter()
    found = {}
    while waiting and len(found) < MOST:
        address = waiting.pop(0)
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(address)
        found[address] = answer.text()
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
    pages = found_by_links(wide)
    wrong = [f"{address}\n" + "\n".join(faults) for address, faults in faults_of_html(pages).items() if faults]
    for address in pages:
        for page in (wide, narrow):
            answer = page.goto(address)
            try:
                assert answer is None or answer.status == 200, f"{address} answers {answer.status}"
                check(page, html=False)
            except AssertionError as error:
                wrong.append(str(error).split("\nassert")[0])
    print(f"{len(pages)} pages as {who or 'anybody'}: {list(pages)}")
    assert not wrong, "\n".join(wrong)
    assert len(pages) > 15
