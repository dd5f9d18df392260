"""`clew serve`, `clew rebuild` and what else runs a service. Django is set up inside the commands alone."""

import os
import webbrowser
from pathlib import Path

import click


def start(workspace: Path) -> None:
    """Set Django up for a workspace, and bring its database and pages up to this version."""
    workspace.mkdir(parents=True, exist_ok=True)
    os.environ["CLEW_WORKSPACE"] = str(workspace.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.web.settings")
    import django

    django.setup()


def prepare() -> None:
    """Bring the database, the record and the built pages of the workspace up to this version."""
    from django.conf import settings
    from django.core.management import call_command

    from clew.web.desk import begin

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    begin(settings.CLEW.origin)
    call_command("collectstatic", verbosity=0, interactive=False, clear=False)


def run_server(port: int, *, host: str = "127.0.0.1", processes: int = 1) -> None:
    """Serve until interrupted."""
    from granian import Granian
    from granian.constants import Interfaces

    Granian(
        "clew.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=8,
    ).serve()


WORKSPACE = click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("clew-workspace"),
    show_default=True,
    envvar="CLEW_WORKSPACE",
    help="The folder of the service.",
)


@click.command()
@WORKSPACE
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--processes", type=click.IntRange(1), default=1, show_default=True, help="More than one: PostgreSQL.")
@click.option("--browser/--no-browser", default=False, help="Open the home page.")
def serve(workspace: Path, port: int, host: str, processes: int, *, browser: bool) -> None:
    """Serve a workspace: its pages, its record and its background work.

    The database is brought up to this version first. PostgreSQL: set CLEW_DATABASE_URL.

    \b
    Example:
      clew serve --port 8000
    """
    start(workspace)
    prepare()
    click.echo(f"http://{host}:{port}/", err=True)
    if browser:
        webbrowser.open(f"http://{host}:{port}/")
    run_server(port, host=host, processes=processes)


@click.command()
@WORKSPACE
def rebuild(workspace: Path) -> None:
    """Make every read table anew from the record, which is verified on the way.

    \b
    Example:
      clew rebuild
    """
    start(workspace)
    prepare()
    from clew.web import follow

    size = follow.rebuild()
    click.echo(f"{size} events of the record read; every read table is made anew.")
