"""A former map: groups keep the names of their members, new ones get new letters, and what is no map is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from clew.deliberate.former import Former, former_places, letter, names_of_groups, read_former
from clew.errors import InputError

VOTERS = tuple("abcdefgh")


def former_of(groups: str) -> Former:
    """Voters a, b, c … were in these groups; a dot is none."""
    named = {voter: name for voter, name in zip(VOTERS, groups, strict=False) if name != "."}
    return Former({}, named)


@pytest.mark.parametrize(
    ("groups", "k", "before", "names"),
    [
        ([0, 0, 0, 0, 1, 1, 1, 1], 2, "BBBBAAAA", ["B", "A"]),
        ([0, 0, 0, 0, 1, 1, 2, 2], 3, "BBBBAA..", ["B", "A", "C"]),
        ([0, 0, 0, 1, 1, 1, 1, -1], 2, "AAAAAAAA", ["B", "A"]),
        ([0, 0, 0, 0, 0, 0, 0, 0], 1, "CCCBBBBA", ["B"]),
        ([0, 0, 0, 1, 1, 2, 2, 2], 3, "AAAAAAAA", ["A", "B", "C"]),
        ([0, 0, 0, 0, 1, 1, 1, 1], 2, "........", ["A", "B"]),
        ([0, 0, 0, 0, 1, 1, 1, 1], 2, "ZZZZ....", ["Z", "A"]),
    ],
)
def test_groups_keep_the_names_of_most_of_their_members(
    groups: list[int], k: int, before: str, names: list[str]
) -> None:
    assert names_of_groups(np.array(groups), k, VOTERS, former_of(before)) == names


def test_as_many_people_as_possible_keep_the_name_of_their_group() -> None:
    """Both groups have most members from A; A goes to the one by which more people keep their name in all."""
    former = former_of("AAABAAAA")
    assert names_of_groups(np.array([0, 0, 0, 0, 1, 1, 1, 1]), 2, VOTERS, former) == ["B", "A"]


def test_without_a_former_map_names_are_letters() -> None:
    assert names_of_groups(np.array([0, 1, 2]), 3, VOTERS[:3], None) == ["A", "B", "C"]
    assert [letter(one) for one in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def written(folder: Path, said: object) -> Path:
    path = folder / "former.json"
    path.write_text(said if isinstance(said, str) else json.dumps(said), encoding="utf-8")
    return path


SAID = {
    "groups": [{"id": 0, "size": 2, "name": "B"}, {"id": 1, "size": 1, "name": "A"}],
    "assignments": {"x": 0, "y": 1, "z": None, "w": 0},
    "positions": {"x": [1.0, 2.0], "y": [0, -1]},
}


def test_a_former_map_is_read_from_the_json_of_clew_map(tmp_path: Path) -> None:
    found = read_former(written(tmp_path, SAID))
    assert found.group == {"x": "B", "y": "A", "w": "B"}
    assert found.place == {"x": (1.0, 2.0), "y": (0.0, -1.0)}
    places, shared = former_places(found, ("y", "q", "x"))
    assert places.tolist() == [[0, -1], [0, 0], [1, 2]]
    assert shared.tolist() == [True, False, True]


@pytest.mark.parametrize(
    "said",
    [
        "",
        "not JSON",
        "[]",
        "null",
        "3",
        {},
        {**SAID, "groups": None},
        {**SAID, "groups": [{"id": 0, "size": 2}]},
        {**SAID, "groups": [3]},
        {**SAID, "positions": [1, 2]},
        {**SAID, "positions": {"x": 3}},
        {**SAID, "positions": {"x": ["left", "right"]}},
        {**SAID, "positions": {"x": [1.0, 2.0], "y": [1.0]}},
        {**SAID, "positions": {"x": [float("nan"), 2.0]}},
        {**SAID, "positions": {"x": [1.0, float("inf")]}},
        {**SAID, "assignments": {"x": 7}},
        {**SAID, "assignments": {"x": [0]}},
        {**SAID, "assignments": [0]},
    ],
)
def test_what_is_no_map_is_refused(said: object, tmp_path: Path) -> None:
    path = written(tmp_path, said)
    with pytest.raises(InputError, match=r"former map cannot be read.*clew map --json"):
        read_former(path)


def test_a_file_of_other_bytes_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name in ("bytes.json", "absent.json"):
        with pytest.raises(InputError, match="former map cannot be read"):
            read_former(tmp_path / name)
