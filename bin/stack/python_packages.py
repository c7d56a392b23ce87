"""Are the locked Python packages in .venv, and nothing older?"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.console import CommandFailed, Console
from stack.errors import StackError
from stack.paths import Checkout

LOCKS = {False: "requirements.lock", True: "requirements-dev.lock"}
NO_NETWORK = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|Network is unreachable"
    r"|ConnectTimeoutError|No route to host|Connection refused"
)


@dataclass(frozen=True)
class Stamp:
    """Which lock file, with which content, the environment was filled from."""

    lock: str
    sha256: str

    @classmethod
    def of(cls, checkout: Checkout, lock: str) -> "Stamp":
        return cls(lock, hashlib.sha256((checkout.root / lock).read_bytes()).hexdigest())


def ensure_python_packages(console: Console, checkout: Checkout, log: Path, *, for_tests: bool) -> None:
    """Make or mend .venv so that it holds the locked packages; one made for tests serves the product too."""
    stamp_file, unfinished = checkout.venv / "locked.json", checkout.venv / "unfinished"
    stamp = read_stamp(stamp_file)
    usable = not unfinished.exists() and works(checkout.python)
    fitting = [Stamp.of(checkout, LOCKS[True])] + ([] if for_tests else [Stamp.of(checkout, LOCKS[False])])
    if usable and stamp in fitting:
        return
    # Once filled for tests, always for tests: the two commands would otherwise take turns.
    lock = LOCKS[for_tests or (stamp is not None and stamp.lock == LOCKS[True])]
    if not usable:
        with console.step("Virtual environment .venv"):
            remake(console, checkout, log)
    unfinished.touch()
    stamp_file.unlink(missing_ok=True)
    with console.step(f"Python packages from {lock}"):
        install(console, checkout, lock, log)
    stamp_file.write_text(json.dumps(asdict(Stamp.of(checkout, lock))))
    unfinished.unlink()


def read_stamp(path: Path) -> Stamp | None:
    """The stamp, or None when there is none that can be read."""
    try:
        return Stamp(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def works(python: Path) -> bool:
    """Whether the environment's Python runs, is new enough and has pip."""
    try:
        check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([python, "-c", check], capture_output=True).returncode == 0
    except OSError:
        return False


def remake(console: Console, checkout: Checkout, log: Path) -> None:
    """A new, empty environment in place of whatever is there."""
    venv = checkout.venv
    if venv.is_symlink() or (venv.exists() and not venv.is_dir()):
        raise StackError(f"{venv} is no folder of ours. Move it away and start again.")
    try:
        shutil.rmtree(venv, ignore_errors=False) if venv.exists() else None
    except OSError as error:
        raise StackError(
            f"{venv} cannot be made anew ({error.strerror}). Delete it and start again."
        ) from None
    console.run([sys.executable, "-m", "venv", venv], log=log)


def install(console: Console, checkout: Checkout, lock: str, log: Path) -> None:
    """Install exactly what the lock file names, each file checked against its hash."""
    pip = (checkout.python, "-m", "pip", "--disable-pip-version-check", "--no-input", "install")
    options = ("--retries", "2", "--progress-bar", "off", "--require-hashes", "-r", checkout.root / lock)
    try:
        console.run([*pip, *options], log=log)
    except CommandFailed as error:
        if "No space left on device" in error.output:
            raise StackError(f"The disk is full. Make room and start again.\n{error}") from error
        if NO_NETWORK.search(error.output):
            raise StackError(
                f"No network: {lock} must be downloaded once, and pip reaches no package index.\n{error}"
            ) from error
        raise
