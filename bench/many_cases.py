"""Fills the workspace named by CLEW_WORKSPACE through the real code: many cases, each with a locked pilot, one with 20
looks.
"""

import csv
import os
import random
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.web import CASES, HERE, LOOKS
from clew.web.commands import prepare, start

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TEXT = (HERE.parent / "examples" / "fire-safety-visits" / "protocol.toml").read_text(encoding="utf-8")
ARMS = {True: "joint visit", False: "usual visit"}


def protocol(pilot: str, case: str, planned: int = 1) -> str:
    """Return the example's protocol under another name, with so many looks and no extension."""
    text = TEXT.replace('id = "fire-safety-visits"', f'id = "{pilot}"').replace(
        'case = "bed-fires"', f'case = "{case}"'
    )
    return text.replace("planned = 1 ", f"planned = {planned} ").replace("times = 1", "times = 0")


def rows(look: int) -> list[dict[str, object]]:
    """Return homes so far at a look, the same for ever: 12 districts, no effect that could end the pilot."""
    rng = random.Random(7)
    homes = [
        {
            "home": f"H{number}", "district": f"D{number % 12}", "arm": ARMS[number % 2 == 0],
            "safe_at_90_days": int(rng.random() < 0.55 + 0.08 * (number % 2 == 0)),
            "mother_tongue": "other" if rng.random() < 0.1 else "Danish",
            "smokes": "yes" if rng.random() < 0.24 else "no",
            "lives_alone": "yes" if rng.random() < 0.52 else "no",
        }
        for number in range(312)
    ]  # fmt: skip
    return homes[: 312 * look // LOOKS + 24]


def main() -> None:
    """Fill the workspace."""
    start(Path(os.environ["CLEW_WORKSPACE"]))
    prepare()
    from clew.web.desk import writing_as

    with writing_as("the director of care") as (record, _, by):
        for number in range(CASES):
            _case(record, f"case-{number:04}", number, by)
        _many_looks(record, by)


def _case(record, case: str, number: int, by: str) -> None:
    from clew.case.commands import Enter, Open, StateProposition, TakeDuty
    from clew.case.desk import do
    from clew.pilot.in_record import lock_in
    from clew.pilot.parse import parse_protocol

    at = START + timedelta(hours=number)
    steps = (
        Open(f"Case number {number}: homes that burn", announced=number % 3 == 0),
        StateProposition("people at home", "to live safely", "alarms that work"),
        TakeDuty("owner", by),
        TakeDuty("evaluator", "evaluator"),
        Enter("pilot", "tried out in twelve districts"),
    )
    do(record, case, steps, at=at, by=by)
    agreed = parse_protocol(protocol(f"pilot-{number:04}", case).encode(), "bench")
    lock_in(agreed, record, at=at, by=by, secret_seed=secrets.token_hex(32))


def _many_looks(record, by: str) -> None:
    from clew.gate.desk import evaluate_and_record
    from clew.pilot.in_record import lock_in
    from clew.pilot.parse import parse_protocol
    from clew.web.evaluate.documents import publish

    agreed = parse_protocol(protocol("many-looks", "case-0000", LOOKS).encode(), "bench")
    lock_in(agreed, record, at=START, by=by, secret_seed=secrets.token_hex(32))
    for look in range(1, LOOKS + 1):
        path = Path("/tmp") / f"clew-bench-{look}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows(look)[0]))
            writer.writeheader()
            writer.writerows(rows(look))
        at = START + timedelta(days=30 * look)
        publish(evaluate_and_record(agreed, path, record=record, look=look, at=at, by="evaluator"))
        path.unlink()


if __name__ == "__main__":
    main()
