"""`clew gate`: the verdict that stands, the public and the reviewer, overrides, the decision, the portfolio."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.console import print_json, table

if TYPE_CHECKING:
    from clew.gate.portfolio import Portfolio

RECORD = click.Path(path_type=Path, exists=True, file_okay=False)
VERDICTS = click.Choice(["scale", "adapt", "extend", "stop", "not yet"])


@dataclass(frozen=True, slots=True)
class Asked:
    """What every verb at the gate is asked with: on which record and pilot, in which role, and how to answer."""

    record: Path
    pilot: str
    by: str
    as_json: bool

    def do(self, command: object) -> None:
        """Carry out one command at the gate and show what stands after it."""
        from clew.gate.desk import at_gate

        _show(at_gate(self.record, self.pilot, command, at=datetime.now(UTC), by=self.by), self.as_json)


def on_a_pilot(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments that every verb takes, and hand them over as one `Asked`."""

    @wraps(verb)
    def asked(record: Path, pilot: str, by: str, as_json: bool, **rest: Any) -> None:  # Any: the verb's own options
        verb(Asked(record, pilot, by, as_json), **rest)

    for decorator in (
        click.option("--json", "as_json", is_flag=True, help="Print what stands as one JSON object."),
        click.option(
            "--by", default="case owner", show_default=True, help="The role that acts, never a person's name."
        ),
        click.argument("pilot"),
        click.argument("record", type=RECORD),
    ):
        asked = decorator(asked)
    return asked


