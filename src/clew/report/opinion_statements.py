"""Statements as a page tells them: their text made harmless, how sure their support is, each group's votes as a bar."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clew.deliberate.opinion_map import GroupVotes, OpinionMap, Representative, StatementFinding
from clew.report.opinion_hidden import hides_the_unplaced, named, withheld
from clew.report.plots import Bar, Scale

MOST_CHARACTERS = 1000
NEVER_SHOWN = "\N{REPLACEMENT CHARACTER}"
SHARES = Scale(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Said:
    """A statement for reading: what it says and its id, either of which may be anything that somebody typed."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class GroupBar:
    """One group's votes on one statement; without figures where the group is hidden."""

    name: str
    votes: GroupVotes | None
    bar: Bar | None
    least: bool
    reserved: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One statement with what was found of it. `votes`, `agree`, `disagree`, `passed`: of everybody who is shown.

    unplaced: agrees, disagrees and passes of those in no group; None where they are hidden. is_common, is_rejected:
    whether it is said that every group supports it, or that every group is against it.
    """

    said: Said
    finding: StatementFinding
    bars: tuple[GroupBar, ...]
    unplaced: tuple[int, int, int] | None
    agree: int
    disagree: int
    passed: int
    is_common: bool
    is_rejected: bool

    @property
    def votes(self) -> int:
        """How many voted on it."""
        return self.agree + self.disagree + self.passed

    @property
    def least(self) -> GroupBar:
        """The group that supports it least."""
        return next(one for one in self.bars if one.least)

    @property
    def gap(self) -> float:
        """How far apart the groups lie that support it most and least, of those shown."""
        supports = [one.votes.support for one in self.bars if one.votes]
        return max(supports, default=0.0) - min(supports, default=0.0)

    @property
    def is_divided(self) -> bool:
        """Whether one group surely agrees by more than half, and another surely by less.

        In one public: whether three in ten or more stand on each side.
        """
        if len(self.bars) == 1:
            return self.finding.enough_votes and min(self.agree, self.disagree) >= 0.3 * max(self.votes, 1)
        votes = [one.votes for one in self.bars if one.votes]
        return any(one.lower > 0.5 for one in votes) and any(one.upper < 0.5 for one in votes)

    @property
    def standing(self) -> str:
        """What is known of it, in a few words."""
        if not self.finding.enough_votes:
            return "too few votes"
        if self.is_common:
            return "common ground, with reservations" if self.finding.reservations else "common ground"
        if self.is_rejected:
            return "rejected"
        if self.finding.reservations:
            return "accepted, with reservations"
        return "divides" if self.is_divided else "no common ground shown"


@dataclass(frozen=True, slots=True)
class Apart:
    """A statement that sets a group apart: the group's share on that side, and the share of all others who are on it.

    Both are None where the group is hidden; `others` too where nobody else voted on it, or all others are hidden.
    """

    said: Said
    side: str
    share: float | None
    others: float | None


@dataclass(frozen=True, slots=True)
class InItsWords:
    """A group and the statements by which it differs from all others."""

    name: str
    size: int
    statements: tuple[Apart, ...]


@dataclass(frozen=True, slots=True)
class Lacking:
    """A statement that needs more votes: how many, and from whom."""

    said: Said
    groups: tuple[tuple[str, int, int], ...]

    @property
    def more(self) -> int:
        """How many votes are lacking in all."""
        return sum(needs - has for _, has, needs in self.groups)


def told_of(found: OpinionMap) -> tuple[Told, ...]:
    """Return every statement that was found anything of, in the order of the findings.

    On Polis' map nothing is said to be sure, reservations neither.
    """
    said = said_by_id(found)
    findings = (one if found.method == "clew" else replace(one, reservations=()) for one in found.findings)
    return tuple(_told(one, _said(said, one.id), found) for one in findings)


def in_their_words(found: OpinionMap, told: Sequence[Told]) -> tuple[InItsWords, ...]:
    """Return the statements that set each group apart, as they were found; groups without any are left out."""
    said, names, hidden = said_by_id(found), named(found.groups), withheld(found)
    by_id = {one.finding.id: one for one in told}
    rows = tuple(
        InItsWords(
            names[group.id],
            group.size,
            tuple(
                _apart(one, _said(said, one.id), None if group.id in hidden else by_id.get(one.id))
                for one in found.representative
                if one.group == group.id
            ),
        )
        for group in found.groups
    )
    return tuple(row for row in rows if row.statements)


def _apart(one: Representative, said: Said, told: Told | None) -> Apart:
    """Shares of votes as the tables count them; told: None where the group is hidden."""
    shown = [bar.votes for bar in told.bars if bar.votes] if told else []
    own, rest = ([votes for votes in shown if (votes.group == one.group) is mine] for mine in (True, False))
    return Apart(said, one.side, _on_side(own, one.side), _on_side(rest, one.side) if own else None)


def _on_side(groups: Sequence[GroupVotes], side: str) -> float | None:
    """The share of these groups' votes on one side; None where there are none."""
    on_side = sum(votes.agree if side == "agree" else votes.disagree for votes in groups)
    of = sum(votes.agree + votes.passed + votes.disagree for votes in groups)
    return on_side / of if of else None


