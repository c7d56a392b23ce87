"""The course of the drill: lives, backup, erasing, search; loss, restore, search again; and what a fault looks like.

A process of its own, since its database is destroyed meanwhile: `python -m tests.drill.course FOLDER [FAMILIES]` runs
with the environment of the product, keeps in FOLDER what the product keeps, and writes what it found as JSON.
"""

import json
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from backend.operations.backup import kept
from backend.operations.postgres import Database
from backend.operations.restore import restore, scratch_beside
from backend.operations.sealing import new_pair, opener
from backend.people.models import Identity, Pilot
from tests.drill import lives, others, places
from tests.drill.left import Left, what_is_left
from tests.drill.life import Life
from tests.drill.marks import Hit, hits
from tests.drill.others import Comparison
from tests.drill.pilots import volunteer
from tests.drill.town import RITA, Town, town

KINDS = (volunteer, lives.seeker, lives.client, lives.requester, lives.colleague)


@dataclass
class Found:
    """What came of it. Lists are of what should not be; before the erasing they are the proof that the search finds."""

    people: list[str] = field(default_factory=list)
    marks: int = 0
    before: dict[str, list[str]] = field(default_factory=dict)  # person -> kinds of places
    ways_in_before: int = 0
    after: list[Hit] = field(default_factory=list)
    ways_in: list[str] = field(default_factory=list)
    others: Comparison | None = None
    left: list[Left] = field(default_factory=list)
    not_replayed: list[str] = field(default_factory=list)  # who is back where the ledger is not replayed
    restored: list[Hit] = field(default_factory=list)
    ways_in_restored: list[str] = field(default_factory=list)
    others_restored: Comparison | None = None
    signs_in: bool = False
    searched_bytes: int = 0
    places: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Drill:
    """One run. Each step leaves in `found` what it saw."""

    def __init__(self, town_: Town, folder: Path, folders: list[Path]) -> None:
        self.town, self.folder, self.folders = town_, folder, folders
        self.database = Database.configured()
        self.lives: list[Life] = []
        self.found = Found()
        self._began = time.monotonic()

    def live(self, families: int) -> None:
        """Everybody goes through everything; then their backup is made, and they leave."""
        self.lives = [kind(self.town, serial) for serial in range(1, families + 1) for kind in KINDS]
        self.town.deliver()
        found = self.found
        found.people = [str(life.person) for life in self.lives]
        found.marks = sum(len(life.person.marks) for life in self.lives)
        for hit in self.search():
            kinds = found.before.setdefault(hit.whom, [])
            if (kind := places.kind_of(hit.place)) not in kinds:
                kinds.append(kind)
        found.ways_in_before = sum(len(life.ways_in()) for life in self.lives)
        self._took("lives")

    def back_up(self) -> None:
        """As the service does it at night, for a key that is not here."""
        public, private = new_pair()
        (self.folder / "backups").mkdir()
        self.key = self.folder.parent / f"{self.folder.name}-private"  # beside, and nowhere that is searched
        self.key.write_text(private)
        self.town.office_signs_in()
        self.theirs = others.owned_by(life.held for life in self.lives)
        self.busy = others.sessions_of(self.town.kaya)
        self.rows = others.rows()
        call_command("backup", to=str(self.folder / "backups"), recipient=public)
        (self.file,) = kept(self.folder / "backups")
        self._took("backup")

    def erase(self) -> None:
        """Each in her own way; then the search, and a look at everybody else's rows."""
        for life in self.lives:
            life.erase()
        after = others.rows()
        self.town.deliver()
        found = self.found
        found.after = self.search()
        found.ways_in = [way for life in self.lives for way in life.ways_in()]
        found.others = others.compare(self.rows, after, but=self.theirs, busy=self.busy)
        found.left = what_is_left(self.theirs)
        self._took("erasing")

    def restore_without_the_ledger(self) -> None:
        """What the ledger is for: beside, the same backup brings everybody back."""
        with scratch_beside(self.database) as scratch, self.file.open("rb") as source:
            restore(source, database=scratch, key=opener(self.key.read_text()))
            back = hits({"dump": places.dump(scratch)}, [life.person for life in self.lives])
        self.found.not_replayed = sorted({hit.whom for hit in back})
        self._took("restore without the ledger")

    def lose_and_restore(self) -> None:
        """The database is gone; the older backup comes back into an empty one, by the command of the service."""
        connection.close()
        name = sql.Identifier(self.database.name)
        with self.database.called("postgres").connect(autocommit=True) as server:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(name))
        call_command("restore", str(self.file), key_file=self.key, stdout=sys.stderr)
        after = others.rows()
        self.town.deliver()
        found = self.found
        found.restored = self.search()
        found.ways_in_restored = [way for life in self.lives for way in life.ways_in()]
        found.others_restored = others.compare(self.rows, after, but=self.theirs, busy=self.busy)
        found.signs_in = self._somebody_else_signs_in()
        self._took("restore")

    def _somebody_else_signs_in(self) -> bool:
        """By the code of a real letter; and a sealed name of a pilot who stays opens."""
        browser = self.town.sign_in(RITA)
        stays = Pilot.objects.exclude(status="ERASED").values("identity")
        return "_auth_user_id" in browser.session and all(
            identity.name for identity in Identity.objects.filter(pk__in=stays)
        )

    def search(self) -> list[Hit]:
        found = places.everywhere(self.database, self.folders)
        self.found.searched_bytes = sum(map(len, found.values()))
        self.found.places = dict(Counter(map(places.kind_of, found)))
        return hits(found, [life.person for life in self.lives])

    def _took(self, what: str) -> None:
        now = time.monotonic()
        self.found.seconds[what] = round(now - self._began, 2)
        self._began = now


def run(folder: Path, families: int, *, faults: bool) -> dict[str, Any]:
    """The whole drill, and then what it says of steps that are left out."""
    from tests.drill.faults import sown  # they need a town without the drill's people

    with town(folder) as town_:
        drill = Drill(town_, folder, [folder, *map(Path, settings_folders())])
        drill.live(families)
        drill.back_up()
        drill.erase()
        if faults:
            drill.restore_without_the_ledger()
        drill.lose_and_restore()
        told = asdict(drill.found)
        if faults:
            told["sown"] = sown(drill)
        return told


def settings_folders() -> list[str]:
    """Where else the servers of this run keep logs and data: DRILL_FOLDERS, a list of paths."""
    import os

    return [path for path in os.environ.get("DRILL_FOLDERS", "").split(os.pathsep) if path]


if __name__ == "__main__":
    assert settings.ERASURE_LEDGER_FILE.startswith(sys.argv[1])
    print(json.dumps(run(Path(sys.argv[1]), int(sys.argv[2]), faults="--faults" in sys.argv[3:])))
