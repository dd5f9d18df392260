"""Who is missing and which patterns there are depends on votes alone: not on rows' order, ids or the hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from clew.deliberate.attributes import Attribute, Margin
from clew.deliberate.integrity import Pattern
from clew.deliberate.patterns import look_for_patterns, suspects, who_is_in
from clew.deliberate.votes import Votes, votes_of
from clew.deliberate.who_is_missing import who_is_missing
from talking import DAYS_MS, HOUR_MS, honest, usual_votes


def events(seed: int = 30) -> tuple[np.ndarray, ...]:
    """Two hundred people, a class of fifteen and twelve who come at once; who, on what, how, when."""
    rng = np.random.default_rng(seed)
    votes = honest(rng, people=200, statements=40)
    votes = np.vstack([votes, np.tile(-usual_votes(votes), (15, 1)), honest(rng, people=12, statements=40)])
    arrived = np.concatenate([rng.random(215) * DAYS_MS, 40 * HOUR_MS + np.arange(12) * 4_000])
    who, what = np.nonzero(votes != 9)
    return who, what, votes[who, what], arrived[who].astype(np.int64) + 1_000 * what


def named(events_: tuple[np.ndarray, ...], voters: list[str], statements: list[str]) -> Votes:
    who, what, how, when = events_
    return votes_of([voters[one] for one in who], [statements[one] for one in what], how, when)


def told(votes: Votes) -> list[tuple[Pattern, tuple[str, ...]]]:
    return [(one, who_is_in(one, votes)) for one in look_for_patterns(votes).patterns]


def test_the_order_of_rows_changes_nothing() -> None:
    names = [str(one) for one in range(227)], [str(one) for one in range(40)]
    order = np.random.default_rng(31).permutation(len(events()[0]))
    one, other = (look_for_patterns(named(each, *names)) for each in (events(), tuple(c[order] for c in events())))
    assert len(one.patterns) == 2
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())
    assert suspects(one).tolist() == suspects(other).tolist()


def test_other_names_are_the_same_people_and_statements() -> None:
    rng = np.random.default_rng(32)
    voters, statements = [f"p{one}" for one in rng.permutation(227)], [f"s{one}" for one in rng.permutation(40)]
    plain = told(named(events(), [str(one) for one in range(227)], [str(one) for one in range(40)]))
    renamed = told(named(events(), voters, statements))
    assert len(plain) == len(renamed) == 2
    for (one, people), (other, others) in zip(plain, renamed, strict=True):
        assert {voters[int(each)] for each in people} == set(others)
        assert {statements[int(each)] for each in one.statements} == set(other.statements)
        assert (one.kind, one.from_ms, one.left_out) == (other.kind, other.from_ms, other.left_out)
        np.testing.assert_allclose([one.p_value, one.by_chance], [other.p_value, other.by_chance], rtol=1e-9)


def test_the_order_of_people_changes_nothing_of_who_is_missing() -> None:
    rng = np.random.default_rng(33)
    votes, order = rng.integers(-1, 2, (90, 6)), rng.permutation(90)
    codes, group = rng.integers(-1, 3, 90), rng.integers(-1, 2, 90)
    margin = Margin("age", ("16-34", "35-64", "65+"), (0.3, 0.5, 0.2))

    def missing(these: np.ndarray) -> str:
        who, what = np.nonzero(np.ones((90, 6)))
        talk = votes_of(who, what, votes[these].ravel())
        found = who_is_missing(talk, group[these], 2, (Attribute("age", margin.values, codes[these]),), (margin,))
        return json.dumps(found.to_dict())

    assert missing(np.arange(90)) == missing(order)


def test_the_hash_seed_changes_no_byte() -> None:
    code = (
        "import json, sys; sys.path.insert(0, 'tests'); sys.path.insert(0, 'tests/laws')\n"
        "from test_patterns_and_names import events, named\n"
        "from clew.deliberate.patterns import look_for_patterns\n"
        "votes = named(events(), [f'p{one}' for one in range(227)], [f's{one}' for one in range(40)])\n"
        "print(json.dumps(look_for_patterns(votes).to_dict()))"
    )
    run = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1")
    ]
    assert run[0] == run[1]
    assert json.loads(run[0])["found"] == 2
