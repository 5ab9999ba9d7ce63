"""Everything that changes people, brands and their standing."""

from fans.actions.contributions import lift_suspension, record_contribution, suspend_person
from fans.actions.people import (
    confirm_address,
    follow_brand,
    forget_unconfirmed,
    person_for,
    set_preferences,
    unfollow_brand,
)

__all__ = [
    "confirm_address",
    "follow_brand",
    "forget_unconfirmed",
    "lift_suspension",
    "person_for",
    "record_contribution",
    "set_preferences",
    "suspend_person",
    "unfollow_brand",
]
