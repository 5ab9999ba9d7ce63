"""Lists that grow: the same number of queries however long they are, and pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from presale.actions import orders
from presale.models import Campaign
from presale.views import orders as order_views
from presale.views import shop
from tests import cast
from tests.presale import house

pytestmark = pytest.mark.django_db


def queries_of(client, path: str) -> int:
    """How many queries the page needs, once what is looked up only once is known."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200
    # A session may have left the cache meanwhile; that has nothing to do with the list.
    return sum("django_session" not in query["sql"] for query in seen)


def numbers(page: str, rows) -> list[str]:
    return [row.number for row in rows if row.number in page]


def test_my_orders_need_no_more_queries_when_they_are_many(sign_in):
    ada = sign_in(cast.person("Ada"))
    house.deposited(house.opened())
    few = queries_of(ada, "/me/orders/")
    for sku in ("B", "S", "B"):
        gone = house.deposited(house.opened(), sku=sku)
    orders.cancel_order(gone, actor="user:1", now=timezone.now())
    assert queries_of(ada, "/me/orders/") == few <= 15


def test_my_orders_come_in_pages_with_their_own_money(sign_in, monkeypatch):
    monkeypatch.setattr(order_views, "PER_PAGE", 2)
    campaign = house.opened()
    paid = house.deposited(campaign)
    rows = [paid, house.reserved(campaign, sku="S"), house.reserved(campaign, sku="G")]
    ada = sign_in(cast.person("Ada"))
    first, second = (ada.get(f"/me/orders/?page={n}").content.decode() for n in (1, 2))
    assert numbers(first, rows) == [row.number for row in rows[1:]]
    assert numbers(second, rows) == [paid.number]
    assert 'rel="next"' in first and 'rel="prev"' in second and 'rel="next"' not in second
    assert first.count("Pay ¥50") == 2 and "paid ¥50" not in first
    assert "paid ¥50" in second and "Pay ¥50" not in second


def test_what_is_refunded_stands_beside_its_own_order(sign_in):
    campaign = house.opened()
    gone, kept = house.deposited(campaign), house.deposited(campaign)
    orders.cancel_order(gone, actor="user:1", now=timezone.now())
    house.ticks.run_all(timezone.now())
    page = sign_in(cast.person("Ada")).get("/me/orders/").content.decode()
    assert page.count("refunded ¥50") == 1
    assert page.index(kept.number) < page.index(gone.number) < page.index("refunded ¥50")


def test_the_list_of_pre_orders_needs_no_more_queries_when_it_is_long(client):
    house.opened()
    few = queries_of(client, "/pre-orders/")
    for _more in range(3):
        house.opened()
    assert queries_of(client, "/pre-orders/") == few <= 12


def test_the_list_of_pre_orders_comes_in_pages_what_takes_deposits_first(client, monkeypatch):
    monkeypatch.setattr(shop, "PER_PAGE", 3)
    now = timezone.now()
    made = {
        "later": house.opened(title="Later", closes_at=now + 20 * house.DAY),
        "soon": house.opened(title="Opens soon", opens_at=now + house.DAY),
        "old": house.opened(title="Old", closes_at=now + 8 * house.DAY),
        "new": house.opened(title="New", closes_at=now + 9 * house.DAY),
        "first": house.opened(title="First", closes_at=now + 10 * house.DAY),
    }
    for name in ("old", "new"):
        Campaign.objects.filter(pk=made[name].pk).update(state=Campaign.State.FAILED)
    first, second = (client.get(f"/pre-orders/?page={n}").content.decode() for n in (1, 2))

    def places(page: str) -> list[str]:
        found = {name: page.find(f'<a href="/c/{row.pk}/">') for name, row in made.items()}
        return sorted((name for name in found if found[name] >= 0), key=found.__getitem__)

    assert (places(first), places(second)) == (["first", "later", "soon"], ["new", "old"])
    assert "Deposits open" in first and "Not made" not in first and "Not made" in second


def test_a_page_that_is_not_there_is_the_last_one(client):
    house.opened(title="Only one")
    for page in ("0", "99", "x"):
        assert "Only one" in client.get(f"/pre-orders/?page={page}").content.decode()
