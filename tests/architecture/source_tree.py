"""What do the architecture tests look at: our own files, each read and parsed once."""

import ast
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("backend", "matching", "geo", "notifications", "outbound")
PYTHON = (*PRODUCT, "tests", "bin", "benchmarks")
# What a checkout holds besides our sources: made by tools, ignored by git.
MADE = {".git", ".venv", "var", "node_modules", "__pycache__", "staticfiles", "vendor"}
CACHE = re.compile(r"\..*_cache$|\.hypothesis$")


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the tree, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_migration(self) -> bool:
        return "/migrations/" in self.path

    def nodes(self) -> Iterator[ast.AST]:
        return ast.walk(self.tree)

    def at(self, node: ast.AST, what: str) -> str:
        """A finding: where, and what is wrong."""
        return f"{self.path}:{getattr(node, 'lineno', 1)} {what}"


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files of these top folders, migrations included; at least one each that exists."""
    found = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not MADE & set(path.relative_to(ROOT).parts)
    ]
    missing = {folder for folder in PRODUCT if folder in folders} - {s.path.split("/")[0] for s in found}
    assert not missing, f"nothing found in {missing}: the test would hold of nothing"
    return tuple(found)


def our_files() -> Iterator[Path]:
    """Every file of the tree that is ours, of whatever kind."""
    for folder, inner, names in os.walk(ROOT):
        # In place, so that the walk does not go into what is not ours.
        inner[:] = sorted(name for name in inner if name not in MADE and not CACHE.match(name))
        yield from (Path(folder) / name for name in sorted(names))


def a_source(text: str, path: str = "backend/people/seeded.py") -> Source:
    """A file that does not exist, to see that a rule catches what it should."""
    return Source(path, text)


def dotted(node: ast.AST) -> str:
    """`a.b.c` of an attribute chain, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (start := dotted(node.value)):
        return f"{start}.{node.attr}"
    return ""
