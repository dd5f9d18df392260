"""`clew adopt`: a record that was kept in a folder goes on in the service."""

from pathlib import Path

import click

from clew.web.commands import AS_JSON, WORKSPACE, answer, prepare, start


@click.command()
@click.argument("record", type=click.Path(path_type=Path, exists=True, file_okay=False))
@WORKSPACE
@AS_JSON
def adopt(record: Path, workspace: Path, *, as_json: bool) -> None:
    """Take a record that was kept in a folder into the service: the same name, key and history.

    The folder stays as it is; from then on only the service may write.

    \b
    Example:
      clew adopt my-record
    """
    start(workspace)
    prepare()
    from clew.web.record.adopt import adopt as take_in

    size = take_in(record)
    said = f"{size} events are in the service now. Do not write to {record} any more: a record has one writer."
    answer(as_json, {"events": size}, said)
