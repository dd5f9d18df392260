"""The reference page and the parser know the same tables and keys, with the same forms and defaults."""

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from clew.pilot.keys import BY_NAME, LOOKS, TABLES, Key, Table
from clew.pilot.kinds import KINDS
from clew.pilot.protocol import Cost, Design, Equity, Looks, Outcome, Pilot, Population, Publics, ScaleRule, Size

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "protocol.md").read_text(encoding="utf-8")
VALUES = {
    "pilot": Pilot,
    "population": Population,
    "design": Design,
    "outcome": Outcome,
    "equity": Equity,
    "looks": Looks,
    "size": Size,
    "cost": Cost,
    "scale": ScaleRule,
    "publics": Publics,
}
SAID_OTHERWISE = {
    ("pilot", "case"): "the `id`",
    ("design", "arm"): "needed by the kind",
    ("design", "comparison"): "needed by the kind",
    ("design", "cluster"): "needed by the kind",
    **{("design", key): "needed by the kind" for kind in KINDS.values() for key in kind.needs},
    **{("design", key): "needed by the kind" for kind in KINDS.values() for pair in kind.either for key in pair},
    ("design", "estimator"): "by the kind",
    ("design", "standard_errors"): "by the kind",
    ("design", "pair"): "–",
}


def documented() -> dict[str, dict[str, tuple[str, str]]]:
    """Table → key → (form, default), as the page says."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for title, body in re.findall(r"^## \[{1,2}(\w+)\]{1,2}\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE):
        rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \| ([^|]*) \| \S[^|]* \|$", body, re.MULTILINE)
        found[title] = {key: (form, default) for key, form, default in rows}
    return found


def default_of(table: Table, key: Key) -> str:
    if key.needed:
        return "needed"
    if (table.name, key.name) in SAID_OTHERWISE:
        return SAID_OTHERWISE[table.name, key.name]
    if table.name not in VALUES:
        return "–"
    default = {item.name: item.default for item in fields(VALUES[table.name])}[key.name]
    assert default is not MISSING, "a key without default must be needed"
    if default is None:
        return "–"
    return {str: f'"{default}"', bool: str(default).lower(), tuple: "[]"}.get(type(default), str(default))


def test_every_table_is_documented_and_no_other() -> None:
    assert set(documented()) == set(BY_NAME)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_key_is_documented_with_its_form_and_default(table: Table) -> None:
    expected = {key.name: (key.reader.form, default_of(table, key)) for key in table.keys}
    assert documented()[table.name] == expected


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_an_array_of_tables_is_written_as_one(table: Table) -> None:
    heading = f"## [[{table.name}]]" if table.repeated else f"## [{table.name}]"
    assert f"{heading}\n" in PAGE


def test_every_kind_estimator_and_method_is_named() -> None:
    words = {name for kind in KINDS.values() for name in (*kind.estimators, *kind.standard_errors)}
    for word in words | set(KINDS) | set(LOOKS):
        assert f"`{word}`" in PAGE, word
