"""Nobody at the brand has a counted ballot, also who joined it after voting."""

import datetime as dt

import pytest
from django.utils import timezone

from fans.actions import team
from fans.models import Contribution, Invitation, Membership
from tests import cast
from voting import actions, verify
from voting.actions import closing
from voting.models import Ballot, BallotLog, Tally
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    """An open round in which Ada and Omar voted for the first draft."""
    made = cast.voting_round()
    for name in ("Ada", "Omar"):
        vote(made, name)
    return made


def vote(of, name):
    who = cast.voter(cast.person(name))
    return apply_batch([Change(of.pk, who.pk, of.entries.first().pk, supports=True)])


def join(client, sign_in, name, brand):
    now = timezone.now()
    offer = Invitation.objects.create(
        brand=brand,
        email=cast.person(name).email,
        role="manager",
        invited_by=brand.applicant,
        created_at=now,
        expires_at=now + dt.timedelta(days=1),
    )
    page = sign_in(cast.person(name)).get(f"/invitations/{offer.code}/").content.decode()
    assert "your votes in the open rounds of Weft are taken back" in page
    client.post(f"/invitations/{offer.code}/")
    assert Membership.objects.filter(user=cast.person(name), brand=brand).exists()


def voters(of):
    of.refresh_from_db()
    return of.voters, of.entries.first().support


def findings():
    checks = [
        verify.counters,
        verify.log_chain,
        verify.replay,
        verify.in_time,
        verify.no_members,
        verify.tallies,
    ]
    return [line for check in checks for line in check().findings]


def test_who_joins_the_team_takes_their_votes_out_of_its_open_rounds(client, sign_in, it):
    join(client, sign_in, "Ada", it.brief.brand)
    assert voters(it) == (1, 1)
    ballot = Ballot.objects.get(voter__user=cast.person("Ada"))
    assert not ballot.is_live and not ballot.choices.exists()
    log = BallotLog.objects.filter(ballot=ballot).order_by("seq")
    cast_, taken = log.values_list("choices", flat=True)
    assert taken == [{"entry": one["entry"]} for one in cast_]
    assert findings() == []


def test_rounds_of_other_brands_and_counted_ones_keep_the_vote(client, sign_in, it):
    other = cast.voting_round(cast.brief(cast.brand("Kettle", "Ruth")))
    vote(other, "Ada")
    cast.close(it)
    join(client, sign_in, "Ada", it.brief.brand)
    assert (voters(other), voters(it)) == ((1, 1), (2, 2))
    assert Tally.objects.get(group="all", entry=it.entries.first()).voters == 2
    assert findings() == []


def test_the_close_counts_no_member_however_they_became_one(it):
    Membership.objects.create(
        user=cast.person("Ada"), brand=it.brief.brand, role="designer", since=timezone.now()
    )
    assert [line for line in findings() if "is a member's" in line]
    cast.close(it)
    tally = Tally.objects.get(group="all", entry=it.entries.first())
    assert (tally.support, tally.voters, voters(it)) == (1, 1, (1, 1))
    voted = Contribution.objects.filter(kind=Contribution.Kind.VOTED)
    assert [row.user for row in voted] == [cast.person("Omar")]
    assert findings() == []


def test_a_round_that_is_over_is_left_to_its_close(it):
    over = timezone.now() + dt.timedelta(days=8)
    actions.take_back_ballots(brand=it.brief.brand, user_id=cast.person("Ada").pk, now=over)
    assert voters(it) == (2, 2)


def test_the_close_holds_the_team_before_the_round(it, monkeypatch):
    taken = []
    hold, lock = closing.hold_team, closing.lock_rounds
    monkeypatch.setattr(closing, "hold_team", lambda pk: taken.append(("team", pk)) or hold(pk))
    monkeypatch.setattr(closing, "lock_rounds", lambda pks: taken.append("round") or lock(pks))
    cast.close(it)
    assert taken == [("team", it.brief.brand_id), "round"]


def test_who_waited_for_a_close_joined_after_it(it, monkeypatch):
    """The request came before the close; the row of the team was free only after it."""
    asked = timezone.now()
    hold = team.hold_team

    def after_the_close(brand_id):
        cast.close(it)
        hold(brand_id)

    monkeypatch.setattr(team, "hold_team", after_the_close)
    member = team.accept_invitation(invitation=invited(it), user=cast.person("Ada"), now=asked)
    assert asked < it.closed_at < member.since
    assert (voters(it), findings()) == ((2, 2), [])


def invited(of):
    return Invitation.objects.create(
        brand=of.brief.brand,
        email=cast.person("Ada").email,
        role="manager",
        invited_by=of.brief.brand.applicant,
        created_at=timezone.now(),
        expires_at=timezone.now() + dt.timedelta(days=1),
    )
