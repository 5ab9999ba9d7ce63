"""`{% load threads %}`: what the thread include needs beside the thread."""

from typing import Any

from django import template
from django.utils.translation import ngettext

from designs import drafts, queries, threads
from designs.models import Comment, Reaction, Thread

REACTIONS = {
    Reaction.Kind.AGREE: lambda n: ngettext("%(n)s agrees", "%(n)s agree", n),
    Reaction.Kind.LIKE: lambda n: ngettext("%(n)s likes it", "%(n)s like it", n),
    Reaction.Kind.THANKS: lambda n: ngettext("%(n)s says thanks", "%(n)s say thanks", n),
}

register = template.Library()


@register.simple_tag
def reactions(comment: Comment) -> str:
    """What was given, in words: "3 agree · 1 likes it"; the same for every reader."""
    given = ((comment.reactions.get(kind, 0), kind) for kind in Reaction.Kind)
    return " · ".join(REACTIONS[kind](number) % {"n": number} for number, kind in given if number)


@register.simple_tag(takes_context=True)
def talk_of(context: dict[str, Any], thread: Thread) -> dict[str, Any]:
    """The conversation, its form and its place: `{% talk_of thread as said %}`."""
    return {
        "talk": queries.conversation(thread),
        "form": drafts.comment_form(context["request"], thread),
        "place": threads.place_of(thread),
    }
