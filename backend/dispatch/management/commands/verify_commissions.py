"""manage.py verify_commissions: does the commission record still stand as it was written?

Works out every digest anew and compares the record with the assignments. Exit code 1 where something does not hold,
with the number of the first entry at fault. `--adopt` takes in what an older version confirmed while it was replaced,
as entries that say so. `--anchors` prints the head of each day, to be kept elsewhere on paper or
in another system; `--against FILE` compares with such lines, so that even a chain that was written anew as a whole
shows.
"""

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from backend.accounts.models import Office
from backend.dispatch.commissioning import adopt_unrecorded
from backend.dispatch.proof import Anchor, Proof, anchors_of, prove

SAYS = {
    "gap": "is missing",
    "link": "does not follow the entry before it",
    "digest": "was changed after it was written",
    "anchor": "is not the one that was printed",
    "orphan": "tells of an assignment that was never commissioned, or twice",
}


class Command(BaseCommand):
    help = "Prove that the commission record is whole; exit code 1 where it is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--office", metavar="SLUG", help="only this office")
        parser.add_argument("--adopt", action="store_true", help="first take in assignments without an entry")
        parser.add_argument(
            "--anchors", action="store_true", help="print a line per day with the head's digest"
        )
        parser.add_argument(
            "--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="anchors from this day on"
        )
        parser.add_argument(
            "--against", type=Path, metavar="FILE", help="compare with anchors printed before"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        offices = Office.objects.order_by("slug")
        if options["office"]:
            offices = offices.filter(slug=options["office"])
            if not offices:
                raise CommandError(f"There is no office {options['office']}.")
        if options["adopt"]:
            with transaction.atomic():
                number = sum(adopt_unrecorded(office) for office in offices)
            self.stdout.write(f"{number} assignments taken in")
        if options["anchors"]:
            for office in offices:
                for anchor in anchors_of(office, since=options["since"]):
                    self.stdout.write(str(anchor))
            return
        anchors = _read(options["against"]) if options["against"] else []
        proofs = [prove(office, anchors=anchors) for office in offices]
        for proof in proofs:
            self.stdout.write(_line(proof))
        strangers = {anchor.office for anchor in anchors} - {office.slug for office in offices}
        if strangers and not options["office"]:
            raise CommandError(f"Anchors of offices that are not there: {', '.join(sorted(strangers))}.")
        if not all(proof.holds for proof in proofs):
            raise CommandError("The commission record does not hold.")


def _read(path: Path) -> list[Anchor]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read.") from error
    found = [anchor for line in lines if (anchor := Anchor.read(line))]
    if not found:
        raise CommandError(f"{path} holds no anchor.")
    return found


def _line(proof: Proof) -> str:
    about = f"{proof.office.slug}: {proof.entries} entries"
    if proof.fault:
        return f"{proof.office.slug}: entry {proof.fault.number} {SAYS[proof.fault.code]}"
    said = [about, f"head {proof.head}"]
    if proof.unrecorded:
        said.append(f"{proof.unrecorded} assignments without an entry")
    if proof.contradicting:
        said.append(f"{proof.contradicting} assignments stand otherwise than the record says")
    if proof.written_late:
        said.append(f"{proof.written_late} commissions written after the start by the database's clock")
    return ", ".join(said)
