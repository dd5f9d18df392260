"""Dealing units: a twin of a few lines deals the same, the order of the list does not matter, bad lists are refused."""

import csv
import gzip
import hashlib
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.errors import InputError, MissingError
from clew.pilot.assign import Assignment, assign, commitment_to, verify_assignment
from clew.pilot.protocol import Protocol
from clew.pilot.units import load_units, read_units
from protocol_texts import protocol

CLUSTERS = ('kind = "cluster-randomised"', 'kind = "cluster-randomised"')
UNITS = (('kind = "cluster-randomised"', 'kind = "randomised"\nunit = "home"'), ('cluster = "district"', ""))
BLOCKS = (UNITS[0], ('cluster = "district"', 'block = "area"'))
SEED = "4711"


def sheet(columns: str, *rows: str) -> bytes:
    return "\n".join((columns, *rows, "")).encode()


def dealt(source: bytes, asked: Protocol, seed: str = SEED) -> Assignment:
    return assign(asked, read_units(source, "units.csv", asked), seed=seed)


def arms_by_name(found: Assignment, column: str) -> dict[str, str]:
    place = found.columns.index(column)
    return {row[place]: arm for row, arm in zip(found.rows, found.arms, strict=True)}


def mistakes(source: bytes, asked: Protocol) -> list[str]:
    with pytest.raises(InputError) as refused:
        dealt(source, asked)
    return [str(problem) for problem in refused.value.problems]


def twin(seed: str, units: list[tuple[str, str]], share: float = 0.5) -> dict[str, str]:
    """The published rule again, in another hand: (unit, block) pairs to arms."""
    sha = lambda text: hashlib.sha256(text.encode()).hexdigest()  # noqa: E731 - the rule on as few lines as it takes
    arms = {}
    for block in {block for _, block in units}:
        ranked = sorted((sha(f"{seed}:{block}:{unit}"), unit) for unit, home in units if home == block)
        u = int(sha(f"{seed}:{block}")[:8], 16) / 2**32
        arms |= {
            unit: "treated" if (i + u) / len(ranked) >= 1 - share else "usual" for i, (_, unit) in enumerate(ranked)
        }
    return arms


NAMES = st.lists(
    st.text("abcdefgh-æ 0123", min_size=1, max_size=6).filter(str.strip), min_size=2, max_size=30, unique=True
)
SEEDS = st.integers(0, 2**63 - 1).map(str)


@given(NAMES, SEEDS, st.sampled_from([0.5, 0.25, 0.7]))
def test_a_twin_of_a_few_lines_deals_the_same(names: list[str], seed: str, share: float) -> None:
    asked = protocol(*UNITS, ("icc = 0.03", f"treated_share = {share}"))
    found = dealt(sheet("home", *names), asked, seed)
    assert arms_by_name(found, "home") == twin(seed, [(name, "") for name in names], share)


@given(NAMES, SEEDS, st.randoms(use_true_random=False))
def test_blocks_are_dealt_apart_and_the_order_of_the_list_does_not_matter(
    names: list[str], seed: str, random: object
) -> None:
    units = [(name, "even" if place % 2 else "odd") for place, name in enumerate([*names, "x1", "x2"])]
    asked = protocol(*BLOCKS)
    first = dealt(sheet("home,area", *[f"{name},{block}" for name, block in units]), asked, seed)
    assert arms_by_name(first, "home") == twin(seed, units)
    random.shuffle(units)  # type: ignore[attr-defined]
    again = dealt(sheet("area;home", *[f"{block};{name}" for name, block in units]), asked, seed)
    assert arms_by_name(again, "home") == arms_by_name(first, "home")
    assert (again.units_sha256, again.assignment_sha256) == (first.units_sha256, first.assignment_sha256)
    for block in ("even", "odd"):
        counts = Counter(arm for (name, home) in units if home == block for arm in [arms_by_name(first, "home")[name]])
        assert abs(counts["treated"] - counts["usual"]) <= 1


@given(st.integers(4, 40), SEEDS)
def test_whole_clusters_are_dealt_and_their_units_stay_together(units: int, seed: str) -> None:
    asked = protocol(('cluster = "district"', 'cluster = "district"\nunit = "home"'))
    rows = [f"h{number},d{number % 4}" for number in range(units)]
    found = dealt(sheet("home,district", *rows), asked, seed)
    by_district = {(row[1], arm) for row, arm in zip(found.rows, found.arms, strict=True)}
    assert len(by_district) == 4
    assert dict(found.counts) == {"usual": 2, "treated": 2}
    assert dict(by_district) == twin(seed, [(f"d{number}", "") for number in range(4)])


