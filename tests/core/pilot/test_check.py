"""Contradictory, unreachable and missing rules are refused with reason and remedy; sound ones are not."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from clew.pilot.check import NOTICES, PROBLEMS, Check, check
from clew.pilot.parse import load_protocol
from clew.pilot.protocol import Looks, Outcome
from kinds_of_pilot import SAID_OF_KINDS, of_kind
from protocol_texts import SOUND, changed, protocol, without_table

FEASIBILITY = ('eligible = "first assessments"', 'eligible = "first assessments"\nkind = "feasibility"')
LIMIT = ('cost_per_outcome_at_most = "1000.00"', "")
NO_RULES = 'effect_lower_bound_above = 0.0\ncost_per_outcome_at_most = "1000.00"\n'


def without(name: str) -> Check:
    return check(protocol(text=without_table(name)))


def said(answer: Check) -> str:
    return "\n".join(map(str, answer.problems))


def noted(answer: Check) -> str:
    return "\n".join(map(str, answer.notices))


def test_the_sound_protocol_is_sound_and_has_nothing_to_note() -> None:
    answer = check(protocol())
    assert answer.ok
    assert not answer.notices, noted(answer)


@pytest.mark.parametrize(
    "path",
    sorted((Path(__file__).resolve().parents[3] / "examples").glob("*/protocol.toml")),
    ids=lambda p: p.parent.name,
)
def test_the_examples_are_sound(path: Path) -> None:
    answer = check(load_protocol(path))
    assert answer.ok, said(answer)


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("scale", "effect_lower_bound_above"),
        ("exit", "plan"),
        ("public_input", "by"),
        ("decision", "by"),
        ("decision", "owner"),
    ],
)
def test_no_pilot_begins_without_criteria_exit_public_and_decision(table: str, key: str) -> None:
    answer = without(table)
    assert not answer.ok
    assert f"[{table}] {key}: [{table}] lacks `{key}`: no pilot begins without it. Add {key} " in said(answer)


def test_a_feasibility_pilot_needs_no_criterion_to_scale() -> None:
    assert check(protocol(FEASIBILITY, text=without_table("scale"))).ok


PLACED = [
    pytest.param((FEASIBILITY,), "effect_lower_bound_above", 'can never end in "scale"', id="feasibility scales"),
    pytest.param(
        (("above = 0.0", "above = 0.2"),), "effect_lower_bound_above", "hardly ever be scaled", id="scale bound"
    ),
    pytest.param(
        (("below = 0.15", "below = 0.21"),), "effect_upper_bound_below", "good enough and stopped", id="stop bound"
    ),
    pytest.param(
        (("reach_at_least = 0.8", "reach_at_least = 0.8\nharm_limit = 0.2"),),
        "harm_limit",
        "counts as harmed",
        id="harm",
    ),
    pytest.param(
        (("reach_at_least = 0.8", "reach_at_least = 1.0"),), "reach_at_least", "averages 1", id="reach of all"
    ),
    pytest.param(
        (("eligible_shares = {Danish = 0.91, other = 0.09}", ""),),
        "reach_at_least",
        "without their shares",
        id="no shares",
    ),
    pytest.param(
        (("eligible_shares = {Danish = 0.91, other = 0.09}\nreach_at_least = 0.8", ""),),
        "no_group_under_reached",
        "cannot be judged without eligible_shares",
        id="reach rule without reach",
    ),
    pytest.param(
        (('method = "obrien-fleming"\nplanned = 2', 'method = "single"'),),
        "times",
        "nothing is left to pay",
        id="single",
    ),
    pytest.param((("times = 1", "times = 3"),), "times", "does not convince", id="extensions without end"),
    pytest.param((("2027-03-01", "2027-06-02"),), "by", "after the decision of 2027-06-01", id="public too late"),
    pytest.param(
        (('existing_data = "none"', 'existing_data = "none"\ndata_began = 2027-06-01'),),
        "data_began",
        "not before the decision",
        id="data too late",
    ),
    pytest.param(
        (("baseline = 0.55", "baseline = 0.81"),), "worth_having", "there is room for 0.19", id="no room above"
    ),
    pytest.param(
        (("baseline = 0.55", "baseline = 0.19"), ('better = "higher"', 'better = "lower"')),
        "worth_having",
        "there is room for 0.19",
        id="no room below",
    ),
    pytest.param((('arm = "arm"', 'arm = "safe"'),), "arm", '"safe" is the outcome', id="outcome is the arm"),
    pytest.param(
        (("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["safe"]'),),
        "adjust_for",
        "is the outcome",
        id="adjusted",
    ),
    pytest.param((('column = "tongue"', 'column = "arm"'),), "column", '"arm" is the arm', id="equity by arm"),
    pytest.param(
        (("[looks]", '[versions]\ncolumn = "safe"\n\n[looks]'),), "column", '"safe" is the outcome', id="version"
    ),
    pytest.param((("[looks]", '[funnel]\nunit = "arm"\n\n[looks]'),), "unit", '"arm" is the arm', id="funnel by arm"),
    pytest.param(
        (('cluster = "district"', 'cluster = "district"\nblock = "district"'),),
        "block",
        "a block of its own",
        id="block",
    ),
    pytest.param((("clusters = 30", "clusters = 3"),), "clusters", "give one arm 1", id="one cluster an arm"),
    pytest.param(
        (("clusters = 30", "clusters = 6"),), "clusters", "p = 0.1, but the last look", id="test cannot reject"
    ),
    pytest.param(
        (
            ("clusters = 30", "clusters = 8"),
            ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["a", "b", "c"]'),
            ('cluster = "district"', 'cluster = "district"\nestimator = "lin"'),
        ),
        "adjust_for",
        "use up 8 degrees of freedom of 8 clusters",
        id="too many covariates",
    ),
    pytest.param(
        (("units = 800", "units = 16"), ("above = 0.0", "above = 0.19"), ("clusters = 30", "clusters = 12")),
        "effect_lower_bound_above",
        "can never hold",
        id="scale bound out of reach",
    ),
    pytest.param(
        (("units = 800", "units = 16"), ("below = 0.15", "below = -0.4"), ("clusters = 30", "clusters = 12")),
        "effect_upper_bound_below",
        "can never hold",
        id="stop bound out of reach",
    ),
    pytest.param(
        (('"1000.00"', '"250.00"'),),
        "cost_per_outcome_at_most",
        "asks for an effect of 0.5, and there is room for 0.45",
        id="cost out of reach",
    ),
    pytest.param(
        (('"1000.00"', '"0"'),), "cost_per_outcome_at_most", "asks for an effect of inf", id="cost of nothing"
    ),
]


@pytest.mark.parametrize(("changes", "key", "words"), PLACED)
def test_a_rule_that_cannot_be_kept_is_refused_at_its_line(
    changes: tuple[tuple[str, str], ...], key: str, words: str
) -> None:
    text = changed(*changes)
    answer = check(protocol(*changes))
    (problem,) = [one for one in answer.problems if words in str(one)]
    line = int(problem.where.split(",")[0].removeprefix("line "))
    assert text.split("\n")[line - 1].startswith(f"{key} =")
    assert problem.do
    assert not answer.ok


def test_a_mean_knows_no_largest_effect() -> None:
    mean = ('measure = "proportion"', 'measure = "mean"')
    costly = check(protocol(mean, ("baseline = 0.55", "sd = 0.4"), ('"1000.00"', '"1.00"')))
    assert costly.ok
    assert "only an effect of 125 or more can be scaled" in noted(costly)
    assert check(protocol(mean, ("baseline = 0.55", "baseline = 900\nsd = 0.4"))).ok


def test_rules_without_their_figures_are_refused() -> None:
    assert "cannot be judged without [cost]" in said(without("cost"))
    assert "`no_group_harmed` cannot be judged without an [[equity]] table" in said(without("equity"))


def test_values_that_no_file_can_hold_are_refused_too() -> None:
    """Protocols are also built in Python."""
    nothing_planned = check(replace(protocol(), looks=Looks("obrien-fleming", 0)))
    assert "[looks] planned: no look is planned" in said(nothing_planned).replace("line 29, ", "")
    no_gain = check(replace(protocol(), outcome=Outcome("safe", "proportion", "higher", 0.0)))
    assert "the effect worth having must be above 0" in said(no_gain)


def test_without_a_stop_rule_the_last_look_stops() -> None:
    answer = without("stop")
    assert answer.ok
    assert "no rule stops this pilot early; only its last look does" in noted(answer)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((("units = 800", "units = 300"),), "cannot be shown: the planned size detects only effects from 0.2"),
        ((("units = 800\nclusters = 30", ""),), "no size is planned"),
        ((("icc = 0.03", "icc = 0.03\nrare_events_a_year = 0.74"),), "takes about 54 years before and as many after"),
        ((("icc = 0.03", "icc = 0.03\nrare_events_a_year = 0.74"),), "Register one: [size] proximal."),
        (
            (("icc = 0.03", 'icc = 0.03\nrare_events_a_year = 0.74\nproximal = "alarm works"'),),
            "Judge by the proximal outcome: alarm works.",
        ),
        ((("below = 0.15", "below = 0.05"),), "with no effect at all the upper bound lies near"),
        (
            (("units = 800", "units = 80000"), ("icc = 0.03", "icc = 0.0")),
            "meets the scale and the stop rule; stop wins",
        ),
        (
            (('"125.00"', '"300.00"'),),
            "one more good outcome costs 1500.00 EUR, above the limit: only an effect of 0.3",
        ),
        ((("clusters = 30", "clusters = 10"),), "at look 1 of 3 no effect can be confirmed: with 5 tr"),
        ((("times = 1", "times = 2"),), "One is the rule."),
        ((("no_group_under_reached = true", ""),), "is measured, but decides nothing"),
        (
            (
                ('cluster = "district"', 'cluster = "district"\nstandard_errors = "cr1"'),
                ("clusters = 30", "clusters = 39"),
            ),
            "cr1 with 39 clusters",
        ),
        ((('existing_data = "none"', 'existing_data = "seen"'),), '"registered after data began" for ever'),
        (
            (('users = "safer homes"', ""), ('taxpayers = "125 euros a visit"', "")),
            "nothing is said to users, taxpayers.",
        ),
    ],
)
def test_what_is_to_be_known_is_noted_and_refuses_nothing(changes: tuple[tuple[str, str], ...], words: str) -> None:
    answer = check(protocol(*changes))
    assert words in noted(answer)
    assert answer.ok, said(answer)


def test_a_missing_publics_table_names_all_four() -> None:
    assert "nothing is said to users, obligatees, taxpayers, public at large." in noted(without("publics"))


def test_three_and_three_clusters_give_p_of_a_tenth_at_best() -> None:
    """20 ways to deal 6 clusters, each with a mirror image: 2/20."""
    answer = check(protocol(("clusters = 30", "clusters = 6")))
    assert "with 3 treated and 3 comparison clusters the randomisation test cannot go below p = 0.1" in said(answer)


@pytest.mark.parametrize(("alpha", "refused"), [(0.02, True), (0.05, False)])
def test_the_least_p_value_is_held_against_the_limit_of_the_last_look(alpha: float, refused: bool) -> None:
    """70 ways to deal 4 of 8 clusters: 2/70 = 0.029, between the limits of the last look at 2 and at 5 percent."""
    answer = check(protocol(("clusters = 30", "clusters = 8"), ("planned = 2", f"planned = 2\nalpha = {alpha}")))
    assert ("the randomisation test cannot go below p = 0.029" in said(answer)) is refused


def test_unequal_arms_have_no_mirror_image() -> None:
    """56 ways to deal 3 of 8 clusters: 1/56 = 0.018 passes a last look of 0.045, 2/20 would not."""
    answer = check(protocol(("clusters = 30", "clusters = 8\ntreated_share = 0.375")))
    assert "randomisation test cannot go below" not in said(answer)


def test_clusters_dealt_within_blocks_are_not_judged_by_a_formula_for_one_block() -> None:
    answer = check(
        protocol(("clusters = 30", "clusters = 6"), ('cluster = "district"', 'cluster = "district"\nblock = "region"'))
    )
    assert "randomisation" not in said(answer)


def test_a_loss_that_is_an_improvement_is_read_as_one() -> None:
    """With lower better everything mirrors: from 0.45 down is as from 0.55 up."""
    up, down = check(protocol()), check(protocol(('better = "higher"', 'better = "lower"'), ("0.55", "0.45")))
    assert (up.problems, up.notices) == (down.problems, down.notices)


def test_every_rule_of_the_check_can_speak() -> None:
    """No rule is dead: each remarks on something in at least one of the cases above or here."""
    texts = [changed(*param.values[0]) for param in PLACED]  # type: ignore[arg-type]
    texts += [without_table(name) for name in ("scale", "stop", "cost", "equity", "publics", "size")]
    small = changed(
        ("units = 800", "units = 600"), ("clusters = 30", "clusters = 10"), ("below = 0.15", "below = 0.05")
    )
    texts += [
        small.replace("times = 1", "times = 2").replace('"none"', '"seen"').replace("no_group_under_reached = true", "")
    ]
    texts += [SOUND.replace("units = 800", "units = 80000\nrare_events_a_year = 1").replace("icc = 0.03", "icc = 0.0")]
    texts += [SOUND.replace('"125.00"', '"300.00"').replace("clusters = 30", "clusters = 12")]
    texts += [
        SOUND.replace('"district"', '"district"\nstandard_errors = "cr1"').replace("clusters = 30", "clusters = 39")
    ]
    protocols = [
        *(protocol(text=text) for text in texts),
        *(of_kind(kind, changes) for kind, changes, _ in SAID_OF_KINDS),
    ]
    silent = [rule.__name__ for rule in (*PROBLEMS, *NOTICES) if not any(list(rule(one)) for one in protocols)]
    assert silent == []


def test_the_answer_as_json() -> None:
    answer = check(protocol(("times = 1", "times = 3")))
    plain = answer.to_dict()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain | {
        "problems": list(plain["problems"]),
        "notices": list(plain["notices"]),
    }
    assert (plain["ok"], plain["pilot"]) == (False, "visits")
    assert plain["problems"][0]["where"] == "line 53, [extend] times"
    assert "not sound" in answer._repr_html_()


def test_a_protocol_built_in_python_has_no_lines() -> None:
    bare = replace(protocol(), text="", public_input_by=date(2028, 1, 1))
    assert [one.where for one in check(bare).problems] == ["[public_input] by"]
