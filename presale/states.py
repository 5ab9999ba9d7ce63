"""The state machines of the pre-sale, as tables. A pair that is not listed is refused.

Each row is (state, event): target, who may cause it, what must hold and what it does. The words
are printed into docs/states.md by `manage.py states`; a test compares the two.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from presale.models import (
    Attempt,
    Campaign,
    Dispute,
    Obligation,
    PreOrder,
    RefundAttempt,
    RefundObligation,
    Unmatched,
    WaitingPlace,
)

C, O, A = Campaign.State, PreOrder.State, Attempt.State  # noqa: E741
B, R, P = Obligation.State, RefundAttempt.State, RefundObligation.State
D, U = Dispute.State, Unmatched.State


@dataclass(frozen=True)
class Move:
    """One row: where the step leads, who takes it, and what goes with it."""

    to: str
    by: str
    about: str


Table = dict[tuple[str, str], Move]

_CAMPAIGN_CANCEL = "typed confirmation and a reason; all paid money is refunded, order by order"
CAMPAIGN: Final[Table] = {
    (C.DRAFT, "publish"): Move(C.SCHEDULED, "brand", "no refusal left; the terms are frozen"),
    (C.SCHEDULED, "unpublish"): Move(C.DRAFT, "brand", "nobody has ordered yet"),
    (C.SCHEDULED, "open"): Move(C.OPEN, "job, brand", "its opening time has come; variants open"),
    (C.SCHEDULED, "open_early"): Move(
        C.OPEN, "brand", "its opening time is made now; variants open"
    ),
    (C.SCHEDULED, "cancel"): Move(C.CANCELLED, "brand", "nobody has ordered yet"),
    (C.OPEN, "extend"): Move(
        C.OPEN, "brand", "once, by 30 days at most, before the close; everybody is told"
    ),
    (C.OPEN, "close"): Move(
        C.CLOSING, "job, brand", "its closing time has come, or a stated reason; variants close"
    ),
    (C.OPEN, "cancel"): Move(C.CANCELLED, "brand", _CAMPAIGN_CANCEL),
    (C.CLOSING, "gate1_passed"): Move(
        C.BALANCE, "job", "no deposit is open; enough paid deposits; the final price is fixed"
    ),
    (C.CLOSING, "gate1_missed"): Move(
        C.FAILED, "job", "no deposit is open; the minimum is missed; everything is refunded"
    ),
    (C.CLOSING, "cancel"): Move(C.CANCELLED, "brand", _CAMPAIGN_CANCEL),
    (C.BALANCE, "gate2_passed"): Move(
        C.PRODUCTION, "job", "no balance is open; enough paid units to produce"
    ),
    (C.BALANCE, "gate2_missed"): Move(
        C.DECISION, "job", "no balance is open; too few paid units; the brand has 7 days to decide"
    ),
    (C.BALANCE, "cancel"): Move(C.CANCELLED, "brand", _CAMPAIGN_CANCEL),
    (C.DECISION, "proceed"): Move(C.PRODUCTION, "brand", "made although fewer were paid"),
    (C.DECISION, "cancel"): Move(C.CANCELLED, "brand", _CAMPAIGN_CANCEL),
    (C.DECISION, "time_out"): Move(
        C.CANCELLED, "job", "no decision within 7 days; everything is refunded"
    ),
    (C.PRODUCTION, "first_shipment"): Move(C.SHIPPING, "brand", "the first order is sent"),
    (C.PRODUCTION, "cancel"): Move(C.CANCELLED, "brand", _CAMPAIGN_CANCEL),
    (C.PRODUCTION, "emptied"): Move(
        C.CANCELLED, "job", "after a delay every order was given back: nothing is left to make"
    ),
    **{
        (state, "delay"): Move(
            state, "brand, job", "a later date to ship by, with a reason; each open order is asked"
        )
        for state in (C.BALANCE, C.DECISION, C.PRODUCTION, C.SHIPPING)
    },
    (C.SHIPPING, "complete"): Move(C.COMPLETED, "job", "every order has come to its end"),
}


def _each(states: Iterable[str], event: str, to: str, by: str, about: str) -> Table:
    """The same row for several states; `to` is "" where the state stays as it is."""
    return {(state, event): Move(to or state, by, about) for state in states}


def _by_state(table: Table, states: Iterable[str]) -> Table:
    """The rows in the order of the states, for reading."""
    order = list(states)
    return dict(sorted(table.items(), key=lambda row: order.index(row[0][0])))


_PAID_LATE = "the money is refunded at once"
_BACK = "what was paid is refunded, the place is given back"
_MEANWHILE = "the campaign was cancelled meanwhile; " + _PAID_LATE
_UNPAID = (O.BALANCE_DUE, O.ACTION_NEEDED)
_BEFORE_PARCEL = (O.DEPOSITED, *_UNPAID, O.PAID, O.IN_PRODUCTION)
_DISPUTABLE = [state for state in O if state not in (O.RESERVED, O.EXPIRING)]
_STOP = "the saved card is no longer charged"
ORDER: Final[Table] = _by_state(
    {
        (O.RESERVED, "deposit_paid"): Move(
            O.DEPOSITED, "provider", "the units count for the ladder"
        ),
        (O.RESERVED, "expire"): Move(O.EXPIRING, "job", "time is up or the campaign closes"),
        (O.RESERVED, "leave"): Move(O.EXPIRING, "buyer", "the buyer gives the place back"),
        **_each((O.RESERVED, O.EXPIRING), "paid_too_late", O.CANCELLED, "provider", _MEANWHILE),
        (O.EXPIRING, "deposit_paid"): Move(
            O.DEPOSITED, "provider", "paid before the checkout could be ended: money wins"
        ),
        (O.EXPIRING, "proved_dead"): Move(
            O.EXPIRED, "provider", "the checkout can no longer be paid; the place is given back"
        ),
        (O.EXPIRING, "give_up"): Move(
            O.EXPIRED, "job", "no answer for 24 h; the operator looks; the place is given back"
        ),
        (O.EXPIRED, "deposit_paid"): Move(
            O.DEPOSITED, "provider", "late money, and the place could be had again"
        ),
        (O.EXPIRED, "paid_too_late"): Move(
            O.EXPIRED, "provider", "no place any more; " + _PAID_LATE
        ),
        **_each((O.RESERVED, O.DEPOSITED, O.BALANCE_DUE), "stop_auto_charge", "", "buyer", _STOP),
        (O.DEPOSITED, "change_variant"): Move(
            O.DEPOSITED, "buyer", "while deposits are open, to a variant of the same price"
        ),
        (O.DEPOSITED, "reduce"): Move(
            O.DEPOSITED, "buyer", "while deposits are open; the deposit of these units is refunded"
        ),
        **_each(
            (O.RESERVED, *_BEFORE_PARCEL), "move", "", "buyer",
            "until the address lock; shipping is priced anew, as agreed to",
        ),
        (O.DEPOSITED, "accept_close"): Move(
            O.DEPOSITED, "buyer", "the close was moved, and the buyer agrees"
        ),
        (O.DEPOSITED, "cancel"): Move(O.CANCELLED, "buyer", "while deposits are open; " + _BACK),
        (O.DEPOSITED, "balance_due"): Move(
            O.BALANCE_DUE, "job", "the final price is fixed; the balance is announced"
        ),
        (O.DEPOSITED, "nothing_due"): Move(O.PAID, "job", "the deposit covers the final price"),
        (O.DEPOSITED, "limit_missed"): Move(
            O.CANCELLED, "job", "the final price is above the buyer's limit; " + _BACK
        ),
        (O.DEPOSITED, "variant_missed"): Move(
            O.CANCELLED, "job", "its variant is given up and this is what its terms say; " + _BACK
        ),
        (O.DEPOSITED, "rehome"): Move(
            O.DEPOSITED, "job", "its variant is given up; it moves to the one the buyer named"
        ),
        (O.DEPOSITED, "campaign_failed"): Move(O.CANCELLED, "job", "minimum missed; " + _BACK),
        (O.BALANCE_DUE, "choose_charge_day"): Move(
            O.BALANCE_DUE, "buyer", "another day of the window for the saved card, before its try"
        ),
        (O.BALANCE_DUE, "needs_action"): Move(
            O.ACTION_NEEDED, "provider", "confirmation or another card is needed; a link is mailed"
        ),
        **_each(_UNPAID, "balance_paid", O.PAID, "provider", "nothing is owed any more"),
        **_each(
            _UNPAID, "default", O.DEFAULTED, "job",
            "grace is over; the deposit is kept or refunded as the terms say",
        ),
        **_each(_BEFORE_PARCEL, "campaign_cancelled", O.CANCELLED, "job", _BACK),
        **_each(
            _BEFORE_PARCEL, "dispute_lost", O.CANCELLED, "job",
            "the bank gave the payment back; what else was paid is refunded, the place given back",
        ),
        **_each(
            _DISPUTABLE, "dispute_opened", "", "provider", "no refund and no parcel until it ends"
        ),
        **_each(_DISPUTABLE, "dispute_closed", "", "provider", "refunds and parcels go on"),
        **_each(_BEFORE_PARCEL, "release", O.CANCELLED, "brand", "out of goodwill; " + _BACK),
        **_each(
            (*_UNPAID, O.PAID, O.IN_PRODUCTION), "leave_delayed", O.CANCELLED, "buyer, job",
            "a delay is not accepted, or in silence where silence is no yes; " + _BACK,
        ),
        (O.PAID, "production_start"): Move(
            O.IN_PRODUCTION, "job", "the campaign is in production"
        ),
        (O.IN_PRODUCTION, "ship"): Move(O.SHIPPED, "brand", "tracking number; the sale is booked"),
        (O.SHIPPED, "deliver"): Move(
            O.DELIVERED, "buyer, brand, job", "received, or 14 days passed"
        ),
        **_each(
            (O.SHIPPED, O.DELIVERED), "accept_return", O.RETURNED, "brand",
            "the sale is undone and refunded",
        ),
        (O.DELIVERED, "close"): Move(O.CLOSED, "job", "the return window is over"),
        **_each((O.CANCELLED, O.DEFAULTED), "paid_too_late", "", "provider", _PAID_LATE),
    },
    O,
)  # fmt: skip

_NO_ANSWER = "no answer: asked again with growing pauses, never taken for a failure"
_MONEY_WINS = "the provider says paid"
_ENDED = "ended at the provider"
ATTEMPT: Final[Table] = _by_state(
    {
        (A.CREATED, "anchor"): Move(A.PENDING, "provider", "its object exists at the provider"),
        **_each((A.CREATED, A.PENDING, A.ACTION), "lose", A.UNKNOWN, "provider", _NO_ANSWER),
        (A.CREATED, "die"): Move(A.DEAD, "provider", "nothing was ever sent, or it was ended"),
        **_each(
            (A.CREATED, A.PENDING, A.ACTION, A.UNKNOWN), "decline", A.DECLINED, "provider",
            "the provider says no",
        ),
        **_each(
            (A.PENDING, A.ACTION, A.UNKNOWN, A.DECLINED), "succeed", A.SUCCEEDED, "provider",
            _MONEY_WINS,
        ),
        **_each(
            (A.PENDING, A.UNKNOWN), "need_customer", A.ACTION, "provider",
            "the customer must confirm",
        ),
        **_each((A.PENDING, A.ACTION), "die", A.DEAD, "provider", _ENDED),
        (A.UNKNOWN, "anchor"): Move(A.PENDING, "provider", "found again at the provider"),
        (A.UNKNOWN, "die"): Move(A.DEAD, "provider, job", "ended, or no answer for 24 h"),
        (A.DECLINED, "retry"): Move(A.PENDING, "job", "the same object is confirmed again"),
        (A.DECLINED, "die"): Move(A.DEAD, "provider", "ended, so that another card may be used"),
        # Final for everything but money: what arrives after all is booked, then refunded.
        (A.DEAD, "succeed"): Move(
            A.SUCCEEDED, "provider", _MONEY_WINS + ", although it was ended"
        ),
    },
    A,
)  # fmt: skip

REFUND: Final[Table] = {
    (R.CREATED, "lose"): Move(R.UNKNOWN, "provider", _NO_ANSWER),
    (R.CREATED, "accept"): Move(R.PENDING, "provider", "on its way"),
    (R.CREATED, "succeed"): Move(R.SUCCEEDED, "provider", "arrived"),
    (R.CREATED, "fail"): Move(R.FAILED, "provider", "refused; the operator looks"),
    (R.UNKNOWN, "accept"): Move(R.PENDING, "provider", "on its way"),
    (R.UNKNOWN, "succeed"): Move(R.SUCCEEDED, "provider", "arrived"),
    (R.UNKNOWN, "fail"): Move(R.FAILED, "provider", "refused; the operator looks"),
    (R.PENDING, "succeed"): Move(R.SUCCEEDED, "provider", "arrived"),
    (R.PENDING, "fail"): Move(R.FAILED, "provider", "came back; still owed"),
    (R.SUCCEEDED, "fail"): Move(R.FAILED, "provider", "came back; still owed"),
}

OBLIGATION: Final[Table] = {
    (B.OPEN, "satisfy"): Move(B.SATISFIED, "provider", "paid"),
    (B.OPEN, "remind"): Move(B.OPEN, "brand, operator", "the link is mailed again, once a day"),
    (B.OPEN, "void"): Move(B.VOID, "job", "the order ended before it was paid"),
    (B.VOID, "satisfy"): Move(B.SATISFIED, "provider", "paid too late; booked, then refunded"),
}

DISPUTE: Final[Table] = {
    (D.INQUIRY, "take"): Move(D.OPEN, "provider", "the money is taken back from us, with a fee"),
    (D.INQUIRY, "win"): Move(D.WON, "provider", "the question was answered; no money moved"),
    (D.OPEN, "win"): Move(D.WON, "provider", "the money came back; the fee did not"),
    (D.OPEN, "lose"): Move(D.LOST, "provider", "the buyer has the money; the order ends"),
}

UNMATCHED: Final[Table] = {
    (U.OPEN, "send_back"): Move(U.RETURNED, "operator", "sent back to whoever paid it"),
}

PROMISE: Final[Table] = {
    (P.OPEN, "done"): Move(P.DONE, "provider", "everything has gone back"),
    (P.OPEN, "cover"): Move(P.DONE, "provider", "the buyer's bank had given it back already"),
    (P.MANUAL, "cover"): Move(P.DONE, "provider", "the buyer's bank had given it back already"),
    (P.OPEN, "stick"): Move(P.MANUAL, "provider", "the provider refused; the operator looks"),
    (P.DONE, "stick"): Move(P.MANUAL, "provider", "a refund came back; still owed"),
    (P.MANUAL, "by_hand"): Move(P.DONE, "operator", "paid by bank transfer, with its reference"),
    (P.MANUAL, "retry"): Move(P.OPEN, "operator", "tried again with a row of its own"),
}


_ELSEWHERE = "the order was sent or has ended, or a later delay is asked about"
ANSWER: Final[Table] = {
    ("asked", "keep"): Move("kept", "buyer", "within 14 days of being asked"),
    ("asked", "leave"): Move("left", "buyer", "everything paid comes back"),
    ("asked", "stay_silent"): Move("silent", "job", "first delay, at most as long as silence goes"),
    ("asked", "time_out"): Move("left", "job", "no answer to any other delay: refunded by itself"),
    ("asked", "lapse"): Move("lapsed", "job", _ELSEWHERE),
    ("kept", "leave"): Move("left", "buyer", "still within the time to answer"),
}
COMPENSATION: Final[Table] = {
    ("owed", "pay"): Move("paid", "brand", "paid by its own means; the buyer reads how"),
}

W = WaitingPlace.State
WAITING: Final[Table] = {
    (W.WAITING, "offer"): Move(W.OFFERED, "job", "units are kept for 24 hours; a link is mailed"),
    (W.WAITING, "leave"): Move(W.LEFT, "buyer", "the place is given up"),
    (W.WAITING, "end"): Move(W.ENDED, "job", "deposits have closed"),
    (W.OFFERED, "take"): Move(W.TAKEN, "buyer", "the units kept go over to the order"),
    (W.OFFERED, "leave"): Move(W.LEFT, "buyer", "the units go to the next"),
    (W.OFFERED, "miss"): Move(W.MISSED, "job", "not taken in time; the units go to the next"),
    (W.OFFERED, "end"): Move(W.ENDED, "job", "deposits have closed"),
}


def _moves(table: Table) -> dict[tuple[str, str], str]:
    return {pair: move.to for pair, move in table.items()}


CAMPAIGN_MOVES: Final = _moves(CAMPAIGN)
ORDER_MOVES: Final = _moves(ORDER)
ATTEMPT_MOVES: Final = _moves(ATTEMPT)
REFUND_MOVES: Final = _moves(REFUND)
OBLIGATION_MOVES: Final = _moves(OBLIGATION)
PROMISE_MOVES: Final = _moves(PROMISE)
ANSWER_MOVES: Final = _moves(ANSWER)
WAITING_MOVES: Final = _moves(WAITING)
COMPENSATION_MOVES: Final = _moves(COMPENSATION)
DISPUTE_MOVES: Final = _moves(DISPUTE)
UNMATCHED_MOVES: Final = _moves(UNMATCHED)

# -- Named groups ---------------------------------------------------------------------------
# Orders that hold units of their variants and of their person's limit.
HOLDING: Final = [
    O.RESERVED, O.EXPIRING, O.DEPOSITED, O.BALANCE_DUE, O.ACTION_NEEDED, O.PAID, O.IN_PRODUCTION,
    O.SHIPPED, O.DELIVERED, O.CLOSED,
]  # fmt: skip
# Orders whose deposit is paid and counts for the ladder.
COUNTED: Final = [state for state in HOLDING if state not in (O.RESERVED, O.EXPIRING)]
UNPAID_BALANCE: Final = [O.BALANCE_DUE, O.ACTION_NEEDED]
FULLY_PAID: Final = [O.PAID, O.IN_PRODUCTION, O.SHIPPED, O.DELIVERED, O.CLOSED]
FINAL_ORDERS: Final = [O.EXPIRED, O.CLOSED, O.DEFAULTED, O.CANCELLED, O.RETURNED]
# Whose payments all go back, as far as any were made.
GIVEN_BACK: Final = [O.EXPIRED, O.CANCELLED, O.RETURNED]
LIVE_ATTEMPTS: Final = [A.CREATED, A.PENDING, A.ACTION, A.UNKNOWN]
# Campaigns in which a paid deposit still counts.
TAKES_DEPOSITS: Final = [C.OPEN, C.CLOSING]
WAITS_FOR_PARCEL: Final = [O.BALANCE_DUE, O.ACTION_NEEDED, O.PAID, O.IN_PRODUCTION]
SENDS_PARCELS: Final = [C.PRODUCTION, C.SHIPPING]
ENDED_CAMPAIGNS: Final = [C.FAILED, C.CANCELLED]
ENDED_ORDERS: Final = [O.CANCELLED, O.DEFAULTED, O.EXPIRED, O.RETURNED]
CANCELLABLE: Final = [state for (state, event) in CAMPAIGN if event == "cancel"]

MACHINES: Final[dict[str, Table]] = {
    "Campaign": CAMPAIGN,
    "Pre-order": ORDER,
    "Payment attempt": ATTEMPT,
    "Obligation": OBLIGATION,
    "Refund promised": PROMISE,
    "Refund attempt": REFUND,
    "Answer to a delay": ANSWER,
    "Waiting place": WAITING,
    "Earnest money owed twice": COMPENSATION,
    "Dispute": DISPUTE,
    "Payment kept apart": UNMATCHED,
}
