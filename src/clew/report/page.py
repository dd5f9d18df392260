"""The page itself: values into templates, everything escaped, the same bytes for the same evaluation."""

import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from clew.gate.characteristics import ENDINGS, Characteristics
from clew.gate.evaluation import Evaluation
from clew.gate.events import VerdictOverridden
from clew.report import found, plots, words
from clew.report.could import Recorded, tried_out
from clew.report.figures import money, spoken, units_of
from clew.report.plots import LookPoint
from clew.report.promise import outcome_name, promises

TEMPLATES = Path(__file__).parent / "templates"
PAGES = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
PAGES.filters["breakable"] = lambda key: Markup("<wbr>").join(re.split(r"(?<=[._])", key))
PAGES.filters["money"] = money
PAGES.filters["spoken"] = spoken


def render_report(
    evaluation: Evaluation,
    *,
    earlier: Sequence[LookPoint] = (),
    characteristics: Characteristics | Recorded | None = None,
    decision: VerdictOverridden | None = None,
) -> str:
    """Return the verdict as one HTML file that needs nothing but itself.

    `earlier`: the looks before this one. `characteristics`: what the registered pilot could have shown, as computed
    or as the lock holds it on the record.
    `decision`: an override, shown beside the computed verdict. The same arguments give the same bytes.
    """
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    content = _content(evaluation, earlier) | {
        "tried": tried_out(characteristics),
        "endings": ENDINGS,
        "decision": decision,
    }
    return PAGES.get_template("report.html").render(**content, style=style, style_hash=_hash(style))


def _content(evaluation: Evaluation, earlier: Sequence[LookPoint]) -> dict[str, Any]:  # Any: values of the templates
    effect = evaluation.finding.effect
    units = units_of(evaluation.protocol, effect.std_error)
    looks = (*(point for point in earlier if point.look < evaluation.finding.look.look), this_look(evaluation))
    scale, bars = plots.bars(evaluation.finding.equity)
    return {
        "evaluation": evaluation,
        "protocol": evaluation.protocol,
        "finding": evaluation.finding,
        "outcome": outcome_name(evaluation.protocol),
        "meaning": words.meaning(evaluation, units),
        "knots": plots.knots(evaluation.verdict),
        "promises": promises(evaluation.protocol, units),
        "facts": found.facts(evaluation, units),
        "sentences": found,
        "units": units,
        "plot": plots.effect_plot(evaluation, units),
        "lines": plots.reference_lines(evaluation, units),
        "groups": tuple(zip(found.group_rows(evaluation, units), bars, strict=True)),
        "zero": scale and scale.at(0.0),
        "looks": plots.look_rows(looks),
        "rules": (
            ("To scale, all must hold", words.scale_rules(evaluation), True),
            ("To stop, one is enough", words.stop_rules(evaluation), False),
            ("Looks", words.look_rules(evaluation), True),
        ),
        "rule_name": words.rule_name,
        "evidence": words.EVIDENCE,
    }


def this_look(evaluation: Evaluation) -> LookPoint:
    """Return this evaluation's own look as a point of the plot of looks."""
    effect, look = evaluation.finding.effect, evaluation.finding.look
    statistic = effect.estimate / effect.std_error if effect.std_error > 0 else 0.0
    return LookPoint(look.look, statistic, look.boundary, evaluation.verdict)


def _hash(style: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
