"""How are the messages and the places in their texts called, where an office edits them?"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By who gets them. A message that is missing here cannot be edited; a test says so.
MESSAGES: list[tuple[Promise, dict[str, Promise]]] = [
    (
        _("To pilots"),
        {
            "offer_made": _("Asked for an appointment"),
            "reserve_asked": _("Asked again out of the reserve"),
            "offer_retracted": _("No longer needed"),
            "reserve_thanks": _("Thanks, somebody else goes"),
            "confirmed_to_pilot": _("Appointment confirmed"),
            "reminder_to_pilot": _("Reminder of an appointment"),
            "cancelled_to_pilot": _("Appointment cancelled"),
            "details_changed": _("Meeting point or contact changed"),
            "pilot_welcome": _("Welcome after registering"),
            "pilot_activated": _("Active from now on"),
            "silence_noticed": _("Do you want to stay with us?"),
        },
    ),
    (
        _("To whoever asks"),
        {
            "request_received": _("Request received"),
            "confirmed_to_asking_side": _("A pilot comes"),
            "reminder_to_asking_side": _("Reminder of an appointment"),
            "cancelled_to_asking_side": _("Appointment cancelled"),
            "request_unfilled": _("Nobody found"),
            "help_seeker_welcome": _("Welcome to a help-seeker"),
            "organisation_received": _("Registration of an organisation received"),
            "organisation_approved": _("Organisation approved"),
        },
    ),
    (
        _("To the office"),
        {
            "new_request": _("New request"),
            "offer_accepted": _("A pilot said yes"),
            "nobody_left": _("Nobody left to ask"),
            "pilot_dropped_out": _("A pilot dropped out"),
            "request_changed": _("Request changed"),
            "request_withdrawn": _("Request withdrawn"),
            "new_applicant": _("New application"),
            "new_organisation": _("New organisation"),
            "barrier_reported": _("Barrier reported"),
        },
    ),
    (
        _("To everybody"),
        {
            "user_invited": _("Invitation"),
            "registered_already": _("Registered already"),
        },
    ),
]

PLACES: dict[str, Promise] = {
    "answer_by": _("until when to answer"),
    "appointment": _("the box with day, place, language and reference"),
    "card_url": _(
        "the button to the card for the person accompanied; the line above it says what is written on it"
    ),
    "case": _("the first paragraph of the standard text: it says what has happened"),
    "code": _("the pilot's code"),
    "course_hours": _("hours of the basic course"),
    "day": _("day and time"),
    "email": _("the office's e-mail address"),
    "language": _("the language needed"),
    "office": _("the office's name"),
    "organisation": _("the organisation's name"),
    "phone": _("the office's phone number"),
    "place": _("where the person belongs, or the town"),
    "reason": _("the reason given"),
    "reference": _("the request's reference"),
    "reserve": _("how many are in reserve"),
    "role": _("the role given"),
    "until": _("until when the link can be used"),
    "url": _("the button; the line above it says what is written on it"),
    "where": _("postcode and town"),
    "willing": _("how many have said yes"),
}
