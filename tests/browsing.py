"""What browser tests share beside their fixtures: sizes, signing in, and what is wrong with a page as it stands."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

from services import PASSWORD, email_of

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ROOT / ".browser"
NODE = str(Path(sys.executable).with_name("node"))
AXE = TOOLS / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
OFFICES = ("director of care", "evaluation unit", "audit office", "court of auditors", "somebody else")
STEWARD = "steward of the service"
SETTLES = 25


def axe(page: Page) -> list[str]:
    """Return what axe finds against WCAG 2.2 AA and its best practices."""
    settled(page, AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"axe {one['id']}: {one['help']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]
    ]


def html_sent(page: Page) -> str:
    """Return the page as the server sends it, nothing where it is no HTML."""
    answer = page.request.get(page.url)
    return answer.text() if "text/html" in answer.headers.get("content-type", "") else ""


def faults_of_html(pages: dict[str, str]) -> dict[str, list[str]]:
    """Return what html-validate finds in pages, by their addresses; one run for all of them."""
    with tempfile.TemporaryDirectory() as folder:
        files = {str(Path(folder) / f"{number}.html"): address for number, address in enumerate(pages)}
        for file, address in files.items():
            Path(file).write_text(pages[address], encoding="utf-8")
        done = subprocess.run(
            [NODE, str(TOOLS / "node_modules/html-validate/bin/html-validate.mjs"), "-f", "json",
             "--config", str(ROOT / "tests" / "browser" / "html-validate.json"), *files],
            capture_output=True, text=True, check=False, cwd=TOOLS,
        )  # fmt: skip
    if not done.stdout.strip() and done.returncode != 0:
        raise RuntimeError(done.stderr)
    return {
        files[found["filePath"]]: [
            f"HTML line {one['line']}: {one['ruleId']}: {one['message']}"
            for one in found["messages"]
            if one["severity"] == 2
        ]
        for found in json.loads(done.stdout or "[]")
    }


def layout_faults(page: Page) -> list[str]:
    """Return whether the page scrolls sideways, or lacks its one main heading."""
    width = settled(page, "document.documentElement.scrollWidth - document.documentElement.clientWidth")
    headings = page.locator("h1").count()
    wide = [f"the page is {width} px wider than the window"] if width > 0 else []
    return [*wide, *([] if headings == 1 else [f"{headings} headings of the first level"])]


def settled(page: Page, script: str) -> Any:  # Any: whatever the script gives
    """Return what a script gives once the page stands: a page that waits for work fetches itself again and again."""
    for _ in range(SETTLES):
        page.wait_for_load_state()
        try:
            return page.evaluate(script)
        except Error:
            time.sleep(0.2)
    return page.evaluate(script)


def sign_in(page: Page, who: str, password: str = PASSWORD) -> None:
    """Sign in through the form, as a person does: by an office, or an e-mail address."""
    page.goto("/accounts/login/")
    page.get_by_label("e-mail", exact=False).first.fill(who if "@" in who else email_of(who))
    page.get_by_label("password", exact=False).first.fill(password)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=False).first.click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
