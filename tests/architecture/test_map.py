"""ARCHITECTURE.md may only name what is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
TABLE = TEXT[TEXT.index("## Where new code goes") : TEXT.index("## Numbers that can be trusted")]
PATHS = sorted(set(re.findall(r"`([a-z_]+/[a-z_/]+\.py)`", TABLE)))
NAMES = sorted(set(re.findall(r"`(?:@)?([A-Za-z_]{4,})`", TABLE)))


@pytest.mark.parametrize("path", PATHS)
def test_every_file_that_the_table_names_is_there(path: str) -> None:
    assert (ROOT / "src" / "clew" / path).is_file() or (ROOT / path).is_file()


@pytest.mark.parametrize("name", NAMES)
def test_every_name_that_the_table_names_is_in_the_code(name: str) -> None:
    sources = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    assert any(
        re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) for path in sources if path != Path(__file__)
    )


def test_every_room_of_the_package_is_in_the_map() -> None:
    rooms = {path.name for path in (ROOT / "src" / "clew").iterdir() if (path / "__init__.py").is_file()}
    assert {room for room in rooms if f"| `{room}` |" not in TEXT} == set()
