"""The page of upload tokens: shown once, made once, withdrawn for good, for the evaluator alone."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.web.evaluate.models import UploadToken
from clew.web.evaluate.tokens import holder_of

PAGE = "/pilots/visits/tokens"


@pytest.fixture
def evaluator(as_, a_pilot):
    return as_("evaluation unit")


def shown(answer) -> list[str]:
    return re.findall(r"clew_[A-Za-z0-9_-]{43}", answer.content.decode())


def test_a_token_is_shown_once_and_holds(evaluator):
    assert "None yet" in evaluator.get(PAGE).content.decode()
    answer = evaluator.post(PAGE, {"name": "<b>nightly</b>", "days": "7", "once": "a"})
    (token,) = shown(answer)

    assert holder_of(token).name == "<b>nightly</b>"
    assert "no-store" in answer["Cache-Control"]
    later = evaluator.get(PAGE)
    assert shown(later) == []
    assert "&lt;b&gt;nightly" in later.content.decode()


def test_sent_twice_it_is_made_once(evaluator):
    typed = {"name": "nightly", "days": "7", "once": "a"}
    evaluator.post(PAGE, typed)
    assert evaluator.post(PAGE, typed).status_code == 302
    assert UploadToken.objects.count() == 1


def test_what_is_withdrawn_holds_no_more(evaluator):
    (token,) = shown(evaluator.post(PAGE, {"name": "nightly", "days": "7", "once": "a"}))
    address = f"{PAGE}/{UploadToken.objects.get().sha256}/withdraw"
    assert evaluator.post(address).status_code == 302
    assert holder_of(token) is None
    assert evaluator.post(address).status_code == 404


@pytest.mark.parametrize("office", ["director of care", "audit office", "court of auditors", "somebody"])
def test_only_the_evaluator_makes_and_sees_tokens(as_, a_pilot, office):
    client = as_(office)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"name": "mine", "days": "7"}).status_code == 403
    assert not UploadToken.objects.exists()


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_a_token_holds_from_a_day_to_a_year(evaluator, days):
    assert evaluator.post(PAGE, {"name": "nightly", "days": days}).status_code == 422
    assert not UploadToken.objects.exists()


@given(
    name=st.text(max_size=120), days=st.one_of(st.text(max_size=10), st.integers().map(str)), once=st.text(max_size=90)
)
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_answers_make_a_token_or_are_refused(evaluator, name, days, once):
    assert evaluator.post(PAGE, {"name": name, "days": days, "once": once}).status_code in {200, 302, 422}