def lacking(found: OpinionMap) -> tuple[Lacking, ...]:
    """Return the statements that need more votes; those that lack least come first."""
    said, names = said_by_id(found), named(found.groups)
    needs: dict[str, list[tuple[str, int, int]]] = {}
    for one in found.needs_votes:
        needs.setdefault(one.id, []).append((names[one.group] if found.k > 1 else "", one.has, one.needs))
    rows = [Lacking(_said(said, name), tuple(groups)) for name, groups in needs.items()]
    return tuple(sorted(rows, key=lambda row: row.more))


def said_by_id(found: OpinionMap) -> Mapping[str, Said]:
    """Return what each statement says, by its id."""
    return {one.id: Said(plain(one.id), plain(one.text)) for one in found.statements}


def _said(said: Mapping[str, Said], name: str) -> Said:
    return said.get(name, Said(plain(name), ""))


def _told(finding: StatementFinding, said: Said, found: OpinionMap) -> Told:
    names, hidden = named(found.groups), withheld(found)
    unplaced = None if hides_the_unplaced(found) else finding.not_placed
    counted = [(one.agree, one.disagree, one.passed) for one in finding.by_group if one.group not in hidden]
    agree, disagree, passed = map(sum, zip(*counted, unplaced or (0, 0, 0), strict=True))
    sure = found.policy.sure
    return Told(
        said=said,
        finding=finding,
        bars=tuple(_group_bar(finding, one, names, hidden) for one in finding.by_group),
        unplaced=unplaced,
        agree=agree,
        disagree=disagree,
        passed=passed,
        is_common=finding.enough_votes and finding.common_ground >= sure,
        is_rejected=finding.enough_votes and (finding.rejected or 0.0) >= sure,
    )


def _group_bar(
    finding: StatementFinding, votes: GroupVotes, names: Mapping[int, str], hidden: frozenset[int]
) -> GroupBar:
    seen = votes.group not in hidden
    return GroupBar(
        name=names[votes.group],
        votes=votes if seen else None,
        bar=Bar(SHARES.at(votes.lower), SHARES.at(votes.support), SHARES.at(votes.upper)) if seen else None,
        least=votes.group == finding.worst_group,
        reserved=votes.group in finding.reservations,
    )


def plain(text: str) -> str:
    """Return a text with single spaces and nothing in it that no page may hold; one without end is cut, and says so.

    Half characters, control characters and code points that are no characters give way to a mark.
    """
    kept = " ".join(harmless(text[: 2 * MOST_CHARACTERS]).split())
    if len(text) <= 2 * MOST_CHARACTERS and len(kept) <= MOST_CHARACTERS:
        return kept
    return f"{kept[:MOST_CHARACTERS]} … (cut: {len(text):,} characters in all)"


def harmless(text: str) -> str:
    """Return a text with a mark for whatever no page may hold."""
    return "".join(map(_harmless, text))


def _harmless(character: str) -> str:
    code = ord(character)
    is_none = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    if is_none or (unicodedata.category(character) in {"Cc", "Cs"} and not character.isspace()):
        return NEVER_SHOWN
    return character
