"""The JSON of an opinion map; its names are fixed, for other people's scripts read them."""

from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clew.deliberate.opinion_map import OpinionMap, StatementFinding


def opinion_json(found: "OpinionMap") -> dict[str, Any]:  # Any: JSON
    """Return the JSON of `clew map --json`; null where a figure cannot be computed."""
    return {
        **_found(found),
        **_people(found),
        **_statements(found),
        **_how(found),
        "missing": found.missing.to_dict() if found.missing else None,
        "integrity": found.integrity.to_dict() if found.integrity else None,
        "notices": list(found.notices),
    }


def _found(found: "OpinionMap") -> dict[str, Any]:  # Any: JSON
    return {
        "participants": found.participants,
        "placed": found.placed,
        "statements": len(found.statements),
        "votes": found.votes,
        "method": found.method,
        "seed": found.seed,
        "dimensions": found.dimensions,
        "k": found.k,
        "above_chance": found.above_chance,
        "stability": _number(found.stability),
        "threshold": found.threshold,
        "reserve": found.reserve,
        "policy": asdict(found.policy),
    }


def _people(found: "OpinionMap") -> dict[str, Any]:  # Any: JSON
    return {
        "groups": [
            {"id": one.id, "size": one.size, "name": one.name, "stability": _number(one.stability)}
            for one in found.groups
        ],
        "assignments": {one.voter: one.group for one in found.places},
        "positions": {one.voter: [one.x, one.y] for one in found.places if one.x is not None},
    }


def _statements(found: "OpinionMap") -> dict[str, Any]:  # Any: JSON
    return {
        "statements_by_common_ground": [_finding(one) for one in found.findings],
        "representative": [
            {"group": one.group, "id": one.id, "side": one.side, "p": one.p, "z": one.z} for one in found.representative
        ],
        "needs_votes": [
            {"group": one.group, "id": one.id, "has": one.has, "needs": one.needs} for one in found.needs_votes
        ],
    }


def _how(found: "OpinionMap") -> dict[str, Any]:  # Any: JSON
    return {
        "held_out": [
            {"dimensions": one.dimensions, "log_loss": one.log_loss, "chosen": one.chosen} for one in found.held_out
        ],
        "splits": [
            {"k": one.k, "clearness": one.clearness, "by_chance": one.by_chance, "p_value": one.p_value,
             "stability": one.stability, "accepted": one.accepted}
            for one in found.splits
        ],
    }  # fmt: skip


def _finding(one: "StatementFinding") -> dict[str, Any]:  # Any: JSON
    return {
        "id": one.id,
        "common_ground": one.common_ground,
        "lower": _number(one.lower),
        "enough_votes": one.enough_votes,
        "accepted": _number(one.accepted),
        "rejected": _number(one.rejected),
        "agree": one.agree,
        "disagree": one.disagree,
        "pass": one.passed,
        "not_placed": dict(zip(("agree", "disagree", "pass"), one.not_placed, strict=True)),
        "by_group": [
            {"group": each.group, "agree": each.agree, "disagree": each.disagree, "pass": each.passed,
             "support": _number(each.support), "lower": _number(each.lower), "upper": _number(each.upper)}
            for each in one.by_group
        ],
        "worst_group": one.worst_group,
        "geometric_mean": one.geometric_mean,
        "product": one.product,
        "reservations": list(one.reservations),
    }  # fmt: skip


def _number(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None
