"""One look at the data as a whole: the Greve figures, what is reported when, and that order does not matter."""

import tempfile
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import stdtr

from builders import a_protocol
from clew.errors import InputError
from clew.evaluate.analyse import analyse, evidence_level
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import method_of
from clew.evaluate.designs.arms import registered_treated_share
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Cost, Design, Looks, Outcome, Population, Protocol, Size

Columns = dict[str, np.ndarray]


def visits(control: list[int], treated: list[int], homes: int) -> Columns:
    """Fire-safety visits: successes of `homes` in each of 6 + 6 districts, a row a home."""
    successes = np.array(control + treated)
    return {
        "district": np.repeat(np.arange(12), homes),
        "arm": np.repeat(["control", "joint visit"], 6 * homes),
        "safe": np.concatenate([np.arange(homes) < n for n in successes]).astype(float),
    }


SIX_MONTHS = visits([20, 13, 17, 11, 16, 15], [15, 15, 17, 19, 19, 22], 26)
TWELVE_MONTHS = visits([35, 27, 34, 21, 26, 30], [33, 33, 36, 41, 40, 40], 52)
PLAIN = a_protocol(equity=(), looks=Looks("single", 1, 0.05), size=Size())


def units(seed: int = 1, n: int = 120) -> Columns:
    rng = np.random.default_rng(seed)
    arm = np.where(np.arange(n) < n // 2, "control", "treated")
    return {"arm": arm, "safe": rng.normal(0, 1, n) + (arm == "treated")}


def of_units(**changes: object) -> Protocol:
    design = Design("randomised", "difference", "hc2", "arm", "control")
    return replace(PLAIN, design=design, outcome=Outcome("safe", "mean", "higher", 0.1), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "difference", "interval", "hits"),
    [
        (SIX_MONTHS, 0.096, (-0.049, 0.241), 184),
        (TWELVE_MONTHS, 0.160, (0.048, 0.272), 16),
    ],
)
def test_fire_safety_visits(data: Columns, difference: float, interval: tuple[float, float], hits: int) -> None:
    """The story's own figures, computed there by hand: difference, 95 % interval, randomisation test."""
    finding = analyse(PLAIN, ArrayRows(data))
    assert finding.effect.estimate == pytest.approx(difference, abs=5e-4)
    assert finding.effect.interval == pytest.approx(interval, abs=5e-4)
    assert finding.effect.level == 0.95
    assert finding.randomisation is not None
    assert finding.randomisation.p_value == hits / 924
    assert (finding.effect.n, finding.effect.clusters, finding.effect.df) == (len(data["safe"]), 12, pytest.approx(10))


def test_fire_safety_visits_cost_780_a_home_made_safe() -> None:
    account = analyse(PLAIN, ArrayRows(TWELVE_MONTHS)).account
    assert (account.cost_total, account.cost_per_outcome) == (Decimal("39000.00"), Decimal("780.00"))


def test_an_early_look_asks_for_more_and_says_what() -> None:
    protocol = replace(PLAIN, looks=Looks("obrien-fleming", 1, 0.05), extend_times=1)
    early = analyse(protocol, ArrayRows(SIX_MONTHS), look=1)
    late = analyse(protocol, ArrayRows(TWELVE_MONTHS), look=2)
    assert (early.look.boundary_z, late.look.boundary_z) == (
        pytest.approx(2.963, abs=5e-4),
        pytest.approx(1.969, abs=5e-4),
    )
    assert early.effect.level == pytest.approx(0.99695, abs=1e-5)
    half = (early.effect.interval[1] - early.effect.interval[0]) / 2
    assert half == pytest.approx(early.look.boundary * early.effect.std_error)
    assert 2 * stdtr(10, -late.look.boundary) == pytest.approx(late.look.nominal_p)
    assert late.effect.interval[0] > 0 > early.effect.interval[0]


def test_the_last_planned_look_is_taken_where_none_is_named() -> None:
    protocol = replace(PLAIN, looks=Looks("obrien-fleming", 2, 0.05), extend_times=1)
    assert analyse(protocol, ArrayRows(TWELVE_MONTHS)).look.look == 2