def _show(seen: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(seen)
        return
    click.echo(f"{seen['pilot']}: the locked rule says {seen['verdict'] or 'nothing yet'}. {seen['why'] or ''}".strip())
    rows = [
        (one["look"], one["verdict"], one["estimate"], f"{one['lower']} to {one['upper']}") for one in seen["verdicts"]
    ]
    if rows:
        table("\nVerdicts", ("look", "verdict", "effect", "interval"), rows)
    for override in seen["overrides"]:
        click.echo(
            f"Overridden: {override['role']} decides “{override['decided']}” instead of “{override['computed']}”."
        )
        click.echo(f"  Reason: {override['reason']}\n  Dissent: {override['dissent']}")
    for decision in seen["decisions"]:
        how = "by the rule" if decision["by_rule"] else "by override"
        click.echo(f"Decided: {decision['decided']} ({decision['owner']}, {how}).")
    if seen["missing"]:
        click.echo(f"Before it can be decided: {'; '.join(seen['missing'])}.")
        click.echo("The public is heard by `clew gate hear`, a review is signed by `clew gate review`.")


@click.group()
def gate() -> None:
    """Hold the locked rule against what was found; decide, override only in public, see the portfolio."""


@gate.command()
@click.argument("record", type=RECORD)
@click.argument("pilot")
@click.option("--json", "as_json", is_flag=True, help="Print what stands as one JSON object.")
def show(record: Path, pilot: str, as_json: bool) -> None:
    """Show the verdicts of a pilot, overrides beside them, and what is missing for a decision.

    \b
    Example:
      clew gate show RECORD fire-safety-visits
    """
    from clew.gate.desk import seen_at_gate

    _show(seen_at_gate(record, pilot), as_json)


@gate.command()
@on_a_pilot
@click.option("--reference", required=True, help="Where it can be read.")
def hear(ask: Asked, reference: str) -> None:
    """Note what the public said before the decision.

    \b
    Example:
      clew gate hear RECORD fire-safety-visits --reference "hearing of 1 March, minutes p. 4"
    """
    from clew.gate.decision import HearPublic

    ask.do(HearPublic(reference))


@gate.command()
@on_a_pilot
@click.option("--reviewer", required=True, help="A role or office that neither owns nor evaluates the pilot.")
@click.option("--reference", required=True, help="Where the review can be read.")
def review(ask: Asked, reviewer: str, reference: str) -> None:
    """Note an independent review.

    \b
    Example:
      clew gate review RECORD fire-safety-visits --reviewer "audit office" --reference "report 7/2027"
    """
    from clew.gate.decision import SignReview

    ask.do(SignReview(reviewer, reference))


@gate.command()
@on_a_pilot
@click.argument("screen")
@click.option("--answer", required=True, help="The answer, in a sentence.")
def answer(ask: Asked, screen: str, answer: str) -> None:
    """Answer the question that a screen asks; evaluate again afterwards.

    \b
    Example:
      clew gate answer RECORD fire-safety-visits differential-attrition --answer "two districts reported late; now in"
    """
    from clew.gate.decision import AnswerScreen

    ask.do(AnswerScreen(screen, answer))


@gate.command()
@on_a_pilot
@click.option("--to", "decided", type=VERDICTS, required=True, help="What is decided instead.")
@click.option("--role", required=True, help="Who decides otherwise: a role.")
@click.option("--reason", required=True, help="Why, in public.")
@click.option("--dissent", required=True, help="Who disagrees and why; 'none' where nobody does.")
def override(ask: Asked, decided: str, role: str, reason: str, dissent: str) -> None:
    """Decide otherwise than the locked rule, in public and for ever beside it.

    \b
    Example:
      clew gate override RECORD fire-safety-visits --to scale --role "council committee" \\
        --reason "alarms are cheap and the law asks for them" --dissent "the evaluator: equity is not met"
    """
    from clew.gate.decision import Override

    ask.do(Override(decided, role, reason, dissent))


@gate.command()
@on_a_pilot
@click.option("--owner", required=True, help="The accountable owner named in the protocol.")
def decide(ask: Asked, owner: str) -> None:
    """Take the decision that stands: the verdict, or its override.

    \b
    Example:
      clew gate decide RECORD fire-safety-visits --owner "director of care"
    """
    from clew.gate.decision import Decide

    ask.do(Decide(owner))


@gate.command()
@click.argument("folder", type=RECORD)
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), help="Reckon as of this day (default: today, UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def portfolio(folder: Path, today: datetime | None, as_json: bool) -> None:
    """Show all pilots of a folder (records, protocol files): what is overdue, ageing, extended, or lacks a rule.

    \b
    Example:
      clew gate portfolio pilots/ --today 2027-06-02
    """
    from clew.gate.survey import read_portfolio

    seen = read_portfolio(folder, today=today.date() if today else datetime.now(UTC).date())
    if as_json:
        print_json(seen.to_dict())
        return
    _show_portfolio(seen)


def _show_portfolio(seen: "Portfolio") -> None:
    if not seen.lines:
        click.echo("No pilot in this folder yet. Lock one: clew pilot lock PROTOCOL.toml --record RECORD")
        return
    table(
        "Pilots",
        ("pilot", "locked", "decide by", "verdict", "decided", ""),
        [_line(one, seen.today) for one in seen.lines],
    )
    rows = [(name.replace("_", " "), _said(value)) for name, value in seen.to_dict().items() if _is_figure(value)]
    table("Portfolio", ("figure", "value"), rows)
    cycles = [(cycle.step, _said(cycle.median_days), cycle.count) for cycle in seen.cycle_times]
    table("Cycle times, median days", ("step", "days", "pilots"), cycles)


def _line(line: Any, today: date) -> tuple[object, ...]:  # Any: a PilotLine, imported where it is needed
    marks = [*(["OVERDUE"] if line.is_overdue(today) else []), *(["after data began"] if line.after_data else [])]
    cells = (line.locked_on or "not locked", line.decision_by or "no date", line.verdict or "–", line.decided or "–")
    return (line.pilot, *cells, ", ".join(marks))


def _is_figure(value: object) -> bool:
    return value is None or isinstance(value, int | float | str)


def _said(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3g}"
    return "–" if value is None else str(value)
