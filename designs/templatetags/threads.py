"""`{% load threads %}`: what the thread include needs beside the thread."""

from itertools import groupby
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from core.text import linkify
from designs import drafts, queries, threads
from designs.models import Comment, Pin, Reaction, Thread

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


@register.filter
def said(comment: Comment) -> SafeString:
    """A comment's words: escaped, addresses and people of this site linked, `> ` lines quoted.

    Who is mentioned is known by `queries.add_parts`; other handles stay plain words.
    """
    known: dict[str, str] = getattr(comment, "mentions", {})
    parts = []
    for is_quoted, lines in groupby(comment.body.split("\n"), lambda line: line.startswith("> ")):
        words = "\n".join(line.removeprefix("> ") if is_quoted else line for line in lines)
        html = _with_mentions(words, known)
        parts.append(format_html("<blockquote>{}</blockquote>", html) if is_quoted else html)
    return format_html_join("", "{}", ((part,) for part in parts))


def _with_mentions(words: str, known: dict[str, str]) -> SafeString:
    parts, end = [], 0
    for match in queries.MENTION.finditer(words):
        url = known.get(match[1].lower())
        if url:
            parts += [linkify(words[end : match.start()])]
            parts += [format_html('<a href="{}">{}</a>', url, match[0])]
            end = match.end()
    return format_html_join("", "{}", ((part,) for part in [*parts, linkify(words[end:])]))


@register.simple_tag(takes_context=True)
def talk_of(context: dict[str, Any], thread: Thread) -> dict[str, Any]:
    """The conversation, its form and its place: `{% talk_of thread as said %}`."""
    request = context["request"]
    show = request.GET.get("show", "")
    only = queries.only_some(show, request.user)
    return {
        "talk": queries.conversation(thread, only=only),
        "show": show if only is not None else "",
        "has_pins": Pin.objects.filter(comment__thread=thread, comment__deleted_at=None).exists(),
        "form": drafts.comment_form(context["request"], thread),
        "place": threads.place_of(thread),
    }
