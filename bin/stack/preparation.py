"""Is everything there that the stack needs: folders, room on the disk, programs, packages?"""

from stack.assets import ensure_assets
from stack.console import Console
from stack.paths import Checkout, check_free_space, checked_var, make_folder
from stack.python_packages import ensure_python_packages
from stack.run_lock import RunLock
from stack.system_packages import ensure_system_packages


def prepare(console: Console, checkout: Checkout, *, for_tests: bool) -> None:
    """Install what is missing. One at a time: bin/run and bin/test share .venv."""
    var = checked_var(checkout)
    check_free_space(checkout.root, var)
    log = make_folder(var / "log", None, 0o755) / "setup.log"
    lock = RunLock(var / "setup.lock", "set-up").wait_for(console)
    try:
        ensure_system_packages(console, checkout, log, for_tests=for_tests)
        ensure_python_packages(console, checkout, log, for_tests=for_tests)
        ensure_assets(console, checkout, log, for_tests=for_tests)
    finally:
        lock.release()
