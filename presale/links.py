"""Addresses of orders, as they go into mails and to providers."""

from django.conf import settings
from django.urls import reverse

from presale.models import PreOrder


def order_path(order: PreOrder) -> str:
    """The order's page. Its code is unguessable and opens the page without an account."""
    return reverse("presale:order", args=[order.code])


def order_url(order: PreOrder) -> str:
    """The order's page with the site's address."""
    return settings.PUBLIC_URL.rstrip("/") + order_path(order)
