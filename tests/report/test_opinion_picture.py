"""The map tells the truth: people lie where they were placed, rings hold half, nobody can be looked up."""

from dataclasses import replace
from itertools import pairwise
from math import cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.report.opinion_picture import MOST_DOTS, Cluster, Drawing, drawing_of
from opinion_maps import a_place, an_opinion_map, nobody_placed, one_public


def the_drawing(**changes: object) -> Drawing:
    drawing = drawing_of(an_opinion_map(**changes))  # type: ignore[arg-type]
    assert drawing is not None
    return drawing


def inside(cluster: Cluster) -> int:
    """How many of the marks lie within the ring."""
    ring = cluster.half
    assert ring is not None
    turn = radians(float(ring.turn))
    found = 0
    for x, y in cluster.dots:
        across, down = float(x) - float(ring.x), float(y) - float(ring.y)
        along, athwart = across * cos(turn) + down * sin(turn), down * cos(turn) - across * sin(turn)
        found += (along / float(ring.rx)) ** 2 + (athwart / float(ring.ry)) ** 2 <= 1
    return found


def test_people_lie_where_they_were_placed_at_one_scale() -> None:
    found = an_opinion_map()
    drawing = the_drawing()
    places = sorted((one.x, one.y) for one in found.places if one.group == 0)
    drawn = sorted((float(x), -float(y)) for x, y in drawing.clusters[0].dots)
    scales = [(b[0] - a[0]) / (q[0] - p[0]) for (p, q), (a, b) in zip(pairwise(places), pairwise(drawn), strict=True)]
    wide = (drawn[-1][0] - drawn[0][0]) / (places[-1][0] - places[0][0])
    assert [scale for scale, (p, q) in zip(scales, pairwise(places), strict=True) if q[0] - p[0] > 0.05] == [
        pytest.approx(wide, rel=0.02) for p, q in pairwise(places) if q[0] - p[0] > 0.05
    ]
    high = (max(y for _, y in drawn) - min(y for _, y in drawn)) / (
        max(y for _, y in places) - min(y for _, y in places)
    )
    assert high == pytest.approx(wide, rel=0.01)


@pytest.mark.parametrize("sizes", [(60, 45), (11, 300), (105,)])
def test_half_of_a_group_lie_within_its_ring(sizes: tuple[int, ...]) -> None:
    for cluster in the_drawing(sizes=sizes).clusters:
        assert inside(cluster) == pytest.approx(len(cluster.dots) / 2, abs=2)


@given(st.integers(10, 40), st.floats(0.01, 50), st.floats(-30, 30))
def test_every_mark_lies_within_the_picture(size: int, wide: float, away: float) -> None:
    found = an_opinion_map(sizes=(size,))
    moved = tuple(replace(one, x=one.x and one.x * wide + away) for one in found.places)
    drawing = drawing_of(replace(found, places=moved))
    assert drawing is not None
    for x, y in drawing.clusters[0].dots:
        assert 0 <= float(x) <= 1000
        assert 0 <= float(y) <= drawing.bottom <= drawing.height


def test_everybody_at_one_place_is_no_map() -> None:
    found = an_opinion_map(sizes=(12,))
    assert drawing_of(replace(found, places=tuple(replace(one, x=0.5, y=0.5) for one in found.places))) is None


@pytest.mark.parametrize("sizes", [(300,), (700, 500)])
def test_where_there_is_one_direction_marks_are_piled_up(sizes: tuple[int, ...]) -> None:
    found = an_opinion_map(sizes=sizes, dimensions=1)
    flat = replace(
        found, places=tuple(replace(one, y=one.y and 0.0, spread_y=0.0, spread_xy=0.0) for one in found.places)
    )
    drawing = drawing_of(flat)
    assert drawing is not None
    dots = [dot for cluster in drawing.clusters for dot in cluster.dots]
    assert len(set(dots)) == len(dots) == sum(sizes)
    assert drawing.bottom <= 860
    across = sorted(one.x for one in found.places if one.x is not None)
    drawn = sorted(float(x) for x, _ in dots)
    scale = (drawn[-1] - drawn[0]) / (across[-1] - across[0])
    assert [x - drawn[0] for x in drawn] == pytest.approx([(x - across[0]) * scale for x in across], abs=0.2)
    assert drawing_of(replace(flat, places=flat.places[::-1])) == drawing


