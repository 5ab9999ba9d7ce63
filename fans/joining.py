"""What changes when a person joins a brand's team, done by the apps where it changes."""

from collections.abc import Callable

from fans.models import Brand, Membership

React = Callable[[Membership], None]
_reactions: list[React] = []


def hold_team(brand_id: int) -> None:
    """Let nobody join or leave the brand's team until the transaction ends.

    Taken before the rows of rounds, never after them. Rows that only name the brand are not kept
    waiting.
    """
    Brand.objects.select_for_update(no_key=True).get(pk=brand_id)


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
