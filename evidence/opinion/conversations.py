"""Real conversations beside the project, as Polis published them, with the groups that it published."""

import csv
import json
import os
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from clew.deliberate.conversation import Conversation
from clew.deliberate.read_conversation import read_conversation

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "conversations"
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
NAMES = (
    "london.youth.policing",
    "brexit-consensus",
    "scoop-hivemind.taxes",
    "scoop-hivemind.biodiversity",
    "austria-climate.5twd2jsnkf.2022-08-08",
)


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """A conversation, and the group that Polis put each participant in (P), -1 for none."""

    name: str
    conversation: Conversation
    group: NDArray[np.int64]


def missing() -> str:
    """What is absent on this machine, in words; empty where nothing is."""
    if not SHARED.is_dir():
        return "expected ../shared/data/conversations beside the project"
    return "" if PYTHON.exists() else "`make oracles` sets up other people's software"


def published(name: str) -> Published:
    """Read one conversation."""
    folder = SHARED / name
    conversation = read_conversation([folder / "votes.csv"], [folder / "comments.csv"])
    with (folder / "participants-votes.csv").open(encoding="utf-8", newline="") as file:
        groups = {row["participant"]: int(row["group-id"] or -1) for row in csv.DictReader(file)}
    return Published(name, conversation, np.array([groups.get(one, -1) for one in conversation.votes.voters]))


def by_red_dwarf(conversations: Iterable[Conversation], seeds: Iterable[int] | None = None) -> list[dict[str, Any]]:
    """Return what red-dwarf makes of each: last votes alone, moderated statements named to it, seed 0 if none is given.

    seeds: as many as there are conversations.
    """
    given = repeat(0) if seeds is None else seeds
    sent = json.dumps({"cases": [_case(each, seed) for each, seed in zip(conversations, given, strict=False)]})
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    script = Path(__file__).with_name("red_dwarf.py")
    done = subprocess.run([PYTHON, script], input=sent, capture_output=True, text=True, check=True, cwd=ROOT, env=kept)
    return list(json.loads(done.stdout.splitlines()[-1]))


def _case(conversation: Conversation, seed: int) -> dict[str, Any]:
    votes = conversation.votes
    return {
        "voter": [int(votes.voters[place]) for place in votes.voter],
        "statement": [int(votes.statements[place]) for place in votes.statement],
        "value": votes.value.tolist(),
        "left_out": [int(each.id) for each in conversation.statements if each.left_out],
        "seed": seed,
    }
