"""How long do a backup and its way back take, and is what comes back the same?

A region's database is filled up to a gigabyte with sealed-looking texts, which do not compress, saved, dropped,
restored and compared table by table.
"""

import io
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from django.utils import timezone

from backend.operations.backup import write_backup
from backend.operations.manifest import taken
from backend.operations.postgres import Database
from backend.operations.restore import restore, scratch_beside
from backend.operations.sealing import CannotOpen, new_pair, opened, opener, recipient
from benchmarks import region
from benchmarks.database import scratch_database
from benchmarks.rows import Row

GIGABYTE = 10**9
MINUTES = 15
PILOTS, REQUESTS, QUICK_REQUESTS = 2_000, 20_000, 1_000
FILL = """
INSERT INTO people_identity (id, name, phone, street, note, created_at)
SELECT gen_random_uuid(), '', '', '',
       'v1:bench:' || string_agg(encode(sha256((i || '-' || n)::bytea), 'base64'), ''), now()
FROM generate_series(%s, %s) AS i, generate_series(1, 60) AS n GROUP BY i
"""
BATCH = 20_000
DAMAGES = 20


def run(quick: bool) -> list[Row]:
    """Minutes there and back, and the tables that differ."""
    wanted = 30 * 10**6 if quick else GIGABYTE
    public, private = new_pair()
    with scratch_database(), TemporaryDirectory(dir=_folder()) as folder:
        region.build(600 if quick else PILOTS, QUICK_REQUESTS if quick else REQUESTS)
        size = _fill(wanted)
        database = Database.configured().called(connection.settings_dict["NAME"])
        file = Path(folder) / "bench.backup"
        started = time.monotonic()
        with file.open("wb") as out:
            saved = write_backup(out, database=database, to=recipient(public), now=timezone.now())
        there = time.monotonic() - started
        started = time.monotonic()
        with scratch_beside(database) as scratch, file.open("rb") as source:
            manifest = restore(source, database=scratch, key=opener(private), need_keys=False)
            back = time.monotonic() - started
            with scratch.connect() as one:
                differences = manifest.differences(taken(one, made_at=""))
        damaged = _damaged_is_refused(file, private, database)
    about = f"{size / 1e6:,.0f} MB, {saved.manifest.rows:,} rows"
    return [
        Row("backup-minutes", f"backup, minutes ({about})", there / 60, MINUTES),
        Row("backup-restore-minutes", "restore with its comparison, minutes", back / 60, MINUTES),
        Row("backup-file-MB", "size of the sealed file, MB", saved.bytes / 1e6),
        Row(
            "backup-differences", "tables that differ afterwards", len(differences), 0, n=len(manifest.tables)
        ),
        Row("backup-damage", "damaged files that were not refused", damaged, 0, n=DAMAGES),
    ]


def _damaged_is_refused(file: Path, private: str, database: Database) -> int:
    """One bit is turned at many places, and each time the file is read to its end; how many were not noticed."""
    raw, unnoticed = bytearray(file.read_bytes()), 0
    for number in range(DAMAGES):
        place = 40 + (len(raw) - 41) * number // DAMAGES
        raw[place] ^= 1
        try:
            for _frame in opened(io.BytesIO(raw), opener(private)):
                pass
            unnoticed += 1
        except CannotOpen:
            pass
        raw[place] ^= 1
    return unnoticed


def _fill(wanted: int) -> int:
    """Until the database has the size; its size."""
    first = 1
    while (size := _size()) < wanted:
        with connection.cursor() as cursor:
            cursor.execute(FILL, [first, first + BATCH - 1])
        first += BATCH
    return size


def _size() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _folder() -> Path:
    folder = Path(settings.BASE_DIR) / "var" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
