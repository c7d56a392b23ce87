"""Are the catalogues whole: is every text that a language promises in it, translated, with the same places to fill?"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

from tests.architecture.source_tree import PRODUCT, ROOT, our_files, sources

# English stands in the code; these have all of it, the partial ones what pilots and help-seekers read.
WHOLE = tuple(code for code in settings.WHOLE_LANGUAGES if code != "en")
PARTIAL = tuple(code for code, _ in settings.LANGUAGES if code not in settings.WHOLE_LANGUAGES)
# What only the office reads: pages behind its gates come in German where a language is partial.
OFFICE_ONLY = re.compile(
    r"templates/web/(office|admin|mailbox)/|web/views/(office_|plan|acceptance|worklist|reports|waves|figures|calendar|map)"
    r"|web/forms/office|backend/reporting/|backend/demo/|/management/|backend/plan_texts"
    r"|web/(acceptance|plans|worklist|ranking|weights|figures|calendar|map)\w*\.py"
)
HEADER = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
Text = tuple[str | None, str]  # context and msgid
PLACE = re.compile(r"%(?:\((\w+)\))?[sdf]")


def catalogue_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, domain="django")


def texts_in(python: str) -> Iterator[Text]:
    """What a Python file, or a template turned into one, says through gettext."""
    for _, said, _, context in extract("python", BytesIO(python.encode()), KEYWORDS, (), {}):
        yield context, said if isinstance(said, str) else said[0]


@cache
def texts_of_the_code() -> Mapping[Text, frozenset[str]]:
    """Every text of our modules and templates, and the files it stands in."""
    pages = [
        (path.relative_to(ROOT).as_posix(), templatize(path.read_text(encoding="utf-8"), origin=str(path)))
        for path in our_files()
        if path.suffix in {".html", ".txt"} and path.relative_to(ROOT).parts[0] in PRODUCT
    ]
    modules = [(source.path, source.text) for source in sources(*PRODUCT) if not source.is_migration]
    found: dict[Text, set[str]] = defaultdict(set)
    for path, python in (*modules, *pages):
        for text in texts_in(python):
            found[text].add(path)
    return {text: frozenset(paths) for text, paths in found.items()}


def read_by_everybody(texts: Mapping[Text, Collection[str]]) -> set[Text]:
    """Without those that stand on pages of the office alone."""
    return {text for text, paths in texts.items() if not all(map(OFFICE_ONLY.search, paths))}


def untranslated(texts: set[Text], known: Catalog) -> list[Text]:
    return sorted((text for text in texts if known.get(text[1], text[0]) is None), key=str)


def flaws(message: Message) -> list[str]:
    """What is wrong with one entry."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    found = []
    if message.fuzzy:
        found.append("is fuzzy")
    if len(texts) < len(ids) or not all(text and text.strip() for text in texts):
        found.append("is empty")
    wanted = set(PLACE.findall(ids[-1]))
    # "once before" may leave the number out; a text for many may not.
    if (
        any(set(PLACE.findall(text or "")) - wanted for text in texts)
        or set(PLACE.findall(texts[-1] or "")) != wanted
    ):
        found.append("fills other places")
    return [f"{ids[0]!r} {what}" for what in found]


@pytest.mark.parametrize("language", [*WHOLE, *PARTIAL])
def test_every_entry_is_sound(language: str) -> None:
    messages = [message for message in catalogue(catalogue_of(language)) if message.id]

    assert len(messages) > 200
    assert [what for message in messages for what in flaws(message)] == []


@pytest.mark.parametrize("language", WHOLE)
def test_every_text_of_the_code_is_in_it(language: str) -> None:
    texts = texts_of_the_code()

    assert len(texts) > 400
    assert untranslated(set(texts), catalogue(catalogue_of(language))) == []


@pytest.mark.parametrize("language", PARTIAL)
def test_what_pilots_and_help_seekers_read_is_in_it(language: str) -> None:
    texts = read_by_everybody(texts_of_the_code())

    assert len(texts) > 300
    assert untranslated(texts, catalogue(catalogue_of(language))) == []


def test_a_text_of_the_office_alone_may_be_missing() -> None:
    page, office = (None, "yes"), (None, "ranking")
    both = {"backend/web/templates/web/office/x.html", "backend/web/templates/web/pilot/offer.html"}
    texts = {page: both, office: {"backend/web/templates/web/office/x.html"}}

    assert read_by_everybody(texts) == {page}


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ('msgid "open"\nmsgstr ""\n', "is empty"),
        ('#, fuzzy\nmsgid "open"\nmsgstr "offen"\n', "is fuzzy"),
        ('#, python-format\nmsgid "%(a)s km"\nmsgstr "%(b)s km"\n', "fills other places"),
        ('#, python-format\nmsgid "%(a)s km"\nmsgstr "km"\n', "fills other places"),
        ('msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "ein Tag"\nmsgstr[1] ""\n', "is empty"),
    ],
)
def test_a_sown_flaw_is_caught(tmp_path: Path, entry: str, what: str) -> None:
    po = tmp_path / "django.po"
    po.write_text(HEADER + entry)

    (message,) = [message for message in catalogue(po) if message.id]

    assert any(what in flaw for flaw in flaws(message))


def test_a_sown_text_is_caught() -> None:
    known = Catalog(locale="de")
    known.add("open", "offen")
    known.add("open", "geöffnet", context="door")
    python = """_("open"); gettext_lazy("shut"); pgettext("door", "open"); ngettext("%(n)s day", "%(n)s days", 2)"""
    template = (
        '{% load i18n %}{% translate "open" %}'
        "{% blocktranslate trimmed %} away {{ day }} {% endblocktranslate %}"
    )

    assert untranslated(set(texts_in(python)), known) == [(None, "%(n)s day"), (None, "shut")]
    assert untranslated(set(texts_in(templatize(template))), known) == [(None, "away %(day)s")]
