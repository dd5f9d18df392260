"""Who gained, who was harmed and who was not reached, group by group, without giving small groups away.

The effect in a group is the registered estimator on the group's rows, with the group's own degrees of freedom, held
against this look's limit. Reach is the group's share among the treated over its share among the eligible.

Sources: harm as non-inferiority by interval: Piaggio et al. (2012), JAMA 308; hiding small counts and the complement
that would give them away: Hundepool et al. (2012), "Statistical Disclosure Control", §4.2 (primary and secondary
suppression).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from clew.errors import InputError
from clew.evaluate.designs import method_of
from clew.evaluate.designs.method import Sides
from clew.evaluate.finding import EquityGroup, LookAt
from clew.evaluate.rows import Rows
from clew.pilot.protocol import Equity, Outcome, Protocol

FEWEST_SHOWN: Final = 10
"""A group with fewer units than this in an arm is hidden."""

ABSENT: Final = "No unit of this group is in the data."
SMALL: Final = f"Hidden: fewer than {FEWEST_SHOWN} units in an arm."
BESIDE: Final = "Number and reach are withheld, so that no subtraction gives a hidden group away."
NO_SHARE: Final = "No share among the eligible is registered for this group."
NOBODY_TREATED: Final = "Nobody is treated, so reach cannot be computed."


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many units a group has: `treated`, `comparison` with an outcome; `reached`: treated with or without one."""

    treated: int = 0
    comparison: int = 0
    reached: int = 0

    @property
    def n(self) -> int:
        """Units with an outcome in the two arms."""
        return self.treated + self.comparison

    @property
    def small(self) -> bool:
        """Whether it must be hidden. A group of which nobody is there has nobody to protect."""
        return self.n + self.reached > 0 and min(self.treated, self.comparison) < FEWEST_SHOWN


def equity_groups(protocol: Protocol, rows: Rows, sides: Sides, look: LookAt) -> tuple[EquityGroup, ...]:
    """Return every group of every registered column: columns as registered, groups in label order."""
    return tuple(
        group
        for equity in protocol.equity
        for group in withheld(_column(protocol, rows, equity, counts(sides, equity), look))
    )


def counts(sides: Sides, equity: Equity) -> dict[str, GroupCount]:
    """Return how many units each group has, by label: those in the data and those registered as eligible."""
    tally, treated, comparison = sides.tally, sides.treated, sides.comparison
    group = tally.keys[equity.column]
    found = {}
    for label in sorted({*group.labels, *dict(equity.eligible_shares)}):
        here = group.where(label)
        found[label] = GroupCount(
            treated=int(tally.n[here & treated].sum()),
            comparison=int(tally.n[here & comparison].sum()),
            reached=int((tally.n + tally.missing)[here & treated].sum()),
        )
    return found


def _column(
    protocol: Protocol, rows: Rows, equity: Equity, found: Mapping[str, GroupCount], look: LookAt
) -> list[EquityGroup]:
    everybody = sum(count.reached for count in found.values())
    groups = []
    for label, count in found.items():
        reach, reach_why = reach_of(count.reached, everybody, dict(equity.eligible_shares).get(label))
        effect, effect_why = _effect(protocol, rows, (equity.column, label), count, look)
        low = reach is not None and equity.reach_at_least is not None and reach < equity.reach_at_least
        groups.append(
            EquityGroup(
                column=equity.column,
                group=label,
                n=None if count.small else count.n,
                estimate=None if count.small or effect is None else effect.estimate,
                interval=None if count.small or effect is None else effect.interval,
                reach=None if count.small else reach,
                harmed=effect is not None and effect.harms(protocol.outcome, equity.harm_limit),
                hidden=count.small,
                under_reached=low,
                why=SMALL if count.small else " ".join(filter(None, (effect_why, reach_why))),
            )
        )
    return groups


def reach_of(reached: int, everybody: int, eligible_share: float | None) -> tuple[float | None, str]:
    """Return a group's share among the treated over its share among the eligible, or None and why.

    >>> reach_of(30, 120, 0.5)
    (0.5, '')
    """
    if not eligible_share:
        return None, NO_SHARE
    if not everybody:
        return None, NOBODY_TREATED
    return reached / everybody / eligible_share, ""


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """The effect in one group, treated minus comparison, in the outcome's units, with this look's interval."""

    estimate: float
    interval: tuple[float, float]

    def harms(self, outcome: Outcome, limit: float) -> bool:
        """Return whether the whole interval, read as an improvement, lies below the limit."""
        return max(outcome.sign * bound for bound in self.interval) < limit


def _effect(
    protocol: Protocol, rows: Rows, group: tuple[str, str], count: GroupCount, look: LookAt
) -> tuple[GroupEffect | None, str]:
    if not count.n:
        return None, ABSENT
    try:
        raw = method_of(protocol).in_group(protocol, rows, group)
    except InputError as error:
        return None, f"Its effect cannot be estimated: {error.problems[0].what}"
    return GroupEffect(raw.estimate, raw.interval(look)), ""


def withheld(groups: list[EquityGroup]) -> Iterator[EquityGroup]:
    """Yield the groups of one column; beside a single hidden one, the smallest other withholds its number and reach.

    Otherwise the hidden number would be the total less the others, and likewise its share among the treated.
    """
    shown = [group for group in groups if not group.hidden and group.n]
    alone = sum(group.hidden for group in groups) == 1
    smallest = min(shown, key=lambda group: (group.n or 0, group.group)) if alone and shown else None
    for group in groups:
        yield replace(group, n=None, reach=None, why=BESIDE) if group is smallest else group
