"""A running pilot on the record: adaptations by version and proposer, rounds against a budget."""

from datetime import UTC, datetime

import pytest

from clew.errors import InputError, MissingError, RefusedError
from clew.pilot.in_record import lock_in
from clew.pilot.parse import parse_protocol
from clew.pilot.running import IterationClosed, PilotAdapted
from clew.pilot.while_running import adapt_in, close_iteration_in, load
from clew.record.folder import Record, create
from pilots import PROTOCOL

AT = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def record(tmp_path) -> Record:
    made = create(tmp_path / "record", origin="example.org/running")
    text = PROTOCOL + '\n[iterations]\nbudget = "2000.00"\nmost = 3\n'
    lock_in(parse_protocol(text.encode(), "p.toml"), made, at=AT)
    return made


def adapted(**changes: str) -> PilotAdapted:
    said = {"version": "2", "change": "visits by two", "why": "doors stayed closed", "proposed_by": "users"}
    return PilotAdapted(**{"pilot": "visits", "part": "core", **said, **changes})


def closed(**changes: str) -> IterationClosed:
    said = {"version": "1", "learning": "alarms lack batteries", "next": "bring batteries", "spent": "800.00"}
    return IterationClosed(**{"pilot": "visits", **said, **changes})


def put(record: Record, *bodies: PilotAdapted | IterationClosed) -> None:
    for body in bodies:
        does = adapt_in if isinstance(body, PilotAdapted) else close_iteration_in
        does(record, body, at=AT, by="team")


def test_what_was_adapted_and_learned_is_counted(record) -> None:
    by_team = adapted(version="3", proposed_by="team", part="peripheral")
    put(record, closed(), adapted(), closed(version="2", spent=""), by_team)
    found = load(record, "visits").running
    assert (found.version, found.proposed_by_users, str(found.spent)) == ("3", 1, "800.00")
    assert found.learning_rate == 1.0
    assert [one["part"] for one in found.to_dict()["adaptations"]] == ["core", "peripheral"]
    assert found.to_dict()["iterations"][0]["learning"] == "alarms lack batteries"


def test_before_any_round_there_is_no_rate(record) -> None:
    found = load(record, "visits").running
    assert (found.version, found.learning_rate, found.spent) == ("1", None, 0)


def test_a_version_has_one_name(record) -> None:
    put(record, adapted())
    for taken in ("1", "2"):
        with pytest.raises(RefusedError, match=f'version "{taken}" is used already'):
            put(record, adapted(version=taken))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"change": " "}, "`change` is empty"),
        ({"proposed_by": "nobody"}, '"nobody" is none of: users, front line'),
        ({"part": "middle"}, '"middle" is none of: core, peripheral'),
    ],
)
def test_what_is_left_unsaid_is_asked_for(record, change, said) -> None:
    with pytest.raises(InputError, match=said):
        put(record, adapted(**change))
    assert load(record, "visits").running.adaptations == ()


def test_the_budget_caps_the_rounds(record) -> None:
    put(record, closed(spent="1500"))
    with pytest.raises(RefusedError, match=r"2300\.00 are spent, and 2000\.00 were promised"):
        put(record, closed())
    put(record, closed(spent="500"))
    put(record, closed(spent=""))
    with pytest.raises(RefusedError, match="3 rounds were promised"):
        put(record, closed(spent=""))


@pytest.mark.parametrize("spent", ["much", "-1", "NaN", "1e400x"])
def test_money_is_money(record, spent) -> None:
    with pytest.raises(InputError, match="is no amount"):
        put(record, closed(spent=spent))


def test_a_round_is_of_a_version_that_there_is(record) -> None:
    with pytest.raises(RefusedError, match='no version "2": 1'):
        put(record, closed(version="2"))


def test_a_pilot_that_is_not_locked_is_missing(record) -> None:
    with pytest.raises(MissingError, match='no pilot "other"'):
        load(record, "other")
