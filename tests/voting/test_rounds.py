import datetime as dt

import pytest
from django.utils import timezone

from core import ticks
from core.states import WrongState
from designs.models import Design
from fans.models import Contribution
from tests import cast
from voting import actions, chain
from voting.actions import NotPossible, Plan
from voting.models import Round, Tally
from voting.ticks import close_due_rounds
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
State = Round.State


def plan(**fields):
    now = timezone.now()
    return Plan(
        **{
            "title": "Round 1",
            "rule": "Most support wins.",
            "electorate": Round.Electorate.EVERYONE,
            "results": Round.Results.AFTER_VOTE,
            "deciding": Round.Deciding.ALL,
            "opens_at": now + dt.timedelta(hours=1),
            "closes_at": now + dt.timedelta(days=7),
            "time_zone": "Asia/Shanghai",
            **fields,
        }
    )


@pytest.fixture
def planned():
    brief = cast.brief()
    designs = [cast.design(brief, f"Draft {n}") for n in range(3)]
    return actions.plan_round(
        brief=brief, plan=plan(), designs=designs, actor=cast.person("Mei"), now=timezone.now()
    )


def vote(of, name, *numbers):
    entries = list(of.entries.order_by("pk"))
    who = cast.voter(cast.person(name) if name else None)
    apply_batch([Change(of.pk, who.pk, entries[n].pk, supports=True) for n in numbers])


def test_opening_freezes_the_rules_and_their_hash(planned):
    actions.open_round(round=planned, actor="user:1")
    assert planned.state == State.OPEN
    assert planned.rules_hash == chain.digest(planned.rules_frozen)
    assert [one["draft"] for one in planned.rules_frozen["entries"]] == [101, 102, 103]
    assert planned.seed and planned.log_secret
    assert planned.seed not in str(planned.rules_frozen)
    assert set(Design.objects.values_list("state", flat=True)) == {Design.State.ENTERED}


def test_a_round_opened_before_its_time_opens_now(planned):
    before = timezone.now()
    actions.open_round(round=planned, actor="user:1")
    assert before <= planned.opens_at <= timezone.now()


def test_opening_takes_the_newest_revision_and_leaves_withdrawn_drafts_out(planned):
    first, second, _third = Design.objects.order_by("number")
    cast.revision(first, "shorter hem")
    Design.objects.filter(pk=second.pk).update(state=Design.State.WITHDRAWN)
    actions.open_round(round=planned, actor="user:1")
    entered = planned.entries.values_list("revision__design__number", "revision__number")
    assert sorted(entered) == [(101, 2), (103, 1)]


def test_a_round_with_one_draft_does_not_open_and_stays_as_it_is(planned):
    Design.objects.exclude(number=101).update(state=Design.State.WITHDRAWN)
    with pytest.raises(NotPossible):
        actions.open_round(round=planned, actor="user:1")
    planned.refresh_from_db()
    assert (planned.state, planned.entries.count(), planned.seed) == (State.DRAFT, 3, "")


def test_what_is_public_is_not_changed_any_more(planned):
    actions.schedule_round(round=planned, actor="user:1", now=timezone.now())
    with pytest.raises(WrongState):
        actions.change_round(round=planned, plan=plan(title="Another"), designs=[])
    planned.refresh_from_db()
    assert (planned.title, planned.entries.count()) == ("Round 1", 3)


def test_an_opening_in_the_past_is_not_announced(planned):
    with pytest.raises(NotPossible):
        actions.schedule_round(
            round=planned, actor="user:1", now=planned.opens_at + dt.timedelta(minutes=1)
        )
    planned.refresh_from_db()
    assert planned.state == State.DRAFT


def test_rounds_open_and_close_by_themselves(planned):
    actions.schedule_round(round=planned, actor="user:1", now=timezone.now())
    past = timezone.now() - dt.timedelta(days=2)
    Round.objects.update(opens_at=past)
    ticks.run_all()
    planned.refresh_from_db()
    assert (planned.state, planned.opens_at) == (State.OPEN, past)
    vote(planned, "Ada", 0)
    end = past + dt.timedelta(days=1)
    Round.objects.update(closes_at=end)
    ticks.run_all()
    planned.refresh_from_db()
    assert (planned.state, planned.closed_at) == (State.CLOSED, end)


def test_a_round_is_not_closed_before_its_time(planned):
    actions.open_round(round=planned, actor="user:1")
    with pytest.raises(WrongState):
        actions.close_round(round=planned, actor="job:x")
    planned.refresh_from_db()
    assert (planned.state, Tally.objects.count()) == (State.OPEN, 0)


def test_the_close_freezes_every_class_of_voters(planned):
    house = planned.brief.brand
    cast.honorary(house)
    Contribution.objects.create(
        user=cast.person("Ada"),
        brand=house,
        kind=Contribution.Kind.ORDER_PAID,
        subject="order:1",
        points=10,
        at=timezone.now(),
    )
    actions.open_round(round=planned, actor="user:1")
    vote(planned, "Ada", 0, 1)
    vote(planned, "Kenji", 1)
    vote(planned, "Omar", 1, 2)
    vote(planned, "", 2)
    cast.close(planned, "Enough votes")
    counted = {
        group: list(rows.values_list("support", "rank", "voters").order_by("entry"))
        for group in Tally.Group.values
        for rows in [Tally.objects.filter(group=group)]
    }
    supports = {group: [row[0] for row in rows] for group, rows in counted.items()}
    assert supports == {
        "all": [1, 3, 1],
        "buyers": [1, 1, 0],
        "honorary": [0, 1, 0],
        "guests": [0, 0, 1],
    }
    assert [rows[0][2] for rows in counted.values()] == [3, 1, 1, 1]
    assert all(sorted(row[1] for row in rows) == [1, 2, 3] for rows in counted.values())
    assert (planned.state, planned.close_reason) == (State.CLOSED, "Enough votes")


