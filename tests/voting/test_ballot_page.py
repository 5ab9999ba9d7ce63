import datetime as dt
import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.ratelimit import Limit
from designs.models import Picture
from fans.models import Guest, Voter
from fans.voters import COOKIE
from tests import cast
from voting import actions
from voting.models import Ballot, BallotLog, Choice, Round
from voting.views import ballots

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return cast.voting_round()


def press(client, of, entry, part="supports", value=1, **kwargs):
    data = {"choice": f"{entry.pk} {part} {value}", **kwargs.pop("data", {})}
    return client.post(reverse("voting:ballot", args=[of.pk]), data, **kwargs)


def page(client, of, **query):
    return client.get(reverse("voting:round", args=[of.pk]), query).content.decode()


def drafts_in(html):
    return re.findall(r'<li class="card" id="entry-([0-9]+)"', html)


def counts():
    return Ballot.objects.count(), Choice.objects.count(), BallotLog.objects.count()


def test_a_visitor_votes_at_once_and_is_asked_for_an_address_afterwards(client, it):
    first = it.entries.first()
    answer = press(client, it, first)
    assert answer.url == f"/r/{it.pk}/#entry-{first.pk}"
    assert Ballot.objects.get().is_confirmed is False
    assert "Your vote for No. 0101 is held. Add an e-mail so it counts." in page(client, it)


def test_numbers_without_end_are_no_drafts(client, it):
    first, htmx = it.entries.first(), {"HX-Request": "true"}
    answer = press(client, it, first, data={"shown": "9" * 5000}, headers=htmx)
    assert answer.status_code == 200
    assert client.get(f"/threads/{it.thread_id}/comments/?before={'9' * 5000}").status_code == 200


def test_the_same_visitor_has_one_ballot(client, it):
    for entry in it.entries.all():
        press(client, it, entry)
    assert counts() == (1, 3, 3)


def test_a_vote_is_taken_back_by_the_same_button(client, sign_in, it):
    sign_in(cast.person("Ada"))
    first = it.entries.first()
    press(client, it, first)
    assert f'value="{first.pk} supports 0"' in page(client, it)
    press(client, it, first, value=0)
    first.refresh_from_db()
    assert (first.support, Choice.objects.count()) == (0, 0)


def test_scores_show_after_the_own_vote_and_hide_with_the_last_one(client, sign_in, it):
    sign_in(cast.person("Ada"))
    first = it.entries.first()
    assert page(client, it).count("Score shows after you vote.") == 3
    press(client, it, first)
    assert "Score shows after you vote." not in page(client, it)
    press(client, it, first, value=0)
    assert page(client, it).count("Score shows after you vote.") == 3


@pytest.mark.parametrize(
    ("results", "before", "after"),
    [
        (Round.Results.ALWAYS, True, True),
        (Round.Results.AFTER_VOTE, False, True),
        (Round.Results.AFTER_CLOSE, False, False),
        (Round.Results.NEVER, False, False),
    ],
)
def test_the_setting_says_when_scores_show(client, sign_in, it, results, before, after):
    Round.objects.update(results=results)
    sign_in(cast.person("Ada"))
    first = it.entries.first()
    shown = page(client, it)
    assert (scores(shown) or "No counted votes" in shown) is before
    press(client, it, first)
    assert scores(page(client, it)) is after


def scores(text):
    """Whether a draft's votes can be seen; the shape of a tally that scripts fill shows none."""
    return bool(re.search(r'"tally__votes">[^<]', text))


def test_htmx_gets_the_control_its_tally_and_the_words(client, sign_in, it):
    sign_in(cast.person("Ada"))
    first = it.entries.first()
    answer = press(client, it, first, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert f'id="entry-{first.pk}-support"' in html and 'aria-pressed="true"' in html
    assert html.count('hx-swap-oob="true"') == 5  # three scores that appear, orders, banner
    assert "Vote counted for No. 0101. Undo available." in answer["HX-Trigger"]
    second = press(client, it, it.entries.last(), headers={"HX-Request": "true"})
    assert second.content.decode().count('hx-swap-oob="true"') == 2


def test_a_late_ballot_is_refused_with_the_second_of_the_close(client, it):
    closed = timezone.now() - dt.timedelta(minutes=5)
    Round.objects.update(closes_at=closed, time_zone="UTC")
    answer = press(client, it, it.entries.first(), follow=True)
    assert f"Not counted: the round closed at {closed:%H:%M:%S} UTC." in answer.content.decode()
    assert counts() == (0, 0, 0)


def test_htmx_reads_the_refusal_beside_the_button(client, it):
    Round.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=5))
    answer = press(client, it, it.entries.first(), headers={"HX-Request": "true"})
    assert "vote--failed" in answer.content.decode()
    assert '"urgent": true' in answer["HX-Trigger"]
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Mei", "Members of the brand do not vote"),
        ("Lin", "Members of the brand do not vote"),
        ("Dora", "You have a draft in this round"),
    ],
)
def test_who_may_not_vote_reads_why_and_nothing_changes(client, sign_in, it, name, words):
    cast.entry(it, cast.design(it.brief, "Parka", designer="Dora"))
    sign_in(cast.person(name))
    assert words in page(client, it)
    assert "btn--vote" not in page(client, it)
    assert words in press(client, it, it.entries.first(), follow=True).content.decode()
    assert counts() == (0, 0, 0)


