"""Ten and fifty million rows: clew beside a bare DuckDB scan of the same columns, and beside three peers.

Run with `python -m bench.evaluate [ROWS …]`; by default 10,000,000 and 50,000,000 rows. Every contender is a process
of its own, imports included, best of several turns in which all take part; so what else the machine does hits all.
Peers live in `.venv-bench` (see the Makefile) and are measured at the smaller size alone: two of them read all rows
into memory. They estimate the effect in all rows; clew also in four groups.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[1]
OURS, THEIRS = ROOT / ".venv" / "bin" / "python", ROOT / ".venv-bench" / "bin" / "python"
FOLDER = Path(tempfile.gettempdir()) / "clew-bench"
SIZES = (10_000_000, 50_000_000)

DATA = """
COPY (
  SELECT 0.1 * (cluster % 2) + 0.5 * x + 2 * (random() + random() + random() - 1.5) AS y, x, cluster,
         (cluster % 2)::TINYINT AS arm, floor(random() * 4)::TINYINT AS sub
  FROM (SELECT 1.7 * (random() + random() + random() + random() - 2) AS x, floor(random() * 5000)::INTEGER AS cluster
        FROM range({rows}))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

SCAN = """
import sys, duckdb
print(duckdb.connect().execute(f"SELECT sum(y), sum(x), sum(arm), sum(cluster) FROM '{sys.argv[1]}'").fetchall())
"""

CLEW = """
import sys
from dataclasses import replace
from clew.evaluate.estimate import effect_within, estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size
protocol = Protocol(
    Pilot("bench", "", "", "none", "bench"), Population("unit", "all"),
    Design("cluster-randomised", "difference", "cr2", "arm", "0", cluster="cluster"),
    Outcome("y", "mean", "higher", 0.1, ("x",)), Looks(), Size(), ScaleRule(), (Equity("sub"),))
rows = open_rows(sys.argv[1], protocol)
print(estimate(protocol, rows))
print(effect_within(replace(protocol, design=replace(protocol.design, standard_errors="cr1")), rows, ()))
for label in "0123":
    print(effect_within(protocol, rows, (("sub", label),)))
"""

TEA_TASTING = """
import sys, ibis, tea_tasting as tt
table = ibis.duckdb.connect().read_parquet(sys.argv[1])
clusters = table.group_by("cluster", "arm").agg(y=table.y.sum(), n=table.count())
print(tt.Experiment({"y": tt.RatioOfMeans("y", "n")}, variant="arm").analyze(clusters))
"""

STATSMODELS = """
import sys, duckdb, statsmodels.api as sm
rows = duckdb.sql(f"SELECT y, x, arm, cluster FROM '{sys.argv[1]}'").df()
fit = sm.OLS(rows.y, sm.add_constant(rows[["arm", "x"]])).fit(cov_type="cluster", cov_kwds={"groups": rows.cluster})
print(fit.params["arm"], fit.bse["arm"])
"""

PYFIXEST = """
import sys, duckdb, pyfixest
rows = duckdb.sql(f"SELECT y, x, arm, cluster FROM '{sys.argv[1]}'").df()
print(pyfixest.feols("y ~ arm + x", rows, vcov={"CRV1": "cluster"}).tidy())
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process took: wall and processor seconds, and the most memory it held, in MB; and what it printed."""

    wall: float
    processor: float
    memory: float
    said: str = ""


@dataclass(frozen=True, slots=True)
class Contender:
    """A program, the Python that runs it, and how many turns it takes."""

    name: str
    python: Path
    code: str
    turns: int


HOME = (
    Contender("bare scan", OURS, SCAN, 7),
    Contender("clew: CR1, CR2, df, 4 groups", OURS, CLEW, 7),
)
PEERS = (
    Contender("tea-tasting: ratio on a cluster table", THEIRS, TEA_TASTING, 3),
    Contender("statsmodels: OLS, CR1", THEIRS, STATSMODELS, 1),
    Contender("pyfixest: feols, CR1", THEIRS, PYFIXEST, 1),
)


def data(rows: int) -> Path:
    """The Parquet file of so many rows, made once."""
    path = FOLDER / f"{rows}.parquet"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        print(f"making {rows:,} rows …", file=sys.stderr)
        half = path.with_suffix(".half")
        duckdb.sql(DATA.format(rows=rows, path=half))
        half.rename(path)
    return path


def measured(contender: Contender, path: Path) -> Cost:
    """Run a contender once, from the start of its process to its end."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = kept | {"PYTHONPYCACHEPREFIX": str(FOLDER / "bytecode")}
    start = time.perf_counter()
    process = subprocess.Popen([contender.python, "-c", contender.code, path], env=environment, stdout=subprocess.PIPE)
    said = ""
    if process.stdout:
        with process.stdout:
            said = process.stdout.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{contender.name} failed")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, said)


def race(contenders: tuple[Contender, ...], path: Path) -> dict[str, Cost]:
    """The best of each contender's turns, after one that does not count; turns alternate."""
    for contender in contenders:
        if contender.turns > 1:
            measured(contender, path)
    runs: dict[str, list[Cost]] = {contender.name: [] for contender in contenders}
    for turn in range(max(contender.turns for contender in contenders)):
        for contender in contenders:
            if turn < contender.turns:
                runs[contender.name].append(measured(contender, path))
    return {name: min(costs, key=lambda cost: cost.wall) for name, costs in runs.items()}


def show(rows: int, costs: dict[str, Cost]) -> None:
    """One line a contender: seconds, memory, and how many times the scan and clew it took."""
    scan, clew = costs[HOME[0].name], costs[HOME[1].name]
    print(f"\n{rows:,} rows{'':22}   wall s    cpu s       MB   × scan   × clew")
    for name, cost in costs.items():
        print(
            f"{name:38} {cost.wall:8.2f} {cost.processor:8.2f} {cost.memory:8.0f} "
            f"{cost.wall / scan.wall:8.2f} {cost.wall / clew.wall:8.2f}"
        )


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure at each size; peers at the first."""
    for place, rows in enumerate(sizes):
        peers = PEERS if place == 0 and THEIRS.exists() else ()
        show(rows, race((*HOME, *peers), data(rows)))
    print("\nasked: clew at most 2.5 × scan, under 200 MB at both sizes; statsmodels and pyfixest at least 8 × clew,")
    print("tea-tasting at least 1 × clew")


if __name__ == "__main__":
    main(tuple(int(size.replace("_", "")) for size in sys.argv[1:]) or SIZES)