def test_a_look_that_nobody_paid_for_is_refused() -> None:
    with pytest.raises(InputError, match="look 2 is not one of the 1"):
        analyse(PLAIN, ArrayRows(TWELVE_MONTHS), look=2)


def test_lost_outcomes_are_counted_paid_for_and_asked_about() -> None:
    data = units(n=400)
    data["safe"][200:260] = np.nan
    finding = analyse(of_units(cost=Cost("EUR", Decimal("2.00"))), ArrayRows(data))
    assert finding.missing == (("control", 0), ("treated", 60))
    assert finding.effect.n == 340
    assert finding.account.cost_total == Decimal("400.00")
    assert [screen.name for screen in finding.screens if screen.flag] == ["differential attrition"]


def test_lost_outcomes_of_whole_clusters_are_weighed_by_cluster() -> None:
    data = {**TWELVE_MONTHS, "safe": TWELVE_MONTHS["safe"].copy()}
    data["safe"][data["district"] == 11] = np.nan  # 52 homes of 312 lost, all in one district
    screen = analyse(PLAIN, ArrayRows(data)).screens[0]
    assert screen.statistic == pytest.approx((1 / 6) / np.sqrt(6 / 5 * (5 * 52**2 / 36 + 52**2 * 25 / 36) / 312**2))
    assert not screen.flag  # as if homes were dealt one by one z would be 7.5


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("", "randomised", False),  # a default share is no promise
        ("[size]\ntreated_share = 0.5", "randomised", True),
        ("[size]\ntreated_share = 0.5", "cluster-randomised", False),  # units in clusters are not dealt one by one
    ],
)
def test_arm_sizes_are_held_against_a_registered_share_only(text: str, kind: str, *, expected: bool) -> None:
    protocol = replace(of_units() if kind == "randomised" else PLAIN, text=text)
    finding = analyse(protocol, ArrayRows(units() if kind == "randomised" else TWELVE_MONTHS))
    assert ("sample-ratio mismatch" in {screen.name for screen in finding.screens}) is expected


def test_the_registered_share_is_read_from_the_file_itself() -> None:
    assert registered_treated_share("[size]\nicc = 0.1") is None
    assert registered_treated_share("\ufeff[size]\r\ntreated_share = 0.25") == 0.25


def test_the_randomisation_test_is_for_few_clusters() -> None:
    assert analyse(of_units(), ArrayRows(units())).randomisation is None
    many = {name: np.concatenate([values, values, values]) for name, values in TWELVE_MONTHS.items()}
    many["district"] = np.repeat(np.arange(36), 52)
    assert analyse(PLAIN, ArrayRows(many)).randomisation is None
    names = {screen.name for screen in analyse(PLAIN, ArrayRows(TWELVE_MONTHS)).screens}
    assert names == {"differential attrition", "few-clusters disagreement"}


def test_more_than_a_list_of_deals_is_sampled_by_the_registered_seed() -> None:
    data = {name: np.concatenate([values, values[156:468]]) for name, values in TWELVE_MONTHS.items()}
    data["district"] = np.repeat(np.arange(18), 52)
    assert len(data["district"]) == len(data["safe"])
    design = replace(PLAIN.design, seed=4)
    one, again, other = (
        analyse(replace(PLAIN, design=each), ArrayRows(data)).randomisation for each in (design, design, PLAIN.design)
    )
    assert one is not None
    assert (one.exact, one.draws) == (False, 9_999)
    assert one == again != other


