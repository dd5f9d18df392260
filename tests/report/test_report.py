"""The one-file report: sound HTML, nothing fetched, nothing injected, nothing withheld given away, readable by all."""

import base64
import hashlib
import re
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from builders import a_finding, a_group, a_protocol
from clew.evaluate.finding import Account, LookAt, Randomisation, Screen, SecondaryOutcome
from clew.evaluate.world import HARM, NO_EFFECT, WORTH_HAVING
from clew.gate.characteristics import ENDINGS, Characteristic, Characteristics, figure
from clew.gate.evaluation import Evaluation, Locked
from clew.gate.events import VerdictOverridden
from clew.gate.judge import judge
from clew.pilot.assumptions import Assumption
from clew.pilot.protocol import Outcome, Pilot, Population, Protocol, Publics
from clew.report import LookPoint, outcomes, render_report
from page_tree import page_of
from plots_and_tables import faults_of_plots, plots
from reading_order import PARTS_OF_A_PILOT, faults_of_reading, order_of_a_pilot

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr"}
DRAWN = {"line", "circle", "path"}
HOSTILE = "<script>alert('x')</script>\" onmouseover=\"alert(2)\" '><img src=x onerror=alert(3)> {{ 7913 * 3 }}"


class Page(HTMLParser):
    """A report taken apart: every element with its attributes in order, the text, and whether all tags are closed."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> repeats an attribute"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


SICK_DAYS = Outcome("sick_days", "mean", "lower", 0.5, name="days off sick", unit="days", definition="in 90 days")
FALSE_ALARMS = Outcome("false_alarms", "count", "lower")
FALLS = Outcome("falls", "proportion", "lower")
MOVED = (
    SecondaryOutcome(*("sick_days", "days off sick", "lower", 0.5, 1.2, 0.4, 11.3, (0.32, 2.08), 0.012, 0.036), n=612),
    SecondaryOutcome(*("false_alarms", "false_alarms", "lower", None, -0.2, 0.05, None, (-0.3, -0.1)), 5e-5, 1e-4, 624),
    SecondaryOutcome("falls", "falls", "lower", refused="It cannot be estimated: no row has it."),
)
LOCKED = Locked(12, "example.org/log\n41\nAAAA\n\n— example.org/log BBBB\n")


def an_evaluation(locked: Locked | None = LOCKED, **changes: Any) -> Evaluation:
    """Everything at once: clusters, two looks of which the second is an extension, a hidden group, a flagged screen."""
    protocol = a_protocol(
        pilot=Pilot("visits", "Joint first visits", "Alarms work more often", "none", "visits", synthetic=True),
        outcome=Outcome("safe_at_90_days", "proportion", "higher", 0.05, ("age",), "safe at 90 days"),
        public_input_by=date(2027, 3, 1),
        decision_by=date(2027, 6, 1),
        publics=Publics("homes", "smokers", "taxpayers", "neighbours"),
        extend_times=1,
        secondary=(SICK_DAYS, FALSE_ALARMS, FALLS),
        text='[pilot]\nid = "visits"\n',
    )
    finding = replace(
        a_finding((0.048, 0.272)),
        equity=(
            a_group(n=500, estimate=0.158, interval=(0.04, 0.276), reach=1.06),
            a_group(group="other", n=None, estimate=None, interval=None, reach=None, hidden=True, why="Too few homes."),
        ),
        look=LookAt("obrien-fleming", 3, 2, 1, 2.24, 1.97, 0.049, 1.0),
        screens=(Screen("heaping", flag=True, statistic=3.2, why="Round values in one district."),),
        randomisation=Randomisation(16 / 924, 924, exact=True),
        missing=(("control", 3), ("visit", 0)),
        secondary=MOVED,
    )
    protocol = replace(protocol, **{name: value for name, value in changes.items() if hasattr(protocol, name)})
    found = {"equity" if name == "groups" else name: value for name, value in changes.items() if name != "equity"}
    finding = replace(finding, **{name: value for name, value in found.items() if hasattr(finding, name)})
    return Evaluation(protocol, finding, judge(protocol, finding), locked)


def an_override() -> VerdictOverridden:
    return VerdictOverridden("visits", 3, "adapt", "scale", "council committee", "alarms are cheap", "the evaluator")


def tried_out(trials: int = 200) -> Characteristics:
    """No effect ends undecided but for 2.5%; worth having is scaled in 80%; harm was not tried."""
    shares = {NO_EFFECT: (0.025, 0.0, 0.975), WORTH_HAVING: (0.8, 0.05, 0.15), HARM: (None, None, None)}
    rows = tuple(
        Characteristic(
            truth, f"P({ending} | {truth})", share, None if share is None else 0.0123, "Nothing to harm is registered."
        )
        for truth, endings in shares.items()
        for ending, share in zip(ENDINGS, endings, strict=True)
    )
    assumed = (Assumption("icc", 0.03, stated=True), Assumption("baseline", 0.55, stated=False, why="a guess"))
    return Characteristics("visits", "0" * 64, trials, 7, assumed, ("Nobody is lost.",), rows)


def a_full_report() -> str:
    earlier = (LookPoint(1, 0.4, 3.71, "not yet", "2027-01-05"), LookPoint(2, -1.4, 2.51, "extend"))
    return render_report(an_evaluation(), earlier=earlier, characteristics=tried_out(), decision=an_override())


# --- structure --------------------------------------------------------------------------------------------------------


def test_every_tag_is_closed_in_its_order_and_ids_are_unique() -> None:
    page = Page(a_full_report())
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert not page.open
    assert len(ids) == len(set(ids)) > 10


def test_headings_are_in_order_under_one_first_heading() -> None:
    levels = [int(tag[1]) for tag, _ in Page(a_full_report()).elements if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))


def test_what_points_inside_the_page_finds_its_place() -> None:
    page = Page(a_full_report())
    ids = {attributes.get("id") for _, attributes in page.elements}
    targets = {(attributes["href"] or "").removeprefix("#") for attributes in page.all("a")}
    labels = {one for _, attributes in page.elements for one in (attributes.get("aria-labelledby") or "").split()}
    assert targets <= ids
    assert labels <= ids
    assert len(targets) >= 8


def test_the_page_says_its_language_title_and_width() -> None:
    page = Page(a_full_report())
    assert page.all("html") == [{"lang": "en"}]
    assert len(page.all("title")) >= 1
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in page.all("meta")


def test_every_drawing_is_named_or_left_out_of_the_reading() -> None:
    for drawing in Page(a_full_report()).all("svg"):
        assert drawing.get("aria-hidden") == "true" or (drawing["role"] == "img" and drawing["aria-labelledby"])


def test_every_table_has_a_caption_and_headed_columns_and_rows() -> None:
    html = a_full_report()
    for table in re.findall(r"<table.*?</table>", html, re.DOTALL):
        page = Page(table)
        assert len(page.all("caption")) == 1
        assert all(cell.get("scope") in {"col", "row"} for cell in page.all("th"))
        assert len([cell for cell in page.all("th") if cell["scope"] == "row"]) == len(page.all("tr")) - 1


def test_it_reads_well_as_text_alone() -> None:
    assert faults_of_reading(a_full_report()) == []
    assert order_of_a_pilot(page_of(a_full_report())) == [*PARTS_OF_A_PILOT]


def test_every_plot_has_its_table() -> None:
    page = page_of(a_full_report())
    assert faults_of_plots(a_full_report()) == []
    assert [one.attributes["aria-details"] for one in plots(page)] == ["effect-figures", "looks-figures"]
    bars = [cell for cell in page.all("td") if cell.all("svg")]
    assert (
        len(bars) == 1 + 2 + 6
    )  # groups and further outcomes that have figures; two truths of three, three endings each
    assert all(re.search(r"\d", cell.whole_text) for cell in bars)


# --- one file, nothing fetched, nothing run ---------------------------------------------------------------------------


def test_nothing_is_fetched_and_nothing_runs() -> None:
    html = a_full_report()
    page = Page(html)
    assert not page.all("script", "link", "img", "iframe", "object", "embed", "form", "base", "image", "use")
    assert not [name for _, attributes in page.elements for name in attributes if name in {"src", "srcset", "style"}]
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert "://" not in html
    assert not re.search(r"@import|url\(|@font-face", html)


def test_the_policy_of_the_page_admits_its_own_style_alone() -> None:
    html = a_full_report()
    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    policy = [meta["content"] for meta in Page(html).all("meta") if meta.get("http-equiv")]
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == [f"default-src 'none'; style-src 'sha256-{digest}'"]


def test_the_same_evaluation_gives_the_same_bytes() -> None:
    assert a_full_report().encode() == a_full_report().encode()


# --- hostile text -----------------------------------------------------------------------------------------------------

SPOKEN_FOR = {"kind", "measure", "better", "method", "estimator", "standard_errors", "existing_data", "verdict"}


def poisoned(value: Any) -> Any:
    """Return the value with every free text in it hostile; words of a fixed vocabulary stay."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(poisoned(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {one.name: poisoned(getattr(value, one.name)) for one in fields(value) if one.name not in SPOKEN_FOR}
        return replace(value, **{name: item for name, item in changed.items() if name != "kind"})
    return value


