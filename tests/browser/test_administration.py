"""The administration, as a steward sees it: accessible, and never wider than the window."""

import pytest

from browsing import NARROW, WIDE, axe, layout_faults, sign_in

SOME = ("/admin/", "/admin/case/caserow/", "/admin/case/caserow/bed-fires/change/", "/admin/govern/account/?q=director")
TABLES = "links => links.map(link => link.getAttribute('href'))"


@pytest.fixture
def steward(browser_page, demo):
    """Pages of the administration: `steward(WIDE)`."""

    def open_in(size):
        page = browser_page(size, url=demo.url)
        sign_in(page, "steward@example.org", demo.password)
        return page

    return open_in


def faults(page, addresses) -> list[str]:
    found = []
    for address in addresses:
        assert page.goto(address).status == 200
        found += [f"{address} {fault}" for fault in (*axe(page), *layout_faults(page))]
    return found


def test_every_table_is_accessible(steward):
    page = steward(WIDE)
    page.goto("/admin/")
    tables = dict.fromkeys(page.eval_on_selector_all("#content-main th a[href]", TABLES))
    assert len(tables) > 10
    assert faults(page, (*SOME, *tables)) == []


def test_a_small_window_shows_it_all(steward):
    assert faults(steward(NARROW), SOME) == []
