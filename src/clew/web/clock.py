"""The one place where the web reads the clock, so that tests can set it."""

from datetime import UTC, date, datetime

from clew.errors import InputError


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Return this day, in UTC."""
    return now().date()


def day_so_far(text: str) -> date:
    """Return a day that an address asks for. Raises InputError for what is no day, and for one that has not come."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f'"{text[:40]}" is no day.', where="?on=", do="Write it like 2027-03-01.") from error
    if day > today():
        raise InputError(f"{day.isoformat()} has not come yet.", where="?on=", do="Choose a day up to today.")
    return day
