"""Polis' formulas against Polis' own output for a real conversation, and against red-dwarf on five.

`polis-output.json` is what Polis computed for 536 people and 314 statements. Votes are those of the export (the last of
each person on each statement; the file's own counts say that they are the same), marks of moderation are the file's:
what it leaves out (`mod-out`) and what is meta (`meta-tids`). There agree is -1, so the centre has the other sign; a
component has either. Polis' groups were begun anew from the last ones whenever votes came in, so figures that rest on
groups are computed from the file's groups.
red-dwarf runs in a process and an environment of its own, `.venv-oracles`.
"""

import csv
import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.base_clusters import BaseClusters
from clew.deliberate.polis.groups import groups_of
from clew.deliberate.polis.k_means import k_means
from clew.deliberate.polis.polis_map import PolisMap, polis_map
from clew.deliberate.polis.selection import RepresentativeStatement
from clew.deliberate.statements import Statement
from clew.deliberate.tally import tally
from clew.deliberate.votes import Votes, votes_of

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
BIODIVERSITY = "scoop-hivemind.biodiversity"
SMALL = ("london.youth.policing", "brexit-consensus", "scoop-hivemind.taxes")
LARGE = (BIODIVERSITY, "austria-climate.5twd2jsnkf.2022-08-08")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def votes_in(folder: Path) -> Votes:
    events = rows(folder / "votes.csv")
    return votes_of(
        [row["voter-id"] for row in events],
        [row["comment-id"] for row in events],
        [int(row["vote"]) for row in events],
        [int(row["timestamp"]) for row in events],
    )


class Told:
    """Polis' output beside the conversation that it was computed from; columns are those of our votes."""

    def __init__(self, folder: Path) -> None:
        self.said: dict[str, Any] = json.loads((folder / "polis-output.json").read_text(encoding="utf-8"))
        self.votes = votes_in(folder)
        out, meta = set(self.said["mod-out"]), set(self.said["meta-tids"])
        statements = (
            Statement(name, moderated=-1 if int(name) in out else 1, is_meta=int(name) in meta)
            for name in self.votes.statements
        )
        self.conversation = Conversation(self.votes, tuple(statements))
        self.row = {int(name): place for place, name in enumerate(self.votes.voters)}

    def by_statement(self, key: str) -> np.ndarray:
        return np.array([self.said[key][name] for name in self.votes.statements])

    def of(self, clusters: list[list[int]]) -> np.ndarray:
        """The cluster of each participant, -1 for none, of clusters given as lists of ids."""
        found = np.full(len(self.votes.voters), -1)
        for cluster, members in enumerate(clusters):
            found[[self.row[one] for one in members]] = cluster
        return found

    @property
    def base(self) -> list[list[int]]:
        return list(self.said["base-clusters"]["members"])

    @property
    def base_centres(self) -> np.ndarray:
        return np.column_stack([self.said["base-clusters"]["x"], self.said["base-clusters"]["y"]])

    def groups(self, clusters: list[dict[str, Any]]) -> np.ndarray:
        """The group of each participant; Polis' groups are lists of base clusters."""
        place = {one: at for at, one in enumerate(self.said["base-clusters"]["id"])}
        return self.of([[one for base in each["members"] for one in self.base[place[base]]] for each in clusters])


@pytest.fixture(scope="module")
def told(shared_data: Path) -> Told:
    return Told(shared_data / "conversations" / BIODIVERSITY)


@pytest.fixture(scope="module")
def found(told: Told) -> PolisMap:
    """Ours from its votes, marks and groups."""
    return polis_map(told.conversation, groups=told.groups(told.said["group-clusters"]))


def signed(found: PolisMap, told: Told) -> np.ndarray:
    """The sign that turns each of our axes into Polis', where agree is -1 (2)."""
    return np.sign(np.sum(-found.components * np.array(told.said["pca"]["comps"]), axis=1))


def test_the_votes_are_those_that_polis_had(told: Told) -> None:
    assert {int(name) for name in told.votes.statements} == set(told.said["tids"])
    counts = dict(zip(told.votes.voters, told.votes.per_voter.tolist(), strict=True))
    assert counts == told.said["user-vote-counts"]


def test_centre_and_components(found: PolisMap, told: Told) -> None:
    assert np.allclose(-found.centre, told.said["pca"]["center"], rtol=0, atol=1e-9)
    ours = -found.components * signed(found, told)[:, None]
    assert np.allclose(ours, told.said["pca"]["comps"], rtol=0, atol=1e-9)