def test_every_unit_has_its_share_of_chances() -> None:
    """Over 2,000 seeds three units are treated half of the time each, and one or two of them, never none or all."""
    asked = protocol(*UNITS)
    counts, sizes = Counter[str](), Counter[int]()
    for seed in range(2_000):
        arms = arms_by_name(dealt(sheet("home", "a", "b", "c"), asked, str(seed)), "home")
        counts.update(name for name, arm in arms.items() if arm == "treated")
        sizes[sum(arm == "treated" for arm in arms.values())] += 1
    assert set(sizes) == {1, 2}
    assert all(abs(counts[name] / 2_000 - 0.5) < 4 * 0.0112 for name in "abc")
    assert abs(sizes[1] / 2_000 - 0.5) < 4 * 0.0112


def test_several_arms_are_dealt_equally() -> None:
    asked = protocol(UNITS[0], ('cluster = "district"', 'treated = "visit"\nother_arms = ["letter"]'))
    found = dealt(sheet("home", *[f"h{number}" for number in range(31)]), asked)
    assert [arm for arm, _ in found.counts] == ["usual", "visit", "letter"]
    assert sorted(count for _, count in found.counts) == [10, 10, 11]


def test_rows_keep_their_order_and_their_columns() -> None:
    found = dealt(b'\xef\xbb\xbfhome;street\r\n"a ""1""";"x; y"\r\nb;z\r\n\r\n', protocol(*UNITS))
    read = list(csv.reader(io.StringIO(found.to_csv())))
    assert read[0] == ["home", "street", "arm"]
    assert [row[:2] for row in read[1:]] == [['a "1"', "x; y"], ["b", "z"]]
    assert [row[2] for row in read[1:]] == list(found.arms)


def test_the_digests_can_be_computed_by_hand() -> None:
    found = dealt(sheet("home,area", "b,n", "a,n"), protocol(*BLOCKS))
    arms = arms_by_name(found, "home")
    assert found.units_sha256 == hashlib.sha256(b"n\ta\nn\tb\n").hexdigest()
    lines = f"n\ta\t{arms['a']}\nn\tb\t{arms['b']}\n"
    assert found.assignment_sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert found.to_dict()["counts"] == {"usual": 1, "treated": 1}
    assert "<td>usual</td><td>1</td>" in found._repr_html_()


def test_without_a_unit_column_that_of_the_population_is_taken() -> None:
    asked = protocol(('kind = "cluster-randomised"', 'kind = "randomised"'), ('cluster = "district"', ""))
    assert len(dealt(sheet("home", "a", "b"), asked).arms) == 2


@pytest.mark.parametrize(
    ("source", "changes", "said"),
    [
        (b"", UNITS, ["units.csv: there are no units in it. Bring a header line and one line a unit."]),
        (sheet("home"), UNITS, ["units.csv: there are no units in it. Bring a header line and one line a unit."]),
        (
            sheet("house", "a"),
            UNITS,
            ['units.csv: there is no column "home"; there are: house. Name the column in the'],
        ),
        (
            sheet("home", "a", "b"),
            BLOCKS,
            ['units.csv: there is no column "area"; there are: home. Name the column in'],
        ),
        (sheet("home", "a"), (CLUSTERS,), ['units.csv: there is no column "district"; there are: home.']),
        (sheet("home,home", "a,b"), UNITS, ['units.csv: two columns are called "home".']),
        (sheet("home,arm", "a,1"), UNITS, ['units.csv: there is a column "arm" already: these units have an arm.']),
        (sheet("home", "a", "b", "a"), UNITS, ["units.csv, line 4: \"home\" 'a' stands on line 2 already."]),
        (sheet("home,x", "a,1", " ,2"), UNITS, ['units.csv, line 3: "home" is empty. Fill it in.']),
        (sheet("home,area", "a,", "b,n"), BLOCKS, ['units.csv, line 2: "area" is empty.']),
        (sheet("home,x", "a,1", "b"), UNITS, ["units.csv, line 3: 1 values for 2 columns."]),
        (sheet("home,area", "a,n", "b,n", "c,s"), BLOCKS, ["block 's' holds 1 to be dealt, but there are 2 arms."]),
        (sheet("home", "a"), UNITS, ["the list holds 1 to be dealt, but there are 2 arms. Bring more units."]),
        (sheet("district", "d", "d"), (CLUSTERS,), ["units.csv, line 3: \"district\" 'd' stands on line 2 already."]),
        (sheet("home", '"a\nb"', "c"), UNITS, ['units.csv, line 3: "home" holds a line break or a control character.']),
        (b"home\n\xff\n", UNITS, ["units.csv, line 2: byte 0xFF is not UTF-8. Save it as UTF-8."]),
        (b"home\na\x00b\nc\n", UNITS, ['units.csv, line 2: "home" holds a line break or a control character.']),
        (b"home\n" + b"a" * 200_000 + b"\nb\n", UNITS, ["units.csv, line 2: not a CSV file: field larger than"]),
    ],
)
def test_a_bad_list_is_refused(source: bytes, changes: tuple[tuple[str, str], ...], said: list[str]) -> None:
    found = mistakes(source, protocol(*changes))
    assert len(found) == len(said)
    assert all(one.startswith(words) for one, words in zip(found, said, strict=True)), found


