"""Where does everything lie: checkout, state of the servers, sockets, logs?"""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.run_as import RunAs, default_run_as

# A unix socket's address holds 107 bytes; the longest name we make is PostgreSQL's.
SOCKET_PATH_BYTES = 107
LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
NEEDED_FREE_BYTES = 1024**3


@dataclass(frozen=True)
class Checkout:
    """The work tree: sources, virtual environment, and var/ for all that is made while running."""

    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @classmethod
    def here(cls) -> "Checkout":
        """The checkout that this file belongs to."""
        return cls(Path(__file__).resolve().parents[2])


@dataclass(frozen=True)
class StateFolder:
    """A folder in which servers keep their data and logs, owned by whom they run as."""

    root: Path
    run_as: RunAs | None = None
    logs: Path | None = None

    def folder(self, name: str, mode: int = 0o700) -> Path:
        """The named folder inside, made when missing, owned by the servers' user."""
        return make_folder(self.root / name, self.run_as, mode)

    def log(self, name: str) -> Path:
        """The log file of the named process."""
        return make_folder(self.logs or self.root / "log", None, 0o755) / f"{name}.log"

    @property
    def sockets(self) -> Path:
        """A private folder whose path leaves room for a socket's name and needs no quoting in URLs."""
        inside = self.root / "sockets"
        if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_BYTES and re.fullmatch(
            r"[A-Za-z0-9/_.-]+", str(inside)
        ):
            return self.folder("sockets")
        return private_folder(Path("/tmp") / f"ilos-{short_hash(self.root)}", self.run_as)


def short_hash(path: Path) -> str:
    """Ten characters that stand for the path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def make_folder(path: Path, run_as: RunAs | None, mode: int) -> Path:
    """The folder, made when missing; says what to do when something else is in its place."""
    try:
        if not path.is_dir():
            path.mkdir(mode=mode, parents=True)
            path.chmod(mode)
        if run_as:
            run_as.own(path)
    except FileExistsError:
        raise StackError(
            f"{path} is a file where a folder is needed. Move it away and start again."
        ) from None
    except NotADirectoryError:
        raise StackError(f"A part of {path} is a file where a folder is needed. Move it away.") from None
    except PermissionError as error:
        raise StackError(
            f"{path} cannot be made or used: {error.strerror}. Was it made by another user (root)? "
            f"Give it back (chown -R {os.environ.get('USER', 'you')} {path}) or delete it, and start again."
        ) from None
    return path


def private_folder(path: Path, run_as: RunAs | None) -> Path:
    """A folder in a place open to everybody that is nobody's but ours: never a link, never another user's."""
    owner = run_as.uid if run_as else os.geteuid()
    make_folder(path, None, 0o700) if not path.is_symlink() else None
    facts = path.lstat()
    if run_as and facts.st_uid == 0 and stat.S_ISDIR(facts.st_mode):
        run_as.own(path)
        facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o077:
        raise StackError(f"{path} is not a private folder of ours. Delete it and start again.")
    return path


def checked_var(checkout: Checkout) -> Path:
    """var/, which must be a folder that we may write to."""
    make_folder(checkout.var, None, 0o755)
    if not os.access(checkout.var, os.W_OK | os.X_OK):
        raise StackError(
            f"{checkout.var} is not writable for you. Give it back with chown, or delete it, and start again."
        )
    return checkout.var


def check_free_space(*folders: Path) -> None:
    """Refuse to begin on a disk that is as good as full."""
    for folder in folders:
        free = shutil.disk_usage(folder).free
        if free < NEEDED_FREE_BYTES:
            raise StackError(
                f"The disk of {folder} is full: {free // 1024**2} MB are free, 1 GB is needed. "
                f"Make room and start again."
            )


def servers_state(checkout: Checkout, purpose: str | None = None) -> StateFolder:
    """Where this checkout's servers live: var/, or a system folder when root's servers cannot enter it."""
    run_as = default_run_as()
    var = checked_var(checkout)
    logs = make_folder(var / purpose / "log" if purpose else var / "log", None, 0o755)
    root = make_folder(var / purpose, None, 0o755) if purpose else var
    if run_as and not run_as.may_enter(root):
        # Only root gets here, and only root may write there.
        root = make_folder(Path("/var/lib") / f"ilos-{short_hash(root)}", run_as, 0o755)
    return StateFolder(root, run_as, logs)


@contextmanager
def temporary_state(label: str) -> Iterator[StateFolder]:
    """A state folder of its own under the system's temporary folder, removed at the end (for tests)."""
    run_as = default_run_as()
    root = Path(tempfile.mkdtemp(prefix=f"ilos-{label}-"))
    try:
        if run_as:
            run_as.own(root)
        yield StateFolder(root, run_as)
    finally:
        shutil.rmtree(root, ignore_errors=True)
