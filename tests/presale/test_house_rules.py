"""The rules of a brand: stated, printed, kept with a campaign, and what a breach costs."""

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from fans.models import Membership
from presale import ticks
from presale.actions import campaigns
from presale.models import BrandRules, Campaign, Compensation, LedgerEntry
from tests import cast
from tests.presale import house
from tests.presale.wizard import typed, url

pytestmark = pytest.mark.django_db
CN = {
    "preset": "cn",
    "allows_advance": "on",
    "allows_earnest": "on",
    "earnest_max": "20",
    "earnest_double": "on",
    "silence_days": "30",
    "withdrawal": "Seven days.",
}
EARNEST = {"deposit_kind": "earnest", "forfeit": "forfeit"}


@pytest.fixture
def mei(sign_in, winner):
    return sign_in(cast.person("Mei"))


def test_a_preset_fills_the_form_and_saves_nothing(mei):
    page = mei.get("/m/weft/rules/?preset=eu").content.decode()
    assert "within 14 days of delivery" in page and not BrandRules.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"silence_days": "31"},
        {"earnest_max": "0"},
        {"preset": "mars"},
        {"allows_advance": "", "allows_earnest": ""},
    ],
)
def test_rules_that_make_no_sense_are_refused(mei, wrong):
    answer = mei.post("/m/weft/rules/", {**CN, **wrong})
    assert answer.status_code == 422 and not BrandRules.objects.exists()


def test_only_the_owner_states_rules(sign_in, winner):
    brand = winner.revision.design.brief.brand
    assert brand.memberships.get(user=cast.person("Jonas")).role == Membership.Role.MANAGER
    assert sign_in(cast.person("Jonas")).post("/m/weft/rules/", CN).status_code == 403
    assert not BrandRules.objects.exists()


def test_the_rules_are_printed_and_stay_as_they_were_when_published(mei, winner):
    mei.post("/m/weft/rules/", CN)
    mei.post(url(winner), typed(**EARNEST))
    made = Campaign.objects.get()
    mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    mei.post("/m/weft/rules/", {**CN, "withdrawal": "Never.", "earnest_double": ""})
    made.refresh_from_db()
    page = mei.get(f"/c/{made.pk}/").content.decode()
    for words in ("Mainland China", "at most 20 %", "earnest money comes back twice"):
        assert words in page and words in made.terms_text
    assert "Seven days." in page and "Never." not in page
    assert "the brand owes you the same amount once more" in page


@pytest.mark.parametrize(
    ("rules", "terms", "said"),
    [
        ({}, {**EARNEST, "deposit": "57.91"}, "at the lowest price at most"),
        ({"allows_earnest": ""}, EARNEST, "do not allow this kind"),
        ({"allows_advance": ""}, {}, "do not allow this kind"),
    ],
)
def test_what_the_rules_forbid_cannot_be_written(mei, winner, rules, terms, said):
    mei.post("/m/weft/rules/", {**CN, **rules})
    answer = mei.post(url(winner), typed(**terms))
    assert answer.status_code == 422 and not Campaign.objects.exists()
    assert said in answer.content.decode()


def test_rules_changed_after_the_draft_are_asked_again_at_publishing(mei, winner):
    mei.post(url(winner), typed(**EARNEST))
    made = Campaign.objects.get()
    mei.post("/m/weft/rules/", {**CN, "allows_earnest": ""})
    answer = mei.post(f"/m/weft/campaigns/{made.pk}/publish/")
    made.refresh_from_db()
    assert answer.status_code == 422 and made.state == "draft"


@pytest.fixture
def earnest(sound):
    """Open, with an order of two units whose earnest deposit is paid."""
    made = house.draft(deposit_kind="earnest", forfeit="forfeit")
    BrandRules.objects.create(
        brand=made.brand, preset="cn", earnest_max_bp=2000, earnest_double=True,
        updated_at=timezone.now(), updated_by=made.created_by,
    )  # fmt: skip
    made = campaigns.publish(made, actor="user:1", now=timezone.now())
    house.deposited(made, quantity=2)
    return made


def called_off(campaign: Campaign) -> None:
    now = timezone.now()
    campaign.refresh_from_db()
    campaigns.cancel(campaign, actor="user:1", reason="No fabric.", now=now)
    ticks.run_all(now)


def test_earnest_money_is_owed_once_more_when_the_brand_calls_it_off(earnest, sign_in):
    called_off(earnest)
    owed = Compensation.objects.get()
    assert (owed.amount_minor, owed.state) == (10000, "owed")
    assert house.money(owed.order).refunded_minor == 10000
    ticks.run_all(timezone.now())
    assert Outbox.objects.filter(key__endswith=":compensation-owed").count() == 1
    mei, page = sign_in(cast.person("Mei")), f"/m/weft/campaigns/{earnest.pk}/compensations/"
    assert "Earnest money is owed twice" in mei.get("/m/weft/").content.decode()
    form = {"number": owed.order.number, "reference": " "}
    assert mei.post(page, form).status_code == 422
    assert mei.post(page, {**form, "number": "none", "reference": "x"}).status_code == 404
    assert Compensation.objects.get().state == "owed"
    assert mei.post(page, {**form, "reference": "Transfer 77"}).status_code == 302
    assert mei.post(page, {**form, "reference": "Again"}).status_code == 409
    assert Compensation.objects.get().reference == "Transfer 77"
    assert StateLog.objects.filter(entity="presale.compensation", event="pay").count() == 1
    assert "Transfer 77" in mei.get(f"/orders/{owed.order.code}/").content.decode()
    accounts = LedgerEntry.objects.filter(account__startswith="liab:compensation")
    assert sum(row.amount_minor for row in accounts) == 0 and accounts.count() == 2


def test_too_few_balances_are_no_breach(earnest):
    Campaign.objects.filter(pk=earnest.pk).update(state="decision")
    called_off(earnest)
    assert not Compensation.objects.exists()


def test_a_buyer_who_cancels_gets_it_back_once(earnest, client):
    order = earnest.orders.get()
    client.post(f"/orders/{order.code}/cancel/")
    ticks.run_all(timezone.now())
    assert house.money(order).refunded_minor == 10000
    assert not Compensation.objects.exists()
