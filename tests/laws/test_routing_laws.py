"""Laws of routing, on drawn conversations: chances sum to one, nobody's side decides, and weights undo the routing."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.deliberate.policy import Policy
from clew.deliberate.routing import Participant, route
from clew.deliberate.routing_needs import needs
from clew.deliberate.routing_policy import RoutingPolicy
from clew.deliberate.tally import Tally

POLICY = RoutingPolicy()


def drawn(seed: int, statements: int, groups: int) -> tuple[Participant, Tally, np.ndarray]:
    """A participant, the votes of all groups, and which statements are seeds or about the talk."""
    rng = np.random.default_rng(seed)
    tally = Tally(*rng.integers(0, 30, (3, groups, statements)).astype(float), rng.integers(90, 200, groups))
    open_ = rng.random(statements) < 0.7
    open_[rng.integers(statements)] = True
    person = Participant(
        str(seed),
        int(rng.integers(0, 40)),
        rng.dirichlet(np.ones(groups)),
        rng.random(statements) * 0.3,
        rng.dirichlet(np.ones(3), statements),
        open_,
    )
    return person, tally, rng.random(statements) < 0.3


CONVERSATIONS = st.builds(drawn, st.integers(0, 10**6), st.integers(1, 25), st.integers(1, 5))


def asked(person: Participant, tally: Tally, reserved: np.ndarray, *, seed: int = 3, count: int = 1):
    return route(person, needs(tally, POLICY.ground), POLICY, reserved=reserved, seed=seed, count=count)


@given(CONVERSATIONS)
def test_chances_sum_to_one_over_what_is_open_and_none_is_zero(conversation) -> None:
    person, tally, reserved = conversation
    found = asked(person, tally, reserved)
    assert found.propensity.sum() == pytest.approx(1)
    assert (found.propensity[person.open] >= POLICY.least_chance(int(person.open.sum())) * (1 - 1e-9)).all()
    assert not found.propensity[~person.open].any()
    assert person.open[found.drawn[0].statement]
    assert found.drawn[0].propensity == found.propensity[found.drawn[0].statement]


@given(CONVERSATIONS)
def test_agreeing_and_disagreeing_may_be_swapped(conversation) -> None:
    person, tally, reserved = conversation
    mirrored = Tally(tally.disagree, tally.passed, tally.agree, tally.size)
    other = replace(person, chance=person.chance[:, ::-1])
    before, after = asked(person, tally, reserved), asked(other, mirrored, reserved)
    assert after.propensity == pytest.approx(before.propensity, rel=1e-9)
    assert after.drawn == before.drawn


@given(CONVERSATIONS, st.integers(1, 6))
def test_seed_voter_and_votes_so_far_decide_the_draw_and_who_it_is_decides_no_chance(conversation, count: int) -> None:
    person, tally, reserved = conversation
    again = [asked(person, tally, reserved, count=count).drawn for _ in range(2)]
    assert again[0] == again[1]
    stranger = asked(replace(person, voter="somebody else", votes=person.votes + 1), tally, reserved)
    assert (stranger.propensity == asked(person, tally, reserved).propensity).all()


@given(CONVERSATIONS, st.data())
def test_a_statement_below_the_least_votes_outranks_one_like_it(conversation, data) -> None:
    """Two statements alike in all but how many of each group answered, in the same shares, both far from settled."""
    person, tally, _ = conversation
    twin = replace(
        person,
        information=np.full(2, 0.1),
        chance=np.tile([0.4, 0.2, 0.4], (2, 1)),
        open=np.ones(2, np.bool_),
    )
    few = data.draw(st.integers(0, 4))
    votes = np.tile([few, 60.0], (len(tally.size), 1))
    pair = Tally(votes, np.zeros_like(votes), votes, np.full(len(tally.size), 200))
    found = asked(twin, pair, np.zeros(2, np.bool_))
    assert found.priority[0] > found.priority[1]
    assert found.propensity[0] > found.propensity[1]


@given(CONVERSATIONS, st.randoms(use_true_random=False))
def test_the_order_of_groups_and_statements_changes_no_chance(conversation, random) -> None:
    person, tally, reserved = conversation
    groups, statements = (list(range(one)) for one in tally.agree.shape)
    random.shuffle(groups)
    random.shuffle(statements)
    turned = Tally(
        *(one[np.ix_(groups, statements)] for one in (tally.agree, tally.passed, tally.disagree)), tally.size[groups]
    )
    other = replace(
        person,
        membership=person.membership[groups],
        information=person.information[statements],
        chance=person.chance[statements],
        open=person.open[statements],
    )
    before = asked(person, tally, reserved)
    after = asked(other, turned, reserved[statements])
    assert after.propensity == pytest.approx(before.propensity[statements], rel=1e-6)


@given(CONVERSATIONS)
def test_the_alarm_is_silent_where_priorities_differ(conversation) -> None:
    person, tally, reserved = conversation
    found = asked(person, tally, reserved)
    assert found.alarm is None or np.ptp(found.priority[person.open]) == 0


def test_no_hash_seed_changes_a_draw() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests']\n"
        "from laws.test_routing_laws import asked, drawn\n"
        "print([asked(*drawn(one, 20, 3), count=3).drawn for one in range(5)])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(said) == 1


def test_votes_weighted_by_the_inverse_of_their_chance_recover_the_mean_that_routing_bends() -> None:
    """People of two kinds, of whom one is sent to statement 0 far oftener, and agrees with it far oftener, too.

    Means over 3,000 people, each asked two of twelve statements once. The weighted mean (Hájek 1971) lies within four
    of its standard errors of the truth; the plain mean is off by many of its own.
    """
    statements, people = 12, 3000
    rng = np.random.default_rng(11)
    counts = np.full((2, statements), 40.0)
    counts[0, 0] = 3.0
    wanted = needs(Tally(counts, np.zeros_like(counts), counts, np.array([500, 500])), Policy())
    kind = rng.integers(0, 2, people)
    answer = rng.random(people) < np.where(kind == 0, 0.9, 0.2)
    values, weights = [], []
    for voter in range(people):
        person = Participant(
            str(voter),
            0,
            np.eye(2)[kind[voter]] * 0.9 + 0.05,
            np.full(statements, 0.02),
            np.tile([0.4, 0.2, 0.4], (statements, 1)),
            np.ones(statements, np.bool_),
        )
        found = route(
            person, wanted, RoutingPolicy(sharpness=1), reserved=np.zeros(statements, np.bool_), seed=5, count=2
        )
        shown = [one.propensity for one in found.drawn if one.statement == 0]
        values += [float(answer[voter])] * len(shown)
        weights += [1 / one for one in shown]
    value, weight = np.array(values), np.array(weights)
    plain, weighted, truth = value.mean(), np.average(value, weights=weight), answer.mean()
    error = np.sqrt((weight**2 * (value - weighted) ** 2).sum()) / weight.sum()
    assert abs(weighted - truth) < 4 * error < 0.15
    assert plain - truth > 10 * value.std() / np.sqrt(len(value))
