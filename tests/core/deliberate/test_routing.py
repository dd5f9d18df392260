"""What to ask next: chances that are known, reasons in words, and an alarm where need no longer decides."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clew.deliberate.draw_by_chance import draw, inclusion
from clew.deliberate.policy import Policy
from clew.deliberate.read_votes import read_votes
from clew.deliberate.routing import (
    BY_LOT,
    POSITION,
    SHARED,
    THIN,
    Participant,
    alarm,
    digest,
    position_information,
    propensities,
    route,
)
from clew.deliberate.routing_needs import COULD_BE_SHARED, HARDLY_HEARD, most_needed, needs, votes_to_settle
from clew.deliberate.routing_policy import RoutingPolicy
from clew.deliberate.shown import COLUMNS, Shown, write_shown
from clew.deliberate.tally import Tally
from clew.errors import InputError


def counts(agree, passed, disagree, size=(100, 100)) -> Tally:
    return Tally(*(np.array(one, float) for one in (agree, passed, disagree)), np.array(size))


def someone(statements: int, *, groups: int = 2, voter: str = "7", votes: int = 3) -> Participant:
    return Participant(
        voter,
        votes,
        np.full(groups, 1 / groups),
        np.zeros(statements),
        np.tile([0.5, 0.1, 0.4], (statements, 1)),
        np.ones(statements, np.bool_),
    )


def none(statements: int) -> np.ndarray:
    return np.zeros(statements, np.bool_)


THIN_CELL = counts([[90, 90, 2, 90], [90] * 4], np.zeros((2, 4)), [[90, 90, 2, 90], [90] * 4])
EVEN = counts([[20, 20, 20, 20], [20, 20, 20, 20]], np.zeros((2, 4)), [[20, 20, 20, 20], [20, 20, 20, 20]])


def asked(person: Participant, tally: Tally, policy: RoutingPolicy | None = None, **more):
    chosen = policy or RoutingPolicy()
    more = {"reserved": none(len(person.open)), "seed": 1} | more
    return route(person, needs(tally, chosen.ground), chosen, **more)


def test_a_statement_that_a_group_hardly_heard_comes_first_and_says_so() -> None:
    found = asked(someone(4), THIN_CELL, RoutingPolicy(sharpness=30, exploration=0.001))
    assert found.propensity.argmax() == 2
    assert (found.drawn[0].statement, found.drawn[0].reason) == (2, THIN)


def test_only_people_who_vote_like_the_group_are_sent_to_what_it_hardly_heard() -> None:
    inside, outside = (replace(someone(4), membership=np.array(one)) for one in ([0.95, 0.05], [0.05, 0.95]))
    thin = counts([[90, 90, 2, 90], [90, 2, 90, 90]], np.zeros((2, 4)), [[90, 90, 2, 90], [90, 2, 90, 90]])
    assert asked(inside, thin).propensity.argmax() == 2
    assert asked(outside, thin).propensity.argmax() == 1


@pytest.mark.parametrize("side", ["agree", "disagree"])
def test_what_all_groups_may_share_comes_before_what_one_of_them_contradicts(side: str) -> None:
    yes, no = np.array([[40.0, 40.0], [6.0, 1.0]]), np.array([[2.0, 2.0], [1.0, 6.0]])
    agree, disagree = (yes, no) if side == "agree" else (no, yes)
    found = asked(someone(2), counts(agree, np.zeros((2, 2)), disagree), RoutingPolicy(exploration=0.001, floor=0))
    assert found.propensity[0] > 0.9
    assert found.drawn[0].reason == SHARED


def test_where_nothing_else_is_needed_the_position_decides() -> None:
    person = replace(someone(4), information=np.array([0.1, 0.1, 0.1, 0.4]))
    split = counts(np.full((2, 4), 300.0), np.zeros((2, 4)), np.full((2, 4), 300.0))
    found = asked(person, split, RoutingPolicy(common_ground=0, exploration=0.001))
    assert found.propensity.argmax() == 3
    assert found.drawn[0].reason == POSITION


def test_a_draw_that_chance_alone_gave_is_told_as_one() -> None:
    person = replace(someone(4), information=np.array([0.0, 0.0, 0.0, 0.4]))
    reasons = {
        found.drawn[0].statement: found.drawn[0].reason
        for voter in range(60)
        for found in [asked(replace(person, voter=str(voter)), EVEN, RoutingPolicy(exploration=0.8, common_ground=0))]
    }
    assert reasons == {0: BY_LOT, 1: BY_LOT, 2: BY_LOT, 3: POSITION}


def test_several_are_drawn_without_repetition_and_everything_where_little_is_open() -> None:
    found = asked(someone(4), EVEN, count=3)
    assert len({one.statement for one in found.drawn}) == 3
    assert [one.propensity for one in found.drawn] == pytest.approx([0.75] * 3)
    everything = asked(replace(someone(4), open=np.array([True, False, True, False])), EVEN, count=9)
    assert {one.statement for one in everything.drawn} == {0, 2}
    assert [one.propensity for one in everything.drawn] == [1.0, 1.0]


def test_nothing_open_draws_nothing() -> None:
    found = asked(replace(someone(4), open=none(4)), EVEN)
    assert found.drawn == ()
    assert found.alarm is None
    assert found.propensity.sum() == 0


def test_seeds_and_statements_about_the_talk_get_at_most_their_share() -> None:
    reserved = np.array([True, True, False, False])
    person = replace(someone(4), information=np.array([5.0, 5.0, 0.1, 0.1]))
    policy = RoutingPolicy(reserved_share=0.3)
    found = asked(person, EVEN, policy, reserved=reserved)
    assert found.propensity[reserved].sum() == pytest.approx(0.3)
    assert found.propensity.sum() == pytest.approx(1)
    only = asked(replace(person, open=reserved), EVEN, policy, reserved=reserved)
    assert only.propensity[reserved].sum() == pytest.approx(1)


def test_the_same_number_for_all_rings_the_alarm() -> None:
    """Polis' bug of 2025: every statement got the priority of a statement about the talk, 49, for 16 months."""
    evidence = np.array([[12.0, 3.0, 40.0], [0.1, 0.2, 0.1]])
    said = alarm(np.full(3, 49.0), evidence)
    assert said is not None
    assert "All 3 open statements have the same priority" in said
    assert alarm(np.array([49.0, 48.9, 49.0]), evidence) is None
    assert alarm(np.full(3, 49.0), np.ones((2, 3))) is None
    assert alarm(np.full(1, 49.0), evidence[:, :1]) is None
    assert "not numbers" in str(alarm(np.array([np.nan, 1.0, 2.0]), evidence))


