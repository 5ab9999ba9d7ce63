"""Voting by score, by rank and with a budget, through the pages."""

import re

import pytest
from django.urls import reverse

from tests import cast
from voting import verify
from voting.models import Ballot, BallotLog, Choice, Entry, Round

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def press(client, of, said, **extra):
    return client.post(reverse("voting:ballot", args=[of.pk]), {"choice": said}, **extra)


def page(client, of):
    return client.get(reverse("voting:round", args=[of.pk])).content.decode()


def rows():
    return list(Choice.objects.order_by("entry").values_list("entry", "supports", "score", "rank"))


def counters(of):
    of.refresh_from_db()
    entries = of.entries.order_by("pk").values_list("support", "points", "squares")
    return [of.voters, of.papers, of.points, of.squares], list(entries)


def state(of):
    return counters(of), rows(), Ballot.objects.count(), BallotLog.objects.count()


@pytest.fixture
def scored():
    return cast.voting_round(method=Round.Method.SCORE, parameters={"starting": 0})


@pytest.fixture
def ranked():
    return cast.voting_round(
        drafts=4, method=Round.Method.RANKED, parameters={"rule": "borda", "places": 3}
    )


def keys(of):
    return list(of.entries.order_by("pk").values_list("pk", flat=True))


def ranks():
    return {e: r for e, _supports, _score, r in rows()}


# Scores


def test_a_score_is_kept_changed_and_taken_back_and_the_counters_follow(client, sign_in, scored):
    sign_in(cast.person("Ada"))
    first, *_rest = keys(scored)
    press(client, scored, f"{first} score 4")
    assert rows() == [(first, False, 4, None)]
    assert counters(scored) == ([1, 1, 0, 0], [(1, 4, 16), (0, 0, 0), (0, 0, 0)])
    press(client, scored, f"{first} score 2")
    assert counters(scored)[1][0] == (1, 2, 4)
    press(client, scored, f"{first} score 0")
    assert (rows(), counters(scored)) == ([], ([0, 0, 0, 0], [(0, 0, 0)] * 3))


def test_a_guests_score_is_in_no_counter_but_its_own(client, scored):
    first, *_rest = keys(scored)
    press(client, scored, f"{first} score 5")
    assert counters(scored) == ([0, 0, 0, 0], [(0, 0, 0)] * 3)
    assert (Entry.objects.get(pk=first).support_guests, Round.objects.get().guests) == (1, 1)


@pytest.mark.parametrize(
    "said", ["{} score 6", "{} score", "{} score 44", "{} supports 1", "{} rank 1", "{} score -1"]
)
def test_what_is_no_score_changes_nothing(client, sign_in, scored, said):
    sign_in(cast.person("Ada"))
    before = state(scored)
    answer = press(client, scored, said.format(keys(scored)[0]), follow=True)
    assert "Not counted" in answer.content.decode()
    assert state(scored) == before


def test_without_scripts_the_chosen_radio_is_sent_by_its_button(client, scored):
    first, second, _third = keys(scored)
    html = page(client, scored)
    assert f'name="score-{first}"' in html and f'value="{first} score"' in html
    address = reverse("voting:ballot", args=[scored.pk])
    chosen = {f"score-{first}": "3", f"score-{second}": "5", "choice": f"{first} score"}
    client.post(address, chosen)
    assert rows() == [(first, False, 3, None)]
    assert re.search(rf'id="entry-{first}-score-3" value="3" checked', page(client, scored))


def test_the_answer_to_a_score_says_it_and_how_many_are_scored(client, sign_in, scored):
    sign_in(cast.person("Ada"))
    answer = press(client, scored, f"{keys(scored)[0]} score 4", headers=HTMX)
    html = answer.content.decode()
    assert "Score 4 counted for No. 0101." in answer["HX-Trigger"]
    assert "You scored 1 of 3 drafts." in html
    assert "4.0" in html and "of 5, likely" in html


