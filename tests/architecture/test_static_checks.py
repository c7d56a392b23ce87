"""Do linter, formatter and type checker agree, here and in continuous integration?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT


def run(*command: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a module of this environment's Python; both streams come out as one."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=cwd,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
    )


@pytest.mark.parametrize("arguments", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_agrees(arguments: tuple[str, ...]) -> None:
    result = run("ruff", *arguments, "--no-cache", ".")

    assert result.returncode == 0, result.stdout


def test_mypy_agrees(tmp_path: Path) -> None:
    result = run("mypy", "--cache-dir", str(tmp_path / "cache"))

    assert result.returncode == 0, result.stdout


def test_a_sown_signal_breaks_the_linter(tmp_path: Path) -> None:
    sown = tmp_path / "seeded.py"
    sown.write_text("from django.db.models.signals import post_save\n\nprint(post_save)\n")

    result = run("ruff", "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), str(sown))

    assert result.returncode == 1
    assert "TID251" in result.stdout
    assert "T201" in result.stdout
