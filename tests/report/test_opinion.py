"""The page of an opinion map: sound HTML, nothing fetched, nothing injected, nobody found out, words before figures."""

import base64
import hashlib
import re
from dataclasses import fields, is_dataclass, replace
from typing import Any

import pytest

from clew.deliberate.integrity import Integrity
from clew.deliberate.missing import Missing
from clew.deliberate.opinion_map import NeedsVotes, OpinionMap
from clew.deliberate.policy import Policy
from clew.deliberate.statements import Statement
from clew.report import render_opinion
from opinion_maps import (
    TEXTS,
    a_finding,
    a_gap,
    an_opinion_map,
    as_polis_draws,
    nobody_placed,
    one_public,
    patterns_seen,
    who_is_missing,
)
from page_tree import Element, page_of
from plots_and_tables import faults_of_plots, plots
from reading_order import faults_of_reading

MAPS = {
    "two groups": an_opinion_map(),
    "a small group": an_opinion_map(sizes=(900, 700, 120, 8), unplaced=40),
    "one public": one_public(),
    "polis": as_polis_draws(),
    "nobody placed": nobody_placed(),
    "fewer than ten in all": an_opinion_map(sizes=(4,), unplaced=2),
    "a small group beside a smaller one": an_opinion_map(sizes=(9, 3), unplaced=0),
    "missing people and patterns": an_opinion_map(missing=who_is_missing(), integrity=patterns_seen()),
    "nothing declared, nothing seen": an_opinion_map(missing=Missing(112, 7, 3), integrity=Integrity(112, 0.01)),
}
HOSTILE = (
    "<script>alert('x')</script>\" onmouseover=\"alert(2)\" '><img src=x onerror=alert(3)> {{ 7913 * 3 }} {% raw %}"
    "</style><svg onload=alert(4)> } * { display: none } url(javascript:alert(5)) &lt;b&gt;"
)


@pytest.fixture(params=MAPS)
def html(request: pytest.FixtureRequest) -> str:
    """The page of each kind of map."""
    return render_opinion(MAPS[request.param])


def headings(page: Element) -> list[str]:
    return [one.attributes["id"] for one in page.all("h2")]


def text_of(found: OpinionMap) -> str:
    return page_of(render_opinion(found)).whole_text


def section(found: OpinionMap, anchor: str) -> Element:
    heading = page_of(render_opinion(found)).by_id(anchor)
    assert heading is not None
    assert heading.parent is not None
    return heading.parent


# --- structure --------------------------------------------------------------------------------------------------------


def test_it_reads_well_as_text_alone_and_every_plot_has_its_table(html: str) -> None:
    assert faults_of_reading(html) == []
    assert faults_of_plots(html) == []


def test_ids_are_unique_and_what_points_inside_the_page_finds_its_place(html: str) -> None:
    page = page_of(html)
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    assert len(ids) == len(set(ids))
    targets = {one.attributes["href"].removeprefix("#") for one in page.all("a")}
    labels = {name for one in page.all() for name in one.attributes.get("aria-labelledby", "").split()}
    assert targets | labels <= set(ids)


def test_every_table_has_a_caption_and_headed_columns_and_rows(html: str) -> None:
    for table in page_of(html).all("table"):
        assert len(table.all("caption")) == 1
        assert all(one.attributes.get("scope") in {"col", "row"} for one in table.all("th"))
        assert all(one.all("th") for one in table.all("tr"))


def test_every_section_begins_with_a_sentence(html: str) -> None:
    for one in page_of(html).all("section"):
        after = [child for child in one.children if isinstance(child, Element)]
        at = [child.tag for child in after].index("h2")
        assert after[at + 1].tag == "p"
        assert after[at + 1].whole_text.endswith((".", ":"))


def test_the_parts_stand_in_their_order_and_empty_ones_are_left_out() -> None:
    assert headings(page_of(render_opinion(an_opinion_map()))) == [
        "found", "map", "groups", "common", "reservations", "divides", "unknown", "every", "how",
    ]  # fmt: skip
    empty = replace(an_opinion_map(unplaced=0), representative=(), needs_votes=())
    calm = tuple(replace(one, reservations=()) for one in empty.findings)
    assert headings(page_of(render_opinion(replace(empty, findings=calm)))) == [
        "found", "map", "common", "divides", "every", "how",
    ]  # fmt: skip
    assert headings(page_of(render_opinion(nobody_placed()))) == ["found", "common", "divides", "unknown", "how"]


