"""Laws of common ground: what may not change, and what may change in one direction only."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.deliberate.common_ground import CommonGround, find_common_ground, findings
from clew.deliberate.conversation import Conversation
from clew.deliberate.group_shares import Shares, claims, shares
from clew.deliberate.policy import Policy
from clew.deliberate.pooling import Expected
from clew.deliberate.representative import find_representative
from clew.deliberate.statements import Statement
from clew.deliberate.tally import Tally, tally
from clew.deliberate.votes import votes_of

PER_STATEMENT = ("probability", "rejected", "accepted", "lower", "geometric_mean", "product", "enough_votes")
PER_CELL = ("support", "low", "high", "supported", "dissent")


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """One to five groups, one to eight statements; from nobody asked to everybody."""
    groups, statements = draw(st.integers(1, 5)), draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    size = rng.integers(1, 60, groups)
    asked = rng.binomial(size[:, None], rng.random((groups, statements)))
    agree = rng.binomial(asked, rng.random((groups, statements)))
    passed = rng.binomial(asked - agree, rng.uniform(0, 0.5, (groups, statements)))
    return Tally(agree.astype(float), passed.astype(float), (asked - agree - passed).astype(float), size)


def found(counts: Tally) -> CommonGround:
    return find_common_ground(counts, Policy())


def of_cells(counts: Tally, groups: np.ndarray, statements: np.ndarray) -> Tally:
    some = np.ix_(groups, statements)
    return Tally(counts.agree[some], counts.passed[some], counts.disagree[some], counts.size[groups])


@given(tallies(), st.integers(0, 1_000))
def test_names_and_order_of_groups_and_statements_decide_nothing(counts: Tally, seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups, statements = rng.permutation(len(counts.size)), rng.permutation(counts.agree.shape[1])
    one, other = found(counts), found(of_cells(counts, groups, statements))
    for name in PER_STATEMENT:
        assert getattr(other, name) == pytest.approx(getattr(one, name)[statements], abs=1e-9)
    for name in PER_CELL:
        assert getattr(other, name) == pytest.approx(getattr(one, name)[np.ix_(groups, statements)], abs=1e-9)
    ids = tuple(str(column) for column in range(len(statements)))
    told = {(each.group, each.id, each.side) for each in find_representative(counts, Policy(), ids)}
    again = find_representative(of_cells(counts, groups, statements), Policy(), tuple(ids[at] for at in statements))
    assert {(int(groups[each.group]), each.id, each.side) for each in again} == told


@given(tallies())
def test_agreeing_and_disagreeing_are_mirrors(counts: Tally) -> None:
    """Everybody voting the other way turns support into dissent, with the same doubt."""
    mirrored = replace(counts, agree=counts.disagree, disagree=counts.agree)
    policy = Policy(threshold=0.35, reserve=0.35)
    one, other = find_common_ground(counts, policy), find_common_ground(mirrored, policy)
    assert (other.dissent >= one.supported - 1e-12).all()  # a claim of support must hold of people like them too
    assert (one.dissent >= other.supported - 1e-12).all()
    assert (other.rejected == one.probability).all()
    assert (one.rejected == other.probability).all()
    ids = tuple(str(column) for column in range(counts.agree.shape[1]))
    turned = {"agree": "disagree", "disagree": "agree"}
    told, again = (find_representative(each, Policy(), ids) for each in (counts, mirrored))
    if max((len([each for each in told if each.group == group]) for group in range(5)), default=0) < 5:
        assert {(e.group, e.id, turned[e.side], e.p) for e in told} == {(e.group, e.id, e.side, e.p) for e in again}


CELL = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 60))
BEFORE = st.tuples(st.floats(0.05, 0.95), st.floats(1, 200))


def one_cell(agree: int, seen: int, size: int, before: tuple[float, float]) -> Shares:
    mean, strength = before
    expectation = Expected(np.array([[mean]]), np.array([strength]))
    return shares(np.array([[float(agree)]]), np.array([[float(seen)]]), np.array([float(size)]), expectation)


@given(CELL, BEFORE, st.floats(0.05, 0.95))
def test_one_agree_more_never_makes_support_less_likely_nor_one_disagree_more_likely(
    cell: tuple[int, int, int], before: tuple[float, float], share: float
) -> None:
    """Whoever had not voted yet now does. Given the expectation, which the other groups' votes make."""
    agree, disagree, silent = cell
    seen, size = agree + disagree, agree + disagree + silent
    now = one_cell(agree, seen, size, before)
    more = one_cell(agree + 1, seen + 1, size, before)
    less = one_cell(agree, seen + 1, size, before)
    for reading in (Shares.at_least, Shares.among_members, Shares.among_the_like):
        assert reading(less, share) - 1e-9 <= reading(now, share) <= reading(more, share) + 1e-9
    assert less.mean < more.mean


