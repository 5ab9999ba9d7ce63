"""What every payment provider must do. A provider's test module subclasses this and says how a
customer behaves on its page; the same cases then run over each of them.
"""

import datetime as dt
import uuid
from typing import Any

import pytest

from core.clock import now
from presale.providers.base import AnchorState, Declined, Provider, Rejected, Unknown

# Never arrived; done and not answered; done, and answered with a failure for ever.
LOST = ["drop_before", "drop_after", "500_done"]


class ProviderContract:
    """Subclasses give `provider`, `at_the_page` and `lose`; class attributes name the cards."""

    good_card = always_asks_card = refused_later_card = ""

    @pytest.fixture
    def provider(self) -> Provider:
        """The provider under test."""
        raise NotImplementedError

    def at_the_page(self, ref: str, decision: str, card: str = "") -> None:
        """The customer presses a button on the provider's page."""
        raise NotImplementedError

    def lose(self, call: str, how: str) -> None:
        """The next answer to that call gets lost."""
        raise NotImplementedError

    @pytest.fixture
    def customer(self, provider: Provider) -> str:
        return provider.ensure_customer(email="ada@example.com", key=uuid.uuid4().hex)

    def checkout(self, provider: Provider, customer: str, key: str = "", **more: Any) -> str:
        return provider.open_checkout(
            **{
                "amount_minor": 5000,
                "currency": "EUR",
                "customer": customer,
                "key": key or uuid.uuid4().hex,
                "metadata": {"attempt": "a1"},
                "save_method": True,
                "success_url": "https://shop.example/ok",
                "cancel_url": "https://shop.example/back",
                "expires_at": now() + dt.timedelta(minutes=31),
                **more,
            }
        ).ref

    def charge(self, provider: Provider, customer: str, key: str = "") -> str:
        return provider.create_charge(
            amount_minor=7000, currency="EUR", customer=customer,
            key=key or uuid.uuid4().hex, metadata={"attempt": "a2"},
        ).ref  # fmt: skip

    def saved(self, provider: Provider, customer: str, card: str = "") -> str:
        """The reference of a card saved by a paid checkout."""
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "pay", card or self.good_card)
        if provider.fetch(ref).status == "action":
            self.at_the_page(ref, "confirm")
        return provider.fetch(ref).method_ref

    def confirm(self, provider: Provider, ref: str, method: str, **more: Any) -> AnchorState:
        return provider.confirm_charge(
            ref, method=method, key=uuid.uuid4().hex, return_url="https://shop.example/ok",
            **{"off_session": True, **more},
        )  # fmt: skip

    def test_the_same_key_is_the_same_thing(self, provider, customer):
        key = uuid.uuid4().hex
        first = self.checkout(provider, customer, key)
        assert self.checkout(provider, customer, key) == first
        with pytest.raises(Rejected):
            self.checkout(provider, customer, key, amount_minor=5001)
        since = now() - dt.timedelta(hours=1)
        assert [a.ref for a in provider.find(key=key, customer=customer, since=since)] == [first]
        assert provider.find(key="other", customer=customer, since=since) == []

    def test_a_page_is_open_until_paid_and_carries_what_it_was_given(self, provider, customer):
        ref = self.checkout(provider, customer)
        state = provider.fetch(ref)
        assert (state.status, state.charge_ref, bool(state.action_url)) == ("open", "", True)
        self.at_the_page(ref, "pay")
        state = provider.fetch(ref)
        assert (state.status, state.amount_minor, state.currency) == ("paid", 5000, "EUR")
        assert state.metadata["attempt"] == "a1"
        assert state.charge_ref and state.method_reusable

    def test_a_card_is_saved_only_when_asked(self, provider, customer):
        ref = self.checkout(provider, customer, save_method=False)
        self.at_the_page(ref, "pay")
        assert not provider.fetch(ref).method_reusable

    def test_a_decline_leaves_the_page_open(self, provider, customer):
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "decline")
        state = provider.fetch(ref)
        assert (state.status, state.decline is not None) == ("open", True)
        self.at_the_page(ref, "pay")
        assert provider.fetch(ref).status == "paid"

    def test_killed_is_dead_and_paid_cannot_be_killed(self, provider, customer):
        ref = self.checkout(provider, customer)
        assert [provider.kill(ref).status for _ in range(2)] == ["dead", "dead"]
        self.at_the_page(ref, "pay")
        assert provider.fetch(ref).status == "dead"
        other = self.checkout(provider, customer)
        self.at_the_page(other, "pay")
        assert provider.kill(other).status == "paid"

    def test_creating_a_charge_moves_no_money(self, provider, customer):
        ref = self.charge(provider, customer)
        assert (provider.fetch(ref).status, provider.fetch(ref).charge_ref) == ("open", "")

    def test_confirming_twice_charges_once(self, provider, customer):
        method, ref = self.saved(provider, customer), self.charge(provider, customer)
        first = self.confirm(provider, ref, method)
        second = self.confirm(provider, ref, method)
        assert (first.status, first.charge_ref) == ("paid", second.charge_ref)

    def test_a_dead_charge_cannot_be_confirmed(self, provider, customer):
        method, ref = self.saved(provider, customer), self.charge(provider, customer)
        provider.kill(ref)
        with pytest.raises(Rejected):
            self.confirm(provider, ref, method)

    def test_a_bank_that_asks_declines_without_the_customer_and_confirms_with_them(
        self, provider, customer
    ):
        method = self.saved(provider, customer, self.always_asks_card)
        ref = self.charge(provider, customer)
        with pytest.raises(Declined) as refusal:
            self.confirm(provider, ref, method)
        assert refusal.value.decline.kind == "needs_customer"
        state = self.confirm(provider, ref, method, off_session=False)
        assert (state.status, bool(state.action_url)) == ("action", True)
        self.at_the_page(ref, "confirm")
        assert provider.fetch(ref).status == "paid"

    def test_a_refused_charge_moves_nothing_and_says_so_again(self, provider, customer):
        method = self.saved(provider, customer, self.refused_later_card)
        ref = self.charge(provider, customer)
        with pytest.raises(Declined):
            self.confirm(provider, ref, method)
        state = provider.fetch(ref)
        assert (state.status, state.charge_ref, state.decline is not None) == ("open", "", True)

    def test_refunds_are_listed_and_never_above_the_charge(self, provider, customer):
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "pay")
        charge, key = provider.fetch(ref).charge_ref, uuid.uuid4().hex
        back = {"charge_ref": charge, "amount_minor": 3000, "metadata": {"refund_attempt": key}}
        first = provider.refund(key=key, **back)
        assert provider.refund(key=key, **back).ref == first.ref
        assert [r.metadata for r in provider.find_refunds(charge)] == [{"refund_attempt": key}]
        with pytest.raises(Rejected):
            provider.refund(key=uuid.uuid4().hex, **{**back, "amount_minor": 2001})
        rest = provider.refund(key=uuid.uuid4().hex, **{**back, "amount_minor": 2000})
        assert provider.fetch_refund(rest.ref).amount_minor == 2000

    @pytest.mark.parametrize("amount", [0, -1])
    def test_odd_refunds_are_refused(self, provider, customer, amount):
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "pay")
        with pytest.raises(Rejected):
            provider.refund(
                charge_ref=provider.fetch(ref).charge_ref, amount_minor=amount,
                key=uuid.uuid4().hex, metadata={},
            )  # fmt: skip

    def test_the_statement_has_every_movement(self, provider, customer):
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "pay")
        charge = provider.fetch(ref).charge_ref
        provider.refund(charge_ref=charge, amount_minor=1000, key=uuid.uuid4().hex, metadata={})
        day = dt.timedelta(days=1)
        lines = [m for m in provider.movements(now() - day, now() + day) if m.anchor_ref == ref]
        sums = {m.kind: m.amount_minor for m in lines}
        assert (sums["charge"], sums["refund"]) == (5000, 1000)
        assert sums["fee"] == provider.fetch(ref).fee_minor

    # -- Disputes ------------------------------------------------------------------------------
    def disputed(self, charge_ref: str) -> str:
        """Its payer disputes that charge; the dispute's reference."""
        raise NotImplementedError

    def decided(self, ref: str, status: str) -> None:
        """The bank has decided: `won` by us, or `lost`."""
        raise NotImplementedError

    @pytest.mark.parametrize("status", ["won", "lost"])
    def test_a_dispute_takes_the_money_and_no_refund_is_made_beside_it(
        self, provider, customer, status
    ):
        ref = self.paid(provider, customer)
        charge = provider.fetch(ref).charge_ref
        dispute = self.disputed(charge)
        state = provider.fetch_dispute(dispute)
        assert (state.status, state.charge_ref, state.amount_minor, state.currency) == (
            "open", charge, 5000, "EUR",
        )  # fmt: skip
        assert state.fee_minor > 0 and state.reason and state.answer_by > now()
        assert self.lines(provider, ref, "dispute") == [5000]
        assert self.lines(provider, ref, "dispute-fee") == [state.fee_minor]
        back = {"charge_ref": charge, "amount_minor": 1000, "metadata": {"a": "1"}}
        with pytest.raises(Rejected, match="charge_disputed"):
            provider.refund(key=uuid.uuid4().hex, **back)
        self.decided(dispute, status)
        assert provider.fetch_dispute(dispute).status == status
        assert self.lines(provider, ref, "dispute-won") == ([5000] if status == "won" else [])
        assert dispute in provider.dispute_url(dispute) or provider.slug == "demo"

    # -- Lost answers: unknown, and what was done is found before it is done again -----------
    @pytest.mark.parametrize("how", LOST)
    @pytest.mark.parametrize("call", ["open_checkout", "create_charge"])
    def test_a_lost_creation_is_found_and_never_doubled(self, provider, customer, call, how):
        create = self.checkout if call == "open_checkout" else self.charge
        key = uuid.uuid4().hex
        self.lose(call, how)
        with pytest.raises(Unknown):
            create(provider, customer, key)
        wish = {"key": key, "customer": customer, "since": now()}
        found = provider.find(**wish)
        assert len(found) == (how != "drop_before")
        ref = found[0].ref if found else create(provider, customer, key)
        assert [anchor.ref for anchor in provider.find(**wish)] == [ref]
        assert provider.fetch(ref).status == "open"

    @pytest.mark.parametrize("how", LOST)
    def test_a_lost_confirmation_charges_once(self, provider, customer, how):
        method, ref = self.saved(provider, customer), self.charge(provider, customer)
        self.lose("confirm_charge", how)
        with pytest.raises(Unknown):
            self.confirm(provider, ref, method)
        assert provider.fetch(ref).status == ("open" if how == "drop_before" else "paid")
        assert self.confirm(provider, ref, method).status == "paid"
        assert self.lines(provider, ref, "charge") == [7000]

    @pytest.mark.parametrize("how", LOST)
    def test_a_lost_refusal_is_found_on_the_charge(self, provider, customer, how):
        method = self.saved(provider, customer, self.refused_later_card)
        ref = self.charge(provider, customer)
        self.lose("confirm_charge", how)
        with pytest.raises(Unknown):
            self.confirm(provider, ref, method)
        state = provider.fetch(ref)
        assert (state.status, bool(state.decline)) == ("open", how != "drop_before")

    @pytest.mark.parametrize("how", LOST)
    def test_a_lost_ending_can_be_repeated(self, provider, customer, how):
        for ref in (self.checkout(provider, customer), self.charge(provider, customer)):
            self.lose("kill", how)
            with pytest.raises(Unknown):
                provider.kill(ref)
            assert provider.kill(ref).status == "dead"

    @pytest.mark.parametrize("how", LOST)
    def test_a_lost_refund_is_found_and_never_doubled(self, provider, customer, how):
        ref = self.paid(provider, customer)
        charge, key = provider.fetch(ref).charge_ref, uuid.uuid4().hex
        back = {"charge_ref": charge, "amount_minor": 2000, "metadata": {"refund_attempt": key}}
        self.lose("refund", how)
        with pytest.raises(Unknown):
            provider.refund(key=key, **back)
        found = provider.find_refunds(charge)
        assert len(found) == (how != "drop_before")
        if not found:
            provider.refund(key=key, **back)
        assert [row.amount_minor for row in provider.find_refunds(charge)] == [2000]
        assert self.lines(provider, ref, "refund") == [2000]

    def test_a_lost_look_is_unknown_and_may_be_repeated(self, provider, customer):
        ref = self.paid(provider, customer)
        charge = provider.fetch(ref).charge_ref
        refund = provider.refund(
            charge_ref=charge, amount_minor=1000, key=uuid.uuid4().hex, metadata={"a": "1"}
        ).ref
        looks = {
            "fetch": lambda: provider.fetch(ref).status,
            "find": lambda: provider.find(key="none", customer=customer, since=now()),
            "fetch_refund": lambda: provider.fetch_refund(refund).amount_minor,
            "find_refunds": lambda: len(provider.find_refunds(charge)),
            "ensure_customer": lambda: bool(provider.ensure_customer(email="b@b.com", key="b")),
        }
        for call, look in looks.items():
            self.lose(call, "drop_before")
            with pytest.raises(Unknown):
                look()
        assert [look() for look in looks.values()] == ["paid", [], 1000, 1, True]

    # -- The bank asks, and says no -----------------------------------------------------------
    def test_a_holder_who_refuses_leaves_the_page_open(self, provider, customer):
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "authenticate")
        assert provider.fetch(ref).status == "action"
        self.at_the_page(ref, "refuse")
        state = provider.fetch(ref)
        assert (state.status, state.decline.kind) == ("open", "new_method")
        self.at_the_page(ref, "pay")
        assert provider.fetch(ref).status == "paid"

    def test_what_waits_for_its_holder_can_be_ended(self, provider, customer):
        page = self.checkout(provider, customer)
        self.at_the_page(page, "authenticate")
        assert provider.kill(page).status == "dead"
        method = self.saved(provider, customer, self.always_asks_card)
        ref = self.charge(provider, customer)
        assert self.confirm(provider, ref, method, off_session=False).status == "action"
        assert provider.kill(ref).status == "dead"
        self.at_the_page(ref, "confirm")
        assert provider.fetch(ref).status == "dead"

    def test_a_charge_that_was_faster_than_its_end_is_paid(self, provider, customer):
        method, ref = self.saved(provider, customer), self.charge(provider, customer)
        charge = self.confirm(provider, ref, method).charge_ref
        state = provider.kill(ref)
        assert (state.status, state.charge_ref) == ("paid", charge)

    def test_the_same_payer_is_found_again(self, provider, customer):
        key = uuid.uuid4().hex
        first = provider.ensure_customer(email="ada@example.com", key=key)
        assert provider.ensure_customer(email="ada@example.com", key=key) == first != customer

    def test_the_statement_ends_where_it_is_asked_to(self, provider, customer):
        ref = self.paid(provider, customer)
        hour = dt.timedelta(hours=1)
        assert self.lines(provider, ref, "charge") == [5000]
        early = provider.movements(now() - 2 * hour, now() - hour)
        assert [line for line in early if line.anchor_ref == ref] == []

    def paid(self, provider: Provider, customer: str) -> str:
        """A page that was paid."""
        ref = self.checkout(provider, customer)
        self.at_the_page(ref, "pay")
        return ref

    def lines(self, provider: Provider, ref: str, kind: str) -> list[int]:
        """The amounts of a kind that the statement has for an anchor."""
        day = dt.timedelta(days=1)
        statement = provider.movements(now() - day, now() + day)
        return [m.amount_minor for m in statement if (m.anchor_ref, m.kind) == (ref, kind)]
