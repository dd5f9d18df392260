"""Patterns of voting that deserve a look, for reading: what was seen and what it changes, never an accusation."""

from collections.abc import Mapping
from dataclasses import dataclass

from clew.deliberate.integrity import TOLD, Change, Difference, Integrity
from clew.report.figures import chance, plural, share
from clew.report.opinion_statements import Said, plain

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class PatternRow:
    """One pattern: what was seen, how often chance would show one, and the first of its statements."""

    sentence: str
    by_chance: str
    left_out: bool
    statements: tuple[Said, ...]
    further: int


def patterns_sentence(integrity: Integrity) -> str:
    """Return whether anything was seen, and that it accuses nobody."""
    if not integrity.patterns:
        as_far = ", as far as it could be looked for" if integrity.notices else ""
        return f"Nothing was seen that chance does not explain{as_far}. That does not prove that nobody tried."
    return (
        f"{plural(len(integrity.patterns), 'pattern')} deserve{'s' if len(integrity.patterns) == 1 else ''} a look."
        " A pattern is a question, not an accusation: honest people can look alike. All votes count in everything"
        " above; what would change without these people stands here."
    )


def pattern_rows(integrity: Integrity, said: Mapping[str, Said]) -> tuple[PatternRow, ...]:
    """Return the patterns, the least likely first, no more than are told one by one."""
    return tuple(
        PatternRow(
            sentence=plain(one.sentence),
            by_chance=f"Chance alone shows one like it in {chance(one.p_value)} of conversations like this.",
            left_out=one.left_out,
            statements=tuple(said.get(name, Said(plain(name), "")) for name in one.statements[:MOST_NAMED]),
            further=max(len(one.statements) - MOST_NAMED, 0),
        )
        for one in integrity.patterns[:TOLD]
    )


def untold(integrity: Integrity) -> int:
    """Return how many patterns are not told one by one."""
    return max(len(integrity.patterns) - TOLD, 0)


def without_sentence(difference: Difference) -> str:
    """Return what changes in common ground when the people in patterns are left out."""
    left = f"Without the {plural(difference.left_out, 'person')} in them,"
    if not difference.became and not difference.ceased:
        return f"{left} the same statements are common ground."
    became, ceased = len(difference.became), len(difference.ceased)
    return (
        f"{left} {plural(became, 'statement')} would become common ground, and {plural(ceased, 'statement')} would no"
        " longer be."
    )


def changes(difference: Difference, said: Mapping[str, Said]) -> tuple[tuple[Said, str, str, str], ...]:
    """Return each statement that changes: what it says, how, how sure with everybody, and how sure without."""
    rows = [(one, "becomes common ground") for one in difference.became]
    rows += [(one, "is no longer common ground") for one in difference.ceased]
    if not rows and difference.largest is not None:
        rows = [(difference.largest, "changes most")]
    return tuple((_said(one, said), how, share(one.everybody), share(one.without)) for one, how in rows)


def _said(one: Change, said: Mapping[str, Said]) -> Said:
    return said.get(one.id, Said(plain(one.id), ""))