def test_all_mistakes_of_a_list_are_named_at_once_but_not_more_than_twenty() -> None:
    rows = ["", *["a"] * 30]
    found = mistakes(sheet("home,x", *[f"{name},1" for name in rows]), protocol(*UNITS))
    assert '"home" is empty' in found[0]
    assert len(found) == 21
    assert found[-1] == "units.csv: and 10 more."


def test_a_cluster_stays_in_one_block() -> None:
    asked = protocol(('cluster = "district"', 'cluster = "district"\nunit = "home"\nblock = "area"'))
    found = mistakes(sheet("home,district,area", "1,d,n", "2,e,n", "3,d,s"), asked)
    assert found == ["units.csv, line 4: \"district\" 'd' stands in block 'n' and in 's'. Put all of it in one block."]


def test_a_treated_arm_needs_a_name_of_its_own() -> None:
    asked = protocol(*UNITS, ('comparison = "usual"', 'comparison = "treated"'))
    (said,) = mistakes(sheet("home", "a", "b"), asked)
    assert 'the comparison is called "treated", and the treated arm has no name.' in said


def test_files_are_read_plain_and_packed(tmp_path: Path) -> None:
    plain, packed, broken = tmp_path / "u.csv", tmp_path / "u.csv.gz", tmp_path / "b.csv.gz"
    plain.write_bytes(sheet("home", "a", "b"))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    broken.write_bytes(packed.read_bytes()[:-4])
    asked = protocol(*UNITS)
    assert load_units(plain, asked) == load_units(packed, asked)
    with pytest.raises(InputError, match="not whole gzip"):
        load_units(broken, asked)
    with pytest.raises(MissingError, match="no such file"):
        load_units(tmp_path / "absent.csv", asked)


def test_an_assignment_can_be_verified_and_a_changed_one_cannot() -> None:
    asked = protocol(*UNITS)
    text = dealt(sheet("home,x", "a,1", "b,2", "c,3"), asked).to_csv()
    commitment = commitment_to(SEED)
    assert verify_assignment(asked, text.encode(), "a.csv", seed=SEED, commitment=commitment) == ()
    lines = text.splitlines()
    swap = {"usual": "treated", "treated": "usual"}
    home, number, arm = lines[2].split(",")
    forged = "\n".join([*lines[:2], f"{home},{number},{swap[arm]}", lines[3]]).encode()
    (wrong,) = verify_assignment(asked, forged, "a.csv", seed=SEED)
    assert str(wrong).startswith(f'a.csv, line 3: the arm is "{swap[arm]}", but the seed deals "{arm}".')
    (other,) = verify_assignment(asked, text.encode(), "a.csv", seed=SEED, commitment=commitment_to("another"))
    assert "not the one that was committed" in str(other)
    with pytest.raises(InputError, match='no column "arm"'):
        verify_assignment(asked, sheet("home", "a", "b"), "a.csv", seed=SEED)


STARTS = '"2027-01", "2027-04", "never"'