def poisoned_rows() -> tuple[Characteristic, ...]:
    """Rows whose truths are hostile; the names of the endings are clew's own."""
    named = [(row, row.probability.split(" | ")[0]) for row in tried_out().rows]
    return tuple(
        replace(row, scenario=HOSTILE, probability=f"{ending} | {HOSTILE})", sentence=HOSTILE) for row, ending in named
    )


def test_hostile_text_in_any_field_stays_text() -> None:
    evaluation = an_evaluation()
    hostile = Evaluation(
        poisoned(evaluation.protocol),
        poisoned(evaluation.finding),
        poisoned(evaluation.judgement),
        poisoned(evaluation.locked),
    )
    earlier = (LookPoint(1, 0.4, 3.71, HOSTILE, HOSTILE),)
    could = poisoned(replace(tried_out(), rows=())), poisoned_rows()
    html = render_report(
        hostile, earlier=earlier, characteristics=replace(could[0], rows=could[1]), decision=poisoned(an_override())
    )
    page = Page(html)
    assert not page.open
    assert not page.all("script", "img")
    assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on")]
    assert page.text.count("<script>alert('x')</script>") > 25
    assert "23739" not in html


@pytest.mark.parametrize("part", ["title", "hypothesis", "id"])
def test_a_hostile_pilot_is_shown_as_it_was_written(part: str) -> None:
    pilot = replace(a_protocol().pilot, **{part: HOSTILE})
    page = Page(render_report(an_evaluation(pilot=pilot)))
    assert not page.all("script", "img")
    assert " ".join(HOSTILE.split()) in page.text


