"""Requests, rankings, offers and assignments."""

from backend.dispatch.models.assignment import ActivityReport, Assignment
from backend.dispatch.models.help_request import ConfidentialDetails, HelpRequest, HelpRequestSlot
from backend.dispatch.models.match_run import MatchRun, Suggestion
from backend.dispatch.models.offer import AnswerLink, Offer

__all__ = [
    "ActivityReport",
    "AnswerLink",
    "Assignment",
    "ConfidentialDetails",
    "HelpRequest",
    "HelpRequestSlot",
    "MatchRun",
    "Offer",
    "Suggestion",
]
