"""Common ground where it was planted: support, the worst group, reservations, what is lacking, weights."""

import numpy as np
import pytest

from clew.deliberate.common_ground import CommonGround, find_common_ground, findings, needs_votes, said_of
from clew.deliberate.group_shares import claims
from clew.deliberate.opinion_map import NeedsVotes
from clew.deliberate.policy import Policy
from clew.deliberate.tally import Tally, tally
from clew.deliberate.votes import Votes, last_votes

IDS = ("10", "9", "2", "1", "7")


def a_tally(cells: list[list[tuple[int, int, int]]], size: list[int]) -> Tally:
    """Agrees, passes and disagrees of each group on each statement."""
    agree, passed, disagree = np.moveaxis(np.array(cells, float), 2, 0)
    return Tally(agree, passed, disagree, np.array(size))


def in_groups(counts: Tally) -> np.ndarray:
    """Agrees, passes and disagrees of all groups together on each statement."""
    return np.stack([counts.agree, counts.passed, counts.disagree], axis=2).sum(0).astype(int)


TWO_CAMPS = a_tally(
    [
        [(90, 5, 5), (95, 5, 0), (10, 0, 90), (70, 0, 30), (80, 10, 10)],
        [(36, 2, 2), (2, 3, 35), (36, 4, 0), (31, 6, 3), (2, 1, 0)],
    ],
    [120, 50],
)


@pytest.fixture(scope="module")
def ground() -> CommonGround:
    return find_common_ground(TWO_CAMPS, Policy())


def test_the_bridge_comes_first_and_what_is_thinly_seen_last(ground: CommonGround) -> None:
    found = findings(ground, IDS, in_groups(TWO_CAMPS))
    ids = [one.id for one in found]
    assert ids[:2] == ["10", "1"]
    assert set(ids[2:4]) == {"2", "9"}
    assert ids[4] == "7"
    assert found[0].common_ground > 0.99
    assert all(one.common_ground < 1e-6 for one in found[2:4])
    assert [one.enough_votes for one in found] == [True, True, True, True, False]


def test_of_those_that_print_as_equally_sure_the_one_with_more_support_comes_first() -> None:
    """A thousand votes make 70 % surer than sixty votes make 95 %; both print as 1.00."""
    counts = a_tally([[(700, 0, 300), (57, 0, 3)], [(700, 0, 300), (57, 0, 3)]], [1000, 1000])
    first, second = findings(find_common_ground(counts, Policy()), ("many", "more"), in_groups(counts))
    assert (first.id, second.id) == ("more", "many")
    assert 0.995 < first.common_ground < second.common_ground
    assert first.lower > second.lower


def test_each_finding_shows_plain_counts_and_the_group_where_support_is_least(ground: CommonGround) -> None:
    one = {each.id: each for each in findings(ground, IDS, in_groups(TWO_CAMPS))}["9"]
    assert (one.agree, one.passed, one.disagree) == (97, 8, 35)
    assert [(each.agree, each.passed, each.disagree) for each in one.by_group] == [(95, 5, 0), (2, 3, 35)]
    assert one.worst_group == 1
    assert one.lower == one.by_group[1].lower < one.by_group[1].support < one.by_group[1].upper
    assert one.product == pytest.approx(96 / 102 * 3 / 42)
    assert one.geometric_mean == pytest.approx(np.sqrt(one.by_group[0].support * one.by_group[1].support))


def test_totals_are_of_everybody_and_those_in_no_group_are_told_apart(ground: CommonGround) -> None:
    everybody = in_groups(TWO_CAMPS) + np.array([[4, 2, 1], [0, 0, 0], [0, 0, 5], [1, 0, 0], [0, 3, 0]])
    found = {one.id: one for one in findings(ground, IDS, everybody)}
    assert (found["10"].agree, found["10"].passed, found["10"].disagree) == (130, 9, 8)
    assert {name: one.not_placed for name, one in found.items()} == {
        "10": (4, 1, 2), "9": (0, 0, 0), "2": (0, 5, 0), "1": (1, 0, 0), "7": (0, 0, 3),
    }  # fmt: skip


