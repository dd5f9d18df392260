"""Opinion maps of made-up conversations: clew beside red-dwarf, which computes Polis' map too.

Run with `python -m bench.opinion [--full]`. 10,000 people × 200 statements and 100,000 × 500, a tenth of all votes
cast, read from CSV. Every contender is a process of its own, imports and reading included; what counts is processor
time, for other work on the machine moves it least. red-dwarf lives in `.venv-bench`; at the larger size it takes half
an hour and 2.5 GB, and is measured there with `--full` alone.
"""

import sys
from pathlib import Path

import duckdb
import numpy as np

from bench.evaluate import FOLDER, OURS, THEIRS, Contender, Cost, measured

SIZES = ((10_000, 200), (100_000, 500))
"""People and statements."""

SHARE = 0.1
RATIO_ASKED, SECONDS_ASKED, MEMORY_ASKED = 10, 6.0, 600
GIVEN_ASKED, WHOLE_ASKED, OWN_MEMORY_ASKED = 10.0, 30.0, 800

POLIS = """
import sys
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.read_conversation import read_conversation
found = polis_map(read_conversation([sys.argv[1]]))
print(found.k, found.tally.size)
"""

RED_DWARF = """
import sys, warnings
warnings.filterwarnings("ignore")
import duckdb
from reddwarf.implementations.polis import run_pipeline
columns = '"voter-id" AS participant_id, "comment-id" AS statement_id, vote'
rows = duckdb.sql(f"SELECT {columns} FROM '{sys.argv[1]}'").fetchall()
votes = [{"participant_id": one, "statement_id": other, "vote": vote} for one, other, vote in rows]
print(run_pipeline(votes=votes, random_state=0).participants_df["cluster_id"].value_counts())
"""

GIVEN = """
import sys
from bench.opinion_sizes import given
from clew.deliberate.read_conversation import read_conversation
given(read_conversation([sys.argv[1]]))
"""

WHOLE = """
import sys
from clew.deliberate.mapped import map_conversation
from clew.deliberate.read_conversation import read_conversation
print(map_conversation(read_conversation([sys.argv[1]])).grouping.k)
"""

OWN = (Contender("clew, dimensions and groups given", OURS, GIVEN, 1), Contender("clew, whole map", OURS, WHOLE, 1))
"""clew's own method: what is comparable with Polis' formulas; and with dimensions, chance and stability tried."""


def data(people: int, statements: int) -> Path:
    """The votes of two camps and many between, made once: a tenth of the cells, each at a moment of its own."""
    path = FOLDER / f"votes-{people}-by-{statements}.csv"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        print(f"making votes of {people:,} people on {statements} statements …", file=sys.stderr)
        half = path.with_suffix(".half")
        voter, statement, vote = drawn(people, statements)
        stamp = 1_700_000_000_000 + 1000 * np.random.default_rng(1).permutation(len(vote))
        columns = 'stamp AS "timestamp", statement AS "comment-id", voter AS "voter-id", vote'
        duckdb.sql(f"COPY (SELECT {columns} FROM {_table(stamp, statement, voter, vote)}) TO '{half}' (HEADER)")
        half.rename(path)
    return path


def _table(stamp: np.ndarray, statement: np.ndarray, voter: np.ndarray, vote: np.ndarray) -> str:
    duckdb.register("drawn", {"stamp": stamp, "statement": statement, "voter": voter, "vote": vote})
    return "drawn"


def drawn(
    people: int, statements: int, seed: int = 0, share: float = SHARE
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return who voted on what, and 1, 0 or -1."""
    rng = np.random.default_rng(seed)
    place = rng.normal(size=(people, 3)) + np.array([[1.5, 0, 0], [-1.5, 0.5, 0]])[rng.integers(0, 2, people)]
    pull, ease = rng.normal(size=(statements, 3)), rng.normal(0, 0.8, statements)
    cells = np.flatnonzero(rng.random(people * statements) < share)
    voter, statement = np.divmod(cells, statements)
    agrees = np.sum(place[voter] * pull[statement], axis=1) + ease[statement] + rng.logistic(size=len(cells)) > 0
    vote = np.where(rng.random(len(cells)) < 0.15, 0, np.where(agrees, 1, -1))
    return voter, statement, vote.astype(np.int8)


def contenders(*, peers: bool) -> list[Contender]:
    """clew by Polis' formulas, clew's own method, and, where it is wanted and there, red-dwarf."""
    found = [Contender("clew --method polis", OURS, POLIS, 1), *OWN]
    return found + ([Contender("red-dwarf", THEIRS, RED_DWARF, 1)] if peers and THEIRS.exists() else [])


def show(people: int, statements: int, costs: dict[str, Cost]) -> None:
    """One line a contender: seconds, memory, and how many times clew's processor time by Polis' formulas."""
    ours = next(iter(costs.values())).processor
    print(f"\n{people:,} people × {statements} statements     wall s    cpu s       MB   × clew")
    for name, cost in costs.items():
        ratio = cost.processor / ours
        print(f"{name:34} {cost.wall:8.2f} {cost.processor:8.2f} {cost.memory:8.0f} {ratio:8.1f}", flush=True)


def main(*, full: bool = False) -> None:
    """Measure both sizes: ours the second of two turns, red-dwarf once."""
    for size in SIZES:
        path = data(*size)
        costs = {}
        for contender in contenders(peers=full or size == SIZES[0]):
            if contender.python == OURS:
                measured(contender, path)
            costs[contender.name] = measured(contender, path)
        show(*size, costs)
    print(f"\nasked: red-dwarf at least {RATIO_ASKED} × the processor time of clew by Polis' formulas at the smaller")
    print(f"size; these at most {SECONDS_ASKED:g} s of it and {MEMORY_ASKED} MB at the larger; clew's own method there")
    print(f"at most {GIVEN_ASKED:g} s given dimensions and groups, {WHOLE_ASKED:g} s whole, and {OWN_MEMORY_ASKED} MB")


if __name__ == "__main__":
    main(full="--full" in sys.argv[1:])
