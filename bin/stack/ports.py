"""Which port is free?"""

import os
import socket

from stack.errors import StackError

FIRST, LAST = 8000, 8020


def is_free(port: int) -> bool:
    """Whether we could listen there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def any_free_port() -> int:
    """Some free port of the loopback address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web_port() -> int:
    """PORT, which must be free then, or the first free one from 8000 on."""
    if named := os.environ.get("PORT"):
        if not named.isdigit() or not 0 < int(named) < 65536:
            raise StackError(f"PORT={named} is no port number.")
        if not is_free(int(named)):
            raise StackError(f"Port {named} (from PORT) is taken or not allowed. Choose another one.")
        return int(named)
    for port in range(FIRST, LAST + 1):
        if is_free(port):
            return port
    raise StackError(f"The ports {FIRST} to {LAST} are all taken. Name a free one: PORT=… bin/run")
