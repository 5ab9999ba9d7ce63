import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from fans.models import User
from tests import cast
from voting.actions import cancel_round, close_round_early
from voting.models import Ballot, Entry, Round
from voting.verify import counters, replay
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return cast.voting_round()


def press(client, of, entry):
    client.post(reverse("voting:ballot", args=[of.pk]), {"choice": f"{entry.pk} supports 1"})


def enter(client, address, of=None):
    """Give the address in the form of that round (else: of the site), and type the code in."""
    fields = {"email": address, "next": "/rounds/"}
    if of:
        html = client.get(reverse("voting:round", args=[of.pk])).content.decode()
        fields["claim"] = re.search(r'name="claim" value="([^"]+)"', html)[1]
    client.post(reverse("fans:enter"), fields)
    code = mailed_code()
    return client.post(reverse("account_confirm_login_code"), {"code": code}, follow=True)


def mailed_code():
    words = Outbox.objects.latest("pk").text.replace(".", " ").split()
    return next(word for word in words if word.isdecimal() and len(word) == 6)


def figures(entry):
    entry.refresh_from_db()
    return entry.support, entry.support_guests


def test_a_confirmed_address_makes_exactly_that_ballot_count(client, it):
    first = it.entries.first()
    press(client, it, first)
    stranger = Client()
    press(stranger, it, first)
    assert figures(first) == (0, 2)
    answer = enter(client, "new@example.com", it)
    assert "Your vote is counted now." in answer.content.decode()
    assert figures(first) == (1, 1)
    it.refresh_from_db()
    assert (it.voters, it.guests) == (1, 1)
    assert Ballot.objects.get(is_confirmed=True).voter.user == User.objects.get(
        email="new@example.com"
    )
    assert counters().findings == replay().findings == []


def test_only_the_ballot_that_the_form_names_is_bound(client, it):
    other = cast.voting_round(it.brief, title="Round 2")
    press(client, it, it.entries.first())
    press(client, other, other.entries.first())
    enter(client, "new@example.com", other)
    assert figures(it.entries.first()) == (0, 1)
    assert figures(other.entries.first()) == (1, 0)


def test_signing_in_by_a_form_that_names_no_ballot_binds_none(client, it):
    press(client, it, it.entries.first())
    enter(client, "new@example.com")
    assert figures(it.entries.first()) == (0, 1)


def test_what_a_form_named_before_is_not_bound_to_the_address_of_the_next(client, it):
    press(client, it, it.entries.first())
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    named = re.search(r'name="claim" value="([^"]+)"', html)[1]
    client.post(reverse("fans:enter"), {"email": "first@example.com", "claim": named})
    enter(client, "second@example.com")
    assert figures(it.entries.first()) == (0, 1)


def test_a_mistyped_address_does_not_lose_the_ballot(client, it):
    press(client, it, it.entries.first())
    ballot = Ballot.objects.get()
    answer = client.post(reverse("fans:enter"), {"email": "ada@", "claim": f"ballot:{ballot.pk}"})
    assert f'name="claim" value="ballot:{ballot.pk}"' in answer.content.decode()


def test_the_page_for_the_address_names_the_draft(client, it):
    held = reverse("voting:round-held", args=[it.pk])
    assert client.get(held).status_code == 302
    press(client, it, it.entries.first())
    assert "Your vote for No. 0101 is held" in client.get(held).content.decode()


def test_who_had_voted_before_keeps_the_earlier_ballot_until_they_choose(client, it):
    first, second, _third = it.entries.order_by("pk")
    ada = cast.person("Ada")
    apply_batch([Change(it.pk, cast.voter(ada).pk, second.pk, supports=True)])
    press(client, it, first)
    answer = enter(client, ada.email, it)
    merge = reverse("voting:round-merge", args=[it.pk])
    assert f'href="{merge}"' in answer.content.decode()
    assert (figures(first), figures(second)) == ((0, 1), (1, 0))
    assert "No. 0101" in client.get(merge).content.decode()
    client.post(merge, {"keep": "newer"})
    assert (figures(first), figures(second)) == ((1, 0), (0, 0))
    assert Ballot.objects.filter(is_live=True).count() == 1
    assert counters().findings == replay().findings == []


