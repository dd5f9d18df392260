"""Further outcomes in a protocol: read with their lines, refused where they cannot be, seen when they are changed."""

import pytest

from clew.errors import InputError
from clew.pilot.check import check
from clew.pilot.difference import changes_between
from clew.pilot.keys import BY_NAME
from clew.pilot.parse import parse_protocol
from clew.pilot.protocol import Outcome, Protocol
from clew.pilot.secondary import MOST
from designs import KEYS, TEXT
from kinds_of_pilot import of_kind
from protocol_texts import SOUND, changed, protocol

SICK_DAYS = '[[secondary]]\ncolumn = "sick_days"\nmeasure = "mean"\nbetter = "lower"\n'
LINE = SOUND.count("\n") + 1


def with_further(*tables: str, text: str = SOUND) -> Protocol:
    return parse_protocol((text + "".join(tables)).encode(), "p.toml")


def refused(*tables: str, text: str = SOUND) -> list[str]:
    with pytest.raises(InputError) as caught:
        with_further(*tables, text=text)
    return [str(one) for one in caught.value.problems]


def test_a_further_outcome_is_read_with_all_that_is_said_of_it() -> None:
    said = 'name = "days off sick"\nunit = "days"\nworth_having = 0.5\ndefinition = "in 90 days"\n'
    found = with_further(SICK_DAYS, said, 'denominator = "homes"\nsource = "payroll"\nowner = "HR"\n')

    assert found.secondary == (
        Outcome(
            *("sick_days", "mean", "lower", 0.5, (), "days off sick", "days"),
            *("in 90 days", "homes", "payroll", "HR"),
        ),
    )
    assert check(found).problems == ()


def test_there_are_none_unless_they_are_named() -> None:
    assert protocol().secondary == ()


def test_a_protocol_about_another_outcome_adjusts_for_the_same_columns_and_has_no_further_ones() -> None:
    found = with_further(SICK_DAYS, text=changed(("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["age"]')))
    about = found.about(found.secondary[0])

    assert (about.outcome.column, about.outcome.adjust_for, about.secondary) == ("sick_days", ("age",), ())
    assert (about.design, about.looks, about.equity, about.sha256) == (
        *(found.design, found.looks, found.equity, found.sha256),
    )
    assert found.about(found.outcome).outcome == found.outcome


def test_every_mistake_is_named_at_once_with_its_line() -> None:
    found = refused(
        SICK_DAYS,
        '[[secondary]]\ncolumn = "false_alarms"\nmeasure = "proportion"\nbetter = "less"\nworth_having = 5\n',
        '[[secondary]]\ncolumn = "sick_days"\nadjust_for = ["age"]\n',
    )

    lines = [int(one.split("line ")[1].split(":")[0]) for one in found]
    assert lines == [LINE + 7, LINE + 8, LINE + 9, LINE + 9, LINE + 10, LINE + 11]
    assert "`better`: expected" in found[0]
    assert "a share cannot change by 5. Write five percentage points as 0.05." in found[1]
    assert "[secondary] lacks `measure`" in found[2]
    assert "[secondary] lacks `better`" in found[3]
    assert '"sick_days" is a further outcome already' in found[4]
    assert "[secondary] has no key `adjust_for`. It belongs to [outcome]." in found[5]


EVERY_PART = """
[sustained]
period = "quarter"
support = "supported"

[funnel]
unit = "ward"

[versions]
column = "version"

"""
DESIGNED = changed(
    ('cluster = "district"', 'cluster = "district"\nblock = "region"\nweights = "w"\nunit = "home"'),
    ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["age"]'),
)


@pytest.mark.parametrize(
    ("column", "part"),
    [
        ("safe", "the primary outcome"),
        ("arm", "the arm"),
        ("district", "the cluster"),
        ("region", "the block"),
        ("w", "the weights"),
        ("home", "the unit"),
        ("age", "a baseline column that is adjusted for"),
        ("tongue", "a column of groups ([[equity]])"),
        ("quarter", "the period of [sustained]"),
        ("supported", "the support of [sustained]"),
        ("ward", "the unit of [funnel]"),
        ("version", "the column of [versions]"),
    ],
)
def test_a_column_that_has_another_part_is_no_further_outcome(column: str, part: str) -> None:
    (said,) = refused(EVERY_PART, SICK_DAYS.replace("sick_days", column), text=DESIGNED)

    assert f'"{column}" is {part} already and cannot be a further outcome as well.' in said
    assert said.endswith("Name another column, or remove this [[secondary]] table.")


def test_a_table_in_single_brackets_and_more_than_twenty_are_refused() -> None:
    many = [SICK_DAYS.replace("sick_days", f"y{place}") for place in range(MOST + 1)]

    assert "Write [[secondary]] on a line of its own" in refused(SICK_DAYS.replace("[[", "[").replace("]]", "]"))[0]
    (said,) = refused(*many)
    assert said.startswith(f"p.toml, line {LINE + 4 * MOST}: 21 further outcomes; 20 are the most.")
    assert len(with_further(*many[:-1]).secondary) == MOST


@pytest.mark.parametrize("kind", sorted(KEYS))
def test_every_kind_takes_further_outcomes_but_rare_events(kind: str) -> None:
    keys, size = KEYS[kind]
    measure, worth = ("count", 0.3) if kind == "rare-events" else ("mean", 1.0)
    text = TEXT.format(kind=kind, keys=keys, size=size, measure=measure, worth=worth)
    if kind == "rare-events":
        (said,) = refused(SICK_DAYS, text=text)
        assert "a rare-events design counts one kind of event" in said
        assert f"line {text.count(chr(10)) + 1}:" in said
    else:
        assert with_further(SICK_DAYS, text=text).secondary[0].column == "sick_days"


def test_a_control_series_belongs_to_the_one_outcome() -> None:
    text = of_kind("interrupted-time-series", {"design.control": "others"}).text

    (said,) = refused(SICK_DAYS, text=text + "\n")
    assert "the control series of an interrupted-time-series design belongs to the one outcome." in said


def test_an_amendment_tells_what_becomes_of_further_outcomes() -> None:
    before, after = with_further(SICK_DAYS), with_further(SICK_DAYS.replace("lower", "higher") + "worth_having = 2\n")

    assert changes_between(before, after) == (
        ("secondary.sick_days.better", "lower", "higher"),
        ("secondary.sick_days.worth_having", "(not stated)", "2.0"),
    )
    assert changes_between(protocol(), before) == (
        ("secondary.sick_days.better", "(not stated)", "lower"),
        ("secondary.sick_days.measure", "(not stated)", "mean"),
    )
    assert changes_between(before, protocol()) == (
        ("secondary.sick_days.better", "lower", "(not stated)"),
        ("secondary.sick_days.measure", "mean", "(not stated)"),
    )


def test_the_keys_are_those_of_the_outcome_but_for_what_is_adjusted_for() -> None:
    one, other = ([key.name for key in BY_NAME[table].keys] for table in ("secondary", "outcome"))

    assert sorted(one) == sorted(set(other) - {"adjust_for"})
