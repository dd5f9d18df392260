"""Who is missing: files, gaps, weights, and what is hidden."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from clew.deliberate.attributes import Attribute, Margin, matched, read_attributes, read_margins
from clew.deliberate.disclosure import Shown
from clew.deliberate.few_people import Told, few_people
from clew.deliberate.missing import Missing, ValueGap
from clew.deliberate.raking import rake, raked_support
from clew.deliberate.votes import Votes, votes_of
from clew.deliberate.who_is_missing import evidence, left_early, who_is_missing
from clew.errors import InputError

AGES = ("16-34", "35-64", "65+")


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def attribute(name: str, values: tuple[str, ...], people: tuple[int, ...], silent: int = 0) -> Attribute:
    """So many people of each value, then those who declared none."""
    return Attribute(name, values, np.repeat([*range(len(values)), -1], [*people, silent]))


def all_agree(people: int) -> Votes:
    return votes_of(range(people), [0] * people, [1] * people)


def by_value(missing: Missing, place: int = 0) -> dict[str, ValueGap]:
    return {one.value: one for one in missing.attributes[place].values}


def test_what_people_declared_is_read_in_the_order_of_those_who_voted(tmp_path: Path) -> None:
    path = written(tmp_path, "declared.csv", "sex;voter-id;age\nf;12;65+\n;7; 16-34 \nm;99;16-34\n")
    age, sex = read_attributes(path, ("7", "12", "30"))
    assert (age.name, age.values, age.code.tolist()) == ("age", ("16-34", "65+"), [0, 1, -1])
    assert (sex.name, sex.values, sex.code.tolist()) == ("sex", ("f",), [-1, 0, -1])


def test_parquet_is_read_alike(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "declared.parquet"
    duckdb.sql("SELECT 7 AS \"voter-id\", 'f' AS sex UNION ALL SELECT 8, NULL").write_parquet(str(path))
    assert [one.code.tolist() for one in read_attributes(path, ("7", "8"))] == [[0, -1]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("voter,age\n1,65+\n", 'column "voter-id" is missing; the file has "voter", "age".'),
        ("voter-id\n1\n", "there is no attribute beside voter-id."),
        ("voter-id,age\n1,65+\n1,16-34\n", 'voter-id "1" comes twice.'),
        ("voter-id,age\n,65+\n", "a row has no voter-id."),
    ],
)
def test_what_cannot_be_read_of_people_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    path = written(tmp_path, "declared.csv", text)
    with pytest.raises(InputError) as refused:
        read_attributes(path, ("1",))
    assert complaint in str(refused.value)
    assert str(path) in str(refused.value)


def test_margins_may_be_counts_or_rounded_shares(tmp_path: Path) -> None:
    counts = written(tmp_path, "counts.csv", "attribute,value,count\nage,65+,20\nage,16-34,60\nsex,f,1\n")
    assert read_margins(counts) == (Margin("age", ("16-34", "65+"), (0.75, 0.25)), Margin("sex", ("f",), (1.0,)))
    shares = written(tmp_path, "shares.csv", "value,attribute,share\na,x,0.333\nb,x,0.333\nc,x,0.333\n")
    assert read_margins(shares)[0].shares == pytest.approx((1 / 3,) * 3)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("attribute,value,share\nage,65+,0.5\nage,16-34,0.4\n", 'the shares of "age" add up to 0.9, not to 1.'),
        ("attribute,value,share\nage,65+,50\nage,16-34,50\n", "They look like per cent: divide them by 100."),
        ("attribute,value,share\nage,65+,0.5\nage,65+,0.5\n", '"65+" of "age" comes twice.'),
        ("attribute,value,share\nage,65+,half\n", '"half" is no share and no count.'),
        ("attribute,value,share\nage,65+,0\nage,16-34,1\n", '"0" is no share and no count.'),
        ("attribute,value,count\nage,65+,nan\n", '"nan" is no share and no count.'),
        ("attribute,value\nage,65+\n", 'the file needs one of the columns "share", "count".'),
        ("attribute,value,share,count\nage,65+,1,1\n", 'the file needs one of the columns "share", "count".'),
        ("attribute,share\nage,1\n", 'column "value" is missing'),
        ("attribute,value,share\nage,,1\n", "a row names no attribute or no value."),
        ("attribute,value,share\n", "the file has no row."),
    ],
)
def test_what_cannot_be_read_of_margins_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(InputError) as refused:
        read_margins(written(tmp_path, "margins.csv", text))
    assert complaint in str(refused.value)


def test_margins_must_fit_what_people_declared() -> None:
    age = attribute("age", ("16-34", "65 +"), (20, 20))
    margins = (Margin("age", AGES, (0.3, 0.4, 0.3)), Margin("sex", ("f", "m"), (0.5, 0.5)))
    with pytest.raises(InputError) as refused:
        matched((age,), margins)
    assert 'attribute "sex" is no column of what participants declared: "age".' in str(refused.value)
    assert 'participants declared "65 +", which the margins of "age" do not have.' in str(refused.value)


def test_a_gap_is_the_share_taking_part_less_that_of_the_population() -> None:
    """30 of 40 against .4; Wilson's interval at .975 by hand, as there are two values (Goodman 1965)."""
    sex = attribute("sex", ("f", "m"), (30, 10), silent=20)
    missing = who_is_missing(all_agree(60), np.zeros(60, int), 1, (sex,), (Margin("sex", ("f", "m"), (0.4, 0.6)),))
    women = by_value(missing)["f"]
    assert (women.people, women.share, missing.attributes[0].not_declared) == (30, 0.75, 20)
    assert (women.gap, women.ratio) == (pytest.approx(0.35), pytest.approx(1.875))
    square = 2.241402727604947**2
    middle, half = (30 + square / 2) / (40 + square), np.sqrt(square * (0.1875 * 40 + square / 4)) / (40 + square)
    assert (women.lower, women.upper) == pytest.approx((middle - half, middle + half))


