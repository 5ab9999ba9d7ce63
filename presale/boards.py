"""What a brand's console shows: what needs somebody, the next step of each thing, the figures."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.toile import money, number
from designs.models import Brief, Design
from fans.models import Brand
from presale import pages
from presale.models import Campaign, Obligation, PreOrder, RefundObligation
from presale.states import COUNTED, ENDED_CAMPAIGNS, FULLY_PAID, HOLDING, UNPAID_BALANCE
from voting.actions.rounds import lacking_drafts
from voting.models import Choice, Entry, Round

State = Campaign.State
# An update at least so often while something is made; longer silence is shown to the brand.
UPDATE_RHYTHM = dt.timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """A link that is the one next thing to do."""

    label: str
    url: str


@dataclass(frozen=True)
class Need:
    """Something that waits for a person of the brand."""

    text: str
    step: Step
    tone: str = "hold"


@dataclass(frozen=True)
class Row:
    """A brief, round or campaign in a list, with its phase and its one primary step."""

    title: str
    url: str
    phase: str
    tone: str
    facts: list[str]
    step: Step | None = None
    until: dt.datetime | None = None
    zone: str = ""


@dataclass(frozen=True)
class Board:
    """The home of a brand's console."""

    needs: list[Need]
    briefs: list[Row]
    rounds: list[Row]
    campaigns: list[Row]
    follows: int = 0


def board(brand: Brand, now: dt.datetime) -> Board:
    """Everything of a brand: what waits, and in each list what goes on before what is over."""
    campaigns = list(brand.campaigns.select_related("brand", "revision__design").order_by("-pk"))
    rounds = _rounds(brand)
    briefs = list(brand.briefs.order_by("-pk"))
    campaigns.sort(key=lambda one: one.state in (*ENDED_CAMPAIGNS, State.COMPLETED))
    rounds.sort(key=lambda one: one.state in (Round.State.CLOSED, Round.State.CANCELLED))
    briefs.sort(key=lambda one: one.state == Brief.State.CLOSED)
    needs = [*_round_needs(rounds, campaigns), *_campaign_needs(campaigns, now)]
    return Board(
        needs=[*needs, *_brief_needs(briefs)],
        briefs=[_brief_row(brief) for brief in briefs],
        rounds=[_round_row(one) for one in rounds],
        campaigns=[campaign_row(campaign, now) for campaign in campaigns],
        follows=brand.follows.count(),
    )


