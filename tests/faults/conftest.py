"""Servers of these tests' own, since they are killed: one cluster and one Redis, a fresh database for each test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from stack.servers import Servers

from tests.faults.own_servers import own_servers
from tests.faults.product import Product, running_product

NewProduct = Callable[..., Product]
NUMBERS = count(1)  # of databases and queues


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Both servers, running, with the product's tables and a small town in the database `ilos`."""
    with own_servers() as found:
        yield found


@pytest.fixture
def new_product(servers: Servers) -> Iterator[NewProduct]:
    """Makes a product with the given settings; it ends with the test."""
    for server in (servers.postgres, servers.redis):
        if not server.process.is_running:  # the test before failed between kill and start
            server.start()
    with ExitStack() as cleanup:
        yield lambda **settings: cleanup.enter_context(running_product(servers, next(NUMBERS), **settings))
