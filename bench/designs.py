"""Every design whose estimate needs one scan, at ten million rows, beside a bare scan of the same columns.

Run with `python -m bench.designs [ROWS]`. As in `bench.evaluate`, each way is a process of its own, imports included;
then both once more inside one process, where only reading and estimating count. Then four things that cost something
beside the scan: further outcomes; random roll-outs on the Chicago police training (StatsPAI beside it); staggered
starts on a million unit-periods (csdid and differences beside it, in `.venv-oracles`); ten thousand dealings of a
thousand clusters.
"""

import json
import sys
import time
from pathlib import Path
from subprocess import run
from typing import Any

import duckdb
import numpy as np

from bench.evaluate import FOLDER, OURS, ROOT, Contender, race
from clew.evaluate.designs import layout_of
from clew.evaluate.files import needed_columns
from clew.evaluate.randomisation import Dealt, randomisation_test
from clew.pilot.parse import parse_protocol

ROWS = 10_000_000
ORACLES = ROOT / ".venv-oracles" / "bin" / "python"
CHICAGO = ROOT.parent / "shared" / "data" / "trials" / "chicago_police_training.parquet"

DATA = """
COPY (
  SELECT 0.1 * (place % 2) + 0.3 * (period >= wave)::INT + 0.2 * (score >= 500)::INT + 0.05 * period
           + 2 * (random() + random() + random() - 1.5) AS y,
         (random() < 0.02)::TINYINT AS events, place, (place % 2)::TINYINT AS arm, (place // 20)::TINYINT AS half,
         unit, period, wave, CASE WHEN unit % 5 = 4 THEN NULL ELSE 6 + 4 * (unit % 5) END AS start, score,
         (random() < 0.2 + 0.5 * (place % 2))::TINYINT AS received, 1 + floor(random() * 30)::INTEGER AS days
  FROM (SELECT i % 20 AS period, i // 20 % 400 AS unit, i // 20 % 40 AS place, 4 + 4 * (i // 20 % 4) AS wave,
               floor(random() * 1000)::INTEGER AS score
        FROM range({rows}) AS t(i))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
"""400 units in 40 places, 20 periods, 1,250 rows each."""

KINDS: dict[str, dict[str, Any]] = {
    "randomised": {"arm": "arm", "comparison": "0"},
    "cluster-randomised": {"arm": "arm", "comparison": "0", "cluster": "place"},
    "encouragement": {"arm": "arm", "comparison": "0", "received": "received", "estimator": "two-stage-least-squares"},
    "rare-events": {"arm": "arm", "comparison": "0", "exposure": "days"},
    "regression-discontinuity": {"running": "score", "cutoff": 500, "treated_side": "above"},
    "stepped-wedge": {"cluster": "place", "period": "period", "treated_from": "wave"},
    "random-rollout": {"unit": "unit", "period": "period", "treated_from": "start"},
    "difference-in-differences": {"unit": "unit", "period": "period", "treated": "half", "from": 10},
    "staggered-difference-in-differences": {"unit": "unit", "period": "period", "treated_from": "start"},
    "synthetic-control": {"unit": "place", "period": "period", "treated_unit": "0", "from": 16},
    "synthetic-difference-in-differences": {"unit": "place", "period": "period", "treated_unit": "0", "from": 16},
    "interrupted-time-series": {"period": "period", "from": 10},
}
"""What [design] says of each kind."""

TEXT = """\
[pilot]
id = "bench"
title = "Bench"
hypothesis = "It works"
existing_data = "none"
synthetic = true
[population]
unit = "unit"
eligible = "all"
[design]
{design}
[outcome]
column = "{outcome}"
measure = "{measure}"
better = "higher"
worth_having = 0.1
"""

SCAN = """
import sys, duckdb
print(duckdb.connect().execute(f"SELECT {sums} FROM '{{sys.argv[1]}}'").fetchall())
"""

CLEW = """
import sys
from clew.evaluate.designs import method_of
from clew.evaluate.files import open_rows
from clew.pilot.parse import parse_protocol
protocol = parse_protocol({text!r}.encode(), "bench.toml")
print(method_of(protocol).estimate(protocol, open_rows(sys.argv[1], protocol), ()))
"""


def protocol_text(kind: str, design: dict[str, Any] | None = None, outcome: str = "y") -> str:
    """The protocol of a kind, as TOML. `design`: what [design] says, where it is not that of `KINDS`."""
    said = {"kind": kind, **(design or KINDS[kind])}
    rare = kind == "rare-events"
    return TEXT.format(
        design="\n".join(f"{key} = {json.dumps(value)}" for key, value in said.items()),
        outcome="events" if rare else outcome,
        measure="count" if rare else "mean",
    )


def contenders(kind: str, turns: int) -> tuple[Contender, Contender]:
    """The bare scan of the columns that a kind needs, and clew."""
    text = protocol_text(kind)
    columns = needed_columns(parse_protocol(text.encode(), "bench.toml"))
    sums = ", ".join(f"sum({column})" for column in columns)
    return (
        Contender("bare scan", OURS, SCAN.format(sums=sums), turns),
        Contender("clew", OURS, CLEW.format(text=text), turns),
    )


def data(rows: int) -> Path:
    """The Parquet file of so many rows, made once."""
    path = FOLDER / f"designs-{rows}.parquet"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        duckdb.sql(DATA.format(rows=rows, path=path.with_suffix(".half")))
        path.with_suffix(".half").rename(path)
    return path


WITHOUT_IMPORTS = """
import json, sys, time
import duckdb
from clew.evaluate.designs import DESIGNS, method_of
from clew.evaluate.files import open_rows
from clew.pilot.parse import parse_protocol
protocol = parse_protocol({text!r}.encode(), "bench.toml")
method_of(protocol)
best = [9e9, 9e9]
for _ in range(6):
    began = time.perf_counter()
    duckdb.connect().execute(f"SELECT {sums} FROM '{{sys.argv[1]}}'").fetchall()
    between = time.perf_counter()
    rows = open_rows(sys.argv[1], protocol)
    for each in (protocol, *map(protocol.about, protocol.secondary)):
        method_of(protocol).estimate(each, rows, ())
    rows.close()
    best = [min(best[0], between - began), min(best[1], time.perf_counter() - between)]
