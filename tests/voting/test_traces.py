"""What a first vote comes with: a hashed network, and how long the page was looked at."""

import re

import pytest
import time_machine
from django.urls import reverse

from tests import cast
from voting.models import Ballot
from voting.traces import FIELD, network_hash

pytestmark = pytest.mark.django_db


def press(client, it, **more):
    entry = it.entries.order_by("pk").first()
    said = {"choice": f"{entry.pk} supports 1", **more}
    return client.post(reverse("voting:ballot", args=[it.pk]), said, **{"REMOTE_ADDR": "10.9.8.7"})


def seen_on(page):
    return re.search(rf'name="{FIELD}" value="([^"]+)"', page.content.decode()).group(1)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.9.8.7", "10.9.8.200", True),
        ("10.9.8.7", "10.9.9.7", False),
        ("2001:db8:1:2::5", "2001:db8:1:ff::9", True),
        ("2001:db8:1::5", "2001:db8:2::5", False),
        ("::ffff:10.9.8.1", "10.9.8.2", True),
    ],
)
def test_addresses_of_one_network_have_one_hash(one, other, same):
    it = cast.voting_round(drafts=1)
    assert (network_hash(one, it) == network_hash(other, it)) is same


def test_the_hash_is_another_one_in_another_round_and_nothing_for_no_address():
    one = cast.voting_round(drafts=1)
    other = cast.voting_round(one.brief, drafts=1, log_secret="another")
    assert network_hash("10.9.8.7", one) != network_hash("10.9.8.7", other)
    assert network_hash("unknown", one) == ""


def test_the_first_vote_keeps_its_network_and_how_long_the_page_was_read(client):
    it = cast.voting_round()
    with time_machine.travel(it.opens_at, tick=False) as clock:
        page = client.get(reverse("voting:round", args=[it.pk]))
        clock.shift(41)
        press(client, it, seen=seen_on(page))
    ballot = Ballot.objects.get()
    assert (ballot.network, ballot.read_ms) == (network_hash("10.9.8.1", it), 41_000)


@pytest.mark.parametrize("seen", ["", "12345", "1700000000000:forged"])
def test_without_a_page_there_is_no_time_of_reading(client, seen):
    it = cast.voting_round()
    press(client, it, seen=seen)
    assert Ballot.objects.get().read_ms is None


def test_later_votes_leave_the_trace_of_the_first(client):
    it = cast.voting_round()
    press(client, it)
    second = it.entries.order_by("pk").last()
    url = reverse("voting:ballot", args=[it.pk])
    client.post(url, {"choice": f"{second.pk} supports 1"}, REMOTE_ADDR="192.0.2.1")
    assert Ballot.objects.get().network == network_hash("10.9.8.7", it)
