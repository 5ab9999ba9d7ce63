"""A round on its way: paused, resumed, closed later; everybody reads why."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState
from tests import cast
from voting import actions, audit, live, ticks, verify
from voting.actions import NotPossible
from voting.models import Ballot, BallotLog, Notice, Round
from voting.states import ROUND_MOVES
from voting.writer import Change, Counted, apply_batch

pytestmark = pytest.mark.django_db
State = Round.State
LATER = dt.timedelta(days=1)


@pytest.fixture
def it():
    made = cast.voting_round()
    cast.freeze(made)
    vote(made)
    return made


def vote(of, name="Ada", at=None):
    who, entry = cast.voter(cast.person(name)), of.entries.order_by("pk").first()
    (done,) = apply_batch([Change(of.pk, who.pk, entry.pk, supports=True)], now=at)
    return done


def pause(of, **more):
    actions.pause_round(round=of, reason="A picture was wrong", actor="user:1", **more)


def resume(of, gives_time_back=False, **more):
    more = {"reason": "Mended", "actor": "user:1", **more}
    actions.resume_round(round=of, gives_time_back=gives_time_back, **more)


def extend(of, by=LATER, **more):
    closes = of.closes_at + by
    more = {"reason": "Many asked for it", "actor": "user:1", **more}
    actions.extend_round(round=of, closes_at=closes, **more)


def findings():
    return [line for check in verify.CHECKS.values() for line in check(None).findings]


VERBS = {
    "pause": pause,
    "resume": resume,
    "extend": extend,
    "close-early": lambda it: actions.close_round_early(round=it, reason="Now", actor="user:1"),
    "cancel": lambda it: actions.cancel_round(round=it, reason="Wrong", actor="user:1"),
}


@pytest.mark.parametrize("event", VERBS)
@pytest.mark.parametrize("state", State.values)
def test_every_verb_does_what_the_table_says_of_every_state(state, event):
    it = cast.voting_round(drafts=2, state=state)
    if (state, event) in ROUND_MOVES:
        VERBS[event](it)
        it.refresh_from_db()
        assert it.state == ROUND_MOVES[state, event]
        assert StateLog.objects.filter(entity="voting.round", event=event).count() == 1
        return
    with pytest.raises(WrongState):
        VERBS[event](it)
    it.refresh_from_db()
    assert (it.state, it.steps, Notice.objects.count(), StateLog.objects.count()) == (
        state,
        0,
        0,
        0,
    )


def test_while_it_is_paused_ballots_are_refused_and_what_was_cast_stays(it, client):
    pause(it)
    before = (it.seq, it.voters)
    refused = vote(it, "Omar")
    assert refused.code == "paused"
    it.refresh_from_db()
    assert (it.seq, it.voters) == before == (1, 1)
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "A picture was wrong" in html and "Voting is paused." in html
    assert ' supports 1"' not in html, "no button that could only refuse"
    resume(it)
    assert isinstance(vote(it, "Omar"), Counted)
    assert findings() == []


def test_the_receipt_stays_where_it_is_in_a_pause(it, sign_in):
    pause(it)
    page = sign_in(cast.person("Ada")).get(reverse("voting:receipt", args=[it.pk]))
    assert BallotLog.objects.get().head in page.content.decode()


def test_a_held_vote_from_before_may_be_bound_in_a_pause(it):
    guest = cast.voter()
    apply_batch([Change(it.pk, guest.pk, it.entries.first().pk, supports=True)])
    pause(it)
    ballot = Ballot.objects.get(voter=guest)
    assert actions.keep_guest_ballot(ballot=ballot, user=cast.person("Omar"))
    it.refresh_from_db()
    assert it.voters == 2
    assert findings() == []


def test_the_close_comes_in_its_time_also_in_a_pause(it):
    pause(it)
    closes = it.opens_at + dt.timedelta(minutes=1)
    Notice.objects.update(at=it.opens_at)
    Round.objects.update(closes_at=closes)
    assert ticks.close_due_rounds(timezone.now()) == 1
    it.refresh_from_db()
    assert (it.state, it.closed_at) == (State.COUNTING, closes)


@pytest.mark.parametrize(("gives", "minutes"), [(True, 91), (False, 0)])
def test_the_time_of_a_pause_is_given_back_in_whole_minutes_if_wanted(it, gives, minutes):
    at, closes = timezone.now(), it.closes_at
    pause(it, now=at)
    resume(it, gives, now=at + dt.timedelta(minutes=90, seconds=20))
    assert it.closes_at == closes + dt.timedelta(minutes=minutes)
    kinds = list(it.notices.values_list("kind", "closes_after"))
    assert kinds == [("paused", closes), ("resumed", it.closes_at)]
    assert findings() == []


@pytest.mark.parametrize("by", [dt.timedelta(0), dt.timedelta(seconds=-1)])
def test_the_close_never_moves_to_earlier(it, by):
    closes = it.closes_at
    with pytest.raises(NotPossible):
        extend(it, by)
    it.refresh_from_db()
    assert (it.closes_at, it.steps, Notice.objects.count()) == (closes, 0, 0)


@pytest.mark.parametrize("verb", [pause, extend])
def test_once_its_time_is_over_nothing_moves_any_more(it, verb):
    closes = it.closes_at
    with pytest.raises(WrongState):
        verb(it, now=it.closes_at + dt.timedelta(seconds=1))
    it.refresh_from_db()
    assert (it.closes_at, it.state, Notice.objects.count()) == (closes, State.OPEN, 0)


def test_without_a_reason_nothing_moves(it):
    with pytest.raises(NotPossible):
        actions.pause_round(round=it, reason=" ", actor="user:1")
    it.refresh_from_db()
    assert (it.state, Notice.objects.count()) == (State.OPEN, 0)


def test_votes_count_until_the_later_close(it):
    was = it.closes_at
    extend(it)
    assert isinstance(vote(it, "Omar", was + dt.timedelta(hours=1)), Counted)
    assert vote(it, "Lea", it.closes_at + dt.timedelta(seconds=1)).code == "closed"


def test_each_step_is_news_that_takes_the_place_of_the_one_before(it):
    versions, texts = [], []
    for step in (lambda _it: None, pause, resume, extend, VERBS["close-early"]):
        step(it)
        frames = live.render(it.pk, "", "en", None, 0)
        phase = next(one for one in frames if one.id == f"round-{it.pk}-phase")
        versions.append(phase.version)
        texts.append(phase.html)
    assert versions == sorted(set(versions)), "each one newer"
    assert "A picture was wrong" in texts[1] and "Many asked for it" in texts[3]


# By the page of the merchant


def at(name, of):
    return reverse(f"voting:round-{name}", args=[of.brief.brand.slug, of.pk])


def test_the_merchant_pauses_goes_on_and_closes_later_by_the_page(it, client, sign_in):
    mei = sign_in(cast.person("Mei"))
    mei.post(at("pause", it), {"pause-reason": "A picture was wrong"})
    manage = mei.get(at("manage", it)).content.decode()
    assert "Go on" in manage and "Vote for every draft you would like to see made" in manage
    mei.post(at("resume", it), {"resume-reason": "Mended", "resume-gives_time_back": "on"})
    closes = f"{it.closes_at + LATER + dt.timedelta(hours=8):%Y-%m-%dT20:00}"
    mei.post(at("extend", it), {"extend-closes": closes, "extend-reason": "Many asked"})
    it.refresh_from_db()
    assert (it.state, it.steps) == (State.OPEN, 3)
    client.logout()
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    for words in ("A picture was wrong", "Mended", "Many asked", "Changes on the way"):
        assert words in html
    assert findings() == []


@pytest.mark.parametrize("name", ["pause", "extend"])
def test_a_step_without_its_fields_is_refused(it, sign_in, name):
    answer = sign_in(cast.person("Mei")).post(at(name, it), {})
    assert answer.status_code == 422
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("name", ["pause", "resume", "extend"])
@pytest.mark.parametrize("who", ["Lin", "Ada", "Ruth"])
def test_nobody_but_owner_and_manager_moves_a_round(it, sign_in, name, who):
    cast.brand("Kettle", "Ruth")
    answer = sign_in(cast.person(who)).post(at(name, it), {f"{name}-reason": "I want to"})
    assert answer.status_code in (403, 404)
    assert (Notice.objects.count(), Round.objects.get().state) == (0, State.OPEN)


# Mutants: what nobody was told of is found


def test_mutant_a_close_moved_without_a_word_is_found(it):
    Round.objects.update(closes_at=it.closes_at + LATER)
    assert [one for one in audit.course().findings if "moved, untold" in one]


def test_mutant_a_vote_in_a_pause_is_found(it):
    pause(it)
    resume(it)
    first, last = Notice.objects.order_by("pk")
    Notice.objects.filter(pk=first.pk).update(at=BallotLog.objects.get().at - LATER)
    assert last.kind == "resumed"
    assert [one for one in audit.course().findings if "was made in a pause" in one]
