"""The page itself: values into templates, everything escaped, the same bytes for the same evaluation.

A page is a row of parts, each a template of its own; those that have nothing to tell are left out. The one-file report
and the service's page of a pilot show the same parts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from markupsafe import Markup

from clew.gate.characteristics import ENDINGS, Characteristics
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictComputed, VerdictOverridden
from clew.gate.judge import Judgement, Reason
from clew.pilot.protocol import Protocol
from clew.report import found, further, outcomes, pictures, plots, words
from clew.report.could import Recorded, tried_out
from clew.report.document import PAGES, Content, Part, style_of
from clew.report.figures import Units, units_of
from clew.report.known import Known, Noted
from clew.report.plots import LookPoint, look_point
from clew.report.promise import day, outcome_name, promises

PAGES.filters["day"] = day
STYLE, STYLE_HASH = style_of("styles/sections.css", "templates/style.css")


@dataclass(frozen=True, slots=True)
class Links:
    """Where a page of the service leads to: an entry of the record, its proof, a published document, files."""

    entry: Callable[[int], str]
    proof: Callable[[int], str]
    document: Callable[[str], str]
    protocol: str
    record: str


PARTS = (
    Part("promised", "What was promised"),
    Part("found", "What was found", ("evaluation",)),
    Part("whom", "For whom", ("groups",)),
    Part("outcomes", "Further outcomes", ("outcomes",)),
    Part("further", "More of what the data say", ("has_more",)),
    Part("looks", "How the looks went", ("looks",), "When the data will be looked at"),
    Part("rule", "What the locked rule says", ("judgement",)),
    Part("could", "What this pilot could have shown", ("tried",), "What this pilot can show"),
    Part("costs", "Costs", ("evaluation",)),
    Part("checks", "Checks of the data", ("evaluation",)),
    Part("amendments", "What was changed since", ("amendments",)),
    Part("running", "What happened while it ran", ("ran",)),
    Part("gate", "Before the decision", ("known",)),
    Part("verify", "Check it yourself"),
    Part("protocol", "The protocol, word for word"),
)


def render_report(
    evaluation: Evaluation,
    *,
    earlier: Sequence[LookPoint] = (),
    characteristics: Characteristics | Recorded | None = None,
    decision: VerdictOverridden | None = None,
    known: Known | None = None,
) -> str:
    """Return the verdict as one HTML file that needs nothing but itself.

    `earlier`: the looks before this one. `characteristics`: what the registered pilot could have shown, as computed
    or as the lock holds it on the record.
    `decision`: an override, shown beside the computed verdict. `known`: what else the record knows. The same arguments
    give the same bytes.
    """
    content = {
        **of_evaluation(evaluation, earlier),
        "tried": tried_out(characteristics),
        **of_record(known),
        "decision": decision,
    }
    return PAGES.get_template("report.html").render(
        **content, parts=parts_of(content), style=STYLE, style_hash=STYLE_HASH
    )


def parts_of(content: Content) -> tuple[Part, ...]:
    """Return the parts that have something to tell, in their order."""
    told = (part for part in PARTS if part.has_something(content))
    return tuple(
        part if content["judgement"] or not part.before else replace(part, heading=part.before) for part in told
    )


def render(template: str, content: Content) -> Markup:
    """Return one part, or the verdict, as HTML that stands for itself."""
    return Markup(PAGES.get_template(f"_{template}.html").render(**content))  # noqa: S704  escaped by the environment


def with_looks_to_come(content: Content, to_come: Sequence[LookPoint]) -> Content:
    """Return the content with the looks that are still to come in the plot of looks."""
    points = (*(row.point for row in content["looks"]), *to_come)
    return content | {"looks": plots.look_rows(points) if points else ()}


def of_protocol(protocol: Protocol, units: Units) -> Content:
    """Return what a protocol alone gives to tell; every other value is there and empty."""
    nothing = dict.fromkeys(
        ("evaluation", "finding", "judgement", "tried", "decision", "meaning", "locked", "data_sha256")
    )
    empty = dict.fromkeys(("groups", "outcomes", "looks", "facts", "further", "pictures", "has_more", "instead"), ())
    return {
        **nothing,
        **empty,
        **of_record(None),
        "protocol": protocol,
        "units": units,
        "outcome": outcome_name(protocol),
        "promises": promises(protocol, units),
        "endings": ENDINGS,
        "sentences": found,
        "rule_name": words.rule_name,
        "behind": words.BEHIND,
        "evidence": words.EVIDENCE,
    }


def of_record(known: Known | None, links: Links | None = None) -> Content:
    """Return what the record knows besides, and where a page leads to."""
    ran = known.adaptations or known.rounds if known else ()
    return {
        "known": known,
        "links": links,
        "amendments": known.amendments if known else (),
        "ran": ran,
        "running_sentence": known.running_sentence if known and ran else "",
    }


def of_evaluation(evaluation: Evaluation, earlier: Sequence[LookPoint] = (), on: date | None = None) -> Content:
    """Return all that an evaluation gives to tell; `earlier`: the looks before it; `on`: the day of this one."""
    units = units_of(evaluation.protocol, evaluation.finding.effect.std_error)
    looks = (*(point for point in earlier if point.look < evaluation.finding.look.look), this_look(evaluation, on))
    scale, bars = plots.bars(evaluation.finding.equity)
    return {
        **of_protocol(evaluation.protocol, units),
        "evaluation": evaluation,
        "finding": evaluation.finding,
        "locked": evaluation.locked,
        "data_sha256": evaluation.finding.data_sha256,
        **_judged(evaluation.judgement),
        "meaning": words.meaning(evaluation, units),
        "facts": found.facts(evaluation, units),
        "plot": plots.effect_plot(evaluation, units),
        "lines": plots.reference_lines(evaluation, units),
        "groups": tuple(zip(found.group_rows(evaluation, units), bars, strict=True)),
        "zero": scale and scale.at(0.0),
        "outcomes": outcomes.told(evaluation.finding, evaluation.protocol),
        "looks": plots.look_rows(looks),
        "further": further.rows(evaluation.finding.further),
        "pictures": tuple(pictures.plot_of(one) for one in evaluation.finding.pictures),
        "has_more": evaluation.finding.further or evaluation.finding.pictures,
        "instead": further.instead(evaluation, units),
    }


def of_verdict(protocol: Protocol, noted: Noted[VerdictComputed], earlier: Sequence[LookPoint] = ()) -> Content:
    """Return what a verdict's entry on the record gives to tell where its published document is not at hand."""
    verdict = noted.body
    units = units_of(protocol, float(verdict.std_error))
    reasons = tuple(Reason(rule, needed, seen, holds == "yes") for rule, needed, seen, holds in verdict.reasons)
    return {
        **of_protocol(protocol, units),
        "data_sha256": verdict.data_sha256,
        **_judged(Judgement(verdict.verdict, verdict.why, reasons)),  # type: ignore[arg-type]  # as it was computed
        "meaning": words.meaning_of_record(verdict),
        "facts": found.recorded_facts(verdict, protocol, units),
        "looks": plots.look_rows((*earlier, look_point(verdict, noted.on))),
    }


def _judged(judgement: Judgement) -> Content:
    return {
        "judgement": judgement,
        "knots": plots.knots(judgement.verdict),
        "rules": (
            ("To scale, all must hold", words.scale_rules(judgement), True),
            ("To stop, one is enough", words.stop_rules(judgement), False),
            ("Looks", words.look_rules(judgement), True),
        ),
    }


def this_look(evaluation: Evaluation, on: date | None = None) -> LookPoint:
    """Return this evaluation's own look as a point of the plot of looks."""
    effect, look = evaluation.finding.effect, evaluation.finding.look
    statistic = effect.estimate / effect.std_error if effect.std_error > 0 else 0.0
    return LookPoint(look.look, statistic, look.boundary, evaluation.verdict, on.isoformat() if on else "")
