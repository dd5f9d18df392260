"""`clew route`: what to ask whom next, with the chance of each draw and the reason in words."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clew.cli.console import notice, print_json, progress, table
from clew.cli.map import STEPS, short
from clew.errors import InputError

if TYPE_CHECKING:
    from clew.deliberate.asking import Asker
    from clew.deliberate.routing import Route

FILE = click.Path(path_type=Path, dir_okay=False)
LISTED = 20


@click.command("route")
@click.argument("votes", nargs=-1, required=True)
@click.option("--statements", type=FILE, help="Their texts and moderation: the columns of Polis' comments.csv.")
@click.option("--voter", help="Whom to ask; somebody who has not voted yet is a newcomer.")
@click.option("--all", "everybody", is_flag=True, help="Everybody who voted.")
@click.option("--count", type=click.IntRange(1), default=1, show_default=True, help="Statements to draw for each.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of the map and of every draw.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--log", type=FILE, help="Write who is shown what, and with which chance, as CSV.")
def route(
    votes: tuple[str, ...],
    statements: Path | None,
    voter: str | None,
    everybody: bool,
    count: int,
    seed: int,
    as_json: bool,
    log: Path | None,
) -> None:
    """Say what to ask whom next, from the VOTES so far; without a voter, which groups should hear what.

    VOTES: as for `clew map`. Every statement that somebody has not voted on can be drawn. The chance of each draw is
    told: keep it with --log as the column propensity, and later maps weigh votes by it.

    \b
    Examples:
      clew route votes.csv --statements comments.csv
      clew route votes.csv --statements comments.csv --voter 17 --count 5
      clew route votes.csv --all --json --log shown.csv
    """
    from clew.deliberate.asking import asker
    from clew.deliberate.mapped import map_conversation
    from clew.deliberate.read_conversation import read_conversation

    if voter is not None and everybody:
        raise InputError("is given together with --all.", where="--voter", do="Give one of the two.")
    conversation = read_conversation(votes, statements)
    with progress("mapping", STEPS) as advance:
        ready = asker(map_conversation(conversation, seed=seed, advance=advance))
    routes = _routes(ready, voter, everybody=everybody, seed=seed, count=count)
    alarm = next((one.alarm for one in routes if one.alarm), None)
    if log is not None:
        _write_log(ready, routes, seed, log)
    if as_json:
        print_json(
            {"seed": seed, "voter": voter, "routes": _listed(ready, routes), "alarm": alarm, "needed": _needed(ready)}
        )
    else:
        _show(ready, routes)
    for sentence in (*conversation.notices, *((alarm,) if alarm else ())):
        notice(sentence)


def _routes(ready: "Asker", voter: str | None, *, everybody: bool, seed: int, count: int) -> "list[Route]":
    if voter is None:
        return list(ready.routes(seed=seed, count=count)) if everybody else []
    if voter not in ready.conversation.votes.voters:
        notice(f"{voter} has not voted yet, and is asked as a newcomer.")
    return [ready.route(voter, seed=seed, count=count)]


def _listed(ready: "Asker", routes: "list[Route]") -> list[dict[str, Any]]:  # Any: JSON
    ids = ready.conversation.votes.statements
    return [
        {"voter": one.voter, "id": ids[each.statement], "propensity": each.propensity, "reason": each.reason}
        for one in routes
        for each in one.drawn
    ]


def _write_log(ready: "Asker", routes: "list[Route]", seed: int, log: Path) -> None:
    from clew.deliberate.shown import Shown, write_shown

    ids, at_ms = ready.conversation.votes.statements, int(datetime.now(UTC).timestamp() * 1000)
    rows = (Shown(one.voter, ids[each.statement], each.propensity, seed, at_ms) for one in routes for each in one.drawn)
    write_shown(log, rows)
    notice(f"log: {log}")


def _show(ready: "Asker", routes: "list[Route]") -> None:
    texts = {one.id: short(one.text) for one in ready.conversation.statements}
    if not routes:
        _show_needs(ready, texts)
        return
    rows = [
        (one["voter"], one["id"], f"{one['propensity']:.3f}", one["reason"], texts[one["id"]])
        for one in _listed(ready, routes)
    ]
    if not rows:
        click.echo("Nothing is left to ask: every statement that is open has their vote.")
        return
    table("What to ask next", ("voter", "statement", "chance", "why", "text"), rows)


def _show_needs(ready: "Asker", texts: dict[str, str]) -> None:
    from clew.deliberate.former import letter

    needed = _needed(ready)
    several = ready.mapped.grouping.k > 1
    rows = [
        (
            letter(one["group"]) if several else "everybody",
            one["id"],
            f"{one['has']} of {one['needs']}",
            one["why"],
            texts[one["id"]],
        )
        for one in needed[:LISTED]
    ]
    if not rows:
        click.echo("Every group has voted on every statement often enough, and what they share is settled.")
        return
    table(f"What is most needed ({len(needed)} in all)", ("group", "statement", "votes", "why", "text"), rows)


def _needed(ready: "Asker") -> list[dict[str, Any]]:  # Any: JSON
    from clew.deliberate.routing_needs import most_needed

    ids = ready.conversation.votes.statements
    return [
        {"group": one.group, "id": ids[one.statement], "has": one.has, "needs": one.least, "why": one.why}
        for one in most_needed(ready.needs)
    ]
