"""Dealing units (or whole clusters) to the arms, or to start dates, by a seed, so that anyone can deal them again.

Within each block the units are ranked by the SHA-256 of "seed:block:unit" (UTF-8, hexadecimal; the block is empty where
there are none). Let n units have ranks i = 0, 1, … and let u, from 0 to below 1, be the first eight hexadecimal digits
of the SHA-256 of "seed:block", over 2³². The unit of rank i gets the arm whose interval of cumulative shares holds
(i + u) / n; arms stand in the order comparison, treated, others. So each arm gets its share of the block, rounded up or
down, by chance in the right proportion, whatever the order of the list. Where everybody gets the service and chance
deals from when, the protocol's start dates stand in place of the arms, in its order, with equal shares.

Source: systematic allocation within blocks after Cochran (1977), "Sampling Techniques", ch. 8, on a hash in place of a
random number generator.
"""

import csv
import hashlib
import html
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from typing import Any

from clew.errors import InputError, Problem
from clew.pilot.protocol import Protocol
from clew.pilot.units import Units, dealt_column, read_sheet, read_units

TREATED = "treated"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who got which arm (or start date): the list as it came, and each row's arm in the column `arm_column`.

    `counts`: (arm, number of units or clusters dealt to it). `units_sha256`: of the lines "block, tab, name" of what
    was dealt, sorted, each ended by a line feed; `assignment_sha256`: of the lines "block, tab, name, tab, arm".
    """

    arm_column: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    arms: tuple[str, ...]
    counts: tuple[tuple[str, int], ...]
    units_sha256: str
    assignment_sha256: str

    def to_csv(self) -> str:
        """Return the list with the arm as its last column: commas, line feeds, the order of the list."""
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow((*self.columns, self.arm_column))
        writer.writerows((*row, arm) for row, arm in zip(self.rows, self.arms, strict=True))
        return text.getvalue()

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON of `clew pilot assign`, without the rows."""
        return {
            "rows": len(self.rows),
            "dealt": sum(count for _, count in self.counts),
            "counts": dict(self.counts),
            "units_sha256": self.units_sha256,
            "assignment_sha256": self.assignment_sha256,
        }

    def _repr_html_(self) -> str:
        """Show itself in a notebook."""
        rows = "".join(f"<tr><td>{html.escape(arm)}</td><td>{count}</td></tr>" for arm, count in self.counts)
        return f"<table><tr><th>arm</th><th>dealt</th></tr>{rows}</table>"


def assign(protocol: Protocol, units: Units, *, seed: str) -> Assignment:
    """Return the assignment that this seed gives these units.

    Raises InputError where a block (or the whole list) holds fewer units than there are arms.
    """
    shares = arm_shares(protocol)
    _refuse_small_blocks(units, len(shares), "arms" if protocol.design.deals_arms else "start dates")
    dealt = {
        (block, name): arm
        for block, names in units.by_block.items()
        for name, arm in deal(names, block, seed=seed, shares=shares).items()
    }
    arms = tuple(dealt[block, name] for block, name in zip(units.blocks, units.dealt, strict=True))
    counts = Counter(dealt.values())
    return Assignment(
        arm_column=dealt_column(protocol),
        columns=units.columns,
        rows=units.rows,
        arms=arms,
        counts=tuple((arm, counts[arm]) for arm, _ in shares),
        units_sha256=_digest(f"{block}\t{name}" for block, name in dealt),
        assignment_sha256=_digest(f"{block}\t{name}\t{arm}" for (block, name), arm in dealt.items()),
    )


def arm_shares(protocol: Protocol) -> tuple[tuple[str, Fraction], ...]:
    """Return the arms in their order with their shares: those of [size] treated_share, equal where there are others.

    Where starts are dealt, these, with equal shares. Raises InputError where the treated arm has no name of its own,
    where there are fewer than two starts, or where the design deals nothing.
    """
    design = protocol.design
    if dealt_column(protocol) == design.treated_from:
        return _start_shares(protocol)
    treated = design.treated or TREATED
    if treated == design.comparison:
        what = f'the comparison is called "{treated}", and the treated arm has no name.'
        raise InputError(what, where="[design]", do="Add treated = ….")
    if design.other_arms:
        arms = (design.comparison, treated, *design.other_arms)
        return tuple((arm, Fraction(1, len(arms))) for arm in arms)
    share = Fraction(str(protocol.size.treated_share))
    return (design.comparison, 1 - share), (treated, share)


