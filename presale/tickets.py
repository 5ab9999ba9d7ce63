"""What was typed in the checkout, carried by the page itself from step to step.

Signed, so that nobody puts in what the form would have refused; not stored, so that no address
of somebody who did not order stays with us.
"""

import datetime as dt
import uuid
from dataclasses import asdict, dataclass

from django.core import signing

from presale.actions.orders import Address
from presale.models import PreOrder

TICKET_LIFE = dt.timedelta(hours=3)
_SALT = "presale.checkout"


@dataclass(frozen=True)
class Ticket:
    """One person's order before it is placed."""

    campaign_id: int
    variant_id: int
    quantity: int
    email: str
    address: Address
    form_key: uuid.UUID
    limit_minor: int | None = None
    # The place on a waiting list whose units are taken, by its code.
    offer: str = ""
    if_missed: str = PreOrder.IfMissed.REFUND
    other_variant_id: int | None = None

    def signed(self) -> str:
        """As text for a hidden field."""
        data = {**asdict(self), "form_key": str(self.form_key)}
        return signing.dumps(data, salt=_SALT, compress=True)


def read_ticket(text: str, campaign_id: int) -> Ticket | None:
    """The ticket of that text; None when it is not ours, too old, or of another campaign."""
    try:
        data = signing.loads(text, salt=_SALT, max_age=TICKET_LIFE)
    except signing.BadSignature:
        return None
    if data["campaign_id"] != campaign_id:
        return None
    address = Address(**data.pop("address"))
    return Ticket(**{**data, "form_key": uuid.UUID(data["form_key"])}, address=address)
