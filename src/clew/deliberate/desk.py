"""Files in, a map out: what the command line and notebooks ask for."""

import shlex
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np

from clew.deliberate.attributes import Attribute, Margin, read_attributes, read_margins
from clew.deliberate.conversation import Conversation
from clew.deliberate.former import Former, read_former
from clew.deliberate.integrity import Integrity
from clew.deliberate.mapped import Advance, Mapped, map_conversation
from clew.deliberate.opinion_map import OpinionMap
from clew.deliberate.patterns import beside, look_for_patterns, suspects
from clew.deliberate.policy import Policy
from clew.deliberate.polis.told import polis_opinion_map
from clew.deliberate.polis_files import export_polis
from clew.deliberate.read_conversation import read_conversation
from clew.deliberate.told import opinion_map_of
from clew.deliberate.votes import Votes
from clew.deliberate.who_is_missing import who_is_missing
from clew.errors import InputError
from clew.tables.sources import Paths


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is to be mapped, and how.

    threshold: None for the policy's own. banned: voters who leave the maths. former: a former map's JSON. attributes,
    margins: what people declared, and how the population is made up. export: a folder for Polis' files. acted_out:
    whether Polis' groups come of its whole past, or of a cold start.
    """

    votes: Paths
    statements: Path | None = None
    method: Literal["clew", "polis"] = "clew"
    seed: int = 0
    threshold: float | None = None
    banned: Path | None = None
    former: Path | None = None
    attributes: Path | None = None
    margins: Path | None = None
    export: Path | None = None
    acted_out: bool = False


def map_files(asked: MapRequest, *, advance: Advance | None = None) -> OpinionMap:
    """Return the map of a conversation that lies in files.

    Raises: InputError naming every mistake found: what is wrong, where, and what to do.
    """
    return replace(_found(asked, advance), command=command_of(asked))


def command_of(asked: MapRequest) -> str:
    """Return what to type for the same map where its files lie; their names alone, as folders may tell of people.

    >>> command_of(MapRequest("home/ann/votes.csv", Path("home/ann/what they said.csv"), threshold=0.7))
    "clew map votes.csv --statements 'what they said.csv' --method clew --seed 0 --threshold 0.7"
    """
    votes = [asked.votes] if isinstance(asked.votes, str | Path) else asked.votes
    options = {
        "statements": asked.statements,
        "method": asked.method,
        "seed": asked.seed,
        "threshold": asked.threshold,
        "banned": asked.banned,
        "former": asked.former,
        "attributes": asked.attributes,
        "margins": asked.margins,
    }
    given = ((f"--{name}", _without_folder(value)) for name, value in options.items() if value is not None)
    flags = ["--acted-out"] if asked.acted_out else []
    return shlex.join(["clew", "map", *(_without_folder(Path(one)) for one in votes), *chain(*given), *flags])


def _without_folder(value: object) -> str:
    return value.name or str(value) if isinstance(value, Path) else str(value)


def _found(asked: MapRequest, advance: Advance | None) -> OpinionMap:
    policy = Policy() if asked.threshold is None else replace(Policy(), threshold=asked.threshold)
    former = None if asked.former is None else read_former(asked.former)
    if asked.margins is not None and asked.attributes is None:
        raise InputError("is given without --attributes.", where="--margins", do="Bring what people declared, too.")
    if asked.acted_out and asked.method != "polis":
        raise InputError("is given without --method polis.", where="--acted-out", do="Leave it out, or ask for polis.")
    conversation = read_conversation(asked.votes, asked.statements, asked.banned)
    declared = _declared(asked, conversation.kept().votes)
    if asked.method == "polis":
        told = polis_opinion_map(conversation, policy, asked.seed, acted_out=asked.acted_out, advance=advance)
        votes, group = conversation.kept().votes, np.array([_or_none(one.group) for one in told.places])
        told = replace(told, missing=who_is_missing(votes, group, told.k, *declared))
    else:
        told, group = _mapped(asked, conversation, policy, former, declared, advance)
    if asked.export is None:
        return told
    exported = export_polis(conversation, group, asked.export)
    return replace(told, notices=(*told.notices, *exported.notices))


def _or_none(group: int | None) -> int:
    return -1 if group is None else group


Declared = tuple[tuple[Attribute, ...], tuple[Margin, ...]]


def _declared(asked: MapRequest, votes: Votes) -> Declared:
    attributes = () if asked.attributes is None else read_attributes(asked.attributes, votes.voters)
    return attributes, () if asked.margins is None else read_margins(asked.margins)


def _mapped(
    asked: MapRequest,
    conversation: Conversation,
    policy: Policy,
    former: Former | None,
    declared: Declared,
    advance: Advance | None,
) -> tuple[OpinionMap, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    """Clew's own map with who is missing and what patterns there are, and the group of each participant."""
    found = map_conversation(conversation, seed=asked.seed, policy=policy, former=former, advance=advance)
    told = opinion_map_of(found, former=former)
    missing = who_is_missing(found.conversation.votes, found.group, told.k, *declared)
    return replace(told, missing=missing, integrity=integrity_of(found, advance=advance)), found.group


def integrity_of(found: Mapped, *, advance: Advance | None = None) -> Integrity:
    """Return the patterns in a conversation's votes, and what its map says without those who are part of them."""
    votes = found.conversation.votes
    patterns = look_for_patterns(votes)
    mask = suspects(patterns)
    if not mask.any() or mask.all():
        return patterns
    rest = Conversation(votes.of_voters(~mask), found.conversation.statements)
    again = map_conversation(rest, seed=found.seed, policy=found.policy, advance=advance)
    everybody, without = found.ground.probability, again.ground.probability
    change = beside(everybody, without, votes.statements, int(mask.sum()), found.policy.sure)
    return replace(patterns, without=change)
