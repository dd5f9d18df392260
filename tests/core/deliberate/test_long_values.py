"""A statement may be longer than Python's own bound for a CSV value, and no other reader's bound is moved by that."""

import csv
from pathlib import Path

from clew.tables.sources import Part
from clew.tables.unreadable import records


def test_a_long_value_is_read_and_the_bound_of_others_stays(tmp_path: Path) -> None:
    before = csv.field_size_limit()
    long = "a" * (before + 1)
    (tmp_path / "long.csv").write_text(f"id,text\n1,{long}\n\n2,short\n", encoding="utf-8")
    lines = records(Part(tmp_path / "long.csv", "csv"))
    assert next(lines) == (2, ["1", long])
    assert csv.field_size_limit() == before
    assert list(lines) == [(4, ["2", "short"])]
