"""The page of a pilot, state by state: every figure on it is the evaluation's, every event has its entry."""

import html
import re

from clew.report.figures import units_of
from clew.report.words import meaning
from told import PILOT

PAGE = f"/pilots/{PILOT}"


def text_of(answer) -> str:
    """Return what a reader reads: no tags, single spaces."""
    main = re.search(r"<main.*?</main>", answer.content.decode(), re.DOTALL)
    assert main is not None
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main[0])).split())


def read(client, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer)


def test_locked_without_data_it_says_what_was_promised_and_that_nothing_is_known_yet(client, story):
    told = story().opened().locked()

    page = read(client)

    assert "Promised, not evaluated yet" in page
    assert "It says nothing about whether the pilot works." in page
    assert "Smallest effect worth having: 12 percentage points." in page
    assert "Awaited: look 1 of 1 planned look." in page
    assert told.protocol.sha256 in page
    assert "What was found" not in page


def test_the_verdict_and_its_figures_are_the_evaluation_s(client, story):
    told = story().opened().locked().looked(1)
    evaluation = told.evaluation
    units = units_of(evaluation.protocol, evaluation.finding.effect.std_error)

    page = read(client)

    said = meaning(evaluation, units)
    assert all(part in page for part in (said.headline, said.means, said.not_mean))
    assert units.effect(evaluation.finding.effect.estimate) in page
    assert units.span(evaluation.finding.effect.interval) in page
    for reason in evaluation.judgement.reasons:
        assert f"{reason.needed} {reason.found}" in page
    assert evaluation.judgement.why in page
    assert "Awaited: extension 1 of 1." in page
