"""What is painted on a page: whether it stands out from what lies behind it (WCAG 2.2), and not by colour alone."""

import re
from collections import defaultdict
from functools import reduce
from pathlib import Path

PAINTED = (Path(__file__).parent / "browser" / "painted.js").read_text(encoding="utf-8")
LEAST = {"text": 4.5, "mark": 3.0}
SEEN = (
    {"media": "screen", "color_scheme": "light", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "dark", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "dark", "forced_colors": "active"},
    {"media": "print", "color_scheme": "light", "forced_colors": "none"},
)
ORNAMENTS = {
    "clew-grid": "leads the eye down from a phase to its steps, which the labels name",
}
"""Marks that may be faint, by their class, each with its reason; they are hidden from whoever listens."""

Colour = tuple[float, float, float, float]


def colour_of(text: str, alpha: float = 1.0) -> Colour:
    """Return red, green, blue (0 to 255) and alpha (0 to 1) of a computed colour."""
    red, green, blue, *own = (float(one) for one in re.findall(r"[\d.]+", text))
    assert text.startswith("rgb"), text
    return red, green, blue, alpha * (own[0] if own else 1.0)


def over(under: Colour, upper: Colour) -> Colour:
    """Return what is seen where one colour is painted upon another."""
    alpha = upper[3]
    red, green, blue = (alpha * new + (1 - alpha) * old for old, new in zip(under[:3], upper[:3], strict=True))
    return red, green, blue, 1.0


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [one / 255 for one in colour[:3]]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def stands_out(painted: dict) -> float:
    """Return the contrast of the best seen of a thing's colours with what lies behind it."""
    behind = reduce(over, (colour_of(one) for one in painted["behind"]))
    colours = (colour_of(one["colour"], one["alpha"]) for one in painted["colours"])
    return max((contrast(over(behind, one), behind) for one in colours), default=1.0)


def too_faint(painted: list[dict]) -> list[str]:
    """Return what does not stand out enough; an ornament has to be hidden instead."""
    wrong = []
    for one in painted:
        ornament = one["hidden"] and set(one["names"]) & set(ORNAMENTS)
        if not ornament and (found := stands_out(one)) < LEAST[one["kind"]]:
            wrong.append(f"{found:.2f} to 1: {one['kind']} {one['what']}")
    return wrong


def told_by_colour_alone(painted: list[dict]) -> list[str]:
    """Return the marks of one drawing, or of one table, that differ in their colours and in nothing else."""
    colours = defaultdict(set)
    for one in (one for one in painted if "shape" in one):
        colours[one["drawing"], one["shape"]].add(tuple(paint["colour"] for paint in one["colours"]))
    return [f"{shape} in {sorted(found)}" for (_, shape), found in colours.items() if len(found) > 1]


def as_seen(page) -> dict[str, list[dict]]:
    """Return what is painted in each way of seeing the page."""
    found = {}
    for way in SEEN:
        page.emulate_media(**way)
        found[" ".join(way.values())] = page.evaluate(PAINTED)
    return found
