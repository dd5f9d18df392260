"""Writing a protocol in a real browser: every page sound after every change, at both widths, and without a script."""

import re

import pytest

from browsing import NARROW, WIDE, sign_in
from clew.web.pilot.questions import STEPS
from pilot_drafting import ANSWERS

OWNER = "director of care"


def answer(page, said: dict[str, str]) -> None:
    """Fill in a step as a person does."""
    for name, text in said.items():
        field = page.locator(f'[name="{name}"]')
        if field.first.get_attribute("type") == "radio":
            page.locator(f'[name="{name}"][value="{text}"]').check()
        elif field.first.get_attribute("type") == "checkbox":
            field.check()
        elif page.locator(f'select[name="{name}"]').count():
            field.select_option(text)
        elif not field.first.get_attribute("readonly"):
            field.fill(text)


def open_a_case(page, title: str) -> str:
    page.goto("/cases/new")
    page.get_by_label("What is the problem?").fill(title)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Put it on the record").click()
    return page.url


def propose(page, case: str) -> None:
    page.goto(f"{case}/do/propose")
    answer(page, {"for_whom": "elders", "value": "to live safely", "noticed_by": "homes safe"})
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Put it on the record").click()


@pytest.mark.parametrize(
    ("size", "javascript"), [(WIDE, True), (NARROW, False)], ids=["wide with scripts", "narrow without"]
)
def test_from_a_case_to_a_locked_protocol(browser_page, check, size, javascript):
    page = browser_page(size, javascript=javascript)
    sign_in(page, OWNER)
    case = open_a_case(page, f"Bed fires {javascript}")
    propose(page, case)
    page.goto(f"{case}/pilots/new")
    check(page)
    page.get_by_label("What is the pilot called?").fill(f"First visits {javascript}")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("button", name="Save and continue").click()
    assert page.get_by_role("link", name="What do you count, one by one?").is_visible()
    check(page)
    for step in STEPS:
        assert page.locator("h1").inner_text() == step.title
        answer(page, {name: text for name, text in ANSWERS[step.slug].items() if name != "pilot-id"})
        check(page)
        page.get_by_role("button", name="Save and continue").click()
    assert "CANNOT BE SHOWN" in page.inner_text("main")
    check(page)
    page.get_by_label("Lock without trying the rule out").check()
    page.get_by_role("button", name="Go on to lock it").click()
    check(page)
    page.get_by_role("button", name="Lock it for ever").click()
    assert re.search(r"/pilots/first-visits-\w+(-\d+)?/receipt$", page.url)
    check(page)
    page.get_by_role("link", name="Deal the units to the arms").click()
    check(page)


def test_what_is_typed_is_kept_without_being_sent(browser_page):
    page = browser_page()
    sign_in(page, OWNER)
    case = open_a_case(page, "Falls at home")
    page.goto(f"{case}/pilots/new")
    page.get_by_label("What is the pilot called?").fill("Grab rails")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/drafts/**")  # loaded: what is typed before the scripts are there is kept by the next key
    page.get_by_label("What do you count, one by one?").fill("flat")
    page.get_by_text("Kept at").wait_for()

    page.goto(case)
    page.get_by_role("link", name="Grab rails").click()
    assert page.get_by_label("What do you count, one by one?").input_value() == "flat"


def test_a_problem_is_reached_by_the_keyboard(browser_page):
    page = browser_page()
    sign_in(page, OWNER)
    case = open_a_case(page, "Lonely winters")
    page.goto(f"{case}/pilots/new")
    page.get_by_label("What is the pilot called?").focus()
    page.keyboard.type("Tea rounds")
    page.keyboard.press("Enter")
    page.get_by_label("What is the pilot called?").focus()
    page.keyboard.press("Enter")

    summary = page.locator(".govuk-error-summary")
    summary.wait_for()
    assert summary.evaluate("one => one === document.activeElement")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "pilot-hypothesis"
