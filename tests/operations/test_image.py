"""Does what is shipped hold what runs and no more, and does it tell strangers nothing about itself?"""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

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
    assert re.findall(r'ports: \["(.+?)"\]', compose()) == ["127.0.0.1:8000:8000"]


def service(name: str) -> str:
    """Its block of the compose file."""
    return re.split(r"\n  (?=\w)|\n(?=\w)", compose().split(f"\n  {name}:\n")[1])[0]


@pytest.mark.parametrize("name", ["db", "redis"])
def test_database_and_queue_have_no_network(name: str) -> None:
    """They are spoken to through sockets alone, and write to their volumes only."""
    block = service(name)
    for line in (
        "network_mode: none",
        "read_only: true",
        "cap_drop: [ALL]",
        "no-new-privileges:true",
    ):
        assert line in block, line
    assert "ports:" not in block and "networks:" not in block


def test_everybody_says_a_password_at_the_socket() -> None:
    """The public image trusts whoever comes by its socket; ours asks, so that the service cannot enter as the owner."""
    told = service("db").split()
    assert "-clisten_addresses=" in told and "-chba_file=/etc/ilos/pg_hba.conf" in told
    rules = (ROOT / "bin" / "container" / "pg_hba.conf").read_text().splitlines()
    assert [line.split() for line in rules if not line.startswith("#")] == [
        ["local", "all", "all", "scram-sha-256"]
    ]


def test_the_queue_listens_to_whoever_mounts_its_socket_alone() -> None:
    assert '--port\n      - "0"' in service("redis") and "--unixsocket\n      - /sockets/queue/" in service(
        "redis"
    )
    assert "queue-socket" not in service("db") and "user: postgres" in service("db")


def test_nothing_but_the_outside_is_spoken_to_over_a_network() -> None:
    addresses = re.findall(r"^    (?:DATABASE_URL|REDIS_URL): (\S+)$", compose(), re.MULTILINE)
    assert addresses == [
        "postgres://ilos_app@/ilos?host=/sockets/database",
        "unix:///sockets/queue/redis.sock?db=0",
        "postgres://ilos@/ilos?host=/sockets/database",
    ]
    checks = re.findall(r"bin/container/health, (.+?)\]", compose())
    assert checks == ['"/sockets/web/web.sock", /healthz/ready', '"/sockets/web/web.sock", /healthz/delivery']
    # Who only speaks through a socket can put none of its own there.
    writers = re.findall(r"(?:database|queue|web)-socket:/\S+?(?=[\s\",\]])", compose())
    assert sorted(one for one in writers if not one.endswith(":ro")) == [
        "database-socket:/run/postgresql",
        "queue-socket:/sockets/queue",
        "web-socket:/sockets/web",
    ]


def test_health_is_asked_through_a_socket(tmp_path: Path) -> None:
    """The container's own program, against a server that answers one page."""
    with answering(str(tmp_path / "web.sock")) as path:
        told = {page: asked(path, page) for page in ("/healthz/ready", "/elsewhere")}
    assert told["/healthz/ready"].returncode == 0 and "fine" in told["/healthz/ready"].stdout
    assert told["/elsewhere"].returncode == 1 and "404" in told["/elsewhere"].stderr
    assert asked(str(tmp_path / "nobody.sock"), "/").returncode == 1


def asked(*where: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-S", str(ROOT / "bin" / "container" / "health"), *where]
    environment = {"ALLOWED_HOSTS": "ilos.stadt.example, other.example"}
    return subprocess.run(program, env=environment, capture_output=True, text=True)


class Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        knows = self.path == "/healthz/ready" and self.headers["Host"] == "ilos.stadt.example"
        self.send_response(200 if knows else 404)
        self.end_headers()
        self.wfile.write(b"fine" if knows else b"not here")

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@contextmanager
def answering(path: str) -> Iterator[str]:
    with UnixStreamServer(path, Page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()


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
