"""Choices of the round before: asked about, never carried over in silence, shown apart."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import cast
from voting import actions, cards, earlier, ticks, verify
from voting.models import Ballot, BallotLog, Choice, EarlierWithdrawn, Entry, Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
SAID = {"support": {"supports": True}, "score": {"score": 4}, "ranked": {"rank": 1}}


def two_rounds(method="support", then=None, results="after-vote"):
    """Ada and Omar chose both drafts, a guest one; the first was revised; Round 2 is open."""
    first = cast.voting_round(drafts=2, method=method, results=results)
    entries = list(first.entries.order_by("pk"))
    for name in ("Ada", "Omar"):
        for place, entry in enumerate(entries, start=1):
            said = {"rank": place} if method == "ranked" else SAID[method]
            vote(first, entry, cast.voter(cast.person(name)), **said)
    vote(first, entries[0], cast.voter(), **SAID[method])
    cast.close(first)
    decisions = {one.pk: actions.Decision("forwarded") for one in entries}
    actions.decide_round(round=first, decisions=decisions, actor="user:1", now=timezone.now())
    cast.revision(entries[0].revision.design, "A wider collar")
    second = cast.voting_round(first.brief, drafts=0, state="draft", method=then or method)
    for one in entries:
        cast.entry(second, one.revision.design)
    actions.open_round(round=second, actor="user:1")
    return first, second


def vote(of, entry, voter, **said):
    (done,) = apply_batch([Change(of.pk, voter.pk, entry.pk, **said)])
    assert done.ballot_id
    return done


def asked(of, name="Ada"):
    voter = cast.voter(cast.person(name))
    marks = {one.entry_id: one.mark for one in Choice.objects.filter(ballot__round=of)}
    mine = Choice.objects.filter(ballot__round=of, ballot__voter=voter)
    return earlier.questions(of, voter, {one.entry_id: marks[one.entry_id] for one in mine})


def waiting(of):
    ticks.count_unanswered(timezone.now())
    return list(of.entries.order_by("pk").values_list("unanswered", flat=True))


def findings():
    return [line for check in verify.CHECKS.values() for line in check(None).findings]


def answer(browser, of, **said):
    return browser.post(reverse("voting:round-earlier", args=[of.pk]), said, follow=True)


def test_nothing_goes_over_by_itself_and_who_has_not_answered_is_a_number_apart():
    _first, second = two_rounds()
    assert (Ballot.objects.filter(round=second).count(), second.voters) == (0, 0)
    assert set(second.entries.values_list("support", flat=True)) == {0}
    assert waiting(second) == [2, 2]
    tally = cards.tallies(second)[second.entries.order_by("pk").first().pk]
    assert "2 earlier votes not renewed" in tally


def test_the_page_asks_and_says_whether_another_revision_competes(sign_in):
    _first, second = two_rounds()
    ada = sign_in(cast.person("Ada"))
    html = ada.get(reverse("voting:round", args=[second.pk])).content.decode()
    assert "Does that still go?" in html
    assert "That was Rev 1; now it is Rev 2." in html and "The same revision." in html
    omars = sign_in(cast.person("Lea")).get(reverse("voting:round", args=[second.pk]))
    assert "Does that still go?" not in omars.content.decode()


@pytest.mark.parametrize("method", ["support", "score", "ranked"])
def test_what_is_kept_is_an_ordinary_logged_change_of_the_new_ballot(sign_in, method):
    _first, second = two_rounds(method)
    html = answer(sign_in(cast.person("Ada")), second, keep="all").content.decode()
    assert "2 earlier votes go in this round too." in html and "Does that still go?" not in html
    log = BallotLog.objects.filter(round=second)
    assert log.count() == 2 and not log.filter(client_key=None).exists()
    marks = {one.entry_id: one.mark for one in Choice.objects.filter(ballot__round=second)}
    expected = SAID[method] if method != "ranked" else {"rank": 1}
    first = second.entries.order_by("pk").first()
    assert {name: getattr(marks[first.pk], name) for name in expected} == expected
    assert waiting(second) == [1, 1]
    assert findings() == []


def test_what_is_withdrawn_is_not_asked_again_and_counts_nowhere(sign_in):
    _first, second = two_rounds()
    entry = second.entries.order_by("pk").first()
    ada = sign_in(cast.person("Ada"))
    assert waiting(second) == [2, 2]
    answer(ada, second, withdraw=str(entry.pk))
    answer(ada, second, withdraw=str(entry.pk))
    assert EarlierWithdrawn.objects.count() == 1
    assert [one.entry.pk for one in asked(second)] != [entry.pk]
    assert (waiting(second), BallotLog.objects.filter(round=second).count()) == ([1, 2], 0)


def test_a_new_vote_is_an_answer_too():
    _first, second = two_rounds()
    entry = second.entries.order_by("pk").first()
    vote(second, entry, cast.voter(cast.person("Ada")), supports=True)
    assert (len(asked(second)), waiting(second)) == (1, [1, 2])


def test_by_another_method_a_vote_cannot_be_kept(sign_in):
    _first, second = two_rounds(then="score")
    assert {one.may_keep for one in asked(second)} == {False}
    answer(sign_in(cast.person("Ada")), second, keep="all")
    assert not Ballot.objects.filter(round=second).exists()


def test_answers_are_refused_while_it_is_paused_and_after_the_close(sign_in):
    _first, second = two_rounds()
    ada = sign_in(cast.person("Ada"))
    question = asked(second)[0]
    actions.pause_round(round=second, reason="A picture", actor="user:1")
    answer(ada, second, keep="all")
    answer(ada, second, withdraw="all")
    with pytest.raises(actions.NotCounted):
        actions.withdraw_earlier(question=question, voter=cast.voter(cast.person("Ada")))
    assert not EarlierWithdrawn.objects.exists()
    assert not Ballot.objects.filter(round=second).exists()


def test_nobody_answers_for_another(sign_in):
    _first, second = two_rounds()
    answer(sign_in(cast.person("Lea")), second, withdraw="all")
    answer(sign_in(cast.person("Lea")), second, keep="all")
    assert not EarlierWithdrawn.objects.exists()
    assert not Ballot.objects.filter(round=second).exists()


def test_where_scores_are_never_shown_the_number_is_not_told():
    _first, second = two_rounds(results="never")
    assert waiting(second) == [0, 0]
    assert len(asked(second)) == 2


def test_the_close_writes_the_last_number_down_and_the_result_says_it(client):
    _first, second = two_rounds()
    vote(
        second, second.entries.order_by("pk").first(), cast.voter(cast.person("Ada")), supports=True
    )
    cast.close(second)
    assert list(second.entries.order_by("pk").values_list("unanswered", flat=True)) == [1, 2]
    html = client.get(reverse("voting:round", args=[second.pk])).content.decode()
    assert "3 earlier votes were not renewed" in html


def test_the_tick_counts_only_when_something_moved():
    _first, second = two_rounds()
    assert ticks.count_unanswered(timezone.now()) == 1
    assert ticks.count_unanswered(timezone.now()) == 0
    assert (
        Round.objects.get(pk=second.pk).entries.count()
        == Entry.objects.filter(round=second, earlier__isnull=False).count()
    )
