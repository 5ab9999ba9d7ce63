"""A round that waits for pins: refused with the reason, opened once they are answered."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from designs import actions as designs
from designs.places import Spot
from tests import cast
from voting import actions, gate, ticks
from voting.models import Round

pytestmark = pytest.mark.django_db


@pytest.fixture
def round():
    """Two drafts, one of them with a pin, in a round that waits."""
    made = cast.voting_round(drafts=2, state=Round.State.DRAFT, waits_for_pins=True)
    cast.voting_round(cast.brief(), drafts=0)
    return made


@pytest.fixture
def pin(round):
    draft = round.entries.order_by("pk").first().revision
    return designs.set_pin(
        placement=draft.placements.get(),
        spot=Spot(10, 10),
        author=cast.person("Ada"),
        body="Too wide.",
        now=timezone.now(),
        client_key=uuid.uuid4(),
    )


def answered(pin):
    made = cast.revision(pin.design, "Narrower.")
    designs.carry_pins(made)
    designs.answer_pins(revision=made, pins=[pin.pk], actor="user:1", now=timezone.now())


def step(client, round, name):
    return client.post(f"/m/weft/rounds/{round.pk}/{name}/", follow=True).content.decode()


def test_the_brand_reads_which_pins_are_in_the_way(sign_in, round, pin):
    mei = sign_in(cast.person("Mei"))
    page = step(mei, round, "open")
    assert "waits until every pin on its drafts is answered" in page
    assert f"No. {pin.design.number:04d} (1)" in page
    round.refresh_from_db()
    assert round.state == Round.State.DRAFT and round.rules_hash == ""
    answered(pin)
    assert "waits until every pin" not in step(mei, round, "open")
    round.refresh_from_db()
    assert round.state == Round.State.OPEN


def test_a_disputed_answer_holds_it_up_again_and_a_silent_author_does_not(round, pin):
    answered(pin)
    assert gate.why_waiting(round) == ""
    pin.refresh_from_db()
    author = cast.person("Ada")
    designs.judge_pin(pin=pin, user=author, is_right=False, now=timezone.now())
    assert list(gate.open_pins(round).values()) == [1]


def test_a_round_that_does_not_wait_opens_beside_open_pins(round, pin):
    Round.objects.filter(pk=round.pk).update(waits_for_pins=False)
    round.refresh_from_db()
    actions.open_round(round=round, actor="user:1")
    assert round.state == Round.State.OPEN


def test_an_announced_round_waits_and_opens_by_itself_when_they_are_answered(round, pin):
    now = timezone.now()
    Round.objects.filter(pk=round.pk).update(
        state=Round.State.SCHEDULED, opens_at=now - dt.timedelta(minutes=1)
    )
    ticks.open_due_rounds(now)
    round.refresh_from_db()
    assert round.state == Round.State.SCHEDULED and round.held_up_at
    answered(pin)
    ticks.open_due_rounds(now)
    round.refresh_from_db()
    assert round.state == Round.State.OPEN