@pytest.mark.parametrize(
    ("kind", "effect", "better", "level"),
    [
        ("impact", 0.2, "higher", 3),
        ("impact", -0.2, "higher", 3),  # a refuted cause is as well shown as a confirmed one
        ("feasibility", 0.2, "higher", 2),
        ("feasibility", 0.2, "lower", 1),
        ("feasibility", -0.2, "higher", 1),
    ],
)
def test_the_evidence_level_follows_from_the_design(kind: str, effect: float, better: str, level: int) -> None:
    protocol = replace(
        PLAIN,
        population=Population("home", "all", kind),  # type: ignore[arg-type]
        outcome=replace(PLAIN.outcome, better=better),  # type: ignore[arg-type]
    )
    found = replace(analyse(PLAIN, ArrayRows(TWELVE_MONTHS)).effect, estimate=effect)
    assert evidence_level(protocol, method_of(protocol), found, ()) == level


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(TWELVE_MONTHS["safe"]))
    tongue = np.where(np.arange(len(order)) % 7 == 0, "other", "Danish")
    data = {**TWELVE_MONTHS, "tongue": tongue}
    shuffled = {name: values[order] for name, values in data.items()}
    one, other = (analyse(a_protocol(), ArrayRows(rows), look=1) for rows in (data, shuffled))
    assert (one.randomisation, one.screens, one.missing) == (other.randomisation, other.screens, other.missing)
    assert [group.n for group in one.equity] == [group.n for group in other.equity]
    for left, right in zip((one.effect, *one.equity), (other.effect, *other.equity), strict=True):
        assert left.estimate == pytest.approx(right.estimate, rel=1e-12)
        assert left.interval == pytest.approx(right.interval, rel=1e-12)


@settings(max_examples=4)
@given(st.integers(0, 2**32 - 1))
def test_a_file_says_what_arrays_say_and_its_order_changes_no_byte(seed: int) -> None:
    tongue = np.where(np.arange(624) % 7 == 0, "other", "Danish")
    lost = np.where(np.arange(624) % 97 == 5, "", TWELVE_MONTHS["safe"].astype(int).astype(str))
    columns = {**TWELVE_MONTHS, "tongue": tongue, "safe": lost}
    lines = [",".join(map(str, row)) for row in zip(*columns.values(), strict=True)]
    rng = np.random.default_rng(seed)
    found = []
    for order in (np.arange(624), rng.permutation(624)):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "visits.csv")
            file.write_text("\n".join([",".join(columns), *(lines[i] for i in order)]) + "\n", encoding="utf-8")
            found.append(analyse(a_protocol(), open_rows(file, a_protocol()), look=1))
    assert repr(found[0]) == repr(found[1])
    numbers = np.array([np.nan if value == "" else float(value) for value in lost])
    arrays = analyse(a_protocol(), ArrayRows({**columns, "safe": numbers}), look=1)
    for left, right in zip((arrays.effect, *arrays.equity), (found[0].effect, *found[0].equity), strict=True):
        assert left.n == right.n
        assert left.estimate == pytest.approx(right.estimate, rel=1e-12)
        assert left.interval == pytest.approx(right.interval, rel=1e-12)
    assert (arrays.randomisation, arrays.missing) == (found[0].randomisation, found[0].missing)
    assert arrays.screens[0].statistic == found[0].screens[0].statistic


def test_blocked_clusters_are_dealt_anew_within_their_blocks() -> None:
    data = {**TWELVE_MONTHS, "town": np.repeat(np.tile([0, 1, 2], 4), 52)}
    design = replace(PLAIN.design, block="town")
    test = analyse(replace(PLAIN, design=design), ArrayRows(data)).randomisation
    assert test is not None
    assert test.draws == 6**3  # two of four districts in each of three towns


def test_other_arms_take_no_part_in_the_test_and_the_screens() -> None:
    third = {"district": np.repeat([90, 91], 52), "arm": np.repeat(["leaflet"], 104), "safe": np.zeros(104)}
    third["safe"][:70] = np.nan
    third["safe"][80:] = 1.0
    data = {name: np.concatenate([values, third[name]]) for name, values in TWELVE_MONTHS.items()}
    design = replace(PLAIN.design, treated="joint visit", other_arms=("leaflet",))
    finding = analyse(replace(PLAIN, design=design), ArrayRows(data))
    assert finding.randomisation is not None
    assert finding.randomisation.p_value == 16 / 924
    assert not finding.screens[0].flag
    assert finding.missing == (("control", 0), ("joint visit", 0), ("leaflet", 70))