def test_the_same_map_gives_the_same_bytes_whatever_the_order_of_people() -> None:
    found = an_opinion_map()
    assert render_opinion(found) == render_opinion(an_opinion_map())
    assert render_opinion(replace(found, places=found.places[::-1])) == render_opinion(found)


# --- what it says -----------------------------------------------------------------------------------------------------


def test_what_was_found_stands_at_the_top_in_three_sentences() -> None:
    said = section(an_opinion_map(), "found").whole_text
    assert "Two groups, and three statements of common ground" in said
    assert "112 people cast" in said
    assert "105 people voted often enough for a place" in said
    assert "of people without groups show groups as clear in at most one of 200 tries. These groups come back" in said
    assert "stability 0.91 of 1" in said
    assert "3 statements are common ground, 1 of them with reservations; on 2 statements too few have voted" in said


def test_one_public_is_said_as_proudly_as_groups() -> None:
    found = one_public()
    said = section(found, "found").whole_text
    assert "One public, and three statements of common ground" in said
    assert "No groups could be told from chance: read this as one public. That is a finding, not a failure" in said
    page = page_of(render_opinion(found))
    assert "groups" not in headings(page)
    assert "group A" not in page.whole_text
    assert "60% or more of those who voted on it agree" in section(found, "common").whole_text


def test_one_public_of_few_votes_a_person_may_hide_a_minority() -> None:
    warning = "a minority would hardly be seen: it may be there"
    assert warning in text_of(one_public(votes=112 * 15 - 1))
    assert warning not in text_of(one_public(votes=112 * 15))


def test_polis_scores_are_not_called_sure() -> None:
    found = as_polis_draws()
    said = text_of(found)
    assert "it was not shown that they are more than chance would draw" in said
    assert "a score, not a probability" in said
    assert "Group-informed consensus 0." in said
    assert not re.search(r"\d+% sure that|More than 99%", section(found, "common").whole_text)
    with_some = tuple(replace(one, reservations=(1,)) for one in found.findings)
    page = page_of(render_opinion(replace(found, findings=with_some)))
    assert "reservations" not in headings(page)
    assert "sure that" not in page.whole_text
    assert "reservations" not in page.whole_text
    assert TEXTS[0] in section(replace(found, findings=with_some), "common").whole_text


def test_nobody_placed_is_told_and_draws_nothing() -> None:
    page = page_of(render_opinion(nobody_placed()))
    assert "Too few votes for a map" in page.whole_text
    assert "so nothing can be said of groups" in page.whole_text
    assert "5 people voted too seldom to be placed" in page.whole_text
    assert plots(page) == []


def test_common_ground_names_how_sure_it_is_and_where_support_is_least() -> None:
    said = section(an_opinion_map(), "common").whole_text
    assert "It is 97% sure that 60% or more of every group agree." in said
    assert "Support is least sure in group B: 87%" in said
    assert TEXTS[0] in said
    assert TEXTS[6] not in said  # it has reservations, and stands below


def test_what_is_nearest_to_common_ground_is_shown_where_nothing_is() -> None:
    found = an_opinion_map()
    unsure = tuple(replace(one, common_ground=one.common_ground / 2, reservations=()) for one in found.findings)
    said = section(replace(found, findings=unsure), "common").whole_text
    assert "Nothing can be called common ground yet." in said
    assert "These come nearest:" in said
    assert TEXTS[0] in said
    assert TEXTS[5] not in said  # too few votes


def test_reservations_say_who_and_how_many() -> None:
    said = section(an_opinion_map(), "reservations").whole_text
    assert "Group B: 14 of the 45 who voted on it disagree (31%)." in said
    assert "20% or more disagree" in said


def test_what_every_group_accepts_with_reservations_is_told_with_how_sure_that_is() -> None:
    accepted = replace(a_finding("7", 0.2, ((36, 12, 12), (24, 15, 6)), reservations=(1,)), accepted=0.96)
    found = an_opinion_map(findings=(accepted,))
    said = section(found, "reservations").whole_text
    assert "in no group as many as half disagree. Yet it is at least 90% sure that in some group 20% or more" in said
    assert "Group B: 15 of the 45 who voted on it disagree (33%), 6 passed." in said
    assert "It is 96% sure that in no group as many as half disagree. It is not common ground. Support is least" in said
    assert "1 further statement is accepted, with reservations" in section(found, "found").whole_text
    assert "accepted, with reservations" in section(found, "every").whole_text


