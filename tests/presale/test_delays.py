"""A delay: every waiting buyer is asked, and silence is a yes once and for a short while."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from presale import ticks
from presale.models import Campaign, Delay, DelayAnswer, PreOrder
from tests import cast
from tests.presale import house

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def campaign(sound):
    """In production: Ada and Kenji have paid in full; both may be asked."""
    made = house.opened()
    for name in ("Ada", "Kenji"):
        house.deposited(made, name)
    house.counted(made)
    for order in made.orders.all():
        house.pay(order)
    ticks.run_all(timezone.now())
    made.refresh_from_db()
    assert made.state == "production"
    return made


@pytest.fixture
def mei(campaign, sign_in):
    return sign_in(cast.person("Mei"))


def of(campaign: Campaign, name: str) -> PreOrder:
    return campaign.orders.get(user=cast.person(name))


def delayed(client, campaign: Campaign, days: int) -> None:
    """Mei names a day so much later; everybody who waits is asked."""
    campaign.refresh_from_db()
    new = campaign.ship_by + days * DAY
    url = f"/m/weft/campaigns/{campaign.pk}/delay/"
    answer = client.post(url, {"ship_by": f"{new:%Y-%m-%d}", "reason": "The zips are late."})
    assert answer.status_code == 302
    ticks.run_all(timezone.now())


def asked(order: PreOrder) -> DelayAnswer:
    return order.delay_answers.latest("delay__number")


def after_deadline(campaign: Campaign) -> None:
    last = max(DelayAnswer.objects.values_list("answer_by", flat=True))
    ticks.run_all(last)


def test_everybody_who_waits_is_asked_once_on_page_and_by_mail(mei, campaign):
    delayed(mei, campaign, 20)
    ticks.run_all(timezone.now())
    assert DelayAnswer.objects.filter(state="asked").count() == 2
    mails = Outbox.objects.filter(key__endswith=":delay:1")
    assert mails.count() == 2 and "Without an answer the order stands" in mails.first().text
    page = mei.get(f"/orders/{of(campaign, 'Ada').code}/").content.decode()
    assert "Keep the order" in page and "The zips are late." in page
    public = mei.get(f"/c/{campaign.pk}/").content.decode()
    assert "Moved once" in public and "The zips are late." in public
    campaign.refresh_from_db()
    assert "If the goods are late, you are asked" in campaign.terms_text


@pytest.mark.parametrize(
    ("days", "reason", "said"),
    [(0, "Late.", "later than the one"), (400, "Late.", "a year at most"), (9, " ", "required")],
)
def test_a_date_or_reason_that_makes_no_sense_changes_nothing(mei, campaign, days, reason, said):
    new = campaign.ship_by + days * DAY
    url = f"/m/weft/campaigns/{campaign.pk}/delay/"
    answer = mei.post(url, {"ship_by": f"{new:%Y-%m-%d}", "reason": reason})
    assert answer.status_code == 422 and said in answer.content.decode()
    before = campaign.ship_by
    campaign.refresh_from_db()
    assert campaign.ship_by == before and not Delay.objects.exists()


def test_silence_is_a_yes_to_a_first_short_delay(mei, campaign):
    delayed(mei, campaign, 30)
    after_deadline(campaign)
    assert set(DelayAnswer.objects.values_list("state", flat=True)) == {"silent"}
    assert campaign.orders.filter(state="in-production").count() == 2


@pytest.mark.parametrize("days", [(31,), (5, 5)])
def test_silence_to_a_long_or_a_second_delay_sends_the_money_back(mei, campaign, days):
    for one in days:
        delayed(mei, campaign, one)
    after_deadline(campaign)
    ada = of(campaign, "Ada")
    assert ada.state == "cancelled" and house.money(ada).kept_minor == 0
    assert asked(ada).state == "left"
    assert Outbox.objects.filter(key__endswith=":leave_delayed").count() == 2
    campaign.refresh_from_db()
    assert campaign.state == "cancelled"  # nothing is left to make


def test_one_keeps_and_the_other_leaves(mei, campaign, client):
    delayed(mei, campaign, 60)
    ada, kenji = of(campaign, "Ada"), of(campaign, "Kenji")
    client.post(f"/orders/{ada.code}/delay/", {"answer": "keep"})
    client.post(f"/orders/{kenji.code}/delay/", {"answer": "leave"})
    after_deadline(campaign)
    ada.refresh_from_db(), kenji.refresh_from_db()
    assert (ada.state, asked(ada).state) == ("in-production", "kept")
    assert (kenji.state, asked(kenji).state) == ("cancelled", "left")
    assert house.money(kenji).refunded_minor == house.money(ada).paid_minor
    log = StateLog.objects.get(entity="presale.preorder", event="leave_delayed")
    assert log.object_id == kenji.pk and not log.actor.startswith("job:")
    page = mei.get(f"/m/weft/campaigns/{campaign.pk}/").content.decode()
    assert "Answers to delays" in page


@pytest.mark.parametrize("answer", ["keep", "leave"])
def test_an_answer_without_a_question_or_too_late_changes_nothing(mei, campaign, client, answer):
    ada = of(campaign, "Ada")
    client.post(f"/orders/{ada.code}/delay/", {"answer": answer})
    delayed(mei, campaign, 60)
    DelayAnswer.objects.update(answer_by=timezone.now())
    client.post(f"/orders/{ada.code}/delay/", {"answer": answer})
    ada.refresh_from_db()
    assert ada.state == "in-production" and asked(ada).state == "asked"


def test_a_disputed_order_waits_for_the_bank(mei, campaign, client):
    delayed(mei, campaign, 60)
    PreOrder.objects.update(hold_reason="dispute")
    client.post(f"/orders/{of(campaign, 'Ada').code}/delay/", {"answer": "leave"})
    after_deadline(campaign)
    assert set(DelayAnswer.objects.values_list("state", flat=True)) == {"asked"}


def test_a_day_that_passes_in_silence_asks_by_itself(mei, campaign):
    on_the_day = dt.datetime.combine(campaign.ship_by, dt.time(12), dt.UTC)
    ticks.run_all(on_the_day)
    assert not Delay.objects.exists()
    ticks.run_all(on_the_day + 2 * DAY)
    first = Delay.objects.get()
    assert (first.is_by_brand, first.silence) == (False, "keep")
    assert first.new_date == campaign.ship_by + 30 * DAY
    assert Outbox.objects.filter(key__contains=":overdue:1:").exists()
    ticks.run_all(on_the_day + 33 * DAY)
    assert [one.silence for one in Delay.objects.order_by("number")] == ["keep", "refund"]


def test_nothing_is_asked_when_the_parcel_is_on_its_way(mei, campaign):
    ada = of(campaign, "Ada")
    parcel = {"number": ada.number, "carrier": "DHL", "tracking": "1"}
    mei.post(f"/m/weft/campaigns/{campaign.pk}/shipments/", parcel)
    delayed(mei, campaign, 60)
    assert not ada.delay_answers.exists()
    after_deadline(campaign)
    ada.refresh_from_db()
    assert ada.state == "delivered"  # two weeks on; never ended


def test_only_the_brand_names_a_date(campaign, sign_in):
    url = f"/m/weft/campaigns/{campaign.pk}/delay/"
    form = {"ship_by": f"{campaign.ship_by + DAY:%Y-%m-%d}", "reason": "x"}
    assert sign_in(cast.person("Ada")).post(url, form).status_code == 403
    assert not Delay.objects.exists()