print(json.dumps(best))
"""


def without_imports(text: str, path: Path) -> tuple[float, float]:
    """Seconds of the bare scan and of clew in one process, the best of six turns, the first of which warms up."""
    sums = ", ".join(f"sum({column})" for column in needed_columns(parse_protocol(text.encode(), "bench.toml")))
    code = WITHOUT_IMPORTS.format(text=text, sums=sums)
    scan, clew = json.loads(run([OURS, "-c", code, path], capture_output=True, text=True, check=True).stdout)
    return scan, clew


def scans(rows: int, turns: int) -> None:
    """One line a kind."""
    path = data(rows)
    print(f"{'':42} whole process{'':27}   without imports")
    print(f"{rows:,} rows{'':30}   scan s   clew s   × scan    × cpu       MB   scan s   clew s   × scan   grouped by")
    for kind in KINDS:
        costs = race(contenders(kind, turns), path)
        scan, clew = costs["bare scan"], costs["clew"]
        of_scan, of_clew = without_imports(protocol_text(kind), path)
        keys = ", ".join(layout_of(parse_protocol(protocol_text(kind).encode(), "bench.toml")).design_keys)
        times, work = clew.wall / scan.wall, clew.processor / scan.processor
        print(f"{kind:40} {scan.wall:8.2f} {clew.wall:8.2f} {times:8.2f} {work:8.2f} {clew.memory:8.0f}", end="")
        print(f" {of_scan:8.2f} {of_clew:8.2f} {of_clew / of_scan:8.2f}   {keys}", flush=True)
    print("asked: at most 3 × scan, under 300 MB\n", flush=True)


def further_outcomes(rows: int) -> None:
    """One outcome and four, in one scan."""
    print(f"{'outcomes, cluster-randomised':40}   scan s   clew s   × scan")
    text = protocol_text("cluster-randomised")
    more = "".join(
        f'[[secondary]]\ncolumn = "{column}"\nmeasure = "mean"\nbetter = "higher"\n'
        for column in ("events", "received", "days")
    )
    for number, asked in (("one", text), ("four", text + more)):
        scan, clew = without_imports(asked, data(rows))
        print(f"{number:40} {scan:8.2f} {clew:8.2f} {clew / scan:8.2f}", flush=True)
    print()


OURS_ALONE = """
import json, sys, time
from clew.evaluate.designs import method_of
from clew.evaluate.files import open_rows
from clew.pilot.parse import parse_protocol
protocol = parse_protocol({text!r}.encode(), "bench.toml")
began, used = time.perf_counter(), time.process_time()
raw = method_of(protocol).estimate(protocol, open_rows(sys.argv[1], protocol), ())
seconds = time.perf_counter() - began, time.process_time() - used
print(json.dumps([*seconds, raw.estimate, raw.std_error]))
"""

STATSPAI = """
import json, sys, time
import pandas as pd
from statspai.did._staggered_rollout import staggered_rollout_core
began, used = time.perf_counter(), time.process_time()
rows = pd.read_csv(sys.argv[1])
found = staggered_rollout_core(rows, i="uid", t="period", g="first_trained", y="complaints", estimand="simple")
seconds = time.perf_counter() - began, time.process_time() - used
print(json.dumps([*seconds, *map(float, (found.estimate, found.se_adjusted))]))
"""

CSDID = """
import contextlib, io, json, sys, time
import numpy as np
import pandas as pd
from csdid.att_gt import ATTgt
began, used = time.perf_counter(), time.process_time()
rows = pd.read_csv(sys.argv[1])
rows["start"] = rows["start"].fillna(0)
with contextlib.redirect_stdout(io.StringIO()):
    found = ATTgt(
        yname="y", gname="start", idname="unit", tname="period", data=rows, control_group="notyettreated", xformla="y~1"
    ).fit(est_method="reg", base_period="varying", bstrap=False)
    simple = found.aggte("simple", bstrap=False, cband=False).atte