def address(name: str, *args: object) -> str:
    """The address of a page of another app; "" while there is no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# -- Campaigns ------------------------------------------------------------------------------
def campaign_row(campaign: Campaign, now: dt.datetime) -> Row:
    """One campaign in the list."""
    ladder = pages.ladder_view(campaign)
    phase = pages.phase(campaign, now, ladder.units)
    price = money(ladder.now_unit_minor, campaign.currency)
    return Row(
        title=campaign.title,
        url=_manage(campaign),
        phase=phase.label,
        tone=phase.tone,
        facts=[
            ngettext("%(n)s unit", "%(n)s units", ladder.units) % {"n": ladder.units},
            _("minimum %(n)s") % {"n": campaign.minimum},
            _("price %(price)s") % {"price": price},
        ],
        step=campaign_step(campaign),
        until=phase.date,
        zone=campaign.time_zone,
    )


def campaign_step(campaign: Campaign) -> Step | None:
    """The one primary action of a campaign in its phase."""
    slug, pk = campaign.brand.slug, campaign.pk
    names = {
        State.DRAFT: (_("Review and publish"), "presale:campaign-review"),
        State.OPEN: (_("Post an update"), "presale:update-new"),
        State.DECISION: (_("Decide"), "presale:campaign-proceed"),
        State.SHIPPING: (_("Mark parcels"), "presale:shipments"),
    }
    if campaign.state == State.PRODUCTION:
        made = campaign.sheets.exists()
        names[State.PRODUCTION] = (
            (_("Mark parcels"), "presale:shipments")
            if made
            else (_("Production sheet"), "presale:sheet")
        )
    found = names.get(State(campaign.state))
    if found:
        return Step(found[0], reverse(found[1], args=[slug, pk]))
    if campaign.state == State.BALANCE:
        url = reverse("presale:orders", args=[slug, pk]) + "?state=balance-due"
        return Step(_("See unpaid balances"), url)
    return None


def _manage(campaign: Campaign) -> str:
    return reverse("presale:campaign-manage", args=[campaign.brand.slug, campaign.pk])


def _campaign_needs(campaigns: list[Campaign], now: dt.datetime) -> list[Need]:
    found = []
    for campaign in campaigns:
        text, tone = _campaign_need(campaign, now)
        step = campaign_step(campaign)
        if text and step:
            found.append(Need(text % {"title": campaign.title}, step, tone))
        found += _order_needs(campaign)
    return found


def _campaign_need(campaign: Campaign, now: dt.datetime) -> tuple[str, str]:
    if campaign.state == State.DRAFT:
        return _("%(title)s is a draft; fans cannot see it yet."), "hold"
    if campaign.state == State.DECISION:
        return _("%(title)s has too few paid balances. Decide within 7 days."), "signal"
    if campaign.state == State.PRODUCTION and not campaign.sheets.exists():
        return _("%(title)s is ready for the factory."), "hold"
    waiting = campaign.orders.filter(state=PreOrder.State.IN_PRODUCTION).exists()
    if campaign.state == State.SHIPPING and waiting:
        return _("%(title)s has orders that are not sent yet."), "hold"
    return "", ""


def _order_needs(campaign: Campaign) -> list[Need]:
    found = []
    orders = reverse("presale:orders", args=[campaign.brand.slug, campaign.pk])
    held = campaign.orders.exclude(hold_reason="").count()
    if held:
        text = ngettext("%(n)s order is on hold.", "%(n)s orders are on hold.", held)
        found.append(Need(text % {"n": held}, Step(_("See orders"), orders), "signal"))
    stuck = RefundObligation.objects.filter(
        order__campaign=campaign, state=RefundObligation.State.MANUAL
    ).count()
    if stuck:
        text = ngettext(
            "%(n)s refund needs the operator.", "%(n)s refunds need the operator.", stuck
        )
        found.append(Need(text % {"n": stuck}, Step(_("See orders"), orders), "signal"))
    return found


def is_silent(campaign: Campaign, now: dt.datetime) -> bool:
    """Whether fans have waited longer for news than the promised rhythm while it is made."""
    if campaign.state not in (State.PRODUCTION, State.SHIPPING):
        return False
    last = campaign.updates.aggregate(last=Max("posted_at"))["last"]
    since = last or campaign.balance_closes_at or campaign.closes_at
    return now - since > UPDATE_RHYTHM


# -- Rounds and briefs ----------------------------------------------------------------------
def _rounds(brand: Brand) -> list[Round]:
    """The rounds of the brand with `decided` and `waiting`: whether drafts are decided, or not."""
    entries = Entry.objects.filter(round=OuterRef("pk"))
    waiting = Exists(entries.filter(outcome=Entry.Outcome.PENDING))
    decided = Exists(entries.exclude(outcome=Entry.Outcome.PENDING))
    rounds = Round.objects.filter(brief__brand=brand).select_related("brief__brand")
    return list(rounds.annotate(waiting=waiting, decided=decided).order_by("-pk"))


def _round_needs(rounds: list[Round], campaigns: list[Campaign]) -> list[Need]:
    found = []
    sold = {campaign.revision_id for campaign in campaigns if campaign.state != State.CANCELLED}
    closed = [one for one in rounds if one.state == Round.State.CLOSED]
    winners = Entry.objects.filter(round__in=closed, outcome=Entry.Outcome.WINNER)
    won = list(winners.select_related("revision__design"))
    lacking = lacking_drafts(one for one in rounds if one.state == Round.State.SCHEDULED)
    for one in rounds:
        if one.pk in lacking:
            text = _("%(title)s cannot open: it has fewer than two drafts.") % {"title": one.title}
            url = address("voting:round-manage", one.brief.brand.slug, one.pk)
            found.append(Need(text, Step(_("Choose drafts"), url), "signal"))
    for one in closed:
        slug = one.brief.brand.slug
        if one.waiting and not _is_decided(one):  # type: ignore[attr-defined]
            url = address("voting:round-manage", slug, one.pk)
            text = _("%(title)s is closed. Say what comes of it.") % {"title": one.title}
            found.append(Need(text, Step(_("Decide"), url)))
        for winner in won:
            if winner.round_id != one.pk or winner.revision_id in sold:
                continue
            url = reverse("presale:campaign-new", args=[slug, winner.pk])
            text = _("%(title)s has won and is no pre-order yet.") % {
                "title": winner.revision.design.title
            }
            found.append(Need(text, Step(_("Make the winner a pre-order"), url)))
    return found


def _is_decided(one: Round) -> bool:
    return bool(one.decided)  # type: ignore[attr-defined]


def _brief_needs(briefs: list[Brief]) -> list[Need]:
    found = []
    for brief in briefs:
        waiting = brief.designs.filter(state=Design.State.SUBMITTED).count()
        running = brief.rounds.exclude(
            state__in=[Round.State.CLOSED, Round.State.CANCELLED]
        ).exists()
        if not waiting or running:
            continue
        url = address("voting:round-new", brief.brand.slug, brief.pk)
        text = ngettext(
            "%(n)s draft for %(title)s waits for a round.",
            "%(n)s drafts for %(title)s wait for a round.",
            waiting,
        ) % {"n": waiting, "title": brief.title}
        found.append(Need(text, Step(_("Plan a round"), url)))
    return found


def _brief_row(brief: Brief) -> Row:
    drafts = brief.designs.exclude(state=Design.State.WITHDRAWN).count()
    slug = brief.brand.slug
    manage = address("designs:brief-manage", slug, brief.pk)
    tone = {"open": "good", "draft": "hold"}.get(brief.state, "quiet")
    return Row(
        title=brief.title,
        url=manage,
        phase=str(brief.get_state_display()),
        tone=tone,
        facts=[ngettext("%(n)s draft", "%(n)s drafts", drafts) % {"n": drafts}],
        step=_brief_step(brief, drafts, manage),
        until=brief.closes_at if brief.state == Brief.State.OPEN else None,
        zone=brief.brand.time_zone,
    )


def _brief_step(brief: Brief, drafts: int, manage: str) -> Step | None:
    if brief.state == Brief.State.DRAFT:
        return Step(_("Open it"), manage)
    if drafts and not brief.rounds.exclude(state=Round.State.CANCELLED).exists():
        return Step(_("Plan a round"), address("voting:round-new", brief.brand.slug, brief.pk))
    if brief.state == Brief.State.OPEN and not drafts:
        return Step(_("Share it"), address("designs:brief", brief.pk))
    return None


def _round_row(one: Round) -> Row:
    slug = one.brief.brand.slug
    manage = address("voting:round-manage", slug, one.pk)
    tones = {"open": "good", "draft": "hold", "scheduled": "hold", "cancelled": "signal"}
    facts = [
        one.brief.title,
        ngettext("%(n)s voter", "%(n)s voters", one.voters) % {"n": number(one.voters)},
    ]
    step = None
    if one.state == Round.State.DRAFT:
        step = Step(_("Open it"), manage)
    elif one.state == Round.State.OPEN:
        seen = one.results == Round.Results.ALWAYS
        step = Step(_("See the votes") if seen else _("See the round"), manage)
    elif one.state == Round.State.CLOSED:
        step = None if _is_decided(one) else Step(_("Decide"), manage)
    return Row(
        title=one.title,
        url=manage or address("voting:round", one.pk),
        phase=str(one.get_state_display()),
        tone=tones.get(one.state, "quiet"),
        facts=facts,
        step=step,
        until=one.closes_at if one.state in (Round.State.OPEN, Round.State.SCHEDULED) else None,
        zone=one.time_zone,
    )


# -- One campaign ---------------------------------------------------------------------------
@dataclass(frozen=True)
class FunnelStep:
    """People at one stage, and how many that is for 100 who voted."""

    label: str
    people: int
    share: float | None
    width: str


@dataclass(frozen=True)
class Figures:
    """What the campaign page of the console says in numbers."""

    orders: int
    units: int
    deposits_minor: int
    balances_minor: int
    unpaid: int
    refunds: int
    paid_units: int
    funnel: list[FunnelStep] = field(default_factory=list)


def figures(campaign: Campaign) -> Figures:
    """Counted from the rows, not from anything kept beside them."""
    orders = campaign.orders
    paid_deposits = Obligation.objects.filter(
        order__campaign=campaign,
        kind=Obligation.Kind.DEPOSIT,
        state=Obligation.State.SATISFIED,
    )
    paid = Obligation.objects.filter(
        order__campaign=campaign, state=Obligation.State.SATISFIED
    ).aggregate(
        deposits=Sum("amount_minor", filter=Q(kind="deposit")),
        balances=Sum("amount_minor", filter=Q(kind="balance")),
    )
    standing = orders.filter(state__in=COUNTED)
    if campaign.state in ENDED_CAMPAIGNS:
        # They stood until all were given back at once.
        standing = orders.filter(pk__in=paid_deposits.values("order"))
    paid_units = orders.filter(state__in=FULLY_PAID).aggregate(n=Sum("lines__quantity"))["n"]
    return Figures(
        orders=standing.count(),
        units=standing.aggregate(n=Sum("lines__quantity"))["n"] or 0,
        deposits_minor=paid["deposits"] or 0,
        balances_minor=paid["balances"] or 0,
        unpaid=orders.filter(state__in=UNPAID_BALANCE).count(),
        refunds=RefundObligation.objects.filter(order__campaign=campaign).count(),
        paid_units=paid_units or 0,
        funnel=funnel(campaign),
    )


def stakes(campaign: Campaign) -> list[tuple[str, str]]:
    """What a decision about the campaign is about, in words and figures."""
    seen = figures(campaign)
    return [
        (_("Orders"), number(seen.orders)),
        (_("Units"), number(seen.units)),
        (_("Deposits paid"), money(seen.deposits_minor, campaign.currency)),
        (_("Balances paid"), money(seen.balances_minor, campaign.currency)),
    ]


def funnel(campaign: Campaign) -> list[FunnelStep]:
    """Voters of the deciding round, those who would buy, who paid a deposit, who paid in full."""
    round_id = campaign.won_round_id
    wished = (
        Choice.objects.filter(
            ballot__round_id=round_id,
            ballot__is_confirmed=True,
            ballot__is_live=True,
            ballot__is_quarantined=False,
            would_buy=True,
            entry__revision_id=campaign.revision_id,
        ).aggregate(n=Count("ballot", distinct=True))["n"]
        if round_id
        else 0
    )
    # Also those who were refunded later: they went this far.
    deposit_paid = Q(
        obligations__kind=Obligation.Kind.DEPOSIT,
        obligations__state=Obligation.State.SATISFIED,
    )
    people = campaign.orders.aggregate(
        deposit=Count("person", filter=deposit_paid, distinct=True),
        paid=Count("person", filter=Q(state__in=FULLY_PAID), distinct=True),
    )
    stages = [
        (_("Voted"), pages.voters_of(campaign)),
        (_("Would buy"), wished),
        (_("Paid a deposit"), people["deposit"]),
        (_("Paid in full"), people["paid"]),
    ]
    most = max([n for _label, n in stages] + [1])
    voted = stages[0][1]
    return [
        FunnelStep(
            label,
            n,
            # More than voted came from elsewhere too: that is no share of the voters any more.
            100 * n / voted if at and voted >= n and voted else None,
            f"{100 * n / most:.1f}",
        )
        for at, (label, n) in enumerate(stages)
    ]


def filtered_orders(
    campaign: Campaign, *, state: str, variant_id: int | None, search: str
) -> QuerySet[PreOrder]:
    """The orders table: by state, by variant, by a word of number, name or e-mail."""
    orders = (
        campaign.orders.select_related("shipment", "user")
        .prefetch_related("lines__variant")
        .order_by("-created_at", "-pk")
    )
    never_paid = PreOrder.State.EXPIRED
    orders = orders.filter(state=state) if state else orders.exclude(state=never_paid)
    if variant_id:
        orders = orders.filter(lines__variant_id=variant_id)
    if search:
        orders = orders.filter(
            Q(number__icontains=search) | Q(name__icontains=search) | Q(email__icontains=search)
        )
    return orders


def held_units(campaign: Campaign) -> int:
    """Units that orders hold now, paid or being paid."""
    return campaign.orders.filter(state__in=HOLDING).aggregate(n=Sum("lines__quantity"))["n"] or 0
