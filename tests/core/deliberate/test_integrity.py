"""Patterns that deserve a look: planted ones are found, honest conversations show none."""

import json
from pathlib import Path

import numpy as np
import pytest

from clew.deliberate.bursts import arrivals, bursts, too_coarse
from clew.deliberate.integrity import Change, Integrity, Kind, Pattern
from clew.deliberate.patterns import beside, look_for_patterns, suspects, who_is_in
from clew.deliberate.read_conversation import read_conversation
from clew.deliberate.votes import Votes, votes_of
from talking import DAYS_MS, HOUR_MS, Ints, conversation, honest, usual_votes

ROUNDS = 10


def found(votes: Votes, planted: range, at_least: int) -> bool:
    """Whether some pattern holds so many of those planted, and nearly nobody else."""
    for one in look_for_patterns(votes).patterns:
        inside = len({int(who) for who in who_is_in(one, votes)} & set(planted))
        if inside >= at_least and one.people - inside <= 2:
            return True
    return False


def sockpuppets(rng: np.random.Generator, votes: Ints, how: str, changed: float, number: int) -> Ints:
    """So many people of one mind, who differ in a fraction of their votes from it."""
    usual = usual_votes(votes)
    mind = {"usual": usual, "contrary": -usual, "random": rng.integers(-1, 2, len(usual))}[how]
    mind = np.where(rng.random(len(usual)) < 0.6, mind, 9)
    copies = np.tile(mind, (number, 1))
    differ = (rng.random(copies.shape) < changed) & (copies != 9)
    copies[differ] = rng.integers(-1, 2, differ.sum())
    return copies


@pytest.mark.parametrize("in_order", [False, True])
def test_honest_conversations_show_nothing(in_order: bool) -> None:
    """Thirty of each; at one in a thousand for each kind, one alarm would be a surprise of three in a hundred."""
    rng = np.random.default_rng(11)
    alarms = 0
    for _ in range(30):
        votes = honest(rng, in_order=in_order)
        alarms += len(look_for_patterns(conversation(votes, rng.random(400) * DAYS_MS)).patterns)
    assert alarms == 0


