"""What the pre-sale refuses, with the figures a page shows. Nothing was written when one is raised.

`status` is the HTTP answer a view gives; `str(error)` is a sentence for the person.
"""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from presale.rules import Problem


class Refused(Exception):
    """A refusal with its reason in words."""

    status = 409
    message: str | Promise = _("That is not possible now.")

    def __init__(self, message: str | Promise = "") -> None:
        super().__init__(message or self.message)
        self.message = message or self.message

    def __str__(self) -> str:
        return str(self.message)


class BadOrder(Refused):
    """A field of the order makes no sense; `field` names it."""

    status = 422

    def __init__(self, field: str, message: str | Promise) -> None:
        super().__init__(message)
        self.field = field


class NotOpen(Refused):
    """The campaign takes no orders in its state, or it is past its time."""

    def __init__(self, state: str, at: dt.datetime | None) -> None:
        super().__init__(_("Deposits are not open."))
        self.state, self.at = state, at


class SoldOut(Refused):
    """Fewer units are left of a variant than were asked for."""

    def __init__(self, variant_id: int, label: str, left: int) -> None:
        super().__init__(
            ngettext_lazy(
                "Only %(left)d left of %(label)s.", "Only %(left)d left of %(label)s.", left
            )
            % {"left": left, "label": label}
        )
        self.variant_id, self.left = variant_id, left


class OverLimit(Refused):
    """The person would hold more units than one person may."""

    def __init__(self, limit: int, left: int) -> None:
        super().__init__(
            ngettext_lazy(
                "%(limit)d unit per person; you can still take %(left)d.",
                "%(limit)d units per person; you can still take %(left)d.",
                limit,
            )
            % {"limit": limit, "left": left}
        )
        self.limit, self.left = limit, left


class PriceChanged(Refused):
    """The total is higher than the one the page showed; both are given, in minor units."""

    def __init__(self, seen_minor: int, now_minor: int) -> None:
        super().__init__(_("The total has changed. Please look at it again before you pay."))
        self.seen_minor, self.now_minor = seen_minor, now_minor


class LimitReached(Refused):
    """The price is at or below the limit already, so nothing is left to wait for."""

    def __init__(self, now_minor: int) -> None:
        super().__init__(
            _("The price has fallen to your limit or below it. Order at the price now.")
        )
        self.now_minor = now_minor


class EmailNotVerified(Refused):
    """A guest has not confirmed the e-mail address yet."""

    status = 403
    message = _("Please confirm your e-mail address first.")


class AlreadyPaid(Refused):
    """There is nothing left to pay; the receipt is on the order page."""

    message = _("This is already paid.")


class StillChecking(Refused):
    """The provider has not answered; the money may or may not have moved."""

    message = _("We are checking with the payment provider. Nothing is charged twice.")


class NotPayable(Refused):
    """The order is not in a state in which this can be paid."""

    message = _("There is nothing to pay for this order now.")


class TooLate(Refused):
    """The window for this has closed."""

    message = _("Deposits have closed, so this can no longer be changed here.")


class ShippingChanged(Refused):
    """Shipping to the new address costs something else; both prices are given, in minor units."""

    def __init__(self, was_minor: int, now_minor: int) -> None:
        super().__init__(_("Shipping there has another price. Please look at it before you agree."))
        self.was_minor, self.now_minor = was_minor, now_minor


class NotPublishable(Refused):
    """The campaign breaks rules; `problems` has every reason with its field."""

    status = 422

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(_("The campaign cannot be published yet."))
        self.problems = problems


class Disputed(Refused):
    """A payment of the order is disputed: refunds and parcels wait for the bank."""

    message = _(
        "A payment of this order is disputed at the buyer's bank. Refunds and parcels wait until "
        "it has decided."
    )


class ReasonMissing(Refused):
    """The step is shown to fans with its reason, and there is none."""

    status = 422
    message = _("Please give a reason; fans will see it.")


class BadDate(Refused):
    """The date cannot be chosen."""

    status = 422


class PaymentsOff(Refused):
    """No payment provider is set up; nothing was ordered or lost."""

    status = 503
    message = _("Payments are not set up yet. Please try again later.")