# --- small numbers ----------------------------------------------------------------------------------------------------


def test_a_hidden_group_shows_no_figure_even_where_the_value_holds_one() -> None:
    leaky = a_group(group="other", n=7777, estimate=0.4321, interval=(0.1111, 0.8765), reach=0.3456, hidden=True)
    page = Page(render_report(an_evaluation(groups=(a_group(), leaky))))
    for leaked in ("7,777", "7777", "43.2", "11.1", "87.6", "87.7", "0.35", "0.3456", "0.4321"):
        assert leaked not in page.text
    assert page.text.count("withheld") >= 3
    assert "fewer than ten units in an arm" in page.text


def test_a_count_withheld_beside_a_hidden_group_stays_withheld() -> None:
    page = Page(render_report(an_evaluation(groups=(a_group(n=None), a_group(group="b", n=None, hidden=True)))))
    assert re.search(r"Danish withheld \+16\.0", page.text)


def test_the_rule_still_judges_a_hidden_group() -> None:
    hidden = a_group(group="other", n=None, estimate=None, interval=None, reach=None, hidden=True, under_reached=True)
    page = Page(render_report(an_evaluation(groups=(hidden,))))
    assert "too low" in page.text


# --- seen by everybody ------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, "contrast ratio"."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_of_black_and_white_is_known() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("ground", ["paper", "shade"])
@pytest.mark.parametrize(("name", "least"), [("ink", 7), ("quiet", 4.5), ("accent", 4.5), ("bad", 4.5), ("edge", 3)])
def test_text_and_lines_stand_out_from_their_ground(name: str, least: float, ground: str) -> None:
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", a_full_report()))
    assert contrast(colours[name], colours[ground]) >= least


