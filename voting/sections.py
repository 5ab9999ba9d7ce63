"""What rounds add to pages of other apps: votes on a draft's, rounds on a brief's and a brand's."""

from typing import Any

from django.db.models import Case, QuerySet, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString

from designs import sections as design_sections
from designs.models import Brief, Design
from fans import sections as fan_sections
from fans.models import Brand, User
from fans.sections import Block
from fans.voters import voter_of
from voting import access, cards, live, queries
from voting.methods import method_of
from voting.models import Ballot, Entry, Round
from voting.states import OVER, PUBLIC, RUNNING

COUNTED = 6


def register() -> None:
    """Put the sections where they belong; called from `AppConfig.ready`."""
    design_sections.register("design", votes_of_design, order=10)
    design_sections.register("brief", rounds_of_brief, order=10)
    design_sections.register("brief-manage", rounds_to_manage, order=10)
    fan_sections.register("brand", rounds_of_brand, order=10)
    fan_sections.register("profile", own_votes, order=10)


def votes_of_design(request: HttpRequest, design: Design) -> Block | None:
    """The vote in the open round, and how the revisions did in the counted ones."""
    rows = Entry.objects.filter(revision__design=design, round__state__in=PUBLIC)
    entries = list(rows.select_related("round__brief__brand", "revision").order_by("-round__pk"))
    open_now = next((one for one in entries if one.round.is_running), None)
    past = [one for one in entries if one.round.state in OVER]
    if not open_now and not past:
        return None
    context: dict[str, Any] = {"design": design, "past": [_past(request, one) for one in past]}
    if open_now:
        context |= _open(request, open_now)
    return "voting/_design_section.html", context


def _open(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    round, voter = entry.round, voter_of(request)
    ballot, marks = queries.marks_of(round, voter)
    refusal = access.may_vote(round, request.user, voter)
    held = queries.held_ballot(round, ballot, marks)
    may_vote = round.is_open and refusal is None
    viewer = cards.Viewer(marks=marks, is_held=held is not None, may_vote=may_vote)
    full = queries.entries_with_designs(round).get(pk=entry.pk)
    visible = access.results_visible(round, voter, request.user)
    tallies = cards.fresh_tallies(round, [entry.pk], visible=visible, may_vote=refusal is None)
    return {
        **cards.vote_context(full, viewer),
        "round": round,
        "refusal": refusal,
        "rooms": live.rooms(round),
        "tally_html": SafeString(tallies.replace(' hx-swap-oob="true"', "")),
        "method": method_of(round),
        "ballot_url": reverse("voting:ballot", args=[round.pk]),
        "held": held,
        "has_ballot": bool(ballot and ballot.is_live),
    }


def _past(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    round = entry.round
    visible = access.results_visible(round, voter_of(request), request.user)
    tally = entry.tallies.filter(group=round.deciding).first() if visible else None
    return {"entry": entry, "round": round, "tally": tally}


def rounds_of_brief(request: HttpRequest, brief: Brief) -> Block | None:
    """The public rounds of a brief, the newest first."""
    return _rounds(queries.public_rounds().filter(brief=brief).order_by("-number"))


def rounds_of_brand(request: HttpRequest, brand: Brand) -> Block | None:
    """The public rounds of a brand: where one may vote, then what comes, then what is over."""
    turn = Case(
        When(state__in=RUNNING, then=0), When(state=Round.State.SCHEDULED, then=1), default=2
    )
    public = queries.public_rounds().filter(brief__brand=brand)
    return _rounds(public.order_by(turn, "-opens_at")[:6])


def _rounds(rounds: QuerySet[Round]) -> Block | None:
    found = queries.with_pictures(rounds)
    return ("voting/_rounds_section.html", {"rounds": found}) if found else None


def own_votes(request: HttpRequest, person: User) -> Block | None:
    """On one's own profile: the open rounds one votes in and the last counted ones."""
    if request.user != person:
        return None
    mine = Ballot.objects.filter(voter__user=person, is_live=True, is_confirmed=True)
    rounds = mine.values("round")
    found = [
        *queries.running_rounds().filter(pk__in=rounds),
        *queries.closed_rounds().filter(pk__in=rounds)[:COUNTED],
    ]
    return ("voting/_own_votes.html", {"rounds": found}) if found else None


def rounds_to_manage(request: HttpRequest, brief: Brief) -> Block:
    """All rounds of a brief for its brand, and the way to the next one."""
    rounds = queries.brand_rounds(brief.brand).filter(brief=brief)
    context = {"rounds": rounds, "brief": brief, "brand": brief.brand}
    return "voting/_rounds_manage.html", context
