"""Signed deliveries of events: as they came, reversed, doubled, late or with another secret."""

import json
import urllib.error
import urllib.request

from stripe import WebhookSignature

from tests.stripe_peer.books import Object, World

SECRET = "whsec_peer"


def take(world: World, wish: Object) -> list[Object]:
    """The events that wait, as (body, signature) pairs ready to be sent; they wait no more.

    `order` is created or reversed, `times` how often each comes, `ahead` moves the signature's
    time, `secret` signs with another one.
    """
    events, world.waiting = world.waiting, []
    if wish.get("order") == "reversed":
        events = events[::-1]
    at = int(world.now() + wish.get("ahead", 0))
    found = []
    for event in events * int(wish.get("times", 1)):
        body = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(body, wish.get("secret", SECRET), at)
        found.append({"type": event["type"], "body": body, "signature": signature})
    return found


def deliver(world: World, wish: Object) -> list[int]:
    """Send what waits to `url`; the statuses that came back."""
    return [_post(wish["url"], one) for one in take(world, wish)]


def _post(url: str, one: Object) -> int:
    headers = {"Content-Type": "application/json", "Stripe-Signature": one["signature"]}
    request = urllib.request.Request(url, one["body"].encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
