"""How are the chances of a request not yet filed said, and what would help, in the reader's language?"""

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.dispatch.feasibility import Chances, Count, Repair, Stage
from backend.moments import span_in_words
from backend.people.codes import Gender
from backend.reader import listed
from backend.reason_texts import Facts, Sentence, language_list, level_name

STAGES: dict[str, Promise] = {
    "understood": gettext_lazy("speak %(languages)s well enough"),
    "suitable": gettext_lazy("suit the matter"),
    "free": gettext_lazy("have time then"),
    "within_reach": gettext_lazy("come that far"),
}
WITH_MINORS = gettext_lazy("may work with minors and suit the matter")
UNKNOWN: dict[str, Promise] = {
    "language": gettext_lazy("Choose a language, and we tell you how likely help is."),
    "time": gettext_lazy("Who has time is not counted yet: no possible date is given."),
    "place": gettext_lazy("Who comes that far is not counted yet: we do not know the place."),
}
FEW_SPEAK = gettext_lazy("Few speak this language, if any. The office will look for somebody.")
# By the lower end of the count's bucket.
VERDICTS: dict[int, Promise] = {
    0: gettext_lazy("Few could come, if any. Other dates may help."),
    3: gettext_lazy("It may well work."),
    6: gettext_lazy("The chances are good."),
    10: gettext_lazy("The chances are very good."),
}
NOBODY = gettext_lazy("As it stands, nobody could come.")  # for the office, which sees numbers
WISHES: dict[str, Promise] = {
    Gender.FEMALE: gettext_lazy("if it need not be a woman"),
    Gender.MALE: gettext_lazy("if it need not be a man"),
    Gender.DIVERSE: gettext_lazy("without the wish for a gender"),
}


def verdict(chances: Chances) -> str:
    """What the count means to whoever asks; what is missing where nothing can be counted yet."""
    if chances.count is None:
        return str(UNKNOWN["language"])
    if chances.few_speak:
        return str(FEW_SPEAK)
    return str(NOBODY if chances.count.exact == 0 else VERDICTS[chances.count.at_least])


def count_text(count: Count) -> str:
    """'3–5', '10 or more'; for the office the number itself."""
    if count.exact is not None:
        return str(count.exact)
    if count.at_most is None:
        return _("%(count)s or more") % {"count": count.at_least}
    return str(count.at_least) if count.at_most == count.at_least else f"{count.at_least}–{count.at_most}"


def stage_text(stage: Stage, chances: Chances) -> str:
    """'speak Arabic well enough': what those counted have passed, after all stages before."""
    label = WITH_MINORS if stage.code == "suitable" and chances.minors else STAGES[stage.code]
    return str(label) % {"languages": language_list(chances.languages)}


def waterfall(chances: Chances) -> str:
    """'6–9 speak Arabic well enough → 3–5 suit the matter → 0–2 have time then'."""
    return " → ".join(f"{count_text(stage.count)} {stage_text(stage, chances)}" for stage in chances.stages)


def repair_text(repair: Repair) -> str:
    """'By phone or video, on Thursday, 12 November 2026, 10:00–11:00: 3–5'."""
    changes = listed(REPAIRS[change["code"]](change["facts"]) for change in repair.changes)
    return _("%(changes)s: %(count)s") % {"changes": capfirst(changes), "count": count_text(repair.count)}


def _time(facts: Facts) -> str:
    when = span_in_words(facts["starts_at"], facts["ends_at"], facts["time_zone"])
    return _("on %(when)s") % {"when": when}


def _level(facts: Facts) -> str:
    return _("with level %(level)s") % {"level": level_name(facts["level"])}


def _language(facts: Facts) -> str:
    return _("in %(language)s") % {"language": language_list([facts["language"]])}


def _setting(facts: Facts) -> str:
    return _("by phone or video")


def _reach(facts: Facts) -> str:
    return _("if pilots come farther than they wished: their limit ends a little before, ask them by phone")


def _gender(facts: Facts) -> str:
    return str(WISHES[facts["wanted"]])


REPAIRS: dict[str, Sentence] = {
    "time": _time,
    "level": _level,
    "language": _language,
    "setting": _setting,
    "reach": _reach,
    "gender": _gender,
}
