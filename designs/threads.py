"""Where a conversation stands: on a draft, or on a page of an app above.

An app that gives its rows a thread registers a resolver from `AppConfig.ready`; comments then
know whose brand they serve, which page they are read on, and who may remove them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from designs.models import Thread
from fans.models import Brand


@dataclass(frozen=True)
class Place:
    """The page of a thread. `hosts` are people who answer there, with the name of their part."""

    brand: Brand
    url: str
    title: str
    hosts: dict[int, str] = field(default_factory=dict)


Resolver = Callable[[Thread], Place | None]
_resolvers: list[Resolver] = []


def register(resolve: Resolver) -> None:
    """Ask `resolve(thread)` for the place of threads; it answers None for those of others."""
    if resolve not in _resolvers:
        _resolvers.append(resolve)


def place_of(thread: Thread) -> Place | None:
    """The place of a thread; None while no page has it."""
    found = (resolve(thread) for resolve in _resolvers)
    return next((place for place in found if place), None)