def test_people_without_a_place_count_in_one_public_and_are_not_drawn() -> None:
    found = one_public(unplaced=0)
    few = tuple(replace(one, x=None, y=None) if number < 8 else one for number, one in enumerate(found.places))
    said = text_of(replace(found, places=few))
    assert "97 people voted often enough for a place on the map" in said
    assert "8 people voted too seldom to be placed and are not drawn." in said


def test_marks_that_are_hardly_known_are_not_to_be_read_one_by_one() -> None:
    found = an_opinion_map()
    hazy = tuple(replace(one, spread_x=0.1, spread_y=0.08) for one in found.places)
    warning = "read nothing into single marks, only into the whole"
    assert warning in text_of(replace(found, places=hazy))
    sharp = tuple(replace(one, spread_x=0.001, spread_y=0.001, spread_xy=0.0) for one in found.places)
    assert warning not in text_of(replace(found, places=sharp))


def test_it_says_how_many_directions_there_are() -> None:
    assert "draws the first two of 5 directions" in text_of(an_opinion_map(dimensions=5))
    flat = tuple(replace(one, y=one.y and 0.0) for one in an_opinion_map().places)
    one = an_opinion_map(dimensions=1, places=flat)
    assert "There is one direction alone" in text_of(one)
    assert "second direction" not in render_opinion(one)


def test_what_divides_is_what_one_group_surely_wants_and_another_surely_not() -> None:
    said = section(an_opinion_map(), "divides").whole_text
    assert said.index(TEXTS[2]) < said.index(TEXTS[4])
    assert "92% of group A agree, but only 9% of group B." in said
    assert TEXTS[0] not in said
    apart = a_finding("9", 0.3, ((40, 18, 0), (19, 22, 0)))  # 68% and 47%: the second may well be a half
    assert "On no statement is it shown" in section(an_opinion_map(findings=(apart,)), "divides").whole_text


def test_one_public_may_be_divided_in_itself() -> None:
    split = a_finding("4", 0.0, ((50, 40, 15),))
    said = section(one_public(findings=(split,)), "divides").whole_text
    assert "48% agree, 38% disagree, 14% pass." in said
    assert "On no statement do three in ten" in section(one_public(findings=()), "divides").whole_text


def test_what_is_not_known_says_how_many_votes_are_lacking_and_from_whom() -> None:
    rows = section(an_opinion_map(), "unknown").all("tr")[1:]
    assert [row.all("td")[0].whole_text for row in rows] == [
        "Needs 3 more votes from group B.",
        "Needs 1 more vote from group A, 6 more votes from group B.",
    ]


def test_groups_speak_in_their_own_words_against_the_rest() -> None:
    said = section(an_opinion_map(), "groups").whole_text
    assert "Group A: 60 people" in said
    assert "93% of group A agree, against 7% of all others." in said
    assert "89% of group B disagree, against 3% of all others." in said


def test_long_lists_are_folded_and_nothing_is_lost() -> None:
    many = tuple(a_finding(str(number), 0.95, ((50, 1, 1), (40, 1, 1))) for number in range(34))
    needs = tuple(NeedsVotes(0, f"n{number}", 1, 10) for number in range(27))
    texts = tuple(Statement(str(number), f"Proposal number {number}.") for number in range(34))
    found = an_opinion_map(findings=many, needs_votes=needs, statements=texts)
    common, unknown = section(found, "common"), section(found, "unknown")
    assert len(common.all("li")) == 10
    assert [one.whole_text for one in common.all("summary")] == ["24 more: statements of common ground"]
    assert all(f"Proposal number {number}." in common.whole_text for number in range(34))
    assert [one.whole_text for one in unknown.all("summary")] == ["17 more statements that need votes"]
    assert len(unknown.all("tr")) == 27 + 2


