"""Where do servers come from that are there to be killed?"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from stack import Checkout, PostgresCluster, RedisServer, temporary_state
from stack.leftovers import Register
from stack.secrets import ensure_secrets
from stack.servers import Servers
from stack.stamps import Stamps

from tests.faults.town import PEOPLE, ROOT, people_command


@contextmanager
def own_servers(people: str = PEOPLE) -> Iterator[Servers]:
    """A cluster and a Redis of their own, running, with the product's tables and these people in database `ilos`."""
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
        for command in ([sys.executable, "manage.py", "migrate", "-v0"], people_command("fill", people)):
            done = subprocess.run(command, cwd=ROOT, env=found.environment(), capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        yield found
