"""A protocol file becomes values, or every mistake in it is named with its line and a remedy."""

import hashlib
import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from clew.errors import InputError, MissingError
from clew.pilot.kinds import KINDS
from clew.pilot.parse import LARGEST_FILE, load_protocol, parse_protocol
from clew.pilot.protocol import Cost, Equity, Looks, ScaleRule
from protocol_texts import SOUND, changed, protocol, without_table

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*/protocol.toml"))

AS_PUBLISHED = """\
[pilot]
id = "fire-safety-visits"
title = "Joint first visits"
hypothesis = "..."
existing_data = "none"             # none | exists, not seen | seen

[population]
unit = "home"
eligible = "..."

[design]
kind = "cluster-randomised"        # the table above
arm = "arm"                        # column; `comparison` names its comparison value
comparison = "control"
cluster = "district"

[outcome]
column = "safe_at_90_days"
measure = "proportion"             # mean | proportion | count
better = "higher"                  # higher | lower
worth_having = 0.05                # smallest effect worth having, in the outcome's units
adjust_for = []                    # baseline columns

[[equity]]
column = "mother_tongue"
harm_limit = 0.0                   # a group whose interval lies wholly on the wrong side of this is harmed
eligible_shares = {Danish = 0.91, other = 0.09}
reach_at_least = 0.8

[looks]
method = "obrien-fleming"          # single | obrien-fleming | anytime
planned = 2
alpha = 0.05

[cost]
currency = "EUR"
per_treated_unit = "125.00"

[scale]                            # all must hold
effect_lower_bound_above = 0.0
cost_per_outcome_at_most = "1000.00"
no_group_harmed = true
no_group_under_reached = true

[stop]
effect_upper_bound_below = 0.05    # cannot be worth having any more

[extend]
times = 1
[exit]
plan = "..."
[public_input]
by = 2027-03-01
[decision]
by = 2027-06-01
owner = "..."
"""


def mistakes(text: str | bytes) -> list[str]:
    source = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(InputError) as refused:
        parse_protocol(source, "p.toml")
    return [str(problem) for problem in refused.value.problems]


def the_mistake(text: str | bytes) -> str:
    (one,) = mistakes(text)
    return one


def line_of(part: str, text: str = SOUND) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_the_published_form_of_the_file_is_read_as_it_stands() -> None:
    found = parse_protocol(AS_PUBLISHED.encode(), "p.toml")
    assert found.pilot.id == found.pilot.case == "fire-safety-visits"
    assert (found.design.kind, found.design.arm, found.design.cluster) == ("cluster-randomised", "arm", "district")
    assert (found.design.estimator, found.design.standard_errors) == ("difference", "cr2")
    assert found.outcome.worth_having == 0.05
    assert found.equity == (Equity("mother_tongue", 0.0, (("Danish", 0.91), ("other", 0.09)), 0.8),)
    assert found.looks == Looks("obrien-fleming", 2, 0.05)
    assert found.cost == Cost("EUR", Decimal("125.00"))
    assert found.scale == ScaleRule(0.0, Decimal("1000.00"), no_group_harmed=True, no_group_under_reached=True)
    assert (found.stop_effect_upper_bound_below, found.extend_times, found.adapt_times) == (0.05, 1, 0)
    assert (found.public_input_by, found.decision_by) == (date(2027, 3, 1), date(2027, 6, 1))
    assert found.sha256 == hashlib.sha256(AS_PUBLISHED.encode()).hexdigest()
    assert found.text == AS_PUBLISHED


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_examples_are_read(path: Path) -> None:
    assert load_protocol(path).text == path.read_text(encoding="utf-8")


def test_every_mistake_is_named_at_once_in_the_order_of_the_file() -> None:
    text = changed(
        ('id = "visits"', 'id = "fire visits"'),
        ('title = "Joint first visits"', 'titel = "Joint first visits"'),
        ('measure = "proportion"', 'measure = "share"'),
        ("worth_having = 0.2", "worth_having = nan"),
        ('per_treated_unit = "125.00"', "per_treated_unit = 125.00"),
        ("by = 2027-03-01", 'by = "2027-03-01"'),
    )
    found = mistakes(text)
    lines = [int(one.split("line ")[1].split(":")[0]) for one in found]
    assert lines == sorted(lines) == [1, 2, 3, 19, 21, 41, 59]
    assert all(one.startswith("p.toml, line ") for one in found)
    assert "Did you mean `title`?" in found[2]


