"""Polis' published groups beside those that its formulas give anew, ours and red-dwarf's.

`section()` is a part of docs/reference/opinion-map.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.polis.history import groups_over_time
from clew.deliberate.polis.polis_map import polis_map
from evidence.opinion.conversations import NAMES, Published, by_red_dwarf, published
from evidence.opinion.rand_index import adjusted_rand_index

Ints = NDArray[np.int64]

UPDATES = 100
OTHER_UPDATES = (50, 200, 400, 800)
ORDERS = 20
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Agreement:
    """The adjusted Rand index with the published groups, over those placed by both, and how many groups there are."""

    index: float
    groups: int

    def __str__(self) -> str:
        return f"{self.index:.2f} ({self.groups})"


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One conversation: cold starts, a run through all updates, red-dwarf; cold starts with people in other orders."""

    published: Published
    cold: Agreement
    over_time: Agreement
    red_dwarf: Agreement
    other_orders: tuple[Agreement, ...]


def agreement(found: Ints, expected: Ints) -> Agreement:
    """Compare groups (P each, -1 for none)."""
    both = (found >= 0) & (expected >= 0)
    return Agreement(adjusted_rand_index(found[both], expected[both]), len(set(found[found >= 0].tolist())))


def rows(names: tuple[str, ...] = NAMES, orders: int = ORDERS) -> tuple[Row, ...]:
    """Compute every figure of the table."""
    read = [published(name) for name in names]
    others = by_red_dwarf(each.conversation for each in read)
    return tuple(_row(each, other, orders) for each, other in zip(read, others, strict=True))


def _row(one: Published, other: dict[str, Any], orders: int) -> Row:
    place = {name: at for at, name in enumerate(one.conversation.votes.voters)}
    theirs = np.full(len(place), -1)
    for voter, group in zip(other["voter"], other["group"], strict=True):
        theirs[place[str(voter)]] = -1 if group is None else group
    rng = np.random.default_rng(SEED)
    mixed = (_in_order(one.conversation, rng.permutation(len(place))) for _ in range(orders))
    return Row(
        one,
        cold=agreement(polis_map(one.conversation).group, one.group),
        over_time=agreement(groups_over_time(one.conversation, UPDATES), one.group),
        red_dwarf=agreement(theirs, one.group),
        other_orders=tuple(agreement(polis_map(each).group, one.group) for each in mixed),
    )


def _in_order(conversation: Conversation, entered: Ints) -> Conversation:
    return replace(conversation, votes=replace(conversation.votes, entered=entered))


def section() -> str:
    """Return the section of the page."""
    found = rows()
    return "\n".join([HEAD, *table(found), "", *_over_time(), "", LAST])


def table(found: tuple[Row, ...]) -> Iterator[str]:
    """Yield the table, a line for each conversation and the medians below."""
    yield "| conversation | placed by Polis, groups | clew, cold start | clew, 100 updates | red-dwarf | other orders |"
    yield "|---|---|---|---|---|---|"
    for row in found:
        yield line(row)
    medians = (median(getattr(row, kind).index for row in found) for kind in ("cold", "over_time", "red_dwarf"))
    yield f"| **median** | | {' | '.join(f'{each:.2f}' for each in medians)} | |"


def line(row: Row) -> str:
    """Return a conversation's line.

    `other orders`: the lowest and the highest index of cold starts with people in other orders, and numbers of groups.
    """
    group = row.published.group
    placed = f"{(group >= 0).sum():,}, {len(set(group[group >= 0].tolist()))}"
    indices = [each.index for each in row.other_orders]
    numbers = sorted({each.groups for each in row.other_orders})
    orders = f"{min(indices):.2f} to {max(indices):.2f} ({', '.join(map(str, numbers))})" if indices else ""
    return f"| {row.published.name} | {placed} | {row.cold} | {row.over_time} | {row.red_dwarf} | {orders} |"


def _over_time() -> Iterator[str]:
    """Yield what other numbers of updates give."""
    read = [published(name) for name in NAMES]
    yield f"| updates | {' | '.join(NAMES)} | median |"
    yield f"|---|{'---|' * len(NAMES)}---|"
    for updates in OTHER_UPDATES:
        found = [agreement(groups_over_time(each.conversation, updates), each.group) for each in read]
        middle = median(each.index for each in found)
        yield f"| {updates} | {' | '.join(map(str, found))} | {middle:.2f} |"


HEAD = f"""\
## Polis' groups, computed again

Five conversations as Polis published them, with the groups that it published. The adjusted Rand index is 1 where the
same people are together and 0 where groupings agree as chance would; only people whom both place are counted. In
brackets: the number of groups.

- *clew, cold start*: `clew map --method polis`, Polis' formulas begun with nothing but the votes.
- *clew, 100 updates*: the same formulas run through the conversation in a hundred equal parts of its votes, each begun
  from the last, as Polis does while people vote.
- *red-dwarf*: red-dwarf 0.4.0 on the same last votes, with the statements named that moderators left out, seed 0. It
  has no base clusters and no updates, and k-means from drawn centres.
- *other orders*: cold starts with the same votes and people in {ORDERS} drawn orders: the lowest and the highest index,
  and the numbers of groups that came of it. Polis' clusters begin at those who voted first, so the order alone decides.
"""

LAST = """\
Published groups hang on when Polis happened to update, which no export tells, and on the order in which people came.
The median of cold starts rests on one conversation, in which that order alone moves the index by more than what lies
between clew and red-dwarf. All else is settled: given the groups that Polis had, `tests/oracles/test_polis.py` holds
positions, group-informed consensus, priorities and representative statements to what Polis itself computed. This is why
clew's own method asks whether groups are more than chance and how stable they are, before it shows any.
"""
