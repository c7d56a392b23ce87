"""Does every refusal come as a problem document, and does nothing that can be sent break the API?"""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from backend.api import errors
from backend.people.commands import pilots as pilot_commands
from tests.api import bodies
from tests.api.conftest import ROOT, Caller, Clock, assert_problem
from tests.conftest import Cast


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize(
    "path", ["/api/", "/api/v2/pilots", "/api/v1/nothing", "/api/v1/pilots/", "/api/v1/pilots/7"]
)
def test_unknown_routes(client: Client, db: None, method: str, path: str) -> None:
    response = getattr(client, method)(path)
    body = assert_problem(response, 404, "route_unknown")
    assert body["facts"] == {}


def test_a_method_that_an_address_does_not_know(cast: Cast, as_user: Callable[..., Caller]) -> None:
    response = as_user(cast.kaya).client.delete(ROOT + "pilots")
    body = assert_problem(response, 405, "method_not_allowed")
    assert body["facts"] == {"method": "DELETE"}
    assert set(response.headers["Allow"].replace(" ", "").split(",")) == {"GET", "POST", "HEAD"}


def test_another_media_type(anonymous: Caller) -> None:
    for sent in (
        {"data": "name=x", "content_type": "application/x-www-form-urlencoded"},
        {"data": {"name": "x"}},
    ):
        assert_problem(anonymous.client.post(ROOT + "organisations", **sent), 415, "media_type_unsupported")


def test_nobody_understands_another_answer(anonymous: Caller) -> None:
    response = anonymous.client.get(ROOT + "offices", headers={"accept": "text/csv"})
    assert_problem(response, 406, "media_type_not_acceptable")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "malformed_body"),
        ("{", "malformed_body"),
        (b"\xff\xfe", "malformed_body"),
        ('{"name": NaN}', "malformed_body"),
        ('{"name": Infinity}', "malformed_body"),
        ('{"name": -Infinity}', "malformed_body"),
        ('{"name": "half a pair: \\ud800"}', "malformed_body"),
        ('{"kind": "half a pair: \\ud800"}', "malformed_body"),
        ('{"half a pair: \\udc00": 1}', "malformed_body"),
        ('{"name": ' + "9" * 5000 + "}", "malformed_body"),
        ("[" * 40 + "]" * 40, "nested_too_deep"),
        ('{"a":' * 100_000 + "1" + "}" * 100_000, "nested_too_deep"),
        ("[]", "invalid_input"),
        ("null", "invalid_input"),
        ("7", "invalid_input"),
        ('"text"', "invalid_input"),
        ('{"name": {}}', "invalid_input"),
    ],
)
def test_bodies_that_are_no_input(anonymous: Caller, body: str | bytes, code: str) -> None:
    assert_problem(anonymous._send("post", "organisations", body or b" ", {}), 400, code)


def test_a_body_that_is_too_large(anonymous: Caller) -> None:
    assert_problem(anonymous.post("organisations", '"' + "x" * 3_000_000 + '"'), 413, "request_too_large")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a" * 300 + "@mail.example"}, "email"),
        ({"language": "xx"}, "language"),
        ({"person": {"name": "Nul\x00byte"}}, "person.name"),
        ({"person": {"name": "x" * 121}}, "person.name"),
        ({"person": {"name": ["x"]}}, "person.name"),
        ({"person": {"name": "Dilan", "phone": "call me"}}, "person.phone"),
        ({"person": None}, "person"),
        ({"home": {"postcode": "4907444"}}, "home.postcode"),
        ({"home": {"lat": 10**400, "lon": 8}}, "home.lat"),
        ({"home": {"lat": 1e308, "lon": 8}}, "home.lat"),
        ({"home": {"lat": "1e999", "lon": 8}}, "home.lat"),
        ({"wishes": {"german_level": 10**30}}, "wishes.german_level"),
        ({"wishes": {"german_level": 5, "reach_km": 10**30}}, "wishes.reach_km"),
        ({"wishes": {"german_level": 5, "reach_km": -1}}, "wishes.reach_km"),
        ({"wishes": {"german_level": 5, "topics_wished": ["nonsense"]}}, "wishes.topics_wished.0"),
        ({"wishes": {"german_level": 5, "topics_wished": ["school"] * 500}}, "wishes.topics_wished"),
        ({"languages": [{"language": "kmr", "speaks": 6}]}, "languages.0.understands"),
        ({"languages": [{"language": "kmr", "speaks": 99, "understands": 6}]}, "languages.0.speaks"),
        ({"languages": "kmr"}, "languages"),
        ({"availability": [{"weekday": 7, "starts": "08:00", "ends": "09:00"}]}, "availability.0.weekday"),
        ({"availability": [{"weekday": 0, "starts": "25:00", "ends": "09:00"}]}, "availability.0.starts"),
        ({"data_protection": "perhaps"}, "data_protection"),
        ({"data_protection": {}}, "data_protection"),
    ],
)
def test_values_that_are_none(cast: Cast, anonymous: Caller, changes: dict[str, Any], field: str) -> None:
    body = assert_problem(
        anonymous.post("pilots", bodies.a_pilot("d@mail.example", **changes)), 400, "invalid_input"
    )
    assert {error["field"] for error in body["errors"]} == {field}
    assert all(error["code"] and error["message"] for error in body["errors"])


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"home": {"postcode": "4907"}}, "postcode_malformed", "home"),
        ({"home": {"postcode": "99999"}}, "postcode_unknown", "home"),
        ({"home": {}}, "place_missing", "home"),
        ({"home": {"lat": 52.27}}, "coordinates_incomplete", "home"),
        ({"home": {"lat": 8.05, "lon": 52.27}}, "coordinates_swapped", "home"),
        ({"languages": []}, "languages_missing", "languages"),
        (
            {"languages": [{"language": "qqq", "speaks": 6, "understands": 6}]},
            "language_unknown",
            "languages",
        ),
        ({"data_protection": False}, "consent_missing", "data_protection"),
        ({"confidentiality": False}, "pledge_missing", "confidentiality"),
    ],
)
def test_rules_that_name_their_field(
    cast: Cast, anonymous: Caller, changes: dict[str, Any], code: str, field: str
) -> None:
    body = assert_problem(anonymous.post("pilots", bodies.a_pilot("d@mail.example", **changes)), 422, code)
    assert [(error["field"], error["code"]) for error in body["errors"]] == [(field, code)]
    assert "field" not in body["facts"]