@given(CELL, BEFORE)
def test_an_agree_in_the_place_of_a_disagree_or_a_pass_never_makes_support_less_likely(
    cell: tuple[int, int, int], before: tuple[float, float]
) -> None:
    agree, disagree, silent = cell
    one, other = (
        one_cell(each, agree + disagree + 1, agree + disagree + silent, before) for each in (agree, agree + 1)
    )
    assert one.at_least(0.6) <= other.at_least(0.6) + 1e-12
    assert one.interval(0.9)[0] <= other.interval(0.9)[0] + 1e-9
    assert one.interval(0.9)[1] <= other.interval(0.9)[1] + 1e-9


@given(st.integers(1, 12), st.integers(0, 12), st.integers(2, 6))
def test_more_votes_at_the_same_rate_narrow_the_interval(agree: int, disagree: int, times: int) -> None:
    """Where the expectation is the rate itself; one that is contradicted may first be unlearned."""
    seen, size = agree + disagree, 1_000
    before = ((agree + 0.5) / (seen + 1), 4.0)
    few, many = (one_cell(agree * by, seen * by, size, before).interval(0.9) for by in (1, times))
    assert many[1] - many[0] < few[1] - few[0]


def times_over(counts: Tally, times: int) -> Tally:
    """Everybody, voters and silent members, so many times."""
    return Tally(counts.agree * times, counts.passed * times, counts.disagree * times, counts.size * times)


SEEN = tallies().filter(lambda counts: bool(counts.seen.min() > 0))


@given(SEEN, st.integers(2, 5))
def test_everybody_twice_adds_sureness_and_moves_nothing_away_from_what_was_voted(counts: Tally, times: int) -> None:
    """Without borrowing from others, expected shares come nearer to those of the votes, and intervals narrow."""
    again = times_over(counts, times)
    one, other = (claims(each.agree, each.seen, each.size.astype(float)).alone for each in (counts, again))
    rate = counts.agree / counts.seen
    assert (np.abs(other.mean - rate) <= np.abs(one.mean - rate) + 1e-12).all()
    assert (np.sign(other.mean - rate) == np.sign(one.mean - rate)).all()
    narrower, wider = np.ptp(other.interval(0.9), axis=0), np.ptp(one.interval(0.9), axis=0)
    assert (narrower <= wider + 1e-9).all()
    assert (found(again).enough_votes >= found(counts).enough_votes).all()


@given(SEEN)
def test_everybody_very_often_leaves_no_doubt(counts: Tally) -> None:
    """With pooling too, what is claimed in the end is what was voted."""
    again = found(times_over(counts, 2_000))
    rate = counts.agree / counts.seen
    clear = np.abs(rate - 0.6).min(0) > 0.05
    assert again.support == pytest.approx(rate, abs=0.05)
    assert again.probability[clear] == pytest.approx((rate >= 0.6).all(0)[clear].astype(float), abs=1e-3)


@given(st.integers(0, 500))
@settings(max_examples=25)
def test_a_statement_that_was_left_out_never_matters(seed: int) -> None:
    """However people voted on it, and whether they did at all."""
    rng = np.random.default_rng(seed)
    who, what = np.nonzero(rng.random((30, 6)) < 0.6)
    value = rng.integers(-1, 2, len(who))
    group = rng.integers(0, 2, 30)
    everybody = [(f"{person}", "0", 1) for person in range(30)]
    kept = [(f"{p}", f"{s}", v) for p, s, v in zip(who, what, value, strict=True) if s != 0]
    left_out = [(f"{p}", "99", int(rng.integers(-1, 2))) for p in range(30) if rng.random() < 0.7]

    def told(rows: list[tuple[str, str, int]]) -> object:
        votes = votes_of(*(list(column) for column in zip(*rows, strict=True)))
        statements = tuple(Statement(one, moderated=-1 if one == "99" else 1) for one in votes.statements)
        conversation = Conversation(votes, statements).kept()
        counts = tally(conversation.votes, group, 2)
        return findings(found(counts), conversation.votes.statements, conversation.votes.counts())

    assert told(everybody + kept + left_out) == told(everybody + kept)


@given(tallies())
def test_every_figure_is_a_number_in_its_range(counts: Tally) -> None:
    one = found(counts)
    for name in (*PER_STATEMENT, *PER_CELL):
        figure = np.asarray(getattr(one, name), float)
        assert ((figure >= 0) & (figure <= 1)).all()
    assert (one.low <= one.support).all()
    assert (one.support <= one.high).all()
    assert (one.probability <= one.supported.min(0) + 1e-12).all()
