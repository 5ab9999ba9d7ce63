"""The field by which a page's form says when the page was made."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from voting.traces import FIELD, seen_now

register = template.Library()


@register.simple_tag
def seen_field() -> SafeString:
    """`{% seen_field %}` inside the form of a page on which people vote."""
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, seen_now())
