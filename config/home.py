"""What stands on the first page, gathered from rounds and campaigns."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import now
from designs.models import Brief
from fans.models import Brand, User
from fans.voters import voter_of
from presale.models import Campaign, PreOrder
from voting import access, cards, queries
from voting.methods import method_of
from voting.models import Round
from voting.views.rounds import round_context

DRAFTS = 4
STRIP = 3
AWAY = dt.timedelta(minutes=30)
FIRST_LOOK_BACK = dt.timedelta(days=14)
MADE = (Campaign.State.PRODUCTION, Campaign.State.SHIPPING, Campaign.State.COMPLETED)


@dataclass(frozen=True)
class News:
    """One line of "since you were here"."""

    icon: str
    text: str
    view: str
    key: object


def context(request: HttpRequest, seed: str) -> dict[str, Any]:
    """Everything on the page; empty lists where there is nothing."""
    rounds = list(queries.open_rounds()[:12])
    shown = _round_to_vote(request, rounds)
    campaigns = Campaign.objects.select_related("brand", "revision__design")
    running = campaigns.filter(state=Campaign.State.OPEN).order_by("closes_at", "pk")
    made = campaigns.filter(state__in=MADE, won_round__isnull=False).select_related("won_round")
    found: dict[str, Any] = {
        "round": shown,
        "more_rounds": queries.with_pictures([one for one in rounds if one != shown][:3]),
        "coming": [] if shown else queries.with_pictures(queries.coming_rounds()[:3]),
        "campaigns": list(running[:3]),
        "made": list(made.order_by("-closes_at", "-pk")[:3]),
        "news": _news(request),
    }
    found["first_steps"] = [] if any(found.values()) else _first_steps()
    if shown:
        found |= round_context(request, shown, voter_of(request), seed)
        found["all_drafts"] = len(found["cards"])
        found["cards"] = found["cards"][:DRAFTS]
        found["shown"] = shown_entries(shown, found["viewer"])
    return found


def shown_entries(round: Round, viewer: cards.Viewer) -> list[int]:
    """The entries whose cards are on the page, so that an answer brings no other tallies."""
    found = cards.ordered(cards.slots(round), round, viewer, cards.SHUFFLED)
    return [slot.pk for slot in found[:DRAFTS]]


def _round_to_vote(request: HttpRequest, rounds: list[Round]) -> Round | None:
    """The first to close in which this visitor may vote; any open one where there is none.

    Of those that are voted on by their cards: in pairs one judges on a page of its own.
    """
    voter = voter_of(request)
    on_cards = [one for one in rounds if not method_of(one).page]
    votable = (one for one in on_cards if access.may_vote(one, request.user, voter) is None)
    return next(votable, on_cards[0] if on_cards else None)


def _first_steps() -> list[dict[str, Any]]:
    """What an empty installation needs before anybody can vote."""
    brands = Brand.objects.filter(state=Brand.State.APPROVED)
    return [
        {
            "label": _("An operator signs in"),
            "note": "manage.py createsuperuser",
            "done": User.objects.filter(is_staff=True).exists(),
        },
        {"label": _("A brand applies, the operator approves"), "done": brands.exists()},
        {
            "label": _("The brand opens a brief, designers answer"),
            "done": Brief.objects.filter(state=Brief.State.OPEN).exists(),
        },
        {"label": _("The brand opens a round"), "done": False},
    ]


def _news(request: HttpRequest) -> list[News]:
    """At most three things that happened since the last visit and concern this person."""
    if not request.user.is_authenticated:
        return []
    since = _last_visit(request)
    found = [*_due(request.user), *_counted(request.user, since), *_sold(request.user, since)]
    return found[:STRIP]


def _last_visit(request: HttpRequest) -> dt.datetime:
    """When the visit before this one ended; a visit ends after half an hour of silence."""
    at, kept = now(), request.session.get("visit", {})
    seen = dt.datetime.fromisoformat(kept["seen"]) if kept else at - FIRST_LOOK_BACK
    before = dt.datetime.fromisoformat(kept["before"]) if kept else seen
    if at - seen > AWAY:
        before = seen
    # Written once in some minutes, so that looking around does not write the session each time.
    if not kept or at - seen > AWAY / 6:
        request.session["visit"] = {"seen": at.isoformat(), "before": before.isoformat()}
    return before


def _due(user: User) -> list[News]:
    states = (PreOrder.State.BALANCE_DUE, PreOrder.State.ACTION_NEEDED)
    orders = PreOrder.objects.filter(user=user, state__in=states).select_related("campaign")
    return [
        News(
            "credit-card",
            _("Balance due: %(title)s") % {"title": order.campaign.title},
            "presale:order",
            order.code,
        )
        for order in orders.order_by("pk")[:STRIP]
    ]


def _counted(user: User, since: dt.datetime) -> list[News]:
    rounds = queries.closed_rounds().filter(
        ballots__voter__user=user,
        ballots__is_live=True,
        ballots__is_confirmed=True,
        ballots__is_quarantined=False,
        closed_at__gt=since,
    )
    return [
        News(
            "vote",
            ngettext(
                "Counted, %(voters)s voter: %(title)s",
                "Counted, %(voters)s voters: %(title)s",
                round.voters,
            )
            % {"voters": round.voters, "title": f"{round.brief.title} · {round.title}"},
            "voting:round",
            round.pk,
        )
        for round in rounds[:STRIP]
    ]


def _sold(user: User, since: dt.datetime) -> list[News]:
    campaigns = Campaign.objects.filter(
        state=Campaign.State.OPEN,
        opens_at__gt=since,
        won_round__ballots__voter__user=user,
        won_round__ballots__is_live=True,
    )
    return [
        News(
            "package",
            _("Open for pre-order: %(title)s") % {"title": campaign.title},
            "presale:campaign",
            campaign.pk,
        )
        for campaign in campaigns.order_by("-opens_at")[:STRIP]
    ]
