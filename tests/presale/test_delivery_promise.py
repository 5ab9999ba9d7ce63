"""How soon a parcel arrives: promised in hours or days, and lateness is shown."""

import datetime as dt

import pytest
from django.utils import timezone

from presale import pages
from presale.actions import fulfilment
from presale.models import Campaign, PreOrder, Shipment
from tests import cast
from tests.presale import house
from tests.presale.wizard import typed, url

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("within", "unit", "hours"), [("36", "1", 36), ("3", "24", 72), ("", "1", None)]
)
def test_the_promise_is_typed_in_hours_or_days(sign_in, winner, within, unit, hours):
    mei = sign_in(cast.person("Mei"))
    mei.post(url(winner), typed(delivery_within=within, delivery_unit=unit))
    made = Campaign.objects.get()
    assert made.delivery_hours == hours
    page = mei.get(f"/m/weft/campaigns/{made.pk}/review/").content.decode()
    assert ("of being sent; lateness is shown" in page) is (hours is not None)


@pytest.mark.parametrize("wrong", [{"delivery_within": "0"}, {"delivery_unit": "7"}])
def test_a_promise_that_makes_no_sense_is_refused(sign_in, winner, wrong):
    form = typed(**{"delivery_within": "3", "delivery_unit": "1", **wrong})
    assert sign_in(cast.person("Mei")).post(url(winner), form).status_code == 422
    assert not Campaign.objects.exists()


@pytest.fixture
def sent(db):
    """Two parcels sent 40 hours ago, promised within 36."""
    campaign = house.opened(delivery_hours=36)
    orders = [house.deposited(campaign, name) for name in ("Ada", "Kenji")]
    Campaign.objects.filter(pk=campaign.pk).update(state="shipping")
    for order in orders:
        PreOrder.objects.filter(pk=order.pk).update(state="shipped")
        Shipment.objects.create(
            order=order, carrier="DHL", tracking="1", shipped_by=campaign.created_by,
            shipped_at=timezone.now() - 40 * HOUR,
        )  # fmt: skip
    campaign.refresh_from_db()
    return campaign


def test_what_is_late_is_told_to_its_buyer_its_brand_and_everybody(sent, sign_in):
    order = sent.orders.get(user=cast.person("Ada"))
    mei = sign_in(cast.person("Mei"))
    assert "4 hours late." in mei.get(f"/orders/{order.code}/").content.decode()
    assert "4 hours late." in mei.get(f"/m/weft/campaigns/{sent.pk}/shipments/").content.decode()
    words = "0 of 2 parcels arrived within the promised time."
    assert words in mei.get(f"/c/{sent.pk}/").content.decode()


def test_only_what_a_person_confirmed_counts_as_arrived(sent):
    ada, kenji = sent.orders.order_by("pk")
    Shipment.objects.filter(order=ada).update(shipped_at=timezone.now() - 30 * HOUR)
    fulfilment.deliver_order(ada, actor="user:1", now=timezone.now())
    fulfilment.deliver_order(kenji, actor="job:close_delivered", now=timezone.now())
    found = pages.punctuality(sent, timezone.now())
    assert (found.in_time, found.late) == (1, 0)
    ada.refresh_from_db()
    assert pages.arrival(ada, timezone.now()).is_late is False