def test_values_that_readers_accept() -> None:
    found = protocol(
        ('existing_data = "none"', 'existing_data = "exists, not seen"\ncase = "bed-fires"\nsynthetic = true'),
        (
            'cluster = "district"',
            'cluster = "district"\nseed = 7\nweights = "w"\nfixed_effects = ["region"]\nunit = "u"',
        ),
        ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["age", "sex"]\nname = "safe"\nunit = "share"'),
    )
    assert (found.pilot.case, found.pilot.synthetic, found.design.seed) == ("bed-fires", True, 7)
    assert (found.design.weights, found.design.fixed_effects, found.design.unit) == ("w", ("region",), "u")
    assert (found.outcome.adjust_for, found.outcome.name) == (("age", "sex"), "safe")


@pytest.mark.parametrize(
    ("written", "read"), [('"usual"', "usual"), ("true", "true"), ("false", "false"), ("0", "0"), ("1.5", "1.5")]
)
def test_an_arm_is_compared_as_text(written: str, read: str) -> None:
    assert protocol(('comparison = "usual"', f"comparison = {written}")).design.comparison == read


@pytest.mark.parametrize(
    ("design", "adjust", "estimator", "errors"),
    [
        ('kind = "randomised"', "", "difference", "hc2"),
        ('kind = "randomised"', 'adjust_for = ["age"]', "lin", "hc2"),
        ('kind = "randomised"\nblock = "b"', "", "block-weighted", "hc2"),
        ('kind = "randomised"\npair = "b"', "", "matched-pairs", "pairs"),
        ('kind = "randomised"\npair = "b"', 'adjust_for = ["x"]', "difference", "hc2"),
        ('kind = "randomised"\npair = "b"\nstandard_errors = "hc1"', "", "block-weighted", "hc1"),
        ('kind = "randomised"\npair = "b"\nestimator = "block-weighted"', "", "block-weighted", "hc2"),
        ('kind = "randomised"\nblock = "b"', 'adjust_for = ["age"]', "lin", "hc2"),
        ('kind = "cluster-randomised"\ncluster = "c"', "", "difference", "cr2"),
        ('kind = "cluster-randomised"\ncluster = "c"', 'adjust_for = ["age"]', "difference", "cr2"),
        ('kind = "cluster-randomised"\ncluster = "c"\nestimator = "lin"', 'adjust_for = ["age"]', "lin", "cr2"),
        ('kind = "randomised"\nstandard_errors = "classical"', "", "difference", "classical"),
        ('kind = "randomised"\ncluster = "c"', "", "difference", "cr2"),
        ('kind = "randomised"\ncluster = "c"\nstandard_errors = "hc1"', "", "difference", "hc1"),
    ],
)
def test_the_kind_fills_in_estimator_and_standard_errors(design: str, adjust: str, estimator: str, errors: str) -> None:
    found = protocol(
        ('kind = "cluster-randomised"', design),
        ('cluster = "district"', ""),
        ("worth_having = 0.2", f"worth_having = 0.2\n{adjust}"),
    )
    assert (found.design.estimator, found.design.standard_errors) == (estimator, errors)
    assert found.design.block == ("b" if '"b"' in design else None)


def test_blocks_weighted_take_no_covariates() -> None:
    blocked = 'kind = "randomised"\nblock = "b"\nestimator = "block-weighted"'
    said = the_mistake(
        changed(
            ('kind = "cluster-randomised"', blocked), ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["a"]')
        )
    )
    assert "block-weighted takes no adjust_for." in said


def test_a_count_cannot_be_negative() -> None:
    said = the_mistake(changed(('measure = "proportion"', 'measure = "count"'), ("baseline = 0.55", "baseline = -1")))
    assert said == f"p.toml, line {line_of('baseline')}: `baseline`: a count cannot be -1. Write events a unit."


@pytest.mark.parametrize("kind", KINDS)
def test_keys_that_a_kind_does_not_take_are_refused_by_name(kind: str) -> None:
    strange = "treated_from" if "treated_from" not in KINDS[kind].known else "running"
    text = changed(('kind = "cluster-randomised"', f'kind = "{kind}"\n{strange} = "score"'))
    with pytest.raises(InputError) as caught:
        parse_protocol(text.encode(), "p.toml")
    assert f"a {kind} design has no `{strange}`." in str(caught.value)


