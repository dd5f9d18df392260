"""A real browser, driven from outside, against a real service; every page it shows is checked after every change.

`service`: a running service with people in it. `browser_page`: makes pages (width, with or without JavaScript).
`check`: axe, valid HTML, one heading, no sideways scroll; call it after every change of state.
"""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browsing import OFFICES, STEWARD, TOOLS, WIDE, axe, faults_of_html, html_sent, layout_faults
from services import Service

LOAD_DEMO = """
from pathlib import Path
from django.conf import settings
from clew.demo.service import load
from clew.web.commands import prepare
prepare()
load(settings.CLEW.workspace)
"""


@pytest.fixture(scope="session")
def service(tmp_path_factory) -> Iterator[Service]:
    """A running service, empty but for its people."""
    made = Service(tmp_path_factory.mktemp("service") / "workspace")
    with made.start():
        made.people(*OFFICES, steward=STEWARD)
        yield made


@pytest.fixture(scope="session")
def demo(tmp_path_factory) -> Iterator[Service]:
    """The demo, served: three cases with their verdicts, and people who hold the duties in them."""
    made = Service(tmp_path_factory.mktemp("demo") / "workspace")
    built = made.clew("demo", "--into", str(made.workspace), "--trials", "20", "--no-serve")
    assert built.returncode == 0, built.stderr
    made.python(LOAD_DEMO)
    with made.start():
        made.password = (made.workspace / "password").read_text()
        yield made


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser that came with the npm package."""
    folder = TOOLS / "chromium"
    if not (folder / "chromium").is_file():
        pytest.fail("the browser is not set up: run `make browser`")
    environment = {**os.environ, "LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")}
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=folder / "chromium", args=arguments, env=environment, headless=True
        )
        yield started
        started.close()


@pytest.fixture
def browser_page(browser, request) -> Iterator[Callable[..., Page]]:
    """Return a maker of pages: `browser_page()`, `browser_page(NARROW)`, `browser_page(javascript=False)`."""
    contexts = []

    def make(size=WIDE, *, javascript=True, url=None) -> Page:
        url = url or request.getfixturevalue("service").url
        context = browser.new_context(viewport=size, java_script_enabled=javascript, base_url=url)
        context.set_default_timeout(60_000)  # a loaded machine is slow, not wrong
        contexts.append(context)
        page = context.new_page()
        page.without_scripts = not javascript
        page.on("pageerror", lambda error: pytest.fail(f"a script of the page failed: {error}"))
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def check(browser) -> Iterator[Callable[..., None]]:
    """Return the check of a page as it stands now; the HTML of all that it was shown is validated once, at the end."""
    sent: dict[str, str] = {}

    def look(page: Page, *, html: bool = True) -> None:
        scripted = [] if page.without_scripts else axe(page)  # axe is a script
        if html and page.viewport_size == WIDE:  # the same at any width
            sent[f"{page.url}, looked at after {len(sent)} others"] = html_sent(page)
        found = [*scripted, *layout_faults(page)]
        assert not found, f"{page.url}\n" + "\n".join(found)

    yield look
    pages = {address: text for address, text in sent.items() if text}
    faults = faults_of_html(pages) if pages else {}
    wrong = [f"{address}: {one}" for address, found in faults.items() for one in found]
    assert not wrong, "\n".join(wrong)
