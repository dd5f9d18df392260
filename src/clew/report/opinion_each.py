"""What is said of one statement on an opinion map, in plain sentences."""

from clew.deliberate.disclosure import FEWEST
from clew.deliberate.opinion_map import GroupVotes, OpinionMap
from clew.report.figures import plural, share
from clew.report.opinion_hidden import begins
from clew.report.opinion_statements import Apart, GroupBar, Lacking, Told


def probability(value: float) -> str:
    """Return a probability as per cent, never as a certainty."""
    if value > 0.995:
        return "more than 99%"
    return "less than 1%" if value < 0.01 else share(value)


def support_sentence(one: Told, found: OpinionMap) -> str:
    """Return how sure the support of one statement is, and where it is least."""
    if found.method == "polis":
        return f"Group-informed consensus {one.finding.common_ground:.2f} of 1."
    if not one.finding.enough_votes:
        return "Too few votes yet for anything to be said."
    whom = "agree" if found.k <= 1 else "of every group agree"
    sure = f"It is {probability(one.finding.common_ground)} sure that {share(found.threshold)} or more {whom}."
    return f"{sure} {_least(one, found)}".strip()


def _least(one: Told, found: OpinionMap) -> str:
    least = one.least
    if found.k <= 1 or least.votes is None:
        return ""
    return (
        f"Support is least sure in {least.name}: {share(least.votes.support)}"
        f" ({share(least.votes.lower)} to {share(least.votes.upper)})."
    )


def accepted_sentence(one: Told, found: OpinionMap) -> str:
    """Return how sure it is that no group is against a statement; nothing where it was not asked."""
    if one.finding.accepted is None:
        return ""
    whom = "fewer than half disagree" if found.k <= 1 else "in no group as many as half disagree"
    return f"It is {probability(one.finding.accepted)} sure that {whom}."


def standing_sentence(one: Told, found: OpinionMap) -> str:
    """Return how sure common ground is on a statement with reservations; that it is none, where it is only accepted."""
    if one.is_common:
        return support_sentence(one, found)
    return f"It is not common ground. {_least(one, found)}".strip()


def reservation_sentences(one: Told) -> tuple[str, ...]:
    """Return who has reservations, and how many."""
    return tuple(_reservation(bar.name, bar.votes) for bar in one.bars if bar.reserved)


def _reservation(name: str, votes: GroupVotes | None) -> str:
    said = begins(name)
    if votes is None:
        return f"{said} has reservations; it has fewer than {FEWEST} people, so their number is withheld."
    of = votes.agree + votes.disagree + votes.passed
    passed = f", {votes.passed} passed" if votes.passed else ""
    return (
        f"{said}: {votes.disagree} of the {of} who voted on it disagree ({share(votes.disagree / max(of, 1))}){passed}."
    )


def rejected_sentence(one: Told, found: OpinionMap) -> str:
    """Return how sure it is that everybody is against a statement, and in which group that is least so."""
    whom = "disagree" if found.k <= 1 else "of every group disagree"
    sure = f"It is {probability(one.finding.rejected or 0.0)} sure that {share(found.threshold)} or more {whom}."
    shown = [(bar.name, bar.votes) for bar in one.bars if bar.votes]
    if found.k <= 1 or not shown:
        return sure
    name, votes = min(shown, key=lambda row: _against(row[1]))
    return f"{sure} Fewest are against it in {name}: {share(_against(votes))} of those who voted on it."


def against(bar: GroupBar) -> str:
    """Return the share of a group's votes that are against a statement."""
    return share(_against(bar.votes)) if bar.votes else "withheld"


def _against(votes: GroupVotes) -> float:
    return votes.disagree / max(votes.agree + votes.disagree + votes.passed, 1)


def needs_sentence(one: Lacking) -> str:
    """Return how many more votes a statement needs, and from whom."""
    each = [f"{plural(needs - has, 'more vote')}{name and f' from {name}'}" for name, has, needs in one.groups]
    return f"Needs {', '.join(each)}."


def apart_sentence(one: Apart, name: str) -> str:
    """Return how a group and all others stand on a statement that sets it apart."""
    side = "agree" if one.side == "agree" else "disagree"
    if one.share is None:
        return f"Most of {name} {side}; with fewer than {FEWEST} people, their share is withheld."
    others = "" if one.others is None else f", against {share(one.others)} of all others"
    return f"{share(one.share)} of {name} {side}{others}."


def divided_sentence(one: Told, found: OpinionMap) -> str:
    """Return who stands on which side."""
    if found.k <= 1:
        of = max(one.votes, 1)
        return f"{share(one.agree / of)} agree, {share(one.disagree / of)} disagree, {share(one.passed / of)} pass."
    shown = [bar for bar in one.bars if bar.votes]
    most, least = (pick(shown, key=_support) for pick in (max, min))
    return f"{share(_support(most))} of {most.name} agree, but only {share(_support(least))} of {least.name}."


def _support(bar: GroupBar) -> float:
    return bar.votes.support if bar.votes else 0.0


def standing(one: Told, found: OpinionMap) -> str:
    """Return what is known of a statement, in a few words."""
    return one.standing if found.method == "clew" or one.is_divided else "–"


def score(one: Told, found: OpinionMap) -> str:
    """Return how sure common ground is, or Polis' score."""
    if found.method == "polis":
        return f"{one.finding.common_ground:.2f}"
    return probability(one.finding.common_ground) if one.finding.enough_votes else "–"
