"""Does the API describe itself completely, and as it is?"""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from backend.api.errors import MEDIA_TYPE
from backend.api.openapi import PROBLEMS
from tests.architecture.source_tree import sources


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
        assert dict(GENERATOR_STATS._warn_cache) == {}
        assert dict(GENERATOR_STATS._error_cache) == {}
    return made


def test_it_is_valid_openapi(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.")
    validate_schema(schema)


def test_every_operation_is_told_with_its_problems(schema: dict[str, Any]) -> None:
    operations = [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    assert len(operations) > 50
    for path, method, operation in operations:
        assert operation["description"], (path, method)
        told = {code for code, answer in operation["responses"].items() if "$ref" in answer}
        assert told >= {"400", "401", "403", "404", "406", "409", "422", "429", "500"}, (path, method)
        assert method not in {"post", "put", "patch"} or told >= {"413", "415"}, (path, method)
        assert [code for code in operation["responses"] if code.startswith("2")], (path, method)


def test_every_problem_is_told_in_its_own_media_type(schema: dict[str, Any]) -> None:
    told = schema["components"]["responses"]
    assert set(told) == {f"Problem{code}" for code in PROBLEMS}
    assert all(list(answer["content"]) == [MEDIA_TYPE] for answer in told.values())


def test_every_post_takes_an_idempotency_key(schema: dict[str, Any]) -> None:
    posts = [methods["post"] for methods in schema["paths"].values() if "post" in methods]
    assert posts
    for operation in posts:
        assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}


def test_lists_tell_their_filters(schema: dict[str, Any]) -> None:
    told = {parameter["name"] for parameter in schema["paths"]["/api/v1/help-requests"]["get"]["parameters"]}
    assert {"status", "topic", "language", "office", "date", "cursor", "page_size"} <= told


def test_all_ways_to_sign_in_are_told(schema: dict[str, Any]) -> None:
    assert set(schema["components"]["securitySchemes"]) == {"apiToken", "XSessionTokenAuth", "session"}
    public = schema["paths"]["/api/v1/offices"]["get"]["security"]
    closed = schema["paths"]["/api/v1/pilots"]["get"]["security"]
    assert {} in public
    assert {} not in closed


def test_every_route_is_told(schema: dict[str, Any]) -> None:
    (api,) = [pattern for pattern in get_resolver().url_patterns if str(pattern.pattern) == "api/"]
    v1 = api.url_patterns[0]
    routes = {str(pattern.pattern).replace("<uuid:", "{").replace(">", "}") for pattern in v1.url_patterns}
    told = {path.removeprefix("/api/v1/") for path in schema["paths"]}
    assert routes - told == {"schema/", "docs/"}


def test_the_schema_is_served_to_everybody(client: Client, db: None) -> None:
    answer = client.get("/api/v1/schema/", headers={"accept": "application/json"})
    assert answer.status_code == 200
    assert json.loads(answer.content)["info"]["title"] == "ILOS"


def test_the_page_needs_nothing_from_elsewhere_and_no_inline_script(client: Client, db: None) -> None:
    answer = client.get("/api/v1/docs/")
    page = answer.content.decode()
    assert answer.status_code == 200
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "<style" not in page
    addresses = [part.split('"')[0] for name in ("src", "href") for part in page.split(f' {name}="')[1:]]
    assert page.count("<script") == page.count("<script src=") == 3
    for address in addresses:
        assert address.startswith("/"), address
        if address.startswith("/static/"):
            assert finders.find(address.removeprefix("/static/")), address
    script = client.get(
        next(address for address in addresses if "script" in address and "/static/" not in address)
    )
    assert script.headers["Content-Type"].startswith("application/javascript")
    assert b"/api/v1/schema/" in script.content


def test_no_serializer_shows_whatever_a_model_has() -> None:
    """Fields are named one by one, and nothing is saved past a command."""
    for source in sources("backend"):
        if not source.path.startswith("backend/api/"):
            continue
        names = {node.attr for node in source.nodes() if isinstance(node, ast.Attribute)}
        texts = {node.value for node in source.nodes() if isinstance(node, ast.Constant)}
        assert "ModelSerializer" not in names, source.path
        assert "__all__" not in texts or Path(source.path).name == "__init__.py", source.path
