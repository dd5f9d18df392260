"""The home page: what is overdue, waiting and decided; every figure is the number of rows on the list behind it."""

import re
from datetime import timedelta
from html import unescape

import pytest

from clew.web.caching import PAGES
from clew.web.case.front import A_FEW, front
from clew.web.case.lists import LISTS, listed
from clew.web.case.models import CaseRow
from clew.web.pilot.models import PilotRow


def text_of(response) -> str:
    """The page as somebody hears it: tags taken out, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def count_behind(client, show: str) -> int:
    """How many rows a list says it has."""
    said = re.search(r"([0-9,]+) rows?\b", text_of(client.get(f"/?show={show}")))
    return int(said[1].replace(",", "")) if said else 0


def test_a_fresh_service_says_how_to_begin(client, record):
    page = text_of(client.get("/"))
    assert "Nothing is on the record yet" in page
    assert "Sign in" in page
    assert "Open a case" in page


def test_what_is_late_stands_first_with_days_and_owner(client, many, today):
    many(0)
    CaseRow.objects.bulk_create(
        CaseRow(
            case_id=name,
            title=name,
            phase="frame",
            status="idea",
            announced=True,
            owner=owner,
            next_due_on=due,
            evaluate_by=None,
            works_outside=False,
            works_within=False,
            opened_on=today,
            changed_at="2027-01-01T00:00Z",
        )
        for name, owner, due in (
            ("late", "care office", "2027-05-22"),
            ("later", "", "2027-05-30"),
            ("today", "x", today),
        )
    )
    page = text_of(client.get("/"))
    assert re.search(r"late evidence owed 10 days 22 May 2027 care office later evidence owed 2 days", page)
    assert "evidence owed: 2" in page
    assert count_behind(client, "evidence-overdue") == 2


def test_a_decision_is_late_from_the_day_after_its_day(client, many, today):
    many(2)
    PilotRow.objects.update(decided_on=None, decided=None, decision_by=today)
    CaseRow.objects.update(next_due_on=None, evaluate_by=today)
    assert front(today).late == ()
    assert count_behind(client, "overdue") == count_behind(client, "evaluations-overdue") == 0
    (first, second) = front(today + timedelta(days=1)).late[:2]
    assert (first.what, first.days, second.days) == ("evaluation", 1, 1)
    PilotRow.objects.filter(pk="pilot-1").update(decision_by=today - timedelta(days=3))
    assert [(one.key, one.days) for one in front(today).late] == [("pilot-1", 3)]
    PAGES.clear()
    assert count_behind(client, "overdue") == 1


@pytest.fixture
def filled(client, many):
    many(60)
    return client


def test_every_figure_of_the_front_is_the_number_of_rows_behind_it(filled, today):
    page = front(today)
    lines = page.portfolio.lines
    counted = {
        "cases": page.cases,
        "open-cases": page.open_cases,
        "running": page.running,
        "overdue": len(page.portfolio.overdue),
        "waiting": len(page.portfolio.waiting),
        "decided": sum(line.decided_on is not None for line in lines),
        "outside-government": page.together.external,
        "within-government": page.together.intra,
        "without-result": len(page.portfolio.silent),
        "published": len(page.portfolio.published),
        "overridden": sum(count for _, count in page.overrides),
        **{show: count for show, _, count in page.late_counts},
        **{one.show: one.count for one in (*page.decisions, *page.shares, page.unfavourable, page.extensions)},
        **{cycle.step.replace(" ", "-"): cycle.count for cycle in page.portfolio.cycle_times},
    }
    assert min(counted.values()) > 0
    assert {show: count_behind(filled, show) for show in counted} == counted


def test_every_figure_links_to_a_list_that_is_there(filled):
    page = filled.get("/").content.decode()
    linked = set(re.findall(r'href="\?show=([a-z-]+)', page))
    assert len(linked) >= 20
    assert linked <= {one.show for one in LISTS}


@pytest.mark.parametrize("one", LISTS, ids=lambda one: one.show)
def test_every_list_has_a_page_that_names_what_is_on_it(filled, one, today):
    page = filled.get(f"/?show={one.show}")
    assert page.status_code == 200
    assert one.heading in unescape(page.content.decode())
    for row in one.rows(today)[:50]:
        assert f'/{"cases" if one.of == "cases" else "pilots"}/{row.pk}"' in page.content.decode()


def test_failures_stand_as_large_as_successes(filled):
    page = filled.get("/").content.decode()
    tiles = re.findall(r'<a class="(clew-tile[^"]*)" href="\?show=(scale|adapt|stop)"', page)
    assert tiles == [("clew-tile", "scale"), ("clew-tile", "adapt"), ("clew-tile", "stop")]
    unfavourable = PilotRow.objects.filter(result__in=("null", "loss")).count()
    published = PilotRow.objects.exclude(result=None).count()
    assert f"{unfavourable} of {published} published results" in page


def test_overrides_are_counted_by_role_and_each_role_leads_to_its_rows(filled):
    page = filled.get("/").content.decode()
    mayor, other = (PilotRow.objects.filter(overridden_by=role).count() for role in ("mayor", "A & B"))
    assert f"mayor</a>: {mayor} override" in page
    assert 'href="?show=overridden&amp;role=A%20%26%20B"' in page
    assert f"{other} rows" in text_of(filled.get("/", {"show": "overridden", "role": "A & B"}))


def test_six_of_ten_cases_with_outside_partners_show_sixty_per_cent_beside_the_literature(client, many):
    many(10)
    CaseRow.objects.update(works_outside=False, works_within=False)
    CaseRow.objects.filter(pk__in=[f"case-{one}" for one in range(6)]).update(works_outside=True)
    PAGES.clear()
    page = text_of(client.get("/"))
    assert "with partners outside government 60% 6 of 10 28% 65%" in page
    assert "with partners within government 0% 0 of 10 21% 58%" in page
    assert "award applicants, not a target" in page


def test_a_long_list_has_pages_and_a_search_in_titles(client, many):
    many(120)
    first = client.get("/?show=cases")
    assert "Page 1 of 3" in text_of(first)
    assert first.content.count(b'<tr><th scope="row">') == 50
    assert client.get("/?show=cases&page=3").content.count(b'<tr><th scope="row">') == 20
    assert "Page 3 of 3" in text_of(client.get("/?show=cases&page=999"))
    found = client.get("/?q=problem 11")
    assert "11 rows with “problem 11” in the title" in text_of(found)
    assert 'href="?show=cases&amp;q=problem&amp;page=2"' in client.get("/?show=cases&q=problem").content.decode()


@pytest.mark.parametrize("asked", ["show=nothing", "show=", "show=cases%00"])
def test_a_list_that_is_not_there_is_said_to_be_missing(client, record, asked):
    page = client.get(f"/?{asked}")
    assert page.status_code == 404
    assert "no such list" in text_of(page)


@pytest.mark.parametrize("said", ["%00", "%25", "_", "%27%3B--", "<script>alert(1)</script>", "x" * 5_000])
def test_hostile_words_are_searched_for_and_nothing_else(client, many, said):
    many(3)
    page = client.get(f"/?q={said}")
    assert page.status_code == 200
    assert b"<script>alert" not in page.content


def test_a_thousand_cases_take_a_dozen_queries_and_a_page_of_few_rows(client, many, django_assert_max_num_queries):
    many(1_000)
    with django_assert_max_num_queries(12):
        page = client.get("/")
    assert page.content.count(b'<tr><th scope="row">') <= 3 * A_FEW + 20
    with django_assert_max_num_queries(12):
        client.get("/?show=running&page=2&q=trial")


def test_the_lists_name_only_what_the_tables_hold():
    names = [one.show for one in LISTS]
    assert len(names) == len(set(names))
    assert listed("overdue").heading == "Decisions overdue"
