"""Pages about the service say what the code says: every table and every bound word is held to it."""

import re
from html import unescape
from pathlib import Path

import pytest

import clew.web
from clew.case.duties import ACTS
from clew.case.phases import PHASES
from clew.evaluate import designs
from clew.gate.judge import VERDICTS
from clew.pilot.check import NOTICES, PROBLEMS
from clew.web.about.contents import contents, verdicts
from clew.web.about.words import BOUND, inline, what_it_says, words

TEMPLATES = Path(clew.web.__file__).parent / "templates"


def text_of(response) -> str:
    """The page as somebody hears it: tags taken out, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.mark.parametrize("path", sorted(set(BOUND.values())))
def test_every_word_is_bound_to_something_that_the_code_has_and_that_says_what_it_does(path):
    assert len(what_it_says(path)) > 10


def test_a_bound_name_that_is_gone_is_an_error():
    with pytest.raises(AttributeError):
        what_it_says("clew.gate.judge.gone")
    with pytest.raises(ModuleNotFoundError):
        what_it_says("clew.gone.judge")


def test_every_binding_is_of_a_word_that_the_glossary_has():
    bound = {word.test for chapter in words() for word in chapter.words if word.test}
    assert set(BOUND.values()) == bound
    assert len([word for chapter in words() for word in chapter.words if word.test]) == len(BOUND)


def test_the_glossary_is_shown_whole_with_its_tests(client, record):
    page = client.get("/glossary").content.decode()
    assert len(re.findall(r"<div id=\"word-", page)) == sum(len(chapter.words) for chapter in words())
    assert "clew.gate.judge.scale_reasons" in page
    assert "idea, prototype, in use, made a difference" in page
    anchors = re.findall(r'<div id="(word-[^"]+)"', page)
    assert len(anchors) == len(set(anchors))
    assert "|" not in page[page.index("<main") : page.index("</main>")]


def test_markdown_of_the_glossary_becomes_html_and_nothing_else_does():
    assert inline("**a** `b` *c* <script> & d") == (
        "<strong>a</strong> <code>b</code> <em>c</em> &lt;script&gt; &amp; d"
    )


def test_about_names_every_phase_act_verdict_check_and_screen(client, record):
    page = text_of(client.get("/about"))
    for phase in PHASES:
        assert f"{phase.name} {phase.question}" in page
    for act, needed in ACTS.items():
        assert f"{act} {' or '.join(needed)}" in page
    for rule in (*PROBLEMS, *NOTICES):
        assert rule.__name__.replace("_", " ").capitalize() in page
    assert "in use: counts as an innovation" in page


def test_every_verdict_has_its_condition():
    assert {verdict for verdict, _ in verdicts()} == set(VERDICTS)
    assert verdicts()[0] == ("stop", "a stop rule holds, or a group is harmed and no adaptation is left to try")


def test_every_screen_on_the_page_is_raised_by_a_design():
    sources = "".join(path.read_text(encoding="utf-8") for path in Path(designs.__file__).parent.glob("*.py"))
    shown = {one.name.replace(" ", "_") for one in contents().screens}
    assert shown
    assert {name for name in shown if not re.search(rf"\b{name}\(", sources)} == set()


def test_what_every_design_takes_for_granted_is_on_the_page(client, record):
    page = text_of(client.get("/about"))
    for method in designs.DESIGNS.values():
        for assumption, check in method.about.assumes:
            assert " ".join(f"{assumption} {check}".split()) in page, method.kind


def test_every_link_into_the_glossary_finds_its_word():
    anchors = {word.anchor for chapter in words() for word in chapter.words}
    linked = {
        anchor for path in TEMPLATES.rglob("*.html") for anchor in re.findall(r"#word-([a-z0-9-]+)", path.read_text())
    }
    assert linked
    assert linked <= anchors


@pytest.mark.parametrize("page", ["about", "glossary", "accessibility", "privacy"])
def test_pages_about_the_service_have_one_heading_and_ask_for_no_account(client, record, page):
    answer = client.get(f"/{page}")
    assert answer.status_code == 200
    assert answer.content.count(b"<h1") == 1


def test_the_statement_names_its_standard_its_gaps_and_whom_to_tell(client, record):
    page = text_of(client.get("/accessibility"))
    for said in ("EN 301 549", "WCAG 2.2", "partially conformant", "What is known not to work well", "Tell us"):
        assert said in page
