"""`clew case`: open a case, move it through its phases and back, see it as it stood on any day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.case import commands
from clew.case.phases import LADDER, NAMES, NOVELTIES, PARTNERS, RESULTS, RISKS
from clew.cli.console import notice, print_json, table

if TYPE_CHECKING:
    from clew.case.state import Case

RECORD = click.Path(path_type=Path, exists=True, file_okay=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What every verb is asked with: on which record and case, in which role, and how to answer."""

    record: Path
    case_id: str
    by: str
    as_json: bool

    def do(self, command: object) -> None:
        """Carry out one command and show the case after it."""
        from clew.case.desk import do
        from clew.record.folder import open_record

        case = do(open_record(self.record), self.case_id, (command,), at=datetime.now(UTC), by=self.by)
        _show(case, self.case_id, self.as_json)


def on_a_case(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments that every verb takes, and hand them over as one `Asked`."""

    @wraps(verb)
    def asked(record: Path, case_id: str, by: str, as_json: bool, **rest: Any) -> None:  # Any: the verb's own options
        verb(Asked(record, case_id, by, as_json), **rest)

    for decorator in (
        click.option("--json", "as_json", is_flag=True, help="Print the case as one JSON object."),
        click.option(
            "--by", default="case owner", show_default=True, help="The role that acts, never a person's name."
        ),
        click.argument("case_id", metavar="CASE"),
        click.argument("record", type=RECORD),
    ):
        asked = decorator(asked)
    return asked


def _show(state: "Case", case_id: str, as_json: bool) -> None:
    from clew.case.desk import picture
    from clew.case.path import draw

    seen = picture(state, case_id, datetime.now(UTC).date())
    if as_json:
        print_json(seen)
        return
    click.echo(f"{seen['title']}  ({case_id}: {seen['phase']}, {seen['status']})\n")
    click.echo(draw(state))
    if seen["debts"]:
        rows = [(debt["item"], debt["due"], "overdue" if debt["overdue"] else "") for debt in seen["debts"]]
        table("\nEvidence debt", ("owed", "due", ""), rows)
    if seen["duties"]:
        table("\nAccountable", ("duty", "party"), list(seen["duties"].items()))
    if seen["partners"]:
        table("\nPartners", ("partner", "kind"), list(seen["partners"].items()))
    if seen["evaluations"]:
        rows = [(one["due"], one["asks"], "overdue" if one["overdue"] else "") for one in seen["evaluations"]]
        table("\nEvaluation calendar", ("due", "it asks", ""), rows)
    for orphan in seen["orphans"]:
        notice(f"nobody is accountable for: {orphan}")


@click.group()
def case() -> None:
    """Open a case, move it through its phases and back, see it as it stood on any day."""


@case.command("open")
@on_a_case
@click.option("--title", required=True, help="The problem in one line.")
@click.option("--phase", type=click.Choice(NAMES), default="frame", show_default=True, help="Where it enters.")
@click.option(
    "--announced", is_flag=True, help="It was promised before it was thought through: note its evidence debt."
)
@click.option("--risk", type=click.Choice(RISKS), default="medium", show_default=True, help="How much can go wrong.")
def open_case(ask: Asked, title: str, phase: str, announced: bool, risk: str) -> None:
    """Open a case, in any phase.

    \b
    Example:
      clew case open RECORD bed-fires --title "Elders die in bed fires"
      clew case open RECORD free-alarms --title "Free alarms for all" --phase implement --announced
    """
    ask.do(commands.Open(title, phase, announced, risk))


@case.command()
@on_a_case
@click.option("--for", "for_whom", required=True, help="For whom.")
@click.option("--value", required=True, help="What value.")
@click.option("--noticed-by", required=True, help="How one would notice.")
@click.option("--reason", default="", help="Why it is stated anew.")
def propose(ask: Asked, for_whom: str, value: str, noticed_by: str, reason: str) -> None:
    """State the public value proposition.

    \b
    Example:
      clew case propose RECORD bed-fires --for "elders who live alone" --value "no death in a bed fire" \\
        --noticed-by "alarms that work at 90 days"
    """
    ask.do(commands.StateProposition(for_whom, value, noticed_by, reason))


@case.command()
@on_a_case
@click.argument("phase", type=click.Choice(NAMES))
@click.option("--reason", required=True, help="Why it goes on, or back.")
def enter(ask: Asked, phase: str, reason: str) -> None:
    """Go on to a phase, or loop back to one.

    \b
    Example:
      clew case enter RECORD bed-fires frame --reason "turnout time has evidence against it"
    """
    ask.do(commands.Enter(phase, reason))


@case.command()
@on_a_case
@click.argument("item")
@click.option("--reference", required=True, help="Where it can be read.")
def evidence(ask: Asked, item: str, reference: str) -> None:
    """Hand in evidence, owed or not.

    \b
    Example:
      clew case evidence RECORD free-alarms "problem evidence" --reference "fire statistics 2020-25"
    """
    ask.do(commands.GiveEvidence(item, reference))


@case.command()
@on_a_case
@click.argument("duty")
@click.argument("party")
def duty(ask: Asked, duty: str, party: str) -> None:
    """Make a party accountable for a duty: owner, evaluator, reviewer, auditor, or one of the case's own.

    \b
    Example:
      clew case duty RECORD bed-fires evaluator "research unit"
    """
    ask.do(commands.TakeDuty(duty, party))


@case.command()
@on_a_case
@click.argument("party")
def leave(ask: Asked, party: str) -> None:
    """Note that a party has left; its duties are orphans until another takes them.

    \b
    Example:
      clew case leave RECORD bed-fires "fire prevention office"
    """
    ask.do(commands.Leave(party))


@case.command()
@on_a_case
@click.argument("partner")
@click.argument("kind", type=click.Choice(PARTNERS))
def join(ask: Asked, partner: str, kind: str) -> None:
    """Name a partner who works on the case too, from within government or outside it.

    \b
    Example:
      clew case join RECORD bed-fires "Red Cross Greve" "civil society"
    """
    ask.do(commands.Join(partner, kind))


@case.command()
@on_a_case
@click.argument("status", type=click.Choice(LADDER))
def status(ask: Asked, status: str) -> None:
    """Note the status reached: idea, prototype, in use, made a difference.

    \b
    Example:
      clew case status RECORD bed-fires "in use"
    """
    ask.do(commands.Reach(status))


@case.command()
@on_a_case
@click.argument("organisation")
@click.argument("novelty", type=click.Choice(NOVELTIES))
def novelty(ask: Asked, organisation: str, novelty: str) -> None:
    """Say how new the practice is to one organisation.

    \b
    Example:
      clew case novelty RECORD bed-fires "Municipality B" adapted
    """
    ask.do(commands.DeclareNovelty(organisation, novelty))


@case.command()
@on_a_case
@click.argument("result", type=click.Choice(RESULTS))
@click.option("--lesson", required=True, help="What was learnt.")
def close(ask: Asked, result: str, lesson: str) -> None:
    """Close a case with its result. A failed innovation stays an innovation.

    \b
    Example:
      clew case close RECORD free-alarms worse --lesson "alarms without a visit were not fitted"
    """
    ask.do(commands.Close(result, lesson))


@case.command()
@click.argument("record", type=RECORD)
@click.argument("case_id", metavar="CASE")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As it stood at the end of this day (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print the case as one JSON object.")
def show(record: Path, case_id: str, on: datetime | None, as_json: bool) -> None:
    """Show a case: its path with loops, what it owes, who is accountable.

    \b
    Example:
      clew case show RECORD bed-fires --on 2026-11-02
    """
    from clew.case.desk import load
    from clew.record.folder import open_record

    until = datetime.combine(on, time.max, UTC) if on else None
    _show(load(open_record(record), case_id, until=until), case_id, as_json)


@case.command("list")
@click.argument("record", type=RECORD)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_cases(record: Path, as_json: bool) -> None:
    """List the cases on a record.

    \b
    Example:
      clew case list RECORD
    """
    from clew.case.desk import case_ids, load, picture
    from clew.record.folder import open_record

    opened, today = open_record(record), datetime.now(UTC).date()
    seen = [picture(load(opened, case_id), case_id, today) for case_id in case_ids(opened)]
    if as_json:
        print_json({"cases": seen})
        return
    if not seen:
        click.echo("No case yet. Open one: clew case open RECORD CASE --title …")
        return
    table("Cases", ("case", "title", "phase", "status", "owes"), [_row(one) for one in seen])


def _row(seen: dict[str, Any]) -> tuple[object, ...]:
    return (seen["case"], seen["title"], seen["phase"], seen["status"], len(seen["debts"]))
