"""Does the table of access say what the views say of themselves: their gates, their scopes?"""

from django.urls import get_resolver

from backend.privacy.access.api import READ_SCOPES
from backend.privacy.access.fields import FIELDS
from backend.privacy.access.matrix import ADDRESSES, operations, unknown
from backend.privacy.access.readers import (
    ADMIN,
    ASKING,
    DESKS,
    EVERYBODY,
    PILOTS,
    SIGNED_IN,
    STAFF,
    Readers,
)
from backend.web.gates import Gate
from tests.architecture.routes import Route, walk

WHO_PASSES: dict[Gate, Readers] = {
    Gate.PUBLIC: EVERYBODY,
    Gate.LINK: EVERYBODY,
    Gate.DEMO: EVERYBODY,
    Gate.MACHINE: EVERYBODY,
    Gate.SIGNED_IN: SIGNED_IN,
    Gate.PILOT: PILOTS,
    Gate.REQUESTER: ASKING,
    Gate.COORDINATOR: DESKS,
    Gate.ADMIN: ADMIN,
    Gate.STAFF: STAFF,
}


def routes() -> list[Route]:
    return list(walk(get_resolver().url_patterns))


def test_the_table_knows_every_address(db: None) -> None:  # so that there is a database for the town
    """A new page or operation gets its line in backend/privacy/access: pages.py, account_pages.py or api.py."""
    assert unknown(route.path for route in routes()) == []


def test_no_operation_stands_there_twice() -> None:
    names = [(operation.method, operation.path) for operation in operations()]

    assert len(names) == len(set(names)) > 200
    assert len({field.key for field in FIELDS}) == len(FIELDS)


def test_gates_are_those_of_the_views() -> None:
    gates = {address.path: address.gate for address in ADDRESSES}
    gated = [route for route in routes() if isinstance(getattr(route.view, "gate", None), Gate)]

    assert len(gated) > 100
    assert [route.path for route in gated if gates[route.path] != WHO_PASSES[route.view.gate]] == []


def test_scopes_are_those_of_the_views() -> None:
    table = {(operation.method, operation.path): operation.scopes for operation in operations()}
    views = {
        (method.upper(), route.path): view
        for route in routes()
        if route.is_api and not route.of_others
        for method, view in route.operations()
    }
    differing = [
        name
        for name, view in views.items()
        if (
            tuple(view.read_scopes) != READ_SCOPES.get(name[1], ("read",))
            if name[0] == "GET"
            else set(view.scopes) != set(table[name])
        )
    ]

    assert len(views) > 80
    assert differing == []
