"""The rows of a query as numpy arrays, a batch at a time, so that memory does not grow with the rows.

DuckDB hands batches out through the Arrow C stream interface, whose three structures are fixed for good; they are read
here where they lie, without a further package.

Source: Arrow C data interface and C stream interface, https://arrow.apache.org/docs/format/CStreamInterface.html
"""

import ctypes
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

TYPES = {b"c": np.int8, b"i": np.int32, b"l": np.int64, b"L": np.uint64, b"g": np.float64}
"""The formats that columns may have: TINYINT, INTEGER, BIGINT, UBIGINT, DOUBLE."""


class _Schema(ctypes.Structure):
    """What one column holds; that of the stream has a child for each."""


_Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(_Schema))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
]


class _Array(ctypes.Structure):
    """The values of one column in one batch; that of a batch has a child for each."""


_Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_Array))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
    ("private_data", ctypes.c_void_p),
]


class _Stream(ctypes.Structure):
    """Where batches come from."""

    _fields_ = (
        ("get_schema", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Schema))),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.POINTER(_Array))),
        ("get_last_error", ctypes.CFUNCTYPE(ctypes.c_char_p, ctypes.c_void_p)),
        ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("private_data", ctypes.c_void_p),
    )


_pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
    ("PyCapsule_GetPointer", ctypes.pythonapi)
)


def batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[list[NDArray[Any]]]:
    """The columns of a query's rows, batch by batch; they are gone when the next is asked for.

    All columns are of one of the `TYPES` and hold no NULL.

    Raises: duckdb.Error where the query fails, at the start or on the way.
    """
    capsule = connection.sql(query).__arrow_c_stream__()  # owns the stream: what is left of it ends with this name
    stream = _Stream.from_address(_pointer(capsule, b"arrow_array_stream"))
    types = _types(stream)
    while (batch := _next(stream)) is not None:
        try:
            yield [_values(batch.children[place].contents, type_) for place, type_ in enumerate(types)]
        finally:
            batch.release(ctypes.addressof(batch))
    del capsule


def _types(stream: _Stream) -> list[type[Any]]:
    schema = _Schema()
    _check(stream, stream.get_schema(ctypes.addressof(stream), ctypes.byref(schema)))
    try:
        return [TYPES[schema.children[place].contents.format] for place in range(schema.n_children)]
    finally:
        schema.release(ctypes.addressof(schema))


def _next(stream: _Stream) -> _Array | None:
    batch = _Array()
    _check(stream, stream.get_next(ctypes.addressof(stream), ctypes.byref(batch)))
    return batch if batch.release else None


def _check(stream: _Stream, code: int) -> None:
    """Turn what went wrong on the way into the error that `execute` would have raised."""
    if code:
        said = (stream.get_last_error(ctypes.addressof(stream)) or b"").decode(errors="replace")
        raise duckdb.OutOfMemoryException(said) if "Out of Memory" in said else duckdb.Error(said)


def _values(column: _Array, type_: type[Any]) -> NDArray[Any]:
    """One column's values where they lie."""
    if column.null_count > 0:
        raise duckdb.Error("a value is NULL")
    if not column.length:
        return np.zeros(0, dtype=type_)
    start = int(column.buffers[1] or 0) + column.offset * np.dtype(type_).itemsize
    held = (ctypes.c_char * (column.length * np.dtype(type_).itemsize)).from_address(start)
    return np.frombuffer(held, dtype=type_)
