"""Real Spark on this machine says what files say: one test, because starting a session takes longer than all of it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from beside_files import same_as_files
from clew.errors import InputError
from clew.evaluate.backend import InBackend, find_in_backend, in_backend
from clew.evaluate.backend_session import Session, open_session
from clew.evaluate.designs import DESIGNS
from drawn_designs import drawn, protocol_of
from trials import a_trial, registered, units, write_csv, write_parquet

pytestmark = [
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # py4j leaves its sockets to the collector
    pytest.mark.skipif(
        shutil.which("java") is None and "JAVA_HOME" not in os.environ,
        reason="NOT TESTED: Spark needs Java, and there is none on this machine",
    ),
]

URL = (
    "pyspark://?spark.master=local[2]&spark.sql.shuffle.partitions=2&spark.driver.host=127.0.0.1"
    "&spark.driver.bindAddress=127.0.0.1&spark.log.level=ERROR"
    "&spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"  # starts sooner
)
TRIALS = {
    "clusters, adjusted": registered(adjust_for=("x", "t"), estimator="lin", groups=("sub",)),
    "units, HC2, weighted": registered(adjust_for=("x", "t"), groups=("sub",), **units(weights="w")),
    "units, HC1": registered(adjust_for=("x",), **units(standard_errors="hc1")),
    "blocks": registered(block="block", estimator="block-weighted"),
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Session]:
    """The one session: whoever opens another while it runs is given the same."""
    session = open_session(URL)
    yield session
    session.close()


def test_spark_says_what_files_say(spark: Session, tmp_path: Path, subtests: pytest.Subtests) -> None:
    trial = a_trial()
    trial["y"][[3, 50, 51]] = np.nan
    trial["y"] += 1e6
    path = write_parquet(trial, tmp_path / "trial.parquet")
    for name, protocol in TRIALS.items():
        with subtests.test(name):
            assert same_as_files(protocol, in_backend("pyspark://", path), path).backend == "Spark"
    for kind in DESIGNS:
        with subtests.test(kind):
            drawn_path = write_parquet(drawn(protocol_of(kind)), tmp_path / f"{kind}.parquet")
            same_as_files(protocol_of(kind), in_backend("pyspark://", drawn_path), drawn_path)
    with subtests.test("a view, and the same seal as in DuckDB"):
        spark.spark.read.parquet(str(path)).repartition(3).createOrReplaceTempView("trial")
        found = find_in_backend(TRIALS["blocks"], InBackend("pyspark://", ("trial",)), None)
        assert found.data_sha256 == find_in_backend(TRIALS["blocks"], in_backend("duckdb://", path), None).data_sha256
    with subtests.test("several CSV files"):
        named = np.array([{1: "1", 3: "01"}.get(school, str(school)) for school in a_trial()["school"]])
        rows = {**a_trial(), "school": named}
        parts = [write_csv({k: v[i::2] for k, v in rows.items()}, tmp_path / f"part{i}.csv") for i in (0, 1)]
        whole = write_csv(rows, tmp_path / "whole.csv")
        found = same_as_files(TRIALS["clusters, adjusted"], in_backend("pyspark://", parts), whole)
        in_duckdb = find_in_backend(TRIALS["clusters, adjusted"], in_backend("duckdb://", whole), None)
        assert found.data_sha256 == in_duckdb.data_sha256
    for content, said in (
        ("arm,y\n0,1\n1,many\n1,few\n", 'not a number: "few", "many"'),
        ("arm,y\n0,1\n1,nan\n", 'column "y" holds NaN'),
        ("arm,y\n0,1\n1,-Infinity\n", 'column "y" holds NaN'),
        ("arm,y\n0,\n1,\n", "no row has an outcome"),
        ("arm,y\n0,1\n1,2,3\n", "the data cannot be read"),
    ):
        with subtests.test(said):
            (tmp_path / "bad.csv").write_text(content)
            with pytest.raises(InputError, match=said):
                find_in_backend(registered(**units()), in_backend("pyspark://", tmp_path / "bad.csv"), None)
    with subtests.test("no such table"), pytest.raises(InputError, match=r'no table "no\.such"; there are "trial"'):
        find_in_backend(registered(), InBackend("pyspark://", ("no.such",)), None)
    with subtests.test("a session that somebody else opened goes on"):
        assert spark.fetch(spark.backend.table("trial").count().as_table()) is not None
