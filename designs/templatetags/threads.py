"""`{% load threads %}`: what the thread include needs beside the thread."""

from typing import Any

from django import template

from designs import drafts, queries, threads
from designs.models import Thread

register = template.Library()


@register.simple_tag(takes_context=True)
def talk_of(context: dict[str, Any], thread: Thread) -> dict[str, Any]:
    """The conversation, its form and its place: `{% talk_of thread as said %}`."""
    return {
        "talk": queries.conversation(thread),
        "form": drafts.comment_form(context["request"], thread),
        "place": threads.place_of(thread),
    }