def test_of_many_a_fixed_number_is_drawn_whatever_their_order() -> None:
    found = an_opinion_map(sizes=(1200, 900))
    drawing = the_drawing(sizes=(1200, 900))
    assert drawing.drawn == sum(len(one.dots) for one in drawing.clusters) == MOST_DOTS
    assert drawing.people == 2100
    assert [len(one.dots) for one in drawing.clusters] == pytest.approx([1500 * 12 / 21, 1500 * 9 / 21], rel=0.06)
    assert drawing_of(replace(found, places=found.places[::-1])) == drawing


def test_the_order_of_marks_does_not_tell_that_of_voters() -> None:
    dots = the_drawing().clusters[0].dots
    across = [float(x) for x, _ in dots]
    assert across == sorted(across)
    renamed = tuple(replace(one, voter=f"x{number}") for number, one in enumerate(an_opinion_map().places))
    assert the_drawing(places=renamed).clusters[0].dots == dots


def test_a_group_of_fewer_than_ten_is_not_drawn() -> None:
    drawing = the_drawing(sizes=(60, 45, 9))
    assert [one.name for one in drawing.clusters] == ["group A", "group B"]
    assert len(the_drawing(sizes=(60, 45, 10)).clusters) == 3


def test_a_group_without_places_leaves_the_others_on_the_map() -> None:
    found = an_opinion_map()
    some = tuple(one for one in found.places if one.group != 0)
    assert [one.name for one in the_drawing(places=some).clusters] == ["group B"]


def test_nobody_to_draw_is_no_map() -> None:
    assert drawing_of(nobody_placed()) is None
    assert drawing_of(an_opinion_map(sizes=(9,))) is None


def test_groups_differ_by_shape_or_by_filling() -> None:
    shapes = {one.shape for one in the_drawing(sizes=(20, 20, 20, 20)).clusters}
    assert len(shapes) == 4


def test_one_persons_ring_is_as_wide_as_the_mean_of_all_spreads() -> None:
    drawing = the_drawing()
    places = [one for one in an_opinion_map().places if one.group == 0]
    dots = drawing.clusters[0].dots
    scale = (max(float(x) for x, _ in dots) - min(float(x) for x, _ in dots)) / (
        max(one.x or 0 for one in places) - min(one.x or 0 for one in places)
    )
    middle, half = (0.03 + 0.02) / 2, ((0.03 - 0.02) ** 2 / 4 + 0.005**2) ** 0.5
    assert drawing.person is not None
    # P(distance² ≤ r²) = 1 − exp(−r² / 2) = 1/2 in two dimensions, so r² = 1.386
    assert float(drawing.person.rx) == pytest.approx((1.38629 * (middle + half)) ** 0.5 * scale, abs=0.1)
    assert float(drawing.person.ry) == pytest.approx((1.38629 * (middle - half)) ** 0.5 * scale, abs=0.1)


@pytest.mark.parametrize("spread", [None, float("nan"), 1e6])
def test_a_spread_that_is_not_told_or_is_as_wide_as_the_map_is_not_drawn(spread: float | None) -> None:
    found = one_public()
    places = tuple(replace(one, spread_x=spread, spread_y=spread, spread_xy=spread and 0.0) for one in found.places)
    drawing = drawing_of(replace(found, places=places))
    assert drawing is not None
    assert drawing.person is None
    assert drawing.height == drawing.bottom


def test_people_without_a_place_are_left_out() -> None:
    found = an_opinion_map()
    lost = a_place(999, None)
    assert drawing_of(replace(found, places=(*found.places, lost))) == drawing_of(found)
