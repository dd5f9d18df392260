"""Whether clew's routing finds what a minority shares with all others in fewer votes: made-up talks of known truth.

`python -m evidence.opinion.routing [WORKERS]` plays the conversations anew, about ten minutes on two cores, and writes
what came of them to routing.json; `section()` is a part of docs/reference/opinion-map.md.
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from itertools import product
from pathlib import Path

import numpy as np

from clew.deliberate.policy import Policy
from clew.deliberate.routing_simulation.clew_router import Clew
from clew.deliberate.routing_simulation.measures import Measured, measured
from clew.deliberate.routing_simulation.play import play
from clew.deliberate.routing_simulation.routers import Polis, Uniform
from clew.deliberate.routing_simulation.world import Setting, made_up

SEED = 20261124
REPLICATES = 20
SETTINGS = {
    "usual": Setting(people=400, statements=120),
    "few answers": Setting(people=400, statements=60, answers=(6, 16)),
    "many statements": Setting(people=400, statements=240),
}
ROUTERS = {"uniform": Uniform, "Polis": Polis, "clew": Clew}
FOUND = Path(__file__).with_suffix(".json")

HEAD = """\
## Routing

Does clew's routing find what a minority shares with all others in fewer votes? Made-up conversations: three groups of
54, 38 and 8 % in two dimensions; a fifth of the statements is there from the start, the others come in until four
fifths of the votes are cast; people come one after another and answer 10 to 30 statements (where answers are few, 6 to
16). Everybody would answer the same whoever asks. Polis' priority is exact, its boost of new statements included, and
votes are counted after each one. clew's routing sees votes alone: positions and groups are fitted anew as votes come in
(three groups are looked for). Truly common ground is what at least 60 % of every group agree with, the minority
included; it is found once `clew map` would say so (at least ten votes in each group, nine in ten sure), judged in the
true groups for all three. {replicates} conversations a setting, the same for all three, seed {seed}; none of them was
used while the weights were chosen. Medians, with the middle 80 % in brackets; "never": not by the last vote. Late
statements are the half that came in last; a cell is a group and a statement; position error is the share of the spread
of true positions that the fitted ones do not tell. By `python -m evidence.opinion.routing`.

What it costs is in the second table of each setting: votes go to what may be shared, so positions are known less well
than when statements are drawn alike. A fifth of the draws at most goes to statements that people who vote alike have
hardly answered (`floor`), so that late ones do not starve. Whoever wants the map sharper more than common ground sooner
gives `information` and `floor` more weight in `RoutingPolicy`.

"""
COLUMNS = (
    "routing",
    "first found after (votes)",
    "a quarter found after (votes)",
    "found halfway",
    "found at the end",
    "claims that are true",
)
MORE = ("routing", "votes on late statements", "Gini", "cells below 5 votes", "fewest in a cell", "position error")


def played(at: tuple[str, str, int]) -> Measured:
    """Return what came of one conversation of a setting, by one way of choosing."""
    name, router, replicate = at
    setting = SETTINGS[name]
    world = made_up(setting, np.random.default_rng([SEED, list(SETTINGS).index(name), replicate]))
    return measured(world, play(world, ROUTERS[router](setting.statements, SEED + replicate)), Policy())


def main() -> int:
    """Play everything and keep what came of it."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 2
    jobs = list(product(SETTINGS, ROUTERS, range(REPLICATES)))
    jobs.sort(key=lambda job: job[2])
    rows = []
    with ProcessPoolExecutor(workers) as pool:
        for job, one in zip(jobs, pool.map(played, jobs), strict=True):
            rows.append({"setting": job[0], "routing": job[1], "replicate": job[2]} | _finite(asdict(one)))
            FOUND.write_text("[\n" + ",\n".join(map(json.dumps, rows)) + "\n]\n", encoding="utf-8")
    print(section())
    return 0


def _finite(row: dict[str, float]) -> dict[str, float | None]:
    return {name: None if np.isinf(value) else round(value, 4) for name, value in row.items()}


def section() -> str:
    """Return the part of the page about routing."""
    rows = json.loads(FOUND.read_text(encoding="utf-8"))
    replicates = 1 + max(row["replicate"] for row in rows)
    text = HEAD.format(replicates=replicates, seed=SEED)
    return text + "\n".join(_setting(name, rows) for name in SETTINGS)


def _setting(name: str, rows: list[dict]) -> str:
    of = {router: [row for row in rows if (row["setting"], row["routing"]) == (name, router)] for router in ROUTERS}
    total = np.mean(SETTINGS[name].answers) * SETTINGS[name].people
    found = [_found(router, some, float(total)) for router, some in of.items()]
    spread = [(router, *(_range(some, key, form) for key, form in MEASURES.items())) for router, some in of.items()]
    sizes = f"{SETTINGS[name].people} people, {SETTINGS[name].statements} statements, about {total:,.0f} votes"
    return f"### {name.capitalize()}: {sizes}\n\n{_table(COLUMNS, found)}\n{_table(MORE, spread)}"


MEASURES = {"late": ".0f", "gini": ".2f", "thin": ".0%", "fewest": ".0f", "misplaced": ".2f"}


def _found(router: str, rows: list[dict], total: float) -> tuple[str, ...]:
    claims, right = sum(row["claims"] for row in rows), sum(row["right"] for row in rows)
    return (
        router,
        _votes(rows, "first", total),
        _votes(rows, "quarter", total),
        _range(rows, "halfway", ".0%"),
        _range(rows, "recall", ".0%"),
        f"{right} of {claims}",
    )


def _votes(rows: list[dict], key: str, total: float) -> str:
    values = [np.inf if row[key] is None else row[key] * total for row in rows]
    low, middle, high = np.quantile(values, [0.1, 0.5, 0.9], method="inverted_cdf")
    return f"{_number(middle)} ({_number(low)} to {_number(high)})"


def _number(votes: float) -> str:
    return "never" if np.isinf(votes) else f"{votes:,.0f}"


def _range(rows: list[dict], key: str, form: str) -> str:
    low, middle, high = np.quantile([row[key] for row in rows], [0.1, 0.5, 0.9])
    return f"{middle:{form}} ({low:{form}} to {high:{form}})"


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [columns, ("---", *["---:"] * (len(columns) - 1)), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
