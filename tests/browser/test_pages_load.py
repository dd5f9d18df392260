"""Pages that need no story: they load, are accessible and do not scroll sideways, wide and narrow."""

import pytest

from browsing import NARROW, WIDE

PAGES = ("/", "/record/", "/accounts/login/", "/nowhere")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_stands(browser_page, check, address, size):
    page = browser_page(size)
    page.goto(address)
    check(page)
