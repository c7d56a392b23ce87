"""What has been done already, for exactly these files? So that a second start does not do it again."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


class Stamps:
    """One small file per finished piece of work, holding the fingerprint of what it was made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_current(self, name: str, fingerprint: str) -> bool:
        """Whether this piece was done for this very fingerprint."""
        try:
            return (self.folder / name).read_text() == fingerprint
        except OSError:
            return False

    def set(self, name: str, fingerprint: str) -> None:
        (self.folder / name).write_text(fingerprint)

    def clear(self) -> None:
        """Forget everything."""
        for stamp in self.folder.iterdir():
            stamp.unlink()


def fingerprint(files: Iterable[Path]) -> str:
    """Stands for the names, sizes and times of the files, in any order."""
    facts = sorted(
        f"{path}:{stat.st_size}:{stat.st_mtime_ns}"
        for path in files
        if (stat := path.stat()) and path.is_file()
    )
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
