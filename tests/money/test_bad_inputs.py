"""Bad inputs, row by row: the answer, and that no row of the money has changed.

Rows with tests of their own elsewhere: signatures, sizes, methods, live mode, other accounts and a
busy database at the door of events (`tests/presale/test_inbox.py`, `test_stripe_events.py`); prices
sent by the browser, forged tickets, codes (`test_pages_checkout.py`); drafts that cannot be
published (`test_rules.py`); every answer of the provider (`test_wire.py` here,
`test_stripe_flow.py`); clocks and zones (`test_fields.py`, `tests/core/test_zones.py`); two at once
(`tests/races`).
"""

import contextlib
import datetime as dt
import uuid

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from core.clock import db_now
from presale.actions import campaigns, orders, payments, refunds
from presale.actions.orders import Buyer, Wanted
from presale.errors import (
    AlreadyPaid,
    BadDate,
    BadOrder,
    NotOpen,
    NotPayable,
    OverLimit,
    PriceChanged,
    ReasonMissing,
    SoldOut,
    TooLate,
)
from presale.models import BankRefund, Campaign, PreOrder, RefundObligation, Variant
from presale.providers.demo import bank_decide
from tests import cast
from tests.money.house import HOME, SAYS, opened, reserved, sound

pytestmark = pytest.mark.django_db
NUMBERS = [
    "0",
    "-1",
    "1.5",
    "1e3",
    "1000000000",
    "2147483648",
    "NaN",
    "１２",
    "٣",
    " ",
    "1 2",
    "0x1",
]


def money() -> dict[str, list]:
    """Every row of the pre-sale, bank and ledger included, and every step ever logged."""
    models = [*apps.get_app_config("presale").get_models(), apps.get_model("core", "StateLog")]
    return {
        model.__name__: list(model._default_manager.order_by("pk").values()) for model in models
    }


@pytest.fixture
def campaign():
    return opened({"B": None, "G": 2})


def deposited(campaign, name="Ada", **more) -> PreOrder:
    order = reserved(campaign, name, auto_charge=False, **more)
    url = payments.start_deposit(order, now=timezone.now())
    bank_decide(url.rstrip("/").rpartition("/")[2], "pay", now=timezone.now())
    return payments.look_again(order, now=timezone.now())


def form(campaign, **changes):
    variant = campaign.variants.get(sku="B").pk
    return {
        "form_key": str(uuid.uuid4()), "variant": str(variant), "quantity": "1",
        "email": "guest@example.com", "name": "Grace", "address1": "1 Mill Lane", "city": "Leeds",
        "postcode": "LS1 4AP", "country": "GB", **changes,
    }  # fmt: skip


# -- By form -----------------------------------------------------------------------------------
@pytest.mark.parametrize("quantity", NUMBERS)
def test_a_quantity_that_is_no_whole_number_in_range(campaign, sign_in, quantity):
    ada, before = sign_in(cast.person("Ada")), money()
    answer = ada.post(f"/c/{campaign.pk}/checkout/", form(campaign, quantity=quantity))
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert money() == before


@pytest.mark.parametrize("variant", ["", "0", "-1", "999999", "x", "9" * 30])
def test_an_option_that_is_not_of_this_campaign(campaign, sign_in, variant):
    ada, before = sign_in(cast.person("Ada")), money()
    answer = ada.post(f"/c/{campaign.pk}/checkout/", form(campaign, variant=variant))
    assert answer.status_code == 422
    assert money() == before


def test_another_ones_pay_link_and_a_link_that_was_altered(campaign, client):
    from presale.paylinks import pay_link

    order = deposited(campaign)
    path = pay_link(order.obligations.get()).partition("/pay/")[2]
    before = money()
    for token in (path[:-3] + "x/", "forged/", path.replace(path[:2], "zz", 1)):
        assert client.get(f"/pay/{token}").status_code == 404
    assert client.post(reverse("presale:order-cancel", args=["no-such-code"])).status_code == 404
    assert money() == before


# -- By action -----------------------------------------------------------------------------------
def order_of(campaign, wanted, **more):
    who = cast.person("Ada")
    return orders.reserve(
        campaign,
        **{
            "buyer": Buyer(email=who.email, user=who), "address": HOME, "wanted": wanted,
            "total_seen_minor": 10**8, "consent_text": "I agree.", "form_key": uuid.uuid4(), **more,
        },
    )  # fmt: skip


def blue(campaign, quantity=1):
    return [Wanted(campaign.variants.get(sku="B").pk, quantity)]


