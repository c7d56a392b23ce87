"""Servers of these tests' own, since they are killed: one cluster and one Redis, a fresh database for each test."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count

import pytest
from stack import Checkout, PostgresCluster, RedisServer, temporary_state
from stack.leftovers import Register
from stack.secrets import ensure_secrets
from stack.servers import Servers
from stack.stamps import Stamps

from tests.faults.product import Product, running_product
from tests.faults.town import ROOT, people_command

NewProduct = Callable[..., Product]
NUMBERS = count(1)  # of databases and queues; Redis has sixteen


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """Both servers, running, with the product's tables and a small town in the database `ilos`."""
    with ExitStack() as cleanup:
        state = cleanup.enter_context(temporary_state("faults"))
        found = Servers(
            checkout=Checkout(ROOT),
            state=state,
            postgres=cleanup.enter_context(PostgresCluster(state, durable=False)),
            redis=cleanup.enter_context(RedisServer(state)),
            secrets=ensure_secrets(state, database_is_new=True),
            stamps=Stamps(state.folder("stamps")),
            register=Register(state.folder("processes")),
        )
        for command in ([sys.executable, "manage.py", "migrate", "-v0"], people_command("fill")):
            done = subprocess.run(command, cwd=ROOT, env=found.environment(), capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        yield found


@pytest.fixture
def new_product(servers: Servers) -> Iterator[NewProduct]:
    """Makes a product with the given settings; it ends with the test."""
    for server in (servers.postgres, servers.redis):
        if not server.process.is_running:  # the test before failed between kill and start
            server.start()
    with ExitStack() as cleanup:
        yield lambda **settings: cleanup.enter_context(running_product(servers, next(NUMBERS), **settings))
