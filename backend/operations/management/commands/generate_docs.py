"""Writes the documents that are drawn from the code: states, privacy register, access, checks, figures."""

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.operations.checks import page as checks_page
from backend.operations.figures import page as figures_page
from backend.privacy.access.page import access_page
from backend.privacy.papers import PAPERS
from backend.privacy.register import register_page
from backend.privacy.states_page import states_page

PAGES: Mapping[str, Callable[[], str]] = {
    "states.md": states_page,
    "privacy-register.md": register_page,
    "access.md": access_page,
    "checks.md": checks_page,
    "reliability-figures.md": figures_page,
    **PAPERS,
}


class Command(BaseCommand):
    help = "Write the pages of docs/ that are drawn from the code."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        pages = {folder / name: page() for name, page in PAGES.items()}
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text() != text]
        if options["check"]:
            if stale:
                names = ", ".join(path.name for path in stale)
                raise CommandError(f"stale: {names}. Run manage.py generate_docs.")
            return
        for path in stale:
            path.write_text(pages[path])
            self.stdout.write(f"wrote {path.name}")