def test_the_close_notes_every_counted_vote_and_no_other(planned):
    actions.open_round(round=planned, actor="user:1")
    vote(planned, "Ada", 0)
    vote(planned, "", 0)
    vote(planned, "Omar", 0)
    entry = planned.entries.order_by("pk").first()
    omar = cast.voter(cast.person("Omar"))
    apply_batch([Change(planned.pk, omar.pk, entry.pk, supports=False)])
    cast.close(planned)
    noted = Contribution.objects.filter(kind=Contribution.Kind.VOTED)
    assert [(row.user.name, row.subject) for row in noted] == [("Ada", f"round:{planned.pk}")]


def test_a_cancelled_round_gives_its_drafts_back(planned):
    actions.open_round(round=planned, actor="user:1")
    actions.cancel_round(round=planned, reason="Wrong fabric", actor="user:1", now=timezone.now())
    assert set(Design.objects.values_list("state", flat=True)) == {Design.State.SUBMITTED}
    assert (planned.state, planned.close_reason) == (State.CANCELLED, "Wrong fabric")
    assert not Tally.objects.exists()


def test_a_round_whose_whole_time_passed_unopened_is_called_off(planned, client):
    actions.schedule_round(round=planned, actor="user:1", now=timezone.now())
    past = timezone.now() - dt.timedelta(days=2)
    Round.objects.update(opens_at=past, closes_at=past + dt.timedelta(days=1))
    ticks.run_all()
    planned.refresh_from_db()
    assert (planned.state, planned.close_reason) == (State.CANCELLED, "")
    assert set(Design.objects.values_list("state", flat=True)) == {Design.State.SUBMITTED}
    page = client.get(f"/r/{planned.pk}/").content.decode()
    assert "It could not open in its time." in page


def test_one_round_that_cannot_be_moved_does_not_keep_the_others(planned, monkeypatch):
    brief = planned.brief
    cast.voting_round(brief, opens_at=timezone.now() - dt.timedelta(days=3))
    cast.voting_round(brief, opens_at=timezone.now() - dt.timedelta(days=3))
    first, second = Round.objects.filter(state=State.OPEN).order_by("pk")
    for number, one in enumerate((first, second)):
        ended = timezone.now() - dt.timedelta(hours=2 - number)
        Round.objects.filter(pk=one.pk).update(closes_at=ended)

    def close(*, round, actor):
        if round.pk == first.pk:
            raise RuntimeError
        actions.close_round(round=round, actor=actor)

    monkeypatch.setattr("voting.ticks.close_round", close)
    assert close_due_rounds(timezone.now()) == 1
    second.refresh_from_db()
    assert second.state == State.COUNTING


def test_a_draft_withdrawn_before_the_opening_is_no_longer_shown(planned, client):
    actions.schedule_round(round=planned, actor="user:1", now=timezone.now())
    address = f"/r/{planned.pk}/"
    gone = Design.objects.get(number=102)
    assert "Draft 1" in client.get(address).content.decode()
    Design.objects.filter(pk=gone.pk).update(state=Design.State.WITHDRAWN)
    picture = str(gone.revisions.get().placements.get().picture_id)
    for page in (address, "/rounds/"):
        html = client.get(page).content.decode()
        assert "Draft 1" not in html and picture not in html


@pytest.fixture
def held_up(planned):
    """Announced, its opening passed, and one draft left."""
    actions.schedule_round(round=planned, actor="user:1", now=timezone.now())
    Design.objects.exclude(number=101).update(state=Design.State.WITHDRAWN)
    Round.objects.update(opens_at=timezone.now() - dt.timedelta(minutes=1))
    return planned


def warnings(caplog):
    return [one.message for one in caplog.records if one.message == "round not opened"]


def test_a_round_that_cannot_open_says_so_once(held_up, caplog):
    with caplog.at_level("WARNING", "voting.ticks"):
        for _second in range(5):
            ticks.run_all()
    held_up.refresh_from_db()
    assert (held_up.state, held_up.is_held_up) == (State.SCHEDULED, True)
    assert warnings(caplog) == ["round not opened"]


def test_a_round_opens_as_soon_as_its_drafts_are_there(held_up):
    ticks.run_all()
    Design.objects.filter(number=102).update(state=Design.State.SUBMITTED)
    ticks.run_all()
    held_up.refresh_from_db()
    assert (held_up.state, held_up.held_up_at) == (State.OPEN, None)
    assert held_up.entries.count() == 2


def test_rounds_that_wait_do_not_keep_others_from_opening(held_up, monkeypatch):
    monkeypatch.setattr("voting.ticks.BATCH", 1)
    ticks.run_all()
    other = cast.voting_round(held_up.brief, state=State.SCHEDULED, drafts=2)
    ticks.run_all()
    other.refresh_from_db()
    assert other.state == State.OPEN


def test_everybody_reads_that_the_opening_is_late(held_up, client):
    ticks.run_all()
    page = client.get(f"/r/{held_up.pk}/").content.decode()
    assert "Delayed" in page and "Scheduled" not in page