def test_places_of_people_are_seen_in_base_clusters(found: PolisMap, told: Told) -> None:
    """The output holds no place of a person, but the centres of its base clusters, which are means of places."""
    for members, centre in zip(told.base, told.base_centres, strict=True):
        place = found.positions[[told.row[one] for one in members]].mean(axis=0)
        assert place * signed(found, told) == pytest.approx(centre, abs=1e-9)


def test_places_of_statements_and_extremity(found: PolisMap, told: Told) -> None:
    said = told.said["pca"]
    ours = found.statement_positions.T * signed(found, told)[:, None]
    assert np.allclose(ours, said["comment-projection"], rtol=0, atol=1e-9)
    assert np.allclose(found.extremity, said["comment-extremity"], rtol=0, atol=1e-9)


def test_who_is_placed(told: Told) -> None:
    """Polis keeps whoever once was in: two people came in with fewer than 7 votes while there were few statements."""
    placed = polis_map(told.conversation).placed
    ours = {int(name) for name, one in zip(told.votes.voters, placed, strict=True) if one}
    theirs = set(told.said["in-conv"])
    assert ours < theirs
    assert all(told.votes.per_voter[told.row[one]] < 7 for one in theirs - ours)
    assert len(theirs - ours) == 2


def test_polis_clusters_are_at_rest_under_our_steps(found: PolisMap, told: Told) -> None:
    """Begun at Polis' own centres, one more step of ours moves nobody, neither people nor base clusters."""
    of, sign = told.of(told.base), signed(found, told)
    people = np.flatnonzero(of >= 0)
    base = k_means(found.positions[people], told.base_centres * sign, steps=1)
    assert np.array_equal(base.label, of[people])
    size = np.bincount(of[people])
    clusters = told.said["group-clusters"]
    start = np.array([one["center"] for one in clusters])
    groups = k_means(told.base_centres, start, weights=size.astype(float), steps=1)
    names = told.said["base-clusters"]["id"]
    assert [sorted(names[b] for b in np.flatnonzero(groups.label == g)) for g in range(2)] == [
        sorted(one["members"]) for one in clusters
    ]
    assert np.allclose(groups.centres, start, rtol=0, atol=1e-9)


def test_the_number_of_groups(told: Told) -> None:
    """Of Polis' own base clusters, two groups have the best silhouette, and Polis has two."""
    of = told.of(told.base)
    found = groups_of(BaseClusters(of, told.base_centres, np.bincount(of[of >= 0])))
    assert max(found.silhouettes, key=lambda one: one[1])[0] == len(told.said["group-clusters"]) == 2


def test_votes_of_base_clusters_and_groups(found: PolisMap, told: Told) -> None:
    base = tally(told.votes, told.of(told.base), len(told.base))
    for column, name in enumerate(told.votes.statements):
        said = told.said["votes-base"][name]
        assert base.agree[:, column].tolist() == said["A"]
        assert base.disagree[:, column].tolist() == said["D"]
        assert base.seen[:, column].tolist() == said["S"]
        for group in (0, 1):
            said = told.said["group-votes"][str(group)]["votes"][name]
            assert found.tally.agree[group, column] == said["A"]
            assert found.tally.disagree[group, column] == said["D"]
            assert found.tally.seen[group, column] == said["S"]
    assert found.tally.size.tolist() == [told.said["group-votes"][str(group)]["n-members"] for group in (0, 1)]


def test_group_informed_consensus(found: PolisMap, told: Told) -> None:
    assert np.allclose(found.consensus, told.by_statement("group-aware-consensus"), rtol=0, atol=1e-9)


def test_priority(found: PolisMap, told: Told) -> None:
    """All 314 statements, from the votes of the same moment; the 15 meta statements have 49."""
    said = told.by_statement("comment-priorities")
    assert (said == 49).sum() == 15
    assert np.allclose(found.priority, said, rtol=1e-9, atol=0)


def assert_representative(ours: list[RepresentativeStatement], said: list[dict[str, Any]], told: Told) -> None:
    """The same statements in the same order with the same figures; Polis stores r_test in single precision."""
    assert [int(told.votes.statements[one.statement]) for one in ours] == [one["tid"] for one in said]
    for one, other in zip(ours, said, strict=True):
        assert (one.side, one.best_agree) == (other["repful-for"], other.get("best-agree", False))
        assert (one.count, one.votes) == (other["n-success"], other["n-trials"])
        figures = [other[key] for key in ("p-success", "p-test", "repness", "repness-test")]
        assert [one.p, one.p_test, one.r, one.r_test] == pytest.approx(figures, rel=1e-6, abs=1e-5)


@pytest.mark.parametrize("group", [0, 1])
def test_representative_statements_of_a_group(found: PolisMap, told: Told, group: int) -> None:
    ours = [one for one in found.representative if one.group == group]
    assert_representative(ours, told.said["repness"][str(group)], told)


