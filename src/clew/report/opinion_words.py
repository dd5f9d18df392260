"""What an opinion map says, in plain sentences; that nothing could be told apart is a finding like any other."""

from collections.abc import Sequence
from math import floor, isfinite

from clew.deliberate.opinion_map import OpinionMap
from clew.report.figures import plural, share
from clew.report.opinion_hidden import hides_the_unplaced, withheld
from clew.report.opinion_people import with_a_place
from clew.report.opinion_statements import Lacking, Told

ONE_PUBLIC = (
    "No groups could be told from chance: read this as one public. That is a finding, not a failure: a map that"
    " always shows groups shows them in noise too."
)
THIN = " But with so few votes a person, a minority would hardly be seen: it may be there."
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(count: int, one: str) -> str:
    """Return a count with its noun, in words up to ten, as "two groups"."""
    said = plural(count, one)
    return said if count >= len(NUMBERS) else f"{NUMBERS[count]} {said.split(' ', 1)[1]}"


def summary(found: OpinionMap, told: Sequence[Told]) -> tuple[str, ...]:
    """Return what was found: who took part, whether there are groups, how much is common ground."""
    return who_took_part(found), groups_sentence(found), common_sentence(found, told)


def who_took_part(found: OpinionMap) -> str:
    """Return how many voted on how many statements, and how many of them have a place."""
    voted = (
        f"{plural(found.participants, 'person')} cast {plural(found.votes, 'vote')}"
        f" on {plural(len(found.statements), 'statement')}"
    )
    placed = with_a_place(found)
    if placed == found.participants:
        return f"{voted}, and each has a place on the map."
    return f"{voted}; {plural(placed, 'person')} voted often enough for a place on the map."


def groups_sentence(found: OpinionMap) -> str:
    """Return whether there are groups, how sure that is, and how well they come back."""
    if not found.placed:
        return "Nobody voted often enough for a place on the map, so nothing can be said of groups."
    if found.method == "polis" and found.k <= 1:
        return "Polis' formulas draw one group here, for there were no two places to begin with."
    if found.k <= 1:
        return ONE_PUBLIC + (THIN if found.is_thin else "")
    there_are = f"There are {counted(found.k, 'group')} of people who vote alike"
    if not found.above_chance:
        return (
            f"The method draws {counted(found.k, 'group')}, but it was not shown that they are more than chance would"
            " draw in votes without any groups."
        )
    return f"{there_are}{_surely(found)}.{_stably(found.stability)}"


def _surely(found: OpinionMap) -> str:
    accepted = next((one for one in found.splits if one.k == found.k), None)
    if accepted is None or not isfinite(accepted.p_value):
        return ", more clearly than by chance"
    tries = floor(1 / accepted.p_value + 1e-9)
    fewer = max((one.k for one in found.splits if one.accepted and one.k < found.k), default=1)
    whose = "without groups" if fewer == 1 else f"in {counted(fewer, 'group')}"
    drawn = f"made-up votes of people {whose} show groups as clear in at most one of {tries:,} tries"
    return f", more clearly than by chance: {drawn}"


def _stably(stability: float) -> str:
    if not isfinite(stability):
        return ""
    how = "come back almost unchanged" if stability >= 0.85 else "mostly come back" if stability >= 0.6 else "shift"
    return f" These groups {how} when a part of the votes is left out (stability {stability:.2f} of 1)."


def common_sentence(found: OpinionMap, told: Sequence[Told]) -> str:
    """Return how much is common ground, on how much of it there are reservations, and what is not known yet."""
    if found.method == "polis":
        return (
            "Common ground is given as Polis gives it, group-informed consensus: a score, not a probability. Nothing"
            " here says how sure it is."
        )
    common = [one for one in told if one.is_common]
    reserved = sum(bool(one.finding.reservations) for one in common)
    accepted = sum(bool(one.finding.reservations) and not one.is_common for one in told)
    rejected = sum(one.is_rejected for one in told)
    unknown = sum(not one.finding.enough_votes for one in told)
    if common:
        said = f"{plural(len(common), 'statement')} {'is' if len(common) == 1 else 'are'} common ground"
    else:
        said = "No statement can be called common ground yet"
    if reserved:
        said += f", {reserved} of {'it' if len(common) == 1 else 'them'} with reservations"
    if accepted:
        said += (
            f"; {plural(accepted, 'further statement')} {'is' if accepted == 1 else 'are'} accepted, with reservations"
        )
    if rejected:
        by = "" if found.k <= 1 else " by every group"
        said += f"; {plural(rejected, 'statement')} {'is' if rejected == 1 else 'are'} rejected{by}"
    return f"{said}{_not_known(unknown)}."


