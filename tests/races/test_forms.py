"""The same form sent twice at the same moment: one thing is written, both get the same answer."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.once import once
from designs import actions as designs
from designs.actions import comments
from designs.actions import designs as drafts
from designs.models import Comment, Revision, Thread
from presale.actions import campaign_drafts, production
from presale.actions.campaign_drafts import AlreadySold, CampaignDraft
from presale.models import Campaign, ProductionUpdate
from tests import cast
from tests.presale.house import opened
from tests.presale.test_rules import GOOD
from tests.races.test_places import Meeting, at_once
from voting.models import Entry, Round

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_db")]


def look_together(monkeypatch: pytest.MonkeyPatch, module: Any, guard: Any = once) -> None:
    """Two that write by way of `once` have both looked before either writes."""
    meeting = Meeting(look=2)

    def meet(find: Callable[[], Any], make: Callable[[], Any]) -> Any:
        def look() -> Any:
            found = find()
            meeting.wait("look", module)
            return found

        return guard(look, make)

    monkeypatch.setattr(module, "once", meet)


def unguarded(find: Callable[[], Any], make: Callable[[], Any]) -> Any:
    """Look, then write; what `once` would be without its second look."""
    found = find()
    if found:
        return found
    with transaction.atomic():
        return make()


@pytest.fixture
def post_twice(monkeypatch):
    look_together(monkeypatch, production)
    campaign, mei = opened(), cast.person("Mei")
    said = production.News("making", "Seams", "They hold.", [], uuid.uuid4())

    def post() -> ProductionUpdate:
        return production.post_update(campaign=campaign, news=said, author=mei, now=timezone.now())

    return lambda: at_once(post, post)


def test_news_posted_twice_at_once_is_one(post_twice):
    first, second = post_twice()
    assert first == second == ProductionUpdate.objects.get()


def test_control_without_a_second_look_the_database_refuses_the_second(monkeypatch, post_twice):
    look_together(monkeypatch, production, unguarded)
    assert sum(isinstance(result, IntegrityError) for result in post_twice()) == 1


@pytest.fixture
def draft_twice(monkeypatch):
    look_together(monkeypatch, campaign_drafts)
    entry = cast.voting_round(drafts=1, state=Round.State.CLOSED).entries.get()
    Entry.objects.filter(pk=entry.pk).update(outcome=Entry.Outcome.WINNER)
    entry.refresh_from_db()
    mei = cast.person("Mei")
    first = CampaignDraft("Windbreaker", "A jacket.", "None.", "Soon.", uuid.uuid4(), GOOD)

    def twice(second: CampaignDraft) -> list[Any]:
        forms = [first, second]
        return at_once(
            *[
                lambda form=form: campaign_drafts.create_draft(
                    entry=entry, draft=form, author=mei, now=timezone.now()
                )
                for form in forms
            ]
        )

    return first, twice


def test_a_draft_of_a_campaign_sent_twice_at_once_is_one(draft_twice):
    form, twice = draft_twice
    made, again = twice(form)
    assert made == again == Campaign.objects.get()
    assert made.variants.count() == len(GOOD.options)


def test_two_drafts_of_one_winner_at_once_are_one_and_a_refusal_that_names_it(draft_twice):
    form, twice = draft_twice
    results = twice(replace(form, form_key=uuid.uuid4()))
    made = Campaign.objects.get()
    refused = [result for result in results if isinstance(result, AlreadySold)]
    assert [one.campaign for one in refused] == [made] and made in results


def test_control_without_a_second_look_the_second_draft_is_an_error(monkeypatch, draft_twice):
    look_together(monkeypatch, campaign_drafts, unguarded)
    monkeypatch.setattr(campaign_drafts, "live_campaign_of", lambda revision_id: None)
    form, twice = draft_twice
    assert sum(isinstance(result, IntegrityError) for result in twice(form)) == 1


def test_a_revision_sent_twice_at_once_is_one(monkeypatch):
    look_together(monkeypatch, drafts)
    design, lin, key = cast.design(), cast.person("Lin"), uuid.uuid4()

    def revise() -> Revision:
        return designs.add_revision(
            design=type(design).objects.get(pk=design.pk),
            what_changed="Shorter hem.",
            pictures=[],
            actor=lin,
            form_key=key,
            now=timezone.now(),
        )

    first, second = at_once(revise, revise)
    assert first == second == design.revisions.get(form_key=key)


@pytest.fixture
def say_twice(monkeypatch):
    look_together(monkeypatch, comments)
    thread, ada = cast.design().thread, cast.person("Ada")

    def say() -> Comment:
        return designs.post_comment(
            thread=thread,
            author=ada,
            body="Shorter hem.",
            now=timezone.now(),
            client_key=uuid.uuid4(),
        )

    return lambda: at_once(say, say)


def test_the_same_words_from_two_windows_at_once_are_one_comment(say_twice):
    first, second = say_twice()
    assert first == second == Comment.objects.get()
    assert Thread.objects.get(pk=first.thread_id).seq == 1


def test_control_without_the_look_under_the_lock_they_are_two(monkeypatch, say_twice):
    monkeypatch.setattr(comments, "SAID_AGAIN", -comments.SAID_AGAIN)
    say_twice()
    assert Comment.objects.count() == 2
