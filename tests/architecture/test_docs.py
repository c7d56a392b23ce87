"""Do the documents name files that exist, and lead to pages that exist?"""

import re
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CHANGELOG.md"]
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
TOPS = {path.name for path in ROOT.iterdir()} - {"var"}  # which is there once something has run


def files_named(text: str) -> list[str]:
    """What stands in code marks and reads like a file or folder of ours; `<…>` stands for a name to choose.

    A name inside a file, after `::`, is left off.
    """
    return [
        name.partition("::")[0]
        for name in CODE.findall(text)
        if "/" in name and name.split("/")[0] in TOPS and " " not in name and not re.search(r"[<*…]", name)
    ]


def missing_files(text: str) -> list[str]:
    return [name for name in files_named(text) if not (ROOT / name.partition("::")[0]).exists()]


def broken_links(text: str, folder: Path) -> list[str]:
    targets = [target.split("#")[0] for target in LINK.findall(text) if "://" not in target]
    return [target for target in targets if target and not (folder / target).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_what_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert missing_files(text) == []
    assert broken_links(text, page.parent) == []


def test_recipes_name_their_files() -> None:
    assert len(files_named((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))) > 30


def test_decisions_say_context_decision_and_consequences() -> None:
    decisions = sorted((ROOT / "docs" / "adr").glob("*.md"))

    assert [path.name[:4] for path in decisions] == [f"{n:04}" for n in range(1, len(decisions) + 1)]
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path


def test_a_sown_name_is_caught(tmp_path: Path) -> None:
    assert missing_files("see `backend/nowhere.py`") == ["backend/nowhere.py"]
    assert not missing_files("see `backend/errors.py` and `application/problem+json`")
    assert broken_links("[gone](gone.md)", tmp_path) == ["gone.md"]
