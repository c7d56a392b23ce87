"""Does everything that reads foreign text say no in its own words, whatever it is given? (short form)"""

import pytest

from tests.fuzzing.parsers import PARSERS, Parser, fuzzed
from tests.fuzzing.texts import Wild

EXAMPLES = 40


@pytest.mark.parametrize("parser", PARSERS, ids=lambda parser: parser.name)
def test_every_text_is_read_or_refused(parser: Parser) -> None:
    assert fuzzed(parser, examples=EXAMPLES) == []


def test_a_sown_fault_is_caught() -> None:
    def reads_digits_only(text: str) -> None:
        if not text.isdigit():
            raise LookupError
        int(text)

    careless = Parser("careless", Wild, reads_digits_only, (LookupError,))
    (told,) = fuzzed(careless, examples=500)  # "²" is a digit, and no number
    assert "ValueError" in told
