"""What a reservation and a whole order cost, beside pretix and Vendure.

    python bench/reserve.py [--pretix PYTHON]

`reserve` is the action by which a place is held: units, limit, order, debt, first try to pay, in
one transaction on an SQLite file with fsync on; on one hot variant, and spread over twenty. A whole
order goes by the pages, as a browser does: campaign, form, review, the demo bank, back to the order
with its deposit paid. pretix (`--pretix` names the Python it is installed in, with
`PRETIX_CONFIG_FILE` for a migrated SQLite database) makes an order by its API. All in one process
each, without server and network; CPU is that process's, the database's included. Sides alternate.
Vendure is not driven by this script yet: `nan`.
"""

import argparse
import math
import os
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from rig.servers import load
from rig.site import prepare

TURNS, RESERVATIONS, ORDERS, VARIANTS = 3, 40, 4, 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pretix", default="")
    pretix = parser.parse_args().pretix
    prepare()
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    found: dict[str, list[float]] = {"hot": [], "spread": [], "order": [], "pretix": []}
    walls: dict[str, list[float]] = {name: [] for name in found}

    def note(name: str, cpu: float, wall: float) -> None:
        found[name].append(cpu)
        walls[name].append(wall)

    site = Site()
    for _warm in range(3):
        site.reserve(0)
        site.order()
    for _turn in range(TURNS):
        note("hot", *timed(lambda n: site.reserve(0), RESERVATIONS))
        note("spread", *timed(site.reserve, RESERVATIONS))
        note("order", *timed(lambda n: site.order(), ORDERS))
        if pretix:
            note("pretix", *beside(pretix))
    for name, values in found.items():
        if values:
            wall = statistics.median(walls[name])
            print(f"{name}: {statistics.median(values):.2f} CPU-ms, {1000 / wall:.0f}/s")
    reserve, order = statistics.median(found["hot"]), statistics.median(found["order"])
    theirs = statistics.median(found["pretix"]) if found["pretix"] else math.nan
    print(f"{os.cpu_count()} cores, {load()}")
    print(f"reserve_cpu_ms={reserve:.2f} order_cpu_ms={order:.2f}", end=" ")
    print(f"reserve_vs_pretix={theirs / reserve:.2f} order_vs_vendure={math.nan}")


def timed(do: Callable[[int], object], count: int) -> tuple[float, float]:
    """CPU and wall milliseconds of one."""
    began, wall = time.process_time(), time.monotonic()
    for n in range(count):
        do(n)
    each = 1000 / count
    return (time.process_time() - began) * each, (time.monotonic() - wall) * each


def beside(python: str) -> tuple[float, float]:
    """The same figures of pretix, in its own process."""
    script = Path(__file__).parent / "rivals" / "pretix_orders.py"
    keep = ("PATH", "HOME", "PRETIX_CONFIG_FILE", "TMPDIR")
    own = {name: os.environ[name] for name in keep if name in os.environ}
    command = [python, str(script), str(ORDERS * 4)]
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"pretix: {done.stderr[-1500:]}")
    cpu, wall = done.stdout.split()[-2:]
    return float(cpu), float(wall)


class Site:
    """A campaign with many variants, and people who order."""

    def __init__(self) -> None:
        from django.test import Client

        from tests.money.house import opened

        quotas: dict[str, int | None] = {f"V{n:02}": 100_000 for n in range(VARIANTS)}
        self.campaign = opened(quotas, person_limit=500)
        self.variants = list(self.campaign.variants.values_list("pk", flat=True))
        self.people, self.client = 0, Client()

    def reserve(self, place: int) -> None:
        """Hold one unit."""
        from presale.actions.orders import Buyer, Wanted, reserve
        from tests.money.house import HOME

        self.people += 1
        email = f"b{self.people}@example.com"
        reserve(
            self.campaign,
            buyer=Buyer(email=email, email_is_verified=True),
            address=HOME,
            wanted=[Wanted(self.variants[place % VARIANTS], 1)],
            total_seen_minor=10**8,
            consent_text="I agree.",
            form_key=uuid.uuid4(),
        )

    def order(self) -> None:
        """From the campaign's page to the order with its deposit paid."""
        from django.contrib.auth import get_user_model

        self.people += 1
        email = f"b{self.people}@example.com"
        user = get_user_model().objects.create_user(email, name="Ada", handle=f"b{self.people}")
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        at = f"/c/{self.campaign.pk}/"
        assert self.client.get(at).status_code == 200
        page = self.client.post(
            f"{at}checkout/",
            {
                "form_key": str(uuid.uuid4()), "variant": str(self.variants[0]), "quantity": "1",
                "email": email, "name": "Ada", "address1": "1 Mill Lane", "city": "Leeds",
                "postcode": "LS1 4AP", "country": "GB",
            },
        ).content.decode()  # fmt: skip
        seen = {name: hidden(page, name) for name in ("ticket", "total_seen")}
        bank = self.client.post(f"{at}checkout/pay/", {**seen, "terms": "1"})["Location"]
        where = "/" + bank.split("/", 3)[3]
        assert self.client.get(where).status_code == 200
        back = self.client.post(where, {"decision": "pay", "card": ""})["Location"]
        page = self.client.get("/" + back.split("/", 3)[3], follow=True).content.decode()
        from presale.models import PreOrder

        assert PreOrder.objects.get(user=user).state == "deposited", page[:500]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


if __name__ == "__main__":
    main()
