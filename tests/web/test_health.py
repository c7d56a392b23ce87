"""What machines ask: does it live, can it work?"""

import pytest
from django.db import DatabaseError
from django.test import Client

from backend.web.views import health


@pytest.fixture
def redis_answers(monkeypatch):
    monkeypatch.setattr(health, "_redis", lambda: "ok")


def test_it_lives_without_a_database():
    # No database fixture: touching it would fail.
    assert Client().get("/healthz/live").json() == {"status": "ok"}


def test_ready(db, redis_answers):
    response = Client().get("/healthz/ready")
    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "checks": {"database": "ok", "migrations": "ok", "keyring": "ok", "redis": "ok"},
    }


def test_without_redis_it_is_ready_all_the_same(db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = Client().get("/healthz/ready")
    assert response.status_code == 200
    assert response.json()["checks"]["redis"] == "failed: ConnectionError"


def test_without_its_keys_it_is_not(db, settings, redis_answers, tmp_path):
    settings.VAULT_KEYS_FILE = str(tmp_path / "gone")
    response = Client().get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["keyring"] == "failed: ImproperlyConfigured"
    assert str(tmp_path) not in response.content.decode()


def test_without_its_database_it_is_not(db, monkeypatch, redis_answers):
    def broken() -> str:
        raise DatabaseError("host=secret")

    monkeypatch.setattr(health, "_database", broken)
    response = Client().get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "failed: DatabaseError"
    assert "secret" not in response.content.decode()


def test_with_migrations_missing_it_is_not(db, monkeypatch, redis_answers):
    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan", lambda *args: [object()] * 2
    )
    response = Client().get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["checks"]["migrations"] == "2 missing"
