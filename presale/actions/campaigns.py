"""A campaign's life: published, opened, closed, counted, decided, produced, completed.

Steps that time causes are called by `presale.ticks`; they write the campaign's row in one
transaction, and the orders follow in batches (`presale.actions.batches`).
"""

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import format_minor
from core.states import advance
from fans.models import Brand
from presale import pricing, queries, rules, shipping, states, terms
from presale.actions.telling import campaign_changed, mail_brand
from presale.errors import BadDate, NotPublishable, ReasonMissing, Refused, TooLate
from presale.models import Campaign, PreOrder, Variant
from presale.states import CAMPAIGN_MOVES

C, S = Campaign.State, PreOrder.State


# -- What a brand does ----------------------------------------------------------------------
@transaction.atomic
def publish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Freeze the terms, shipping with them; deposits open at `opens_at`, at once if it is past.

    Refuses with `NotPublishable` (all reasons, from `rules.problems`) or `WrongState`.
    """
    # Locked, so that nobody edits the draft between its check and the freezing of its terms.
    campaign.refresh_from_db(from_queryset=Campaign.objects.select_for_update(of=("self",)))
    problems = [*_brand_problems(campaign.brand), *rules.problems(terms_of(campaign), now)]
    if problems:
        raise NotPublishable(problems)
    zones = shipping.zones_of(campaign)
    text = written_terms(campaign, zones)
    advance(
        campaign, "publish", moves=CAMPAIGN_MOVES, actor=actor, now=now, terms_text=text,
        terms_hash=hashlib.sha256(text.encode()).hexdigest(), shipping=shipping.frozen(zones),
    )  # fmt: skip
    if campaign.opens_at <= now:
        return open_campaign(campaign, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def unpublish(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Back to a draft, before deposits open."""
    advance(campaign, "unpublish", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def open_now(campaign: Campaign, *, actor: str, now: dt.datetime) -> Campaign:
    """Open deposits before their time: the opening time becomes now.

    Refuses with `BadDate` when they would then be open for too long, and with `WrongState`.
    """
    campaign.refresh_from_db()
    if campaign.closes_at - now > terms.MAX_OPEN:
        raise BadDate(_("Deposits may be open for 60 days at most."))
    return open_campaign(campaign, actor=actor, now=now, event="open_early", opens_at=now)


@transaction.atomic
def extend(
    campaign: Campaign, *, closes_at: dt.datetime, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """Move the close once, at most 30 days; everybody who ordered is told and may cancel freely.

    Refuses with `ReasonMissing`, `BadDate`, `TooLate`.
    """
    if not reason.strip():
        raise ReasonMissing
    campaign.refresh_from_db()
    if campaign.state != C.OPEN or now >= campaign.closes_at:
        raise TooLate(_("Deposits have closed; the date can no longer be moved."))
    if campaign.extensions >= terms.MAX_EXTENSIONS:
        raise BadDate(_("The close can be moved only once."))
    _check_new_close(campaign, closes_at)
    advance(
        campaign, "extend", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        closes_at=closes_at, extensions=campaign.extensions + 1, state_reason=reason,
    )  # fmt: skip
    campaign_changed(campaign.pk, "phase")
    return campaign


def close_early(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Stop taking deposits now; fans see the reason. Counting follows by itself."""
    if not reason.strip():
        raise ReasonMissing
    return close_campaign(campaign, actor=actor, reason=reason, now=now)


@transaction.atomic
def close_balance_early(
    campaign: Campaign, *, actor: str, reason: str, now: dt.datetime
) -> Campaign:
    """End the balance window and its grace now; only in the demo. Refuses with `Refused`."""
    if not settings.DEMO:
        raise Refused(_("The time to pay the balance was promised and cannot be cut short."))
    if not reason.strip():
        raise ReasonMissing
    campaign.refresh_from_db()
    if campaign.state != C.BALANCE:
        raise Refused(_("No balance is being collected now."))
    if PreOrder.objects.filter(campaign=campaign, state=S.DEPOSITED).exists():
        raise Refused(_("The balances are still being announced. Please try again in a moment."))
    Campaign.objects.filter(pk=campaign.pk, state=C.BALANCE).update(
        balance_closes_at=now, grace_ends_at=now, state_reason=reason
    )
    campaign_changed(campaign.pk, "phase")
    campaign.refresh_from_db()
    return campaign


@transaction.atomic
def proceed(campaign: Campaign, *, actor: str, reason: str, now: dt.datetime) -> Campaign:
    """Produce although fewer balances were paid than planned. Refuses without any paid unit."""
    if not reason.strip():
        raise ReasonMissing
    if not queries.units_in(campaign, states.FULLY_PAID):
        raise Refused(_("Nobody has paid in full, so there is nothing to produce."))
    advance(
        campaign, "proceed", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason,
    )  # fmt: skip
    campaign_changed(campaign.pk, "phase")
    return campaign


@transaction.atomic
def cancel(
    campaign: Campaign, *, actor: str, reason: str, now: dt.datetime, event: str = "cancel"
) -> Campaign:
    """Call it off; everything paid goes back, order by order. Refuses once parcels are sent.

    `event` is `time_out` when the brand has let its time to decide pass.
    """
    if not reason.strip():
        raise ReasonMissing
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=False)
    campaign.refresh_from_db()
    advance(
        campaign, event, moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
        state_reason=reason,
    )  # fmt: skip
    # What had been reached stays on the page when the orders are ended one by one.
    Campaign.objects.filter(pk=campaign.pk, final_units=None).update(final_units=F("units"))
    campaign_changed(campaign.pk, "phase", "ladder")
    campaign.refresh_from_db()
    return campaign


# -- What time does -------------------------------------------------------------------------
@transaction.atomic
def open_campaign(
    campaign: Campaign,
    *,
    actor: str,
    now: dt.datetime,
    event: str = "open",
    **changes: Any,
) -> Campaign:
    """Deposits open; `changes` are written by the same step.

    `event` is `open_early` when the brand did not wait for the time its terms name.
    """
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=True)
    advance(campaign, event, moves=CAMPAIGN_MOVES, actor=actor, now=now, **changes)
    campaign_changed(campaign.pk, "phase", "ladder", "variants")
    return campaign


@transaction.atomic
def close_campaign(
    campaign: Campaign, *, actor: str, now: dt.datetime, reason: str = ""
) -> Campaign:
    """No new reservation from here on: the variants close under the locks that orders take."""
    Variant.objects.filter(campaign=campaign).order_by("pk").update(is_open=False)
    changes: dict[str, Any] = {"state_reason": reason} if reason else {}
    if reason and now < campaign.closes_at:
        changes["closes_at"] = max(now, campaign.opens_at + dt.timedelta(seconds=1))
    advance(campaign, "close", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason, **changes)
    campaign_changed(campaign.pk, "phase", "variants")
    return campaign


@transaction.atomic
def finalise(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """Count once: units, final price and state in one step; False while a deposit is open."""
    row = Campaign.objects.filter(pk=campaign.pk, state=C.CLOSING)
    if not row.update(version=F("version") + 1):  # also locks the row
        return False
    orders = PreOrder.objects.filter(campaign=campaign)
    if orders.filter(state__in=[S.RESERVED, S.EXPIRING]).exists():
        return False
    campaign.refresh_from_db()
    units = queries.units_in(campaign, [S.DEPOSITED])
    if units < campaign.minimum:
        words = ngettext(
            "%(units)d of %(minimum)d unit", "%(units)d of %(minimum)d units", campaign.minimum
        )
        reason = words % {"units": units, "minimum": campaign.minimum}
        advance(
            campaign, "gate1_missed", moves=CAMPAIGN_MOVES, actor=actor, now=now, reason=reason,
            final_units=units,
        )  # fmt: skip
    else:
        shown = orders.filter(state=S.DEPOSITED).values_list("unit_shown_minor", flat=True)
        price = pricing.final_unit(
            queries.steps_of(campaign), units, campaign.reached_unit_minor,
            list(shown.order_by("unit_shown_minor").distinct()[:1]),
        )  # fmt: skip
        ends = now + dt.timedelta(days=campaign.balance_days)
        advance(
            campaign, "gate1_passed", moves=CAMPAIGN_MOVES, actor=actor, now=now,
            final_units=units, final_unit_minor=price, balance_closes_at=ends,
            grace_ends_at=ends + terms.GRACE,
        )  # fmt: skip
    template = "campaign_failed" if units < campaign.minimum else "campaign_succeeded"
    mail_brand(campaign, "gate1", template, units=units, until_at=campaign.balance_closes_at)
    campaign_changed(campaign.pk, "phase", "ladder")
    return True


@transaction.atomic
def close_balance(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """The second gate, once no balance is open any more; False before that."""
    row = Campaign.objects.filter(pk=campaign.pk, state=C.BALANCE)
    if not row.update(version=F("version") + 1):
        return False
    waiting = [S.DEPOSITED, *states.UNPAID_BALANCE]
    if PreOrder.objects.filter(campaign=campaign, state__in=waiting).exists():
        return False
    campaign.refresh_from_db()
    units = queries.units_in(campaign, states.FULLY_PAID)
    if units >= max(1, campaign.production_minimum):
        advance(campaign, "gate2_passed", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    else:
        by = now + terms.DECISION
        advance(campaign, "gate2_missed", moves=CAMPAIGN_MOVES, actor=actor, now=now, decide_by=by)
        mail_brand(campaign, "gate2", "campaign_decision", units=units, decide_at=by)
    campaign_changed(campaign.pk, "phase")
    return True


@transaction.atomic
def complete(campaign: Campaign, *, actor: str, now: dt.datetime) -> bool:
    """Every order has come to its end; False before that."""
    if PreOrder.objects.filter(campaign=campaign).exclude(state__in=states.FINAL_ORDERS).exists():
        return False
    advance(campaign, "complete", moves=CAMPAIGN_MOVES, actor=actor, now=now)
    campaign_changed(campaign.pk, "phase")
    return True


# -- Terms ----------------------------------------------------------------------------------
def terms_of(campaign: Campaign) -> rules.Terms:
    """The campaign as the rules judge it."""
    variants = campaign.variants.order_by("position", "pk")
    return rules.Terms(
        currency=campaign.currency,
        zone_name=campaign.time_zone,
        opens_at=campaign.opens_at,
        closes_at=campaign.closes_at,
        balance_days=campaign.balance_days,
        ship_by=campaign.ship_by,
        minimum=campaign.minimum,
        production_minimum=campaign.production_minimum,
        deposit_minor=campaign.deposit_minor,
        deposit_worth_bp=campaign.deposit_worth_bp,
        deposit_kind=campaign.deposit_kind,
        forfeit=campaign.forfeit,
        person_limit=campaign.person_limit,
        steps=tuple(rules.Step(*step) for step in queries.steps_of(campaign)),
        options=tuple(
            rules.Option(row.label, row.sku, row.surcharge_minor, row.quota) for row in variants
        ),
        shipping_minor=tuple(zone.price_minor for zone in shipping.zones_of(campaign)),
    )


def written_terms(campaign: Campaign, zones: Sequence[shipping.Zone]) -> str:
    """The terms in plain sentences, as they are frozen and hashed at publishing.

    Times are those of the brand's zone, wherever the person who publishes reads their own.
    """
    money = campaign.currency
    context = {
        "campaign": campaign,
        "brand": campaign.brand,
        "deposit": format_minor(campaign.deposit_minor, money),
        "worth": format_minor(
            pricing.credit(campaign.deposit_minor, campaign.deposit_worth_bp), money
        ),
        "steps": [
            (units, format_minor(price, money)) for units, price in queries.steps_of(campaign)
        ],
        "variants": [
            (row.label, row.quota, format_minor(row.surcharge_minor, money))
            for row in campaign.variants.order_by("position", "pk")
        ],
        "zones": [
            (zone.name, ", ".join(zone.countries), format_minor(zone.price_minor, money))
            for zone in zones
        ],
        "grace_days": terms.GRACE.days,
        "tax_percent": f"{campaign.tax_rate_bp / 100:g}",
    }
    with timezone.override(campaign.time_zone):
        return render_to_string("presale/terms.txt", context).strip() + "\n"


def _brand_problems(brand: Brand) -> list[rules.Problem]:
    if brand.state != Brand.State.APPROVED:
        return [rules.Problem("", _("The brand has not been approved."))]
    if not brand.payout_ready:
        return [rules.Problem("", _("The brand cannot receive payments yet."))]
    return []


def _check_new_close(campaign: Campaign, closes_at: dt.datetime) -> None:
    if closes_at <= campaign.closes_at:
        raise BadDate(_("The close can only be moved to a later time."))
    if closes_at > campaign.closes_at + terms.MAX_EXTENSION:
        raise BadDate(
            _("The close can be moved by %(days)d days at most.")
            % {"days": terms.MAX_EXTENSION.days}
        )
    moved = dataclasses.replace(terms_of(campaign), closes_at=closes_at)
    if moved.last_payment_day >= campaign.ship_by:
        raise BadDate(_("Balances would still be open on the day the goods are to ship."))
