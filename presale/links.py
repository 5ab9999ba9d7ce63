"""Addresses of orders, as they go into mails and to providers."""

from django.conf import settings
from django.urls import reverse

from presale.models import Gift, PreOrder, WaitingPlace


def order_path(order: PreOrder) -> str:
    """The order's page. Its code is unguessable and opens the page without an account."""
    return reverse("presale:order", args=[order.code])


def order_url(order: PreOrder) -> str:
    """The order's page with the site's address."""
    return absolute(order_path(order))


def absolute(path: str) -> str:
    """A path of this site as a mail writes it."""
    return settings.PUBLIC_URL.rstrip("/") + path


def waiting_url(place: WaitingPlace) -> str:
    """The page of a place on a waiting list, with the site's address; its code opens it."""
    return absolute(reverse("presale:waiting", args=[place.code]))


def gift_path(gift: Gift) -> str:
    """The page on which the recipient of a gift enters the address; its code opens it."""
    return reverse("presale:gift", args=[gift.code])