def test_what_every_group_rejects_is_agreement_too() -> None:
    against = ((2, 55, 3), (6, 36, 3))
    one = replace(a_finding("4", 0.0, against), rejected=0.97)
    unsure = replace(a_finding("2", 0.0, against), rejected=0.8)
    found = an_opinion_map(findings=(one, unsure))
    said = section(found, "rejected").whole_text
    assert "at least 90% sure that 60% or more of every group disagree. Whoever passes does not disagree." in said
    assert "It is 97% sure that 60% or more of every group disagree." in said
    assert "Fewest are against it in group B: 80% of those who voted on it." in said
    rows = section(found, "rejected").all("table")[0].all("tr")[1:]
    assert [[cell.whole_text for cell in row.all("td")] for row in rows] == [
        ["92%", "2", "3", "55"],
        ["80%", "6", "3", "36"],
    ]
    assert TEXTS[2] not in said
    assert "; 1 statement is rejected by every group" in section(found, "found").whole_text
    assert section(found, "every").all("tr")[1].all("td")[0].whole_text == "rejected"
    public = one_public(findings=(replace(a_finding("4", 0.0, ((8, 90, 7),)), rejected=0.999),))
    assert "more than 99% sure that 60% or more disagree." in section(public, "rejected").whole_text
    assert "; 1 statement is rejected." in section(public, "found").whole_text
    assert "rejected" not in headings(page_of(render_opinion(replace(found, method="polis"))))


def with_votes_of_nobodys(unplaced: int) -> OpinionMap:
    """A map on which those in no group voted on the first statement: all but one agree, one disagrees."""
    found = an_opinion_map(unplaced=unplaced)
    first = found.findings[0]
    more = replace(first, agree=first.agree + unplaced - 1, disagree=first.disagree + 1)
    return replace(found, findings=(more, *found.findings[1:]))


def test_votes_of_people_in_no_group_count_in_totals_and_stand_beside_the_groups() -> None:
    found = with_votes_of_nobodys(12)
    row = section(found, "every").all("tr")[1].all("td")
    groups = sum(one.agree for one in found.findings[0].by_group)
    assert [cell.whole_text for cell in row[2:5]] == [f"{groups + 11}", "5", "1"]
    last = section(found, "common").all("table")[0].all("tr")[-1]
    assert last.all("th")[0].whole_text == "In no group"
    assert [cell.whole_text for cell in last.all("td")] == ["not estimated", "11", "0", "1"]
    assert "In no group" not in section(found, "common").all("table")[1].whole_text
    assert "votes are those of everybody" in section(found, "every").all("caption")[0].whole_text
    assert "except" not in section(found, "every").all("caption")[0].whole_text


def test_fewer_than_ten_people_in_no_group_are_hidden_as_a_small_group_is() -> None:
    found = with_votes_of_nobodys(7)
    assert render_opinion(found) == render_opinion(an_opinion_map(unplaced=7))
    said = text_of(found)
    assert "votes are those of everybody except people in no group, who are fewer than ten" in said
    assert "Fewer than 10 people are in no group. Their votes are in no figure of this page" in said
    assert "In no group" not in said


def test_every_statement_stands_in_the_last_table() -> None:
    found = an_opinion_map()
    rows = section(found, "every").all("tr")[1:]
    assert len(rows) == len(found.findings)
    assert "common ground, with reservations" in rows[2].whole_text
    assert "too few votes" in rows[-1].whole_text


def test_bars_stand_beside_their_figures_one_each() -> None:
    page = page_of(render_opinion(an_opinion_map()))
    bars = [one for one in page.all("svg") if "bar" in one.classes]
    public = page_of(render_opinion(one_public()))
    assert len(bars) == 2 * (2 + 1 + 2)
    assert len([one for one in public.all("svg") if "bar" in one.classes]) == 2 + 1
    for bar in bars:
        cell = bar.within("td")
        assert cell is not None
        low, point, high = (float(one) for one in re.findall(r"(\d+)%", cell.whole_text))
        drawn = next(one for one in bar.all("line") if "interval" in one.classes).attributes
        ends = [float(drawn[name].rstrip("%")) for name in ("x1", "x2")]
        at = float(bar.all("circle")[0].attributes["cx"].rstrip("%"))
        assert [(place - 3) / 0.94 for place in (at, *ends)] == pytest.approx([low, point, high], abs=0.6)


