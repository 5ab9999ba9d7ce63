"""A guest proves an e-mail address by six digits from a mail, before paying.

The session keeps only keyed hashes: of the address, and of the code that was sent to it.
"""

import datetime as dt
import secrets
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.cache import cache
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from core.codes import public_code
from core.mail import queue_mail
from core.ratelimit import Limit, TooMany, spend
from presale.errors import Refused
from presale.models import Campaign

CODE_LIFE = dt.timedelta(minutes=30)
MOST_TRIES = 5
# To one address whoever asks, and by one visitor to whatever addresses: neither is anybody flooded
# with our mails, nor can one computer have us write to a list of people.
PER_ADDRESS = Limit("checkout-code-to", most=6, seconds=3600)
PER_VISITOR = Limit("checkout-code-by", most=20, seconds=3600)
_WAITING = "checkout_code"
_PROVED = "checkout_proved"
_MOST_PROVED = 5


class TooManyCodes(Refused):
    """More codes were asked for than anybody needs."""

    status = 429
    message = _("Too many codes were asked for. Nothing was sent; try again in an hour.")


class WrongCode(Refused):
    """The code does not open anything: mistyped, too old, or tried too often."""

    status = 422
    message = _("That is not the code we sent. Look again, or ask for a new one.")


def send_code(
    session: SessionBase,
    email: str,
    campaign: Campaign,
    *,
    asked_by: str,
    language: str,
    now: dt.datetime,
) -> None:
    """Mail a new code to the address; the ones before it no longer count.

    `asked_by` is who asks, as `core.ratelimit.who_is` says. Refuses with `TooManyCodes`.
    """
    try:
        spend(asked_by, PER_VISITOR)
        spend(_hashed(email), PER_ADDRESS)
    except TooMany:
        raise TooManyCodes from None
    code = f"{secrets.randbelow(1_000_000):06d}"
    session[_WAITING] = {
        "person": _hashed(email),
        "code": _hashed(email, code),
        "until": (now + CODE_LIFE).timestamp(),
    }
    queue_mail(
        f"checkout-code:{public_code()}",
        email,
        "checkout_code",
        {"code": code, "campaign": campaign},
        language=language,
    )


def check_code(session: SessionBase, email: str, code: str, *, now: dt.datetime) -> None:
    """Take the address as proved, or refuse with `WrongCode`."""
    waiting: dict[str, Any] = session.get(_WAITING) or {}
    if not waiting or now.timestamp() > waiting["until"] or _count_try(waiting) > MOST_TRIES:
        raise WrongCode(_("This code no longer counts. Ask for a new one."))
    if not constant_time_compare(waiting["code"], _hashed(email, code)):
        raise WrongCode
    del session[_WAITING]
    session[_PROVED] = [*session.get(_PROVED, []), _hashed(email)][-_MOST_PROVED:]


def is_proved(session: SessionBase, email: str) -> bool:
    """Whether this visitor has proved the address."""
    return _hashed(email) in session.get(_PROVED, [])


def _count_try(waiting: dict[str, Any]) -> int:
    # Counted outside the session: many requests at once would each read the same count there.
    key = f"checkout-tries:{waiting['code']}:{waiting['until']}"
    cache.add(key, 0, timeout=int(CODE_LIFE.total_seconds()) + 60)
    return cache.incr(key)


def _hashed(email: str, code: str = "") -> str:
    text = f"{email.strip().lower()}|{code}"
    return salted_hmac("presale.email-code", text, algorithm="sha256").hexdigest()
