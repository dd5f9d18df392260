"""`clew work`: a worker that stands alone, beside web processes that others start."""

from pathlib import Path

import click

from clew.web.commands import WORKSPACE, refuse_other_version, take_up
from clew.web.work.worker import run


@click.command()
@WORKSPACE
def work(workspace: Path) -> None:
    """Do the background work of a service on PostgreSQL: looks, trials of rules. `clew serve` does its own on SQLite.

    Several may run side by side. SIGTERM lets it finish the task in hand; after any other end the task is taken up
    again by whichever worker is there.

    \b
    Example:
      clew work --workspace /srv/clew
    """
    take_up(workspace)
    refuse_other_version()
    run()
