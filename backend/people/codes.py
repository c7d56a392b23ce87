"""The controlled vocabularies about people: topics, genders, levels, travel modes, kinds of consent."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    AUTHORITY = "authority", _("authorities and offices")
    WORK = "work", _("work and training")
    SCHOOL = "school", _("school")
    DAYCARE = "daycare", _("daycare")
    HEALTH = "health", _("health")
    HOUSING = "housing", _("housing")
    LANGUAGE_LEARNING = "language_learning", _("learning German")
    FAMILY = "family", _("family")
    MONEY = "money", _("money and contracts")
    CONFLICT = "conflict", _("conflicts")
    ORIENTATION = "orientation", _("everyday life")
    OTHER = "other", _("something else")


class Gender(models.TextChoices):
    FEMALE = "f", _("female")
    MALE = "m", _("male")
    DIVERSE = "d", _("diverse")


class CefrLevel(models.IntegerChoices):
    """Levels of the Common European Framework; 0 is unknown, and unknown is not fluent."""

    UNKNOWN = 0, _("unknown")
    A1 = 1, "A1"
    A2 = 2, "A2"
    B1 = 3, "B1"
    B2 = 4, "B2"
    C1 = 5, "C1"
    C2 = 6, _("C2 or first language")


class TravelMode(models.TextChoices):
    FOOT = "foot", _("on foot")
    BICYCLE = "bicycle", _("bicycle")
    TRANSIT = "transit", _("bus and train")
    CAR = "car", _("car")


class ConsentKind(models.TextChoices):
    DATA_PROTECTION = "data_protection", _("data protection")
    CONFIDENTIALITY = "confidentiality", _("confidentiality pledge")


class QualificationKind(models.TextChoices):
    BASIC_COURSE = "basic_course", _("basic course")
    FOLLOW_UP = "follow_up", _("follow-up module")
    INTERVIEW = "interview", _("first interview")


class ProfileStep(models.TextChoices):
    """The short pages on which a volunteer says what matching and the office need to know of her."""

    LANGUAGES = "languages", _("Languages")
    TRAVEL = "travel", _("Where and how far")
    TIMES = "times", _("Times of the week")
    TOPICS = "topics", _("Topics and wishes")
    CONTACT = "contact", _("How we reach you")


# Without these nobody can be matched; the rest is a wish, or stands on its own (the pledge).
NEEDED_STEPS = (ProfileStep.LANGUAGES, ProfileStep.TRAVEL, ProfileStep.TIMES)


class AccessReason(models.TextChoices):
    """Why somebody opens a vault entry; the access log keeps it."""

    CONTACT = "contact", _("to get in touch")
    ACTIVATION = "activation", _("to check an application")
    CASE_WORK = "case_work", _("to work on a request")
    CORRECTION = "correction", _("to correct the data")
    DATA_REQUEST = "data_request", _("to answer a request of the person concerned")
    OVERVIEW = "overview", _("to see who is who in a list")
    INSURANCE = "insurance", _("to prove a commission")


CONSENT_VERSION = "2026-11"
