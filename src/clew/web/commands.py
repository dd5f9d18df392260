"""`clew serve`, `clew rebuild` and what else runs a service. Django is set up inside the commands alone."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from clew.errors import InputError, MissingError, RecordError, RefusedError
from clew.web.environment import read_environment


def start(workspace: Path) -> None:
    """Set Django up for a workspace, which is made where it is not there."""
    workspace.mkdir(parents=True, exist_ok=True)
    os.environ["CLEW_WORKSPACE"] = str(workspace.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.web.settings")
    import django

    django.setup()


def take_up(workspace: Path) -> None:
    """Set Django up for a service that has been begun. Raises MissingError where there is none; then none is made."""
    if not read_environment()["CLEW_DATABASE_URL"] and not (workspace / "clew.sqlite3").is_file():
        raise MissingError(
            "there is no service here.",
            where=str(workspace),
            do="Name its folder with --workspace, or begin one with `clew serve`.",
        )
    start(workspace)


def migrate() -> None:
    """Bring the tables up to this version. Raises RecordError where the database cannot be reached."""
    from django.core.management import call_command

    with _reached():
        call_command("migrate", verbosity=0, interactive=False)


def refuse_other_version() -> None:
    """Raise RefusedError where the tables are not those of this version, RecordError where they cannot be reached."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    with _reached():
        steps = MigrationExecutor(connection)
        behind = steps.migration_plan(steps.loader.graph.leaf_nodes())
    if behind:
        raise RefusedError(
            "the tables of this service are not those of this version.",
            do="Start it once: `clew serve` brings them up.",
        )


@contextmanager
def _reached() -> Iterator[None]:
    from django.db import OperationalError

    try:
        yield
    except OperationalError as error:
        raise RecordError(
            f"the database cannot be used: {' '.join(str(error).split())}.",
            where="CLEW_DATABASE_URL, or the database in the workspace",
            do="Check the address, the rights and the space left.",
        ) from error


def prepare() -> None:
    """Bring the database and the record of the workspace up to this version."""
    from django.conf import settings
    from django.core.management import call_command

    from clew.web.desk import begin

    migrate()
    call_command("createcachetable", verbosity=0)
    begin(settings.CLEW.origin)


WORKSPACE = click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("clew-workspace"),
    show_default=True,
    envvar="CLEW_WORKSPACE",
    help="The folder of the service.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def answer(as_json: bool, value: dict[str, Any], said: str) -> None:  # Any: JSON
    """Print what a command has to say: one JSON object, or a sentence."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) if as_json else said)


@click.command()
@WORKSPACE
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Web processes of 8 threads; more than one: PostgreSQL.",
)
@click.option("--browser/--no-browser", default=False, help="Open the home page.")
def serve(workspace: Path, port: int, host: str, processes: int, *, browser: bool) -> None:
    """Serve a workspace: its pages, its record and its background work.

    The database is brought up to this version first. PostgreSQL: set CLEW_DATABASE_URL.

    \b
    Example:
      clew serve --port 8000
    """
    start(workspace)
    from django.db import connection, connections

    from clew.web.collected import collect
    from clew.web.serving import Place, serve_until_stopped

    if connection.vendor == "sqlite" and processes > 1:
        raise InputError(
            "several processes need PostgreSQL; on SQLite one process serves with eight threads.",
            where="--processes",
            do="Leave it out, or set CLEW_DATABASE_URL.",
        )
    place = Place(host, port)
    place.refuse_if_taken()
    prepare()
    collect()
    connections.close_all()
    click.echo(f"{place.url}   (to stop: Ctrl-C)", err=True)
    serve_until_stopped(place, processes=processes, open_browser=browser)


@click.command()
@WORKSPACE
@AS_JSON
def rebuild(workspace: Path, *, as_json: bool) -> None:
    """Make every read table anew from the record, which is verified on the way.

    \b
    Example:
      clew rebuild
    """
    take_up(workspace)
    prepare()
    from clew.web.desk import reading
    from clew.web.follow import rebuild as make_anew

    quiet = not sys.stderr.isatty()
    with click.progressbar(length=2 * reading().size, label="Reading", file=sys.stderr, hidden=quiet) as bar:
        size = make_anew(bar.update)
    answer(as_json, {"events": size}, f"{size} events of the record read; every read table is made anew.")


@click.command()
@click.argument("target", metavar="FILE.tar", type=click.Path(path_type=Path, dir_okay=False))
@WORKSPACE
@AS_JSON
@click.pass_context
def backup(context: click.Context, target: Path, workspace: Path, *, as_json: bool) -> None:
    """Write a service, as it stands at this moment, into one archive; nobody has to stop working meanwhile.

    Keep it as safe as the service: it holds the signing key, accounts, personal values and data.

    \b
    Example:
      clew backup clew-backup.tar
    """
    take_up(workspace)
    refuse_other_version()
    from clew.web.record.backup import back_up

    made, sound = back_up(target)
    rows = sum(made.rows.values())
    plain = {"origin": made.origin, "size": made.size, "rows": rows, "files": len(made.files), "verified": sound}
    said = f"{target}: {made.size} entries of {made.origin}, {rows} rows, {len(made.files)} files"
    answer(as_json, {**plain, "missing": list(made.missing)}, said)
    for name in made.missing:
        click.echo(f"missing: {name}, a data file that is not in the workspace", err=True)
    if not sound:
        click.echo("The record does not verify: see `clew verify`. This backup cannot be restored.", err=True)
        context.exit(1)


@click.command()
@click.argument("source", metavar="FILE.tar", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@WORKSPACE
@AS_JSON
def restore(source: Path, workspace: Path, *, as_json: bool) -> None:
    """Take up a backup in a new workspace, on SQLite or PostgreSQL (CLEW_DATABASE_URL), and verify its record.

    \b
    Example:
      clew restore clew-backup.tar --workspace restored
    """
    if workspace.exists() and (not workspace.is_dir() or any(workspace.iterdir())):
        raise RefusedError(
            "this is there already and is not an empty folder.", where=str(workspace), do="Name a new one."
        )
    start(workspace)
    from clew.web.record.restore import restore as take_up

    try:
        migrate()
        taken = take_up(source)
    except BaseException:
        from django.db import connections

        connections.close_all()
        shutil.rmtree(workspace, ignore_errors=True)
        raise
    plain = {"origin": taken.origin, "size": taken.size, "vkey": taken.vkey, "verified": True}
    answer(as_json, plain, f"{workspace}: {taken.size} entries of {taken.origin}, verified; key {taken.vkey}")
