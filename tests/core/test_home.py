"""The first page: something to vote on at once, and never an empty screen."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from core import status
from fans.models import Brand
from tests import cast
from voting.models import Ballot, Round

pytestmark = pytest.mark.django_db


def test_an_empty_installation_says_what_comes_first(client):
    response = client.get("/")
    assert [step["done"] for step in response.context["first_steps"]] == [False] * 4
    assert b"This installation is empty" in response.content


def test_the_first_steps_tick_themselves(client):
    cast.operator()
    cast.brief()
    steps = client.get("/").context["first_steps"]
    assert [step["done"] for step in steps] == [True, True, True, False]
    assert Brand.objects.count() == 1


def test_while_the_demo_is_being_made_the_page_says_so(client, settings):
    settings.DEMO = True
    status.report_progress(3, 40, "Drawing jackets")
    page = client.get("/").content.decode()
    status.finish_progress()
    assert "The demo is being made" in page
    assert "Done when this page was loaded: 3 of 40." in page
    main = page[page.index("<main") :]
    assert f'href="{reverse("fans:demo")}"' in main
    assert "This installation is empty" not in page
    assert "This installation is empty" in client.get("/").content.decode()


def test_four_drafts_can_be_voted_on_at_once(client):
    round = cast.voting_round(drafts=6)
    response = client.get("/")
    assert response.context["round"] == round
    assert response.content.count(b"btn--vote") == 4
    assert b"See all 6 drafts" in response.content
    assert f'action="{reverse("voting:ballot", args=[round.pk])}"'.encode() in response.content


def test_the_order_stays_when_the_visitor_goes_on_to_the_round(client):
    round = cast.voting_round(drafts=6)
    home = [str(card)[:60] for card in client.get("/").context["cards"]]
    page = client.get(reverse("voting:round", args=[round.pk])).context["cards"]
    assert [str(card)[:60] for card in page][:4] == home


def test_a_round_one_may_vote_in_comes_before_one_that_closes_sooner(client, sign_in):
    closed_to_guests = cast.voting_round(
        electorate=Round.Electorate.HONORARY, closes_at=timezone.now() + dt.timedelta(hours=2)
    )
    for_all = cast.voting_round(cast.brief(title="Winter"))
    assert client.get("/").context["round"] == for_all
    kenji = cast.honorary(closed_to_guests.brief.brand)
    assert sign_in(kenji).get("/").context["round"] == closed_to_guests


def test_drafts_and_cancelled_rounds_are_nowhere(client):
    cast.voting_round(state=Round.State.DRAFT)
    cast.voting_round(cast.brief(title="Winter"), state=Round.State.CANCELLED)
    response = client.get("/")
    assert response.context["round"] is None
    assert b"Winter" not in response.content


def test_what_comes_next_is_shown_when_nothing_is_open(client):
    later = timezone.now() + dt.timedelta(days=2)
    coming = cast.voting_round(
        state=Round.State.SCHEDULED, opens_at=later, closes_at=later + dt.timedelta(days=7)
    )
    assert client.get("/").context["coming"] == [coming]


def test_a_fan_reads_what_was_counted_since_the_last_visit(client, sign_in):
    round = cast.voting_round(state=Round.State.CLOSED, closed_at=timezone.now())
    ada = cast.person("Ada")
    Ballot.objects.create(
        round=round,
        voter=cast.voter(ada),
        cast_at=timezone.now(),
        changed_at=timezone.now(),
        seq=1,
        marks=1,
        is_confirmed=True,
    )
    news = sign_in(ada).get("/").context["news"]
    assert [item.key for item in news] == [round.pk]
    assert sign_in(cast.person("Omar")).get("/").context["news"] == []


def test_old_news_is_no_news(client, sign_in):
    ada = cast.person("Ada")
    round = cast.voting_round(
        state=Round.State.CLOSED, closed_at=timezone.now() - dt.timedelta(days=3)
    )
    at = timezone.now()
    Ballot.objects.create(
        round=round, voter=cast.voter(ada), cast_at=at, changed_at=at, seq=1, marks=1
    )
    sign_in(ada)
    session = client.session
    yesterday = (at - dt.timedelta(days=1)).isoformat()
    session["visit"] = {"seen": yesterday, "before": yesterday}
    session.save()
    assert client.get("/").context["news"] == []


@pytest.mark.parametrize("name", ["how-it-works", "fairness", "refunds", "accessibility"])
def test_the_pages_of_words_are_there(client, name):
    assert client.get(reverse(name)).status_code == 200


def test_search_engines_stay_out_of_what_is_behind_a_door(client):
    body = client.get("/robots.txt").content.decode()
    assert {"Disallow: /m/", "Disallow: /me/", "Disallow: /orders/"} <= set(body.splitlines())