def test_a_structural_series_has_no_slope_to_bend() -> None:
    series = 'kind = "interrupted-time-series"\nperiod = "m"\nfrom = 7\nestimator = "structural"\nimpact_model = '
    dealt = 'kind = "cluster-randomised"\narm = "arm"\ncomparison = "usual"\ncluster = "district"'
    said = the_mistake(changed((dealt, f'{series}"level and slope"')))
    assert "has no slope that an interruption could bend" in said
    assert protocol((dealt, f'{series}"level"')).design.impact_model == "level"


def test_of_two_keys_that_exclude_each_other_one_must_be_given() -> None:
    for more, count in (("", "neither"), ('\nexposure = "years"\nexpected = "usual"', "both")):
        text = changed(('kind = "cluster-randomised"', f'kind = "rare-events"{more}'), ('cluster = "district"', ""))
        with pytest.raises(InputError, match=f"`exposure` or `expected`; {count} of them"):
            parse_protocol(text.encode(), "p.toml")


def test_looks_that_are_not_built_are_refused_by_their_name() -> None:
    said = the_mistake(changed(('method = "obrien-fleming"', 'method = "anytime"')))
    assert said == f'p.toml, line {line_of("method")}: "anytime" is not built yet. Built: single, obrien-fleming.'


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "cluster-randomised"', 'kind = "cluster-randomized"', 'Did you mean "cluster-randomised"?'),
        ('cluster = "district"', "", "a cluster-randomised design lacks `cluster`."),
        (
            'cluster = "district"',
            'cluster = "district"\nestimator = "block-weighted"',
            "It offers: difference, lin, matched-pairs.",
        ),
        (
            'cluster = "district"',
            'cluster = "district"\nestimator = "synthetic"',
            "It offers: difference, lin, matched-pairs.",
        ),
        (
            'kind = "cluster-randomised"',
            'kind = "randomised"\nestimator = "block-weighted"',
            "block-weighted needs blocks.",
        ),
        ('cluster = "district"', 'cluster = "district"\nstandard_errors = "hc2"', "It offers: cr2, cr1, pairs."),
        (
            'kind = "cluster-randomised"\narm = "arm"\ncomparison = "usual"\ncluster = "district"',
            'kind = "randomised"\narm = "arm"\ncomparison = "usual"\nstandard_errors = "cr2"',
            'standard_errors = "cr2" needs clusters',
        ),
        ('cluster = "district"', 'cluster = "district"\npair = "a"\nblock = "b"', "`pair` is another word for `block`"),
        ('cluster = "district"', 'cluster = "district"\nestimator = "matched-pairs"', "matched-pairs needs pairs."),
        (
            'cluster = "district"',
            'cluster = "district"\nstandard_errors = "pairs"',
            "errors by pairs belong to matched-pairs.",
        ),
        (
            'cluster = "district"',
            'cluster = "district"\npair = "a"\nestimator = "matched-pairs"\nstandard_errors = "cr1"',
            "matched-pairs takes its uncertainty from the pairs",
        ),
        (
            'cluster = "district"',
            'cluster = "district"\nfixed_effects = ["a", "b"]',
            "more than one column is not built",
        ),
        ('cluster = "district"', 'cluster = "district"\ntreated = "usual"', "two arms bear the same value."),
        (
            'cluster = "district"',
            'cluster = "district"\nother_arms = ["x"]',
            "other arms are named, but not the treated",
        ),
        ('cluster = "district"', 'cluster = "district"\nseed = -1', "`seed`: expected whole number from 0"),
        ('cluster = "district"', 'cluster = "district"\nseed = true', "`seed`: expected whole number from 0"),
        ('id = "visits"', "id = 7", "`id`: expected letters, digits and hyphens"),
        ('id = "visits"', 'id = "../visits"', "`id`: expected letters, digits and hyphens"),
        ('title = "Joint first visits"', 'title = " "', "`title`: expected text"),
        ('title = "Joint first visits"', 'title = "a\\u001b[31m"', "control character U+001B"),
        ('title = "Joint first visits"', f'title = "{"a" * 20_001}"', "20001 characters"),
        ('existing_data = "none"', 'existing_data = "some"', '"none" or "exists, not seen" or "seen"'),
        (
            'existing_data = "none"',
            'existing_data = "none"\ndata_began = 2027-01-01T00:00:00',
            "`data_began`: expected day",
        ),
        ('existing_data = "none"', 'existing_data = "none"\nsynthetic = 1', "`synthetic`: expected true or false"),
        ("worth_having = 0.2", "worth_having = 0", "expected number above 0, found 0."),
        ("worth_having = 0.2", "worth_having = -0.2", "expected number above 0, found -0.2."),
        ("worth_having = 0.2", "worth_having = inf", "inf is not a number that can be compared."),
        ("worth_having = 0.2", "worth_having = true", "expected number above 0, found true."),
        ("worth_having = 0.2", "worth_having = 1e300", "too large to be meant"),
        ("worth_having = 0.2", "worth_having = 20", "Write five percentage points as 0.05."),
        ("baseline = 0.55", "baseline = 55", "Write 55 percent as 0.55."),
        ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = ["a", "a"]', '"a" stands in the list twice.'),
        ("worth_having = 0.2", 'worth_having = 0.2\nadjust_for = "a"', "`adjust_for`: expected list of column names"),
        ("other = 0.09", "other = 0.19", "the shares add up to 1.1, not to 1."),
        ("other = 0.09", "other = -0.09", "expected share from 0 to 1"),
        ("{Danish = 0.91, other = 0.09}", "{}", "`eligible_shares`: expected inline table"),
        ("[[equity]]", "[equity]", "Write [[equity]] on a line of its own"),
        ("[looks]", "[[looks]]", "Write [looks] on a line of its own"),
        ("planned = 2", "planned = 0", "`planned`: expected whole number from 1 to 20, found 0."),
        ("planned = 2", "planned = 2.0", "`planned`: expected whole number from 1 to 20, found 2.0."),
        ("planned = 2", "planned = 2\nalpha = 0.6", "`alpha`: expected number above 0, at most 0.5"),
        ('method = "obrien-fleming"', 'method = "single"', 'the method "single" looks once'),
        ('method = "obrien-fleming"', 'method = "pocock"', 'there is no method "pocock".'),
        ('currency = "EUR"', 'currency = "euro"', "expected three capital letters"),
        ('"125.00"', "125.00", "`per_treated_unit`: expected amount in quotes, found 125.0."),
        ('"125.00"', '"125,00"', '"125,00" has a decimal comma.'),
        ('"125.00"', '"1.125,00"', '"1.125,00" has a decimal comma.'),
        ('"125.00"', '"-125.00"', "expected amount in quotes"),
        ('"125.00"', '"NaN"', "expected amount in quotes"),
        ("times = 1", "times = 11", "whole number from 0 to 10, found 11."),
        ("times = 1", "time = 1", "Did you mean `times`?"),
        ("by = 2027-03-01", 'by = "1 March"', "`by`: expected day"),
        ("[looks]", "[loks]", "Did you mean [looks]?"),
        ('unit = "home"', 'unit = "home"\nalpha = 0.05', "It belongs to [looks]."),
        ("icc = 0.03", "icc = 3", "`icc`: expected share from 0 to 1, found 3."),
        ("icc = 0.03", "icc = 0.03\nunits_total = 4", "[size] has no key `units_total`."),
    ],
)
def test_one_mistake_is_named_on_its_line(old: str, new: str, said: str) -> None:
    text = changed((old, new))
    (one,) = [mistake for mistake in mistakes(text) if said in mistake]
    named = int(re.match(r"p\.toml, line (\d+): ", one)[1])  # type: ignore[index]
    first = line_of(old)
    noticed = NOTICED_AT.get(said)
    assert named in (range(first, first + new.count("\n") + 1) if noticed is None else [line_of(noticed, text)])