@pytest.mark.parametrize("choice", ["", "1", "x supports 1", "1 supports 2", "1 wins 1", "9" * 30])
def test_what_is_no_choice_changes_nothing(client, it, choice):
    client.post(reverse("voting:ballot", args=[it.pk]), {"choice": choice})
    assert counts() == (0, 0, 0)


def test_an_entry_of_another_round_changes_nothing(client, it):
    other = cast.voting_round(it.brief, title="Round 2")
    press(client, it, other.entries.first())
    assert counts() == (0, 0, 0)


def test_reading_the_ballot_address_is_not_voting(client, it):
    assert client.get(reverse("voting:ballot", args=[it.pk])).status_code == 405


def test_a_vote_goes_back_to_the_page_it_came_from_and_to_no_other_site(client, it):
    first = it.entries.first()
    own = press(client, it, first, data={"next": "/d/1/"})
    foreign = press(client, it, first, data={"next": "https://elsewhere.example/"})
    assert (own.url, foreign.url) == ("/d/1/", f"/r/{it.pk}/#entry-{first.pk}")


def test_no_answer_in_time_says_so_and_asks_to_press_again(client, it, monkeypatch):
    def silent(**_said):
        raise actions.NotKnownYet

    monkeypatch.setattr(ballots, "cast_ballot", silent)
    answer = press(client, it, it.entries.first())
    assert answer.status_code == 503
    assert "Press again: it counts only once." in answer.content.decode()


def test_two_people_see_different_orders_and_each_always_the_same(client, sign_in):
    it = cast.voting_round(drafts=12)

    def order(name):
        sign_in(cast.person(name))
        html = page(client, it)
        return sorted((html.index(f'id="entry-{e.pk}"'), e.pk) for e in it.entries.all())

    def keys(name):
        return [pk for _at, pk in order(name)]

    assert keys("Ada") == keys("Ada") != keys("Omar")


def test_a_visitor_keeps_the_order_after_voting(client):
    it = cast.voting_round(drafts=12)

    def keys():
        html = page(client, it)
        return sorted(it.entries.all(), key=lambda e: html.index(f'id="entry-{e.pk}"'))

    before = keys()
    press(client, it, it.entries.first())
    assert keys() == before


def test_ranking_is_offered_only_where_scores_are_seen(client, sign_in, it):
    sign_in(cast.person("Ada"))
    assert 'value="ranking"' not in page(client, it)
    asked, plain = page(client, it, order="ranking"), page(client, it)
    assert drafts_in(asked) == drafts_in(plain)
    press(client, it, it.entries.last())
    html = page(client, it, order="ranking")
    last = it.entries.order_by("pk").last()
    assert html.index(f'id="entry-{last.pk}"') < html.index(f'id="entry-{last.pk - 1}"')


def test_would_buy_keeps_option_and_price(client, sign_in, it):
    sign_in(cast.person("Ada"))
    first = it.entries.first()
    address = reverse("voting:would-buy", args=[it.pk, first.pk])
    client.post(address, {"axis0": "M", "axis1": "Blue", "cap": "289.5"})
    choice = Choice.objects.get()
    assert (choice.supports, choice.would_buy) == (False, True)
    assert (choice.options, choice.cap_minor) == ({"Size": "M", "Colour": "Blue"}, 28950)
    html = client.get(address).content.decode()
    assert '<option value="M" selected>' in html and 'value="289.50"' in html
    client.post(address, {"undo": "1"})
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "fields", [{"axis0": "XXL"}, {"cap": "-5"}, {"cap": "1e3"}, {"cap": "0"}, {"cap": "9" * 9}]
)
def test_what_is_no_option_and_no_price_is_refused(client, it, fields):
    first = it.entries.first()
    answer = client.post(reverse("voting:would-buy", args=[it.pk, first.pk]), fields)
    assert answer.status_code == 409
    assert counts() == (0, 0, 0)


def test_a_late_would_buy_keeps_what_was_typed(client, it):
    Round.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=5))
    address = reverse("voting:would-buy", args=[it.pk, it.entries.first().pk])
    answer = client.post(address, {"axis0": "M", "cap": "289"})
    html = answer.content.decode()
    assert "Not counted: the round closed at" in html
    assert '<option value="M" selected>' in html and 'value="289"' in html
    assert counts() == (0, 0, 0)


