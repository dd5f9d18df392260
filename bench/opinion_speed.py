"""docs/reference/opinion-map-speed.md and its drawing, from the figures that `bench.opinion_sizes --write` kept.

`python -m bench.opinion_speed` makes both anew of the figures as they are.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import ceil, floor, log10
from pathlib import Path

from clew.report.plots import Scale

ROOT = Path(__file__).resolve().parents[1]
KEPT = Path(__file__).with_name("opinion_sizes.json")
PAGE = ROOT / "docs" / "reference" / "opinion-map-speed.md"
DRAWING = PAGE.with_suffix(".svg")

NAMES = {"polis": "Polis' formulas", "clew": "clew's own method"}
"""How each method is called in table and drawing."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one map took: processor and wall seconds, the most memory held; and how many groups and axes it found."""

    people: int
    statements: int
    votes: int
    method: str
    processor_s: float
    wall_s: float
    peak_mb: int
    groups: int
    dimensions: int


def kept() -> list[Figure]:
    """Return the figures that were kept, none where there are none."""
    return [Figure(**one) for one in json.loads(KEPT.read_text(encoding="utf-8"))] if KEPT.exists() else []


def write(figures: Sequence[Figure]) -> None:
    """Keep the figures, and write the page and its drawing."""
    ordered = sorted(figures, key=lambda one: (one.people, list(NAMES).index(one.method)))
    KEPT.write_text(json.dumps([asdict(one) for one in ordered], indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(page(ordered), encoding="utf-8")
    DRAWING.write_text(drawing(ordered), encoding="utf-8")


HEAD = """\
# What an opinion map costs

<!-- made by `python -m bench.opinion_sizes --write`; a test holds it to the figures kept -->

Made-up conversations in which each person casts about fifty votes, so that ten times the people are ten times the
votes; on more statements, too, as there are more people. Each line is one process from start to end: `clew map` on
Parquet files, reading included: processor seconds, wall time on two cores, and the most memory that the process held.
Ten times the people should cost at most about ten times as much.

![Processor seconds by people, both on scales of tenfold steps: ten times the people cost neither method much \
more than ten times as much, as the table below says in figures.](opinion-map-speed.svg)

| people | statements | votes | method | processor s | × ten times fewer | wall s | peak MB | groups | axes |
|---|---|---|---|---|---|---|---|---|---|
"""


def page(figures: Sequence[Figure]) -> str:
    """Return the page, with a line for each figure."""
    return HEAD + "".join(f"{row(one, figures)}\n" for one in figures) + TAIL


def row(one: Figure, among: Sequence[Figure]) -> str:
    """Return the line of one figure, with how many times it is that of a tenth of the people, if that was measured."""
    fewer = [other for other in among if other.method == one.method and other.people * 10 == one.people]
    times = f"{one.processor_s / fewer[0].processor_s:.1f}" if fewer else ""
    cells = (
        f"{one.people:,}", f"{one.statements:,}", f"{one.votes:,}", NAMES[one.method], f"{one.processor_s:,.1f}", times,
        f"{one.wall_s:,.1f}", f"{one.peak_mb:,}", one.groups, one.dimensions,
    )  # fmt: skip
    return f"| {' | '.join(map(str, cells))} |"


TAIL = """
Dashed in the drawing: ten times the cost for ten times the people, from 10,000 people on. Below that, starting Python
and its libraries is most of what Polis' formulas cost. Polis' formulas always find two groups or more, on two axes;
clew's own method decides both by trying, on votes that it leaves out and on votes that it shuffles.

## One vote more

`with_vote` takes one more vote into a map of clew's own. At 100,000 people and five million votes that takes a quarter
to half a second, up to one on a busy machine, where a whole map takes about fifteen. What means what along the axes,
how many groups there are and where they lie stays as it was. Votes are exactly those of all events together, and what
is counted of groups is exact for the groups that people are in. Beside the map made anew, one spread of people along
an axis being about 1, this holds; `tests/core/deliberate/test_update_tolerance.py` sees to it at 2,000 people, after
eleven votes:

| beside the map made anew | stated | 2,000 people | 100,000 people |
|---|---|---|---|
| furthest that anybody else stands off | 0.05 | 0.04 | 0.03 |
| furthest that whoever cast the votes stands off | 0.15 | 0.11 | 0.03 |
| people in another group | 1 in 200 | 1 in 2,000 | 1 in 290 |
| most that a chance of common ground differs | 0.1 | 0.01 | 0.08 |

The first vote that a statement gets moves most: the map made anew already reads something out of it. A map made anew
may count another number of groups where that was a close call; so a whole map now and then, say whenever votes have
grown by a tenth, takes everything in. A vote on a statement that the map does not know needs a whole map.
"""

HEIGHT, TOP, BOTTOM = 460, 60, 400
DRAWN = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {height}" role="img" aria-labelledby="title desc" \
font-family="system-ui, sans-serif" font-size="14" fill="#333">
<title id="title">Processor seconds of an opinion map by the number of people</title>
<desc id="desc">{told} The table on the page below the drawing holds the same figures.</desc>
<rect width="100%" height="100%" fill="#fff"/>
<text x="16" y="24">Processor seconds, each line ten times the one below</text>
<text x="50%" y="{foot}" text-anchor="middle">People, each step ten times as many</text>
{marks}
</svg>
"""
COLOURS = {"polis": "#0b5c8a", "clew": "#9a3412"}
SLOPE_FROM = 10_000


@dataclass(frozen=True, slots=True)
class Frame:
    """Both scales, in powers of ten: people across, seconds up."""

    across: Scale
    up: Scale

    def at(self, people: float, seconds: float) -> tuple[str, str]:
        """Return where a figure lies: per cent of the width, units of the height."""
        share = (log10(seconds) - self.up.low) / (self.up.high - self.up.low)
        return f"{self.across.at(log10(people))}%", f"{BOTTOM - share * (BOTTOM - TOP):.1f}"


def drawing(figures: Sequence[Figure]) -> str:
    """Return the drawing: a line for each method, and dashed the slope of ten times the cost for tenfold people."""
    people, seconds = ([log10(one) for one in side] for side in _sides(figures))
    frame = Frame(Scale(min(people) - 0.4, max(people) + 0.8), Scale(floor(min(seconds)), ceil(max(seconds))))
    by_method = {method: [one for one in figures if one.method == method] for method in NAMES}
    marks = [*_grid(frame, sorted({one.people for one in figures}))]
    for method, line in by_method.items():
        marks += [*_slope(frame, line), *_line(frame, method, line)]
    told = " ".join(map(_told, by_method.values()))
    return DRAWN.format(height=HEIGHT, told=told, foot=HEIGHT - 14, marks="\n".join(marks))


def _sides(figures: Sequence[Figure]) -> tuple[list[int], list[float]]:
    return [one.people for one in figures], [one.processor_s for one in figures]


def _told(line: Sequence[Figure]) -> str:
    figures = ", ".join(f"{one.processor_s:,.1f} seconds for {one.people:,}" for one in line)
    return f"{NAMES[line[0].method]}: {figures} people."


def _grid(frame: Frame, sizes: Sequence[int]) -> Iterator[str]:
    for power in range(int(frame.up.low), int(frame.up.high) + 1):
        _, y = frame.at(sizes[0], 10.0**power)
        yield f'<line x1="9%" x2="100%" y1="{y}" y2="{y}" stroke="#ccc"/>'
        yield f'<text x="8%" y="{y}" dy="5" text-anchor="end">{10.0**power:,g}</text>'
    for people in sizes:
        x, _ = frame.at(people, 1)
        yield f'<text x="{x}" y="{BOTTOM + 24}" text-anchor="middle">{people:,}</text>'


def _slope(frame: Frame, line: Sequence[Figure]) -> Iterator[str]:
    first = next((one for one in line if one.people >= SLOPE_FROM), line[0])
    most = min(line[-1].people, first.people * 10.0**frame.up.high / first.processor_s)
    (x1, y1), (x2, y2) = (frame.at(one, first.processor_s * one / first.people) for one in (first.people, most))
    look = f'stroke="{COLOURS[first.method]}" stroke-dasharray="5 5"'
    yield f'<line class="slope" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" {look}/>'


def _line(frame: Frame, method: str, line: Sequence[Figure]) -> Iterator[str]:
    """Strokes, then a dot for each figure, round for one method and square for the other, and the method's name."""
    colour, places = COLOURS[method], [frame.at(one.people, one.processor_s) for one in line]
    for (x1, y1), (x2, y2) in pairwise(places):
        yield f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="2.5"/>'
    for x, y in places:
        if method == "polis":
            yield f'<circle class="dot" cx="{x}" cy="{y}" r="5" fill="{colour}"/>'
        else:
            place = f'x="{x}" y="{y}" transform="translate(-5 -5)"'
            yield f'<rect class="dot" {place} width="10" height="10" fill="{colour}"/>'
    x, y = places[-1]
    yield f'<text x="{x}" y="{y}" dx="12" dy="5" fill="{colour}">{NAMES[method]}</text>'


if __name__ == "__main__":
    write(kept())