def test_what_every_group_disagrees_with_is_rejected_and_what_one_wants_is_not() -> None:
    cells = [[(5, 5, 90), (5, 5, 90), (5, 5, 90)], [(2, 2, 46), (46, 2, 2), (1, 0, 1)]]
    found = find_common_ground(a_tally(cells, [120, 60]), Policy())
    told = {one.id: one for one in findings(found, ("both", "one", "few"), in_groups(found.counts))}
    assert told["both"].rejected is not None
    assert told["both"].rejected > 0.99
    assert told["both"].common_ground < 1e-6
    assert told["one"].rejected is not None
    assert told["one"].rejected < 1e-6
    assert not told["few"].enough_votes


def test_passing_is_not_disagreeing_either() -> None:
    with_passes = find_common_ground(a_tally([[(0, 50, 50), (0, 0, 50)]], [200]), Policy())
    assert with_passes.rejected[0] < 0.1
    assert with_passes.rejected[1] > 0.99


def test_passing_is_not_agreeing() -> None:
    with_passes = find_common_ground(a_tally([[(60, 40, 0), (60, 0, 40)]], [300]), Policy())
    assert with_passes.support[0, 0] == pytest.approx(with_passes.support[0, 1])
    assert with_passes.support[0, 0] < 0.65
    assert with_passes.dissent[0, 0] < 0.1
    assert with_passes.dissent[0, 1] > 0.9


def test_reservations_are_told_of_common_ground_and_of_what_all_accept(ground: CommonGround) -> None:
    """Of statements that a group rejects it is no news that it has reservations."""
    found = {one.id: one.reservations for one in findings(ground, IDS, in_groups(TWO_CAMPS))}
    assert found == {"10": (), "9": (), "2": (), "7": (), "1": (0,)}
    half = a_tally([[(100, 35, 65)], [(70, 25, 5)]], [220, 120])
    (accepted,) = findings(find_common_ground(half, Policy()), ("1",), in_groups(half))
    assert accepted.reservations == (0,)
    assert accepted.common_ground < 0.1
    assert accepted.accepted is not None
    assert accepted.accepted > 0.99


def test_a_reservation_of_a_minority_is_kept() -> None:
    cells = [[(180, 10, 10), (180, 10, 10)], [(85, 0, 35), (110, 8, 2)], [(170, 10, 10), (180, 10, 10)]]
    found = find_common_ground(a_tally(cells, [300, 140, 300]), Policy())
    assert found.is_common.tolist() == [True, True]
    assert np.argwhere(found.reservations(found.is_common)).tolist() == [[1, 0]]


def test_objections_that_were_counted_are_not_argued_away_by_what_others_say() -> None:
    """15 of 60 members are known to disagree, a quarter of them, however unlike the other groups that is."""
    cells = [[(190, 5, 5)] * 30, [(40, 0, 15)] + [(52, 2, 1)] * 29]
    found = find_common_ground(a_tally(cells, [200, 60]), Policy())
    assert found.dissent[1, 0] == 1
    assert found.dissent[1, 1:].max() == 0


def test_nobody_is_counted_in_on_the_strength_of_what_others_said() -> None:
    """Three groups agree on everything, two of them well attested; of the third three votes were seen, or none."""
    cells = [[(95, 3, 2)] * 20, [(96, 2, 2)] * 20, [(3, 0, 0), (0, 0, 0)] + [(19, 1, 0)] * 18]
    found = find_common_ground(a_tally(cells, [400, 400, 60]), Policy())
    assert found.supported[2, 0] < 0.9
    assert found.supported[2, 1] < 0.5
    assert found.support[2, :2].min() > 0.8  # it is expected, and said to be no more than that
    assert found.low[2, 1] < 0.1
    assert found.probability[2:].min() > 0.99


def test_accepted_is_less_than_common_ground_and_may_have_reservations() -> None:
    """Half agree and a third object in every group: nobody's common ground, yet no group has a majority against it."""
    found = find_common_ground(a_tally([[(100, 35, 65)], [(55, 10, 35)]], [220, 120]), Policy())
    assert not found.is_common[0]
    assert found.is_accepted[0]
    assert found.reservations(found.is_accepted).tolist() == [[True], [True]]
    assert not found.reservations(found.is_common).any()
    against = find_common_ground(a_tally([[(100, 35, 65)], [(30, 10, 60)]], [220, 120]), Policy())
    assert not against.is_accepted[0]


