"""Are the style sheets and fonts that pages load laid out, from the locked packages?"""

import subprocess
from pathlib import Path

from stack.console import Console
from stack.paths import Checkout


def ensure_assets(console: Console, checkout: Checkout, log: Path, *, for_tests: bool) -> None:
    """Fetch and lay them out where they are missing or older than the lock."""
    program = [checkout.python, checkout.root / "bin" / "build-assets"]
    options = [] if for_tests else ["--product"]
    if subprocess.run([*program, *options, "--check"]).returncode == 0:
        return
    with console.step("Style sheets and fonts from package-lock.json"):
        console.run([*program, *options], log=log)