def test_a_route_rings_the_alarm_where_its_weights_leave_nothing_to_tell_apart() -> None:
    person = replace(someone(4), information=np.array([0.1, 0.2, 0.3, 0.4]))
    assert asked(person, EVEN).alarm is None
    assert asked(person, EVEN, RoutingPolicy(information=0, common_ground=0, least=0)).alarm is not None


def test_the_gain_about_a_position_is_that_of_determinants() -> None:
    """The closed form of two questions beside the determinant it stands for, by numpy."""
    rng = np.random.default_rng(4)
    slopes, weights = rng.normal(size=(2, 5, 3)), rng.random((2, 5))
    root = rng.normal(size=(3, 3))
    covariance = root @ root.T
    for statement, found in enumerate(position_information(slopes, weights, covariance)):
        own = slopes[:, statement]
        after = np.linalg.inv(covariance) + own.T @ np.diag(weights[:, statement]) @ own
        gain = -0.5 * np.linalg.slogdet(np.linalg.inv(after))[1] + 0.5 * np.linalg.slogdet(covariance)[1]
        assert found == pytest.approx(gain)


def test_votes_to_settle_are_near_those_that_the_beta_distribution_takes() -> None:
    """Beside counting up, one agree at a time, until Beta(yes, no) is sure to lie above the threshold."""
    from scipy.special import betainc

    for yes, no in [(1, 1), (4, 1), (6, 2), (10, 3), (20, 8), (30, 20)]:
        more = 0
        while 1 - betainc(yes + more, no, 0.6) < 0.9:
            more += 1
        found = float(votes_to_settle(np.array(float(yes)), np.array(float(no)), 0.6, 0.9))
        assert abs(found - more) <= 1.5


