"""Words of the pages of whoever asks."""

from django import template

from backend.dispatch.models import Assignment
from notifications import links

register = template.Library()


@register.filter
def card_url(assignment: Assignment) -> str:
    """The address of the card for whoever is accompanied."""
    return links.client_card(assignment)