def test_no_other_colour_is_used_than_those_whose_contrast_is_tested() -> None:
    style = a_full_report().split("<style>")[1].split("</style>")[0]
    named = {"ink", "quiet", "paper", "shade", "rule", "edge", "accent", "bad"}
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", style))
    assert set(colours) == named
    assert set(re.findall(r"#[0-9a-f]{3,8}\b", style)) == set(colours.values())


def test_every_rule_says_in_words_whether_it_holds() -> None:
    evaluation = an_evaluation()
    page = Page(render_report(evaluation))
    held = sum(reason.holds for reason in evaluation.judgement.reasons)
    assert len(re.findall(r"✓ holds", page.text)) == held
    assert len(re.findall(r"[✗–] does not hold", page.text)) == len(evaluation.judgement.reasons) - held
    assert 0 < held < len(evaluation.judgement.reasons)


# --- what a reader is told --------------------------------------------------------------------------------------------


def test_notices_stand_at_the_top_before_the_verdict() -> None:
    late = Locked(12, "note", after_data=True, amended_after_data=True, amendments=2)
    text = Page(render_report(an_evaluation(locked=late))).text
    places = [text.index(said) for said in ("Made-up data", "Registered after data began", "Changed after data began")]
    assert places == sorted(places)
    assert places[-1] < text.index("What it means")
    assert "not a promise kept" in text
    assert "amended 2 times" in text


def test_further_outcomes_are_told_and_decide_nothing() -> None:
    page = Page(a_full_report())
    assert "They can neither earn nor block a verdict." in page.text
    assert (
        "“days off sick” moved the wrong way: +1.20 days, and its whole interval lies on the worse side."
        " “false alarms” moved the right way: −0.200 a home, and its whole interval lies on the better side."
    ) in page.text
    assert "days off sick lower is better; worth having: 0.5 days 612 +1.20 days (+0.32 to +2.08)" in page.text
    assert "0.0120 0.0360 worse" in page.text
    assert "624 −0.200 a home" in page.text
    assert "below 0.0001 0.0001 better" in page.text
    assert "falls lower is better – not computable It cannot be estimated: no row has it. – – –" in page.text
    assert "Several outcomes are several chances to find something by luck." in page.text

    told = {
        name: replace(an_evaluation(), finding=replace(an_evaluation().finding, secondary=name)) for name in (MOVED, ())
    }
    assert told[MOVED].judgement == told[()].judgement == judge(told[()].protocol, told[()].finding)


def test_further_outcomes_are_promised_by_name_with_their_smallest_effect_worth_having() -> None:
    said = Page(a_full_report()).text
    assert (
        "“days off sick”: the average over homes, in days. Lower is better. Smallest effect worth having: 0.5 days."
        in said
    )
    assert "“false alarms”: the number a home. Lower is better. “falls”: the share of homes where it is so." in said
    assert "They are told beside the outcome above, and can neither earn nor block a verdict." in said


def test_bars_of_further_outcomes_stand_on_one_scale_with_better_to_the_right() -> None:
    """In standard errors: 1.2 days more are 3.0 for worse, 0.2 false alarms fewer are 4.0 for better."""
    told = outcomes.told(an_evaluation().finding, an_evaluation().protocol)
    worse, better, none = (row.bar for row in told.rows)
    zero = float(told.zero)
    assert none is None
    assert float(worse.low) < float(worse.point) < float(worse.high) < zero < float(better.low) < float(better.high)
    assert (zero - float(worse.point)) / 3.0 == pytest.approx((float(better.point) - zero) / 4.0, abs=0.01)

    more = replace(MOVED[1], better="higher", estimate=0.2, interval=(0.1, 0.3))
    other = with_further(MOVED[0], more, MOVED[2])
    assert [row.bar for row in outcomes.told(other.finding, other.protocol).rows] == [worse, better, None]


