"""Tags and filters that every template has: built in, so that none needs to be loaded."""

from datetime import date

from django import template

from clew.report.figures import plural

register = template.Library()


@register.filter
def day(value: date | str | None) -> str:
    """Return a day for reading, as "1 March 2027"; "no date" where there is none."""
    if not value:
        return "no date"
    on = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    return f"{on.day} {on:%B %Y}"


@register.filter
def count(number: int, one: str) -> str:
    """Return a count with its noun, as "3 cases"."""
    return plural(number, one)


@register.filter
def percent(share: float | None) -> str:
    """Return a share for reading, as "40%"; a dash where there is none."""
    return "–" if share is None else f"{share:.0%}"


@register.filter
def spoken(text: str) -> str:
    """Return an identifier as words."""
    return text.replace("_", " ").replace("-", " ")
