"""The example's sources: staff 27 %, citizens 6 %, and two that are too small to be told."""

import pytest

from clew.deliberate.uptake import Input, uptake


def given(source: str, inputs: int, used: int, answered: int = 0) -> list[Input]:
    each = [Input(source, decision=f"decision {place}") for place in range(used)]
    each += [Input(source, answer="outside the mandate") for _ in range(answered)]
    return each + [Input(source)] * (inputs - len(each))


SAMPLE = [*given("staff", 22, 6), *given("citizens", 17, 1), *given("civil society", 6, 2), *given("firms", 4, 1)]


def test_shares_by_source_the_least_used_first() -> None:
    found = uptake(SAMPLE)
    assert [one.source for one in found] == ["citizens", "staff", "civil society", "firms"]
    assert [f"{one.share:.0%}" for one in found[:2] if one.share is not None] == ["6%", "27%"]
    assert found[0].interval == pytest.approx((0.0105, 0.2698), abs=1e-4)  # Wilson (1927) of 1 in 17


def test_the_prompt_asks_to_answer_the_rest() -> None:
    assert uptake(SAMPLE)[0].prompt == (
        "1 of 17 inputs from citizens led to a design decision (6 %, interval 1 % to 27 %). 16 inputs have no answer"
        " yet: link each to a decision, or say why it was not used."
    )


def test_an_answer_is_not_a_use_but_ends_the_prompt() -> None:
    (one,) = uptake(given("citizens", 17, 1, answered=15))
    assert (one.used, one.unanswered) == (1, 1)
    assert "1 input has no answer yet" in one.prompt
    (all_answered,) = uptake(given("citizens", 17, 1, answered=16))
    assert all_answered.prompt == ""


def test_small_sources_are_hidden_whole() -> None:
    nine, ten = uptake(given("firms", 9, 9))[0], uptake(given("firms", 10, 0))[0]
    assert nine.hidden
    assert (nine.given, nine.used, nine.unanswered, nine.interval, nine.share, nine.prompt) == (*[None] * 5, "")
    assert not ten.hidden
    assert ten.share == 0
    assert "0 of 10" in ten.prompt