def test_would_buy_stands_beside_a_score_and_alone(client, sign_in, scored):
    sign_in(cast.person("Ada"))
    first, second, _third = keys(scored)
    for said in (f"{first} score 4", f"{first} would_buy 1", f"{second} would_buy 1"):
        press(client, scored, said)
    assert rows() == [(first, False, 4, None), (second, False, None, None)]
    assert counters(scored)[0][:2] == [1, 1]
    press(client, scored, f"{first} score 0")
    assert Choice.objects.filter(would_buy=True).count() == 2


# Ranks


def test_ranked_drafts_move_down_for_one_that_is_put_before_them(client, sign_in, ranked):
    sign_in(cast.person("Ada"))
    a, b, c, d = keys(ranked)
    for said in (f"{a} rank 999", f"{b} rank 999", f"{c} rank 1"):
        press(client, ranked, said)
    assert ranks() == {c: 1, a: 2, b: 3}
    press(client, ranked, f"{b} rank 1")
    assert ranks() == {b: 1, c: 2, a: 3}
    press(client, ranked, f"{c} rank 0")
    assert ranks() == {b: 1, a: 2}
    assert BallotLog.objects.count() == 5


def test_the_counters_of_ranks_are_points_for_every_draft_below(client, sign_in, ranked):
    a, b, c, d = keys(ranked)
    sign_in(cast.person("Ada"))
    for said in (f"{a} rank 1", f"{b} rank 2"):
        press(client, ranked, said)
    sign_in(cast.person("Omar"))
    press(client, ranked, f"{c} rank 1")
    (voters, papers, unnamed, _sq), entries = counters(ranked)
    halves = [points + unnamed for _votes, points, _squares in entries]
    # Ada: 6 4 1 1, Omar: 2 2 6 2 half points.
    assert (voters, papers, halves) == (2, 2, [8, 6, 7, 3])


def test_a_full_ballot_takes_no_more_and_says_so(client, sign_in, ranked):
    sign_in(cast.person("Ada"))
    a, b, c, d = keys(ranked)
    for entry in (a, b, c):
        press(client, ranked, f"{entry} rank 999")
    before = state(ranked)
    answer = press(client, ranked, f"{d} rank 1", headers=HTMX)
    assert "Not counted: all 3 places are taken." in answer.content.decode()
    assert state(ranked) == before
    press(client, ranked, f"{c} rank 0")
    press(client, ranked, f"{d} rank 1")
    assert ranks() == {d: 1, a: 2, b: 3}


@pytest.mark.parametrize("said", ["{} rank", "{} score 3", "{} supports 1", "{} rank x"])
def test_what_is_no_rank_changes_nothing(client, sign_in, ranked, said):
    sign_in(cast.person("Ada"))
    before = state(ranked)
    press(client, ranked, said.format(keys(ranked)[0]))
    assert state(ranked) == before


def test_a_press_in_the_own_order_is_answered_with_it_and_with_what_moved(client, sign_in, ranked):
    sign_in(cast.person("Ada"))
    a, b, c, _d = keys(ranked)
    for entry in (a, b):
        press(client, ranked, f"{entry} rank 999")
    address = reverse("voting:ballot", args=[ranked.pk]) + "?at=own"
    html = client.post(address, {"choice": f"{b} rank 1"}, headers=HTMX).content.decode()
    assert html.startswith('<div class="own" id="round-own">')
    assert html.index(f"own-{b}-rank") < html.index(f"own-{a}-rank")
    for entry in (a, b):
        assert f'id="entry-{entry}-vote" hx-swap-oob="true"' in html
    assert f'id="entry-{c}-vote"' not in html
    plain = client.post(address, {"choice": f"{a} rank 1"})
    assert plain.url == f"/r/{ranked.pk}/#round-own"


