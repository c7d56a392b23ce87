"""Does a POST that is sent twice happen once, whoever sends it and however close together?"""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from backend.accounts.models import ApiToken, IdempotencyKey, Organisation
from backend.accounts.tasks import forget_idempotency_keys
from backend.celery import app
from backend.people.models import HelpSeeker, Pilot
from backend.privacy.commands.erasing import erase_client
from tests.api import bodies
from tests.api.conftest import ROOT, Caller, Clock, assert_problem
from tests.conftest import Cast

KEY = {"Idempotency_Key": "registration-1"}


def test_the_same_request_is_answered_again_and_done_once(cast: Cast, as_user: Callable[..., Caller]) -> None:
    school = as_user(cast.rita)
    first = school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    again = school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    assert first.status_code == again.status_code == 201
    assert json.loads(first.content) == json.loads(again.content)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert HelpSeeker.objects.count() == 1


def test_strangers_may_repeat_themselves_too(cast: Cast, anonymous: Caller) -> None:
    first = anonymous.post("organisations", bodies.an_organisation(), **KEY)
    again = anonymous.post("organisations", bodies.an_organisation(), **KEY)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Organisation.objects.filter(name="Grundschule am Dom").count() == 1


def test_without_a_key_everything_happens_twice(cast: Cast, as_user: Callable[..., Caller]) -> None:
    office = as_user(cast.kaya)
    office.post("organisations", bodies.an_organisation())
    office.post("organisations", bodies.an_organisation())
    assert Organisation.objects.filter(name="Grundschule am Dom").count() == 2
    assert IdempotencyKey.objects.count() == 0


def test_a_key_belongs_to_one_request(cast: Cast, as_user: Callable[..., Caller]) -> None:
    school = as_user(cast.rita)
    school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    other_body = school.post("help-seekers", bodies.a_help_seeker(case_key="SCH-9"), **KEY)
    assert_problem(other_body, 422, "idempotency_key_reused")
    other_address = school.post("help-requests", bodies.a_help_seeker(), **KEY)
    assert_problem(other_address, 422, "idempotency_key_reused")


def test_a_key_belongs_to_one_user(cast: Cast, as_user: Callable[..., Caller]) -> None:
    as_user(cast.rita).post("help-seekers", bodies.a_help_seeker(), **KEY)
    colleague = as_user(cast.kaya).post("help-seekers", bodies.a_help_seeker(case_key="OS-1"), **KEY)
    assert colleague.status_code == 201


def test_the_answer_about_somebody_who_was_erased_is_gone_and_nobody_is_made_anew(
    cast: Cast, as_user: Callable[..., Caller], clock: Clock
) -> None:
    school = as_user(cast.rita)
    made = json.loads(school.post("help-seekers", bodies.a_help_seeker(), **KEY).content)
    erase_client(help_seeker_id=made["id"], by=cast.kaya, now=clock.now)
    again = school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    assert (again.status_code, again.content) == (201, b"")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert HelpSeeker.objects.count() == 1


def test_a_refusal_is_an_answer_as_well(cast: Cast, as_user: Callable[..., Caller]) -> None:
    school = as_user(cast.rita)
    first = school.post("help-seekers", bodies.a_help_seeker(languages=["qqq"]), **KEY)
    again = school.post("help-seekers", bodies.a_help_seeker(languages=["qqq"]), **KEY)
    assert_problem(first, 422, "language_unknown")
    assert_problem(again, 422, "language_unknown")
    assert again.headers["Idempotency-Replayed"] == "true"


