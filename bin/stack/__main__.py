"""The entry of bin/run, bin/test, bin/bench and bin/screens.

python -m stack run [--once] [--no-story] | test -- … | bench -- … | screens -- …
"""

import argparse
import os
import sys

from stack import demo, suite
from stack.console import Console
from stack.errors import Interrupted, StackError
from stack.stop_request import StopRequest


def main(arguments: list[str]) -> int:
    """Run the command; failures are told in words, and end with 1, an interrupted set-up with 130."""
    parser = argparse.ArgumentParser(prog="bin/" + (arguments[0] if arguments else "run"))
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", prog="bin/run", description="Start the whole service with a demo town.")
    run.add_argument(
        "--once", action="store_true", help="stop after the story, with exit code 0 if it went well"
    )
    run.add_argument("--no-story", action="store_true", help="serve without walking a request through first")
    passing_on = {"test": suite.run_tests, "bench": suite.run_bench, "screens": suite.run_screens}
    for name in passing_on:
        commands.add_parser(name, prog=f"bin/{name}")
    handing_over = passing_on.get(arguments[0]) if arguments else None
    if handing_over is None:
        options = parser.parse_args(arguments)

    stop = StopRequest()
    console = Console(stop)
    stop.listen()
    try:
        if handing_over:
            return handing_over(console, arguments[2:] if arguments[1:2] == ["--"] else arguments[1:])
        return demo.run(console, once=options.once, story=not options.no_story)
    except StackError as error:
        console.complain(f"\n{error}")
        return 1
    except Interrupted:
        console.complain("Stopped as asked.")
        return 130


if __name__ == "__main__":
    exit_code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        # Nobody reads any more; Python would complain about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(exit_code)