def test_who_is_missing_is_set_against_the_population() -> None:
    part = section(an_opinion_map(missing=who_is_missing()), "missing")
    said = part.whole_text
    assert "Of 112 people who took part, 12 could not be placed and 31 left before they had seen half" in said
    assert "one kind of people is too few here" in said
    ways = [row.all("td")[-1].whole_text for row in part.all("table")[0].all("tr")[1:]]
    assert ways == ["too few", "no gap shown", "too many"]
    assert "12 people did not say." in said
    assert "fewer than 10" in part.all("table")[1].whole_text
    weighed = [row.all("td")[1].whole_text for row in part.all("table")[2].all("tr")[1:]]
    assert weighed == ["51%", "88%"]  # what changes most comes first
    assert [row.all("td")[1].whole_text for row in part.all("table")[3].all("tr")[1:]] == ["0", "1"]


def test_without_declarations_nobody_is_said_to_have_stayed_away() -> None:
    said = section(an_opinion_map(missing=Missing(112, 7, 3)), "missing").whole_text
    assert "nobody can say here who stayed away" in said
    gaps = replace(who_is_missing(), weighing=None, attributes=(who_is_missing().attributes[1],))
    assert "no part of the population is shown to be too few" in text_of(an_opinion_map(missing=gaps))


@pytest.mark.parametrize(
    ("share", "way"), [(0.1, "too few"), (0.35, "no gap shown"), (0.45, "no gap shown"), (0.5, "too many"), (None, "–")]
)
def test_a_gap_is_one_only_where_its_interval_leaves_out_the_population(share: float | None, way: str) -> None:
    gap = a_gap("x", 20 if share else None, share, 0.4)
    one = replace(who_is_missing(), attributes=(replace(who_is_missing().attributes[0], values=(gap,)),))
    row = section(an_opinion_map(missing=one), "missing").all("table")[0].all("tr")[1]
    assert row.all("td")[-1].whole_text == (way if share else "not known")


def test_patterns_are_questions_and_the_result_without_them_stands_beside() -> None:
    said = section(an_opinion_map(integrity=patterns_seen()), "patterns").whole_text
    assert "A pattern is a question, not an accusation" in said
    assert "12 people voted alike on 7 statements within 4 minutes" in said
    assert "and 2 more" in said
    assert "Without the 12 people in them, 1 statement would become common ground, and 1 statement would no" in said
    assert not re.search(r"bot|fraud|cheat|manipulat|fake|attack", said)


def test_no_pattern_is_told_as_no_proof() -> None:
    said = section(an_opinion_map(integrity=Integrity(112, 0.01)), "patterns").whole_text
    assert "Nothing was seen that chance does not explain. That does not prove that nobody tried." in said
    partly = Integrity(112, 0.01, notices=("Votes carry no times, so crowds were not looked for.",))
    assert "as far as it could be looked for" in section(an_opinion_map(integrity=partly), "patterns").whole_text
    calm = replace(patterns_seen(), without=replace(patterns_seen().without, became=(), ceased=()))
    assert "the same statements are common ground" in text_of(an_opinion_map(integrity=calm))


def test_of_many_patterns_the_least_likely_are_told() -> None:
    many = replace(patterns_seen(), patterns=patterns_seen().patterns * 15, without=None)
    part = section(an_opinion_map(integrity=many), "patterns")
    assert "30 patterns deserve a look." in part.whole_text
    assert "10 more, less unlikely, are not told one by one." in part.whole_text


def test_how_it_was_done_has_settings_pictures_and_the_command() -> None:
    part = section(an_opinion_map(), "how")
    said = part.whole_text
    assert "clew map VOTES.csv --method clew --seed 7 --report again.html" in said
    assert [one.attributes["aria-details"] for one in plots(part)] == [
        "picture-held-out-figures", "picture-groups-tried-figures",
    ]  # fmt: skip
    assert [row.all("td")[-1].whole_text for row in part.all("table")[-1].all("tr")[1:]] == ["yes", "no"]
    assert "60% or more of a group agree, of all who voted, passes included" in said


def test_the_command_is_the_one_that_was_given() -> None:
    typed = "clew map 'all votes.csv' --banned gone.csv --threshold 0.75"
    assert f"{typed} --report again.html" in section(an_opinion_map(command=typed), "how").whole_text


