"""What ten times the people costs: opinion maps of a thousand to a million people, by both methods.

Run with `python -m bench.opinion_sizes [--write] [PEOPLE …]`; by default all four sizes, up to 1,000,000 people on
1,000 statements with fifty million votes, which takes some minutes and gigabytes. Each person casts about fifty votes,
so that ten times the people are ten times the votes. Votes lie in Parquet files, in a folder that is gone afterwards.
Each map is a process of its own that does what `clew map` does, reading included: its processor time and the most
memory it held are its own. `--write` keeps the figures of the sizes that ran, and draws them with those kept before:
docs/reference/opinion-map-speed.md.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.evaluate import OURS, Contender, Cost, measured
from bench.opinion_speed import Figure, kept, write
from bench.opinion_votes import make

SIZES = {1_000: 100, 10_000: 200, 100_000: 500, 1_000_000: 1_000}
"""Statements by people."""

EACH = 50
"""Statements that each person votes on, about."""

METHODS = ("polis", "clew")

MAP = """
import sys
from clew.deliberate.desk import MapRequest, map_files
found = map_files(MapRequest(sys.argv[1], method="{method}"))
print(found.votes, found.k, found.dimensions)
"""


def measure(people: int, statements: int, methods: Sequence[str] = METHODS) -> list[Figure]:
    """Return what the maps of so many people took, by each method."""
    with tempfile.TemporaryDirectory() as folder:
        votes = Path(folder) / "votes"
        make("parquet", votes, people, statements, EACH / statements)
        return [figure(people, statements, method, run(method, votes)) for method in methods]


def run(method: str, votes: Path) -> Cost:
    """Map the votes once, in a process of its own."""
    return measured(Contender(f"clew map --method {method}", OURS, MAP.format(method=method), 1), votes)


def figure(people: int, statements: int, method: str, cost: Cost) -> Figure:
    """Return a run as it is kept, with the votes, groups and dimensions that the process told at its end."""
    votes, k, dimensions = map(int, cost.said.split())
    return Figure(
        people,
        statements,
        votes,
        method,
        round(cost.processor, 2),
        round(cost.wall, 2),
        round(cost.memory),
        k,
        dimensions,
    )


def main(sizes: Sequence[int] = tuple(SIZES), *, keep: bool = False) -> None:
    """Measure each size, print a line for each map, and keep the figures where that is asked for."""
    print(f"{'people':>9} {'statements':>10} {'votes':>11} method    cpu s   wall s       MB  groups  dimensions")
    found = []
    for people in sizes:
        for one in measure(people, SIZES[people]):
            print(
                f"{one.people:9,} {one.statements:10,} {one.votes:11,} {one.method:6} {one.processor_s:8.2f} "
                f"{one.wall_s:8.2f} {one.peak_mb:8,} {one.groups:7} {one.dimensions:11}",
                flush=True,
            )
            found.append(one)
    if keep:
        write([*(one for one in kept() if one.people not in sizes), *found])


if __name__ == "__main__":
    named = [one for one in sys.argv[1:] if one != "--write"]
    main([int(one.replace("_", "")) for one in named] or tuple(SIZES), keep="--write" in sys.argv)
