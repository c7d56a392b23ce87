"""What do bin/test, bin/bench and bin/screens do, from set-up to the exit code of what they run?"""

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


def run_tests(console: Console, arguments: Sequence[str]) -> int:
    """Run pytest on servers of its own; its exit code."""
    return run(console, "test", ["pytest", *with_workers(arguments)])


def run_bench(console: Console, arguments: Sequence[str]) -> int:
    """Run the benches on servers of their own; 1 when a target is missed."""
    return run(console, "bench", ["benchmarks", *arguments])


def run_screens(console: Console, arguments: Sequence[str]) -> int:
    """Take pictures of the screens on servers of their own; its exit code."""
    return run(console, "screens", ["tests.browser.gallery", *arguments])


def run(console: Console, name: str, module: list[str]) -> int:
    """Set up, start servers under var/<name>, run a Python module on them; its exit code."""
    checkout = Checkout.here()
    with ExitStack() as cleanup:
        folder = make_folder(checked_var(checkout) / name, None, 0o755)
        cleanup.enter_context(RunLock(folder / "run.lock", f"bin/{name}"))
        prepare(console, checkout, for_tests=True)
        state = servers_state(checkout, name)
        servers = cleanup.enter_context(running_servers(console, checkout, state, durable=False))
        environment = servers.environment(
            PLAIN_STATIC="1", STATIC_ROOT=str(state.folder("static")), CHROMIUM=chromium_program() or ""
        )
        Product(console, servers, environment, None).compile_messages()
        return run_module(console, checkout, environment, module)


def with_workers(arguments: Sequence[str]) -> list[str]:
    """Three workers, tests of one group on the same one, unless the caller says otherwise or wants to debug.

    More than the two processors one can count on: browsers, leases and killed servers are mostly waited for.
    """
    own_way = ("-n", "--numprocesses", "--dist", "--pdb", "--trace", "no:xdist", "-pno:xdist")
    if any(argument.startswith(own_way) for argument in arguments):
        return list(arguments)
    return ["-n", "3", "--dist", "loadgroup", *arguments]


def run_module(console: Console, checkout: Checkout, environment: dict[str, str], module: list[str]) -> int:
    """Run it in the foreground, so that --pdb and Ctrl-C work as usual; its exit code."""
    child = subprocess.Popen(
        [checkout.python, "-m", *module],
        cwd=checkout.root,
        env=environment
        | {"PYTHONPATH": str(checkout.root / "bin")},  # what starts processes imports this package
    )
    asked = False
    while (code := child.poll()) is None:
        if console.stop.requested and not asked:
            # The terminal has told the child too, but a supervisor's SIGTERM has not.
            asked = True
            child.terminate() if not os.isatty(0) else None
        time.sleep(0.1)
    if code < 0:
        raise StackError(f"{module[0]} was ended by signal {-code}.")
    return code
