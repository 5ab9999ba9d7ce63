"""What a brand states about its rules, and what it owes under them."""

import datetime as dt
from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from core.states import advance
from fans.models import Brand, User
from presale import jurisdictions, ledger
from presale.actions.places import lock_order
from presale.actions.telling import mail_buyer, order_changed
from presale.errors import BadOrder
from presale.models import BrandRules, Campaign, Compensation, PreOrder
from presale.states import COMPENSATION_MOVES


@transaction.atomic
def state_rules(
    brand: Brand, profile: jurisdictions.Profile, *, author: User, now: dt.datetime
) -> BrandRules:
    """Write what the brand states from now on; published campaigns keep what they were sold by."""
    row, _new = BrandRules.objects.update_or_create(
        brand=brand, defaults={**asdict(profile), "updated_at": now, "updated_by": author}
    )
    return row


def owe_double(order: PreOrder, *, now: dt.datetime) -> Compensation | None:
    """Earnest money is owed once more, in the transaction that ends the order; once.

    None where the campaign owes none, or no deposit was paid.
    """
    campaign = order.campaign
    paid = order.obligations.filter(kind="deposit", state="satisfied").first()
    if not campaign.owes_double or not paid:
        return None
    row, is_new = Compensation.objects.get_or_create(
        order=order,
        defaults={
            "amount_minor": paid.amount_minor, "currency": order.currency, "created_at": now,
        },
    )  # fmt: skip
    if is_new:
        ledger.post_compensation_due(order, campaign, row.amount_minor, now)
    return row


@transaction.atomic
def note_compensated(
    compensation: Compensation, *, reference: str, actor: str, now: dt.datetime
) -> Compensation:
    """The brand paid it by its own means. Refuses with `BadOrder` without words, `WrongState`."""
    if not reference.strip():
        raise BadOrder("reference", _("Say how it was paid, so that the buyer finds it."))
    order = lock_order(compensation.order_id)
    advance(
        compensation, "pay", moves=COMPENSATION_MOVES, actor=actor, now=now,
        reason=reference, reference=reference, paid_at=now,
    )  # fmt: skip
    ledger.post_compensated(order, order.campaign, compensation.amount_minor, now)
    mail_buyer(
        order, "compensated", "order_compensated", amount_minor=compensation.amount_minor,
        reference=reference,
    )  # fmt: skip
    order_changed(order)
    return compensation


def breaks_earnest(campaign: Campaign) -> bool:
    """Whether calling the campaign off now is a breach that doubles earnest money.

    Too few paid balances leave that choice to the brand by its terms; nothing else does.
    """
    if campaign.state in (Campaign.State.SCHEDULED, Campaign.State.DECISION):
        return False
    profile = jurisdictions.profile_for(campaign)
    return campaign.deposit_kind == Campaign.DepositKind.EARNEST and profile.earnest_double
