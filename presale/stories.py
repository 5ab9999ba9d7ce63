"""An order told from its rows: its stations with dates, and what its money did, in words."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.models import StateLog
from core.money import format_minor
from presale import ledger, pages
from presale.models import (
    Attempt,
    Campaign,
    Dispute,
    LedgerTx,
    PreOrder,
    ProductionUpdate,
    RefundObligation,
)
from presale.queries import OrderMoney, order_money, unit_now
from presale.states import ENDED_ORDERS, UNPAID_BALANCE

State = PreOrder.State
# The states in which each station of the timeline is behind the order.
_AFTER_DEPOSIT = [
    State.DEPOSITED, State.BALANCE_DUE, State.ACTION_NEEDED, State.PAID, State.IN_PRODUCTION,
    State.SHIPPED, State.DELIVERED, State.CLOSED,
]  # fmt: skip
_AFTER_BALANCE = _AFTER_DEPOSIT[3:]
_AFTER_SHIPPING = _AFTER_DEPOSIT[5:]
_AFTER_DELIVERY = _AFTER_DEPOSIT[6:]


@dataclass(frozen=True)
class Station:
    """One stop of the timeline; `status` is done, now, open or stopped."""

    key: str
    label: str
    status: str
    at: dt.datetime | None
    note: str = ""


@dataclass(frozen=True)
class Movement:
    """A posting as a sentence. `amount_minor` is what it is about, in minor units.

    `sign`: +1 what the buyer paid, -1 what is promised back, 0 what leaves their sum as it is.
    All signed amounts add up to what was paid and not given back.
    """

    at: dt.datetime
    text: str
    amount_minor: int
    note: str = ""
    sign: int = 0

    @property
    def signed_minor(self) -> int:
        """As it counts in the sum."""
        return self.sign * self.amount_minor


def order_context(order: PreOrder, now: dt.datetime) -> dict[str, Any]:
    """What `presale/_order_live.html` draws."""
    money = order_money(order)
    return {
        "order": order,
        "campaign": order.campaign,
        "money": money,
        "stations": stations(order, money),
        "movements": movements(order),
        "updates": pages.updates(order.campaign) if order.state not in ENDED_ORDERS else [],
        "next_step": next_step(order, money),
        "moved_at": moved_at(order),
        "step_version": step_version(order),
        "fallback": pages.fallback_of(order),
        "live_version": int(now.timestamp() * 1000),
    }


def stations(order: PreOrder, money: OrderMoney) -> list[Station]:
    """Deposit, balance, production, shipped, delivered."""
    at = _times(order)
    campaign = order.campaign
    parcel = getattr(order, "shipment", None)
    rows = [
        ("deposit", _("Deposit paid"), order.state in _AFTER_DEPOSIT, at.get("deposit_paid")),
        ("balance", _("Balance"), order.state in _AFTER_BALANCE, _balance_time(order, at)),
        ("production", _("Production"), order.state in _AFTER_SHIPPING, None),
        ("shipped", _("Shipped"), order.state in _AFTER_SHIPPING, at.get("ship")),
        ("delivered", _("Delivered"), order.state in _AFTER_DELIVERY, at.get("deliver")),
    ]
    notes = {
        "deposit": _deposit_note(order),
        "balance": _balance_note(order, money),
        "production": _production_note(campaign),
        "shipped": f"{parcel.carrier} {parcel.tracking}" if parcel else "",
        "delivered": "",
    }
    first_open = next((n for n, row in enumerate(rows) if not row[2]), len(rows))
    is_over = order.state in ENDED_ORDERS
    told = [
        Station(
            key=key,
            label=label,
            status="done" if done or is_over else "now" if n == first_open else "open",
            at=when,
            note="" if is_over and not done else notes[key],
        )
        for n, (key, label, done, when) in enumerate(rows)
        if done or not is_over or (key == "deposit" and at.get("deposit_paid"))
    ]
    if is_over:
        label = str(order.get_state_display())
        told.append(Station("ended", label, "stopped", at.get("last"), order.state_reason))
    return told


def moved_at(order: PreOrder) -> dt.datetime:
    """Since when the order is in its state."""
    log = StateLog.objects.filter(
        entity="presale.preorder", object_id=order.pk, to_state=order.state
    ).exclude(from_state=order.state)
    return log.values_list("at", flat=True).order_by("-id").first() or order.created_at


def step_version(order: PreOrder) -> int:
    """Grows with each step of the order; 0 before the first."""
    log = StateLog.objects.filter(entity="presale.preorder", object_id=order.pk)
    return log.values_list("id", flat=True).order_by("-id").first() or 0


def _times(order: PreOrder) -> dict[str, dt.datetime]:
    log = StateLog.objects.filter(entity="presale.preorder", object_id=order.pk).order_by("id")
    found: dict[str, dt.datetime] = {}
    for row in log:
        found[row.event] = row.at
        found["last"] = row.at
    return found


def _balance_time(order: PreOrder, at: dict[str, dt.datetime]) -> dt.datetime | None:
    return at.get("balance_paid") or at.get("nothing_due")


def _deposit_note(order: PreOrder) -> str:
    if order.state == State.RESERVED:
        return _("Your units are held until the deposit is paid.")
    if order.state == State.EXPIRING:
        return _("The reservation is ending.")
    if order.state == State.DEPOSITED and order.limit_minor is not None:
        return _limit_note(order)
    return ""


def _limit_note(order: PreOrder) -> str:
    campaign = order.campaign
    now_minor = unit_now(campaign)
    words = (
        _("You are in: the price is %(now)s, your limit is %(limit)s.")
        if order.is_in_at(now_minor)
        else _(
            "Not in yet: the price is %(now)s, your limit is %(limit)s. If it stays higher, your "
            "deposit comes back by itself."
        )
    )
    language = get_language() or "en"
    return words % {
        "now": format_minor(now_minor, campaign.currency, language),
        "limit": format_minor(order.limit_minor or 0, campaign.currency, language),
    }


def _balance_note(order: PreOrder, money: OrderMoney) -> str:
    if order.state in UNPAID_BALANCE:
        return _("Due now.")
    if order.state == State.DEPOSITED and order.missed == PreOrder.IfMissed.WAIT:
        return _("Your variant missed its minimum. The brand decides within 48 hours of the close.")
    if order.state == State.DEPOSITED:
        return _("Announced when deposits have closed and the final price is known.")
    return ""


def _production_note(campaign: Campaign) -> str:
    last = ProductionUpdate.objects.filter(campaign=campaign).order_by("-posted_at").first()
    if campaign.state in (Campaign.State.PRODUCTION, Campaign.State.SHIPPING) and last:
        return f"{last.get_stage_display()}: {last.title}"
    return ""


def next_step(order: PreOrder, money: OrderMoney) -> str:
    """The one thing the buyer can do now: `deposit`, `balance`, `received`, or nothing."""
    if order.state == State.RESERVED and money.owed_minor:
        return "deposit"
    if order.state in UNPAID_BALANCE and money.owed_minor:
        return "balance"
    if order.state == State.SHIPPED:
        return "received"
    return ""


def movements(order: PreOrder) -> list[Movement]:
    """Every posting of the books that touches this order's money, oldest first."""
    held, promised = ledger.held_for(order), ledger.promised_to(order)
    refs = Dispute.objects.filter(attempt__obligation__order=order).values_list("ref", flat=True)
    causes = [f"dispute-{step}:{ref}" for ref in refs for step in ("open", "won", "lost")]
    postings = (
        LedgerTx.objects.filter(
            Q(entries__account__in=[held, promised]) | Q(cause__in=causes), is_sealed=True
        )
        .prefetch_related("entries")
        .distinct()
        .order_by("at", "id")
    )
    told = [_tell(order, tx, held, promised) for tx in postings]
    return [movement for movement in told if movement]


