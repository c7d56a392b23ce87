"""How does everything in the database get into one sealed file, as of one moment, while people go on working?"""

import json
import os
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from backend.operations.manifest import Manifest, taken
from backend.operations.postgres import Database, program
from backend.operations.sealing import DUMP, FRAME_BYTES, MANIFEST, Sealed

NAME = re.compile(r"ilos-\d{8}T\d{6}Z\.backup")
COMPRESSION = "3"  # the higher levels cost three times the time for a tenth of the size


class BackupFailed(Exception):
    """No backup was made; the text says why."""


@dataclass(frozen=True)
class Done:
    """What a backup holds, and what it took."""

    manifest: Manifest
    bytes: int
    seconds: float


def write_backup(out: IO[bytes], *, database: Database, to: X25519PublicKey, now: datetime) -> Done:
    """Manifest and dump of one snapshot, sealed, into `out`. Nothing is written in clear, on no disk."""
    started, counted = time.monotonic(), _Counted(out)
    sealed = Sealed(counted, to)
    with database.connect() as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")
        connection.commit()
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]  # type: ignore[index]
        manifest = taken(connection, made_at=now.astimezone(UTC).isoformat(timespec="seconds"))
        sealed.write(MANIFEST, json.dumps(manifest.as_dict()).encode())
        command = [
            program("pg_dump", server=manifest.server_version),
            *(
                "--format=custom",
                f"--compress={COMPRESSION}",
                "--no-owner",
                "--no-privileges",
                "--no-comments",
            ),
            *("--lock-wait-timeout=30s", f"--snapshot={snapshot}"),
        ]
        with subprocess.Popen(  # noqa: S603 - our own words, no shell
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=database.environment
        ) as dump:
            assert dump.stdout and dump.stderr
            while part := dump.stdout.read(FRAME_BYTES):
                sealed.write(DUMP, part)
            complaint = dump.stderr.read().decode(errors="replace")
        if dump.returncode != 0:
            raise BackupFailed(complaint.strip() or f"pg_dump ended with {dump.returncode}")
    sealed.end()
    return Done(manifest, counted.bytes, time.monotonic() - started)


@contextmanager
def new_file(folder: Path, *, now: datetime) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file of the folder that appears under its name only when it is whole and on the disk."""
    path = folder / f"ilos-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.backup"
    half = path.with_suffix(".half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            yield path, out
            out.flush()
            os.fsync(out.fileno())
        half.rename(path)
        _sync(folder)
    except BaseException:
        half.unlink(missing_ok=True)
        raise


def kept(folder: Path) -> list[Path]:
    """The backups of the folder, latest first."""
    return sorted((path for path in folder.iterdir() if NAME.fullmatch(path.name)), reverse=True)


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Delete the oldest beyond `keep`; what was deleted. Files of other names are nobody's business."""
    surplus = kept(folder)[keep:]
    for path in surplus:
        path.unlink()
    return surplus


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Counted:
    """Counts what goes through."""

    def __init__(self, out: IO[bytes]) -> None:
        self.out, self.bytes = out, 0

    def write(self, content: bytes) -> int:
        self.bytes += len(content)
        return self.out.write(content)
