"""`clew pilot adapt`, `close-round`, `versions`: what happens to a pilot while it runs, on its record."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clew.cli.console import print_json, table

if TYPE_CHECKING:
    from clew.pilot.in_record import Receipt

PILOT = click.argument("pilot")
RECORD = click.option(
    "--record", type=click.Path(path_type=Path, file_okay=False), required=True, help="The record that holds its lock."
)
BY = click.option("--by", default="team", show_default=True, help="The role that says so, never a person's name.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@PILOT
@RECORD
@click.option("--version", required=True, help="What the changed pilot is called from now on, such as 2.")
@click.option("--change", required=True, help="What is done otherwise, in a sentence.")
@click.option("--why", required=True, help="Why, in a sentence.")
@click.option("--proposed-by", required=True, help="users, front line, team, partner or management.")
@click.option("--part", default="peripheral", show_default=True, help="core (what makes it work) or peripheral.")
@BY
@AS_JSON
def adapt(
    pilot: str,
    record: Path,
    version: str,
    change: str,
    why: str,
    proposed_by: str,
    part: str,
    by: str,
    as_json: bool,
) -> None:
    """Put on the record that a running pilot is changed, and who proposed it.

    Name the column of the versions in the protocol ([versions] column), and the analysis is split by it.

    \b
    Example:
      clew pilot adapt fire-safety-visits --record RECORD --version 2 --change "visits by two" \\
        --why "doors stayed closed to one" --proposed-by users
    """
    from clew.pilot.running import PilotAdapted
    from clew.pilot.while_running import adapt_in
    from clew.record.folder import open_record

    body = PilotAdapted(pilot, version, change, why, proposed_by, part)
    _show(adapt_in(open_record(record), body, at=datetime.now(UTC), by=by), as_json=as_json)


@click.command("close-round")
@PILOT
@RECORD
@click.option("--version", required=True, help="Which version the round tried; the first one is 1.")
@click.option("--learning", required=True, help="What was learned, in a sentence.")
@click.option("--next", "then", required=True, help="What comes next, in a sentence.")
@click.option("--spent", default="", help="What the round cost, such as 1250.00.")
@BY
@AS_JSON
def close_round(
    pilot: str, record: Path, version: str, learning: str, then: str, spent: str, by: str, as_json: bool
) -> None:
    """Close one round of a pilot: what it taught, what comes next, what it cost against the promised budget.

    \b
    Example:
      clew pilot close-round fire-safety-visits --record RECORD --version 1 --spent 1250.00 \\
        --learning "alarms fail for want of batteries" --next "bring batteries along"
    """
    from clew.pilot.running import IterationClosed
    from clew.pilot.while_running import close_iteration_in
    from clew.record.folder import open_record

    body = IterationClosed(pilot, version, learning, then, spent)
    _show(close_iteration_in(open_record(record), body, at=datetime.now(UTC), by=by), as_json=as_json)


@click.command()
@PILOT
@RECORD
@AS_JSON
def versions(pilot: str, record: Path, as_json: bool) -> None:
    """Show a pilot's versions and rounds: what was changed, who proposed it, what was learned for how much.

    \b
    Example:
      clew pilot versions fire-safety-visits --record RECORD
    """
    from clew.pilot.while_running import load
    from clew.record.folder import open_record

    running = load(open_record(record), pilot).running
    if as_json:
        print_json(running.to_dict())
        return
    changed = [(one.version, one.change, one.why, one.proposed_by, one.part) for one in running.adaptations]
    rounds = [(one.version, one.learning, one.next, one.spent or "–") for one in running.iterations]
    if not changed and not rounds:
        click.echo(f'Pilot "{pilot}" runs as it was promised: nothing was adapted, no round is closed.')
        return
    table("Adaptations", ("version", "change", "why", "proposed by", "part"), changed)
    table("Rounds", ("version", "learned", "next", "spent"), rounds)
    click.echo(f"{running.proposed_by_users} of {len(changed)} adaptations were proposed by users.")
    if running.learning_rate is not None:
        click.echo(f"{running.learning_rate:.2g} adaptations a round; {running.spent} spent.")


@click.command()
@RECORD
@AS_JSON
def indicators(record: Path, as_json: bool) -> None:
    """List what every pilot on a record measures itself by, and how often that was redefined.

    \b
    Example:
      clew pilot indicators --record RECORD
    """
    from clew.pilot.indicators import registry
    from clew.record.folder import open_record

    found = registry(open_record(record).events())
    if as_json:
        print_json(found.to_dict())
        return
    if not found.indicators:
        click.echo("No pilot is locked on this record, so nothing is measured yet.")
        return
    rows = [
        (one.pilot, one.name, one.role, f"{one.measure}, {one.better} is better", one.denominator or "–",
         one.source or "–", one.owner or "–", one.version)
        for one in found.indicators
    ]  # fmt: skip
    columns = ("pilot", "indicator", "role", "how", "of", "source", "owner", "version")
    table("Indicators, as promised on the record", columns, rows)


def _show(receipt: "Receipt", *, as_json: bool) -> None:
    if as_json:
        print_json(receipt.to_dict())
        return
    click.echo(f"{receipt.kind}, pilot {receipt.pilot}: entry {receipt.index} of the record.")