@pytest.mark.parametrize("parent", ["0", "1"])
def test_representative_statements_of_groups_within_a_group(told: Told, parent: str) -> None:
    """Polis divides each group again and tells the parts from each other by the same rules."""
    clusters, said = told.said["subgroup-clusters"][parent], told.said["subgroup-repness"][parent]
    within = polis_map(told.conversation, groups=told.groups(clusters))
    for group, each in enumerate(clusters):
        ours = [one for one in within.representative if one.group == group]
        assert_representative(ours, said[str(each["id"])], told)


def test_statements_of_the_majority(found: PolisMap, told: Told) -> None:
    for side in ("agree", "disagree"):
        ours = [one for one in found.majority if one.side == side]
        said = told.said["consensus"][side]
        assert [int(told.votes.statements[one.statement]) for one in ours] == [one["tid"] for one in said]
        for one, other in zip(ours, said, strict=True):
            assert (one.count, one.votes) == (other["n-success"], other["n-trials"])
            assert (one.p, one.p_test) == pytest.approx((other["p-success"], other["p-test"]), abs=1e-12)


def of_export(folder: Path) -> Conversation:
    """A conversation as it was published, with the moderators' marks."""
    votes = votes_in(folder)
    marks = {row["comment-id"]: int(row["moderated"]) for row in rows(folder / "comments.csv")}
    return Conversation(votes, tuple(Statement(name, moderated=marks.get(name, 0)) for name in votes.statements))


@cache
def red_dwarf(folder: Path, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """What red-dwarf makes of each conversation, asked once."""
    if not PYTHON.exists():
        pytest.skip("NOT TESTED: other people's software is absent; `make oracles` sets it up")
    cases = []
    for name in names:
        one = of_export(folder / name)
        votes = one.votes
        cases.append(
            {
                "voter": [int(votes.voters[place]) for place in votes.voter],
                "statement": [int(votes.statements[place]) for place in votes.statement],
                "value": votes.value.tolist(),
                "left_out": [int(each.id) for each in one.statements if each.left_out],
                "seed": 0,
            }
        )
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    script = ROOT / "evidence" / "opinion" / "red_dwarf.py"
    sent = json.dumps({"cases": cases})
    done = subprocess.run([PYTHON, script], input=sent, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return dict(zip(names, json.loads(done.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_red_dwarf_sees_the_same_places_and_figures(shared_data: Path, name: str) -> None:
    """Places, extremity and priority for red-dwarf's groups. Of the larger two scikit-learn finds the components by a
    random method that stops at four digits, so it cannot be held to more there."""
    folder = shared_data / "conversations"
    other, one = red_dwarf(folder, SMALL + LARGE)[name], of_export(folder / name)
    assert [str(voter) for voter in other["voter"]] == list(one.votes.voters)
    group = np.array([-1 if each is None else each for each in other["group"]])
    found = polis_map(one, groups=group)
    assert np.array_equal(group >= 0, polis_map(one).placed)
    near = 1e-9 if name in SMALL else 1e-3
    theirs = np.array(other["position"])
    sign = np.sign(np.sum(theirs * found.positions, axis=0))
    assert np.allclose(found.positions * sign, theirs, rtol=0, atol=near)
    assert np.allclose(found.extremity, other["figures"]["extremity"], rtol=0, atol=near)
    assert np.allclose(found.priority, other["figures"]["priority"], rtol=near, atol=near)
    assert np.allclose(found.consensus, other["figures"]["consensus"], rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", SMALL + LARGE)
def test_red_dwarf_chooses_the_same_statements(shared_data: Path, name: str) -> None:
    folder = shared_data / "conversations"
    other, one = red_dwarf(folder, SMALL + LARGE)[name], of_export(folder / name)
    found = polis_map(one, groups=np.array([-1 if each is None else each for each in other["group"]]))
    for group, said in other["representative"].items():
        ours = [
            (int(one.votes.statements[each.statement]), each.side, each.count, each.p, each.p_test, each.r, each.r_test)
            for each in found.representative
            if each.group == int(group)
        ]
        keys = ("tid", "repful-for", "n-success", "p-success", "p-test", "repness", "repness-test")
        theirs = [tuple(each[key] for key in keys) for each in said]
        assert [each[:3] for each in ours] == [each[:3] for each in theirs]
        assert np.allclose([each[3:] for each in ours], [each[3:] for each in theirs], rtol=1e-9, atol=0)
    for side in ("agree", "disagree"):
        ours = [(each.count, each.votes) for each in found.majority if each.side == side]
        assert ours == [(each["n-success"], each["n-trials"]) for each in other["majority"][side]], "ties are its own"
