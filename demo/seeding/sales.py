"""Pre-orders: a campaign from its winner, orders with deposits, balances, production, parcels."""

import datetime as dt
import itertools
import random
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

from demo.seeding.people import People
from demo.seeding.polls import days, on_the_hour
from demo.seeding.studio import Studio, key
from fans.models import User
from presale import queries, reports, ticks
from presale.actions import campaigns, orders, payments
from presale.actions.campaign_drafts import CampaignDraft, create_draft
from presale.actions.production import News, Parcel, freeze_sheet, mark_shipped, post_update
from presale.forms.campaign import combinations, sku_for, variant_label
from presale.models import Campaign, PreOrder, Variant
from presale.providers.demo import bank_at, bank_decide
from presale.rules import Option, Step, Terms
from voting.models import Ballot, Entry

CONSENT = "I have read the terms of this pre-order and agree to them."
ADDRESSES = {
    "CN": (("长宁区武夷路 218 弄 4 号 602 室", "上海", "200050"), ("西湖区文三路 90 号", "杭州", "310012"), ("Lane 1025, Nanjing West Road", "Shanghai", "200041")),
    "DE": (("Müllerstraße 138", "Berlin", "13353"), ("Schanzenstraße 9", "Hamburg", "20357"), ("Eigelstein 41", "Köln", "50668")),
    "US": (("1418 Prospect Avenue", "Yakima", "98902"), ("2200 NW Irving Street", "Portland", "97210"), ("57 Hayes Street", "San Francisco", "94102")),
    "FR": (("12 rue des Martyrs", "Paris", "75009"),),
    "GB": (("31 Choumert Road", "London", "SE15 4SE"),),
    "JP": (("2-14-5 Yanaka", "Tokyo", "110-0001"),),
}  # fmt: skip


@dataclass(frozen=True)
class Sale:
    """A campaign as the demo wants it; days are counted from now."""

    key: str
    title: str
    story: str
    risks: str
    promise: str
    opens: float
    closes: float
    ships: float
    minimum: int
    deposit: int
    steps: tuple[tuple[int, int], ...]
    produce_at: int = 0
    balance_days: int = 7
    limit: int = 4
    quota: int | None = 120
    countries: tuple[str, ...] = ("CN",)
    surcharges: dict[str, int] = field(default_factory=dict)


def timed(sale: Sale, now: dt.datetime, zone: str) -> Sale:
    """The campaign opening in the morning and closing in the evening of the brand's place."""
    opens = on_the_hour(now, sale.opens, 10, zone)
    return replace(sale, opens=opens, closes=on_the_hour(now, sale.closes, 20, zone))


def draft_of(sale: Sale, entry: Entry, author: User, now: dt.datetime) -> Campaign:
    """The campaign's draft, as the wizard would write it."""
    brand, revision = entry.round.brief.brand, entry.revision
    zone = ZoneInfo(brand.time_zone)
    opens, closes = days(now, sale.opens), days(now, sale.closes)
    terms = Terms(
        currency=brand.currency,
        zone_name=brand.time_zone,
        opens_at=opens,
        closes_at=closes,
        balance_days=sale.balance_days,
        ship_by=days(now, sale.ships).astimezone(zone).date(),
        minimum=sale.minimum,
        production_minimum=sale.produce_at or sale.minimum * 2 // 3,
        deposit_minor=sale.deposit,
        deposit_worth_bp=10_000,
        deposit_kind=Campaign.DepositKind.ADVANCE,
        forfeit=Campaign.Forfeit.REFUND,
        person_limit=sale.limit,
        steps=tuple(Step(units, price) for units, price in sale.steps),
        options=tuple(
            Option(
                variant_label(choices), sku_for(revision, choices),
                sum(sale.surcharges.get(value, 0) for _axis, value in choices), sale.quota, choices,
            )
            for choices in combinations(revision)
        ),
        shipping_minor=tuple(brand.zones.values_list("price_minor", flat=True)),
    )  # fmt: skip
    written = min(now, opens) - dt.timedelta(hours=6)
    return create_draft(
        entry=entry,
        draft=CampaignDraft(
            sale.title, sale.story, sale.risks, sale.promise, key("campaign", sale.key), terms
        ),
        author=author,
        now=written,
    )


def publish(sale: Sale, entry: Entry, author: User, now: dt.datetime) -> Campaign:
    """Publish the campaign; it opens at its time if that has come."""
    campaign = draft_of(sale, entry, author, now)
    opens = days(now, sale.opens)
    at = min(now, opens) - dt.timedelta(hours=3)
    campaign = campaigns.publish(campaign, actor=author.actor, now=at)
    if opens <= now:
        campaigns.open_campaign(campaign, actor="job:open_due", now=opens)
    return campaign


def gather(
    sale: Sale, campaign: Campaign, people: People, count: int, now: dt.datetime, *, until: float
) -> list[PreOrder]:
    """That many people order and pay the deposit, from the opening to that day."""
    chance = random.Random(sale.key)
    handles = [handle for handle in people.users if not handle.startswith(("olga", "carlo"))]
    chance.shuffle(handles)
    since, last = days(now, sale.opens), days(now, until)
    done = []
    for n, handle in enumerate(itertools.islice(handles, count)):
        at = since + (last - since) * (n + 0.5) / count
        units = chance.choice((1, 1, 1, 2)) if sale.limit < 4 else chance.choice((1, 1, 1, 2, 2, 3))
        country = chance.choice(sale.countries)
        done.append(order(campaign, people[handle], units, country, at, chance))
    return done


