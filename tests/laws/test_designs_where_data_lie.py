"""Every design says the same of data in a database as of the same data in a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from beside_files import Places, opened_places, same_as_files
from clew.evaluate.designs import DESIGNS
from drawn_designs import drawn, variants
from trials import write_parquet

ENGINES = ("duckdb", "postgres")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with opened_places(tmp_path_factory.mktemp("backend")) as opened:
        yield opened


@pytest.mark.parametrize("kind", DESIGNS)
def test_every_design_says_what_the_file_says(kind: str, places: Places, tmp_path: Path) -> None:
    """The default in both engines, the others in one of them."""
    for number, protocol in enumerate(variants(kind)):
        rows = drawn(protocol)
        path = write_parquet(rows, tmp_path / f"{number}.parquet")
        for engine in ENGINES[: 2 - bool(number)]:
            same_as_files(protocol, places.put(rows, engine), path)