seconds = time.perf_counter() - began, time.process_time() - used
print(json.dumps([*seconds, *(float(np.ravel(simple[name])[0]) for name in ("overall_att", "overall_se"))]))
"""

CSDID_AS_IT_COMES = CSDID.replace('est_method="reg", base_period="varying", bstrap=False', "").replace(
    '"simple", bstrap=False, cband=False', '"simple"'
)
"""Doubly robust, with a bootstrap of a thousand draws."""

DIFFERENCES = """
import json, sys, time
import pandas as pd
from differences import ATTgt
began, used = time.perf_counter(), time.process_time()
model = ATTgt(data=pd.read_csv(sys.argv[1]).set_index(["unit", "period"]), cohort_column="start")
model.fit("y", control_group="not_yet_treated", progress_bar=False)
found = model.aggregate("simple").to_numpy().ravel()
seconds = time.perf_counter() - began, time.process_time() - used
print(json.dumps([*seconds, *map(float, (found[0], found[1]))]))
"""

STAGGERED = """
COPY (
  SELECT unit, 1 + i % 10 AS period, CASE WHEN unit % 5 = 4 THEN NULL ELSE 3 + 2 * (unit % 5) END AS start,
         0.3 * (1 + i % 10 >= 3 + 2 * (unit % 5) AND unit % 5 < 4)::INT + 0.1 * (i % 10) + unit % 7
           + 2 * (random() + random() + random() - 1.5) AS y
  FROM (SELECT i, i // 10 AS unit FROM range(1000000) AS t(i))
) TO '{path}' (FORMAT parquet)
"""


def as_csv(path: Path) -> Path:
    """The same rows as CSV, which every contender reads."""
    text = FOLDER / f"{path.stem}.csv"
    if not text.exists():
        duckdb.sql(f"COPY (FROM '{path}') TO '{text}'")
    return text


def beside(title: str, path: Path, ways: dict[str, tuple[Path, str]]) -> None:
    """Run each way once: wall and processor seconds without imports, estimate, standard error.

    The peers' environment reads no Parquet, so they are given the same rows as CSV; clew is measured on both.
    """
    print(f"{title:40}   wall s    cpu s       estimate     std. error")
    figures = []
    for name, (python, code) in {"clew, Parquet": ways["clew"], **ways}.items():
        if not python.exists():
            print(f"{name:40} not installed")
            continue
        given = path if name == "clew, Parquet" else as_csv(path)
        done = run([python, "-W", "ignore", "-c", code, given], capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"{name:40} failed: {done.stderr.strip().splitlines()[-1][:100]}")
            continue
        wall, cpu, estimate, error = json.loads(done.stdout.splitlines()[-1])
        figures.append(estimate)
        print(f"{name:40} {wall:8.2f} {cpu:8.2f} {estimate:14.9f} {error:14.9f}", flush=True)
    print(f"largest difference of estimates: {max(figures) - min(figures):.1e}\n", flush=True)


def with_peers() -> None:
    """Random roll-outs and staggered starts beside other people's software."""
    if CHICAGO.exists():
        of_chicago = {"unit": "uid", "period": "period", "treated_from": "first_trained"}
        text = protocol_text("random-rollout", of_chicago, "complaints")
        ways = {"clew": (OURS, OURS_ALONE.format(text=text)), "StatsPAI": (ORACLES, STATSPAI)}
        beside("Chicago police, 7,785 × 72, roll-out", CHICAGO, ways)
    path = FOLDER / "staggered.parquet"
    if not path.exists():
        duckdb.sql(STAGGERED.format(path=path))
    code = OURS_ALONE.format(text=protocol_text("staggered-difference-in-differences"))
    ways = {
        "clew": (OURS, code),
        "csdid, regression, no bootstrap": (ORACLES, CSDID),
        "csdid as it comes": (ORACLES, CSDID_AS_IT_COMES),
        "differences": (ORACLES, DIFFERENCES),
    }
    beside("100,000 units × 10 periods, staggered", path, ways)


def randomisation() -> None:
    """Ten thousand dealings of a thousand clusters, beside the barest loop that deals as many."""
    rng = np.random.default_rng(1)
    totals, treated = rng.normal(100, 10, 1_000), np.arange(1_000) % 2 == 0
    dealt = Dealt(
        totals=tuple(totals.tolist()),
        sizes=(100.0,) * 1_000,
        treated=tuple(treated.tolist()),
        blocks=(0,) * 1_000,
        by_precision=True,
    )
    began = time.perf_counter()
    found = randomisation_test(dealt, draws=10_000)
    taken, began = time.perf_counter() - began, time.perf_counter()
    gap = abs(totals[treated].sum() - totals[~treated].sum())
    beyond = 0
    for _ in range(10_000):
        drawn = rng.permutation(totals)
        beyond += abs(drawn[:500].sum() - drawn[500:].sum()) >= gap
    loop = time.perf_counter() - began
    print(f"10,000 dealings of 1,000 clusters: {taken:.2f} s, bare loop {loop:.2f} s; p {found.p_value:.3f}", end="")
    print(f" and {beyond / 10_000:.3f}")


def main(rows: int = ROWS, turns: int = 3) -> None:
    """All of it."""
    scans(rows, turns)
    further_outcomes(rows)
    with_peers()
    randomisation()


if __name__ == "__main__":
    main(*(int(size.replace("_", "")) for size in sys.argv[1:]))
