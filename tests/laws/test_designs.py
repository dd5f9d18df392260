"""What holds of every design: its answer depends on the data alone, and follows them when their units change."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS, layout_of
from clew.evaluate.files import open_rows
from clew.evaluate.finding import Finding
from clew.pilot.kinds import KINDS
from clew.pilot.protocol import Protocol
from designs import COUNTS, KEYS, Columns, a_pilot, in_parts, its_data, write

ROOT = Path(__file__).resolve().parents[2]
every_kind = pytest.mark.parametrize("kind", DESIGNS)


def found(path: Path | list[Path], protocol: Protocol) -> Finding:
    return analyse(protocol, open_rows(path, protocol))


def shuffled(columns: Columns, seed: int = 3) -> Columns:
    order = np.random.default_rng(seed).permutation(len(columns["y"]))
    return {name: values[order] for name, values in columns.items()}


@every_kind
def test_the_order_of_rows_changes_no_bit(kind: str, tmp_path: Path) -> None:
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol)
    assert found(write(shuffled(columns), tmp_path / "b.csv"), protocol) == one


@every_kind
def test_data_in_several_files_change_no_bit(kind: str, tmp_path: Path) -> None:
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol)
    assert found(list(in_parts(columns, tmp_path, 3)), protocol) == one


@every_kind
def test_a_column_that_nobody_names_changes_no_bit(kind: str, tmp_path: Path) -> None:
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol)
    more = columns | {"again": columns["y"], "note": np.array(["–"] * len(columns["y"]))}
    assert found(write(more, tmp_path / "b.csv"), protocol) == one


@every_kind
def test_rows_in_memory_give_what_files_give(kind: str, tmp_path: Path) -> None:
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol).effect
    other = analyse(protocol, ArrayRows(columns)).effect
    assert (other.n, other.clusters) == (one.n, one.clusters)
    assert [other.estimate, other.std_error, *other.interval] == pytest.approx(
        [one.estimate, one.std_error, *one.interval], rel=1e-9, abs=1e-9
    )


def reordered(names: list[object]) -> dict[object, str]:
    """New names that stand in another order."""
    return {name: f"n{37 * place % 101:03d}" for place, name in enumerate(names)}


@every_kind
def test_new_names_of_units_change_no_figure(kind: str, tmp_path: Path) -> None:
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol)
    named = [name for name in ("place", "district") if name in columns]
    new = {name: reordered(np.unique(columns[name]).tolist()) for name in named}
    renamed = columns | {name: np.array([new[name][old] for old in columns[name].tolist()]) for name in named}
    if protocol.design.treated_unit:
        treated = new["place"][protocol.design.treated_unit]
        protocol = replace(protocol, design=replace(protocol.design, treated_unit=treated))
    other = found(write(renamed, tmp_path / "b.csv"), protocol)
    assert other.effect.estimate == pytest.approx(one.effect.estimate, rel=1e-9, abs=1e-12)
    assert other.effect.std_error == pytest.approx(one.effect.std_error, rel=1e-9)
    assert other.effect.interval == pytest.approx(one.effect.interval, rel=1e-9)


@every_kind
@pytest.mark.parametrize(("shift", "factor"), [(1e6, 1.0), (0.0, -3.0), (12.0, 0.01)])
def test_the_effect_follows_the_outcomes_units(kind: str, shift: float, factor: float, tmp_path: Path) -> None:
    if kind in COUNTS:
        pytest.skip("A count has no other unit.")
    columns, protocol = its_data(kind), a_pilot(kind)
    one = found(write(columns, tmp_path / "a.csv"), protocol).effect
    other = found(write(columns | {"y": shift + factor * columns["y"]}, tmp_path / "b.csv"), protocol).effect
    assert other.estimate == pytest.approx(factor * one.estimate, rel=1e-7)
    assert other.std_error == pytest.approx(abs(factor) * one.std_error, rel=1e-6)
    assert sorted(other.interval) == pytest.approx(sorted(factor * end for end in one.interval), rel=1e-6)
    assert other.p_value == pytest.approx(one.p_value, rel=1e-5, abs=1e-9)


@every_kind
def test_the_effect_that_was_drawn_is_found(kind: str) -> None:
    """Over 30 draws the mean estimate lies within four standard errors of the truth."""
    protocol = a_pilot(kind)
    estimates = [analyse(protocol, ArrayRows(its_data(kind, seed))).effect.estimate for seed in range(30)]
    truth = protocol.outcome.worth_having
    error = np.std(estimates, ddof=1) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates) - truth) < 4 * error + 1e-9


SCRIPT = """
import json, sys
sys.path.insert(0, sys.argv[1])
from dataclasses import asdict
from clew.evaluate.analyse import analyse
from clew.evaluate.arrays import ArrayRows
from clew.evaluate.designs import DESIGNS
from designs import a_pilot, its_data
found = {kind: asdict(analyse(a_pilot(kind), ArrayRows(its_data(kind)))) for kind in DESIGNS}
print(json.dumps(found, default=str))
"""


def test_the_hash_seed_changes_no_bit() -> None:
    said = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT, str(ROOT / "tests")],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1]
    assert set(json.loads(said[0])) == set(DESIGNS)


@every_kind
def test_every_column_that_a_design_needs_is_drawn(kind: str) -> None:
    layout = layout_of(a_pilot(kind))
    assert {layout.outcome, *layout.design_keys, *layout.beside} <= set(its_data(kind))


def test_every_kind_that_a_protocol_may_name_is_built_and_tried_here() -> None:
    assert set(DESIGNS) == set(KINDS) == set(KEYS)


ORACLES = {
    "randomised": "test_cr2_independent.py",
    "cluster-randomised": "test_cr2_independent.py",
    "stepped-wedge": "test_stepped_wedge.py",
    "random-rollout": "test_rollout.py",
    "difference-in-differences": "test_staggered.py",
    "staggered-difference-in-differences": "test_staggered.py",
    "regression-discontinuity": "test_discontinuity.py",
    "synthetic-control": "test_synthetic.py",
    "synthetic-difference-in-differences": "test_synthetic.py",
    "interrupted-time-series": "test_time_series.py",
    "encouragement": "test_instrument.py",
    "rare-events": "test_rare_events.py",
}
"""Where each design's figures are held against other people's software."""


@every_kind
def test_every_design_has_an_oracle_a_page_and_a_row_of_coverage(kind: str) -> None:
    """Whoever adds a design without them is told so here."""
    reference = ROOT / "docs" / "reference"
    assert (ROOT / "tests" / "oracles" / ORACLES[kind]).is_file()
    assert (reference / "designs" / f"{kind}.md").is_file()
    for page in ("coverage.md", "replications.md"):
        text = (reference / page).read_text(encoding="utf-8")
        assert f"(designs/{kind}.md)" in text, page
        rows = text.split(f"(designs/{kind}.md)")[1].split("\n## ")[0]
        assert sum(line.startswith("| ") for line in rows.splitlines()) > 1, page