def mailings(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([hour * HOUR_MS + rng.exponential(3 * HOUR_MS, 130) for hour in (9, 60, 130)])


def evenings(rng: np.random.Generator) -> np.ndarray:
    return (rng.integers(0, 10, 400) * 24 + rng.normal(19, 3, 400)) * HOUR_MS


def one_mailing(rng: np.random.Generator) -> np.ndarray:
    return np.concatenate([rng.random(200) * DAYS_MS, 33 * HOUR_MS + rng.exponential(HOUR_MS, 200)])


def arriving(moments: np.ndarray) -> Votes:
    number = len(moments)
    return votes_of(range(number), [0] * number, [1] * number, moments.astype(np.int64))


@pytest.mark.parametrize(("how", "least"), [(mailings, 0.5), (evenings, 0.9), (one_mailing, 0.4)])
def test_mailings_are_no_bursts_and_bots_amid_them_mostly_are(how: object, least: float) -> None:
    """Measured over 40 conversations each: none of the honest fires; thirty arrivals within five minutes are found."""
    rng = np.random.default_rng(12)
    assert callable(how)
    assert [len(bursts(arriving(how(rng)), 0.001)) for _ in range(40)] == [0] * 40
    hits = 0
    for _ in range(40):
        people = how(rng)
        bots = rng.choice(people) + rng.random(30) * 300_000
        told = bursts(arriving(np.concatenate([people, bots])), 0.001)
        hits += any((one.who >= len(people)).sum() >= 20 for one in told)
    assert hits / 40 >= least


def kept_votes_of(folder: Path) -> Votes:
    """The votes that count in a conversation as Polis published it."""
    return read_conversation([folder / "votes.csv"], [folder / "comments.csv"]).kept().votes


def test_real_conversations_show_nothing(shared_data: Path) -> None:
    """Nobody has reported an attack on these five; the map of none is drawn without anybody."""
    folders = sorted((shared_data / "conversations").iterdir())
    counts = {folder.name: len(look_for_patterns(kept_votes_of(folder)).patterns) for folder in folders}
    assert counts == dict.fromkeys(counts, 0)
    assert len(counts) == 5


@pytest.mark.parametrize("how", ["usual", "contrary", "random"])
@pytest.mark.parametrize(
    ("changed", "number", "least"), [(0.0, 5, 10), (0.0, 20, 10), (0.1, 12, 7), (0.1, 20, 9), (0.2, 20, 1)]
)
def test_sockpuppets_among_four_hundred_are_found(how: str, changed: float, number: int, least: int) -> None:
    """The power table of docs/reference/patterns.md, of ten conversations each: people who follow one mind on about 30
    of 50 statements, but for a fraction of their votes; found where half of them or more are told, hardly others."""
    rng = np.random.default_rng(13)
    hits = 0
    for _ in range(ROUNDS):
        votes = honest(rng)
        planted = np.vstack([votes, sockpuppets(rng, votes, how, changed, number)])
        hits += found(conversation(planted), range(400, 400 + number), number if not changed else number // 2)
    assert hits >= least


def test_thirty_bots_within_five_minutes_are_found() -> None:
    """Bots that vote at random are found by when they come."""
    rng = np.random.default_rng(14)
    hits = 0
    for _ in range(ROUNDS):
        votes = np.vstack([honest(rng), rng.integers(-1, 2, (30, 50))])
        moments = np.concatenate([rng.random(400) * DAYS_MS, 50 * HOUR_MS + rng.random(30) * 300_000])
        talk = conversation(votes, moments)
        hits += found(talk, range(400, 430), 28)
        assert not suspects(look_for_patterns(talk)).any()
    assert hits == ROUNDS


@pytest.mark.parametrize(("how", "number", "least"), [("contrary", 8, 9), ("usual", 40, 9), ("usual", 80, 10)])
def test_a_brigade_on_three_statements_is_found(how: str, number: int, least: int) -> None:
    """Fewer are enough where they vote against what is usual."""
    rng = np.random.default_rng(15)
    hits = 0
    for _ in range(ROUNDS):
        votes = honest(rng)
        brigade = np.full((number, 50), 9)
        targets = rng.choice(50, 3, replace=False)
        brigade[:, targets] = usual_votes(votes)[targets] * (-1 if how == "contrary" else 1)
        talk = conversation(np.vstack([votes, brigade]))
        hits += found(talk, range(400, 400 + number), number)
        assert {one.kind for one in look_for_patterns(talk).patterns} <= {Kind.FEW_STATEMENTS}
    assert hits >= least


def test_sockpuppets_who_make_up_a_camp_are_not_excused_by_it() -> None:
    """All see all statements; sixty follow one mind, a hundred another but for a fifth of their votes."""
    rng = np.random.default_rng(21)
    honest_votes = np.where(rng.random((100, 20)) < 0.8, 1, -1)
    mind = np.array([-1, -1, -1, 1] * 5)
    assert found(conversation(np.vstack([honest_votes, np.tile(mind, (60, 1))])), range(100, 160), 60)


def test_unanimity_makes_nobody_a_suspect() -> None:
    """Sixty people agree on all of twenty statements, as the other three hundred and forty all but do."""
    rng = np.random.default_rng(16)
    votes = np.where(rng.random((400, 20)) < 0.97, 1, -1)
    assert len(np.unique(votes, axis=0)) < 150
    assert look_for_patterns(conversation(votes)).patterns == ()
    assert look_for_patterns(conversation(np.ones((400, 20), np.int64))).patterns == ()


def test_whoever_agrees_with_everything_is_no_rarity_among_others_who_do() -> None:
    """A fifth agree with all they see, of five lengths; opinion alone would hardly ever give sixteen alike."""
    rng = np.random.default_rng(17)
    votes = honest(rng, in_order=True)
    votes = np.where(votes == 9, rng.integers(-1, 2, votes.shape), votes)
    votes[:80] = 1
    votes[np.arange(50) >= np.array([12, 20, 30, 40, 50])[np.arange(400) % 5, None]] = 9
    assert look_for_patterns(conversation(votes)).patterns == ()


def planted_class() -> Votes:
    rng = np.random.default_rng(18)
    votes = honest(rng, people=200)
    moments = np.concatenate([rng.random(200) * DAYS_MS, np.full(12, 70 * HOUR_MS) + np.arange(12) * 20_000])
    return conversation(np.vstack([votes, sockpuppets(rng, votes, "random", 0.0, 12)]), moments)


def test_what_is_said_accuses_nobody_and_names_nobody() -> None:
    votes = planted_class()
    integrity = look_for_patterns(votes)
    alike = next(one for one in integrity.patterns if one.kind is Kind.ALIKE)
    assert alike.sentence == (
        f"12 people voted alike on {len(alike.statements)} statements within 4 minutes; others' votes let expect fewer "
        "than one. A class in one room, or people who follow the same advice, would look the same."
    )
    told = json.loads(json.dumps(integrity.to_dict(), allow_nan=False))
    assert {"who", "voters", "ids"} & set(told["patterns"][0]) == set()
    assert told["patterns"][0]["people"] == 12
    assert (alike.agreement, alike.elsewhere < 0.7) == (1.0, True)
    assert who_is_in(alike, votes) == tuple(str(one) for one in range(200, 212))
    assert np.flatnonzero(suspects(integrity)).tolist() == list(range(200, 212))
    assert "who" not in repr(alike)


def test_what_cannot_be_looked_for_is_said() -> None:
    votes = honest(np.random.default_rng(19), people=60)
    assert "no times" in look_for_patterns(conversation(votes)).notices[0]
    days = np.repeat(np.arange(6), 10) * 24 * HOUR_MS
    assert "too coarsely" in look_for_patterns(conversation(votes, days)).notices[0]
    assert "within minutes" in look_for_patterns(conversation(votes, np.arange(60) * 5_000)).notices[0]
    assert look_for_patterns(conversation(votes, np.arange(60) * HOUR_MS)).notices == ()


def test_times_by_the_day_are_no_bursts() -> None:
    votes = arriving(np.repeat(np.arange(10), 40) * 24 * HOUR_MS)
    assert too_coarse(arrivals(votes)[0])
    assert bursts(votes, 0.001) == []


def test_bots_who_arrive_and_vote_as_one_are_left_out() -> None:
    """The burst alone leaves nobody out; that they halve the usual disagreement does."""
    rng = np.random.default_rng(20)
    votes = honest(rng)
    bots = np.tile(rng.integers(-1, 2, 50), (30, 1))
    bots[rng.random(bots.shape) < 0.4] = 9
    moments = np.concatenate([rng.random(400) * DAYS_MS, 50 * HOUR_MS + rng.random(30) * 300_000])
    integrity = look_for_patterns(conversation(np.vstack([votes, bots]), moments))
    assert {one.kind for one in integrity.patterns} == {Kind.BURST}
    assert suspects(integrity)[400:].sum() >= 28


@pytest.mark.parametrize("statements", [0, 1, 2, 3])
def test_the_smallest_conversations_are_looked_at(statements: int) -> None:
    votes = conversation(np.ones((12, statements), np.int64))
    assert look_for_patterns(votes).patterns == ()


def test_what_changes_without_some_people() -> None:
    main, without = np.array([0.95, 0.5, 0.2, np.nan]), np.array([0.4, 0.92, 0.25, 0.9])
    difference = beside(main, without, list("abcd"), left_out=20, sure=0.9)
    assert difference.ceased == (Change("a", 0.95, 0.4),)
    assert difference.became == (Change("b", 0.5, 0.92),)
    assert difference.largest == Change("a", 0.95, 0.4)
    assert difference.to_dict()["largest"] == {"id": "a", "everybody": 0.95, "without": 0.4}
    assert beside(np.array([np.nan]), np.array([0.5]), ["a"], 1, 0.9).largest is None


def test_more_than_twenty_patterns_are_counted_not_told() -> None:
    one = Pattern(Kind.ALIKE, np.arange(5), ("a",), None, None, 0.1, 1e-9, 1.0, 0.5, left_out=True)
    told = Integrity(100, 0.001, (one,) * 25).to_dict()
    assert (told["found"], len(told["patterns"])) == (25, 20)