def test_a_value_that_nobody_has_is_told_as_few_and_hides_the_next_smallest() -> None:
    age = attribute("age", AGES[:2], (40, 50), silent=30)
    margin = Margin("age", AGES, (0.3, 0.5, 0.2))
    missing = who_is_missing(all_agree(120), np.zeros(120, int), 1, (age,), (margin,))
    told = {value: (one.told, one.people, one.share) for value, one in by_value(missing).items()}
    assert told == {
        "65+": (Shown.FEW, None, None),
        "16-34": (Shown.WITHHELD, None, None),
        "35-64": (Shown.ITSELF, 50, 50 / 90),
    }


def test_a_hidden_number_who_did_not_declare_does_not_come_back_in_a_share() -> None:
    sex = attribute("sex", ("f", "m"), (30, 60), silent=4)
    found = who_is_missing(all_agree(94), np.zeros(94, int), 1, (sex,)).attributes[0]
    assert (found.not_declared, found.of_all) == (None, True)
    assert [(one.people, one.share) for one in found.values] == [(None, None), (60, 60 / 94)]


def test_few_of_a_group_are_told_as_few_whether_or_not_there_is_anybody() -> None:
    age = attribute("age", ("young", "old"), (60, 60))
    for in_second in (0, 5):
        group = np.concatenate(
            [np.zeros(60, int), np.ones(in_second, int), np.zeros(30 - in_second, int), np.ones(30, int)]
        )
        group[:25] = 1
        missing = who_is_missing(all_agree(120), group, 2, (age,))
        assert missing.attributes[0].few == ()
    group = np.where(np.arange(120) < 60, 0, 1)
    group[60:90], group[:5] = 0, 1
    assert who_is_missing(all_agree(120), group, 2, (age,)).attributes[0].few == (("young", 1),)


def test_few_people_of_hidden_values_are_told_where_that_stays_open() -> None:
    """Four old people in two large groups; where all sums are hidden, nothing is told as few of any group but them."""
    age = attribute("age", AGES, (80, 90, 4), silent=80)
    group = np.arange(254) % 2
    found = who_is_missing(all_agree(254), group, 2, (age,)).attributes[0]
    assert found.few == (("65+", 0), ("65+", 1))
    all_hidden = attribute("age", AGES[:2], (9, 12))
    found = who_is_missing(all_agree(21), np.arange(21) % 2, 2, (all_hidden,)).attributes[0]
    assert ([one.told for one in found.values], found.few) == (
        [Shown.FEW, Shown.WITHHELD],
        (("16-34", 0), ("16-34", 1), ("35-64", 0), ("35-64", 1)),
    )


