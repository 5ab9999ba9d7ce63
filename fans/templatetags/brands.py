"""`{% load brands %}`: what a member of a brand may do, for the links that lead there."""

from typing import Any

from django import template

from fans.access import SETS_UP, has_role
from fans.models import Brand

register = template.Library()


@register.simple_tag(takes_context=True)
def may_set_up(context: dict[str, Any], brand: Brand) -> bool:
    """Whether the reader may open the brand's settings: `{% may_set_up brand as is_owner %}`."""
    return has_role(context["request"].user, brand, *SETS_UP)
