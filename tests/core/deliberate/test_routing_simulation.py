"""Made-up conversations: nobody is asked twice or too early, and what was measured of them is what the page says."""

import json

import numpy as np
import pytest

from clew.deliberate.policy import Policy
from clew.deliberate.routing_simulation.clew_router import Clew
from clew.deliberate.routing_simulation.measures import gini, measured
from clew.deliberate.routing_simulation.play import play
from clew.deliberate.routing_simulation.routers import Polis, Uniform
from clew.deliberate.routing_simulation.world import MINORITY, Setting, made_up

SMALL = Setting(people=60, statements=30, answers=(5, 9))


def test_the_truth_is_known_and_the_minority_is_as_small_as_it_was_said_to_be() -> None:
    world = made_up(Setting(people=500, statements=40), np.random.default_rng(1))
    assert np.bincount(world.group).tolist() == [270, 190, 40]
    agreed = np.array([(world.answer[world.group == one] == 1).mean(0) for one in range(3)])
    errors = np.sqrt(0.25 / np.bincount(world.group))
    assert (np.abs(agreed - world.support) < 5 * errors[:, None]).all()
    common = world.common(Policy())
    assert (world.support[MINORITY][common] >= 0.6).all()
    assert (world.support[:, ~common].min(0) < 0.6).all()
    assert (world.enters == 0).sum() == 8


@pytest.mark.parametrize("router", [Uniform, Polis, Clew])
def test_nobody_is_asked_twice_or_about_what_has_not_come_in(router) -> None:
    world = made_up(SMALL, np.random.default_rng(2))
    done = play(world, router(SMALL.statements, 2))
    assert sorted(done.cast.tolist()) == list(range(len(done.cast)))
    assert (world.enters[done.votes.statement] <= done.cast).all()
    assert (done.votes.per_voter <= world.answers).all()
    assert (done.votes.value == world.answer[done.votes.voter, done.votes.statement]).all()
    again = play(world, router(SMALL.statements, 2))
    assert (again.cast == done.cast).all()


def test_polis_asks_what_most_agree_with_oftener_and_what_most_reject_less() -> None:
    """What the priority does by its agree factor, so that it is Polis' formula that is compared with."""
    router = Polis(2, 3)
    for _ in range(100):
        router.hear(0, 1)
        router.hear(1, -1)
    drawn = np.bincount([router.choose(np.ones(2, np.bool_)) for _ in range(500)], minlength=2)
    assert drawn[0] > 480


def test_what_is_measured_of_a_conversation_without_choice() -> None:
    """Everybody answers everything, so any way of choosing ends at the same votes."""
    setting = Setting(people=150, statements=12, answers=(12, 12), seeds=1.0)
    world = made_up(setting, np.random.default_rng(4))
    found = measured(world, play(world, Uniform(12, 4)), Policy())
    assert found.gini == 0
    assert found.late == 150
    assert found.fewest == 12
    assert found.thin == 0
    assert found.right <= found.claims
    assert 0 <= found.misplaced < 1


@pytest.mark.parametrize(("values", "share"), [([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)])
def test_gini_is_that_of_the_mean_difference(values, share: float) -> None:
    given = np.array(values, float)
    differences = np.abs(given[:, None] - given).mean()
    assert gini(given) == pytest.approx(share) == pytest.approx(differences / (2 * given.mean()))


def test_clew_finds_what_a_minority_shares_in_fewer_votes_than_both_others_in_every_setting_told() -> None:
    from evidence.opinion.routing import FOUND, REPLICATES, SETTINGS

    rows = json.loads(FOUND.read_text(encoding="utf-8"))

    def median(setting: str, routing: str, key: str) -> float:
        values = [row[key] for row in rows if (row["setting"], row["routing"]) == (setting, routing)]
        assert len(values) == REPLICATES
        return float(np.quantile([np.inf if one is None else one for one in values], 0.5, method="inverted_cdf"))

    for setting in SETTINGS:
        for other in ("uniform", "Polis"):
            assert median(setting, "clew", "first") < median(setting, other, "first")
            assert median(setting, "clew", "recall") > median(setting, other, "recall")


def test_the_page_tells_what_was_measured() -> None:
    from evidence.opinion.__main__ import PAGE
    from evidence.opinion.routing import section

    assert section() in PAGE.read_text(encoding="utf-8")
