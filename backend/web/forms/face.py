"""What an administrator shows the public: look, languages, legal pages, own words in messages."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.face.fields import AccessibilityStatus
from backend.accounts.face.png import LARGEST_BYTES
from backend.accounts.models import Office
from backend.web.forms.base import DayField, PageForm, PostcodeField

LOOK = ("colour", "host")
GERMAN = {"lang": "de", "dir": "ltr"}  # what stands on legal pages is written in German
LEGAL = (
    "carrier",
    "represented_by",
    "street",
    "postcode",
    "place",
    "privacy_contact",
    "supervisory_authority",
    "accessibility_status",
    "accessibility_gaps",
    "accessibility_date",
    "enforcement_body",
)


class LookForm(PageForm):
    """The office's colour and address."""

    colour = forms.CharField(
        label=_("Colour"),
        max_length=20,
        required=False,
        help_text=_("Six digits or letters from 0 to f, such as #0b5563. Empty: our own colour."),
        widget=forms.TextInput(attrs={"dir": "ltr", "class": "short", "spellcheck": "false"}),
    )
    host = forms.CharField(
        label=_("Domain of your own"),
        max_length=120,
        required=False,
        help_text=_(
            "Where visitors find this office, such as lotsen.stadt.example. Ask whoever runs the server."
        ),
        validators=[
            RegexValidator(
                r"^[a-zA-Z0-9.-]+$", _("Please give the domain alone, without https:// and without blanks.")
            )
        ],
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(office, name) for name in LOOK}, **kwargs)


class LogoForm(PageForm):
    """The picture in the head of the pages; on one page with LookForm, so that its ids are its own."""

    logo = forms.FileField(
        label=_("Picture (PNG)"),
        help_text=format_lazy(
            _("At most {kb} kB. A transparent ground looks best."), kb=LARGEST_BYTES // 1024
        ),
        widget=forms.FileInput(attrs={"accept": "image/png"}),
    )
    text = forms.CharField(
        label=_("What the picture shows"),
        max_length=120,
        help_text=_("Is read out to whoever does not see it, for example: coat of arms of the town."),
    )


class LegalForm(PageForm):
    """What stands in the imprint, the privacy notice and the accessibility declaration."""

    carrier = forms.CharField(
        label=_("Responsible body"), max_length=160, help_text=_("For example: Stadt Osnabrück.")
    )
    represented_by = forms.CharField(
        label=_("Represented by"),
        max_length=160,
        required=False,
        help_text=_("The function is enough, for example: die Oberbürgermeisterin."),
    )
    street = forms.CharField(label=_("Street and number"), max_length=120)
    postcode = PostcodeField(
        label=_("Postcode"), validators=[RegexValidator(r"^\d{5}$", _("A postcode has five digits."))]
    )
    place = forms.CharField(label=_("Town"), max_length=80)
    privacy_contact = forms.CharField(
        label=_("Data protection officer"),
        max_length=600,
        required=False,
        help_text=_("How to reach the officer: function, address, e-mail."),
        widget=forms.Textarea(attrs={"rows": 3, **GERMAN}),
    )
    supervisory_authority = forms.CharField(
        label=_("Supervisory authority for data protection"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, **GERMAN}),
    )
    accessibility_status = forms.ChoiceField(
        label=_("These pages are"), choices=AccessibilityStatus.choices, widget=forms.RadioSelect
    )
    accessibility_gaps = forms.CharField(
        label=_("What is not accessible, and why"),
        max_length=4000,
        required=False,
        help_text=_("One point a line. Empty where nothing is known."),
        widget=forms.Textarea(attrs={"rows": 5, **GERMAN}),
    )
    accessibility_date = DayField(label=_("Day of the last check"), required=False)
    enforcement_body = forms.CharField(
        label=_("Body for disputes"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, **GERMAN}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, initial={name: getattr(office, name) for name in LEGAL}, **kwargs)

    def imprint(self) -> list[forms.BoundField]:
        return [self[name] for name in LEGAL[:5]]

    def privacy(self) -> list[forms.BoundField]:
        return [self[name] for name in LEGAL[5:7]]

    def accessibility(self) -> list[forms.BoundField]:
        return [self[name] for name in LEGAL[7:]]


class LanguageReviewForm(PageForm):
    """One language, switched on by who has read its texts, or off again."""

    language = forms.CharField(max_length=8)
    on = forms.BooleanField(required=False)


class MessageTextForm(PageForm):
    """An office's own words for one message in one language."""

    subject = forms.CharField(label=_("Subject"), max_length=150)
    body = forms.CharField(label=_("Text"), max_length=6000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, *args: Any, language: str, rtl: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"lang": language, "dir": "rtl" if rtl else "ltr"}


class BarrierForm(PageForm):
    """What somebody could not use."""

    what = forms.CharField(
        label=_("What does not work?"),
        max_length=4000,
        help_text=_("In your own words. Please name nobody else."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    page = forms.CharField(
        label=_("On which page?"),
        max_length=200,
        required=False,
        help_text=_("Its name or its address."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_("Only if you would like an answer."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr", "spellcheck": "false"}),
    )
