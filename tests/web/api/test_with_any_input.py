"""The API under schemathesis: every operation, with sound and with broken requests, is answered as it is described."""

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from clew.web.api.v1 import api

SCHEMA = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
SCHEMA.app = get_wsgi_application()
OPERATIONS = [found.ok() for found in SCHEMA.get_all_operations()]
SOUND = [one for one in OPERATIONS if one.method == "get"]
ASKED_SOMETHING = [one for one in OPERATIONS if one.path_parameters or one.query]
UPLOADS = [one for one in OPERATIONS if one.method != "get"]
KNOWN = {"pilot": "visits", "case_id": "bed-fires", "index": 1}
hard = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("operation", SOUND, ids=lambda one: one.label)
def test_sound_requests_are_answered_as_described(operation, a_pilot):
    @hard
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE), is_there=st.booleans())
    def asked(case, is_there):
        if is_there:
            there = {name: KNOWN.get(name, value) for name, value in case.path_parameters.items()}
            case.path_parameters = {**there, **_document(there)}
        answer = case.call_and_validate()
        assert answer.status_code < 500
        assert not is_there or answer.status_code == 200 or "on" in case.query

    asked()


def _document(there: dict[str, object]) -> dict[str, object]:
    from clew.web.evaluate.models import PublishedEvaluation

    return {"sha256": PublishedEvaluation.objects.get().sha256} if "sha256" in there else {}


@pytest.mark.parametrize("operation", ASKED_SOMETHING, ids=lambda one: one.label)
def test_broken_requests_are_answered_as_described(operation, token):
    @hard
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def asked(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"})

    asked()


@pytest.mark.parametrize("operation", UPLOADS, ids=lambda one: one.label)
def test_any_bytes_are_taken_or_refused_as_described(operation, token):
    @hard
    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def asked(case):
        case.path_parameters = {"pilot": "visits"}
        answer = case.call_and_validate(
            headers={"Authorization": f"Bearer {token}"}, excluded_checks=[positive_data_acceptance]
        )
        assert answer.status_code in {411, 422}

    asked()