def close_by_time(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(closes_at=db_now() - dt.timedelta(seconds=1))


def sell_out(campaign):
    reserved(campaign, "Kenji", sku="G", quantity=2)


def call_off(campaign):
    campaigns.cancel(campaign, **SAYS, now=timezone.now())


def shut(campaign):
    Variant.objects.filter(campaign=campaign).update(is_open=False)


def grey(campaign):
    return [Wanted(campaign.variants.get(sku="G").pk, 1)]


def foreign(campaign):
    return [Wanted(10**9, 1)]


def twice_the_same(campaign):
    return blue(campaign) * 2


ORDERS = [
    ("one second late", close_by_time, blue, {}, NotOpen, 409),
    ("called off", call_off, blue, {}, NotOpen, 409),
    ("an option that closed", shut, blue, {}, NotOpen, 409),
    ("sold out meanwhile", sell_out, grey, {}, SoldOut, 409),
    ("over the limit", lambda c: reserved(c, quantity=4), blue, {}, OverLimit, 409),
    ("an unknown option", None, foreign, {}, BadOrder, 422),
    ("one option twice", None, twice_the_same, {}, BadOrder, 422),
    ("nothing", None, lambda c: [], {}, BadOrder, 422),
    ("a half", None, lambda c: blue(c, 1.5), {}, BadOrder, 422),
    ("a yes", None, lambda c: blue(c, True), {}, BadOrder, 422),
    ("none of it", None, lambda c: blue(c, 0), {}, BadOrder, 422),
    ("less than none", None, lambda c: blue(c, -1), {}, BadOrder, 422),
    ("without consent", None, blue, {"consent_text": " "}, BadOrder, 422),
    ("a smaller total seen", None, blue, {"total_seen_minor": 1}, PriceChanged, 409),
]


@pytest.mark.parametrize("row", ORDERS, ids=lambda row: row[0].replace(" ", "-"))
def test_an_order_that_cannot_be(campaign, row):
    _name, first, wanted, more, error, status = row
    if first:
        first(campaign)
    cast.person("Ada")
    before = money()
    with pytest.raises(error) as refused:
        order_of(campaign, wanted(campaign), **more)
    assert (refused.value.status, str(refused.value) != "") == (status, True)
    assert money() == before
    sound("nothing_is_stuck")


def test_the_same_form_again_is_the_same_order(campaign):
    key = uuid.uuid4()
    first = order_of(campaign, blue(campaign), form_key=key)
    before = money()
    assert order_of(campaign, blue(campaign), form_key=key) == first
    assert money() == before


def counted(campaign):
    campaigns.close_early(campaign, **SAYS, now=timezone.now())


def later(order, **ahead):
    return order.campaign.closes_at + dt.timedelta(**ahead)


def cancel(order, now):
    orders.cancel_order(order, actor="user:1", now=now)


def extend(order, at, **more):
    campaigns.extend(order.campaign, **{**SAYS, "closes_at": at, "now": timezone.now(), **more})


ACTS = [
    ("cancelled after the close", lambda o: cancel(o, later(o, seconds=1)), TooLate, 409),
    ("paid again", lambda o: payments.start_deposit(o, now=timezone.now()), AlreadyPaid, 409),
    ("a balance before its time", lambda o: payments.start_balance(o, now=timezone.now()),
     NotPayable, 409),
    ("extended backwards", lambda o: extend(o, later(o, days=-1)), BadDate, 422),
    ("extended by nothing", lambda o: extend(o, later(o)), BadDate, 422),
    ("extended too far", lambda o: extend(o, later(o, days=31)), BadDate, 422),
    ("extended after the close", lambda o: extend(o, later(o, days=9), now=later(o, days=1)),
     TooLate, 409),
    ("extended without a word", lambda o: extend(o, later(o, days=9), reason=" "), ReasonMissing,
     422),
    ("released without a word",
     lambda o: orders.release_order(o, actor="user:1", reason="", now=timezone.now()),
     ReasonMissing, 422),
    ("called off without a word",
     lambda o: campaigns.cancel(o.campaign, actor="user:1", reason=" ", now=timezone.now()),
     ReasonMissing, 422),
]  # fmt: skip


@pytest.mark.parametrize("row", ACTS, ids=lambda row: row[0].replace(" ", "-"))
def test_a_step_that_cannot_be(campaign, row):
    _name, act, error, status = row
    order = deposited(campaign)
    before = money()
    with pytest.raises(error) as refused:
        act(order)
    assert refused.value.status == status
    assert money() == before
    sound()


def test_more_than_was_paid_never_goes_back(campaign):
    """Two promises of all of it, as by a bug: what leaves stays within the charge."""
    order = deposited(campaign)
    for cause in ("one", "two"):
        promised = RefundObligation.objects.create(
            order=order, cause=cause, amount_minor=5000, currency="CNY", reason="A bug.",
            created_at=timezone.now(),
        )  # fmt: skip
        refunds.send_refund(promised, now=timezone.now())
    assert list(BankRefund.objects.values_list("amount_minor", flat=True)) == [5000]


def test_nothing_is_promised_for_nothing_and_less_is_refused(campaign):
    order = deposited(campaign)
    before = money()
    for amount in (0, -1):
        with contextlib.suppress(IntegrityError, ValueError), transaction.atomic():
            refunds.promise(order, cause="t", amount_minor=amount, reason="t", now=timezone.now())
    assert money() == before


@pytest.mark.parametrize("how", ["forged", "unpaid"])
def test_the_address_of_success_proves_nothing(campaign, client, how):
    order = reserved(campaign)
    payments.start_deposit(order, now=timezone.now())
    path = reverse("presale:order", args=[order.code])
    session = "&session_id=cs_forged" if how == "forged" else ""
    assert client.get(f"{path}?from=bank{session}").status_code in (200, 302)
    order.refresh_from_db()
    assert order.state == "reserved"