# Mistakes that show where they are noticed, not where the test made them.
NOTICED_AT = {
    "a cluster-randomised design lacks `cluster`.": "[design]",
    'standard_errors = "cr2" needs clusters': 'standard_errors = "cr2"',
    "two arms bear the same value.": 'comparison = "usual"',
    'the method "single" looks once': "planned = 2",
}


@pytest.mark.parametrize("table", ["pilot", "population", "design", "outcome"])
def test_a_needed_table_that_is_missing_is_named_at_the_end(table: str) -> None:
    text = without_table(table)
    said = mistakes(text)[0]
    assert f"line {text.count(chr(10))}: the table [{table}] is missing. Add [{table}] with " in said


@pytest.mark.parametrize(
    "table", ["equity", "looks", "size", "scale", "stop", "extend", "exit", "public_input", "publics"]
)
def test_other_tables_may_be_missing(table: str) -> None:
    parse_protocol(without_table(table).encode(), "p.toml")


def test_two_equity_tables_of_one_column_are_refused() -> None:
    said = the_mistake(changed(("[looks]", '[[equity]]\ncolumn = "tongue"\n\n[looks]')))
    assert 'two [[equity]] tables name "tongue".' in said
    assert f"line {line_of('[looks]') + 1}:" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pilot\n", "p.toml, line 1, column 7: not valid TOML"),
        ("[pilot]\nid = \n", "p.toml, line 2, column 6: not valid TOML"),
        ('[pilot]\nid = "a"\nid = "b"\n', "p.toml, line 3, column 9: not valid TOML: Cannot overwrite a value."),
        ("[pilot]\n[pilot]\n", "p.toml, line 2"),
        ('[pilot]\nid = "a', "p.toml, line 2"),
        ("a = " + "[" * 5_000, "p.toml, line 1: brackets are nested too deeply."),
        (f"a = {'9' * 5_000}", "p.toml, line 1: not valid TOML"),
        ("a = 2027-02-30", "p.toml, line 1"),
        ("a = '\x00'", "p.toml, line 1"),
    ],
)
def test_broken_toml_is_named_with_its_place(text: str, said: str) -> None:
    assert the_mistake(text).startswith(said)


