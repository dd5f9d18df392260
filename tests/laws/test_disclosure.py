"""Nothing hidden can be computed: every table that would have been published in the same way is gone through.

So hidden counts stay open even to a reader who knows the rules by which they were hidden.
"""

import json
from collections import defaultdict
from collections.abc import Iterator

import numpy as np
import pytest

from clew.deliberate.attributes import Attribute, Margin
from clew.deliberate.disclosure import FEWEST, Shown, one_way, parts_shown
from clew.deliberate.few_people import Told, few_people
from clew.deliberate.votes import votes_of
from clew.deliberate.who_is_missing import who_is_missing


def tables(total: int, cells: int) -> Iterator[tuple[int, ...]]:
    """All ways in which so many people fall on so many cells."""
    if cells == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in tables(total - first, cells - 1):
            yield (first, *rest)


def published(counts: tuple[int, ...]) -> tuple[object, ...]:
    told = one_way(counts)
    return tuple(count if how is Shown.ITSELF else how for count, how in zip(counts, told, strict=True))


@pytest.mark.parametrize(
    ("total", "cells"), [(9, 2), (10, 2), (19, 2), (33, 3), (45, 3), (80, 3), (10, 4), (42, 4), (55, 4)]
)
def test_no_hidden_count_is_pinned_even_if_the_rules_are_known(total: int, cells: int) -> None:
    alike = defaultdict(list)
    for counts in tables(total, cells):
        alike[published(counts)].append(counts)
    for shown, candidates in alike.items():
        for place, what in enumerate(shown):
            values = {counts[place] for counts in candidates}
            if what is Shown.FEW and shown.count(Shown.WITHHELD) == 1:
                assert values == set(range(FEWEST))
            elif isinstance(what, Shown):
                assert len(values) > 1, (shown, candidates)
            else:
                assert what >= FEWEST


@pytest.mark.parametrize("wholes", [(30, 30, 30), (12, 40, 40), (10, 25, 60), (22, 22, 22)])
def test_no_hidden_part_is_pinned_even_if_the_rules_are_known(wholes: tuple[int, ...]) -> None:
    known = (True,) * len(wholes)
    alike = defaultdict(list)
    for parts in np.ndindex(*(whole + 1 for whole in wholes)):
        told = parts_shown(parts, wholes, known)
        alike[sum(parts), tuple(part if shown else -1 for part, shown in zip(parts, told, strict=True))].append(parts)
    for (total, shown), candidates in alike.items():
        if total < 2 or sum(wholes) - total < 2:
            continue
        for place, what in enumerate(shown):
            if what < 0:
                assert len({parts[place] for parts in candidates}) > 1, (total, shown, candidates)
            else:
                assert FEWEST <= what <= wholes[place] - FEWEST


@pytest.mark.parametrize(("total", "cells"), [(22, 3), (44, 2)])
def test_wholes_and_parts_together_pin_nothing(total: int, cells: int) -> None:
    """Both what took part and what left early are hidden, and published side by side with both totals."""
    alike = defaultdict(list)
    for wholes in tables(total, cells):
        told = published(wholes)
        known = [not isinstance(one, Shown) for one in told]
        for parts in np.ndindex(*(whole + 1 for whole in wholes)):
            shown = parts_shown(parts, wholes, known)
            pieces = tuple(part if one else -1 for part, one in zip(parts, shown, strict=True))
            alike[told, sum(parts), pieces].append((*wholes, *parts))
    for (told, early, pieces), candidates in alike.items():
        if min(early, total - early) < 2:
            continue
        for place, what in enumerate((*told, *pieces)):
            if isinstance(what, Shown) or what == -1:
                assert len({one[place] for one in candidates}) > 1, (told, early, pieces, candidates)


@pytest.mark.parametrize("total", [66, 85])
def test_nothing_of_all_that_is_told_gives_a_count_away(total: int) -> None:
    """The whole of what is told of three ages: shares, intervals and weights as well. Few are young, few are silent."""
    margin = Margin("age", ("16-34", "35-64", "65+"), (0.25, 0.3, 0.45))
    votes = votes_of(range(total), [0] * total, [1] * total)
    alike = defaultdict(list)
    for young, silent, old in np.ndindex(22, 12, 3):
        counts = (young, total - young - silent - old - 29, old + 29, silent)
        code = np.repeat([0, 1, 2, -1], counts)
        told = who_is_missing(votes, np.zeros(total, int), 1, (Attribute("age", margin.values, code),), (margin,))
        alike[json.dumps(told.to_dict())].append(counts)
    for told_, candidates in alike.items():
        if max(one[0] for one in candidates) > 18:
            continue  # others like these lie outside of what was gone through
        attribute = json.loads(told_)["attributes"][0]
        shown = [*(one["people"] for one in attribute["values"]), attribute["not_declared"]]
        for place, count in enumerate(shown):
            if count is None:
                assert len({one[place] for one in candidates}) > 1, (candidates, told_)
            else:
                assert count >= FEWEST or (place == 3 and count == 0)


def test_cells_told_to_be_small_stay_open_given_all_sums() -> None:
    """Three values in two groups: the two free cells are gone through."""
    rng = np.random.default_rng(7)
    answered = 0
    for _ in range(60):
        table = np.column_stack([rng.integers(0, 25, (3, 2)), np.zeros(3, int)])
        rows, columns = table.sum(1), table.sum(0)
        if rows.min() < FEWEST:
            continue
        found = few_people(table, Told((Shown.ITSELF,) * 3, rows, columns, np.zeros(3, np.int64)))
        answered += found is not None
        few = table[:, :2] < FEWEST
        firsts = np.array(list(np.ndindex(*(whole + 1 for whole in rows[:2]))))
        left = np.column_stack([firsts, columns[0] - firsts.sum(1)])
        tables_ = np.stack([left, rows - left], axis=2)
        fits = (tables_ >= 0).all((1, 2)) & ((tables_ < FEWEST) == few).all((1, 2))
        spread = np.ptp(tables_[fits], axis=0)[few]
        assert (found is not None) == bool((spread >= np.minimum(2, np.minimum(rows[:, None], columns[:2]))[few]).all())
        assert found is None or found == tuple((int(row), int(group)) for row, group in np.argwhere(few))
    assert 5 < answered < 55
