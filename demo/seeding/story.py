"""What happens in the demo, in the order in which it is written: what the home page needs first."""

import datetime as dt
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from core.clock import now as clock_now
from core.status import finish_progress, hold_ticker, release_ticker, report_progress
from demo.catalogue import kesselhaus, larkhill, weft
from demo.catalogue.kinds import Call
from demo.drawing.appliances import Appliance
from demo.drawing.fruit import Pack
from demo.seeding import chapters, polls, sales
from demo.seeding.people import HOUSES, apply_as_newcomer, follow, make_people
from demo.seeding.polls import days, on_the_hour
from demo.seeding.studio import Studio, words_of
from designs.actions import close_brief, create_brief, open_brief
from designs.models import Brief, Design
from fans.actions import grant_points
from fans.models import User
from presale.actions import campaigns
from presale.models import Campaign
from voting.actions import schedule_round
from voting.models import Entry, Round

log = logging.getLogger(__name__)
HOLD = dt.timedelta(seconds=90)
OWNER = {"weft": "mei", "kesselhaus": "ruth", "larkhill": "hank"}
MANAGER = {"weft": "jonas", "kesselhaus": "emre", "larkhill": "rosa"}
CALLS = {
    call.key: (slug, call)
    for slug, module in (("weft", weft), ("kesselhaus", kesselhaus), ("larkhill", larkhill))
    for call in module.CALLS
}
# The order of writing is also the order of drawing.
ORDER = (
    "outerwear", "knitwear", "kettle", "shirts", "breakfast", "peaches", "cherries", "lamps",
    "coats", "carry", "trousers", "totes", "dresses", "rice", "oranges", "pears",
)  # fmt: skip


@dataclass
class Told:
    """A brief with its drafts, by key."""

    call: Call
    brief: Brief
    designs: dict[str, Design]


