"""Opinion maps of made-up conversations: clew beside red-dwarf, which computes Polis' map too.

Run with `python -m bench.opinion [--full]`. 10,000 people × 200 statements, 100,000 × 500, a tenth of all votes cast,
and 33,422 × 783 with two million, for which Polis itself was measured; read from CSV. Every contender is a process of
its own, imports and reading included; what counts is processor time, for other work on the machine moves it least.
red-dwarf lives in `.venv-bench`; it is measured at the smallest size, for at 100,000 people it takes half an hour and
2.5 GB: `--full` measures it there too.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from bench.evaluate import FOLDER, OURS, THEIRS, Contender, Cost, measured
from bench.opinion_votes import make

Size = tuple[int, int, float]

SMALL, LARGE, AS_POLIS = (10_000, 200, 0.1), (100_000, 500, 0.1), (33_422, 783, 0.0764)
"""People, statements, and the share of them that each person votes on."""

SIZES = (SMALL, AS_POLIS, LARGE)
TURNS = 3
RATIO_ASKED, LARGE_RATIO_ASKED, SECONDS_ASKED, MEMORY_ASKED, POLIS_TOOK = 10, 60, 6.0, 600, 27.0
GIVEN_ASKED, WHOLE_ASKED, OWN_MEMORY_ASKED = 10.0, 30.0, 800

POLIS = """
import sys
from clew.deliberate.polis.polis_map import polis_map
from clew.deliberate.read_conversation import read_conversation
found = polis_map(read_conversation([sys.argv[1]]))
print(found.k, found.tally.size)
"""

COMMAND = """
import contextlib, io, sys
from clew.cli import main
sys.argv = ["clew", "map", sys.argv[1], "--method", "{method}"]
with contextlib.redirect_stderr(io.StringIO()):
    main()
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
from bench.opinion_given import given
from clew.deliberate.read_conversation import read_conversation
given(read_conversation([sys.argv[1]]))
"""

OURS_TIMED = (
    Contender("clew, Polis' formulas", OURS, POLIS, TURNS),
    Contender("clew map --method polis", OURS, COMMAND.format(method="polis"), TURNS),
    Contender("clew, dimensions and groups given", OURS, GIVEN, 1),
    Contender("clew map", OURS, COMMAND.format(method="clew"), 1),
)
"""Polis' formulas as red-dwarf is called, and as a command; clew's own method where dimensions and groups are given,
and whole: with dimensions, chance, stability and patterns tried."""

PEER = Contender("red-dwarf", THEIRS, RED_DWARF, 1)


def data(people: int, statements: int, share: float) -> Path:
    """The file of votes, made once."""
    path = FOLDER / f"opinions-{people}-by-{statements}.csv"
    if not path.exists():
        FOLDER.mkdir(exist_ok=True)
        print(f"making votes of {people:,} people on {statements} statements …", file=sys.stderr)
        make("csv", path, people, statements, share)
    return path


def contenders(*, peers: bool) -> list[Contender]:
    """clew by Polis' formulas, clew's own method, and, where it is wanted and there, red-dwarf."""
    return [*OURS_TIMED, *([PEER] if peers and THEIRS.exists() else [])]


def cost_of(contender: Contender, path: Path) -> Cost:
    """The median of a contender's turns, each figure for itself."""
    costs = [measured(contender, path) for _ in range(contender.turns)]
    figures = zip(*((one.wall, one.processor, one.memory) for one in costs), strict=True)
    return Cost(*map(median, figures), said=costs[0].said)


def show(people: int, statements: int, costs: dict[str, Cost]) -> None:
    """One line a contender: seconds, memory, and how many times clew's processor time by Polis' formulas."""
    ours = next(iter(costs.values())).processor
    print(f"\n{people:,} people × {statements} statements     wall s    cpu s       MB   × clew")
    for name, cost in costs.items():
        ratio = cost.processor / ours
        print(f"{name:34} {cost.wall:8.2f} {cost.processor:8.2f} {cost.memory:8.0f} {ratio:8.1f}", flush=True)


def main(sizes: Sequence[Size] = SIZES, *, full: bool = False) -> None:
    """Measure each size, after one turn that does not count; red-dwarf at the first, or wherever it was measured."""
    measured(OURS_TIMED[0], data(*sizes[0]))
    for size in sizes:
        peers = size == sizes[0] or (full and size == sizes[-1])
        costs = {one.name: cost_of(one, data(*size)) for one in contenders(peers=peers)}
        show(*size[:2], costs)
    print(f"\nasked: red-dwarf at least {RATIO_ASKED} × the processor time of clew, Polis' formulas, at {SMALL[0]:,}")
    print(f"people and {LARGE_RATIO_ASKED} × at {LARGE[0]:,}; there, the command with them at most {SECONDS_ASKED:g} s")
    print(f"and {MEMORY_ASKED} MB; less than the {POLIS_TOOK:g} s of Polis at {AS_POLIS[0]:,}. clew's own method at")
    print(f"{LARGE[0]:,} people: at most {GIVEN_ASKED:g} s given dimensions and groups, {WHOLE_ASKED:g} s whole, and")
    print(f"{OWN_MEMORY_ASKED} MB")


if __name__ == "__main__":
    main(full="--full" in sys.argv[1:])