def test_the_page_speaks_of_the_choices_that_were_made_for_this_map() -> None:
    chosen = Policy(threshold=0.75, reserve=0.3, sure=0.95, least_votes=12, level=0.8)
    said = text_of(an_opinion_map(policy=chosen))
    assert "at least 95% sure that 75% or more of every group agree" in said
    assert "30% or more disagree" in said
    assert "a probability of 95% or more" in said
    assert "hold the true share in 80% of all cases" in said
    assert "12 in each group" in said
    assert "2 statements are common ground" in said  # the third is 93% sure


def test_the_test_against_chance_is_that_of_the_groups_that_were_taken() -> None:
    three = an_opinion_map(sizes=(60, 45, 30))
    said = section(three, "found").whole_text
    assert "people without groups show groups as clear in at most one of 100 tries" in said  # two were not stable
    two, *more = three.splits
    stable = replace(three, splits=(replace(two, accepted=True), *more))
    said = section(stable, "found").whole_text
    assert "people in two groups show groups as clear in at most one of 100 tries" in said


def test_figures_that_were_not_computed_are_dashes() -> None:
    found = an_opinion_map()
    nothing = float("nan")
    splits = tuple(replace(one, clearness=nothing, p_value=nothing, stability=nothing) for one in found.splits)
    held_out = tuple(replace(one, std_error=nothing) for one in found.held_out)
    groups = tuple(replace(one, stability=nothing) for one in found.groups)
    said = text_of(replace(found, splits=splits, held_out=held_out, groups=groups, stability=nothing))
    assert "nan" not in said.split()
    assert "NaN" not in said


# --- one file, nothing fetched, nothing run ---------------------------------------------------------------------------


def test_nothing_is_fetched_and_nothing_runs(html: str) -> None:
    page = page_of(html)
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use")
    assert not [name for one in page.all() for name in one.attributes if name in {"src", "srcset", "style"}]
    assert not [name for one in page.all() for name in one.attributes if name.startswith("on")]
    assert "://" not in html
    assert not re.search(r"@import|url\(|@font-face", html)


def test_the_policy_of_the_page_admits_its_own_style_alone(html: str) -> None:
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = [one.attributes["content"] for one in page_of(html).all("meta") if "http-equiv" in one.attributes]
    assert policy == [f"default-src 'none'; style-src 'sha256-{digest}'"]


# --- hostile text -----------------------------------------------------------------------------------------------------

SPOKEN_FOR = {"method", "side", "stability", "told", "kind"}


