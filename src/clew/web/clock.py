"""The one place where the web reads the clock, so that tests can set it."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return this day, in UTC."""
    return now().date()