class Story:
    """Writes the demo chapter by chapter and says how far it is."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say = say
        self.now = clock_now()
        self.told: dict[str, Told] = {}
        self.rounds: dict[str, Round] = {}
        self.campaigns: dict[str, Campaign] = {}
        drafts = sum(len(call.drafts) for _slug, call in CALLS.values())
        zones = {slug: house["fields"]["time_zone"] for slug, house in HOUSES.items()}
        self.polls = {
            name: polls.timed(poll, self.now, zones[CALLS[name.removesuffix("-2")][0]])
            for name, poll in chapters.POLLS.items()
        }
        self.sales = {
            key: sales.timed(sale, self.now, zones[CALLS[key][0]])
            for key, sale in chapters.SALES.items()
        }
        self.done, self.total = 0, 2 + drafts + len(chapters.POLLS) - 2 + len(chapters.SALES) - 1

    def write(self) -> None:
        """Everything. The ticker rests meanwhile: it would end what lies in the past."""
        try:
            self._step("people and brands")
            self.people = make_people(self.now)
            self.studio = Studio(self.people)
            self.studio.draw_ahead(CALLS[key][1] for key in ORDER[:2])
            self._scenes()
            self.studio.draw_ahead(CALLS[key][1] for key in ORDER[2:])
            for key in ORDER:
                getattr(self, f"_{key}")()
            self._step("what else is going on")
            self._around()
        finally:
            release_ticker()
            finish_progress()
            if hasattr(self, "studio"):
                self.studio.close()

    # -- chapters --------------------------------------------------------------------------
    def _outerwear(self) -> None:
        self._drafts("outerwear", since=-9)
        self._poll("outerwear", "outerwear", closes=False)
        follow(self.people)

    def _knitwear(self) -> None:
        self._drafts("knitwear", since=-34)
        self._poll("knitwear", "knitwear")
        self._decide("knitwear", "knitwear", after=1)
        self._sell("knitwear", "knitwear", orders=24)
        self._updates("knitwear")
        winner = polls.winner(self.rounds["knitwear"]).revision.design
        designs = self.told["knitwear"].designs.items()
        others = tuple(key for key, design in designs if design.pk != winner.pk)
        self._poll("knitwear-2", "knitwear", only=others, closes=False)

    def _kettle(self) -> None:
        self._drafts("kettle", since=-116)
        self._poll("kettle", "kettle")
        self._decide("kettle", "kettle", after=1)
        self._revise("kettle", ("pine", "porcelain"), day=-87)
        self._poll("kettle-2", "kettle", only=("pine", "porcelain"))
        self._decide("kettle-2", "kettle", after=1)
        sale = self.sales["kettle"]
        campaign = self._sell("kettle", "kettle-2", orders=20)
        self._collect(campaign, sale)
        self._produce(campaign, sale)
        self._updates("kettle")

    def _shirts(self) -> None:
        self._drafts("shirts", since=-38)
        self._poll("shirts", "shirts")
        self._decide("shirts", "shirts", after=2)
        four = ("camp", "striped", "band", "dotted")
        self._revise("shirts", four, day=-9)
        self._poll("shirts-2", "shirts", only=four, closes=False)

    def _breakfast(self) -> None:
        self._drafts("breakfast", since=-8)
        self._poll("breakfast", "breakfast", closes=False)

    def _peaches(self) -> None:
        self._drafts("peaches", since=-22)
        self._poll("peaches", "peaches")
        self._decide("peaches", "peaches", after=1)
        self._sell("peaches", "peaches", orders=8)

    def _cherries(self) -> None:
        self._drafts("cherries", since=-74)
        self._poll("cherries", "cherries")
        self._decide("cherries", "cherries", after=1)
        self._revise("cherries", ("stripe-sleeve",), day=-50)
        self._poll("cherries-2", "cherries", only=("stripe-sleeve", "crate"))
        self._decide("cherries-2", "cherries", after=1)
        sale = self.sales["cherries"]
        campaign = self._sell("cherries", "cherries-2", orders=20)
        self._collect(campaign, sale)
        self._produce(campaign, sale)
        self._updates("cherries")
        author = self._author("cherries")
        sent = sales.ship(campaign, "Cascade Express", author, days(self.now, -2.5), part=0.5)
        sales.deliver(sent[: len(sent) * 2 // 3], days(self.now, -0.8))

    def _lamps(self) -> None:
        self._drafts("lamps", since=-52)
        self._poll("lamps", "lamps")
        self._decide("lamps", "lamps", after=2)
        sale = self.sales["lamps"]
        campaign = self._sell("lamps", "lamps", orders=15)
        sales.count(campaign, sale, self.now)
        sales.pay_balances(campaign, sale, self.now, part=0.45)

    def _coats(self) -> None:
        self._drafts("coats", since=-178)
        self._poll("coats", "coats")
        self._decide("coats", "coats", after=1)
        sale = self.sales["coats"]
        campaign = self._sell("coats", "coats", orders=18)
        self._collect(campaign, sale)
        self._produce(campaign, sale)
        self._updates("coats")
        sent = sales.ship(campaign, "SF Express", self._author("coats"), days(self.now, -97))
        sales.deliver(sent, days(self.now, -94))
        sales.tick(days(self.now, -79))

    def _carry(self) -> None:
        for handle, why in chapters.HELPED:
            self._grant(handle, "weft", why)
        self._drafts("carry", since=-7)
        self._poll("carry", "carry", closes=False)

    def _trousers(self) -> None:
        self._drafts("trousers", since=-20)
        self._poll("trousers", "trousers")
        wide = [self.told["trousers"].designs[key] for key in ("wide", "cargo-pants")]
        brief = self.told["trousers"].brief
        polls.plan(brief, self.polls["trousers-2"], wide, self._author("trousers"), self.now)

    def _totes(self) -> None:
        self._drafts("totes", since=-86)
        self._poll("totes", "totes")
        self._decide("totes", "totes", after=1)
        sale = self.sales["totes"]
        campaign = self._sell("totes", "totes", orders=7)
        sales.count(campaign, sale, self.now)

    def _dresses(self) -> None:
        self._drafts("dresses", since=-6)
        told, author = self.told["dresses"], self._author("dresses")
        poll = self.polls["dresses"]
        planned = polls.plan(told.brief, poll, told.designs.values(), author, self.now)
        schedule_round(round=planned, actor=author.actor, now=self.now)

    def _rice(self) -> None:
        self._drafts("rice", since=-18)
        self._poll("rice", "rice")
        self._decide("rice", "rice", after=1)
        entry = polls.winner(self.rounds["rice"])
        sales.draft_of(self.sales["rice"], entry, self._author("rice"), self.now)

    def _oranges(self) -> None:
        self._drafts("oranges", since=-48)
        self._poll("oranges", "oranges")
        self._decide("oranges", "oranges", after=1)
        campaign = self._sell("oranges", "oranges", orders=6, until=-18)
        at = days(self.now, -17)
        author = self._author("oranges")
        campaigns.cancel(campaign, actor=author.actor, reason=chapters.FROST, now=at)
        sales.tick(at + dt.timedelta(minutes=5))

    def _pears(self) -> None:
        self._drafts("pears", since=-17)
        self._poll("pears", "pears")
        self._decide("pears", "pears", after=1)
        self._sell("pears", "pears", orders=0)

    def _around(self) -> None:
        """A brief without drafts, one that is not public, and a brand that waits for approval."""
        apples = Call(
            "apples",
            "A label for the apple crate",
            "Every crate on the ridge still carries my grandfather's label: a lark, a hill, a sun that looks like an egg. Redraw it, or draw something else. Two inks, letterpress, 18 by 24 centimetres. It has to be legible from a lorry.",
            "400 dollars for the chosen label, and a crate of Honeycrisp every October for ten years.",
            (("Size", ("Half crate", "Crate")),),
            (),
        )
        grinder = Call(
            "grinder",
            "A grinder you can hear yourself think beside",
            "Not public yet: we are still measuring what the market's quietest one does. Hand or motor, burrs are ours.",
            kesselhaus.TERMS,
            (("Colour", ("Light", "Dark")),),
            (),
        )
        ruth, hank = self.people["ruth"], self.people["hank"]
        at = days(self.now, -3)
        house = self.people.brands["larkhill"]
        until = on_the_hour(self.now, 24, 20, house.time_zone)
        words = words_of(apples, days(self.now, until))
        brief = create_brief(brand=house, words=words, actor=hank, now=at)
        open_brief(brief=brief, actor=hank.actor, now=at)
        house = self.people.brands["kesselhaus"]
        create_brief(brand=house, words=words_of(grinder), actor=ruth, now=at)
        apply_as_newcomer(self.people, days(self.now, -1))

    # -- what chapters are made of -------------------------------------------------------------
    def _drafts(self, key: str, *, since: float) -> None:
        """A brief, opened that day, and its drafts, handed in over the days that follow."""
        slug, call = CALLS[key]
        author = self._author(key)
        brief = self.studio.brief(
            self.people.brands[slug], call, author.handle, days(self.now, since)
        )
        first = next(poll for name, poll in self.polls.items() if name == key)
        last = min(first.opens, 0)
        designs = {}
        for n, draft in enumerate(call.drafts):
            self._step(f"{self.people.brands[slug].name}: {call.title}")
            at = days(self.now, since + (last - since) * (n + 0.5) / (len(call.drafts) + 1))
            designs[draft.key] = self.studio.draft(brief, draft, at)
        self.told[key] = Told(call, brief, designs)
        for draft in call.drafts:
            until = days(self.now, min(first.closes, -0.02))
            more = chapters.DRAFT_TALK.get(draft.key, ())
            self.studio.talk(designs[draft.key], draft, more, days(self.now, last - 0.4), until)
        if first.closes < -30:
            closing = days(self.now, first.closes)
            close_brief(brief=brief, actor=author.actor, now=closing)

    def _poll(
        self, name: str, key: str, *, only: tuple[str, ...] = (), closes: bool = True
    ) -> None:
        """A round: opened, voted in, talked about, closed at its time if that has come."""
        told, poll = self.told[key], self.polls[name]
        self._step(f"votes: {told.call.title}")
        chosen = [told.designs[draft] for draft in only] or list(told.designs.values())
        for design in chosen:
            design.refresh_from_db()
        round = polls.run(told.brief, poll, chosen, self._author(key), self.now)
        polls.vote(round, self.people, told.call, poll, self.now)
        until = min(self.now, days(self.now, poll.closes))
        talk = chapters.ROUND_TALK.get(name, ())
        self.studio.say(
            round.thread, talk, days(self.now, poll.opens), until, hosts=("jonas", "mei", "ruth")
        )
        if closes:
            round.refresh_from_db()
            polls.close(round, poll, self.now)
        self.rounds[name] = round

    def _decide(self, name: str, key: str, *, after: float) -> None:
        """The brand decides. Where the votes fell otherwise than planned, the votes are followed."""
        told, poll = self.told[key], self.polls[name]
        outcomes, others = chapters.DECISIONS[name]
        by_title = {told.designs[draft].title: made for draft, made in outcomes.items()}
        round = self.rounds[name]
        first = polls.leader(round).revision.design.title
        is_won = any(outcome == Entry.Outcome.WINNER for outcome, _why in by_title.values())
        if is_won and first not in by_title:
            why = "Second by a few votes, and the one that we can make in time: said openly."
            by_title = {title: (outcome, why) for title, (outcome, _why) in by_title.items()}
        at = days(self.now, poll.closes + after)
        polls.decide(round, by_title, others, self._author(key), min(at, self.now))

    def _revise(self, key: str, drafts: tuple[str, ...], *, day: float) -> None:
        """Designers hand in Revision 2."""
        told = self.told[key]
        for n, draft in enumerate(told.call.drafts):
            if draft.key in drafts:
                design = told.designs[draft.key]
                design.refresh_from_db()
                self.studio.revise(design, draft, days(self.now, day + n * 0.2))

    def _sell(
        self, key: str, round_name: str, *, orders: int, until: float | None = None
    ) -> Campaign:
        """The winner becomes a campaign, and people order."""
        sale = self.sales[key]
        self._step(f"orders: {sale.title}")
        entry = polls.winner(self.rounds[round_name])
        campaign = sales.publish(sale, entry, self._author(key), self.now)
        last = until if until is not None else min(sale.closes, -0.01)
        if orders:
            sales.gather(sale, campaign, self.people, orders, self.now, until=last)
        talk = chapters.CAMPAIGN_TALK.get(key, ())
        since = days(self.now, min(sale.opens, -0.5))
        hosts = ("lin", "jonas", "frieda", "emre", "hank", "rosa")
        self.studio.say(campaign.thread, talk, since, days(self.now, -0.05), hosts=hosts)
        self.campaigns[key] = campaign
        return campaign

    def _collect(self, campaign: Campaign, sale: sales.Sale) -> None:
        """Deposits close, balances are paid."""
        sales.count(campaign, sale, self.now)
        sales.pay_balances(campaign, sale, self.now)

    def _produce(self, campaign: Campaign, sale: sales.Sale) -> None:
        """Everything is paid: production begins, the sheet is frozen."""
        at = days(self.now, sale.closes + sale.balance_days)
        sales.begin_production(campaign, self._author(sale.key), at)

    def _updates(self, key: str) -> None:
        for told in chapters.UPDATES[key]:
            sales.tell(self.campaigns[key], told, self._author(key), self.studio, self.now)

    def _scenes(self) -> None:
        kettle = Appliance("gooseneck", "#2f5a50")
        colours = ("#2f5a50", "#efe8da", "#35695c", "#3d4650")
        self.studio.scene("knit-spools", "spools")
        self.studio.scene("kettle-line", "line", thing=kettle, colours=colours)
        self.studio.scene("kettle-pallet", "pallet", name="KESSELHAUS", ink="#2f5a50")
        self.studio.scene("cherry-crates", "orchard", pack=Pack("crate"))
        self.studio.scene("cherry-belt", "sorting")
        self.studio.scene("coat-rolls", "rolls")
        self.studio.scene("coat-cutting", "cutting-table", cloth="#3b4049")
        self.studio.scene("coat-parcel", "parcel", colour="#3b4049")

    def _grant(self, handle: str, slug: str, why: str) -> None:
        grant_points(
            user=self.people[handle], brand=self.people.brands[slug], points=40, reason=why,
            actor=self.people[OWNER[slug]].actor, at=days(self.now, -8),
        )  # fmt: skip

    def _author(self, key: str) -> User:
        slug, _call = CALLS[key]
        chance = random.Random(key)
        return self.people[chance.choice((OWNER[slug], MANAGER[slug]))]

    def _step(self, text: str) -> None:
        """Say what comes next, and keep the ticker at rest for another while."""
        hold_ticker(clock_now() + HOLD)
        report_progress(self.done, self.total, text)
        self.say(f"{self.done:3d}/{self.total}  {text}")
        self.done = min(self.done + 1, self.total)
