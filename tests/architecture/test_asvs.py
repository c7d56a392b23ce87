"""Does every requirement of the security standard have a line that says by which test it holds, or why not?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "asvs"
# Level: the numbers of its requirements. OWASP Application Security Verification Standard 5.0.0, levels 1 and 2.
NUMBERS = """
1: 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1
2: 1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.4.1 1.4.2
   1.4.3 1.5.2
1: 2.1.1 2.2.1 2.2.2 2.3.1
2: 2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1
1: 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3
2: 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2
1: 4.1.1 4.4.1
2: 4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3 4.4.4
1: 5.2.1 5.2.2 5.3.1 5.3.2
2: 5.1.1 5.2.3 5.4.1 5.4.2 5.4.3
1: 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2
2: 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2
   6.6.3 6.8.1 6.8.2 6.8.3 6.8.4
1: 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2
2: 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2
1: 8.1.1 8.2.1 8.2.2 8.3.1
2: 8.1.2 8.2.3 8.4.1
1: 9.1.1 9.1.2 9.1.3 9.2.1
2: 9.2.2 9.2.3 9.2.4
1: 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5
2: 10.1.1 10.1.2 10.2.1 10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8 10.4.9 10.4.10 10.4.11 10.5.1
   10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 10.7.2 10.7.3
1: 11.3.1 11.3.2 11.4.1
2: 11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1
1: 12.1.1 12.2.1 12.2.2
2: 12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4
1: 13.4.1
2: 13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5
1: 14.2.1 14.3.1
2: 14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3
1: 15.1.1 15.2.1 15.3.1
2: 15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7
2: 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2
   16.5.3
2: 17.1.1 17.2.1 17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""
LINE = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([123]) \| (.+?) \| (holds|does not apply|open) \| (.+?) \|$", re.M
)
TEST = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def levels() -> dict[str, str]:
    """Requirement: its level."""
    found, level = {}, ""
    for word in NUMBERS.split():
        if word.endswith(":"):
            level = word[:-1]
        else:
            found[word] = level
    return found


def chapters() -> list[str]:
    return sorted({number.split(".")[0] for number in levels()}, key=int)


def page_of(chapter: str) -> Path:
    return FOLDER / f"v{int(chapter):02d}.md"


def faults_of(text: str, chapter: str) -> list[str]:
    """What is wrong with the table of a chapter."""
    lines = LINE.findall(text)
    wanted = {number: level for number, level in levels().items() if number.split(".")[0] == chapter}
    told = [number for number, *_ in lines]
    faults = [f"{number} is missing" for number in wanted if number not in told]
    faults += [f"{number} stands twice" for number in set(told) if told.count(number) > 1]
    for number, level, _what, state, shown in lines:
        if wanted.get(number, level) != level or number.split(".")[0] != chapter:
            faults.append(f"{number} is not of level {level} of chapter {chapter}")
        tests = TEST.findall(shown)
        if state == "holds" and not tests:
            faults.append(f"{number} holds, and no test shows it")
        faults += [f"{number}: no {path}::{name}" for path, name in tests if not is_there(path, name)]
    return faults


def is_there(path: str, name: str) -> bool:
    file = ROOT / path
    return file.exists() and (
        not name or re.search(rf"^\s*def {name}\(", file.read_text("utf-8"), re.M) is not None
    )


@pytest.mark.parametrize("chapter", [chapter for chapter in chapters() if page_of(chapter).exists()])
def test_the_table_is_complete(chapter: str) -> None:
    assert faults_of(page_of(chapter).read_text("utf-8"), chapter) == []


def test_gaps_are_caught() -> None:
    """A table that leaves one out, names a test that is not there, or none at all."""
    itself = "`tests/architecture/test_asvs.py::test_gaps_are_caught`"
    whole = {number: f"| {number} | {level} | … | holds | {itself} |" for number, level in levels().items()}
    nine = {number: line for number, line in whole.items() if number.startswith("9.")}

    assert faults_of("\n".join(nine.values()), "9") == []
    assert faults_of("\n".join(list(nine.values())[1:]), "9") == ["9.1.1 is missing"]
    strange = nine | {"9.1.1": nine["9.1.1"].replace("gaps", "holes")}
    assert faults_of("\n".join(strange.values()), "9") == [
        "9.1.1: no tests/architecture/test_asvs.py::test_holes_are_caught"
    ]
    bare = nine | {"9.1.1": nine["9.1.1"].replace(itself, "trust us")}
    assert faults_of("\n".join(bare.values()), "9") == ["9.1.1 holds, and no test shows it"]
