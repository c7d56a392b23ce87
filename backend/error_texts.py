"""What does a refusal say to a person? One sentence per code, for the pages and for the API alike."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from backend.errors import DomainError
from geo.address import GeoError

_SOMEBODY_WAS_FASTER = _("Somebody else was faster, thank you.")

TEXTS: Mapping[str, Any] = {
    # Who may do what
    "not_permitted": _("Your account may not do this."),
    "organisation_not_approved": _("This organisation has not been approved by its office yet."),
    "organisation_not_served": _("The office that serves this home does not work with the organisation."),
    "only_the_pilot_answers": _("Only the pilot who was asked can answer."),
    "self_registration_closed": _(
        "%(office)s does not take registrations here. Please call %(phone)s or ask an advice centre."
    ),
    # What is not there, or not for this reader
    "absence_unknown": _("We do not know these days away."),
    "acceptance_version_unknown": _("We do not know this version of the estimate."),
    "assignment_unknown": _("We do not know this assignment."),
    "draft_unknown": _("This draft is no longer there."),
    "delivery_unknown": _("We do not know this message."),
    "help_request_unknown": _("We do not know this request."),
    "help_seeker_unknown": _("We do not know this help-seeker."),
    "link_unknown_or_expired": _("This link is no longer valid."),
    "invitation_unknown": _("We do not know this invitation."),
    "membership_unknown": _("We do not know this membership."),
    "sign_in_elsewhere_unknown": _("This sign-in is not linked any more."),
    "session_unknown": _("This device is signed out already."),
    "office_unknown": _("We do not know this office."),
    "table_unknown": _("There is no such table."),
    "offer_unknown": _("We do not know this offer."),
    "organisation_unknown": _("We do not know this organisation."),
    "pilot_unknown": _("We do not know this pilot."),
    "plan_unknown": _("We do not know this plan."),
    "proposal_unknown": _("This plan has no such proposal."),
    "token_unknown": _("We do not know this token."),
    "user_unknown": _("We do not know this user."),
    "step_unknown": _("There is no such step."),
    "veto_unknown": _("We do not know this exclusion."),
    # Registration and profiles
    "case_key_missing": _("A case key is needed: the organisation's own word for the person."),
    "organisation_missing": _("You belong to several organisations: please choose one."),
    "reach_out_of_range": _("The distance lies between 1 and %(at_most)s km."),
    "consent_not_given": _("This was taken back already, or never agreed to."),
    "consent_unknown": _("There is no such consent."),
    "consent_withdrawn": _(
        "The consent to data protection was taken back. Without it nobody can be looked for."
    ),
    "period_unknown": _("No office sets such a period."),
    "only_she_herself": _(
        "This person is something else here too. Only she herself can do this, on her page “My data”."
    ),
    "consent_missing": _("Without your consent to data protection we cannot keep your data."),
    "pledge_missing": _("Pilots promise confidentiality. Please confirm it."),
    "date_in_future": _("This date lies in the future."),
    "date_not_in_future": _("This date has to lie in the future."),
    "absence_over": _("These days are over already."),
    "date_order": _("The last day comes before the first."),
    "language_twice": _("A language is listed twice: %(languages)s."),
    "language_unknown": _("We do not know the language “%(language)s”."),
    "languages_missing": _("At least one language is needed."),
    "level_out_of_range": _("A language level lies between 0 (unknown) and 6 (C2)."),
    "no_office_serves_place": _("No office of ours serves this place (%(postcode)s) yet."),
    "name_not_plain": _("A name is one line of text, without the address of a page."),
    "pilot_not_paused": _("This pilot is not paused."),
    "pilot_not_ready": _(
        "This pilot cannot be activated yet: languages, places, times, %(course_hours)s hours of the basic "
        "course and the confidentiality pledge are needed."
    ),
    "pilots_register_themselves": _("Pilots register themselves and are activated by their office."),
    "time_order": _("The end comes before the beginning."),
    "times_overlap": _("Two times on the same day overlap."),
    "topic_wished_and_refused": _("A topic is both wished and refused: %(topics)s."),
    "veto_names_one": _("Name exactly one: a help-seeker, an organisation or a postcode."),
    "weekday_out_of_range": _("A weekday lies between 0 (Monday) and 6 (Sunday)."),
    # Offices
    "outlines_malformed": _("This file holds no outlines that can be drawn."),
    "area_malformed": _("This is no area: a GeoJSON polygon without crossings is needed."),
    "rule_out_of_range": _("This number lies between %(least)s and %(at_most)s."),
    "hand_off_too_long": _("Each of these texts has at most %(at_most)s characters."),
    "matter_unknown": _("We do not know this matter: %(matter)s."),
    "service_area_missing": _("An office serves at least one postcode or an area."),
    "slug_taken": _("There is an office with the short name “%(slug)s” already."),
    "weights_invalid": _("Weights are numbers from 0 on, and at least one of them is above 0."),
    # Users, organisations, tokens
    "not_for_oneself": _("You cannot do that for yourself. Please ask a colleague."),
    "nothing_to_stand_in_for": _(
        "Emergency codes stand in for a passkey or an app. Please set up one of these first."
    ),
    "invitation_expired": _("This invitation has run out. Please ask for a new one."),
    "invitation_revoked": _("This invitation was withdrawn."),
    "invitation_used": _("This invitation has been accepted already. Please simply sign in."),
    "reader_language_unknown": _("We write in these languages: %(known)s."),
    "last_admin": _("%(office)s needs an administrator. Please make somebody else one first."),
    "role_not_changeable": _("This role cannot be changed like that."),
    "scope_unknown": _("Choose scopes out of these: %(known)s."),
    "token_lifetime": _("A token lives between 1 and %(at_most)s days."),
    # Requests
    "dates_left": _("There are dates left on which somebody could come."),
    "draft_sent": _("This draft has been sent already."),
    "too_many_drafts": _("You have %(at_most)s unfinished requests. Please delete some of them first."),
    "nothing_changed": _("Nothing is different from before."),
    "changed_meanwhile": _(
        "Something about the request has changed since you looked. Please look again at what follows now."
    ),
    "help_request_not_changeable": _("This request is over. You can ask again with a copy of it."),
    "help_request_not_open": _("This request is no longer open."),
    "lead_time_too_short": _(
        "The office needs %(days)s days to find somebody: the first date can be %(earliest)s. "
        "Mark the request as urgent if it cannot wait."
    ),
    "limit_out_of_range": _("At most %(at_most)s suggestions at once."),
    "matter_excluded": _("Our pilots do not take this on. %(hand_off)s"),
    "meeting_place_at_home": _(
        "Our pilots come to no private flats. Is it a public place? Then please say so. If not: %(hand_off)s"
    ),
    "meeting_place_missing": _("Where do you meet? Please give a postcode or a place."),
    "no_date_left": _("All dates of this request have passed."),
    "other_date_chosen": _("Another of the dates was chosen meanwhile."),
    "seat_count": _("One to %(at_most)s pilots can be asked for."),
    "slot_count": _("Give one to %(at_most)s dates."),
    "slot_crosses_midnight": _("A date must begin and end on the same day."),
    "slot_in_past": _("This date has passed already."),
    "slot_too_long": _("A date may take at most %(hours)s hours."),
    "slot_too_short": _("A date takes at least %(minutes)s minutes."),
    "slot_twice": _("The same date is given twice."),
    "transition_not_allowed": _("This step is not possible in the present state (%(current)s)."),
    # Offers
    "date_has_passed": _("This date has passed already."),
    "offer_already_answered": _("This offer has been answered already."),
    "offer_already_pending": _("This pilot has been asked already."),
    "offer_not_accepted": _("This pilot has not accepted, or no longer does."),
    "reserve_not_asked_yet": _(
        "This pilot is in reserve and has not said yet whether that still stands. Please wait for the answer."
    ),
    "newer_offer_waits": _("There is a newer offer for this request. Please answer that one."),
    "offer_retracted": _("The office has taken this offer back."),
    "pilot_count": _("Choose one to %(at_most)s pilots."),
    "you_are_pausing": _("You are pausing. End the pause under “My times”, then you can say yes."),
    "commission_unknown": _("There is no commission of this assignment on record."),
    "pilot_not_active": _("This pilot is not active at the moment."),
    "report_unknown": _("We do not know this report."),
    "reports_agree": _("There is nothing to settle here any more."),
    "request_open_again": _("The request is open again. Please end it first, then settle the reports."),
    "settlement_note_missing": _("Please write what you have found out."),
    "note_too_long": _("The note has at most %(at_most)s characters."),
    "override_note_missing": _("Please write why this pilot is asked all the same."),
    "rule_stands": _("This pilot cannot be asked, not even with a note."),
    "pilot_not_eligible": _("This pilot cannot take the request."),
    "slot_not_offered": _("Please choose one of the dates offered."),
    "somebody_was_faster": _SOMEBODY_WAS_FASTER,
    "asked_for_that_hour": _(
        "Meanwhile this pilot has been asked, or has said yes, for another request at that time."
    ),
    "enough_asked": _("Enough pilots have been asked for this request meanwhile."),
    "nothing_chosen": _("Please choose at least one of the proposals."),
    "nothing_to_plan": _("There is no open request with a date still to come."),
    "waves_already_running": _("Pilots are being asked in waves for this request already."),
    "waves_not_running": _("No waves are running for this request."),
    "waves_unknown": _("There are no such waves."),
    # Assignments
    "assignment_not_live": _("This assignment is over or was cancelled."),
    "minutes_missing": _("How long did it take? Please give the minutes."),
    "reason_not_allowed": _("This reason is not for you to give. Please choose another one."),
    "reason_missing": _("Please say why it did not take place."),
    "session_has_begun": _("The appointment has begun already."),
    "session_not_begun": _("The appointment has not begun yet."),
    # What an office shows
    "barrier_unknown": _("There is no such report."),
    "colour_malformed": _("Please give the colour as six digits or letters from 0 to f, such as #0b5563."),
    "colour_too_light": _(
        "Text in this colour is hard to read on our pages: its contrast is %(contrast)s, and 4.5 is needed. "
        "The nearest colour that works is %(suggestion)s."
    ),
    "host_not_served": _(
        "The address %(host)s does not lead here yet. Please ask whoever runs the server first."
    ),
    "host_shared": _("All offices share the address %(host)s: it cannot belong to one of them alone."),
    "host_taken": _("Another office has the address %(host)s already."),
    "language_not_switchable": _("This language cannot be switched on or off."),
    "logo_broken": _("This picture is damaged. Please save it again as PNG."),
    "logo_no_png": _("Please choose a picture in the format PNG."),
    "logo_sides": _("The picture may be %(at_most)s pixels wide and high at most."),
    "logo_too_large": _("The picture may have %(at_most)s kB at most."),
    "message_text_unknown": _("There is no such message."),
    "preset_unknown": _("There is no such preset."),
    "text_brace_alone": _("Braces stand around the name of a place only, as in {url}."),
    "text_has_link": _(
        "Please write no addresses of pages: links stand where {url} is, and lead to our pages."
    ),
    "text_has_markup": _("Please write no HTML: the text is laid out by itself."),
    "text_place_missing": _("The place %(place)s must stay: without it the message is of no use."),
    "text_place_unknown": _("This message knows no place %(place)s."),
    "text_url_not_alone": _("The place {url} stands alone on its line."),
    # Two at the same moment (constraints of the database) and locks
    "busy_try_again": _("Somebody is changing the same thing right now. Please try again."),
    "case_key_taken": _("This case key is in use already."),
    "email_taken": _("This e-mail address is in use already."),
    "membership_exists": _("This person has the role already."),
    "sign_in_elsewhere_once": _("This sign-in is linked to another account here already."),
    "invitation_open_once": _("This person has been invited already. You can send the invitation again."),
    "travel_time_missing": _("The pilot could not travel from one assignment to the other in time."),
    "pilot_double_booked": _("The pilot has another assignment at that time."),
    "report_exists": _("You have reported on this assignment already."),
    "seat_taken": _SOMEBODY_WAS_FASTER,
    # Places
    "address_empty": _("Please give an address."),
    "address_too_long": _("An address has at most %(limit)s characters."),
    "coordinates_incomplete": _("A point needs latitude and longitude."),
    "coordinates_malformed": _("These coordinates cannot be read."),
    "coordinates_not_finite": _("Coordinates are finite numbers."),
    "coordinates_out_of_range": _("Latitude lies between -90 and 90, longitude between -180 and 180."),
    "coordinates_swapped": _("Latitude and longitude seem to be swapped."),
    "gazetteer_empty": _("The list of places has not been imported yet."),
    "outside_service_country": _("This place lies outside Germany."),
    "place_ambiguous": _("There are %(count)s places of that name. Please add the postcode."),
    "place_malformed": _("This is not the name of a place."),
    "place_missing": _("Please give a postcode or a place."),
    "place_unknown": _("We do not know a place called “%(place)s”."),
    "person_unknown": _("There is no name here that you could change."),
    "sms_is_off": _("SMS are not switched on here."),
    "sms_number_unknown": _("You have given no number for SMS."),
    "too_many_sms_codes": _("We have sent you several codes today. Please try again tomorrow."),
    "message_group_unknown": _("There are no such messages."),
    "delivery_not_failed": _("This message has not failed."),
    "push_is_off": _("Messages on the device are not switched on here."),
    "push_subscription_malformed": _("This browser did not say properly how we can reach it."),
    "push_subscription_unknown": _("There is no such device."),
    "postcode_far_from_point": _(
        "The point on the map lies more than %(at_most)s km away from the postcode %(postcode)s."
    ),
    "postcode_malformed": _("A postcode has five digits."),
    "postcode_unknown": _("We do not know the postcode %(postcode)s."),
    # Rows of a place list, told to whoever imports it
    "accuracy_unknown": _("The accuracy is none that we know."),
    "column_count": _("The row has the wrong number of columns."),
    "district_malformed": _("This is not the key of a district."),
    "district_missing": _("The row names no district."),
    "duplicate": _("The row repeats an earlier one."),
    # What the API itself refuses
    "csrf_failed": _("The request carries no valid CSRF token."),
    "cursor_invalid": _("This page cursor is not valid. Please begin with the first page."),
    "help_seeker_or_office": _("Please name the help-seeker, or the office for somebody new."),
    "idempotency_key_malformed": _("An idempotency key has 1 to %(at_most)s printable ASCII characters."),
    "idempotency_key_reused": _("This idempotency key was used for another request."),
    "internal_error": _("Something went wrong on our side."),
    "invalid_input": _("Some of the values are not valid."),
    "malformed_body": _("The body is not valid JSON."),
    "media_type_not_acceptable": _("The API answers in JSON only."),
    "media_type_unsupported": _("Please send JSON (Content-Type: application/json)."),
    "method_not_allowed": _("This address does not know the method %(method)s."),
    "nested_too_deep": _("The body is nested too deeply."),
    "not_found": _("There is nothing here for you."),
    "person_needed": _("Please sign in yourself for that; a token is not enough."),
    "request_in_progress": _("The same request is being worked on. Please try again in a moment."),
    "request_malformed": _("The request cannot be read."),
    "request_too_large": _("The body is too large."),
    "route_unknown": pgettext_lazy("API", "There is no such address. See /api/v1/docs/."),
    "scope_missing": _("This token lacks the scope for that: %(scopes)s."),
    "second_step_needed": _("Your role needs a second step at sign-in: a passkey, or an app with codes."),
    "sign_in_needed": _("Please sign in."),
    "token_invalid": _("This token is unknown, expired or revoked."),
    "token_too_weak": _(
        "This token was made without a second step at sign-in, which your role needs today. Please make a new one."
    ),
    "too_many_registrations": _(
        "Too many registrations have come in a short time. Please try again in an hour, or call your office."
    ),
    "mail_unavailable": _("We cannot send e-mail right now. Please try again in a few minutes."),
    "too_many_requests": _("Too many requests. Please wait a moment."),
}


def sentence(error: DomainError | GeoError) -> str:
    """The refusal in the reader's language; a code without a text is shown as it is."""
    return sentence_for(error.code, error.facts)


def sentence_for(code: str, facts: Mapping[str, Any]) -> str:
    """The text of a code, with the facts it names filled in."""
    text = TEXTS.get(code)
    return code if text is None else str(text) % _Readable(facts)


class _Readable(dict[str, Any]):
    """Facts as they stand in a sentence: lists with commas; a fact that is missing leaves a dash."""

    def __getitem__(self, name: str) -> Any:
        value = self.get(name) or "–"
        if isinstance(value, float):
            return number_format(value)
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