def with_further(*told: SecondaryOutcome) -> Evaluation:
    """The same evaluation with these further outcomes found, all of them promised."""
    full = an_evaluation()
    promised = tuple(one for one in full.protocol.secondary if one.column in {found.column for found in told})
    return replace(
        full, finding=replace(full.finding, secondary=told), protocol=replace(full.protocol, secondary=promised)
    )


def test_where_nothing_can_be_told_that_is_said() -> None:
    unclear = replace(MOVED[0], interval=(-0.1, 2.5))
    said = Page(render_report(with_further(unclear))).text
    assert "Of none of them can it be told which way it moved." in said
    assert "(\N{MINUS SIGN}0.10 to +2.50)" in said
    assert "0.0120 0.0360 cannot be told" in said
    endless = replace(MOVED[0], interval=(-float("inf"), float("inf")))
    assert "(no limit to no limit)" in Page(render_report(with_further(endless))).text


def test_without_further_outcomes_there_is_no_such_section() -> None:
    assert "urther outcomes" not in Page(render_report(with_further())).text


def test_without_a_lock_the_report_says_that_nothing_is_proven() -> None:
    text = Page(render_report(an_evaluation(locked=None))).text
    assert "Not locked: nothing proves that this rule was written before the data." in text
    assert "it is no promise kept" in text
    assert "clew verify" not in text


def test_an_override_stands_beside_the_computed_verdict() -> None:
    text = Page(a_full_report()).text
    assert "Computed verdict Adapt, then decide again" in text
    assert "Decided otherwise: scale" in text
    assert "Decided by council committee Reason alarms are cheap Dissent the evaluator" in text


def test_an_auditor_finds_hashes_entry_checkpoint_command_and_the_protocol_itself() -> None:
    text = Page(a_full_report()).text
    assert f"Protocol, SHA-256 {'0' * 64} Data, SHA-256 {'1' * 64} Entry in the record 12" in text
    assert "— example.org/log BBBB" in text
    assert "clew verify RECORD" in text
    assert "python3 verify.py RECORD" in text
    assert '[pilot] id = "visits"' in text


def test_screens_missing_outcomes_and_costs_are_told() -> None:
    text = Page(a_full_report()).text
    assert "heaping asks a question 3.2 Round values in one district." in text
    assert "Left out because the outcome is missing: 3 of “control”." in text
    assert "125.00 EUR" in text
    assert "39,000.00 EUR" in text
    assert "Drawing the lots again in all 924 ways gives a difference at least as large in 1.7% of them." in text


def test_what_the_pilot_could_have_shown_is_told_with_its_error() -> None:
    text = Page(a_full_report()).text
    assert "200 made-up pilots of this design were judged by this very rule" in text
    assert "no effect 2.5% (± 1.2) none (below 1.5%) 97.5% (± 1.2)" in text
    assert "effect worth having 80.0% (± 1.2) 5.0% (± 1.2) 15.0% (± 1.2)" in text
    assert "harm in one group Nothing to harm is registered. not tried not tried not tried" in text
    assert "Assumed: icc 0.03; baseline 0.55 (not in the protocol). Nobody is lost. Seed 7." in text


def test_the_record_s_own_words_on_it_are_read_as_well() -> None:
    given = tried_out()
    on_record = (("trials a scenario", "200"), ("seed", "7"), *((row.probability, figure(row)) for row in given.rows))
    text = Page(render_report(an_evaluation(), characteristics=on_record)).text
    assert "no effect 2.5% (± 1.2) none (below 1.5%) 97.5% (± 1.2)" in text
    assert "harm in one group Nothing was registered to try it on. not tried" in text
    assert "Seed 7." in text


@pytest.mark.parametrize("on_record", [(), (("trials a scenario", "200"),), (("P(scale | no effect)", "0.1 ± 0.01"),)])
def test_a_lock_without_a_trial_of_the_rule_leaves_the_section_out(on_record: tuple[tuple[str, str], ...]) -> None:
    html = render_report(an_evaluation(), characteristics=on_record)
    assert "could have shown" not in html


