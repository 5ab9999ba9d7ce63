"""Domains of mailboxes that anybody may have for ten minutes: a signal, never a refusal. Pure."""

from collections.abc import Collection
from typing import Final

# The best known ones; `THROWAWAY_DOMAINS` adds to them.
_LIST: Final = """
10minutemail.com 10minutemail.net 20minutemail.com
discard.email discardmail.com dispostable.com dropmail.me emailondeck.com emailfake.com
fakeinbox.com fakemail.net getairmail.com getnada.com grr.la guerrillamail.biz
guerrillamail.com guerrillamail.net guerrillamail.org guerrillamailblock.com harakirimail.com
inboxbear.com inboxkitten.com incognitomail.org linshiyouxiang.net mail-temp.com mailcatch.com
maildrop.cc mailexpire.com mailinator.com mailinator.net mailnesia.com mailnull.com
mailsac.com mailtemp.net minuteinbox.com mintemail.com moakt.com mohmal.com mytemp.email
nada.email sharklasers.com spam4.me spambog.com spamex.com spamgourmet.com tempail.com
tempinbox.com tempm.com tempmail.com tempmail.net temp-mail.io temp-mail.org tempmailo.com
tempr.email throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net
wegwerfmail.de wegwerfmail.net yopmail.com yopmail.fr yopmail.net
"""
KNOWN: Final = frozenset(_LIST.split())


def is_throwaway(address: str, more: Collection[str] = ()) -> bool:
    """Whether a mail address, or one above its domain, is on the list or among `more`."""
    domain = address.rpartition("@")[2].lower().strip(".")
    parts = domain.split(".")
    above = {".".join(parts[n:]) for n in range(len(parts) - 1)}
    return not above.isdisjoint(KNOWN) or not above.isdisjoint(more)
