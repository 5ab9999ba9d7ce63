"""The waiting list through HTTP and time: joining, offers in fair order, leaving, the end."""

import re
from typing import Any

import pytest
from django.utils import timezone

from core.models import Outbox
from presale import audit, queues, ticks
from presale.actions import campaigns, orders, waiting
from presale.actions.buyers import Buyer
from presale.errors import OverLimit, Refused, SoldOut
from presale.models import Campaign, PreOrder, Variant, WaitingPlace
from tests import cast
from tests.presale import house
from tests.presale.house import DAY, HOUR

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "Ben", "address1": "1 Mill Lane", "city": "Leeds", "country": "GB"}
ADDRESS |= {"postcode": "LS1 4AP"}


@pytest.fixture
def full(sound) -> Campaign:
    """Grey is sold out: Kenji and Lin hold one each."""
    campaign = house.opened()
    for name in ("Kenji", "Lin"):
        house.deposited(campaign, name, sku="G")
    return campaign


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def join(client, campaign: Campaign, quantity: Any = 1, **more: Any):
    form = {"variant": house.variant(campaign, "G").pk, "quantity": quantity, **more}
    return client.post(f"/c/{campaign.pk}/waiting/", form)


def stand(campaign: Campaign, name: str, quantity: int = 1) -> WaitingPlace:
    who = cast.person(name)
    return waiting.join(
        campaign, variant=house.variant(campaign, "G"), quantity=quantity,
        buyer=Buyer(email=who.email, user=who), now=timezone.now(),
    )  # fmt: skip


def cancel(campaign: Campaign, name: str) -> None:
    held = PreOrder.objects.get(campaign=campaign, user=cast.person(name), state="deposited")
    orders.cancel_order(held, actor="user:1", now=timezone.now())


def states(*places: WaitingPlace) -> list[str]:
    return [WaitingPlace.objects.get(pk=place.pk).state for place in places]


# -- The rule -------------------------------------------------------------------------------
def wishes(*line: tuple[int, int]) -> list[queues.Wish]:
    return [queues.Wish(pk, quantity, passed) for pk, (quantity, passed) in enumerate(line)]


@pytest.mark.parametrize(
    ("line", "free", "chosen"),
    [
        ([(1, 0), (1, 0)], 1, (0, [])),
        ([(3, 0), (1, 0)], 1, (1, [0])),
        ([(3, 3), (1, 0)], 1, None),
        ([(3, 3), (1, 0)], 3, (0, [])),
        ([(3, 2), (2, 3), (1, 0)], 1, None),
        ([(3, 0)], 2, None),
        ([], 5, None),
    ],
)
def test_the_first_that_fits_is_chosen_and_a_wish_passed_over_three_times_is_not_again(
    line, free, chosen
):
    assert queues.choose(wishes(*line), free) == chosen


def test_a_large_wish_is_served_however_many_small_ones_come_behind_it():
    passed, free, offered = 0, 0, []
    for step in range(20):
        free += 1
        chosen = queues.choose([queues.Wish(0, 3, passed), queues.Wish(step + 1, 1, 0)], free)
        if chosen is None:
            continue
        offered.append(chosen[0])
        if chosen[0] == 0:
            break
        passed, free = passed + 1, free - 1
    assert offered[-1] == 0 and len(offered) == 1 + queues.MOST_PASSED


# -- Joining --------------------------------------------------------------------------------
def test_a_sold_out_variant_leads_to_its_list_and_an_account_joins_at_once(client, sign_in, full):
    page = client.get(f"/c/{full.pk}/").content.decode()
    assert f"/c/{full.pk}/waiting/?variant={house.variant(full, 'G').pk}" in page
    answer = join(sign_in(cast.person("Ada")), full)
    assert answer.status_code == 302
    assert "You are number 1." in text_of(client.get(answer.url))
    assert join(sign_in(cast.person("Ada")), full, 2).url == answer.url, "one place per person"
    assert WaitingPlace.objects.count() == house.variant(full, "G").waiting == 1


def test_a_guest_joins_by_the_link_of_a_mail(client, full):
    answer = join(client, full, email="Guest@example.com")
    assert answer.status_code == 200 and not WaitingPlace.objects.exists()
    link = re.search(r"/waiting/join/\S+", Outbox.objects.latest("pk").text)[0]
    client.get(link)
    assert not WaitingPlace.objects.exists()
    client.post(link)
    assert client.post(link).status_code == 302
    place = WaitingPlace.objects.get()
    assert (place.email, place.user) == ("guest@example.com", None)


@pytest.mark.parametrize("number", ["0", "-1", "1.5", "1e3", "3", "5", "２", ""])
def test_a_quantity_that_can_never_be_had_is_refused(sign_in, full, number):
    assert join(sign_in(cast.person("Ada")), full, number).status_code == 422
    assert not WaitingPlace.objects.exists() and house.variant(full, "G").waiting == 0


def test_nobody_waits_for_what_can_be_ordered_or_has_no_limit(sign_in, full):
    ada = sign_in(cast.person("Ada"))
    url = f"/c/{full.pk}/waiting/"
    for sku, status in (("S", 409), ("B", 422)):
        answer = ada.post(url, {"variant": house.variant(full, sku).pk, "quantity": 1})
        assert answer.status_code == status
    foreign = Variant.objects.create(campaign=house.draft(), label="X", sku="X", quota=1)
    assert ada.post(url, {"variant": foreign.pk, "quantity": 1}).status_code == 422
    assert not WaitingPlace.objects.exists()


def test_a_link_we_did_not_sign_and_a_code_that_is_none(client, full):
    assert client.get("/waiting/join/x/").status_code == 410
    assert client.post("/waiting/join/x/").status_code == 410
    assert client.get("/waiting/nothing/").status_code == 404
    assert client.post("/waiting/nothing/leave/").status_code == 404


