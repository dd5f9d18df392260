"""Sums in an engine, cut into whole numbers: exact whatever the order, the size of the terms and their number."""

from math import fsum

import numpy as np
import pytest

from clew.evaluate.backend_session import load_ibis, open_session
from clew.evaluate.backend_sums import exact_sum


def summed(values: np.ndarray, bound: float, rows: int) -> tuple[float, int]:
    """The sum of an array in DuckDB, as told there may be so many rows; and as a whole number."""
    ibis = load_ibis()
    exact = exact_sum("t", bound, rows)
    session = open_session("duckdb://")
    table = ibis.memtable({"x": values.tolist()}, schema={"x": "float64"})
    found = session.fetch(table.aggregate(**exact.asked(table.x, table.x.notnull())))
    session.close()
    return float(exact.floats(found)[0]), exact.integers(found)[0]


@pytest.mark.parametrize("rows", [100, 10**7, 4 * 10**9])
@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e30])
def test_a_sum_is_the_exact_one_but_for_the_last_unit(scale: float, rows: int) -> None:
    """Also where so many rows are promised that one whole number holds no more than 30 bits: each row then loses less
    than a unit of the second one."""
    rng = np.random.default_rng(5)
    values = rng.normal(size=1_000) * 10.0 ** rng.integers(-3, 1, 1_000) * scale
    bound = float(np.abs(values).max())
    found, _ = summed(values, bound, rows)
    unit = 2 * bound * 4.0 ** -exact_sum("t", bound, rows).bits
    assert abs(found - fsum(values)) <= 1_000 * unit + 2e-16 * abs(fsum(values))


def test_what_cancels_is_still_there() -> None:
    values = np.array([1e8, 1e-7, -1e8, 1e-7, 3e7, -3e7])
    found, _ = summed(values, 1e8, 1_000)
    assert found == pytest.approx(2e-7, rel=1e-9)


def test_order_changes_nothing_and_a_last_bit_does() -> None:
    values = np.random.default_rng(6).normal(size=5_000)
    _, forwards = summed(values, 6.0, 10**7)
    _, backwards = summed(values[::-1], 6.0, 10**7)
    values[17] = np.nextafter(values[17], 9)
    _, changed = summed(values, 6.0, 10**7)
    assert forwards == backwards != changed


def test_nothing_sums_to_nothing() -> None:
    assert summed(np.zeros(3), 0.0, 3) == (0.0, 0)
    assert summed(np.array([]), 0.0, 0) == (0.0, 0)
