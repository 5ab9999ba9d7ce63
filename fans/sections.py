"""Blocks that other apps add to the pages of people and brands.

Imports only go to the left, so a brand's page cannot ask for rounds or campaigns. An app that has
something to show registers a function in `AppConfig.ready`; it gets the request and the brand (or
person) and returns a template with its context or ready HTML, or nothing when there is nothing
to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

Block = tuple[str, dict[str, Any]] | SafeString
Section = Callable[[HttpRequest, Any], Block | None]


@dataclass(frozen=True)
class _Registered:
    order: int
    make: Section


_sections: dict[str, list[_Registered]] = {}


def register(page: str, make: Section, *, order: int = 50) -> None:
    """Have `make(request, subject)` add a block to `page`; smaller `order` stands first.

    Pages: `brand` (subject: Brand), `profile` (subject: User).
    """
    known = [one for one in _sections.get(page, []) if one.make is not make]
    _sections[page] = sorted([*known, _Registered(order, make)], key=lambda one: one.order)


def blocks(page: str, request: HttpRequest, subject: Any) -> list[SafeString]:
    """The rendered blocks of a page, in their order."""
    made = (one.make(request, subject) for one in _sections.get(page, []))
    return [_html(block, request) for block in made if block]


def _html(block: Block, request: HttpRequest) -> SafeString:
    if isinstance(block, SafeString):
        return block
    return render_to_string(block[0], block[1], request)
