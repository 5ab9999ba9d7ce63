"""A close that is moved: buyers agree or leave freely, and every refund must stay possible."""

import dataclasses
import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import providers, ticks
from presale.models import Campaign
from tests import cast
from tests.presale import house

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def order(sound):
    """Ada's, with its deposit paid."""
    return house.deposited(house.opened())


@pytest.fixture
def mei(order, sign_in):
    return sign_in(cast.person("Mei"))


def moved(client, campaign: Campaign, days: int = 7):
    at = (campaign.closes_at + days * DAY).astimezone(dt.timezone(dt.timedelta(hours=8)))
    form = {"closes_at": f"{at:%Y-%m-%dT%H:%M}", "reason": "Three units are missing."}
    return client.post(f"/m/weft/campaigns/{campaign.pk}/extend/", form)


def short_window(monkeypatch, days: int) -> None:
    caps = providers.current().caps("CNY")
    short = dataclasses.replace(caps, refund_window_days=days, shortest_method="alipay")
    monkeypatch.setattr(type(providers.current()), "caps", lambda _self, _currency: short)


def test_a_buyer_agrees_once_and_it_is_in_the_log(mei, order):
    assert moved(mei, order.campaign).status_code == 302
    ticks.run_all(timezone.now())
    assert Outbox.objects.filter(key=f"order:{order.pk}:extended:1").count() == 1
    page = mei.get(f"/orders/{order.code}/").content.decode()
    assert "Agree to the new date" in page and "Three units are missing." in page
    for _press in range(2):
        mei.post(f"/orders/{order.code}/close/")
    log = StateLog.objects.filter(entity="presale.preorder", event="accept_close")
    assert log.count() == 1
    assert "You agreed." in mei.get(f"/orders/{order.code}/").content.decode()


@pytest.mark.parametrize("agrees", [True, False])
def test_the_way_out_is_free_until_the_new_close(mei, order, agrees):
    moved(mei, order.campaign)
    if agrees:
        mei.post(f"/orders/{order.code}/close/")
    mei.post(f"/orders/{order.code}/cancel/")
    ticks.run_all(timezone.now())
    money = house.money(order)
    assert money.refunded_minor == money.paid_minor == 5000


def test_nothing_to_agree_to_changes_nothing(client, order):
    client.post(f"/orders/{order.code}/close/")
    order.refresh_from_db()
    assert order.accepted_extensions == 0
    assert not StateLog.objects.filter(event="accept_close").exists()


def test_the_close_is_not_moved_beyond_what_can_be_refunded(mei, order, monkeypatch):
    # 14 days open, 7 for the balance, 7 of grace, 7 to decide, and 7 more days.
    short_window(monkeypatch, 41)
    answer = moved(mei, order.campaign)
    page = answer.content.decode()
    assert answer.status_code == 422 and "paid by alipay" in page
    before = order.campaign.closes_at
    order.campaign.refresh_from_db()
    assert order.campaign.closes_at == before and order.campaign.extensions == 0
    short_window(monkeypatch, 43)
    assert moved(mei, order.campaign).status_code == 302


def test_nothing_is_published_that_could_not_be_refunded(sign_in, monkeypatch, db):
    draft = house.draft()
    short_window(monkeypatch, 34)
    mei = sign_in(cast.person("Mei"))
    answer = mei.post(f"/m/weft/campaigns/{draft.pk}/publish/")
    draft.refresh_from_db()
    assert answer.status_code == 422 and draft.state == "draft"
    assert "can be refunded until" in answer.content.decode()
