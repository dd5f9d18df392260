"""The whole way, as people go it: open a case, lock a protocol, bring data, read the verdict, check the record.

Once by keyboard alone, with scripts; once without any script. Every page on the way is checked.
"""

import itertools
import time

import pytest

from browsing import sign_in
from keyboard import Keyboard
from trials import fire_visits_csv

NOTICED = "How would one notice"
NUMBERS = itertools.count(1)
PATIENCE_SECONDS = 90


class Keys:
    """Drives a page by its keyboard alone."""

    def __init__(self, page) -> None:
        self.page, self.keyboard = page, Keyboard(page)

    def fill(self, label, text):
        self.keyboard.write(label, text)

    def choose(self, label):
        """Choose among radio buttons: one tabs to the group and moves with the arrows."""
        radio = self.page.get_by_label(label, exact=False).first
        group = radio.get_attribute("name")
        for _ in range(250):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("document.activeElement.name") == group:
                break
        for _ in range(20):
            if radio.is_checked():
                return
            if self.page.evaluate("one => document.activeElement === one", radio.element_handle()):
                self.page.keyboard.press("Space")
            else:
                self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"“{label}” cannot be chosen by keyboard")

    def tick(self, label):
        self.keyboard.tick(label)

    def press(self, name):
        self.keyboard.press(name)


class Pointer:
    """Drives a page as somebody without scripts does."""

    def __init__(self, page) -> None:
        self.page = page

    def fill(self, label, text):
        self.page.get_by_label(label, exact=False).first.fill(text)

    def choose(self, label):
        self.page.get_by_label(label, exact=False).first.check(force=True)

    tick = choose

    def press(self, name):
        main = self.page.get_by_role("main")
        buttons = main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name))
        with self.page.expect_navigation():
            buttons.first.click()


@pytest.mark.parametrize("driver", [Keys, Pointer], ids=["keyboard", "no-scripts"])
def test_from_a_problem_to_a_verdict_that_anybody_can_check(browser_page, service, check, tmp_path, driver):
    name = f"beds{next(NUMBERS)}{driver.__name__.lower()}"
    javascript = driver is Keys
    owner = browser_page(javascript=javascript)
    open_case(owner, driver(owner), check, name)
    appoint(owner, driver(owner), check, name, "evaluator", "evaluation unit")
    lock_protocol(owner, driver(owner), check, name)

    evaluator = browser_page(javascript=javascript)
    bring_data_and_look(evaluator, driver(evaluator), check, name, fire_visits_csv(tmp_path / "homes.csv"))

    anybody = browser_page(javascript=javascript)
    anybody.goto(f"/pilots/{name}")
    check(anybody)
    said = anybody.get_by_role("main").inner_text()
    assert "Adapt, then decide again" in said
    assert "+16.0 percentage points" in said
    verify(anybody, driver(anybody), check, javascript)


def open_case(page, drive, check, name):
    sign_in(page, "director of care")
    page.goto("/cases/new")
    check(page)
    drive.fill("What is the problem?", f"Elders die in bed fires, {name}")
    drive.choose("Pilot")
    drive.fill("Its name in addresses", name)
    drive.press("Continue")
    assert "Check before it is recorded" in page.get_by_role("main").inner_text()
    check(page)
    drive.press("Put it on the record")
    check(page)
    page.goto(f"/cases/{name}/do/propose")
    check(page)
    drive.fill("For whom", "people who apply for care at home")
    drive.fill("What will be better for them?", "a home that does not burn")
    drive.fill(NOTICED, "alarms that work after 90 days")
    drive.press("Continue")
    drive.press("Put it on the record")


def appoint(page, drive, check, name, duty, office):
    page.goto(f"/cases/{name}/do/appoint")
    check(page)
    drive.choose(duty.capitalize())
    page.get_by_label("office", exact=False).first.select_option(label=office)
    drive.press("Continue")
    drive.press("Put it on the record")
    assert office in page.goto(f"/cases/{name}").text()


