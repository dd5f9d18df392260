"""Periods on their calendar: which forms are read, and where one is missing."""

import pytest

from clew.evaluate.period_steps import calendar_of, gaps


@pytest.mark.parametrize(
    ("periods", "unit", "round_", "step"),
    [
        (("2023-11", "2023-12", "2024-01"), "month", 12, 1),
        (("202311", "202312", "202401"), "month", 12, 1),
        (("2023-11-01", "2023-12-01", "2024-01-01"), "month", 12, 1),
        (("2023-01-15", "2023-04-15", "2023-07-15"), "month", 4, 3),
        (("2021-01-01", "2022-01-01", "2023-01-01"), "month", None, 12),
        (("2023-Q3", "2023-Q4", "2024-Q1"), "quarter", 4, 1),
        (("2023Q4", "2024Q1"), "quarter", 4, 1),
        (("2020-W52", "2020-W53", "2021-W01"), "week", 52, 1),
        (("2024-02-27", "2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"), "day", 7, 1),
        (("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-04"), "working day", 5, 1),
        (("2024-01-01", "2024-01-08", "2024-01-15"), "day", 52, 7),
        (("2001", "2002", "2003"), "period", None, 1),
        (("0.5", "1.0", "1.5"), "period", None, 0.5),
    ],
)
def test_calendars(periods: tuple[str, ...], unit: str, round_: int | None, step: float) -> None:
    found = calendar_of(periods)
    assert found is not None
    assert (found.unit, found.round, found.step) == (unit, round_, step)
    assert gaps(periods) == ()


@pytest.mark.parametrize(
    "periods", [("spring", "summer"), ("2024-13", "2024-14x"), ("2023-02-30", "2023-03-31"), ("a",), ()]
)
def test_names_that_tell_nothing(periods: tuple[str, ...]) -> None:
    assert calendar_of(periods) is None
    assert gaps(periods) == ()


@pytest.mark.parametrize(
    ("periods", "expected"),
    [
        (("2023-11", "2024-01", "2024-02"), (("2023-11", "2024-01"),)),
        (("2019", "2020", "2023", "2024", "2026"), (("2020", "2023"), ("2024", "2026"))),
        (("2024-W01", "2024-W02", "2024-W04"), (("2024-W02", "2024-W04"),)),
        (("2024-02-28", "2024-02-29", "2024-03-04"), (("2024-02-29", "2024-03-04"),)),
        (("2024-01-31", "2024-02-29", "2024-03-31", "2024-05-31"), (("2024-03-31", "2024-05-31"),)),
    ],
)
def test_gaps(periods: tuple[str, ...], expected: tuple[tuple[str, str], ...]) -> None:
    assert gaps(periods) == expected


def test_numbers_that_only_look_like_months_are_numbers() -> None:
    found = calendar_of(("202399", "202400", "202401"))
    assert found is not None
    assert (found.unit, found.step) == ("period", 1)