@pytest.mark.parametrize(
    "moment", ["2026-11-10T10:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "soon", 7]
)
def test_moments_that_are_none(cast: Cast, as_user: Callable[..., Caller], moment: Any) -> None:
    slots = [{"starts_at": moment, "ends_at": "2026-11-10T11:00:00+01:00"}]
    body = bodies.a_help_request(cast.samir.pk, slots=slots)
    problem = assert_problem(as_user(cast.rita).post("help-requests", body), 400, "invalid_input")
    assert problem["errors"][0]["field"] == "slots.0.starts_at"


@pytest.mark.parametrize(
    "query",
    [
        {"status": "NOTHING"},
        {"status": "OPEN\x00"},
        {"topic": "x" * 10_000},
        {"office": "not-a-uuid"},
        {"office": "9" * 5000},
        {"date": "2026-02-30"},
        {"language": "\x00"},
        {"language": "x" * 5000},
    ],
)
def test_filters_that_are_none(cast: Cast, as_user: Callable[..., Caller], query: dict[str, str]) -> None:
    response = as_user(cast.kaya).get("help-requests", **query)
    assert response.status_code in {400, 422}
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "cursor", ["x", "\x00", "cD1ub3QtYS11dWlk", "bz0xMDAwMDAwMDAwMDAwMDAw", "9" * 5000, "cD0lMDA="]
)
def test_forged_cursors(cast: Cast, as_user: Callable[..., Caller], cursor: str) -> None:
    response = as_user(cast.kaya).get("pilots", cursor=cursor)
    if response.status_code != 200:  # an offset within its bounds is no forgery
        assert_problem(response, 400, "cursor_invalid")


@pytest.mark.parametrize("size", ["0", "-1", "x", "9" * 5000, "\x00"])
def test_page_sizes_that_are_none_are_ignored(cast: Cast, as_user: Callable[..., Caller], size: str) -> None:
    assert as_user(cast.kaya).get("pilots", page_size=size).status_code == 200


def test_nobody_learns_of_more_than_a_hundred_rows_at_once() -> None:
    from backend.api.pagination import Cursor

    assert Cursor.max_page_size == 100


def test_the_sentence_is_in_the_readers_language(
    cast: Cast, clock: Clock, as_user: Callable[..., Caller]
) -> None:
    english = as_user(cast.kaya).get(f"pilots/{cast.samir.pk}")
    assert json.loads(english.content)["detail"] == "We do not know this pilot."
    assert english.headers["Content-Language"] == "en"

    cast.kaya.language = "de"
    cast.kaya.save(update_fields=["language"])
    assert (
        as_user(cast.kaya, **{"accept-language": None})
        .get(f"pilots/{cast.samir.pk}")
        .headers["Content-Language"]
        == "de"
    )


def test_an_error_of_ours_tells_the_log_where_and_nobody_what(
    cast: Cast, anonymous: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**values: Any) -> None:
        raise RuntimeError(values["person"].name)

    monkeypatch.setattr(pilot_commands, "register_pilot", fail)
    monkeypatch.setattr(errors, "_log", REAL_LOG)
    with caplog.at_level(logging.ERROR, logger="backend.api.errors"):
        response = anonymous.post("pilots", bodies.a_pilot("dilan@mail.example"))
    assert_problem(response, 500, "internal_error")
    ours = [record.getMessage() for record in caplog.records if record.name == "backend.api.errors"]
    assert "view=PilotViews error=RuntimeError" in ours[0]
    assert "Dilan" not in caplog.text
    assert b"Dilan" not in response.content


REAL_LOG = errors._log
