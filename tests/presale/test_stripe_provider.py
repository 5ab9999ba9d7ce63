"""Stripe under the contract of all providers: over the peer, and over its real test mode."""

import datetime as dt
import os

import pytest
import stripe

from core.clock import now
from presale import terms, ticks
from presale.providers.base import Misconfigured, Unknown
from presale.providers.stripe import StripeProvider, client, declines, methods
from tests.presale import stripe_house
from tests.presale.provider_contract import ProviderContract
from tests.stripe_peer.client import ONCE

REAL_KEY = os.environ.get("STRIPE_TEST_KEY", "")


@ONCE
class TestStripePeer(ProviderContract):
    good_card = "4242424242424242"
    always_asks_card = "4000002760003184"
    refused_later_card = "4000000000000341"

    @pytest.fixture
    def provider(self, stripe_on):
        self.peer = stripe_on
        return StripeProvider()

    def at_the_page(self, ref, decision, card=""):
        stripe_house.at_the_page(self.peer, ref, decision, card)

    def lose(self, call, how):
        stripe_house.lose(self.peer, call, how)

    def disputed(self, charge_ref):
        return self.peer.tell("dispute", ref=charge_ref)["id"]

    def decided(self, ref, status):
        self.peer.tell("close-dispute", ref=ref, status=status)


@pytest.mark.skipif(not REAL_KEY, reason="STRIPE_TEST_KEY is not set: real test mode not run")
class TestStripeTestMode(ProviderContract):
    """Real test mode, for what needs neither a person at Stripe's page nor a broken wire."""

    good_card, always_asks_card = "pm_card_visa", "pm_card_authenticationRequired"
    refused_later_card = "pm_card_chargeCustomerFail"

    @pytest.fixture
    def provider(self, settings):
        assert REAL_KEY.startswith("sk_test_")
        settings.STRIPE_API_KEY, settings.STRIPE_API_BASE = REAL_KEY, ""
        return StripeProvider()

    def at_the_page(self, ref, decision, card=""):
        pytest.skip("only a person can press a button on Stripe's page")

    def lose(self, call, how):
        pytest.skip("nothing loses the answers of the real Stripe")

    def disputed(self, charge_ref):
        pytest.skip("a disputed test card is entered by a person at Stripe's page")

    def saved(self, provider, customer, card=""):
        with client.asking() as real:
            made = real.v1.payment_methods.attach(card or self.good_card, {"customer": customer})
        return made.id


@pytest.fixture
def provider(stripe_on):
    return StripeProvider()


@pytest.fixture
def customer(provider):
    return provider.ensure_customer(email="ada@example.com", key="ada")


house = TestStripePeer()


@pytest.mark.parametrize("how", ["500", "409", "429", "garbage"])
def test_whatever_is_not_a_clear_answer_is_unknown(stripe_on, provider, customer, how):
    stripe_house.lose(stripe_on, "create_charge", how)
    with pytest.raises(Unknown):
        house.charge(provider, customer, "k")
    since = now() - dt.timedelta(hours=1)
    ref = house.charge(provider, customer, "k")
    assert [a.ref for a in provider.find(key="k", customer=customer, since=since)] == [ref]


def test_a_failure_stored_under_a_key_does_not_stand_in_the_way(stripe_on, provider, customer):
    for call, create in (("open_checkout", house.checkout), ("create_charge", house.charge)):
        stripe_house.lose(stripe_on, call, "500")
        with pytest.raises(Unknown):
            create(provider, customer, call)
        assert provider.fetch(create(provider, customer, call)).status == "open"


def test_a_refund_with_a_stored_failure_is_sent_once(stripe_on, provider, customer):
    ref = house.checkout(provider, customer)
    stripe_house.at_the_page(stripe_on, ref, "pay")
    charge = provider.fetch(ref).charge_ref
    back = {"charge_ref": charge, "amount_minor": 1000, "metadata": {"refund_attempt": "k"}}
    stripe_house.lose(stripe_on, "refund", "500")
    with pytest.raises(Unknown):
        provider.refund(key="k", **back)
    first = provider.refund(key="k", **back)
    assert provider.refund(key="k", **back).ref == first.ref
    assert len(provider.find_refunds(charge)) == 1


