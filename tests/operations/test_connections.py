"""Is whatever would leave this machine in the clear refused before the start, and is all else let be?"""

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection

from backend import environment
from backend.operations import connection_rules
from backend.operations.checks import RULES
from backend.operations.postgres import Database
from tests.operations.test_checks import ids

FAR = "rediss://:secret@redis.stadt.example:6379/0"
NUMBERS = {"database": 25, "queue": 26, "mail": 13, "returned_mail": 27, "calls": 28}


def database_at(monkeypatch: pytest.MonkeyPatch, url: str) -> str | None:
    """What the rule says of this DATABASE_URL."""
    monkeypatch.setitem(settings.DATABASES, "default", environment.database(url))
    return connection_rules.database()


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ilos@db.stadt.example/ilos",
        "postgres://ilos@db:5432/ilos",  # another container is another machine
        "postgres://ilos@192.168.3.4/ilos?sslmode=require",  # under TLS, and with whom nobody knows
        "postgres://ilos@db.stadt.example/ilos?sslmode=verify-ca",
        "postgres://ilos@/ilos?host=/run/postgresql,db.stadt.example",
    ],
)
def test_a_database_elsewhere_without_tls_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert "the database is on" in (database_at(monkeypatch, url) or "")


def test_a_host_that_libpq_takes_from_its_own_variable_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGHOST", "db.stadt.example")
    assert database_at(monkeypatch, "postgres://ilos@/ilos") is not None


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ilos@/ilos?host=/sockets/database",
        "postgres://ilos@127.0.0.1:5432/ilos",
        "postgres://ilos@db.stadt.example/ilos?sslmode=verify-full&sslrootcert=/run/secrets/ca",
    ],
)
def test_a_database_by_socket_here_or_under_tls_is_let_be(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert database_at(monkeypatch, url) is None


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"REDIS_URL": "redis://redis:6379/0"}, "queue"),
        ({"REDIS_URL": f"{FAR}?ssl_cert_reqs=none"}, "queue"),
        ({"REDIS_URL": f"{FAR}?ssl_check_hostname=False"}, "queue"),
        ({"CELERY_BROKER_URL": "redis://redis.stadt.example/1"}, "queue"),
        ({"CELERY_BROKER_URL": f"{FAR};redis://other.example/1"}, "queue"),
        ({"EMAIL_USE_TLS": False}, "mail"),
        ({"EMAIL_USE_SSL": True}, "mail"),  # beside EMAIL_USE_TLS: Django takes one of them
        ({"BOUNCE_MAILBOX": "imap+plain://ilos:secret@mail.stadt.example/INBOX"}, "returned_mail"),
        ({"GEOCODER": "photon", "GEOCODER_URL": "http://geo.stadt.example/api"}, "calls"),
    ],
)
def test_what_leaves_in_the_clear_is_refused(changed: dict[str, object], rule: str) -> None:
    """Of all rules exactly this one speaks, as an error, so that nothing starts; and it says what to do."""
    assert ids(**changed) == {f"ilos.E{NUMBERS[rule]:03}"}


@pytest.mark.parametrize(
    "changed",
    [
        {"REDIS_URL": "unix:///sockets/queue/redis.sock?db=0"},
        {"REDIS_URL": "redis://127.0.0.1:6379/0", "CELERY_BROKER_URL": "redis://localhost:6379/0"},
        {"REDIS_URL": f"{FAR}?ssl_ca_certs=/run/secrets/ca", "CELERY_BROKER_URL": FAR},
        {"CELERY_BROKER_URL": "redis+socket:///sockets/queue/redis.sock?virtual_host=0"},
        {"EMAIL_USE_TLS": False, "EMAIL_USE_SSL": True},
        {"BOUNCE_MAILBOX": "imaps://ilos:secret@mail.stadt.example/INBOX"},
        {"BOUNCE_MAILBOX": "imap://ilos:secret@mail.stadt.example/INBOX"},  # STARTTLS, or not at all
        {"GEOCODER": "photon", "GEOCODER_URL": "https://geo.stadt.example/api"},
        {"GEOCODER": "photon", "GEOCODER_URL": "http://localhost:2322/api"},
    ],
)
def test_sockets_this_machine_and_checked_tls_pass(changed: dict[str, object]) -> None:
    assert ids(**changed) == set()


def test_the_mail_catcher_is_near_for_a_demo_only() -> None:
    demo = {"EMAIL_HOST": "mailcatcher", "EMAIL_USE_TLS": False}
    assert "ilos.E013" in ids(**demo)
    assert "ilos.E013" not in ids(**demo, BASE_URL="http://localhost:8000", ALLOWED_HOSTS=["localhost"])


def test_an_sms_gateway_in_the_clear_is_refused(tmp_path) -> None:
    described = tmp_path / "gateway.json"
    described.write_text(
        '{"url": "http://sms.stadt.example/send", "fields": {"to": "{to}", "text": "{text}"}}'
    )
    assert ids(SMS_GATEWAY=str(described), SMS_KEY="key") == {"ilos.E028"}


def test_the_rules_are_errors_of_the_deployment() -> None:
    of_connections = [rule for rule in RULES if rule.broken.__module__ == connection_rules.__name__]
    assert {rule.broken.__name__: rule.number for rule in of_connections} == NUMBERS
    assert {(rule.level, rule.when) for rule in of_connections} == {("E", "deploy")}


# --- what is asked for is done


def test_what_the_address_says_of_tls_reaches_every_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver, and pg_dump and pg_restore behind it."""
    url = "postgres://ilos@db.stadt.example/ilos?sslmode=verify-full&sslrootcert=/run/secrets/ca"
    own = environment.database(url)
    assert own["OPTIONS"]["sslmode"] == "verify-full" and own["OPTIONS"]["sslrootcert"] == "/run/secrets/ca"
    monkeypatch.setitem(settings.DATABASES, "default", own)
    told = Database.configured().called("beside").environment
    assert (told["PGSSLMODE"], told["PGSSLROOTCERT"]) == ("verify-full", "/run/secrets/ca")


def test_a_misspelt_wish_is_not_passed_over() -> None:
    with pytest.raises(ImproperlyConfigured, match="ssl_mode"):
        environment.database("postgres://ilos@db.stadt.example/ilos?ssl_mode=verify-full")


def test_celery_checks_the_certificate_too() -> None:
    """Left to itself it would not, for an address that only says rediss://."""
    told = environment.broker_tls(FAR)
    assert Connection(FAR, ssl=told).ssl == {"ssl_cert_reqs": "required"}
    named = Connection(f"{FAR}?ssl_ca_certs=/run/secrets/ca", ssl=told).ssl
    assert named == {"ssl_ca_certs": "/run/secrets/ca"}, "and what is not said is Redis's default: required"