# -- Offers ---------------------------------------------------------------------------------
def test_what_becomes_free_goes_to_the_line_and_to_nobody_else(full):
    first, second = stand(full, "Ada"), stand(full, "Ben")
    cancel(full, "Kenji")
    with pytest.raises(SoldOut):
        house.reserved(full, "Mona", sku="G")
    assert ticks.offer_places(timezone.now()) == 1
    assert ticks.offer_places(timezone.now()) == 0, "again changes nothing"
    assert states(first, second) == ["offered", "waiting"]
    assert house.variant(full, "G").taken == 2
    assert Outbox.objects.filter(key=f"waiting:{first.pk}:offer").count() == 1
    with pytest.raises(SoldOut):
        house.reserved(full, "Mona", sku="G")


def take(client, place: WaitingPlace, **more: str):
    """From the mailed link over the review to the bank."""
    page = client.get(f"/waiting/{place.code}/take/").content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    form = {**ADDRESS, "quantity": place.quantity, "form_key": key, **more}
    page = client.post(f"/waiting/{place.code}/take/", form).content.decode()
    sent = dict(re.findall(r'name="(ticket|total_seen)" value="([^"]+)"', page))
    return client.post(f"/c/{place.campaign_id}/checkout/pay/", {**sent, "terms": "1"})


def test_a_guest_orders_what_is_kept_by_the_mailed_link(client, full):
    place = waiting.join(
        full, variant=house.variant(full, "G"), quantity=1, now=timezone.now(),
        buyer=Buyer(email="guest@example.com", email_is_verified=True),
    )  # fmt: skip
    cancel(full, "Kenji")
    ticks.offer_places(timezone.now())
    mail = Outbox.objects.get(key=f"waiting:{place.pk}:offer").text
    assert "Order them" in text_of(client.get(re.search(r"/waiting/\S+", mail)[0]))
    place.refresh_from_db()
    answer = take(client, place)
    assert answer.status_code == 303 and "/demo/bank/" in answer.url
    place.refresh_from_db()
    assert (place.state, place.order.email) == ("taken", "guest@example.com")
    assert house.variant(full, "G").taken == 2
    assert house.pay(place.order).state == "deposited"


def test_fewer_than_were_kept_may_be_taken_and_the_rest_goes_on(client, full):
    both, last = stand(full, "Ada", 2), stand(full, "Ben")
    cancel(full, "Kenji")
    cancel(full, "Lin")
    ticks.offer_places(timezone.now())
    both.refresh_from_db()
    assert take(client, both, quantity="1").status_code == 303
    ticks.offer_places(timezone.now())
    assert states(both, last) == ["taken", "offered"] and house.variant(full, "G").taken == 2


def test_an_offer_ends_after_24_hours_and_the_next_gets_it(client, full):
    first, second = stand(full, "Ada"), stand(full, "Ben")
    cancel(full, "Kenji")
    now = timezone.now()
    ticks.offer_places(now)
    ticks.offer_places(now + DAY - HOUR)
    assert states(first, second) == ["offered", "waiting"]
    ticks.offer_places(now + DAY)
    assert states(first, second) == ["missed", "offered"]
    assert Outbox.objects.filter(key=f"waiting:{first.pk}:missed").count() == 1
    assert client.get(f"/waiting/{first.code}/take/").status_code == 302
    place = WaitingPlace.objects.get(pk=first.pk)
    with pytest.raises(Refused):
        house.reserved(full, "Ada", sku="G", place=place)
    assert house.variant(full, "G").taken == 2


def test_an_offer_is_its_persons_alone_and_within_their_limit(full):
    place = stand(full, "Ada")
    cancel(full, "Kenji")
    ticks.offer_places(timezone.now())
    place.refresh_from_db()
    with pytest.raises(Refused):
        house.reserved(full, "Omar", sku="G", place=place)
    house.reserved(full, "Ada", quantity=4)
    with pytest.raises(OverLimit):
        house.reserved(full, "Ada", sku="G", place=place)
    assert states(place) == ["offered"]


def test_leaving_gives_the_units_to_the_next(client, full):
    first, second, third = stand(full, "Ada"), stand(full, "Ben"), stand(full, "Mona")
    cancel(full, "Kenji")
    ticks.offer_places(timezone.now())
    client.post(f"/waiting/{first.code}/leave/")
    client.post(f"/waiting/{third.code}/leave/")
    client.post(f"/waiting/{third.code}/leave/")
    ticks.offer_places(timezone.now())
    assert states(first, second, third) == ["left", "offered", "left"]
    assert (house.variant(full, "G").waiting, house.variant(full, "G").taken) == (0, 2)


def test_when_deposits_close_the_list_ends_with_a_mail(full):
    first, second = stand(full, "Ada"), stand(full, "Ben")
    cancel(full, "Kenji")
    ticks.offer_places(timezone.now())
    campaigns.close_early(full, actor="user:1", reason="Enough.", now=timezone.now())
    ticks.offer_places(timezone.now())
    ticks.offer_places(timezone.now())
    assert states(first, second) == ["ended", "ended"]
    assert (house.variant(full, "G").waiting, house.variant(full, "G").taken) == (0, 1)
    assert Outbox.objects.filter(key__endswith=":ended").count() == 2


def test_verify_sees_a_line_that_its_variant_does_not_count(full):
    stand(full, "Ada")
    Variant.objects.filter(sku="G", campaign=full).update(waiting=0)
    assert [f for f in audit.findings() if f.startswith("lines_counted")] != []
    Variant.objects.filter(sku="G", campaign=full).update(waiting=1)