def test_a_key_that_stripe_has_forgotten_makes_nothing_twice(stripe_on, provider, customer):
    first = provider.ensure_customer(email="kenji@example.com", key="kenji")
    stripe_on.tell("expire-keys")
    assert provider.ensure_customer(email="kenji@example.com", key="kenji") == first


def test_money_under_way_can_neither_be_stopped_nor_counted(
    stripe_on, provider, customer, settings
):
    settings.STRIPE_METHODS = ["alipay"]
    refs = [house.checkout(provider, customer) for _ in range(2)]
    for ref in refs:
        stripe_on.tell("pay", ref=ref, kind="alipay", slowly=True)
        assert provider.fetch(ref).status == "processing"
        with pytest.raises(Unknown):
            provider.kill(ref)
    stripe_on.tell("settle", ref=refs[0], status="succeeded")
    stripe_on.tell("settle", ref=refs[1], status="failed")
    assert [provider.fetch(ref).status for ref in refs] == ["paid", "dead"]
    assert not provider.fetch(refs[0]).method_reusable


@pytest.mark.parametrize("key", ["", "sk_test_wrong"])
def test_a_key_that_is_missing_or_refused_is_for_the_operator(provider, settings, key):
    settings.STRIPE_API_KEY = key
    with pytest.raises(Misconfigured):
        provider.fetch("pi_1")


@pytest.mark.django_db(transaction=True)
def test_it_is_not_called_inside_a_transaction(provider):
    from django.db import transaction

    with transaction.atomic(), pytest.raises(RuntimeError):
        provider.fetch("pi_1")


def test_the_version_is_pinned_to_the_clients_own():
    assert stripe.api_version == client.API_VERSION


def test_a_page_opened_late_lives_long_enough_for_stripe(provider, customer):
    soon = now() + dt.timedelta(minutes=2)
    assert house.checkout(provider, customer, expires_at=soon)


def test_ways_to_pay_and_their_refund_windows_follow_the_currency(settings, provider):
    settings.STRIPE_METHODS = ["alipay", "wechat_pay"]
    assert methods.methods_for("CNY") == ["card", "alipay", "wechat_pay"]
    assert methods.methods_for("SEK") == ["card", "wechat_pay"]
    assert methods.methods_for("KRW") == ["card"]
    windows = [provider.caps(code).refund_window_days for code in ("CNY", "SEK", "KRW")]
    assert windows == [90, 180, 180]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "authentication_required"}, "needs_customer"),
        ({"code": "card_declined", "decline_code": "authentication_required"}, "needs_customer"),
        ({"code": "card_declined", "decline_code": "insufficient_funds"}, "soft"),
        ({"code": "card_declined", "decline_code": "stolen_card"}, "hard"),
        ({"code": "card_declined", "decline_code": "generic_decline",
          "advice_code": "do_not_try_again"}, "hard"),
        ({"code": "expired_card", "decline_code": "expired_card"}, "new_method"),
        ({"code": "payment_intent_authentication_failure"}, "new_method"),
        ({"code": "something_new"}, "soft"),
    ],
)  # fmt: skip
def test_each_refusal_has_a_meaning(error, kind):
    said = stripe.ErrorObject.construct_from(error, "sk_test_1")
    assert declines.decline_of(said).kind == kind


def test_a_failed_campaign_is_refunded_within_every_window():
    """The oldest deposit is as old as the campaign when it fails at its close, extended once."""
    oldest = terms.MAX_OPEN + terms.MAX_EXTENSION
    assert all(oldest.days <= days for days in methods.REFUND_WINDOWS.values())


def test_jobs_that_ask_a_real_provider_do_not_hold_up_the_others(settings, monkeypatch):
    registered = {}
    monkeypatch.setattr(
        ticks.ticks, "register", lambda run, every, slow=False: registered.update({run: slow})
    )
    settings.PAYMENT_PROVIDER = "stripe"
    ticks.register()
    assert registered[ticks.close_due] is False
    assert all(registered[job] for job in ticks.ASKING)