def poisoned(value: Any, said: str) -> Any:
    """Return the value with every free text in it hostile."""
    if isinstance(value, str):
        return said
    if isinstance(value, tuple):
        return tuple(poisoned(one, said) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = [one.name for one in fields(value) if one.name not in SPOKEN_FOR]
        return replace(value, **{name: poisoned(getattr(value, name), said) for name in names})
    return value


FULL = an_opinion_map(missing=who_is_missing(), integrity=patterns_seen())


@pytest.mark.parametrize("found", [FULL, one_public(), as_polis_draws()], ids=["clew", "one", "polis"])
def test_hostile_text_in_any_field_stays_text(found: OpinionMap) -> None:
    html = render_opinion(poisoned(found, HOSTILE))
    page = page_of(html)
    assert not page.all("script", "img", "b")
    assert not [name for one in page.all() for name in one.attributes if name.startswith("on")]
    assert page.whole_text.count("<script>alert('x')</script>") > 10
    assert page.whole_text.count("{{ 7913 * 3 }} {% raw %}") > 10
    assert "23739" not in html
    assert len(page.all("style")) == 1
    assert faults_of_plots(html) == []


def test_a_statement_keeps_its_own_language_and_direction() -> None:
    said = [one for one in page_of(render_opinion(an_opinion_map())).all() if one.classes == {"says"}]
    for text in TEXTS:
        assert {(one.attributes["dir"], one.attributes.get("lang")) for one in said if one.whole_text == text} == {
            ("auto", "")
        }


def test_ids_of_statements_are_kept_apart_from_the_words_around_them() -> None:
    page = page_of(render_opinion(poisoned(an_opinion_map(), "12\u202e34")))
    ids = [one for one in page.all("bdi") if "\u202e" in one.whole_text]
    outside = [one for one in page.all() for text in one.children if isinstance(text, str) and "\u202e" in text]
    assert len(ids) > 10
    assert all(one.tag == "bdi" or "says" in one.classes or _is_a_groups_name(one) for one in outside)


def _is_a_groups_name(one: Element) -> bool:
    """Names of groups are clew's own; here they were poisoned too."""
    return "group" in one.whole_text.lower() or one.tag in {"text", "title", "desc"}


@pytest.mark.parametrize("text", ["a\x00b\x1b[31m", "half \ud800 a character", "none \ufffe\ufdd0"])
def test_what_no_page_may_hold_gives_way_to_a_mark(text: str) -> None:
    statements = tuple(Statement(str(number), text) for number in range(8))
    html = render_opinion(an_opinion_map(statements=statements))
    assert "\N{REPLACEMENT CHARACTER}" in html
    assert not set("\x00\x1b\ud800\ufffe\ufdd0") & set(html)
    html.encode("utf-8")


def test_lines_of_a_statement_run_on_and_one_without_end_is_cut() -> None:
    statements = (Statement("0", "first\r\n\n\tsecond"), Statement("1", "word " * 50_000))
    html = render_opinion(an_opinion_map(statements=statements))
    assert "first second" in html
    assert "… (cut: 250,000 characters in all)" in html
    assert len(html) < 200_000


def test_a_statement_without_text_is_called_by_its_id() -> None:
    said = section(an_opinion_map(statements=()), "common").whole_text
    assert "Statement 0" in said


# --- small numbers ----------------------------------------------------------------------------------------------------


def test_no_voters_id_is_in_the_page(html: str) -> None:
    assert "voter-" not in html


def with_a_small_group(agree: int, support: float, at: float) -> OpinionMap:
    """A map whose third group has seven people, with figures of theirs that must not show."""
    found = an_opinion_map(sizes=(60, 45, 7))
    theirs = {"agree": agree, "support": support, "lower": support / 2, "upper": support / 2 + 0.5}
    findings = tuple(
        replace(one, by_group=(*one.by_group[:2], replace(one.by_group[2], **theirs)), agree=agree, lower=support)
        for one in found.findings
    )
    own = tuple(replace(one, p=support) if one.group == 2 else one for one in found.representative)
    moved = tuple(replace(one, x=at, y=at * one.votes) if one.group == 2 else one for one in found.places)
    groups = (*found.groups[:2], replace(found.groups[2], centre=(at, at)))
    return replace(found, findings=findings, groups=groups, representative=own, places=moved)


def test_a_group_of_fewer_than_ten_shows_no_figure_of_its_votes_and_places() -> None:
    html = render_opinion(with_a_small_group(7777, 0.4321, 0.8765))
    assert html == render_opinion(with_a_small_group(3, 0.9, -1.5))
    said = page_of(html).whole_text
    assert said.count("withheld") > 5
    assert "Group C has fewer than 10 people and is not drawn." in said
    assert "Most of group C disagree; with fewer than 10 people, their share is withheld." in said
    assert "Group C has reservations; it has fewer than 10 people, so their number is withheld." in said


def test_a_public_of_fewer_than_ten_shows_no_votes_at_all() -> None:
    found = an_opinion_map(sizes=(4,), unplaced=2)
    page = page_of(render_opinion(found))
    assert plots(page.by_id("how").parent) == plots(page)  # no map
    assert [one for one in page.all("svg") if "bar" in one.classes] == []
    assert "withheld: fewer than 10 people" in page.whole_text
    row = section(found, "every").all("tr")[1].all("td")
    assert [cell.whole_text for cell in row[-3:]] == ["–", "–", "–"]


def test_totals_leave_hidden_groups_out_so_that_nothing_is_found_by_subtraction() -> None:
    rows = section(an_opinion_map(sizes=(60, 45, 7)), "every").all("tr")[1:]
    alone = section(an_opinion_map(sizes=(60, 45)), "every").all("tr")[1:]
    assert [row.all("td")[2].whole_text for row in rows][:2] == [row.all("td")[2].whole_text for row in alone][:2]


# --- colours ----------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "shade"])
@pytest.mark.parametrize(("name", "least"), [("ink", 7), ("quiet", 4.5), ("accent", 4.5), ("bad", 4.5), ("edge", 3)])
def test_text_and_lines_stand_out_from_their_ground(name: str, least: float, ground: str, scheme: int) -> None:
    style = render_opinion(one_public()).split("<style>")[1].split("</style>")[0]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style.split("prefers-color-scheme: dark")[scheme]))
    light, dark = sorted((luminance(colours[name]), luminance(colours[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
