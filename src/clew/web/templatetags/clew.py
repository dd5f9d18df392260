"""Tags and filters that every template has: built in, so that none needs to be loaded."""

from datetime import date

from django import template
from django.urls import reverse

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


FOUND = {"gain": "a gain", "null": "no difference shown", "loss": "a loss"}


@register.filter
def found(sign: str | None) -> str:
    """Return the sign of a published result for reading; a dash where nothing is published."""
    return FOUND.get(sign or "", "–")


@register.filter
def days_until(start: date, end: date) -> int:
    """Return the days from one day to a later one."""
    return (end - start).days


@register.simple_tag(takes_context=True)
def again(context: template.Context, **changed: object) -> str:
    """Return the query of this page's address with some of it changed, as "?show=overdue&page=2"."""
    query = context["request"].GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def entry(index: int) -> str:
    """Return the address of an entry of the record."""
    return reverse("record-entry", args=[index])


@register.filter
def spoken(text: str) -> str:
    """Return an identifier as words."""
    return text.replace("_", " ").replace("-", " ")