def test_what_failed_on_our_side_may_be_tried_again(
    cast: Cast, as_user: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    from backend.api import errors
    from backend.api.views import help_seekers

    school = as_user(cast.rita)
    with monkeypatch.context() as broken:
        broken.setattr(errors, "_log", lambda error, context: None)
        broken.setattr(help_seekers.commands, "register_help_seeker", _fail)
        assert_problem(school.post("help-seekers", bodies.a_help_seeker(), **KEY), 500, "internal_error")
    assert IdempotencyKey.objects.count() == 0
    assert school.post("help-seekers", bodies.a_help_seeker(), **KEY).status_code == 201


def _fail(**values: Any) -> None:
    raise RuntimeError


def test_a_key_is_forgotten_after_a_day(cast: Cast, clock: Clock, as_user: Callable[..., Caller]) -> None:
    school = as_user(cast.rita)
    school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    clock.now += IdempotencyKey.REMEMBERED + timedelta(seconds=1)
    later = school.post("help-seekers", bodies.a_help_seeker(), **KEY)
    assert_problem(later, 409, "case_key_taken")
    assert "Idempotency-Replayed" not in later.headers


def test_strangers_with_the_same_key_do_not_meet(cast: Cast, anonymous: Caller) -> None:
    first = anonymous.post("pilots", bodies.a_pilot("dilan@mail.example"), **KEY)
    second = anonymous.post("pilots", bodies.a_pilot("emre@mail.example"), **KEY)
    assert (first.status_code, second.status_code) == (202, 202)
    assert "Idempotency-Replayed" not in second.headers
    assert Pilot.objects.count() == 2


def test_the_clock_forgets_what_is_older_than_a_day(cast: Cast, clock: Clock) -> None:
    for hours, key in ((25, "old"), (23, "young")):
        IdempotencyKey.objects.create(key=key, fingerprint="x", created_at=clock.now - timedelta(hours=hours))
    forget_idempotency_keys()
    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]
    assert "accounts.forget_idempotency_keys" in {entry["task"] for entry in app.conf.beat_schedule.values()}


@pytest.mark.parametrize("key", ["", "x" * 81, "ü", "tab\there"])
def test_keys_that_are_none(cast: Cast, anonymous: Caller, key: str) -> None:
    refused = anonymous.post("organisations", bodies.an_organisation(), Idempotency_Key=key)
    assert_problem(refused, 400, "idempotency_key_malformed")


def test_a_secret_is_not_kept(cast: Cast, clock: Clock) -> None:
    client = Client(headers={"idempotency-key": "token-1"})
    client.force_login(cast.kaya)
    body = json.dumps({"name": "script", "scopes": ["read"]})
    first, again = (client.post(ROOT + "tokens", body, content_type="application/json") for _ in range(2))
    secret = json.loads(first.content)["secret"]
    assert secret
    assert secret not in json.dumps(IdempotencyKey.objects.get().answer)
    assert json.loads(again.content) == {**json.loads(first.content), "secret": None}
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_time_happen_once(cast: Cast, clock: Clock) -> None:
    answers: list[tuple[int, str | None]] = []
    start = threading.Barrier(4)

    def send() -> None:
        try:
            caller = Caller()
            start.wait()
            answer = caller.post("pilots", bodies.a_pilot("dilan@mail.example"), **KEY)
            answers.append((answer.status_code, answer.headers.get("Idempotency-Replayed")))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers, key=str) == sorted([(202, None), *[(202, "true")] * 3], key=str)
    assert Pilot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_would_wait_too_long_is_told_so(
    cast: Cast, clock: Clock, as_user: Callable[..., Caller]
) -> None:
    office = as_user(cast.kaya)
    first_is_in, may_go_on = threading.Event(), threading.Event()

    def hold() -> None:
        from django.db import transaction

        try:
            with transaction.atomic():
                IdempotencyKey.objects.create(
                    user=cast.kaya, key=KEY["Idempotency_Key"], fingerprint="x", created_at=clock.now
                )
                first_is_in.set()
                may_go_on.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert first_is_in.wait(20)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '100ms'")
        second = office.post("organisations", bodies.an_organisation(), **KEY)
        assert_problem(second, 409, "request_in_progress")
    finally:
        may_go_on.set()
        holder.join()
        connection.close()
    assert not Organisation.objects.filter(name="Grundschule am Dom").exists()