def test_what_is_lacking_is_counted_by_group(ground: CommonGround) -> None:
    assert needs_votes(ground, IDS) == (NeedsVotes(1, "7", 3, 10),)
    small = find_common_ground(a_tally([[(4, 0, 0), (3, 0, 0)], [(0, 0, 0), (9, 0, 1)]], [4, 40]), Policy())
    assert needs_votes(small, ("a", "b")) == (NeedsVotes(0, "b", 3, 4), NeedsVotes(1, "a", 0, 10))
    assert small.enough_votes.tolist() == [False, False]
    assert said_of(NeedsVotes(0, "b", 3, 4), "A") == "Not enough votes in group A: it has 3 and needs 1 more."


def test_many_groups_alone_make_no_statement_less_common() -> None:
    """93 % in each of six groups: the product is 0.65 and falls with every further group, the probability does not."""
    six = find_common_ground(a_tally([[(93, 0, 7)] * 3] * 6, [200] * 6), Policy())
    assert six.product[0] == pytest.approx((94 / 102) ** 6)
    assert six.product[0] < 0.62
    assert six.probability[0] > 0.999
    assert six.geometric_mean[0] == pytest.approx(0.93, abs=0.005)


def test_the_probability_is_that_of_all_groups_at_once() -> None:
    """Brute force: the shares of both groups drawn from their posteriors, which are large enough to stand for all."""
    counts = a_tally([[(14, 1, 5), (9, 0, 4)], [(13, 2, 4), (12, 0, 5)]], [40_000, 90_000])
    found = find_common_ground(counts, Policy())
    both = claims(counts.agree, counts.seen, counts.size.astype(float))
    rng = np.random.default_rng(9)
    drawn = [rng.beta(each.a, each.b, (200_000, 2, 2)) for each in (both.pooled, both.alone)]
    supported = np.min([(each >= 0.6).mean(0) for each in drawn], axis=0)
    assert found.probability == pytest.approx(supported.prod(0), abs=0.01)
    assert found.low == pytest.approx(np.min(np.quantile(drawn, 0.05, axis=1), axis=0), abs=0.005)
    assert found.high == pytest.approx(np.max(np.quantile(drawn, 0.95, axis=1), axis=0), abs=0.005)
    assert 0.2 < found.probability[0] < 0.9
    assert (found.lower == found.low.min(0)).all()


def test_nobody_asked_and_one_group_alone() -> None:
    found = find_common_ground(a_tally([[(0, 0, 0), (50, 5, 0)]], [80]), Policy())
    assert found.enough_votes.tolist() == [False, True]
    assert findings(found, ("a", "b"), in_groups(found.counts))[0].id == "b"
    assert np.isfinite(found.low).all()
    assert found.worst.tolist() == [0, 0]


def weighted(votes: Votes, weight: np.ndarray) -> Votes:
    return Votes(votes.voters, votes.statements, votes.start, votes.statement, votes.value, None, weight)


def test_weights_undo_that_some_were_asked_more_often() -> None:
    """A group of two halves: one agrees with everything and is asked often, the other agrees with 3 of 10 seldom."""
    rng = np.random.default_rng(4)
    people, statements = 1_000, 40
    chance = np.where(np.arange(people) < 500, 0.5, 0.1)
    rate = np.where(np.arange(people) < 500, 0.95, 0.3)  # of all: 62.5 %
    asked = rng.random((people, statements)) < chance[:, None]
    agrees = rng.random((people, statements)) < rate[:, None]
    who, what = np.nonzero(asked)
    names = tuple(map(str, range(people))), tuple(map(str, range(statements)))
    votes = last_votes(*names, who, what, np.where(agrees[who, what], 1, -1).astype(np.int8), None)
    votes = weighted(votes, 1 / chance[votes.voter])
    group = np.zeros(people, np.int64)
    plain = tally(votes, group, 1)
    without = find_common_ground(plain, Policy())
    with_ = find_common_ground(plain, Policy(), tally(votes, group, 1, weighted=True))
    assert without.support.mean() > 0.75
    assert with_.support.mean() == pytest.approx(agrees.mean(), abs=0.02)
    truth = agrees.mean(0)
    assert np.mean((with_.low[0] <= truth) & (truth <= with_.high[0])) >= 0.9
    assert np.mean((without.low[0] <= truth) & (truth <= without.high[0])) < 0.1
    assert (with_.counts.agree == plain.agree).all()
    assert (with_.product == without.product).all()
