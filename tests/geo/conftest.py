"""A real HTTP server, a small gazetteer, and the check of a refusal."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from geo.address import GeoError
from geo.imports import read_places
from geo.models import GazetteerEntry
from geo.polite_http import PoliteClient
from tests.geo.geocoding_server import GeocodingServer, running
from tests.geo.place_rows import SMALL_LIST


@pytest.fixture
def server() -> Iterator[GeocodingServer]:
    with running() as server:
        yield server


@pytest.fixture
def client(server) -> PoliteClient:
    """Asks the server without a pause between questions."""
    return PoliteClient(
        base_url=server.url,
        user_agent="ilos-tests",
        timeout_seconds=2,
        min_interval_seconds=0,
        inside=["127.0.0.1"],
    )


@pytest.fixture
def small_gazetteer(db) -> None:
    checked = read_places(SMALL_LIST)
    assert not checked.refused
    GazetteerEntry.objects.save_rows(checked.accepted)


@pytest.fixture
def refuses() -> Callable[..., Any]:
    """Calls something that must raise a GeoError of this code, and returns the error."""

    def call(code: str, function: Callable[..., Any], *args: Any, **kwargs: Any) -> GeoError:
        with pytest.raises(GeoError) as caught:
            function(*args, **kwargs)
        assert caught.value.code == code
        return caught.value

    return call