def _tell(order: PreOrder, tx: LedgerTx, held: str, promised: str) -> Movement | None:
    kind, _colon, rest = tx.cause.partition(":")
    sums = {
        account: sum(e.amount_minor for e in tx.entries.all() if e.account == account)
        for account in (held, promised)
    }
    amount = abs(sums[held] or sums[promised])
    if kind.startswith("dispute-"):
        claimed = sum(e.amount_minor for e in tx.entries.all() if e.account == ledger.CLAIMS)
        # What had been promised back counts once: when it was promised.
        amount = abs(claimed) - (sums[promised] if kind == "dispute-lost" else 0)
    words = {
        "charge": lambda: (_charge_words(rest), ""),
        "refund-due": lambda: (_("Refund promised"), _reason(order, rest)),
        "refund": lambda: (_("Refund sent to the card you paid with"), ""),
        "refund-by-hand": lambda: (_("Refund paid by bank transfer"), ""),
        "refund-failed": lambda: (_("A refund came back; we try again"), ""),
        "sale": lambda: (_("Parcel sent: your payment went to the brand"), ""),
        "forfeit": lambda: (_("Deposit kept by the brand, as the terms say"), ""),
        "dispute-open": lambda: (_("Payment disputed: your bank holds it until it decides"), ""),
        "dispute-won": lambda: (_("Dispute ended: the payment stands"), ""),
        "dispute-lost": lambda: (_("Given back to you by your bank"), ""),
        "return": lambda: (_("Parcel came back: your payment is held for you again"), ""),
    }.get(kind)
    if not words:
        return Movement(tx.at, _("Booked"), amount, tx.cause)
    text, note = words()
    return Movement(tx.at, text, amount, note, _SIGNS.get(kind, 0))


# A refund counts when it is promised; sent, failed and sent again it is the same money.
_SIGNS: Final = {"charge": 1, "refund-due": -1, "dispute-lost": -1}


def _charge_words(charge_ref: str) -> str:
    attempt = Attempt.objects.select_related("obligation").filter(charge_ref=charge_ref).first()
    kind = attempt.obligation.kind if attempt else ""
    return {"deposit": _("Deposit paid"), "balance": _("Balance paid")}.get(kind, _("Paid"))


def _reason(order: PreOrder, cause: str) -> str:
    found = RefundObligation.objects.filter(order=order, cause=cause).first()
    return found.reason if found else ""
