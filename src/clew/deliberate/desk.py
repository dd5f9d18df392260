"""Files in, a map out: what the command line and notebooks ask for."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from clew.deliberate.former import read_former
from clew.deliberate.mapped import Advance, map_conversation
from clew.deliberate.opinion_map import OpinionMap
from clew.deliberate.policy import Policy
from clew.deliberate.polis.told import polis_opinion_map
from clew.deliberate.read_conversation import read_conversation
from clew.deliberate.told import opinion_map_of
from clew.tables.sources import Paths


@dataclass(frozen=True, slots=True)
class MapRequest:
    """What is to be mapped, and how. `threshold`: None for the policy's own. `former`: a former map's JSON."""

    votes: Paths
    statements: Path | None = None
    method: Literal["clew", "polis"] = "clew"
    seed: int = 0
    threshold: float | None = None
    banned: Path | None = None
    former: Path | None = None


def map_files(asked: MapRequest, *, advance: Advance | None = None) -> OpinionMap:
    """Return the map of a conversation that lies in files.

    Raises: InputError naming every mistake found: what is wrong, where, and what to do.
    """
    conversation = read_conversation(asked.votes, asked.statements, asked.banned)
    policy = Policy() if asked.threshold is None else replace(Policy(), threshold=asked.threshold)
    if asked.method == "polis":
        return polis_opinion_map(conversation, policy, asked.seed)
    former = None if asked.former is None else read_former(asked.former)
    found = map_conversation(conversation, seed=asked.seed, policy=policy, former=former, advance=advance)
    return opinion_map_of(found, former=former)