def lock_protocol(page, drive, check, name):
    page.goto(f"/cases/{name}/pilots/new")
    check(page)
    drive.fill("What is the pilot called?", "Joint first visits")
    drive.press("Begin")
    for step in STEPS:
        check(page)
        for act, *words in step:
            getattr(drive, act)(*[word.format(name=name) for word in words])
        drive.press("Save and continue")
        assert page.locator(".govuk-error-summary").count() == 0, page.get_by_role("main").inner_text()[:2000]
    check(page)
    assert "What a pilot of this size can show" in page.get_by_role("main").inner_text()
    drive.fill("How many made-up pilots", "200")
    drive.press("Try the rule out")
    wait_for(page, lambda: page.get_by_role("button", name="Try the rule out again").count() > 0)
    check(page)
    drive.press("Go on to lock it")
    check(page)
    drive.press("Lock it for ever")
    check(page)


STEPS = (
    (
        ("fill", "Its name in addresses", "{name}"),
        ("fill", "What do you expect to change", "More homes are safe 90 days later."),
        ("fill", "What do you count", "home"),
        ("fill", "Which of them may take part", "homes of people who apply for care at home"),
        ("choose", "Does it work?"),
        ("choose", "No, nothing has been measured yet"),
    ),
    (
        ("choose", "A lot decides for whole groups"),
        ("fill", "If whole groups: which column", "district"),
        ("fill", "Which column of the data will say who got what", "arm"),
        ("fill", "What stands in it for those who go on as before", "usual visit"),
    ),
    (
        ("fill", "What is measured, in plain words", "safe at 90 days"),
        ("fill", "Which column of the data will hold it", "safe_at_90_days"),
        ("choose", "Yes or no"),
        ("choose", "Higher is better"),
        ("fill", "What is the smallest improvement worth having", "0.125"),
    ),
    (),  # no further outcome
    (
        ("fill", "Which column of the data names the groups", "mother_tongue"),
        ("fill", "The groups, each with its share", "Danish = 0.905\nother = 0.095"),
        ("fill", "Each group must be reached", "0.8"),
    ),
    (
        ("choose", "Once, at the end"),
        ("fill", "How many looks are planned", "1"),
        ("fill", "How many will take part in all", "624"),
        ("fill", "If whole groups are drawn", "12"),
        ("fill", "Where does the outcome stand", "0.55"),
    ),
    (("fill", "Currency", "EUR"), ("fill", "What does one more cost", "125.00")),
    (
        ("fill", "Scale when the effect is surely above", "0"),
        ("fill", "… and one more good outcome costs at most", "1000.00"),
        ("tick", "… and no group is harmed"),
        ("tick", "… and every group is reached"),
        ("fill", "Stop when the effect is surely below", "0.125"),
    ),
    (
        ("fill", "How is it wound up", "Fitted alarms stay."),
        ("fill", "By when is the public heard", "2027-03-01"),
        ("fill", "By when is it decided", "2027-06-01"),
        ("fill", "Who answers for the decision", "director of care"),
    ),
)


def bring_data_and_look(page, drive, check, name, path):
    sign_in(page, "evaluation unit")
    page.goto(f"/pilots/{name}/data")
    check(page)
    page.locator("input[type=file]").set_input_files(path)
    drive.press("Bring it")
    wait_for(page, lambda: path.name in page.get_by_role("main").inner_text(), reload=False)
    check(page)
    page.goto(f"/pilots/{name}/look")
    check(page)
    drive.press("Continue")
    check(page)
    drive.press("Take the look")
    wait_for(page, lambda: "/looks/" not in page.url or "verdict" in page.get_by_role("main").inner_text().lower())
    check(page)


def verify(page, drive, check, javascript):
    page.goto("/record/")
    if javascript:
        drive.keyboard.to("Check every entry now")
        page.keyboard.press("Enter")
        assert drive.keyboard.unseen == []
    else:
        drive.press("Let the server check")
    wait_for(page, lambda: "every one of" in page.get_by_role("main").inner_text().lower(), reload=False)
    check(page)


def wait_for(page, holds, *, reload=True):
    end = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, page.get_by_role("main").inner_text()[:2000]
        time.sleep(0.5)
        if reload:
            page.reload()
