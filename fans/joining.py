"""What changes when a person joins a brand's team, done by the apps where it changes."""

from collections.abc import Callable

from fans.models import Membership

React = Callable[[Membership], None]
_reactions: list[React] = []


def on_join(react: React) -> None:
    """Have `react(membership)` called inside the transaction that makes somebody a member.

    Called from `AppConfig.ready`.
    """
    if react not in _reactions:
        _reactions.append(react)


def joined(membership: Membership) -> None:
    """Tell every app; part of the action that made the membership."""
    for react in _reactions:
        react(membership)
