"""Who is missing from a conversation, for reading: what was declared against the population, and thin evidence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clew.deliberate.disclosure import Shown
from clew.deliberate.missing import AttributeGaps, Missing, RakedStatement, ValueGap
from clew.report.figures import plural, share
from clew.report.opinion_statements import Said, plain
from clew.report.plots import Bar, Scale

SHARES = Scale(0.0, 1.0)
DASH = "–"
MOST_MOVED = 10


@dataclass(frozen=True, slots=True)
class GapRow:
    """One value of what people declared; `bar`: its share with its interval; `population_at`: where theirs lies."""

    value: str
    people: str
    share: str
    interval: str
    population: str
    bar: Bar | None
    population_at: str | None
    way: str
    partly: str


@dataclass(frozen=True, slots=True)
class GapTable:
    """What people declared of one thing: its name, who did not say, and a row a value."""

    name: str
    silent: str
    of: str
    rows: tuple[GapRow, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """A statement whose support would be another if those who voted had the population's shares."""

    said: Said
    support: str
    raked: str
    interval: str


def gap_tables(missing: Missing) -> tuple[GapTable, ...]:
    """Return a table for each thing that people declared."""
    return tuple(_table(one) for one in missing.attributes)


def _table(one: AttributeGaps) -> GapTable:
    silent = "" if not one.not_declared else f"{plural(one.not_declared, 'person')} did not say."
    return GapTable(
        name=plain(one.name),
        silent=silent,
        of="those who took part" if one.of_all else "those who said it",
        rows=tuple(_row(value) for value in one.values),
    )


def _row(value: ValueGap) -> GapRow:
    shown = value.share is not None and value.lower is not None and value.upper is not None
    return GapRow(
        value=plain(value.value),
        people=str(value.told) if value.people is None else f"{value.people:,}",
        share=share(value.share) if value.share is not None else DASH,
        interval=f"({share(value.lower or 0)} to {share(value.upper or 0)})" if shown else "",
        population=DASH if value.population is None else share(value.population),
        bar=_bar(value) if shown else None,
        population_at=None if value.population is None else SHARES.at(value.population),
        way=way(value),
        partly=_partly(value),
    )


def _partly(value: ValueGap) -> str:
    """How many of them took part only in part; nothing where that is hidden."""
    some = ((value.not_placed, "not placed"), (value.left_early, "left early"))
    return ", ".join(f"{count:,} {what}" for count, what in some if count is not None)


def _bar(value: ValueGap) -> Bar:
    return Bar(SHARES.at(value.lower or 0), SHARES.at(value.share or 0), SHARES.at(value.upper or 0))


def way(value: ValueGap) -> str:
    """Return in words whether people of this kind are too few here, by more than chance explains."""
    if value.told is not Shown.ITSELF or value.population is None or value.lower is None or value.upper is None:
        return "not known"
    if value.upper < value.population:
        return "too few"
    return "too many" if value.lower > value.population else "no gap shown"


def missing_sentence(missing: Missing) -> str:
    """Return how many took part only in part, and who is too few among those who took part."""
    partly = (
        f"Of {plural(missing.participants, 'person')} who took part, {missing.not_placed:,} could not be placed and"
        f" {missing.left_early:,} left before they had seen half of what was open to them."
    )
    if not missing.attributes:
        return f"{partly} Nothing was declared about them, so nobody can say here who stayed away."
    few = sum(way(value) == "too few" for one in missing.attributes for value in one.values)
    if not few:
        return f"{partly} By what people declared, no part of the population is shown to be too few here."
    kinds = "one kind of people is" if few == 1 else f"{few} kinds of people are"
    return f"{partly} By what was declared, {kinds} too few here, set against the population: the tables say which."


def weighing_sentence(missing: Missing) -> str:
    """Return what weighing by what was declared came to, or why it was not done."""
    weighing = missing.weighing
    if weighing is None:
        return ""
    if weighing.effective_people is None:
        return plain(weighing.why)
    by = " and ".join(plain(one) for one in weighing.attributes)
    return (
        f"If those who voted had the population's shares by {by}, support would be as in this table. It weighs some"
        f" people more than others, so that all count as much as {plural(weighing.effective_people, 'person')} weighed"
        " alike. It cannot speak for those who stayed away for other reasons."
    )


def moved(missing: Missing, said: Mapping[str, Said]) -> tuple[Moved, ...]:
    """Return the statements whose support would change most, at most ten."""
    raked: Sequence[RakedStatement] = missing.weighing.statements if missing.weighing else ()
    most = sorted(raked, key=lambda one: -abs(one.raked - one.support))[:MOST_MOVED]
    return tuple(
        Moved(
            said.get(one.id, Said(plain(one.id), "")),
            share(one.support),
            share(one.raked),
            f"{share(one.lower)} to {share(one.upper)}",
        )
        for one in most
    )