def _start_shares(protocol: Protocol) -> tuple[tuple[str, Fraction], ...]:
    starts = protocol.design.starts
    if len(set(starts)) < 2 or len(set(starts)) < len(starts):
        raise InputError(
            "the protocol does not name the start dates that are to be dealt: two or more, each once.",
            where="[design] from",
            do='Add from = ["2027-01", "2027-04", …]; "never" is for those who go on as before.',
        )
    return tuple((start, Fraction(1, len(starts))) for start in starts)


def deal(names: Iterable[str], block: str, *, seed: str, shares: tuple[tuple[str, Fraction], ...]) -> dict[str, str]:
    """Return name → arm for the units of one block; see the module's text for the rule."""
    ranked = sorted(names, key=lambda name: _sha256(f"{seed}:{block}:{name}"))
    offset = Fraction(int(_sha256(f"{seed}:{block}")[:8], 16), 2**32)
    ends = list(accumulate(share for _, share in shares))
    return {name: _arm_at((rank + offset) / len(ranked), ends, shares) for rank, name in enumerate(ranked)}


def _arm_at(point: Fraction, ends: list[Fraction], shares: tuple[tuple[str, Fraction], ...]) -> str:
    return next(arm for (arm, _), end in zip(shares, ends, strict=True) if point < end)


def commitment_to(seed: str) -> str:
    """Return what is published of a secret seed beforehand: its SHA-256, hexadecimal."""
    return _sha256(seed)


def verify_assignment(
    protocol: Protocol, source: bytes, name: str, *, seed: str, commitment: str | None = None
) -> tuple[Problem, ...]:
    """Return what is wrong with an assignment that somebody hands over: nothing, where it is the one that was dealt.

    `source`: the CSV with its arm column. `commitment`: what was published of the seed before. Raises InputError where
    the file cannot be read.
    """
    arm_column = dealt_column(protocol)
    sheet = read_sheet(source, name)
    if arm_column not in sheet.columns:
        raise InputError(f'there is no column "{arm_column}".', where=name, do="Bring the assignment, not the list.")
    place = sheet.columns.index(arm_column)
    units = read_units(_without(sheet.columns, sheet.rows, place), name, protocol)
    word = "arm" if protocol.design.deals_arms else "start"
    wrong = [
        sheet.problem(row, f'the {word} is "{found}", but the seed deals "{right}".', "Use what was dealt.")
        for row, (found, right) in enumerate(
            zip(sheet.values(arm_column), assign(protocol, units, seed=seed).arms, strict=True)
        )
        if found != right
    ]
    if commitment is not None and commitment_to(seed) != commitment:
        wrong.insert(
            0, Problem("the seed is not the one that was committed.", "seed", "Take the seed from the record.")
        )
    return tuple(wrong)


def _without(columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...], place: int) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows((*row[:place], *row[place + 1 :]) for row in (columns, *rows))
    return text.getvalue().encode()


def _refuse_small_blocks(units: Units, arms: int, called: str) -> None:
    small = [(block, len(names)) for block, names in units.by_block.items() if len(names) < arms]
    if small:
        raise InputError(problems=tuple(_too_small(block, count, f"{arms} {called}") for block, count in small))


def _too_small(block: str, count: int, arms: str) -> Problem:
    home, do = (f"block {block!r}", "Join it with another block.") if block else ("the list", "Bring more units.")
    return Problem(f"{home} holds {count} to be dealt, but there are {arms}.", do=do)


def _digest(lines: Iterable[str]) -> str:
    return _sha256("".join(f"{line}\n" for line in sorted(lines)))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