def test_keeping_the_earlier_ballot_changes_nothing(client, it):
    first, second, _third = it.entries.order_by("pk")
    ada = cast.person("Ada")
    apply_batch([Change(it.pk, cast.voter(ada).pk, second.pk, supports=True)])
    press(client, it, first)
    enter(client, ada.email, it)
    client.post(reverse("voting:round-merge", args=[it.pk]), {"keep": "own"})
    assert (figures(first), figures(second)) == ((0, 1), (1, 0))
    assert client.get(reverse("voting:round-merge", args=[it.pk])).status_code == 302


def test_a_ballot_is_not_bound_after_the_close(client, it):
    first = it.entries.first()
    press(client, it, first)
    Round.objects.update(closes_at=timezone.now() - dt.timedelta(seconds=5))
    answer = enter(client, "new@example.com", it)
    assert "Not counted: the round closed at" in answer.content.decode()
    assert figures(first) == (0, 1)


def test_a_member_of_the_brand_cannot_make_a_guests_vote_count(client, it):
    first = it.entries.first()
    press(client, it, first)
    answer = enter(client, cast.person("Mei").email, it)
    assert "Members of the brand do not vote" in answer.content.decode()
    assert figures(first) == (0, 1)


def test_another_browser_cannot_claim_a_ballot(client, it):
    first = it.entries.first()
    press(client, it, first)
    thief = Client()
    press(thief, it, Entry.objects.last())
    theirs = Ballot.objects.order_by("pk").first().pk
    fields = {"email": "thief@example.com", "claim": f"ballot:{theirs}"}
    thief.post(reverse("fans:enter"), fields)
    thief.post(reverse("account_confirm_login_code"), {"code": mailed_code()})
    assert "_auth_user_id" in thief.session
    assert figures(first) == (0, 1)


def test_a_vote_that_counts_now_is_all_that_is_said(client, it):
    press(client, it, it.entries.first())
    client.get("/")
    html = enter(client, "new@example.com", it).content.decode()
    said = re.findall(r'<li class="message message--.*?<span>(.*?)</span>', html, re.DOTALL)
    assert said == ["Your vote is counted now."]


def test_a_ballot_that_is_set_aside_is_not_called_counted_when_it_is_bound(client, it):
    press(client, it, it.entries.first())
    Ballot.objects.update(is_quarantined=True)
    Round.objects.update(guests=0, set_aside=1)
    Entry.objects.update(support_guests=0)
    html = enter(client, "new@example.com", it).content.decode()
    said = re.findall(r'<li class="message message--.*?<span>(.*?)</span>', html, re.DOTALL)
    assert "not counted: an automatic check set it aside." in said[0]
    assert "Your vote is counted now." not in html


@pytest.mark.parametrize("end", [close_round_early, cancel_round])
def test_after_the_end_nobody_is_asked_for_an_address_and_no_code_is_sent(client, it, end):
    press(client, it, it.entries.first())
    page = reverse("voting:round", args=[it.pk])
    assert 'id="held-email"' in client.get(page).content.decode()
    end(round=it, reason="The cloth is gone.", actor="user:1")
    html = client.get(page).content.decode()
    assert 'id="held-email"' not in html and 'class="message"' in html
    assert client.get(reverse("voting:round-held", args=[it.pk])).url == page
    claim = {"claim": f"ballot:{Ballot.objects.get().pk}", "next": page}
    answer = client.post(reverse("fans:enter"), {"email": "new@example.com", **claim})
    assert answer.url == page
    assert not Outbox.objects.filter(to="new@example.com").exists()
    assert not User.objects.filter(email="new@example.com").exists()