def test_a_draft_round_is_seen_by_those_who_run_it_only(client, sign_in):
    it = cast.voting_round(state=Round.State.DRAFT)
    address = reverse("voting:round", args=[it.pk])
    assert client.get(address).status_code == 404
    assert sign_in(cast.person("Lin")).get(address).status_code == 404
    assert sign_in(cast.person("Mei")).get(address).status_code == 200


def test_a_card_made_while_its_picture_was_prepared_is_not_kept(client, it):
    shown = it.entries.first().revision.placements.get().picture
    whole = list(shown.variants)
    Picture.objects.filter(pk=shown.pk).update(state=Picture.State.PENDING, variants=whole[:1])
    large = f"/pictures/{shown.pk}/640.webp"
    assert large not in page(client, it)
    Picture.objects.filter(pk=shown.pk).update(state=Picture.State.READY, variants=whole)
    assert large in page(client, it)


@pytest.mark.parametrize("by_script", [False, True])
def test_a_burst_is_refused_with_the_seconds_to_wait(client, sign_in, it, monkeypatch, by_script):
    monkeypatch.setattr(ballots, "VOTES", Limit("vote", 2, 3600))
    sign_in(cast.person("Ada"))
    kwargs = {"headers": {"HX-Request": "true"}} if by_script else {}
    for entry in it.entries.all():
        answer = press(client, it, entry, **kwargs)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "Not counted: too many votes at once. Press again in " in answer.content.decode()
    assert counts() == (1, 2, 2)


def test_who_presses_a_hundred_and_twenty_times_in_a_minute_meets_no_limit(client, it):
    entries = list(it.entries.all())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for turn in range(120):
            press(client, it, entries[turn % 3], value=(turn // 3 + 1) % 2)
            clock.shift(0.4)
    assert BallotLog.objects.count() == 120


def test_visitors_of_one_address_are_limited_until_they_have_voted(client, it, monkeypatch):
    monkeypatch.setattr(ballots, "FIRST_VOTES", Limit("first-vote", 2, 3600))
    first = it.entries.first()
    answers = [press(Client(), it, first).status_code for _visitor in range(3)]
    assert answers == [302, 302, 429]
    assert (Guest.objects.count(), counts()[0]) == (2, 2)


def test_a_guest_is_made_by_the_first_vote_that_is_taken(client, it):
    assert COOKIE in press(client, it, it.entries.first()).cookies
    assert (Guest.objects.count(), Voter.objects.count()) == (1, 1)
    assert COOKIE not in press(client, it, it.entries.last()).cookies
    assert (Guest.objects.count(), counts()[0]) == (1, 1)


@pytest.mark.parametrize("value", [0, 1])
def test_a_vote_that_is_refused_or_says_nothing_makes_no_guest(client, it, value):
    if value:
        Round.objects.update(closes_at=timezone.now() - dt.timedelta(minutes=5))
    answer = press(client, it, it.entries.first(), value=value)
    assert COOKIE not in answer.cookies
    assert (Guest.objects.count(), Voter.objects.count(), counts()) == (0, 0, (0, 0, 0))


def test_who_presses_again_after_no_answer_is_the_same_guest(client, it, monkeypatch):
    def late(**said):
        ballots_written.append(actions.cast_ballot(**said))
        raise actions.NotKnownYet

    ballots_written = []
    monkeypatch.setattr(ballots, "cast_ballot", late)
    assert press(client, it, it.entries.first()).status_code == 503
    monkeypatch.undo()
    press(client, it, it.entries.first())
    assert (Guest.objects.count(), counts()) == (1, (1, 1, 1))


def test_the_order_by_votes_is_offered_with_the_scores_that_appear(client, sign_in, it):
    sign_in(cast.person("Ada"))
    at = f"http://testserver/r/{it.pk}/?order=newest"
    headers = {"HX-Request": "true", "HX-Current-URL": at}
    html = press(client, it, it.entries.first(), headers=headers).content.decode()
    orders = re.search(r'<select class="input" id="order".*?</select>', html, re.DOTALL)[0]
    assert 'hx-swap-oob="true"' in orders and 'value="ranking"' in orders
    assert '<option value="newest" selected>' in orders
    gone = press(client, it, it.entries.first(), value=0, headers=headers).content.decode()
    assert 'id="order"' in gone and 'value="ranking"' not in gone


def test_a_page_without_orders_gets_none(client, sign_in, it):
    sign_in(cast.person("Ada"))
    first, htmx = it.entries.first(), {"HX-Request": "true"}
    answer = press(client, it, first, data={"shown": str(first.pk)}, headers=htmx)
    assert 'id="order"' not in answer.content.decode()


def test_the_fingerprints_of_a_round_are_explained(client, it):
    Round.objects.update(rules_hash="f" * 64)
    press(client, it, it.entries.first())
    html = page(client, it)
    assert "It would be another one if any of them had been changed since." in html
    assert "Every vote makes a new head out of the one before." in html
    assert f'href="{reverse("fairness")}#checked"' in html
    assert 'id="checked"' in client.get(reverse("fairness")).content.decode()
