"""What surrounds the product: servers, processes and set-up. Standard library only, no Django."""

from stack.paths import Checkout, StateFolder, temporary_state
from stack.postgres import PostgresCluster
from stack.process import ManagedProcess
from stack.redis_server import RedisServer
from stack.run_as import RunAs, default_run_as

__all__ = [
    "Checkout",
    "ManagedProcess",
    "PostgresCluster",
    "RedisServer",
    "RunAs",
    "StateFolder",
    "default_run_as",
    "temporary_state",
]
