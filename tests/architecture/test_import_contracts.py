"""Do imports point down only, and do the contracts in pyproject.toml catch what they forbid?"""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import PRODUCT, ROOT, sources

RUN = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "layers")
LAYERED = {name.strip() for layer in LAYERS for name in layer.split("|")}


def lint(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages of a tree; stdout names each contract KEPT or BROKEN."""
    chosen = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", RUN, "--no-cache", "--no-logo", *chosen],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages as they are, to sow a violation into."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for source in sources(*PRODUCT):
        target = tmp_path / source.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(source.text, encoding="utf-8")
    return tmp_path


def sow(tree: Path, path: str, line: str) -> None:
    file = tree / path
    file.write_text(f"{file.read_text() if file.exists() else ''}\n{line}\n", encoding="utf-8")


def test_every_contract_is_kept() -> None:
    result = lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_every_package_has_its_layer() -> None:
    packages = {f"backend.{path.parent.name}" for path in (ROOT / "backend").glob("*/__init__.py")}

    assert packages | {"matching", "geo", "notifications", "outbound"} == LAYERED


@pytest.mark.parametrize(
    ("contract", "path", "line"),
    [
        ("layers", "backend/people/queries.py", "from backend.dispatch import states"),
        ("layers", "backend/dispatch/queries.py", "def late():\n    import notifications"),
        ("layers", "backend/api/urls.py", "import backend.web.urls"),
        ("layers", "backend/web/urls.py", "import backend.api.urls"),
        ("layers", "geo/distances.py", "import matching.problem"),
        ("layers", "matching/problem.py", "import geo.distances"),
        ("layers", "backend/journal/record.py", "from backend.accounts.models import User"),
        ("pure", "matching/problem.py", "import django"),
        ("pure", "matching/terms.py", "from celery import shared_task"),
        ("pure", "matching/ranking.py", "import backend.errors"),
        ("adapter", "backend/dispatch/queries.py", "from matching.ranking import rank"),
        ("adapter", "backend/web/urls.py", "from matching import ranking"),
        ("dispatch", "backend/dispatch/models/offer.py", "import backend.dispatch.queries"),
        ("dispatch", "backend/dispatch/policies.py", "import backend.dispatch.permissions"),
        ("dispatch", "backend/dispatch/stray.py", "A_DRAWER = True"),
        ("support", "backend/errors.py", "import backend.journal.kinds"),
        ("places", "geo/address.py", "import backend.errors"),
        ("layers", "outbound/calling.py", "import geo.address"),
        ("outside", "outbound/calling.py", "from django.conf import settings"),
    ],
)  # fmt: skip
def test_a_sown_import_breaks_its_contract(copy: Path, contract: str, path: str, line: str) -> None:
    sow(copy, path, line)

    result = lint(copy, contract)

    assert result.returncode == 1, result.stdout + result.stderr
    assert "Contracts: 0 kept, 1 broken." in result.stdout


def test_what_is_open_stays_open(copy: Path) -> None:
    """people may know languages, accounts the weights: only the ranking itself is kept to its adapter."""
    sow(copy, "backend/people/queries.py", "from matching.languages import normalise")
    sow(copy, "backend/accounts/queries.py", "from matching.weights import Weights")

    assert lint(copy).returncode == 0
