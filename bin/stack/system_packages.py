"""What must be installed on the system, and how does it get there without starting or enabling anything?"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from stack.console import CommandFailed, Console
from stack.errors import StackError
from stack.paths import Checkout
from stack.programs import missing_programs

NO_NETWORK = re.compile(
    r"Could not resolve|Temporary failure (in name resolution|resolving)|Failed to fetch|Unable to connect"
    r"|Network is unreachable|Could not connect"
)
DISK_FULL = re.compile(r"No space left on device|You don't have enough free space")
CONTAINER_WAY = (
    "Or use containers, which bring everything: "
    "bin/make-secrets --demo && docker compose up --build (see README.md)."
)
PYTHON_VENV = "Python's venv module"


def ensure_system_packages(console: Console, checkout: Checkout, log: Path, *, for_tests: bool) -> None:
    """Install by apt what is missing, and only that."""
    missing = all_missing(checkout, for_tests=for_tests)
    if not missing:
        return
    console.say(f"Missing on this machine: {', '.join(missing)}.")
    if shutil.which("apt-get") is None:
        raise StackError(
            f"There is no apt here: please install {', '.join(missing)} yourself.\n{CONTAINER_WAY}"
        )
    become_root = privileges(missing)
    script = checkout.root / "bin" / "lib" / "apt.sh"
    try:
        with console.step("apt-get update"):
            console.run([*become_root, "sh", script, "update"], log=log)
        packages = [package for name in missing for package in packages_for(name)]
        with console.step(f"apt-get install {' '.join(packages)}"):
            console.run([*become_root, "sh", script, "install", *packages], log=log)
    except CommandFailed as error:
        raise explained(error, missing) from error
    if still := all_missing(checkout, for_tests=for_tests):
        raise StackError(
            f"Still missing after the installation: {', '.join(still)}. See {log}.\n{CONTAINER_WAY}"
        )


def all_missing(checkout: Checkout, *, for_tests: bool) -> list[str]:
    """Programs, libraries, and the module that makes a virtual environment unless there is one already."""
    missing = missing_programs(for_tests=for_tests)
    if not checkout.python.exists() and importlib.util.find_spec("ensurepip") is None:
        missing.append(PYTHON_VENV)
    return missing


def packages_for(name: str) -> list[str]:
    """The packages of this release that bring what is missing; asks apt where names differ."""
    match name:
        case "PostgreSQL with PostGIS":
            return postgres_packages()
        case "Redis":
            return ["redis-server"] if is_available("redis-server") else ["valkey-server"]
        case "GDAL":
            return ["gdal-bin"]
        case "gettext":
            return ["gettext"]
        case "Pango":
            # Cuts the fonts of a PDF down to its letters; older releases have none.
            smaller = "libharfbuzz-subset0"
            return ["libpango-1.0-0", "libpangoft2-1.0-0", *([smaller] if is_available(smaller) else [])]
        case "Chromium":
            if not is_available("chromium"):
                raise StackError(
                    "Chromium is missing, and apt has none here (Ubuntu ships it as a snap). Install it by\n"
                    "  sudo snap install chromium\n"
                    "or install Google Chrome, or name a browser in CHROMIUM, and start again."
                )
            return ["chromium"]
        case _:
            if not sys.executable.startswith("/usr/bin/"):
                raise StackError(
                    f"{sys.executable} cannot make virtual environments. Name another: PYTHON=… bin/run"
                )
            return [f"python3.{sys.version_info.minor}-venv"]


def postgres_packages() -> list[str]:
    """PostGIS for the server that is there already, otherwise for the newest that apt offers."""
    names = subprocess.run(
        ["apt-cache", "pkgnames", "postgresql-"], capture_output=True, text=True, check=True
    ).stdout.split()
    offered = sorted(
        (int(match[1]) for name in names if (match := re.fullmatch(r"postgresql-(\d+)-postgis-3", name))),
        reverse=True,
    )
    installed = {path.parent.parent.name for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    for version in [*(v for v in offered if str(v) in installed), *offered]:
        if is_available(f"postgresql-{version}") and is_available(f"postgresql-{version}-postgis-3"):
            return [f"postgresql-{version}", f"postgresql-{version}-postgis-3"]
    raise StackError(f"apt offers no PostgreSQL with PostGIS 3 here.\n{CONTAINER_WAY}")


def is_available(package: str) -> bool:
    """Whether apt could install the package (a transitional one that only points to snap does not count)."""
    answer = subprocess.run(["apt-cache", "policy", package], capture_output=True, text=True).stdout
    match = re.search(r"Candidate: (\S+)", answer)
    return match is not None and match[1] != "(none)" and "snap" not in match[1]


def privileges(missing: list[str]) -> list[str]:
    """What to put before a command so that it runs as root."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        if subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
            return ["sudo", "-n"]
        if sys.stdin and sys.stdin.isatty():
            print("sudo may ask for your password to install them.", flush=True)
            if subprocess.run(["sudo", "-v"]).returncode == 0:
                return ["sudo"]
    raise StackError(
        f"Installing {', '.join(missing)} needs root, and sudo is not to be had. "
        f"Let an administrator install it by apt, and start again.\n{CONTAINER_WAY}"
    )


def explained(error: CommandFailed, missing: list[str]) -> StackError:
    """The same failure, led by its cause where we know it."""
    wanted = ", ".join(missing)
    if DISK_FULL.search(error.output):
        return StackError(
            f"The disk is full: {wanted} could not be installed. Make room and start again.\n{error}"
        )
    if NO_NETWORK.search(error.output):
        return StackError(
            f"No network: {wanted} must be installed once, and apt reaches no package server.\n{error}"
        )
    return error
