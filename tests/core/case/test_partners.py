"""Partners of a case, and the two shares that Borins counted, for the own cases."""

from fractions import Fraction

import pytest

from builders import AT
from clew.case.collaboration import EXTERNAL, INTRA_GOVERNMENTAL, Collaboration, collaboration
from clew.case.commands import Close, Join, Open, decide
from clew.case.phases import OUTSIDE_GOVERNMENT, PARTNERS, WITHIN_GOVERNMENT
from clew.case.state import NOTHING, Case, evolve
from clew.errors import InputError, RefusedError


def after(*commands: object) -> Case:
    case = NOTHING
    for command in commands:
        for body in decide(command, case):
            case = evolve(case, body, AT)
    return case


def test_a_partner_joins_and_is_named_once_with_the_kind_said_last() -> None:
    case = after(Open("t"), Join(" Red Cross ", "civil society"), Join("Red Cross", "firm"), Join("B", "firm"))
    assert case.partners == (("Red Cross", "firm"), ("B", "firm"))


def test_the_same_partner_of_the_same_kind_is_refused() -> None:
    with pytest.raises(RefusedError, match="partner of this case already"):
        decide(Join("B", "firm"), after(Open("t"), Join("B", "firm")))


@pytest.mark.parametrize(("partner", "kind"), [("", "firm"), ("  ", "firm"), ("B", "friend"), ("B", "")])
def test_a_partner_has_a_name_and_a_kind_from_the_list(partner, kind) -> None:
    with pytest.raises(InputError):
        decide(Join(partner, kind), after(Open("t")))


def test_nobody_joins_a_case_that_is_not_open() -> None:
    for case in (NOTHING, after(Open("t"), Close("better", "l"))):
        with pytest.raises(RefusedError):
            decide(Join("B", "firm"), case)


def test_ten_cases_of_which_six_have_an_outside_partner_show_sixty_per_cent() -> None:
    cases = [["firm"], ["citizens", "firm"], ["university"], ["civil society", "another public body"]]
    cases += [["firm", "another unit of the same body"], ["citizens"], ["another public body"], [], [], []]
    found = collaboration(cases)
    assert found == Collaboration(10, 6, 3)
    assert (found.share_external, found.share_intra) == (Fraction(3, 5), Fraction(3, 10))


def test_without_a_case_there_is_no_share() -> None:
    assert collaboration([]).share_external is None
    assert collaboration([]).share_intra is None


def test_every_kind_counts_on_one_side_and_on_one_only() -> None:
    assert set(PARTNERS) == set(WITHIN_GOVERNMENT) ^ set(OUTSIDE_GOVERNMENT)
    for kind in PARTNERS:
        found = collaboration([[kind]])
        assert found.external + found.intra == 1


def test_the_literature_values_are_those_printed() -> None:
    assert [f"{share:.0%}" for share in map(float, (EXTERNAL.early, EXTERNAL.late))] == ["28%", "65%"]
    printed = map(float, (INTRA_GOVERNMENTAL.early, INTRA_GOVERNMENTAL.late))
    assert [f"{share:.0%}" for share in printed] == ["21%", "58%"]
