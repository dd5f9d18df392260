"""`clew map`: what people really agree on, how sure that is, and what is not known yet."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from clew.cli.console import notice, print_json, progress, table, write_whole
from clew.errors import InputError
from clew.tables.wording import plural

if TYPE_CHECKING:
    from clew.deliberate.opinion_map import OpinionMap, StatementFinding

FILE = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
LISTED = 10
STEPS = 80
"""About how many models are fitted: choices, shuffles and resamples."""

HUNDREDTHS = 100
"""The steps in which acting out Polis' past tells how far it is."""


@click.command("map")
@click.argument("votes", nargs=-1, required=True)
@click.option("--statements", type=FILE, help="Their texts and moderation: the columns of Polis' comments.csv.")
@click.option("--method", type=click.Choice(["clew", "polis"]), default="clew", show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Of every draw that is made.")
@click.option("--threshold", type=float, help="The share of a group that must agree to support (default 0.6).")
@click.option("--banned", type=FILE, help="Voters who leave the maths: a CSV with the column voter-id.")
@click.option("--former", type=FILE, help="A former map's JSON: axes and names of groups are kept.")
@click.option("--attributes", type=FILE, help="What people declared: a CSV with voter-id and a column an attribute.")
@click.option("--margins", type=FILE, help="The population: a CSV with attribute, value and share (or count).")
@click.option("--export", type=FOLDER, help="Write the conversation and its groups here, as Polis exports them.")
@click.option("--acted-out", is_flag=True, help="With polis: run through its past, poll by poll; minutes at times.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--report", type=FILE, help="Write a one-file HTML report here.")
def map_command(
    votes: tuple[str, ...],
    statements: Path | None,
    method: Literal["clew", "polis"],
    seed: int,
    threshold: float | None,
    banned: Path | None,
    former: Path | None,
    attributes: Path | None,
    margins: Path | None,
    export: Path | None,
    acted_out: bool,
    as_json: bool,
    report: Path | None,
) -> None:
    """Map the opinions in VOTES: groups only where there are any, and what every group supports.

    VOTES: CSV or Parquet with voter-id, comment-id, vote (1 agree, 0 pass, -1 disagree), and timestamp if there is
    one; the last vote of a voter on a statement counts.

    \b
    Examples:
      clew map votes.csv --statements comments.csv
      clew map votes.csv --statements comments.csv --report map.html
      clew map votes.csv --attributes declared.csv --margins census.csv
      clew map votes.csv --method polis --json
    """
    from clew.deliberate.desk import MapRequest, map_files

    if report is not None and not report.parent.is_dir():
        raise InputError("there is no such folder for the report.", where=str(report.parent), do="Make it first.")
    asked = MapRequest(
        votes, statements, method, seed, threshold, banned, former, attributes, margins, export, acted_out
    )
    with progress("mapping", HUNDREDTHS if acted_out else STEPS) as advance:
        found = map_files(asked, advance=advance)
    if report is not None:
        write_report(found, report)
    if as_json:
        print_json(found.to_dict())
    else:
        show(found)


def write_report(found: "OpinionMap", report: Path) -> None:
    from clew.report.opinion import render_opinion

    write_whole(report, render_opinion(found))
    notice(f"report: {report}")


def show(found: "OpinionMap") -> None:
    """Print a map for reading: what there is, then the common ground, then what is not known."""
    people = plural(found.participants, "person", "people")
    click.echo(f"{people} cast {plural(found.votes, 'vote')} on {plural(len(found.statements), 'statement')}.")
    click.echo(groups_sentence(found))
    texts = {one.id: one.text for one in found.statements}
    sure = [one for one in found.findings if one.enough_votes]
    rows = [_row(one, texts) for one in sure[:LISTED]]
    if rows:
        table(_common(found, sure), ("id", "sure" if found.method == "clew" else "consensus", *COLUMNS), rows)
    _show_rejected(found, texts)
    names = {one.id: one.name for one in found.groups}
    told = [(names[one.group], one.side, f"{one.p:.0%}", one.id, short(texts[one.id])) for one in found.representative]
    if told:
        table("What sets each group apart", ("group", "they", "share", "id", "statement"), told)
    if found.needs_votes:
        notice(_lacking(found))
    _show_patterns(found)
    for sentence in found.notices:
        notice(sentence)


def _common(found: "OpinionMap", sure: "list[StatementFinding]") -> str:
    """Say how many statements are common ground, of those with enough votes."""
    of = plural(len(sure), "statement")
    if found.method == "polis":
        return f"Highest group-informed consensus (of {of} with enough votes)"
    common = sum(one.common_ground >= found.policy.sure for one in sure)
    if not common:
        return f"Nearest to common ground, though none is sure (of {of} with enough votes)"
    return f"Common ground: {common} of {of} with enough votes; the surest first"


def _show_rejected(found: "OpinionMap", texts: dict[str, str]) -> None:
    """Print what every group is surely against, where there is anything."""
    sure = [one for one in found.findings if one.enough_votes and (one.rejected or 0) >= found.policy.sure]
    against = sorted(sure, key=lambda one: -(one.rejected or 0)) if found.method == "clew" else []
    rows = [
        (one.id, f"{one.rejected:.2f}", one.agree, one.disagree, one.passed, short(texts[one.id])) for one in against
    ]
    if rows:
        title = f"What every group rejects ({plural(len(rows), 'statement')})" if found.k > 1 else "What is rejected"
        table(title, ("id", "sure", *COLUMNS[1:]), rows[:LISTED])


def _lacking(found: "OpinionMap") -> str:
    """Say on how many statements too few have voted."""
    count = len({one.id for one in found.needs_votes})
    whom = "" if found.k == 1 else " in some group"
    have = "statement has" if count == 1 else "statements have"
    return f"{count} {have} too few votes{whom} to say anything yet."


def _show_patterns(found: "OpinionMap") -> None:
    """Print patterns of voting that deserve a look, and what the map says without them."""
    if found.integrity is None:
        return
    for one in found.integrity.patterns[:LISTED]:
        notice(one.sentence)
    without = found.integrity.without
    if without is not None:
        changed = len(without.became) + len(without.ceased)
        some = plural(changed, "statement")
        notice(f"Without {without.left_out} of them, {some} would become common ground or cease to be.")


def groups_sentence(found: "OpinionMap") -> str:
    """Say how many groups there are, and that there are none where there are none."""
    if found.method == "clew" and found.k == 1:
        thin = " With so few votes a person, nothing is known of minorities." if found.is_thin else ""
        return f"No groups could be told from chance: read this as one public.{thin}"
    sizes = ", ".join(f"{one.name} with {one.size}" for one in found.groups)
    left = found.participants - found.placed
    beside = f" {left} voted too little to be placed." if left else ""
    asked = "" if found.method == "clew" else " by Polis' formulas"
    return f"{plural(found.k, 'group')}{asked}: {sizes}.{beside}"


COLUMNS = ("least support", "agree", "disagree", "pass", "statement")


def _row(one: "StatementFinding", texts: dict[str, str]) -> tuple[object, ...]:
    least = min(each.support for each in one.by_group)
    share = f"{one.common_ground:.2f}"
    return one.id, share, f"{least:.0%}", one.agree, one.disagree, one.passed, short(texts[one.id])


def short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 60 else plain[:59] + "…"
