"""Do the documents drawn from the code say what the code says?"""

import shutil
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from backend.operations.management.commands.generate_docs import PAGES
from tests.architecture.source_tree import ROOT


def test_generated_pages_are_current() -> None:
    call_command("generate_docs", "--check")


def test_a_stale_page_is_caught_and_mended(tmp_path: Path) -> None:
    for name in PAGES:
        shutil.copy(ROOT / "docs" / name, tmp_path)
    page = tmp_path / "states.md"
    page.write_text(page.read_text().replace("OPEN --> ASSIGNED", "OPEN --> FULFILLED"))

    with pytest.raises(CommandError, match=r"stale: states\.md"):
        call_command("generate_docs", "--check", folder=tmp_path)
    call_command("generate_docs", folder=tmp_path, verbosity=0)

    assert page.read_text() == (ROOT / "docs" / "states.md").read_text()


def test_a_missing_page_is_caught(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"states\.md, privacy-register\.md, access\.md"):
        call_command("generate_docs", "--check", folder=tmp_path)
