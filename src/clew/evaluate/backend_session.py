"""A session with a database or an engine through Ibis: opened by a URL, read from, closed. Nothing is written there.

Ibis and PySpark are imported here alone, and only when a backend is asked for.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

import duckdb
import numpy as np
from numpy.typing import NDArray

from clew.errors import InputError

Kind = Literal["duckdb", "postgres", "pyspark"]
Expression = Any  # Any: expressions and tables of Ibis, which is there only with the extra `backends`
KINDS: dict[str, Kind] = {"duckdb": "duckdb", "postgres": "postgres", "postgresql": "postgres", "pyspark": "pyspark"}
FORMS = (
    "Write duckdb://file.duckdb, duckdb:// (files, without a database), postgres://user@host/database or pyspark:// "
    "(Spark on this machine; settings as in pyspark://?spark.master=local[4])."
)
READ_ONLY = "-c default_transaction_read_only=on"
PATIENCE = 10
"""Seconds until a server that does not answer is given up."""

VIEWS = count()
"""Numbers of Spark's temporary views, so that none replaces another."""


@dataclass(frozen=True, slots=True)
class Session:
    """An open session. `shown`: its URL without password and settings. `errors`: what its engine raises.

    `spark`: Spark's own session, None elsewhere. `views`: temporary ones that files are read through there. `end`: ends
    what was opened here.
    """

    backend: Any  # Any: an Ibis backend
    kind: Kind
    shown: str
    errors: tuple[type[Exception], ...]
    end: Callable[[], object]
    spark: Any = None  # Any: a SparkSession
    views: list[str] = field(default_factory=list)

    def fetch(self, table: Expression) -> dict[str, NDArray[Any]]:
        """The columns of an answer as arrays; objects with None where a column holds NULL.

        Raises: InputError where the engine cannot answer, with its own first words.
        """
        try:
            found = self.backend.to_pyarrow(table) if self.spark is None else self._from_spark(table)
        except self.errors as error:
            raise self.unanswered(error) from error
        return {name: _as_array(found.column(name)) for name in found.column_names}

    def _from_spark(self, table: Expression) -> Any:  # Any: an Arrow table
        """Ibis would go through pandas, in which whole numbers beside NULL lose digits."""
        return self.spark.sql(self.backend.compile(table)).toArrow()

    def view(self) -> str:
        """A new name for files to be read through in Spark, forgotten at the end."""
        self.views.append(f"clew_data_{next(VIEWS)}")
        return self.views[-1]

    def close(self) -> None:
        """End the session, or leave one that somebody else opened as it was."""
        while self.views:
            self.spark.catalog.dropTempView(self.views.pop())
        self.end()

    def unanswered(self, error: Exception) -> InputError:
        """The complaint that a question failed."""
        return InputError(
            f"the data cannot be read: {first_words(error)}.", where=self.shown, do="Check the table and its columns."
        )


def _as_array(column: Any) -> NDArray[Any]:  # Any: an Arrow column
    return np.array(column.to_pylist(), dtype=object) if column.null_count else np.asarray(column.to_numpy())


def first_words(error: Exception) -> str:
    """The first line of an error, without its full stop, at most 200 characters."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200].rstrip(".: ")


def load_ibis() -> Any:  # Any: the module
    """The module `ibis`. Raises InputError where it is not installed."""
    try:
        import ibis
    except ImportError as error:
        raise _not_installed("Ibis") from error
    return ibis


def open_session(url: str) -> Session:
    """Open a session for reading. `url`: as Ibis writes it; see `FORMS`.

    Raises: InputError for another form, a missing package, or a server or file that cannot be opened; a password is
    never repeated.
    """
    scheme, mark, rest = url.partition("://")
    if not mark or scheme not in KINDS:
        raise InputError(f"{shown(url)} is no address of a backend.", where="--backend", do=FORMS)
    openers = {"duckdb": _open_duckdb, "postgres": _open_postgres, "pyspark": _open_spark}
    return openers[KINDS[scheme]](load_ibis(), url, rest)


def shown(url: str) -> str:
    """The URL without password and settings.

    >>> shown("postgres://ana:secret@host:5432/pilots?sslmode=require")
    'postgres://ana@host:5432/pilots'
    """
    scheme, mark, rest = url.partition("://") if "://" in url else ("", "", url)
    account, at, place = rest.rpartition("@")
    user = re.split(r"[:?]", account, maxsplit=1)[0]
    return f"{scheme}{mark}{user}{at}{place.split('?')[0]}"


def _open_duckdb(ibis: Any, url: str, rest: str) -> Session:  # Any: the module
    in_memory = rest.partition("?")[0] in {"", ":memory:"}
    try:
        backend = ibis.connect(url, **({} if in_memory else {"read_only": True}))
    except (duckdb.Error, OSError) as error:
        raise _unopened(url, error) from error
    return Session(backend, "duckdb", shown(url), (duckdb.Error, _ibis_error(ibis)), backend.disconnect)


def _open_postgres(ibis: Any, url: str, rest: str) -> Session:  # Any: the module
    import psycopg

    settings = {"options": READ_ONLY} if "options=" not in rest else {}
    patience = {"connect_timeout": PATIENCE} if "connect_timeout=" not in rest else {}
    try:
        backend = ibis.connect(url, **settings, **patience)
    except (psycopg.Error, ValueError) as error:
        raise _unopened(url, error) from None  # the driver's own error may hold what it was given
    return Session(backend, "postgres", shown(url), (psycopg.Error, _ibis_error(ibis)), backend.disconnect)


def _open_spark(ibis: Any, url: str, rest: str) -> Session:  # Any: the module
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise _not_installed("PySpark") from error
    running = SparkSession.getActiveSession()
    settings = dict(part.split("=", 1) for part in rest.partition("?")[2].split("&") if "=" in part)
    quiet = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
    errors = (PySparkException, Py4JError, _ibis_error(ibis))
    try:
        spark = running or SparkSession.builder.config(map={**quiet, **settings}).getOrCreate()
        backend = ibis.pyspark.connect(spark)
    except (*errors, OSError) as error:
        raise _unopened(url, error) from error
    return Session(backend, "pyspark", shown(url), errors, (lambda: None) if running else spark.stop, spark)


def _ibis_error(ibis: Any) -> type[Exception]:  # Any: the module
    error: type[Exception] = ibis.common.exceptions.IbisError
    return error


def _unopened(url: str, error: Exception) -> InputError:
    said, password = first_words(error), url.partition("://")[2].rpartition("@")[0].partition(":")[2]
    reason = "" if password and password in said else f": {said}"
    return InputError(
        f"the backend cannot be opened{reason}.", where=shown(url), do="Check the address, and that it is running."
    )


def _not_installed(what: str) -> InputError:
    return InputError(
        f"{what} is not installed, so data can be evaluated from files alone.",
        where="--backend",
        do='Install it: pip install "clew[backends]".',
    )