def _not_known(unknown: int) -> str:
    return f"; on {plural(unknown, 'statement')} too few have voted for anything to be said" if unknown else ""


def what_counts(found: OpinionMap) -> str:
    """Return what is called common ground on this page."""
    return (
        f"A statement is common ground where it is at least {share(found.policy.sure)} sure that"
        f" {share(found.threshold)} or more {_of_whom(found)} agree. Whoever passes does not agree, so"
        " passes count as votes that are not support."
    )


def _of_whom(found: OpinionMap) -> str:
    return "of those who voted on it" if found.k <= 1 else "of every group"


def what_is_reserved(found: OpinionMap) -> str:
    """Return what is called a reservation on this page."""
    no_group = "fewer than half of all" if found.k <= 1 else "in no group as many as half"
    some_group = "" if found.k <= 1 else " in some group"
    return (
        f"These are common ground, or at least accepted, which means that {no_group} disagree. Yet it is at least"
        f" {share(found.policy.sure)} sure that{some_group} {share(found.reserve)} or more disagree. Whoever acts on"
        " them should ask those people why first."
    )


def what_is_rejected(found: OpinionMap) -> str:
    """Return what is called rejected on this page."""
    return (
        f"People agree here too, but against: it is at least {share(found.policy.sure)} sure that"
        f" {share(found.threshold)} or more {_of_whom(found)} disagree. Whoever passes does not disagree."
        " Of a statement about the voters themselves, this tells who took part, not what they want."
    )


def whose_votes(found: OpinionMap) -> str:
    """Return whose votes are counted in the totals of the page."""
    hidden = ["groups of fewer than ten people"] if withheld(found) else []
    hidden += ["people in no group, who are fewer than ten"] if hides_the_unplaced(found) else []
    return f"votes are those of everybody{' except ' if hidden else ''}{' and '.join(hidden)}"


def what_divides(found: OpinionMap) -> str:
    """Return what is said to divide on this page."""
    if found.k <= 1:
        return "On these statements at least three in ten agree and at least three in ten disagree."
    return (
        "On these statements more than half of one group agree and fewer than half of another, by more than doubt"
        " allows. Those on which the groups are furthest apart come first."
    )


def headline(found: OpinionMap, told: Sequence[Told]) -> str:
    """Return the finding in a few words."""
    if not found.placed:
        return "Too few votes for a map"
    whom = "One public" if found.k <= 1 else counted(found.k, "group").capitalize()
    if found.method == "polis":
        return f"{whom}, as Polis draws them"
    common = sum(one.is_common for one in told)
    if not common:
        return f"{whom}, and no common ground shown yet"
    return f"{whom}, and {counted(common, 'statement')} of common ground"


def nothing_divides(found: OpinionMap) -> str:
    """Return in words that nothing was found to divide."""
    if found.k <= 1:
        return "On no statement do three in ten or more stand on each side."
    return (
        "On no statement is it shown that more than half of one group agree and fewer than half of another. The groups"
        " differ in how strongly they agree, not in whether."
    )


def unknown_sentence(found: OpinionMap, needed: Sequence[Lacking]) -> str:
    """Return what is lacking: votes on statements, and people with a place."""
    votes = (
        f"On {plural(len(needed), 'statement')} too few have voted{' in some group' if found.k > 1 else ''} for"
        " anything to be said: no agreement there is not the same as disagreement."
        if needed
        else "Every statement has enough votes in every group."
    )
    unplaced = found.participants - with_a_place(found)
    if not unplaced:
        return votes
    return f"{votes} {plural(unplaced, 'person')} voted too seldom to be placed: what they think is hardly known."


def how_sentence(found: OpinionMap) -> str:
    """Return how the map came about, for a reader who wants it in one paragraph."""
    if found.method == "polis":
        return (
            "This map was computed by Polis' own formulas, so that it can be set beside clew's. They find the two"
            " directions in which votes differ most and always draw two groups or more; how sure anything is they do"
            " not tell."
        )
    return (
        "Each person gets a place from the votes they gave, with its uncertainty; votes that were not given count for"
        " nothing, and statements that moderators took out leave no trace. Groups are drawn only where they are"
        " clearer than in votes dealt by chance and come back when a part of the votes is left out. Support is"
        " estimated in each group, and said to be sure only where there are enough votes."
    )
