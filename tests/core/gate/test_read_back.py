"""A published evaluation read back: the same value, the same bytes, the SHA-256 that stands on the record."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import a_finding, a_group, a_protocol
from clew.demo import data
from clew.errors import InputError
from clew.evaluate.finding import (
    Account,
    Alternative,
    Estimate,
    Further,
    LookAt,
    Mark,
    Picture,
    Point,
    Randomisation,
    Screen,
    SecondaryOutcome,
    Series,
)
from clew.gate.desk import evaluate_and_record, evaluate_files, load
from clew.gate.evaluation import Evaluation, Locked, evaluation_sha256, published_bytes, read_back
from clew.gate.judge import judge
from clew.pilot.in_record import lock_in
from clew.pilot.parse import load_protocol
from clew.record.folder import create
from pilots import PROTOCOL, SIX_MONTHS, write_data

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
number = st.floats(allow_nan=False, allow_infinity=False)
text = st.text(max_size=30)
span = st.tuples(number, number).map(lambda ends: (min(ends), max(ends)))
money = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=0, max_value=10**9)
effects = st.builds(
    Estimate,
    number,
    number,
    st.none() | number,
    span,
    number,
    number,
    st.integers(0),
    st.none() | st.integers(1),
    st.integers(0),
    st.integers(0),
    number,
    number,
    st.none() | number,
)
groups = st.builds(
    lambda column, n, figures, harmed, why: a_group(
        column=column,
        n=n,
        estimate=figures and figures[0],
        interval=figures and figures[1],
        hidden=figures is None,
        harmed=harmed,
        why=why,
    ),
    text,
    st.none() | st.integers(0),
    st.none() | st.tuples(number, span),
    st.booleans(),
    text,
)
reach = st.floats(allow_nan=False)
ends = st.tuples(reach, reach).map(lambda both: (min(both), max(both))).filter(lambda both: both[0] < both[1])
alternatives = st.builds(
    Alternative, text, st.none() | number, ends.filter(lambda both: both[0] < 1e308 and both[1] > -1e308)
)
screens = st.builds(Screen, text, st.booleans(), st.none() | number, text, st.none() | number, st.none() | alternatives)
further = st.builds(
    Further,
    text,
    st.none() | number,
    st.none() | number,
    st.none() | span,
    st.none() | number,
    st.none() | number,
    st.none() | number,
    text,
    st.sampled_from(["estimate", "warning", "period", "group"]),
)
points = st.lists(st.builds(Point, number, number, st.none() | number, st.none() | number, text), max_size=3).map(tuple)
series = st.builds(Series, text, st.sampled_from(["points", "line", "step", "bars"]), points)
pictures = st.builds(
    Picture,
    text,
    text,
    text,
    text,
    text,
    st.lists(series, max_size=2).map(tuple),
    st.lists(st.builds(Mark, number, text), max_size=2).map(tuple),
    st.booleans(),
)
secondary = st.builds(
    SecondaryOutcome,
    text,
    text,
    st.sampled_from(["higher", "lower"]),
    st.none() | number,
    st.none() | number,
    st.none() | number,
    st.none() | number,
    st.none() | ends.filter(lambda both: both[0] < 1e308 and both[1] > -1e308),
    st.none() | number,
    st.none() | number,
    st.none() | st.integers(0),
    st.none() | text,
)
findings = st.builds(
    lambda effect, look, equity, screens, account, drawn, missing, further, pictures, secondary: replace(
        a_finding(),
        effect=effect,
        look=look,
        equity=tuple(equity),
        screens=tuple(screens),
        account=account,
        randomisation=drawn,
        missing=tuple(sorted(missing.items())),
        further=tuple(further),
        pictures=tuple(pictures),
        secondary=tuple(secondary),
    ),
    effects,
    st.builds(LookAt, text, st.integers(1), st.integers(1), st.integers(0), number, number, number, number),
    st.lists(groups, max_size=3),
    st.lists(screens, max_size=3, unique_by=lambda screen: screen.name),
    st.builds(Account, st.none() | money, st.none() | money, st.none() | text, text),
    st.none() | st.builds(Randomisation, number, st.integers(1), st.booleans()),
    st.dictionaries(text, st.integers(0), max_size=3),
    st.lists(further, max_size=2),
    st.lists(pictures, max_size=2),
    st.lists(secondary, max_size=2),
)


@given(findings)
def test_what_is_read_back_is_what_was_published(finding) -> None:
    protocol = a_protocol()
    evaluation = Evaluation(protocol, finding, judge(protocol, finding))
    published = published_bytes(evaluation)

    again = read_back(published, protocol)

    assert again == evaluation
    assert published_bytes(again) == published
    assert read_back(json.loads(published), protocol) == evaluation


def test_the_document_has_the_sha_256_that_stands_on_the_record(tmp_path) -> None:
    (tmp_path / "protocol.toml").write_text(PROTOCOL, encoding="utf-8")
    protocol, at = load_protocol(tmp_path / "protocol.toml"), datetime(2026, 9, 1, tzinfo=UTC)
    record = create(tmp_path / "record", origin="example.org/read-back")
    lock_in(protocol, record, at=at)
    brought = write_data(tmp_path / "6.csv", SIX_MONTHS)
    evaluation = evaluate_and_record(protocol, brought, record=record, look=1, at=at, by="evaluator")
    recorded = load(record, "bed-fires", "visits").gate.verdicts[0].evaluation_sha256

    document = published_bytes(evaluation)

    assert hashlib.sha256(document).hexdigest() == recorded
    assert evaluation_sha256(read_back(document, protocol)) == recorded
    assert read_back(document, protocol, evaluation.locked) == evaluation


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("job-training", lambda: data.job_training(data.real("nsw_mixtape"))),
        ("hiv-incentives", lambda: data.hiv_incentives(data.real("thornton_hiv"))),
        ("fire-safety-visits", lambda: data.fire_safety_visits(1)),
    ],
)
def test_the_example_trials_are_read_back_to_the_byte(tmp_path, name, rows) -> None:
    data.write_csv(rows(), tmp_path / "data.csv")
    evaluation = evaluate_files(EXAMPLES / name / "protocol.toml", tmp_path / "data.csv", look=1)
    document = published_bytes(evaluation)
    assert published_bytes(read_back(document, evaluation.protocol)) == document


def test_money_stays_exact_and_where_it_stands_stays_out() -> None:
    protocol, finding = a_protocol(), a_finding()
    somewhere = Locked(3, "note", after_data=True)
    evaluation = Evaluation(protocol, finding, judge(protocol, finding), somewhere)
    published = json.loads(published_bytes(evaluation))
    assert {"locked", "notices"}.isdisjoint(published)
    again = read_back(published, protocol, somewhere)
    assert again.finding.account.cost_per_outcome == Decimal("781.25")
    assert again.notices == ("Registered after data began.",)


def test_a_document_without_further_outcomes_is_what_it_was_before_there_were_any() -> None:
    protocol, finding = a_protocol(), a_finding()
    document = json.loads(published_bytes(Evaluation(protocol, finding, judge(protocol, finding))))
    assert {"secondary", "further", "pictures"}.isdisjoint(document)
    assert read_back(document, protocol).finding.secondary == ()

    told = SecondaryOutcome("falls", "falls", "lower", estimate=0.1, interval=(-float("inf"), 0.3))
    with_one = Evaluation(protocol, replace(finding, secondary=(told,)), judge(protocol, finding))
    (published,) = json.loads(published_bytes(with_one))["secondary"]
    assert published == {
        **dict.fromkeys(("worth_having", "std_error", "df", "p_value", "p_holm", "n", "refused")),
        "column": "falls",
        "name": "falls",
        "better": "lower",
        "estimate": 0.1,
        "interval": [None, 0.3],
    }


def test_another_protocol_and_other_documents_are_refused() -> None:
    protocol, finding = a_protocol(), a_finding()
    document = published_bytes(Evaluation(protocol, finding, judge(protocol, finding)))
    with pytest.raises(InputError, match="another protocol"):
        read_back(document, a_protocol(sha256="f" * 64))
    wrong = json.loads(document) | {"interval": [1.0]}
    unsigned = {name: value for name, value in json.loads(document).items() if name != "protocol_sha256"}
    for broken in (
        unsigned,
        b"",
        b"[]",
        b"nonsense",
        b"{}",
        document[:-9],
        wrong,
        {**wrong, "account": {"cost_total": "x"}},
    ):
        with pytest.raises(InputError, match="no published evaluation"):
            read_back(broken, protocol)
