"""The peer itself, driven by the official client: as strict as Stripe says it is."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.stripe_peer import lists
from tests.stripe_peer.client import ONCE, TEST_KEY

pytestmark = ONCE


def client_of(peer, key=TEST_KEY, **more):
    return stripe.StripeClient(
        key, base_addresses={"api": peer.base}, max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=5), **more,
    )  # fmt: skip


@pytest.fixture
def client(peer):
    return client_of(peer)


EUR = {"amount": 7000, "currency": "eur", "allowed_payment_method_types": ["card"]}


def key(name):
    return {"idempotency_key": name}


def session(client, **more):
    customer = client.v1.customers.create({"email": "ada@example.com"})
    return client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "customer": customer.id,
            "success_url": "https://shop.example/ok",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 5000,
                        "product_data": {"name": "Deposit"},
                    },
                }
            ],
            "payment_method_options": {"card": {"setup_future_usage": "off_session"}},
            **more,
        }
    )


def paid(peer, client, card="4242424242424242"):
    ref = session(client).id
    peer.tell("pay", ref=ref, card=card)
    return client.v1.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})


def test_the_key_gives_the_first_answer_again_and_compares_parameters(peer, client):
    first = client.v1.payment_intents.create(EUR, key("k"))
    assert client.v1.payment_intents.create(EUR, key("k")).id == first.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.payment_intents.create({**EUR, "amount": 7001}, key("k"))
    peer.tell("expire-keys")
    assert client.v1.payment_intents.create(EUR, key("k")).id != first.id


def test_a_stored_500_comes_again_and_a_refused_parameter_is_not_stored(peer, client):
    peer.tell("fault", path="payment_intents", action="500_done")
    for _again in range(2):
        with pytest.raises(stripe.APIError) as error:
            client.v1.payment_intents.create(EUR, key("k"))
    assert error.value.headers["Idempotent-Replayed"] == "true"
    assert len(peer.all("payment_intent")) == 1
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.create({**EUR, "amount": 1}, key("other"))
    assert client.v1.payment_intents.create(EUR, key("other")).amount == 7000


def test_two_requests_with_one_key_at_once_conflict(peer, client):
    peer.tell("fault", path="payment_intents", action="hold")
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.v1.payment_intents.create, EUR, key("k"))
        while not peer.tell("state")["held"]:
            time.sleep(0.01)
        with pytest.raises(stripe.StripeError) as error:
            client_of(peer).v1.payment_intents.create(EUR, key("k"))
        peer.tell("release")
        assert first.result().amount == 7000
    found = error.value.json_body["error"]["code"]
    assert (error.value.http_status, found) == (409, "idempotency_key_in_use")


@pytest.mark.parametrize(
    ("params", "code", "name"),
    [
        ({**EUR, "colour": "red"}, "parameter_unknown", "colour"),
        ({**EUR, "payment_method_options": {"card": {"x": "1"}}}, "parameter_unknown",
         "payment_method_options[card][x]"),
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({**EUR, "amount": "many"}, "parameter_invalid_integer", "amount"),
        ({**EUR, "setup_future_usage": "always"}, None, "setup_future_usage"),
        ({**EUR, "amount": 49}, "amount_too_small", "amount"),
        ({**EUR, "amount": 100_000_000}, "amount_too_large", "amount"),
    ],
)  # fmt: skip
def test_parameters_are_checked_by_the_names_the_client_knows(client, params, code, name):
    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.payment_intents.create(params)
    assert (error.value.code, error.value.param) == (code, name)


def test_keys_and_versions_are_demanded(peer):
    with pytest.raises(stripe.AuthenticationError):
        client_of(peer, "pk_test_1").v1.payment_intents.list()
    with pytest.raises(stripe.InvalidRequestError):
        client_of(peer, stripe_version="2020-08-27").v1.payment_intents.list()


def test_live_test_and_other_accounts_do_not_see_each_other(peer, client):
    ref = client.v1.payment_intents.create(EUR).id
    for other in (client_of(peer, "sk_live_peer"), client_of(peer, stripe_account="acct_2")):
        with pytest.raises(stripe.InvalidRequestError):
            other.v1.payment_intents.retrieve(ref)


def test_an_off_session_charge_that_needs_its_holder(peer, client):
    first = paid(peer, client, "4000002500003155")
    assert first.status == "open"
    peer.tell("confirm", ref=first.id)
    always = paid(peer, client, "4000002760003184")
    peer.tell("confirm", ref=always.id)
    seen = {}
    for ref in (first.id, always.id):
        done = client.v1.checkout.sessions.retrieve(ref, {"expand": ["payment_intent"]})
        intent = client.v1.payment_intents.create({**EUR, "customer": done.customer})
        wish = {
            "payment_method": done.payment_intent.payment_method,
            "off_session": True,
            "return_url": "https://shop.example/ok",
        }
        try:
            seen[ref] = client.v1.payment_intents.confirm(intent.id, wish).status
        except stripe.CardError as error:
            seen[ref] = (error.code, error.json_body["error"]["payment_intent"]["status"])
    assert seen == {
        first.id: "succeeded",
        always.id: ("authentication_required", "requires_payment_method"),
    }


def test_refunds_stay_within_the_charge(peer, client):
    charge = paid(peer, client).payment_intent.latest_charge
    client.v1.refunds.create({"charge": charge, "amount": 3000})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"charge": charge, "amount": 2001})
    client.v1.refunds.create({"charge": charge})
    with pytest.raises(stripe.InvalidRequestError) as error:
        client.v1.refunds.create({"charge": charge, "amount": 1})
    assert error.value.code == "charge_already_refunded"
    lines = client.v1.balance_transactions.list().data
    assert [(line.type, line.amount) for line in lines] == [
        ("refund", -2000), ("refund", -3000), ("charge", 5000),
    ]  # fmt: skip


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_page_lives_between_half_an_hour_and_a_day(peer, client, minutes):
    with pytest.raises(stripe.InvalidRequestError):
        session(client, expires_at=int(time.time()) + 60 * minutes)


def test_a_page_ends_by_its_time_and_a_paid_one_cannot_be_ended(peer, client):
    ref = session(client).id
    peer.tell("clock", seconds=25 * 3600)
    assert client.v1.checkout.sessions.retrieve(ref).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(paid(peer, client).id)


def test_an_open_pages_intent_cannot_be_cancelled_behind_it(peer, client):
    ref = session(client).id
    peer.tell("pay", ref=ref, card="4000000000000002")
    intent = client.v1.checkout.sessions.retrieve(ref).payment_intent
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.payment_intents.cancel(intent)
    client.v1.checkout.sessions.expire(ref)
    assert client.v1.payment_intents.retrieve(intent).status == "canceled"


def test_lists_have_pages_in_both_directions(client):
    refs = [client.v1.payment_intents.create(EUR).id for _ in range(5)][::-1]
    assert [
        row.id for row in client.v1.payment_intents.list({"limit": 2}).auto_paging_iter()
    ] == refs
    page = client.v1.payment_intents.list({"limit": 2, "ending_before": refs[4]})
    assert [row.id for row in page.data] == refs[2:4]
    assert page.has_more


def test_search_lags_a_minute_behind(peer, client):
    client.v1.payment_intents.create({**EUR, "metadata": {"attempt": "a1"}})
    wish = {"query": "metadata['attempt']:'a1'"}
    assert client.v1.payment_intents.search(wish).data == []
    peer.tell("clock", seconds=61)
    assert len(client.v1.payment_intents.search(wish).data) == 1


def test_only_references_can_be_expanded(peer, client):
    ref = paid(peer, client).id
    deep = {"expand": ["payment_intent.latest_charge.balance_transaction"]}
    state = client.v1.checkout.sessions.retrieve(ref, deep)
    assert state.payment_intent.latest_charge.balance_transaction.fee == 5000 * 290 // 10_000 + 30
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.retrieve(ref, {"expand": ["amount_total"]})


@pytest.mark.parametrize(("action", "happened"), [("drop_before", 0), ("drop_after", 1)])
def test_an_answer_may_be_lost_before_or_after_it_is_done(peer, client, action, happened):
    peer.tell("fault", path="payment_intents", action=action)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.payment_intents.create(EUR, key("k"))
    assert len(peer.all("payment_intent")) == happened
    client.v1.payment_intents.create(EUR, key("k"))
    assert len(peer.all("payment_intent")) == 1


def test_events_are_signed_and_may_come_doubled_and_reversed(peer, client):
    client.v1.payment_intents.create(EUR)
    paid(peer, client)
    sent = peer.tell("take", order="reversed", times=2)
    kinds = [one["type"] for one in sent]
    assert kinds[0] == "checkout.session.completed" and len(kinds) == 2 * len(set(kinds)) + 2
    for one in sent:
        stripe.Webhook.construct_event(one["body"], one["signature"], "whsec_peer")
    assert peer.tell("take") == []


def test_what_it_shows_are_fields_the_client_knows(peer, client):
    charge = paid(peer, client).payment_intent.latest_charge
    client.v1.refunds.create({"charge": charge, "amount": 1})
    peer.tell("dispute", ref=charge)
    for row in peer.tell("state")["objects"]:
        known = set(lists.CLASSES[row["object"]].__annotations__) | {"object"}
        unknown = row.keys() - known - {"alipay", "wechat_pay"}
        assert not unknown, (row["object"], unknown)