def test_without_scripts_the_place_is_chosen_from_a_list(client, ranked):
    a, b, _c, _d = keys(ranked)
    for entry in (a, b):
        press(client, ranked, f"{entry} rank 999")
    html = page(client, ranked)
    assert f'name="rank-{b}" form="vote"' in html and f'value="{b} rank"' in html
    client.post(
        reverse("voting:ballot", args=[ranked.pk]),
        {"choice": f"{b} rank", f"rank-{b}": "1", f"rank-{a}": "1"},
    )
    assert ranks() == {b: 1, a: 2}


# A budget


def test_a_budget_is_seen_kept_and_returned(client, sign_in):
    it = cast.voting_round(drafts=4, parameters={"budget": 3})
    sign_in(cast.person("Ada"))
    *given, last = keys(it)
    assert '<b class="figures">3</b> of your 3 votes left' in page(client, it)
    for entry in given:
        press(client, it, f"{entry} supports 1")
    before = state(it)
    answer = press(client, it, f"{last} supports 1", headers=HTMX)
    assert "Not counted: all 3 votes are given." in answer.content.decode()
    assert state(it) == before
    back = press(client, it, f"{given[0]} supports 0", headers=HTMX).content.decode()
    assert '<b class="figures">1</b> of your 3 votes left' in back
    press(client, it, f"{last} supports 1")
    assert it.entries.get(pk=last).support == 1


def test_would_buy_costs_no_vote(client, sign_in):
    it = cast.voting_round(drafts=4, parameters={"budget": 3})
    sign_in(cast.person("Ada"))
    for entry in keys(it):
        press(client, it, f"{entry} would_buy 1")
    assert Choice.objects.filter(would_buy=True).count() == 4
    assert '<b class="figures">3</b> of your 3 votes left' in page(client, it)


# The rule on the page


@pytest.mark.parametrize(
    ("method", "parameters", "words"),
    [
        ("support", {}, "The draft with the most votes wins."),
        ("support", {"budget": 5}, "Everybody has 5 votes"),
        ("score", {}, "Every draft begins with 5 scores of 3"),
        ("ranked", {"rule": "schulze"}, "chains of won duels"),
        ("ranked", {"rule": "ranked-pairs"}, "fixed first"),
        ("ranked", {"rule": "run-off"}, "fewest first places goes"),
        ("ranked", {"rule": "borda", "places": None}, "as many as you like"),
    ],
)
def test_the_page_says_the_rule_of_its_round(client, method, parameters, words):
    it = cast.voting_round(method=method, parameters=parameters)
    html = page(client, it)
    assert words in html
    assert "a lot that was drawn when the round opened" in html


# The result


@pytest.mark.parametrize(
    ("method", "said", "figure"),
    [
        ("support", ["supports 1", "supports 1"], "<b>100 %</b>"),
        ("score", ["score 4", "score 5"], "<b>3.4</b>"),
        ("ranked", ["rank 1", "rank 1"], "<b>100 %</b>"),
    ],
)
def test_a_closed_round_of_each_method_has_its_result(client, sign_in, method, said, figure):
    it = cast.voting_round(method=method)
    first, *_rest = keys(it)
    for name, one in zip(("Ada", "Omar"), said, strict=True):
        sign_in(cast.person(name))
        press(client, it, f"{first} {one}")
    cast.close(it)
    html = page(client, it)
    assert "First: Draft 1" in html and figure in html
    assert ".0 %" not in html
    assert verify.tallies().findings == verify.counters().findings == []


def test_the_result_names_the_rule_that_would_have_chosen_another(client, sign_in):
    it = cast.voting_round(method="ranked", parameters={"rule": "run-off", "places": None})
    a, b, c = keys(it)
    # Nobody but one has b first, so it goes first; yet it wins both its duels.
    orders = [(a, b, c), (a, b, c), (c, b, a), (c, b, a), (b, a, c)]
    for number, order in enumerate(orders):
        sign_in(cast.person(f"Fan{number}"))
        for entry in order:
            press(client, it, f"{entry} rank 999")
    cast.close(it)
    html = page(client, it)
    assert "First by instant run-off." in html
    assert "By Schulze, No. 0102 Draft 2 would be first." in html
