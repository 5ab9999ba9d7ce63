"""Rounds of one brief after one another: what goes on, why, and where it stood before."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from designs.models import Design
from tests import cast
from voting import actions, verify
from voting.actions import Decision, NotPossible
from voting.candidates import enterable_designs
from voting.models import Entry, Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
Outcome = Entry.Outcome


def counted(votes=(4, 3, 2, 1), **fields):
    """A closed round of as many drafts, with so many votes each."""
    it = cast.voting_round(drafts=len(votes), **fields)
    for entry, number in zip(it.entries.order_by("pk"), votes, strict=True):
        for n in range(number):
            who = cast.voter(cast.person(f"Fan{n}"))
            apply_batch([Change(it.pk, who.pk, entry.pk, supports=True)])
    cast.close(it)
    return it


def decide(it, outcomes, reasons=None):
    reasons = reasons or ["" if one == "forwarded" else "Because" for one in outcomes]
    entries = it.entries.order_by("pk")
    made = {
        one.pk: Decision(*two)
        for one, two in zip(entries, zip(outcomes, reasons, strict=True), strict=True)
    }
    actions.decide_round(round=it, decisions=made, actor="user:1", now=timezone.now())


def plan(brief, **fields):
    begin = timezone.now() + dt.timedelta(days=2)
    said = {
        "title": "Round 2",
        "rule": "",
        "electorate": "everyone",
        "results": "after-vote",
        "deciding": "all",
        "opens_at": begin,
        "closes_at": begin + dt.timedelta(days=7),
        "time_zone": "UTC",
        **fields,
    }
    return actions.plan_round(
        brief=brief,
        plan=actions.Plan(**said),
        designs=enterable_designs(brief).exclude(state=Design.State.NOT_CHOSEN),
        actor=cast.person("Mei"),
        now=timezone.now(),
    )


def test_the_first_ones_go_on_without_a_word_and_everybody_has_an_answer():
    it = counted()
    decide(it, ["forwarded", "forwarded", "to-revise", "not-chosen"])
    designs = Design.objects.order_by("number")
    states = [one.state for one in designs]
    assert states == ["submitted", "submitted", "to-revise", "not-chosen"]
    assert not it.entries.filter(outcome=Outcome.PENDING).exists()
    told = Outbox.objects.filter(subject__contains="goes on to the next round")
    assert told.count() == 2


def test_they_enter_the_next_round_by_their_places_and_keep_them_with_a_new_revision():
    it = counted((1, 4, 2, 3))
    decide(it, ["not-chosen", "forwarded", "forwarded", "forwarded"], ["Because"] * 4)
    newcomer = cast.design(it.brief, "Newcomer")
    numbers = [one.number for one in enterable_designs(it.brief)]
    assert numbers == [102, 104, 103, newcomer.number, 101]
    after = plan(it.brief)
    entered = after.entries.order_by("pk").values_list("revision__design__number", flat=True)
    assert list(entered) == numbers[:4]
    cast.revision(Design.objects.get(number=102))
    actions.open_round(round=after, actor="user:1")
    assert list(entered.all()) == numbers[:4]


@pytest.mark.parametrize(
    "outcomes",
    [
        ["not-chosen", "forwarded", "forwarded", "not-chosen"],
        ["forwarded", "not-chosen", "not-chosen", "forwarded"],
    ],
)
def test_who_goes_on_before_a_better_placed_draft_needs_a_reason(outcomes):
    it = counted()
    with pytest.raises(NotPossible):
        decide(it, outcomes)
    assert it.entries.filter(outcome=Outcome.PENDING).count() == 4
    assert set(Design.objects.values_list("state", flat=True)) == {"entered"}
    decide(it, outcomes, ["Because"] * 4)
    assert it.entries.filter(outcome=Outcome.FORWARDED).count() == 2


def test_one_form_fills_in_the_first_ones_and_one_reason_serves_the_others(sign_in):
    it = counted()
    mei = sign_in(cast.person("Mei"))
    page = reverse("voting:round-decide", args=["weft", it.pk])
    html = mei.get(f"{page}?first=2").content.decode()
    filled = dict(re.findall(r'name="(entry-\d+-outcome)" value="([a-z-]+)"[^>]* checked', html))
    assert sorted(filled.values()) == ["forwarded", "forwarded", "not-chosen", "not-chosen"]
    assert mei.post(page, filled).status_code == 422, "who is out is owed a reason"
    answer = mei.post(page, {**filled, "common": "Too heavy for autumn."}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse(
        "voting:round-new", args=["weft", it.brief_id]
    ), "on to the next round"
    assert answer.content.decode().count(" checked") >= 2
    reasons = it.entries.filter(outcome="not-chosen").values_list("outcome_reason", flat=True)
    assert set(reasons) == {"Too heavy for autumn."}


def test_the_form_of_the_next_round_knows_where_drafts_come_from_and_keeps_the_rules(sign_in):
    it = counted()
    Round.objects.filter(pk=it.pk).update(electorate="members")
    decide(it, ["forwarded", "forwarded", "not-chosen", "not-chosen"])
    page = reverse("voting:round-new", args=["weft", it.brief_id])
    html = sign_in(cast.person("Mei")).get(page).content.decode()
    ticked = re.findall(r'name="designs" value="(\d+)"[^>]* checked', html)
    going = it.entries.filter(outcome="forwarded")
    assert {int(pk) for pk in ticked} == set(going.values_list("revision__design", flat=True))
    assert "Round 1: place 1 · Goes on to the next round" in html
    assert "Round 1: place 4 · Not chosen" in html
    assert re.search(r'name="electorate" value="members"[^>]* checked', html)


def test_the_newest_revision_competes_and_knows_its_earlier_entry():
    it = counted()
    decide(it, ["forwarded", "forwarded", "not-chosen", "not-chosen"])
    second = plan(it.brief)
    first_design = it.entries.order_by("pk").first().revision.design
    newest = cast.revision(first_design, "A wider collar")
    Round.objects.filter(pk=second.pk).update(opens_at=timezone.now())
    actions.open_round(round=second, actor="user:1")
    entries = {one.revision.design_id: one for one in second.entries.select_related("revision")}
    assert entries[first_design.pk].revision == newest
    assert {one.earlier.round_id for one in entries.values()} == {it.pk}
    frozen = second.rules_frozen["entries"]
    assert {one["earlier"] for one in frozen} == {one.earlier_id for one in entries.values()}
    assert [one for check in verify.CHECKS.values() for one in check(None).findings] == []


def test_fans_read_what_goes_on_also_where_scores_are_never_shown(client):
    it = counted(results="never")
    decide(it, ["forwarded", "forwarded", "not-chosen", "not-chosen"])
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert html.count("Goes on to the next round") == 2
    assert "Place 1" not in html


def test_the_table_has_no_column_for_a_class_without_ballots(client):
    it = counted(deciding="buyers")
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    head = html[html.index("<thead>") : html.index("</thead>")]
    assert "All confirmed voters" in head and "Buyers" in head, "and who decides"
    assert "Honorary developers" not in head and "Guests" not in head
    assert html.count('data-label="All confirmed voters"') == 5
    assert 'data-label="Guests"' not in html
