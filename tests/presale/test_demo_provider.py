"""The demo bank under the contract of all providers, and its page."""

import datetime as dt

import pytest

from core.clock import now
from presale.providers.demo import (
    CARDS,
    DemoProvider,
    bank_decide,
    bank_page,
    close_dispute,
    open_dispute,
)
from tests.presale.provider_contract import ProviderContract

pytestmark = pytest.mark.django_db


class TestDemoProvider(ProviderContract):
    good_card = "4242424242424242"
    always_asks_card = "4000002760003184"
    refused_later_card = "4000000000000341"

    @pytest.fixture
    def provider(self):
        return DemoProvider()

    def at_the_page(self, ref, decision, card=""):
        bank_decide(ref, decision, now=now(), card=card if decision == "pay" else "")

    @pytest.fixture(autouse=True)
    def _faults(self, faults):
        self.faults = faults

    def lose(self, call, how):
        self.faults[call] = [how]

    def disputed(self, charge_ref):
        return open_dispute(charge_ref)

    def decided(self, ref, status):
        close_dispute(ref, status)


@pytest.fixture
def ref():
    provider = DemoProvider()
    customer = provider.ensure_customer(email="ada@example.com", key="k")
    return TestDemoProvider().checkout(provider, customer)


def test_the_page_says_what_it_charges_and_offers_every_outcome(ref):
    page = bank_page(ref)
    assert (page.step, page.amount_minor, page.currency) == ("card", 5000, "EUR")
    assert page.decisions == ["pay", "decline", "insufficient", "authenticate", "abandon"]
    assert len(page.cards) == len(CARDS)


def test_leaving_changes_nothing(ref):
    assert bank_decide(ref, "abandon", now=now()) == "https://shop.example/back"
    assert bank_page(ref).step == "card"


def test_confirmation_is_a_step_of_its_own(ref):
    assert bank_decide(ref, "authenticate", now=now()).endswith(f"/demo/bank/{ref}/")
    assert bank_page(ref).decisions == ["confirm", "refuse", "abandon"]
    with pytest.raises(ValueError, match="pay"):
        bank_decide(ref, "pay", now=now())
    assert bank_decide(ref, "confirm", now=now()) == "https://shop.example/ok"
    assert bank_page(ref).step == "paid"


def test_after_its_time_the_page_is_ended(ref):
    late = now() + dt.timedelta(minutes=32)
    assert bank_decide(ref, "pay", now=late) == "https://shop.example/back"
    assert bank_page(ref).step == "ended"


@pytest.mark.parametrize(("decision", "card"), [("rob", ""), ("pay", "4111111111111111")])
def test_unknown_buttons_and_cards_are_refused(ref, decision, card):
    with pytest.raises(ValueError):
        bank_decide(ref, decision, now=now(), card=card)
    assert bank_page(ref).step == "card"


def test_an_unknown_payment_is_a_lookup_error():
    for call in (lambda: bank_page("x"), lambda: bank_decide("x", "pay", now=now())):
        with pytest.raises(LookupError):
            call()
