"""docs/reference/api.md, made from the API's own description: `python -m clew.web.api.reference`."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Part = dict[str, Any]  # Any: a part of an OpenAPI description
HEAD = """\
# The API

Everything public of a service, for programs, and one way to bring data. Made from the description that the service
gives of itself at `/api/v1/openapi.json`; a test holds this page to it.

- Reading needs no account. Pages of other sites may read too (CORS). Answers carry an `ETag`: send it back as
  `If-None-Match`, and what has not changed is answered with 304. HEAD is answered as GET, without the body.
- Lists come in pages: send `next` of one page as `after` of the next; `null` means that nothing follows.
- Errors are `{"problems": [{"what": "…", "where": "…", "do": "…"}]}`, all mistakes at once.
- Fields may be added. None is taken away within version 1.
- To check what the API says without trusting it, read the record itself: `/record/`
  ([Verify a record](../how-to/verify-a-record.md)).

```text
curl https://clew.example/api/v1/pilots/visits
curl -T data.csv -H "Authorization: Bearer clew_…" "https://clew.example/api/v1/pilots/visits/data?name=data.csv"
```
"""


def as_markdown() -> str:
    """Return the reference page: every operation, what it takes and what it answers."""
    from clew.web.api.v1 import api  # noqa: PLC0415  # Django must be set up before

    schema: Part = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    told = [part for path, methods in schema["paths"].items() for part in _path(path, methods, schema)]
    return HEAD + "".join(told)


def _path(path: str, methods: Part, schema: Part) -> Iterator[str]:
    names, operation = " or ".join(sorted(name.upper() for name in methods)), next(iter(methods.values()))
    yield f"\n## {names} `{path}`\n\n{operation['description']}\n"
    if operation.get("security"):
        yield "\nNeeds an upload token: `Authorization: Bearer clew_…`.\n"
    if operation.get("parameters"):
        yield "\n| parameter | in | meaning |\n|---|---|---|\n"
        yield from (_parameter(one) for one in operation["parameters"])
    if "requestBody" in operation:
        yield f"\nThe body is {operation['requestBody']['description']}.\n"
    answers = ", ".join(f"{status}" for status in sorted(operation["responses"], key=str))
    yield f"\nAnswers: {answers}.\n"
    yield from _fields(operation, schema)


def _parameter(one: Part) -> str:
    default = one["schema"].get("default")
    said = f" (default: {default})" if default not in {None, ""} else ""
    return f"| `{one['name']}` | {one['in']} | {one.get('description', '')}{said} |\n"


def _fields(operation: Part, schema: Part) -> Iterator[str]:
    content = operation["responses"].get(200, {}).get("content", {})
    found = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    if not found:
        return
    yield "\n| field | meaning |\n|---|---|\n"
    for name, field in _properties(found, schema).items():
        yield f"| `{name}` | {field.get('description', '')} |\n"
        inner = field.get("items", {}).get("$ref", "")
        for part, told in _properties(inner, schema).items():
            yield f"| `{name}[].{part}` | {told.get('description', '')} |\n"


def _properties(reference: str, schema: Part) -> Part:
    name = reference.rpartition("/")[2]
    return dict(schema["components"]["schemas"][name]["properties"]) if name else {}


def main() -> None:
    """Write the page."""
    import django  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clew.web.settings")
    django.setup()
    Path("docs/reference/api.md").write_text(as_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