def test_bytes_that_are_not_utf8_are_named_with_their_line() -> None:
    said = the_mistake(SOUND.replace("Joint", "Jöint").encode("latin-1"))
    assert said == "p.toml, line 3: byte 0xF6 is not UTF-8. Save the file as UTF-8 text."


def test_a_byte_order_mark_is_tolerated_and_hashed() -> None:
    source = b"\xef\xbb\xbf" + SOUND.encode()
    found = parse_protocol(source, "p.toml")
    assert found.sha256 == hashlib.sha256(source).hexdigest() != protocol().sha256
    assert found.text.encode() == source
    assert "p.toml, line 2:" in the_mistake(b"\xef\xbb\xbf" + changed(('id = "visits"', "id = 1")).encode())


def test_windows_line_ends_change_no_line_number() -> None:
    text = changed(('currency = "EUR"', 'currency = "euro"'))
    assert the_mistake(text.replace("\n", "\r\n")) == the_mistake(text)


def test_an_empty_file_lacks_every_needed_table() -> None:
    assert [one.split("table ")[1].split(" ")[0] for one in mistakes("")] == [
        "[pilot]",
        "[population]",
        "[design]",
        "[outcome]",
    ]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    path.write_bytes(b"#" * (LARGEST_FILE + 1))
    with pytest.raises(InputError, match="larger than 1 MB"):
        load_protocol(path)


@pytest.mark.parametrize("path", ["absent.toml", "."])
def test_a_file_that_is_not_there_is_missing(tmp_path: Path, path: str) -> None:
    with pytest.raises(MissingError, match="no such file"):
        load_protocol(tmp_path / path)


VALUES = {"from": 3, "cutoff": 50, "treated_side": "above"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_read_with_what_it_needs(kind: str) -> None:
    named = (*KINDS[kind].needs, *(first for first, _ in KINDS[kind].either))
    lines = [f"{key} = {json.dumps(VALUES.get(key, key))}" for key in named]
    lines += ['comparison = "none"'] if kind == "rare-events" else []
    old = ('kind = "cluster-randomised"', 'arm = "arm"', 'comparison = "usual"', 'cluster = "district"')
    table = "\n".join(["[design]", f'kind = "{kind}"', *lines])
    text = changed(*((line, "") for line in old)).replace("[design]", table)
    design = parse_protocol(text.encode(), "p.toml").design
    assert (design.kind, design.estimator) == (kind, KINDS[kind].estimators[kind == "randomised"])
    assert design.starts == (("3",) if "from" in named else ())
