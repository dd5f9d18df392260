"""`clew evaluate`: what the data say, and what the locked rule makes of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clew.cli.console import notice, print_json, table, write_whole
from clew.errors import InputError

if TYPE_CHECKING:
    from clew.evaluate.finding import EquityGroup, Further, SecondaryOutcome
    from clew.gate.evaluation import Evaluation


@click.command()
@click.argument("protocol", type=click.Path(path_type=Path))
@click.argument("data", nargs=-1, required=True)
@click.option(
    "--record", type=click.Path(path_type=Path), help="Look up the lock here and put the verdict on the record."
)
@click.option("--look", type=click.IntRange(1), help="Which look this is (default: the last planned).")
@click.option("--by", default="evaluator", show_default=True, help="The role that evaluates, never a person's name.")
@click.option("--dry-run", is_flag=True, help="With --record: look up the lock, write nothing.")
@click.option("--backend", help="Evaluate where the data lie: duckdb://, postgres:// or pyspark://.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="Write a one-file HTML report here.")
def evaluate(
    protocol: Path,
    data: tuple[str, ...],
    record: Path | None,
    look: int | None,
    by: str,
    dry_run: bool,
    backend: str | None,
    as_json: bool,
    report: Path | None,
) -> None:
    """Evaluate a pilot's DATA (CSV or Parquet: files, a folder, a glob) by its PROTOCOL, and print the verdict.

    With --backend, DATA is a table (or schema.table) there, or files that DuckDB or Spark read.

    \b
    Examples:
      clew evaluate protocol.toml data.csv
      clew evaluate protocol.toml data.csv --look 1 --record RECORD --report verdict.html
      clew evaluate protocol.toml pilots.visits --backend postgres://reader@host/database
    """
    from clew.evaluate.backend import InBackend
    from clew.gate.desk import evaluate_and_record, evaluate_files

    if report is not None and not report.parent.is_dir():
        raise InputError("there is no such folder for the report.", where=str(report.parent), do="Make it first.")
    where = data if backend is None else InBackend(backend, data)
    if record is None or dry_run:
        found = evaluate_files(protocol, where, record=record, look=look)
    else:
        found = evaluate_and_record(protocol, where, record=record, look=look, at=datetime.now(UTC), by=by)
    if report is not None:
        write_report(found, report, record)
    if as_json:
        print_json(found.to_dict())
    else:
        show(found)


def write_report(found: "Evaluation", report: Path, record: Path | None) -> None:
    from clew.report import report_of

    write_whole(report, report_of(found, record))
    notice(f"report: {report}")


def show(found: "Evaluation") -> None:
    """Print an evaluation for reading: the verdict first, then each reason with its figure."""
    from clew.gate.evaluation import effect_sentence

    effect = found.finding.effect
    click.echo(f"{found.protocol.pilot.title}: {found.verdict.upper()}. {found.judgement.why}\n")
    clusters = f" in {effect.clusters} clusters" if effect.clusters else ""
    click.echo(f"{effect_sentence(found.finding)} {_error(found)}, p {effect.p_value:.3g};")
    here, there = ("after the start", "before") if found.protocol.design.before_and_after else ("treated", "compared")
    click.echo(f"{effect.n_treated} {here} and {effect.n_comparison} {there}{clusters}.")
    rows = [(one.rule, one.needed, one.found, "yes" if one.holds else "no") for one in found.judgement.reasons]
    table("\nWhat the locked rule says", ("rule", "needed", "found", "holds"), rows)
    if found.finding.equity:
        table(
            "For whom", ("group", "n", "effect", "interval", "reach", ""), [_group(one) for one in found.finding.equity]
        )
    _show_outcomes(found.finding.secondary)
    if found.finding.further:
        more = [_further(one) for one in found.finding.further]
        table("More of what the data say (it decides nothing)", ("figure", "estimate", "interval", ""), more)
    _show_checks(found)
    click.echo(f"Evidence level {found.finding.evidence_level} of 5, by the design and its checks.")
    for sentence in found.notices:
        notice(sentence)


def _error(found: "Evaluation") -> str:
    """Say of which estimate the standard error is, where that is not the one in front."""
    effect = found.finding.effect
    if found.protocol.design.standard_errors != "robust-bias-corrected":
        return f"Standard error {effect.std_error:.4g}"
    freed, error = sum(effect.interval) / 2, effect.std_error
    return f"The interval is that of the estimate freed of its bias, {freed:.4g}, robust standard error {error:.4g}"


def _show_outcomes(found: "tuple[SecondaryOutcome, ...]") -> None:
    """Print the further outcomes, and say again what moved the wrong way."""
    if not found:
        return
    table("Further outcomes (they neither earn nor block a verdict)", OUTCOMES, [_outcome(one) for one in found])
    for one in found:
        if one.moved == "worse":
            notice(f"further outcome {one.name}: it moved the wrong way ({one.better} is better).")


def _outcome(one: "SecondaryOutcome") -> tuple[object, ...]:
    from clew.report.further import span

    interval = "–" if one.interval is None else span(one.interval)
    figures = (_figure(one.p_value, ".3g"), _figure(one.p_holm, ".3g"))
    return one.name, one.n or "–", _figure(one.estimate, "+.4g"), interval, *figures, one.moved or one.refused or ""


def _show_checks(found: "Evaluation") -> None:
    """Print every check of the data and of what the design takes for granted; what asks a question is said again."""
    verdicts = {one.screen: one.verdict for one in found.judgement.instead}
    rows = [
        (one.name, "asks a question" if one.flag else "nothing to ask", one.why, verdicts.get(one.name, ""))
        for one in found.finding.screens
    ]
    if rows:
        table("Checks of the data and of what the design takes for granted", CHECKED, rows)
    for screen in found.finding.screens:
        if screen.flag:
            notice(f"screen {screen.name}: {screen.why}")


OUTCOMES = ("outcome", "n", "effect", "95% interval", "p", "p (Holm)", "which way")
CHECKED = ("check", "result", "why", "verdict without it")


def _group(group: "EquityGroup") -> tuple[object, ...]:
    interval = "–" if group.interval is None else f"{group.interval[0]:+.3g} to {group.interval[1]:+.3g}"
    effect = "hidden" if group.hidden else _figure(group.estimate, "+.3g")
    marks = [name for name, holds in (("harmed", group.harmed), ("under-reached", group.under_reached)) if holds]
    name = f"{group.column} = {group.group}"
    return (name, "–" if group.n is None else group.n, effect, interval, _figure(group.reach, ".2f"), ", ".join(marks))


def _further(one: "Further") -> tuple[object, ...]:
    from clew.report.further import span

    interval = "–" if one.interval is None else span(one.interval)
    name = f"{one.name} (not to be used alone)" if one.kind == "warning" else one.name
    return name, _figure(one.estimate, "+.4g"), interval, one.why


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else f"{value:{form}}"
