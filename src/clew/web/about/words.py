"""The glossary as pages show it: GLOSSARY.md, and beside each word the test that the software applies for it."""

import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from clew.errors import MissingError

# word of the glossary (as it begins there): where the software applies it
BOUND = {
    "Case": "clew.case.state.fold",
    "Phase": "clew.case.phases.NAMES",
    "loop": "clew.case.path.loops",
    "announced": "clew.case.events.Opened",
    "evidence Debt": "clew.case.phases.skipped_before",
    "public value proposition": "clew.case.commands.StateProposition",
    "status": "clew.case.phases.LADDER",
    "result": "clew.case.phases.RESULTS",
    "novelty": "clew.case.phases.NOVELTIES",
    "duty": "clew.case.duties.may",
    "orphan": "clew.case.state.Case",
    "Protocol": "clew.pilot.parse.parse_protocol",
    "Size": "clew.pilot.size.size",
    "lock": "clew.pilot.in_record.lock_in",
    "amendment": "clew.pilot.registration.ProtocolAmended",
    "registered after data began": "clew.pilot.registration.ProtocolLocked",
    "seed commitment": "clew.pilot.assign.commitment_to",
    "Finding": "clew.evaluate.finding.Finding",
    "LookAt": "clew.evaluate.finding.LookAt",
    "EquityGroup": "clew.evaluate.finding.EquityGroup",
    "Screen": "clew.evaluate.screens.differential_attrition",
    "Verdict": "clew.gate.judge.judge",
    "scale": "clew.gate.judge.scale_reasons",
    "extend": "clew.gate.judge.extensions_left",
    "stop": "clew.gate.judge.stop_reasons",
    "override": "clew.gate.decision.Override",
    "decision": "clew.gate.decision.missing_before",
    "operating Characteristics": "clew.gate.characteristics.characteristics",
    "Portfolio": "clew.gate.portfolio.Portfolio",
    "entry, leaf": "clew.record.entry.draft",
    "Checkpoint": "clew.record.verify.open_checkpoint",
    "inclusion proof": "clew.record.verify.verify_inclusion",
    "consistency proof": "clew.record.verify.verify_consistency",
    "commitment": "clew.record.entry.commit",
}


@dataclass(frozen=True, slots=True)
class Word:
    """One word: how the glossary writes it, what it means, the anchor of its row, and the test that it is bound to."""

    plain: str
    term: SafeString
    meaning: SafeString
    anchor: str
    test: str
    said: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One part of the glossary."""

    heading: str
    words: tuple[Word, ...]


def glossary_file() -> Path:
    """Return the glossary: in the installed package, else in the source tree."""
    package = Path(__file__).resolve().parents[2]
    for path in (package / "GLOSSARY.md", package.parents[1] / "GLOSSARY.md"):
        if path.is_file():
            return path
    raise MissingError("the glossary is not installed.", do="Install clew whole, or run it from its source.")


@cache
def words() -> tuple[Chapter, ...]:
    """Return the glossary, chapter by chapter."""
    parts = re.split(r"^## ", glossary_file().read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return tuple(_chapter(part) for part in parts)


def _chapter(text: str) -> Chapter:
    heading, _, body = text.partition("\n")
    rows = [line.strip().strip("|").split("|") for line in body.splitlines() if line.startswith("|")]
    return Chapter(heading.strip(), tuple(_word(row[0].strip(), "|".join(row[1:]).strip()) for row in rows[2:]))


def _word(term: str, meaning: str) -> Word:
    plain = re.sub(r"[*`]", "", term)
    test = next((path for word, path in BOUND.items() if plain == word or plain.startswith(f"{word},")), "")
    anchor = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    return Word(plain, inline(term), inline(meaning), anchor, test, what_it_says(test) if test else "")


def inline(text: str) -> SafeString:
    """Return one line of Markdown as HTML: bold, italic, code and nothing else; everything is escaped first."""
    safe = str(escape(text))
    for pattern, tag in ((r"`([^`]+)`", "code"), (r"\*\*([^*]+)\*\*", "strong"), (r"\*([^*]+)\*", "em")):
        safe = re.sub(pattern, rf"<{tag}>\1</{tag}>", safe)
    return mark_safe(safe)  # noqa: S308  # escaped above; only tags of our own are added


def what_it_says(path: str) -> str:
    """Return what a name in the code says of itself: its docstring's first paragraph, or the words that it holds.

    Raises AttributeError or ModuleNotFoundError where the code knows no such name.
    """
    module, _, name = path.rpartition(".")
    value = getattr(importlib.import_module(module), name)
    if isinstance(value, tuple):
        return ", ".join(str(one) for one in value)
    return paragraph(inspect.getdoc(value) or "")


def paragraph(docstring: str) -> str:
    """Return the first paragraph of a docstring as one line, without its marks for code."""
    return " ".join(docstring.partition("\n\n")[0].split()).replace("`", "")