def test_a_pilot_without_cost_or_groups_leaves_their_figures_out() -> None:
    text = Page(
        render_report(an_evaluation(equity=(), groups=(), cost=None, account=Account(why="No cost is registered.")))
    ).text
    assert "For whom" not in text.replace("For whom Each home", "")
    assert "No cost is registered." in text


VERDICTS = [
    ("scale", {"groups": (a_group(),), "screens": ()}, (0.048, 0.272), "Scale", "be as large elsewhere"),
    ("adapt", {}, (0.048, 0.272), "Adapt, then decide again", "nor that it may be scaled as it is"),
    (
        "extend",
        {"look": LookAt("obrien-fleming", 2, 2, 1, 2.5, 2.4, 0.01, 0.67)},
        (-0.1, 0.272),
        "Extend: undecided so far",
        "neither a success nor a failure",
    ),
    (
        "not yet",
        {"look": LookAt("obrien-fleming", 1, 2, 1, 3.7, 3.6, 0.001, 0.33)},
        (-0.1, 0.272),
        "Not yet",
        "early figures swing",
    ),
    ("stop", {}, (-0.1, 0.272), "Stop: it could not be shown", "the data allow anything from −10.0 to +27.2"),
    ("stop", {}, (-0.2, 0.01), "Stop", "saves others from trying"),
    ("stop", {"groups": (a_group(harmed=True),)}, (0.04, 0.272), "Stop: a group is harmed", "saves others from trying"),
]


@pytest.mark.parametrize(("verdict", "changes", "interval", "headline", "not_mean"), VERDICTS)
def test_each_verdict_is_said_with_what_it_does_not_mean(
    verdict: str, changes: dict[str, Any], interval: tuple[float, float], headline: str, not_mean: str
) -> None:
    effect = replace(a_finding(interval).effect)
    evaluation = an_evaluation(effect=effect, **changes)
    text = Page(render_report(evaluation)).text
    assert evaluation.verdict == verdict
    assert f"Verdict {headline} Of the five verdicts" in text
    assert f"the rule gives “{verdict}”" in text
    assert not_mean in text


def test_a_feasibility_pilot_is_not_said_to_work() -> None:
    evaluation = an_evaluation(population=Population("home", "all", "feasibility"), look=a_finding(look=2).look)
    text = Page(render_report(evaluation)).text
    assert evaluation.verdict == "adapt"
    assert "Adapt: a feasibility pilot" in text
    assert "says nothing about its effect" in text


def measured(measure: str, better: str, unit: str | None, worth: float) -> Protocol:
    return a_protocol(outcome=Outcome("waited", measure, better, worth, (), "waiting", unit), equity=(), cost=None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("protocol", "factor", "said"),
    [
        (measured("proportion", "higher", None, 0.05), 1, "the share was 71.0% in the pilot group and 55.0%"),
        (measured("proportion", "higher", None, 0.05), 1, "Effect: +16.0 percentage points."),
        (measured("mean", "lower", "US dollars", 50), 11000, "was 7,810 US dollars in the pilot group and 6,050"),
        (measured("mean", "lower", "US dollars", 50), 11000, "Effect: +1,760 US dollars."),
        (measured("mean", "lower", None, 50), 110, "Effect: +17.6."),
        (measured("count", "higher", "calls", 1), 1, "Effect: +0.160 calls a home."),
    ],
)
def test_the_effect_is_said_in_the_units_of_the_outcome(protocol: Protocol, factor: float, said: str) -> None:
    effect = a_finding().effect
    names = ("estimate", "std_error", "mean_treated", "mean_comparison")
    scaled = {name: getattr(effect, name) * factor for name in names}
    finding = a_finding(equity=())
    bigger = replace(effect, interval=(0.05 * factor, 0.27 * factor), **scaled)
    finding = replace(finding, effect=bigger, account=Account(Decimal(1), None, "EUR", "none gained"))
    text = Page(render_report(Evaluation(protocol, finding, judge(protocol, finding)))).text
    assert said in text


def test_a_look_after_this_one_is_not_shown() -> None:
    later = (LookPoint(1, 0.4, 3.71), LookPoint(4, 9.87, 1.23))
    html = render_report(an_evaluation(), earlier=later)
    assert "9.87" not in html
    assert "0.40" in html
