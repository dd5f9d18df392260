"""Offices: how the record, which is public and for ever, names who acts. A role or an office, never a person."""

import re
import unicodedata

from django.core.exceptions import ValidationError

PROVISIONAL = re.compile(r"account [0-9]+", re.IGNORECASE)
NAME = re.compile(r"[^\W\d_]+\.?")
CLOSED = re.compile(r"closed account [0-9]+", re.IGNORECASE)


def provisional(number: int) -> str:
    """Return the office of somebody who came without being invited, until a steward gives them one."""
    return f"account {number}"


def tidy(office: str) -> str:
    """Return an office in one spelling: no spaces around or doubled, and no look-alike code points."""
    return " ".join(unicodedata.normalize("NFKC", office).split())


def check_office(office: str) -> None:
    """Raise ValidationError for what cannot stand on the record as an office."""
    if "@" in office:
        raise ValidationError("An office is no e-mail address: it stands on the public record for ever.")
    if not office.isprintable() or office != tidy(office):
        raise ValidationError("An office is written on one line, without doubled spaces or control characters.")


def check_given(office: str) -> None:
    """Raise ValidationError where somebody is to be given an office that only the service itself gives out."""
    check_office(office)
    if PROVISIONAL.fullmatch(office) or CLOSED.fullmatch(office):
        raise ValidationError("“account” and a number is what the service itself gives to newcomers. Name the office.")


def looks_like_a_name(office: str) -> bool:
    """Return whether this could be a person's name: two to four words, each a capital and small letters."""
    words = office.replace("-", " ").split()
    return 2 <= len(words) <= 4 and all(NAME.fullmatch(word) and word.istitle() for word in words)


NAME_WARNING = (
    "“{office}” could be a person's name. It will stand on the public record for ever: "
    "if it is a name, close this account and add it again under the name of the office."
)
