"""As which operating-system user do the servers run? PostgreSQL refuses root, and nothing here needs it."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunAs:
    """An unprivileged user that root hands processes and folders to."""

    name: str
    uid: int
    gid: int

    @property
    def popen_arguments(self) -> dict[str, Any]:
        """Keyword arguments that make subprocess start a child as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand the file or folder to this user."""
        os.chown(path, self.uid, self.gid)

    def may_enter(self, folder: Path) -> bool:
        """Whether this user reaches and reads the folder."""
        return self.succeeds(["/bin/sh", "-c", 'cd "$0" && test -r .', str(folder)])

    def succeeds(self, command: list[str], cwd: Path | None = None) -> bool:
        """Whether the command, run as this user, exits with 0."""
        try:
            done = subprocess.run(
                command, cwd=cwd or "/", capture_output=True, timeout=60, **self.popen_arguments
            )
        except OSError:
            return False
        return done.returncode == 0


def default_run_as() -> RunAs | None:
    """The unprivileged user for servers started by root; None when we are not root and stay ourselves."""
    if os.geteuid() != 0:
        return None
    # Debian's PostgreSQL package brings "postgres"; "nobody" is everywhere.
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise LookupError("neither a postgres nor a nobody user exists")


def popen_arguments(run_as: RunAs | None) -> dict[str, Any]:
    """Keyword arguments for subprocess; none when the child stays who we are."""
    return run_as.popen_arguments if run_as else {}
