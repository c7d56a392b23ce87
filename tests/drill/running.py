"""How is the drill run: in a process of its own, on a database of its own, with servers that are there to be lost?"""

import json
import os
import subprocess
import sys
from typing import Any

import redis
from stack.servers import Servers

from tests.faults.town import ROOT

QUEUE = 14  # of the sixteen databases of Redis


def drilled(servers: Servers, *, name: str, families: int, faults: bool) -> dict[str, Any]:
    """What `course.Found` holds; the product's log, its mail store, ledger and backups lie in the state folder."""
    servers.postgres.query(f'DROP DATABASE IF EXISTS "{name}"', "postgres")
    servers.postgres.query(f'CREATE DATABASE "{name}" TEMPLATE ilos', "postgres")
    with redis.Redis.from_url(servers.redis.url_of(QUEUE)) as queue:
        queue.flushdb()
    folder = servers.state.folder(name)
    state = servers.state
    environment = servers.environment(
        DATABASE_URL=servers.postgres.url_of(name),
        REDIS_URL=servers.redis.url_of(QUEUE),
        BROKER_URL=servers.redis.broker_url_of(QUEUE),
        ERASURE_LEDGER_FILE=str(folder / "erasures.jsonl"),
        ALLOWED_HOSTS="localhost,127.0.0.1,testserver",
        LOG_FORMAT="json",
        PLAIN_STATIC="1",
        PYTHONPATH=str(ROOT / "bin"),  # what draws ports imports from there
        DRILL_FOLDERS=os.pathsep.join([str(state.root / "redis"), str(state.logs or state.root / "log")]),
    )
    with (folder / "product.log").open("wb") as log:
        done = subprocess.run(
            [sys.executable, "-m", "tests.drill.course", str(folder), str(families)]
            + (["--faults"] if faults else []),
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert done.returncode == 0, (folder / "product.log").read_text()[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
