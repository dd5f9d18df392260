"""What a replication is made of, as frozen values."""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

Prepare = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class DataSet:
    """Data of other people, as a package or folder brings them.

    `source`: where they come from and under which licence, in words. `fetch`: the package and what it calls the set
    (`export.py` knows how each is read), or ("shared", file), or ("print", name) for figures that stand here as they
    were printed. `rows`, `means`: what must be found, or the data are not those that the results were published on.
    """

    name: str
    title: str
    source: str
    fetch: tuple[str, ...]
    rows: int
    means: tuple[tuple[str, float], ...] = ()
    table: Callable[[], pd.DataFrame] | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """One printed result: `value` and `error` (its standard error) as printed, `where` they were printed.

    `figure`: which of our figures answers (see `found.py`). `per`: what ours is multiplied by to be in the printed
    unit; `as_percent`: ours is a change of a logarithm, printed in per cent. `within`, `error_within`: how far ours may
    be away, as a share of the printed figure; 0 asks for every printed digit. `remark`: why they differ, or what must
    be known to read them. `from_memory`: the printed figure was written down from memory and not looked up again.
    """

    what: str
    value: str
    where: str
    error: str = ""
    figure: str = "effect"
    per: float = 1.0
    as_percent: bool = False
    within: float = 0.0
    error_within: float = 0.0
    remark: str = ""
    from_memory: bool = False


@dataclass(frozen=True, slots=True)
class Replication:
    """One evaluation of a data set and the printed results that it answers. `tables`: [design], [outcome] and what else
    the protocol holds besides the tables that every protocol has. `prepare`: which rows and columns are
    used, None for all as they are. `lesson`: a sentence to say below the table."""

    data: DataSet
    name: str
    tables: str
    published: tuple[Published, ...]
    prepare: Prepare | None = None
    unit: str = "person"
    lesson: str = ""

    @property
    def protocol(self) -> str:
        """The whole protocol file."""
        return HEAD.format(name=self.name, title=self.data.title, unit=self.unit) + self.tables


HEAD = """\
[pilot]
id = "{name}"
title = "{title}"
hypothesis = "As published."
existing_data = "seen"

[population]
unit = "{unit}"
eligible = "as published"
"""
