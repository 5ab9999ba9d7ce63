"""The balance run: looked at before it happens, charged on the day chosen, reminded by hand."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import charging, ticks
from presale.boards import balances
from presale.models import Attempt, BankCharge, BankIntent, Obligation, PreOrder
from tests import cast
from tests.presale.house import DAY, HOUR, counted, deposited, opened

S = PreOrder.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sound")]
SHORT_LATER, REFUSED = "4000000000000044", "4000000000000341"


def fresh(order):
    return PreOrder.objects.select_related("campaign").get(pk=order.pk)


def shares(campaign):
    campaign.refresh_from_db()
    run = balances.balance_run(campaign)
    return {share.way: (share.count, share.amount_minor) for share in run.shares}


def sent():
    return (Outbox.objects.count(), BankIntent.objects.count(), StateLog.objects.count())


@pytest.fixture
def campaign():
    return opened()


@pytest.fixture
def mei(sign_in, campaign):
    return sign_in(cast.person("Mei"))


def url(campaign, tail="balances/"):
    return f"/m/weft/campaigns/{campaign.pk}/{tail}"


def three(campaign):
    """One with a card, one who pays by the link, one dearer by link."""
    return [
        deposited(campaign, "Ada", auto_charge=True),
        deposited(campaign, "Kenji"),
        deposited(campaign, "Omar", sku="S"),
    ]


def test_the_look_ahead_says_who_pays_how_and_changes_nothing(mei, campaign):
    three(campaign)
    before = sent()
    page = mei.get(url(campaign)).content.decode()
    assert "If deposits closed now" in page and "Ada" in page and "¥727" in page
    assert shares(campaign) == {"card": (1, 23900), "link": (2, 48800)}
    assert "Omar" not in mei.get(url(campaign) + "?way=card").content.decode()
    assert sent() == before


def test_what_was_looked_at_is_what_is_announced(campaign):
    three(campaign)
    ahead = shares(campaign)
    counted(campaign)
    assert shares(campaign) == ahead
    assert not balances.balance_run(campaign).is_forecast
    asked = Obligation.objects.filter(kind="balance").values_list("amount_minor", flat=True)
    assert sorted(asked) == [23900, 23900, 24900]


def test_below_the_minimum_the_look_ahead_says_that_everybody_is_refunded(mei, campaign):
    deposited(campaign)
    assert "1 unit is missing to the minimum" in mei.get(url(campaign)).content.decode()


def test_each_balance_is_shown_where_it_stands(mei, campaign):
    deposited(campaign, "Ada", auto_charge=True)
    deposited(campaign, "Kenji", auto_charge=True, card=SHORT_LATER)
    deposited(campaign, "Omar", auto_charge=True, card=REFUSED)
    deposited(campaign, "Ruth")
    counted(campaign)
    ticks.run_all(timezone.now() + DAY + HOUR)
    ways = {way: count for way, (count, _sum) in shares(campaign).items()}
    assert ways == {"paid": 1, "retry": 1, "waiting": 1, "link": 1}
    page = mei.get(url(campaign)).content.decode()
    assert "insufficient_funds" in page and "card_not_supported" in page


def test_only_those_who_run_the_brand_see_it(client, sign_in, campaign):
    assert client.get(url(campaign)).status_code == 302
    for name, status in (("Lin", 403), ("Omar", 403)):
        assert sign_in(cast.person(name)).get(url(campaign)).status_code == status
    cast.brand("Kettle", "Ruth")
    other = url(campaign).replace("weft", "kettle")
    assert sign_in(cast.person("Ruth")).get(other).status_code == 404


# -- A day of one's own ---------------------------------------------------------------------
@pytest.fixture
def due(campaign):
    """An order whose card is charged in a day, and another one."""
    order = deposited(campaign, "Ada", auto_charge=True)
    deposited(campaign, "Kenji")
    counted(campaign)
    return fresh(order)


def choose(client, order, day):
    return client.post(f"/orders/{order.code}/charge-day/", {"day": str(day)}, follow=True)


def test_the_card_is_charged_on_the_day_its_owner_chose(client, due):
    days = charging.plan(due).days
    assert 6 <= len(days) <= 7
    page = choose(client, due, days[3].day).content.decode()
    assert "charged on the day you chose" in page
    ticks.run_all(days[3].at - HOUR)
    assert (fresh(due).state, BankCharge.objects.count()) == (S.BALANCE_DUE, 2)
    ticks.run_all(days[3].at)
    assert fresh(due).state == S.PAID


def test_a_day_is_one_of_the_window_or_refused(client, due):
    days = [one.day for one in charging.plan(due).days]
    for day in ("", "soon", days[0] - dt.timedelta(days=1), days[-1] + dt.timedelta(days=1)):
        page = choose(client, due, day).content.decode()
        assert "Choose one of the days" in page
    assert Obligation.objects.get(order=due, kind="balance").charge_at is None


def test_after_the_first_try_no_day_can_be_chosen(client, campaign):
    order = deposited(campaign, "Ada", auto_charge=True, card=SHORT_LATER)
    deposited(campaign, "Kenji")
    counted(campaign)
    day = charging.plan(fresh(order)).days[3].day
    ticks.run_all(timezone.now() + DAY + HOUR)
    assert "not charged for this order any more" in choose(client, order, day).content.decode()
    assert Obligation.objects.get(order=order, kind="balance").charge_at is None


def test_without_consent_there_is_no_day_to_choose(client, campaign):
    orders = three(campaign)
    counted(campaign)
    assert "Another day" not in client.get(f"/orders/{orders[1].code}/").content.decode()
    assert charging.plan(fresh(orders[1])) is None


def test_a_soft_refusal_is_tried_four_times_and_then_left_to_the_customer(campaign):
    order = deposited(campaign, "Ada", auto_charge=True, card=SHORT_LATER)
    deposited(campaign, "Kenji")
    counted(campaign)
    start = timezone.now() + DAY + HOUR
    for days in range(9):
        ticks.run_all(start + days * DAY)
    attempt = Attempt.objects.get(obligation__order=order, channel="off-session")
    tried = StateLog.objects.filter(
        entity="presale.attempt", object_id=attempt.pk, event="decline"
    ).values_list("at", flat=True)
    assert [(at - start).days for at in tried.order_by("at")] == [0, 3, 5, 7]
    assert fresh(order).state == S.ACTION_NEEDED


# -- By hand --------------------------------------------------------------------------------
def reminders(order):
    return Outbox.objects.filter(key__startswith=f"order:{order.pk}:remind-by-hand").count()


def test_the_link_is_mailed_again_once_a_day(mei, campaign, due):
    for _again in range(2):
        page = mei.post(url(campaign, f"orders/{due.number}/remind/"), follow=True)
    assert "mailed today already" in page.content.decode()
    assert reminders(due) == 1
    log = StateLog.objects.get(event="remind")
    assert log.actor == cast.person("Mei").actor


def test_nobody_else_reminds_and_nothing_is_sent_where_nothing_is_due(sign_in, mei, campaign, due):
    address = url(campaign, f"orders/{due.number}/remind/")
    assert mei.get(address).status_code == 405
    assert sign_in(cast.person("Omar")).post(address).status_code == 403
    PreOrder.objects.filter(pk=due.pk).update(auto_charge=True)
    ticks.run_all(timezone.now() + DAY + HOUR)
    mei = sign_in(cast.person("Mei"))
    assert "nothing to pay" in mei.post(address, follow=True).content.decode()
    assert reminders(due) == 0
