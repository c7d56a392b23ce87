"""What does bin/test do, from set-up to pytest's exit code?"""

import os
import subprocess
import time
from collections.abc import Sequence
from contextlib import ExitStack

from stack.console import Console
from stack.errors import StackError
from stack.paths import Checkout, checked_var, make_folder, servers_state
from stack.preparation import prepare
from stack.product import Product
from stack.programs import chromium_program
from stack.run_lock import RunLock
from stack.servers import running_servers


def run(console: Console, arguments: Sequence[str]) -> int:
    """Set up, start servers of the tests' own, run pytest; its exit code."""
    checkout = Checkout.here()
    with ExitStack() as cleanup:
        folder = make_folder(checked_var(checkout) / "test", None, 0o755)
        cleanup.enter_context(RunLock(folder / "run.lock", "bin/test"))
        prepare(console, checkout, for_tests=True)
        state = servers_state(checkout, "test")
        servers = cleanup.enter_context(running_servers(console, checkout, state, durable=False))
        environment = servers.environment(PLAIN_STATIC="1", CHROMIUM=chromium_program() or "")
        Product(console, servers, environment, None).compile_messages()
        return run_pytest(console, checkout, environment, with_workers(arguments))


def with_workers(arguments: Sequence[str]) -> list[str]:
    """Two workers, tests of one group on the same one, unless the caller says otherwise or wants to debug."""
    own_way = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "no:xdist", "-pno:xdist")
    if any(argument.startswith(own_way) for argument in arguments):
        return list(arguments)
    return ["-n", "2", "--dist", "loadgroup", *arguments]


def run_pytest(
    console: Console, checkout: Checkout, environment: dict[str, str], arguments: list[str]
) -> int:
    """Run pytest in the foreground, so that --pdb and Ctrl-C work as usual; its exit code."""
    child = subprocess.Popen(
        [checkout.python, "-m", "pytest", *arguments], cwd=checkout.root, env=environment | {"PYTHONPATH": ""}
    )
    asked = False
    while (code := child.poll()) is None:
        if console.stop.requested and not asked:
            # The terminal has told pytest too, but a supervisor's SIGTERM has not.
            asked = True
            child.terminate() if not os.isatty(0) else None
        time.sleep(0.1)
    if code < 0:
        raise StackError(f"pytest was ended by signal {-code}.")
    return code