def test_what_is_most_needed_names_group_statement_and_why() -> None:
    tally = counts([[40, 40], [8, 0]], np.zeros((2, 2)), [[2, 2], [1, 9]])
    found = most_needed(needs(tally, Policy()))
    assert [(one.group, one.statement, one.has, one.least, one.why) for one in found] == [
        (1, 0, 9, 10, COULD_BE_SHARED),
        (1, 1, 9, 10, HARDLY_HEARD),
    ]


def test_systematic_draws_keep_the_chances_that_were_meant() -> None:
    chances = inclusion(np.array([0.5, 0.2, 0.15, 0.1, 0.05]), 3)
    assert chances.sum() == pytest.approx(3)
    assert chances.max() == 1
    rng = np.random.default_rng(8)
    drawn = np.array([np.bincount(draw(chances, rng), minlength=5) for _ in range(4000)])
    assert drawn.max() == 1
    assert drawn.sum(1).tolist() == [3] * 4000
    assert drawn.mean(0) == pytest.approx(chances, abs=4 * 0.5 / np.sqrt(4000))


def test_the_log_is_a_file_that_votes_are_read_from(tmp_path: Path) -> None:
    rows = [Shown("a,b", "10", 1 / 3, 5, 1_700_000_000_000), Shown("7", "2", 0.125, 5, 1_700_000_000_001)]
    text = write_shown(tmp_path / "shown.csv", rows).read_text(encoding="utf-8")
    read = list(csv.DictReader(text.splitlines()))
    assert tuple(read[0]) == COLUMNS
    assert [(one["voter-id"], float(one["propensity"])) for one in read] == [("a,b", 1 / 3), ("7", 0.125)]
    first, *others = text.splitlines()
    (tmp_path / "votes.csv").write_text("\n".join([f"{first},vote", *(f"{one},1" for one in others)]) + "\n")
    votes, _ = read_votes((str(tmp_path / "votes.csv"),))
    assert votes.weight is not None
    assert sorted(votes.weight.tolist()) == pytest.approx([3.0, 8.0])


def test_policies_that_cannot_be_meant_are_refused_with_every_mistake() -> None:
    with pytest.raises(InputError) as error:
        RoutingPolicy(exploration=0, least=-1)
    assert [one.where for one in error.value.problems] == ["least", "exploration"]


def test_a_voter_counts_the_same_in_seeds_on_every_machine() -> None:
    assert digest("7") == 0x7902699BE42C8A8E  # sha256sum of the one character


def test_chances_are_kept_away_from_nothing() -> None:
    policy = RoutingPolicy()
    found = propensities(np.array([1e9, 0.0, 0.0]), np.array([True, True, False]), policy, np.zeros(3))
    assert found.min() >= policy.least_chance(3)


def test_a_share_of_draws_goes_to_what_lacks_votes_however_little_it_promises() -> None:
    """One statement promises all and is heard enough; two promise nothing and lack all, and half, of their votes."""
    policy = RoutingPolicy(exploration=0.1, floor=0.3)
    found = propensities(np.array([1.0, 0.0, 0.0]), np.zeros(3, np.bool_), policy, np.array([0.0, 1.0, 0.5]))
    assert found == pytest.approx([0.6 + 0.1 / 3, 0.2 + 0.1 / 3, 0.1 + 0.1 / 3])
    half = propensities(np.array([1.0, 0.0, 0.0]), np.zeros(3, np.bool_), policy, np.array([0.0, 0.5, 0.25]))
    assert half == pytest.approx([0.75 + 0.1 / 3, 0.1 + 0.1 / 3, 0.05 + 0.1 / 3])


def test_where_nothing_lacks_votes_the_floor_leaves_the_draw_to_the_priorities() -> None:
    policy = RoutingPolicy(exploration=0.1, floor=0.3)
    found = propensities(np.array([1.0, 0.0]), np.zeros(2, np.bool_), policy, np.zeros(2))
    assert found == pytest.approx([0.95, 0.05])


def test_more_than_all_draws_cannot_be_given_away() -> None:
    with pytest.raises(InputError, match="more than all draws"):
        RoutingPolicy(exploration=0.5, floor=0.6)