def order(
    campaign: Campaign, user: User, units: int, country: str, at: dt.datetime, chance: random.Random
) -> PreOrder:
    """Reserve, go to the bank, pay the deposit, come back."""
    campaign.refresh_from_db()
    variants = list(Variant.objects.filter(campaign=campaign))
    # The middle of a size run sells most.
    weights = [1 + min(n, len(variants) - 1 - n) for n in range(len(variants))]
    variant = chance.choices(variants, weights)[0]
    street, city, postcode = chance.choice(ADDRESSES[country])
    seen = queries.quote(campaign, [(variant, units)], country)
    ballot = Ballot.objects.filter(round=campaign.won_round, voter__user=user).first()
    placed = orders.reserve(
        campaign,
        buyer=orders.Buyer(email=user.email, user=user, language=user.language),
        address=orders.Address(
            name=user.public_name, address1=street, city=city, country=country, postcode=postcode
        ),
        wanted=[orders.Wanted(variant.pk, units)],
        total_seen_minor=seen.total_minor,
        consent_text=CONSENT,
        form_key=key("order", campaign.pk, user.pk),
        auto_charge=False,
        from_ballot=ballot,
        now=at,
    )
    with bank_at(at):
        url = payments.start_deposit(placed, now=at + dt.timedelta(seconds=20))
        return _pay(placed, url, at + dt.timedelta(seconds=70))


def _pay(placed: PreOrder, url: str, at: dt.datetime) -> PreOrder:
    bank_decide(url.rstrip("/").rpartition("/")[2], "pay", now=at)
    return payments.look_again(placed, now=at + dt.timedelta(seconds=4))


def tick(at: dt.datetime) -> None:
    """What the pre-sale's jobs would have done by then."""
    with bank_at(at):
        ticks.run_all(at)


def count(campaign: Campaign, sale: Sale, now: dt.datetime) -> None:
    """Deposits close, the campaign is counted, what follows is done at that time."""
    campaign.refresh_from_db()
    at = days(now, sale.closes) + dt.timedelta(minutes=1)
    campaigns.close_campaign(campaign, actor="job:close_due", now=at)
    tick(at)
    campaign.refresh_from_db()


def pay_balances(
    campaign: Campaign, sale: Sale, now: dt.datetime, *, part: float = 1.0, last: float = 0.9
) -> None:
    """A part of the buyers pays the balance, spread over the window."""
    due = list(campaign.orders.filter(state=PreOrder.State.BALANCE_DUE).order_by("pk"))
    chosen = due[: round(len(due) * part)]
    since = days(now, sale.closes) + dt.timedelta(hours=2)
    until = min(now, since + dt.timedelta(days=sale.balance_days * last))
    for n, placed in enumerate(chosen):
        at = since + (until - since) * (n + 0.5) / len(chosen)
        with bank_at(at):
            _pay(placed, payments.start_balance(placed, now=at), at + dt.timedelta(seconds=50))


def begin_production(campaign: Campaign, author: User, at: dt.datetime) -> None:
    """Everybody has paid: production starts, and the sheet is frozen the next day."""
    tick(at)
    campaign.refresh_from_db()
    counted = reports.count_for_production(campaign)
    freeze_sheet(
        campaign=campaign,
        seen_sha256=counted.sha256,
        seen_units=counted.units,
        author=author,
        now=at + dt.timedelta(hours=18),
    )


@dataclass(frozen=True)
class Told:
    """An update: when, at which stage, in which words, with which pictures and their words."""

    day: float
    stage: str
    title: str
    body: str
    pictures: tuple[tuple[str, str], ...] = ()


def tell(campaign: Campaign, told: Told, author: User, studio: Studio, now: dt.datetime) -> None:
    """Post an update with its pictures."""
    campaign.refresh_from_db()
    pictures = [(studio.picture(author, name), alt) for name, alt in told.pictures]
    post_update(
        campaign=campaign,
        news=News(told.stage, told.title, told.body, pictures, key("update", told.title)),
        author=author,
        now=days(now, told.day),
    )


def ship(
    campaign: Campaign, carrier: str, author: User, at: dt.datetime, *, part: float = 1.0
) -> list[PreOrder]:
    """Send a part of the parcels."""
    campaign.refresh_from_db()
    ready = list(campaign.orders.filter(state=PreOrder.State.IN_PRODUCTION).order_by("pk"))
    sent = ready[: max(1, round(len(ready) * part))]
    parcels = [
        Parcel(
            n + 1, placed.number, carrier, f"{carrier[:2].upper()}{placed.pk:06d}{7 * n % 97:02d}"
        )
        for n, placed in enumerate(sent)
    ]
    mark_shipped(campaign=campaign, parcels=parcels, author=author, now=at)
    return sent


def deliver(sent: list[PreOrder], at: dt.datetime) -> None:
    """People say that their parcel has come."""
    for placed in sent:
        orders.deliver_order(placed, actor=placed.user.actor if placed.user else "guest", now=at)