def test_where_groups_and_ages_nearly_coincide_few_is_not_told() -> None:
    """All but one of ten young people: that the tenth stands in the other group could be told from the rest."""
    age = attribute("age", ("old", "young"), (40, 10))
    group = np.array([0] * 40 + [0] * 9 + [1])
    missing = who_is_missing(all_agree(50), group, 2, (age,))
    assert missing.attributes[0].few is None
    assert missing.notices == ('In which groups there are few people of "age" is not told: it would give counts away.',)


def test_what_would_pin_a_small_count_is_not_told() -> None:
    """Of 10 young people either none or some stand in a group of 5: whether 10 stand in the other tells which."""
    told = Told((Shown.ITSELF, Shown.ITSELF), np.array([10, 90]), np.array([95, 5, 0]), np.array([0, 0]))
    assert few_people(np.array([[10, 0, 0], [85, 5, 0]]), told) is None
    assert few_people(np.array([[8, 2, 0], [87, 3, 0]]), told) == ((0, 0), (0, 1), (1, 1))


def test_weights_are_those_of_least_divergence() -> None:
    """Against a minimiser that knows nothing of margins taken in turn (Ireland & Kullback 1968)."""
    rng = np.random.default_rng(4)
    codes = [rng.integers(0, 3, 90), rng.integers(0, 2, 90), rng.integers(0, 2, 90)]
    targets = [(0.5, 0.3, 0.2), (0.35, 0.65), (0.5, 0.5)]
    cells, place, people = np.unique(np.column_stack(codes), axis=0, return_inverse=True, return_counts=True)
    start = people / people.sum()
    held = [
        {"type": "eq", "fun": lambda q, own=(cells[:, margin] == value), want=want: q[own].sum() - want}
        for margin, shares in enumerate(targets)
        for value, want in enumerate(shares)
    ]
    held = [one for margin, one in enumerate(held) if margin not in (4, 6)]  # what the other shares leave
    found = minimize(
        lambda q: float((q * np.log(q / start)).sum()),
        start,
        constraints=held,
        bounds=[(1e-9, 1)] * len(start),
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    raked = rake(codes, targets)
    assert raked.weights is not None
    assert raked.weights == pytest.approx((found.x / start)[place.reshape(-1)], rel=1e-5)
    assert raked.weights.mean() == pytest.approx(1)
    for code, shares in zip(codes, targets, strict=True):
        assert np.bincount(code, weights=raked.weights) / 90 == pytest.approx(shares, abs=1e-9)


def test_the_design_effect_is_kish() -> None:
    """One margin: weights 1.6 and .4 on halves of 20; n Σw² / (Σw)² = 1.36."""
    raked = rake([np.repeat([0, 1], 10)], [(0.8, 0.2)])
    assert raked.weights is not None
    assert raked.weights == pytest.approx([1.6] * 10 + [0.4] * 10)
    assert (raked.design_effect, raked.effective_people) == (pytest.approx(1.36), pytest.approx(20 / 1.36))
    assert (raked.largest, raked.smallest) == (pytest.approx(1.6), pytest.approx(0.4))


def test_those_who_did_not_declare_keep_their_weight() -> None:
    raked = rake([np.array([0] * 12 + [1] * 4 + [-1] * 4)], [(0.5, 0.5)])
    assert raked.weights is not None
    assert raked.weights == pytest.approx([8 / 12] * 12 + [2.0] * 4 + [1.0] * 4)


def test_why_nobody_can_be_weighed_is_said() -> None:
    assert "nobody who took part has a value" in rake([np.zeros(10, int)], [(0.5, 0.5)]).why
    contrary = rake([np.repeat([0, 1], 10), np.repeat([0, 1], 10)], [(0.5, 0.5), (0.7, 0.3)])
    assert (contrary.weights, "too many combinations of values have no people" in contrary.why) == (None, True)
    assert rake([], []).weights is None


def test_raked_support_counts_each_by_weight() -> None:
    votes = votes_of([0, 1, 2, 0, 1], ["a", "a", "a", "b", "b"], [1, -1, 0, 1, 1])
    found = raked_support(votes, np.array([2.0, 0.5, 0.5]))
    assert found.counted == pytest.approx([1 / 3, 1.0])
    assert found.raked == pytest.approx([2 / 3, 1.0])
    assert found.effective_votes == pytest.approx([9 / 4.5, 6.25 / 4.25])


def test_hidden_values_are_weighed_as_one() -> None:
    """Only the 50 and the 44 are known apart: 40 and 4 stand for half of the population together."""
    age = attribute("age", AGES, (40, 50, 4))
    missing = who_is_missing(all_agree(94), np.zeros(94, int), 1, (age,), (Margin("age", AGES, (0.3, 0.5, 0.2)),))
    assert missing.weighing is not None
    assert (missing.weighing.largest_weight, missing.weighing.smallest_weight) == (1.07, 0.94)


def test_raked_support_is_not_told_of_few_people() -> None:
    """Of two votes of unlike weight, raked support would tell who has which; of ten and ten it does not."""
    sex = attribute("sex", ("f", "m"), (30, 10))
    who = [*range(20), *range(20, 40), 0, 39, *range(12), *range(28, 40)]
    what = [*["ten"] * 20, *["ten"] * 20, "two", "two", *["one mind"] * 12, *["eleven and one"] * 12]
    votes = votes_of(who, what, [1] * 20 + [0] * 21 + [1] * 13 + [1] * 11 + [-1])
    missing = who_is_missing(votes, np.zeros(40, int), 1, (sex,), (Margin("sex", ("f", "m"), (0.5, 0.5)),))
    assert missing.weighing is not None
    told = {one.id: (one.support, one.raked) for one in missing.weighing.statements}
    assert told == {"ten": (0.5, 0.33), "one mind": (1.0, 1.0)}


def test_margins_that_contradict_each_other_are_told_as_such() -> None:
    one, same = attribute("one", ("a", "b"), (30, 30)), attribute("same", ("a", "b"), (30, 30))
    margins = (Margin("one", ("a", "b"), (0.5, 0.5)), Margin("same", ("a", "b"), (0.7, 0.3)))
    missing = who_is_missing(all_agree(60), np.zeros(60, int), 1, (one, same), margins)
    assert missing.weighing is not None
    assert missing.weighing.attributes == ("one", "same")
    assert missing.weighing.why.startswith("no weights give all shares at once")
    assert missing.weighing.statements == ()


def test_an_attribute_without_people_enough_is_named_not_weighed() -> None:
    sex = attribute("sex", ("f", "m"), (4, 5), silent=60)
    missing = who_is_missing(all_agree(69), np.zeros(69, int), 1, (sex,), (Margin("sex", ("f", "m"), (0.5, 0.5)),))
    assert missing.weighing is not None
    assert missing.weighing.attributes == ()
    assert 'fewer than 10 people have a value of "sex"' in missing.weighing.why
    assert missing.weighing.to_dict()["design_effect"] is None


def test_who_left_early_is_held_against_what_was_open_then() -> None:
    """The first leaves when two statements are open, and has voted on both; the second has seen one of four."""
    votes = votes_of([1, 1, 2, 3, 3, 3, 3], list("abaabcd"), [1] * 7, at_ms=[0, 1, 9, 2, 3, 4, 5])
    assert left_early(votes).tolist() == [False, True, False]
    assert left_early(votes_of([1, 1, 2, 3, 3, 3, 3], list("abaabcd"), [1] * 7)).tolist() == [False, True, False]
    assert left_early(votes_of([1, 3, 3, 3], list("aabc"), [1] * 4, at_ms=[0, 1, 2, 3])).tolist() == [False, False]


def test_statements_without_evidence_are_counted_by_group() -> None:
    votes = votes_of([*range(12), 12, 12], ["a"] * 12 + ["a", "b"], [1] * 14)
    found = evidence(votes, np.array([0] * 12 + [1]), 2)
    assert [(one.without, one.thin, one.statements) for one in found] == [(1, 1, 2), (0, 2, 2)]


def test_the_json_is_json() -> None:
    age = attribute("age", AGES, (30, 50, 4), silent=3)
    missing = who_is_missing(all_agree(87), np.zeros(87, int), 1, (age,), (Margin("age", AGES, (0.3, 0.5, 0.2)),))
    told = json.loads(json.dumps(missing.to_dict(), allow_nan=False))
    assert told["attributes"][0]["values"][2]["hidden"] == "fewer than 10"
    assert told["attributes"][0]["share_of"] == "participants"
    assert told["raking"]["statements"][0]["id"] == "0"
