"""Requests, rankings, plans, waves, offers and assignments."""

from backend.dispatch.models.acceptance_version import AcceptanceVersion
from backend.dispatch.models.assignment import ActivityReport, Assignment, ReportSettlement
from backend.dispatch.models.commission import Commission, CommissionKind, CommissionSalt, RuleSet
from backend.dispatch.models.help_request import ConfidentialDetails, HelpRequest, HelpRequestSlot
from backend.dispatch.models.match_run import MatchRun, Suggestion
from backend.dispatch.models.offer import AnswerLink, Offer
from backend.dispatch.models.override import Override
from backend.dispatch.models.plan_run import PlanProposal, PlanRun
from backend.dispatch.models.request_draft import RequestDraft
from backend.dispatch.models.wave import Wave, WaveSeries

__all__ = [
    "AcceptanceVersion",
    "ActivityReport",
    "AnswerLink",
    "Assignment",
    "Commission",
    "CommissionKind",
    "CommissionSalt",
    "ConfidentialDetails",
    "HelpRequest",
    "HelpRequestSlot",
    "MatchRun",
    "Offer",
    "Override",
    "PlanProposal",
    "PlanRun",
    "ReportSettlement",
    "RequestDraft",
    "RuleSet",
    "Suggestion",
    "Wave",
    "WaveSeries",
]
