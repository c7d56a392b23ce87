"""Does what is shipped hold what runs and no more, and does it tell strangers nothing about itself?"""

import re

import pytest
from django.test import Client

from tests.architecture.source_tree import ROOT


def test_nothing_goes_into_the_image_but_what_runs() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines, "all is left out but what is named"
    let_in = {line.removeprefix("!").split("/")[0] for line in lines if line.startswith("!")}
    assert not let_in & {".git", "secrets", ".env", "var", "tests", "benchmarks", "docs"}


def compose() -> str:
    return (ROOT / "compose.yaml").read_text()


def test_containers_are_closed_in() -> None:
    """Read-only, without capabilities and privileges, restarted, and with little that they can fill."""
    app = compose().split("x-owner:")[0]
    for line in (
        "read_only: true",
        "cap_drop: [ALL]",
        'security_opt: ["no-new-privileges:true"]',
        "restart: unless-stopped",
        "max-size",
    ):
        assert line in app
    assert "USER 10001:10001" in (ROOT / "Dockerfile").read_text()
    assert "data: {internal: true}" in compose()
    assert re.findall(r'ports: \["(.+?)"\]', compose()) == ["127.0.0.1:8000:8000"]


def test_no_password_stands_in_the_compose_file() -> None:
    values = re.findall(r"^\s+(\w*(?:PASSWORD|KEY|TOKEN)\w*): (.+)$", compose(), re.MULTILINE)
    assert values
    assert [(name, value) for name, value in values if not value.startswith(("/run/secrets/", '""'))] == []


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "BREW"])
def test_trace_is_not_answered(db, method) -> None:
    for path in ("/", "/api/v1/pilots", "/konto/anmelden/", "/healthz/live"):
        answer = Client().generic(method, path, headers={"X-Secret": "canary-7"})
        assert answer.status_code in {400, 401, 403, 404, 405}, (path, answer.status_code)
        assert b"canary-7" not in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/web/",
        "/static/vendor/",
        "/static/../settings.py",
        "/static/web/../../settings.py",
    ],
)
def test_folders_are_not_listed(db, path) -> None:
    assert Client().get(path).status_code in {301, 302, 400, 404}


def test_answers_name_no_version(db) -> None:
    for path in ("/", "/healthz/ready", "/api/v1/nowhere", "/nowhere/"):
        answer = Client().get(path)
        assert "Server" not in answer.headers and "X-Powered-By" not in answer.headers
        assert not re.search(rb"(?i)django/?\s*\d|gunicorn|postgresql \d", answer.content)
