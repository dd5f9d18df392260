"""The reference page is the API's own description; every operation says what it does and what its answers hold."""

from pathlib import Path

from clew.web.api.reference import as_markdown
from clew.web.api.v1 import api

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "api.md"


def test_the_reference_page_is_what_the_api_says_of_itself():
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "run: python -m clew.web.api.reference"


def test_every_operation_and_parameter_says_what_it_means():
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    operations = [(f"{name} {path}", one) for path, methods in paths.items() for name, one in methods.items()]
    assert len(operations) == 15
    assert [name for name, one in operations if not one.get("description")] == []
    parameters = [(name, told) for name, one in operations for told in one.get("parameters", ())]
    unsaid = [(name, told["name"]) for name, told in parameters if "description" not in told]
    assert unsaid == []
    assert len({one["operationId"] for _, one in operations}) == 15


def test_the_description_is_served_to_anybody(client):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.")
    assert "/api/v1/pilots/{pilot}/data" in answer.json()["paths"]
