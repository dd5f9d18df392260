"""Colours of charts against what lies behind them: 4.5 to 1 for text, 3 to 1 for marks (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

import clew.web

ASSETS = Path(clew.web.__file__).parent / "assets"
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", (ASSETS / "clew.css").read_text(encoding="utf-8")))
CASE_CSS = (ASSETS / "case.css").read_text(encoding="utf-8")
CHARTS = CASE_CSS[CASE_CSS.index("/* charts:") : CASE_CSS.index("/* end of charts */")]
PAINT = re.compile(r"([^{}]+)\{([^}]*)\}")
TEXT = {".clew-tick", ".clew-path__phase", ".clew-path__step", ".clew-path__day"}
ORNAMENT = {".clew-grid"}  # helps the eye; the names above say the same


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def painted() -> list[tuple[str, str, str]]:
    """(selector, property, token) of every colour that the chart's rules use."""
    return [
        (selector.strip(), name, token)
        for selector, body in PAINT.findall(CHARTS)
        for name, token in re.findall(r"(fill|stroke|background): var\(--([a-z-]+)\)", body)
    ]


def test_the_measure_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_charts_use_named_colours_alone():
    assert not re.search(r"#[0-9a-fA-F]{3}", CHARTS)
    assert {token for _, _, token in painted()} <= set(TOKENS)
    assert len(painted()) > 15


@pytest.mark.parametrize(("selector", "name", "token"), painted())
def test_every_colour_stands_out_from_the_paper(selector, name, token):
    if token == "paper" or selector in ORNAMENT:
        assert name in {"fill", "stroke"}  # the paper itself, or a line that nobody has to see
        return
    assert contrast(TOKENS[token], TOKENS["paper"]) >= (4.5 if selector in TEXT else 3.0)


def test_a_bar_stands_out_from_the_whole_that_it_is_a_part_of():
    inside = {token for selector, name, token in painted() if "clew-bar__" in selector and name == "fill"}
    assert contrast(*(TOKENS[token] for token in inside)) >= 3.0


@pytest.mark.parametrize("token", ["ink", "quiet", "accent", "bad", "good"])
@pytest.mark.parametrize("behind", ["paper", "shade"])
def test_text_can_be_read_on_paper_and_on_shade(token, behind):
    assert contrast(TOKENS[token], TOKENS[behind]) >= 4.5
