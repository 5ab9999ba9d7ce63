"""pretix's side of `bench/reserve.py`; run by the Python pretix is installed in.

Makes an event with one product and a quota, then orders by its own API, one product each, without
a server or a network in between. Prints the CPU milliseconds of an order.
"""

import datetime as dt
import os
import sys
import time
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
COUNT = int(sys.argv[1])


def main() -> None:
    """Set up, warm up, measure."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.utils.timezone import now
    from django_scopes import scopes_disabled
    from pretix.base.models import Event, Item, Organizer, Quota, Team

    settings.ALLOWED_HOSTS = ["*"]
    with scopes_disabled():
        slug = f"o{time.time_ns()}"
        organizer = Organizer.objects.create(name="Bench", slug=slug)
        event = Event.objects.create(
            organizer=organizer, name="Bench", slug="e", currency="EUR", live=True,
            date_from=now() + dt.timedelta(days=90), plugins="pretix.plugins.manualpayment",
        )  # fmt: skip
        item = Item.objects.create(event=event, name="Ticket", default_price=Decimal("23.00"))
        quota = Quota.objects.create(event=event, name="All", size=100_000)
        quota.items.add(item)
        names = [f.name for f in Team._meta.fields if f.get_internal_type() == "BooleanField"]
        rights = {name: True for name in names if name.startswith(("can_", "all_"))}
        team = Team.objects.create(organizer=organizer, name="All", **rights)
        token = team.tokens.create(name="bench").token
    client = Client(headers={"Authorization": f"Token {token}"})
    url = f"/api/v1/organizers/{slug}/events/e/orders/"
    body = {
        "email": "ada@example.com", "locale": "en", "status": "n", "payment_provider": "manual",
        "send_email": False,
        "positions": [{"item": item.pk, "variation": None, "price": "23.00", "answers": []}],
    }  # fmt: skip

    def order() -> None:
        answer = client.post(url, body, content_type="application/json")
        if answer.status_code != 201:
            raise RuntimeError(f"{answer.status_code} {answer.content[:500]!r}")

    for _warm in range(5):
        order()
    began, wall = time.process_time(), time.monotonic()
    for _one in range(COUNT):
        order()
    each = 1000 / COUNT
    print(f"{(time.process_time() - began) * each:.2f} {(time.monotonic() - wall) * each:.2f}")


main()
