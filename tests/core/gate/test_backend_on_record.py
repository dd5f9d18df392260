"""An evaluation where the data lie, from the command line to the record: what its seal is of is said for ever."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import clew
from beside_files import Places, into_postgres, opened_places
from clew.cli import run
from clew.errors import RefusedError
from clew.evaluate.backend import InBackend, in_backend
from clew.gate.desk import evaluate_and_record, evaluate_files
from clew.gate.evaluation import IN_BACKEND, published_bytes, read_back
from clew.pilot.in_record import lock_in
from clew.pilot.parse import load_protocol
from clew.record.folder import create, open_record
from clew.report import report_of
from drawn_designs import drawn, protocol_of
from pilots import PROTOCOL, SIX_MONTHS, write_data
from trials import a_trial, registered, write_csv


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with opened_places(tmp_path_factory.mktemp("backend")) as opened:
        yield opened


@pytest.fixture
def server(places: Places) -> str:
    return places.server


def test_a_published_evaluation_says_that_its_seal_is_of_aggregates(places: Places) -> None:
    protocol = protocol_of("randomised")
    evaluation = evaluate_files(protocol, places.put(drawn(protocol), "postgres"))
    assert IN_BACKEND.format(backend="PostgreSQL") in evaluation.notices
    assert read_back(published_bytes(evaluation), protocol) == evaluation
    assert "of the counts and sums in PostgreSQL, not of the rows" in report_of(evaluation)


def test_files_say_nothing_of_a_backend(tmp_path: Path) -> None:
    evaluation = evaluate_files(registered(), write_csv(a_trial(), tmp_path / "trial.csv"))
    assert "backend" not in evaluation.to_dict()
    assert not any("counts and sums" in notice for notice in evaluation.notices)


def test_the_command_line_and_the_face_evaluate_in_a_backend(
    places: Places, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    protocol = protocol_of("randomised")
    (tmp_path / "protocol.toml").write_text(protocol.text)
    where = places.put(drawn(protocol), "duckdb")
    assert run(["evaluate", str(tmp_path / "protocol.toml"), *where.data, "--backend", where.url, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["backend"] == "DuckDB"
    assert clew.evaluate(tmp_path / "protocol.toml", where.data, backend=where.url).to_dict() == printed


def test_the_same_look_on_the_same_rows_is_recorded_once(server: str, tmp_path: Path) -> None:
    """In another order and in another engine too: what stands on the record is what was seen."""
    (tmp_path / "protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    lock_in(load_protocol(tmp_path / "protocol.toml"), create(tmp_path / "record", origin="example.org/desk"), at=at)
    lines = write_data(tmp_path / "visits.csv", SIX_MONTHS).read_text().splitlines()

    def looked(where: InBackend) -> int:
        record = tmp_path / "record"
        evaluate_and_record(
            tmp_path / "protocol.toml", where, record=record, look=1, at=at + timedelta(days=200), by="evaluator"
        )
        return open_record(record).size

    def written(lines: list[str]) -> InBackend:
        (tmp_path / "again.csv").write_text("\n".join(lines) + "\n")
        return in_backend("duckdb://", tmp_path / "again.csv")

    size = looked(written(lines))
    assert looked(written([lines[0], *lines[:0:-1]])) == size
    columns = zip(*(line.split(",") for line in lines[1:]), strict=True)
    rows = dict(zip(lines[0].split(","), map(np.array, columns), strict=True))
    into_postgres({**rows, "safe": rows["safe"].astype(int)}, server, "visits")
    assert looked(InBackend(server, ("visits",))) == size
    lines[1] = lines[1].replace(",1,", ",0,")
    with pytest.raises(RefusedError, match="was taken on other data"):
        looked(written(lines))
