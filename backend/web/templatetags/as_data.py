"""What the pages around one's own account need: data for a script, without a script in the page."""

import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def to_json(value: Any) -> str:
    """The value for a data attribute; the template escapes it."""
    return json.dumps(value, cls=DjangoJSONEncoder)