def wedge(starts: str = STARTS) -> Protocol:
    """Districts that start one after another."""
    design = f'kind = "stepped-wedge"\nperiod = "month"\ntreated_from = "start"\nfrom = [{starts}]'
    return protocol((CLUSTERS[0], design), ('arm = "arm"', ""), ('comparison = "usual"', ""))


def rollout() -> Protocol:
    design = f'kind = "random-rollout"\nunit = "home"\nperiod = "month"\ntreated_from = "start"\nfrom = [{STARTS}]'
    return protocol(
        (CLUSTERS[0], design), ('arm = "arm"', ""), ('comparison = "usual"', ""), ('cluster = "district"', "")
    )


@pytest.mark.parametrize(("asked", "column"), [(wedge(), "district"), (rollout(), "home")])
def test_start_dates_are_dealt_as_arms_are(asked: Protocol, column: str) -> None:
    names = [f"d{number}" for number in range(8)]
    found = dealt(sheet(column, *names), asked)
    assert found.to_csv().splitlines()[0] == f"{column},start"
    ranked = sorted((hashlib.sha256(f"{SEED}::{name}".encode()).hexdigest(), name) for name in names)
    u = int(hashlib.sha256(f"{SEED}:".encode()).hexdigest()[:8], 16) / 2**32
    twins = {name: ("2027-01", "2027-04", "never")[int(3 * (i + u) / 8)] for i, (_, name) in enumerate(ranked)}
    assert arms_by_name(found, column) == twins
    assert sorted(count for _, count in found.counts) == [2, 3, 3]
    assert verify_assignment(asked, found.to_csv().encode(), "a.csv", seed=SEED) == ()
    forged = found.to_csv().replace("never", "2027-01", 1).encode()
    (wrong,) = verify_assignment(asked, forged, "a.csv", seed=SEED)
    assert 'the start is "2027-01", but the seed deals "never"' in str(wrong)


def test_start_dates_are_dealt_within_blocks() -> None:
    asked = protocol(
        (
            CLUSTERS[0],
            f'kind = "stepped-wedge"\nperiod = "month"\ntreated_from = "start"\nfrom = [{STARTS}]\nblock = "region"',
        ),
        ('arm = "arm"', ""),
        ('comparison = "usual"', ""),
    )
    found = dealt(sheet("district,region", *(f"d{number},{number % 2}" for number in range(6))), asked)
    starts = list(zip((row[1] for row in found.rows), found.arms, strict=True))
    assert sorted(starts) == [(region, start) for region in "01" for start in ("2027-01", "2027-04", "never")]
    (said,) = mistakes(sheet("district,region", "a,0", "b,0", "c,0", "d,1", "e,1"), asked)
    assert "block '1' holds 2 to be dealt, but there are 3 start dates." in said


def test_every_cluster_has_its_share_of_every_start() -> None:
    counts = Counter[tuple[str, str]]()
    for seed in range(400):
        counts.update(
            arms_by_name(dealt(sheet("district", "a", "b", "c", "d"), wedge(), str(seed)), "district").items()
        )
    assert len(counts) == 12
    assert all(abs(count / 400 - 1 / 3) < 4 * 0.0236 for count in counts.values())


def test_starts_that_cannot_be_dealt_are_refused() -> None:
    (said,) = mistakes(sheet("district", "a", "b", "c"), wedge('"2027-01"'))
    assert 'does not name the start dates that are to be dealt: two or more, each once. Add from = ["2027-01"' in said
    (said,) = mistakes(sheet("district", "a", "b"), wedge())
    assert "the list holds 2 to be dealt, but there are 3 start dates." in said
    (said,) = mistakes(sheet("district,start", "a,1", "b,2", "c,3"), wedge())
    assert 'there is a column "start" already: these units have a start.' in said


def test_what_chance_did_not_deal_is_not_assigned() -> None:
    design = 'kind = "difference-in-differences"\nunit = "home"\nperiod = "month"\ntreated = "visited"\nfrom = 3'
    asked = protocol(
        (CLUSTERS[0], design), ('arm = "arm"', ""), ('comparison = "usual"', ""), ('cluster = "district"', "")
    )
    (said,) = mistakes(sheet("home", "a", "b"), asked)
    assert "a difference-in-differences design compares what chance did not deal: there is nothing to assign." in said
