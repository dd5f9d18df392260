"""Laws of the whole map: what may not change it, and what may change it in one way only."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.mapped import Mapped, map_conversation
from clew.deliberate.opinion_map import OpinionMap
from clew.deliberate.told import opinion_map_of
from clew.deliberate.votes import Votes, votes_of
from conversations import as_conversation, camps, noise, same_people, write_votes

CAMPS = camps((30, 22), 30, seed=2, share=0.8)
CLEW = [sys.executable, "-c", "import sys; from clew.cli import run; sys.exit(run(sys.argv[1:]))"]


@pytest.fixture(scope="module")
def base() -> Mapped:
    return map_conversation(as_conversation(CAMPS))


def relabelled(votes: Votes, voter: Callable[[int], str], statement: Callable[[int], str]) -> Votes:
    """The same votes of voters and on statements of other names, given by their places."""
    who, what = [voter(one) for one in votes.voter.tolist()], [statement(one) for one in votes.statement.tolist()]
    return votes_of(who, what, votes.value)


def mapped(votes: Votes) -> Mapped:
    return map_conversation(as_conversation(votes))


def cells(found: Mapped) -> dict[str, list[tuple[int, int, int]]]:
    """Agrees, disagrees and passes of each group on each statement, whatever the order of the groups."""
    told = opinion_map_of(found).findings
    return {one.id: sorted((g.agree, g.disagree, g.passed) for g in one.by_group) for one in told}


def ground(told: OpinionMap) -> dict[str, float]:
    return {one.id: one.common_ground for one in told.findings}


def test_neither_the_order_of_rows_nor_the_hash_seed_changes_a_byte(tmp_path: Path) -> None:
    votes = camps((14, 12), 8, seed=3)
    shuffled = np.random.default_rng(1).permutation(len(votes.value))
    write_votes(tmp_path / "first.csv", votes)
    write_votes(tmp_path / "second.csv", votes, shuffled)
    out = []
    for name, seed in (("first.csv", "0"), ("second.csv", "1")):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        command = [*CLEW, "map", name, "--json"]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=True)
        out.append(done.stdout)
    assert out[0] == out[1]
    assert len(out[0]) > 1000


def test_other_names_of_voters_and_statements_give_the_same_groups_and_figures(base: Mapped) -> None:
    """In the reverse order, too. Which votes are held out is drawn anew, so places are near, not the same."""
    found = mapped(relabelled(CAMPS, lambda one: str(51 - one), lambda one: str(29 - one)))
    assert (found.factors.dimensions, found.grouping.k) == (base.factors.dimensions, base.grouping.k)
    assert same_people(found.group[::-1], base.group)
    assert {str(29 - int(one)): said for one, said in cells(found).items()} == cells(base)
    was = ground(opinion_map_of(base))
    now = {str(29 - int(one)): sure for one, sure in ground(opinion_map_of(found)).items()}
    assert now == pytest.approx(was, abs=1e-9)


def test_agree_for_disagree_gives_the_mirror(base: Mapped) -> None:
    found = mapped(replace(CAMPS, value=-CAMPS.value))
    assert same_people(found.group, base.group)
    mirrored = {one: sorted((b, a, p) for a, b, p in said) for one, said in cells(found).items()}
    assert mirrored == cells(base)
    was, now = ({one.id: one for one in opinion_map_of(each).findings} for each in (base, found))
    for name, one in was.items():
        assert now[name].rejected == pytest.approx(one.common_ground, abs=1e-9)
        assert one.rejected == pytest.approx(now[name].common_ground, abs=1e-9)


def test_everybody_twice_leaves_the_groups_and_doubles_the_counts(base: Mapped) -> None:
    who = [*CAMPS.voter.tolist(), *(CAMPS.voter + 52).tolist()]
    twice = votes_of(who, np.tile(CAMPS.statement, 2).tolist(), np.tile(CAMPS.value, 2))
    found = mapped(twice)
    assert found.grouping.k == base.grouping.k == 2
    assert same_people(found.group[:52], base.group)
    assert found.group[:52].tolist() == found.group[52:].tolist()
    doubled = {one: sorted(tuple(2 * count for count in cell) for cell in said) for one, said in cells(base).items()}
    assert cells(found) == doubled


def test_a_statement_that_was_left_out_never_matters() -> None:
    """The same map, bit for bit but for notices, with the votes on it and without, and whatever they were."""
    full = camps((20, 16), 16, seed=2, share=0.8)
    out = full.statements[5]
    on_it = full.statement == 5
    without = full.where(~on_it)
    turned = replace(full, value=np.where(on_it, -full.value, full.value).astype(np.int8))
    maps = [map_conversation(as_conversation(votes, (out,))) for votes in (full, without, turned)]
    said = [opinion_map_of(found).to_dict() for found in maps]
    assert said[0] == said[1] == said[2]
    assert said[0]["statements"] == 15
    assert {found.positions.place.tobytes() for found in maps} == {maps[0].positions.place.tobytes()}
    assert opinion_map_of(maps[0]) == replace(opinion_map_of(maps[1]), notices=())


@pytest.mark.parametrize("statement", [0, 6])
def test_one_more_agree_never_lowers_common_ground(statement: int) -> None:
    """End to end in one public: a newcomer agrees with one statement and says nothing else."""
    votes = noise(24, 10, seed=8, share=0.7)
    who = [*votes.voter.tolist(), 24]
    more = votes_of(who, [*votes.statement.tolist(), statement], [*votes.value.tolist(), 1])
    before, after = mapped(votes), mapped(more)
    assert before.grouping.k == after.grouping.k == 1
    was, now = ground(opinion_map_of(before)), ground(opinion_map_of(after))
    assert now[str(statement)] > was[str(statement)]


def test_a_voter_without_a_vote_left_changes_nothing_but_the_number_of_people(base: Mapped) -> None:
    """Whoever voted only on what was left out is counted, and in no group."""
    who = [*CAMPS.voter.tolist(), 99]
    what = [*CAMPS.statement.tolist(), 77]
    more = votes_of(who, what, [*CAMPS.value.tolist(), 1])
    found = map_conversation(as_conversation(more, ("77",)))
    assert found.group[:52].tolist() == base.group.tolist()
    assert found.group[52] == -1
    told = opinion_map_of(found)
    assert (told.participants, told.placed) == (53, opinion_map_of(base).placed)
    assert told.places[52].x is None


def test_the_conversation_given_is_not_changed(base: Mapped) -> None:
    given: Conversation = as_conversation(CAMPS)
    before = (given.votes.value.tobytes(), given.votes.statement.tobytes(), given.votes.start.tobytes())
    assert map_conversation(given).group.tolist() == base.group.tolist()
    assert (given.votes.value.tobytes(), given.votes.statement.tobytes(), given.votes.start.tobytes()) == before
