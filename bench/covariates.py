"""Ten, twenty and forty covariates: clew beside a bare DuckDB scan of the same columns, and beside statsmodels.

Run with `python -m bench.covariates`. Two million rows, and ten million with twenty covariates. Individually randomised
with HC2, where a second scan asks for each row's leverage, and 5,000 clusters with CR1. Every contender is a process of
its own, imports included; what counts is processor time, for other work on the machine moves it least. statsmodels
lives in `.venv-bench` and is measured at two million rows alone: it reads all of them into memory.
"""

import sys
from pathlib import Path

import duckdb

from bench.evaluate import FOLDER, OURS, THEIRS, Contender, Cost, measured

CASES = ((2_000_000, 10), (2_000_000, 20), (2_000_000, 40), (10_000_000, 20))
"""Rows, and covariates of which every fourth is 0 or 1."""

PEERS_UP_TO = 2_000_000

DATA = """
COPY (
  SELECT 0.1 * (cluster % 2) + 0.1 * coin + 0.5 * x1 + 2 * (random() + random() - 1) AS y, *,
         (cluster % 2)::TINYINT AS arm
  FROM (SELECT {covariates}, floor(random() * 5000)::INTEGER AS cluster, floor(random() * 2)::TINYINT AS coin
        FROM range({rows}))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

SCAN = """
import sys, duckdb
named = ["y", "cluster", "arm", *(f"x{place}" for place in range(int("COVARIATES")))]
sums = ", ".join(f"sum({name})" for name in named)
print(duckdb.connect().execute(f"SELECT {sums} FROM '{sys.argv[1]}'").fetchall()[0][:2])
"""

CLEW = """
import sys
from clew.evaluate.estimate import estimate
from clew.evaluate.files import open_rows
from clew.pilot.protocol import Design, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size
protocol = Protocol(
    Pilot("bench", "", "", "none", "bench"), Population("unit", "all"), DESIGN,
    Outcome("y", "mean", "higher", 0.1, tuple(f"x{place}" for place in range(int("COVARIATES")))),
    Looks(), Size(), ScaleRule(), ())
print(estimate(protocol, open_rows(sys.argv[1], protocol)))
"""

STATSMODELS = """
import sys, duckdb, statsmodels.api as sm
named = ["ARM", *(f"x{place}" for place in range(int("COVARIATES")))]
rows = duckdb.sql(f"SELECT y, cluster, {', '.join(named)} FROM '{sys.argv[1]}'").df()
model = sm.OLS(rows.y, sm.add_constant(rows[named].astype(float)))
fit = model.fit(cov_type="HC2") if "ARM" == "coin" else model.fit(
    cov_type="cluster", cov_kwds={"groups": rows.cluster})
print(fit.params["ARM"], fit.bse["ARM"])
"""

DESIGNS = {
    "units, HC2": ("coin", 'Design("randomised", "difference", "hc2", "coin", "0")'),
    "5,000 clusters, CR1": (
        "arm",
        'Design("cluster-randomised", "difference", "cr1", "arm", "0", cluster="cluster")',
    ),
}


def data(rows: int, covariates: int) -> Path:
    """The Parquet file of so many rows and covariates, made once."""
    path = FOLDER / f"{rows}-by-{covariates}.parquet"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        print(f"making {rows:,} rows of {covariates} covariates …", file=sys.stderr)
        half = path.with_suffix(".half")
        drawn = (
            f"{'floor(random() * 2)::TINYINT' if place % 4 == 0 else 'random() + random() + random()'} AS x{place}"
            for place in range(covariates)
        )
        duckdb.sql(DATA.format(rows=rows, path=half, covariates=", ".join(drawn)))
        half.rename(path)
    return path


def contenders(rows: int, covariates: int) -> list[Contender]:
    """The bare scan, then each design by clew and, where it is there and rows are few enough, by statsmodels."""
    peers = THEIRS.exists() and rows <= PEERS_UP_TO
    found = [Contender("bare scan", OURS, SCAN, 1)]
    for name, (arm, design) in DESIGNS.items():
        found.append(Contender(f"clew: {name}", OURS, CLEW.replace("DESIGN", design, 1), 1))
        found += [Contender(f"statsmodels: {name}", THEIRS, STATSMODELS.replace("ARM", arm), 1)] if peers else []
    return [
        Contender(one.name, one.python, one.code.replace("COVARIATES", str(covariates)), one.turns) for one in found
    ]


def show(rows: int, covariates: int, costs: dict[str, Cost]) -> None:
    """One line a contender: seconds and memory."""
    print(f"\n{rows:,} rows, {covariates} covariates{'':10}   wall s    cpu s       MB")
    for name, cost in costs.items():
        print(f"{name:38} {cost.wall:8.2f} {cost.processor:8.2f} {cost.memory:8.0f}", flush=True)


def main(cases: tuple[tuple[int, int], ...] = CASES) -> None:
    """Measure each case: the second of two turns."""
    for rows, covariates in cases:
        path = data(rows, covariates)
        costs = {}
        for contender in contenders(rows, covariates):
            measured(contender, path)
            costs[contender.name] = measured(contender, path)
        show(rows, covariates, costs)


if __name__ == "__main__":
    main()
