"""Which programs and libraries does the stack need, and where are they on this machine?"""

import ctypes.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

POSTGIS = "extension/postgis.control"
PANGO = ("pango-1.0", "pangoft2-1.0")  # lays out the letters of PDFs
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class PostgresPrograms:
    """One installed PostgreSQL version that has PostGIS."""

    version: str
    folder: Path

    def program(self, name: str) -> str:
        return str(self.folder / name)


def installed_postgres() -> list[PostgresPrograms]:
    """All installed versions with PostGIS, newest first."""
    found = {}
    for folder in Path("/usr/lib/postgresql").glob("*/bin"):
        version = folder.parent.name
        if (folder / "initdb").exists() and Path(f"/usr/share/postgresql/{version}/{POSTGIS}").exists():
            found[version] = PostgresPrograms(version, folder)
    # Other systems keep one version, reachable by PATH.
    if not found and (initdb := shutil.which("initdb")):
        folder = Path(initdb).resolve().parent
        shares = [folder.parent / "share" / part for part in ("", "postgresql", "pgsql")]
        if any((share / POSTGIS).exists() for share in shares) and (number := major_version(folder)):
            found[number] = PostgresPrograms(number, folder)
    return sorted(found.values(), key=lambda programs: float(programs.version), reverse=True)


def major_version(folder: Path) -> str | None:
    """The major version by `postgres --version` of the folder."""
    answer = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
    match = re.search(r"\) (\d+)", answer)
    return match[1] if match else None


def redis_program() -> str | None:
    """redis-server, or valkey-server, which speaks the same protocol."""
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium_program() -> str | None:
    """A Chromium for the browser tests; CHROMIUM wins. Ubuntu's pointer to an absent snap does not count."""
    named = os.environ.get("CHROMIUM")
    for name in (named,) if named else CHROMIUM_NAMES:
        path = shutil.which(name)
        if path and (
            not Path(path).is_file() or b"snap" not in Path(path).read_bytes()[:4096] or shutil.which("snap")
        ):
            return path
    return None


def has_library(name: str) -> bool:
    """Whether the dynamic linker knows the library."""
    return ctypes.util.find_library(name) is not None


def missing_programs(*, for_tests: bool) -> list[str]:
    """The names of what is missing, in words."""
    checks = {
        "PostgreSQL with PostGIS": bool(installed_postgres()),
        "Redis": redis_program() is not None,
        "GDAL": has_library("gdal") and has_library("geos_c"),
        "gettext": shutil.which("msgfmt") is not None,
        "Pango": all(has_library(name) for name in PANGO),
    }
    if for_tests:
        checks["Chromium"] = chromium_program() is not None
    return [name for name, there in checks.items() if not there]
