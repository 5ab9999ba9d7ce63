"""A small world in which every page has something to show: each phase of rounds and orders."""

import functools
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from designs.actions import post_comment, set_pin
from designs.models import Brief, Design, Picture
from designs.pictures import variants_folder
from designs.places import Spot
from fans.actions import confirm_address, invite_member
from fans.models import Brand, Membership
from presale import reports, ticks
from presale.actions import gifts, orders, payments, waiting
from presale.actions.buyers import Buyer
from presale.actions.delays import state_delay
from presale.actions.production import News, freeze_sheet, post_update
from presale.models import Campaign
from presale.paylinks import pay_link
from tests import cast
from tests import pictures as made
from tests.presale import house
from voting.models import Entry, Round
from voting.writer import Change, apply_batch

PEOPLE = ("Ada", "Kenji", "Omar")


@dataclass
class World:
    """Its things by name; `at(page, ...)` is the address of a page of them."""

    house: Brand
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None


def build() -> World:
    """Everything at once; takes a few seconds."""
    world = World(cast.brand())
    cast.operator()
    cast.brand("Kettle", "Ruth")
    cast.fan(world.house)
    cast.honorary(world.house)
    _rounds(world)
    _campaigns(world)
    _people(world)
    _picture_files()
    return world


def _rounds(world: World) -> None:
    brief = cast.brief(world.house)
    world.things["brief"] = brief
    world.things["draft_brief"] = cast.brief(world.house, title="Later", state=Brief.State.DRAFT)
    world.things["open"] = cast.voting_round(brief, drafts=6)
    world.things["pairs"] = cast.voting_round(
        cast.brief(world.house), drafts=4, method=Round.Method.PAIRWISE, parameters={"top": 1}
    )
    world.things["closed"] = _closed(cast.voting_round(cast.brief(world.house)))
    decided = _closed(cast.voting_round(cast.brief(world.house)))
    for entry in decided.entries.select_related("revision__design"):
        entry.outcome, entry.outcome_reason = Entry.Outcome.WINNER, "It leads."
        entry.decided_at = timezone.now()
        entry.save()
        break
    world.things["decided"] = decided
    world.things["winner"] = entry
    for state in (Round.State.DRAFT, Round.State.SCHEDULED, Round.State.CANCELLED):
        later = {"opens_at": timezone.now() + 2 * house.DAY}
        world.things[f"{state}_round"] = cast.voting_round(
            cast.brief(world.house), state=state, **later
        )
    design = world.open.entries.first().revision.design
    cast.revision(design, "A longer hem")
    world.things["design"] = design
    world.things["revised"] = cast.design(brief, "In the works")
    Design.objects.filter(pk=world.revised.pk).update(state=Design.State.TO_REVISE)
    world.things["pin"] = _pin(design, "Ada", "The sleeve is too wide.", Spot(2500, 3000))
    _pin(design, "Kenji", "A larger pocket.", Spot(6000, 6000, 2000, 1500))
    world.things["comment"] = _comment(design.thread, "Ada", "Could the hood come off?")


def _closed(it: Round) -> Round:
    for count, entry in enumerate(it.entries.order_by("-pk")):
        for name in PEOPLE[: count + 1]:
            who = cast.voter(cast.person(name))
            apply_batch([Change(it.pk, who.pk, entry.pk, supports=True)])
    cast.close(it, "Everybody has voted.")
    return it


def _pin(design: Design, name: str, body: str, spot: Spot) -> Any:
    newest = design.revisions.order_by("number").last()
    assert newest
    return set_pin(
        placement=newest.placements.get(),
        spot=spot,
        author=cast.person(name),
        body=body,
        now=timezone.now(),
        client_key=uuid.uuid4(),
    )


def _comment(thread: Any, name: str, body: str) -> Any:
    return post_comment(
        thread=thread,
        author=cast.person(name),
        body=body,
        now=timezone.now(),
        client_key=uuid.uuid4(),
    )


def _campaigns(world: World) -> None:
    things, now = world.things, timezone.now()
    things["draft"] = house.draft()
    shop = things["shop"] = house.opened()
    _comment(shop.thread, "Ada", "Is the zip metal?")
    things["reserved"] = house.reserved(shop, "Omar")
    things["bank"] = house.ref_of(payments.start_deposit(things["reserved"], now=now))
    things["deposited"] = house.deposited(shop, "Ada")
    failed = house.opened(minimum=9)
    things["refunded"] = house.deposited(failed, "Ada")
    things["failed"] = house.counted(failed)
    balance = house.opened()
    for name in ("Ada", "Kenji"):
        things["due"] = house.deposited(balance, name)
    things["balance"] = house.counted(balance)
    owed = things["due"].obligations.get(kind="balance")
    things["pay_token"] = pay_link(owed).rstrip("/").rpartition("/")[2]
    things["making"] = _production(world)
    _asked(world)
    _waiting(world)


def _asked(world: World) -> None:
    """A gift, and a campaign whose buyers are asked whether they wait for a later date."""
    now = timezone.now()
    world.things["gift"] = gifts.wrap(
        house.deposited(world.shop, "Kenji"),
        giver="Kenji", message="For the rain.", recipient_email="", now=now,
    )  # fmt: skip
    late = house.opened()
    for name in PEOPLE:
        world.things["asked"] = house.deposited(late, name)
    house.counted(late)
    for order in late.orders.all():
        house.pay(order)
    ticks.run_all(now)
    late.refresh_from_db()
    state_delay(
        late, ship_by=late.ship_by + 20 * house.DAY, reason="The zips came late.",
        actor="user:1", now=now,
    )  # fmt: skip
    ticks.run_all(now)
    world.things["late"] = late


def _waiting(world: World) -> None:
    """Grey is sold out: one place of the line is offered a unit, another waits."""
    now, full = timezone.now(), house.opened()
    held = [house.deposited(full, name, sku="G") for name in ("Kenji", "Lin")]
    for what, name in (("offered", "Ada"), ("in_line", "Omar")):
        who = cast.person(name)
        world.things[what] = waiting.join(
            full, variant=house.variant(full, "G"), quantity=1,
            buyer=Buyer(email=who.email, user=who), now=now,
        )  # fmt: skip
    orders.cancel_order(held[0], actor="user:1", now=now)
    world.things["full"] = full


def _production(world: World) -> Campaign:
    made = house.opened()
    for name in PEOPLE:
        house.deposited(made, name, quantity=2)
    house.counted(made)
    for order in made.orders.all():
        house.pay(order)
    now = timezone.now()
    ticks.run_all(now)
    made.refresh_from_db()
    count, mei = reports.count_for_production(made), cast.person("Mei")
    freeze_sheet(
        campaign=made, seen_sha256=count.sha256, seen_units=count.units, author=mei, now=now
    )
    news = News("making", "Cloth is cut", "The first forty.", [], uuid.uuid4())
    post_update(campaign=made, news=news, author=mei, now=now)
    first, second = made.orders.order_by("pk")[:2]
    orders.ship_order(first, actor="user:1", now=now)
    for order in (first, second):
        world.things[f"{'shipped' if order is first else 'produced'}"] = order
    return made


def _people(world: World) -> None:
    now, mei = timezone.now(), cast.person("Mei")
    # A second factor is only offered to those whose address is confirmed.
    confirm_address(cast.person("Ada"))
    world.things["invitation"] = invite_member(
        brand=world.house,
        email=cast.person("Omar").email,
        role=Membership.Role.MANAGER,
        by=mei,
        now=now,
    )
    Brand.objects.create(
        name="Larkhill",
        slug="larkhill",
        trade="Fruit",
        about="Boxes of fruit.",
        state=Brand.State.APPLIED,
        applicant=cast.person("Omar"),
        applied_at=now,
        currency="CNY",
        time_zone="Asia/Shanghai",
        country="CN",
    )


def _picture_files() -> None:
    """The cast's pictures have rows; here they have files too."""
    for picture in Picture.objects.all():
        folder = variants_folder(picture.pk)
        folder.mkdir(parents=True, exist_ok=True)
        for variant in picture.variants:
            name = f"{variant['width']}.{variant['format']}"
            (folder / name).write_bytes(_square(variant["width"], variant["format"]))


@functools.cache
def _square(side: int, fmt: str) -> bytes:
    return made.encoded(made.scene(side, side), fmt.upper())


def pages(world: World) -> dict[str, list[str]]:
    """Every page by the person who opens it; "" is a visitor without an account.

    `#closed`, `#missing`, `#gone` and `#forbidden` mark those that are refused, with a page that
    says so.
    """
    brand, w = world.house.slug, world
    shop, making = w.shop.pk, w.making.pk

    def at(name: str, *args: Any) -> str:
        return reverse(name, args=args)

    def on(name: str, *args: Any) -> str:
        return reverse(name, args=[brand, *args])

    def of_orders(*names: str) -> list[str]:
        return [at("presale:order", world.things[name].code) for name in names]

    return {
        "": [
            *map(at, ("home", "how-it-works", "fairness", "refunds", "accessibility")),
            *map(at, ("voting:round-list", "presale:campaign-list", "designs:brief-list")),
            *map(at, ("fans:brand-list", "fans:demo", "fans:demo-mail", "styleguide")),
            *map(at, ("fans:enter", "fans:enter-by-password", "account_reset_password")),
            on("fans:brand"),
            on("fans:brand-tiers"),
            at("designs:brief", w.brief.pk),
            at("designs:search") + "?q=draft",
            *[
                at("voting:round", one.pk)
                for one in (w.open, w.closed, w.decided, w.scheduled_round, w.cancelled_round)
            ],
            at("voting:round", w.pairs.pk),
            at("voting:pair", w.pairs.pk),
            at("designs:design", w.design.pk),
            at("designs:design-revision", w.design.pk, 1),
            at("designs:compare", w.design.pk, 2),
            at("designs:portfolio", "lin"),
            at("designs:pin", w.pin.pk),
            at("designs:comment-history", w.comment.pk),
            at("fans:profile", "ada"),
            *[at("presale:campaign", c.pk) for c in (w.shop, w.failed, w.balance, w.making)],
            at("presale:checkout", shop),
            at("presale:checkout", making) + "#closed",
            at("presale:campaign", w.late.pk),
            at("presale:waiting-join", w.full.pk),
            at("presale:waiting-link", "unknown") + "#gone",
            at("presale:waiting", w.offered.code),
            at("presale:waiting", w.in_line.code),
            at("presale:waiting-take", w.offered.code),
            at("presale:gift", w.gift.code),
            at("presale:order-gift", w.gift.order.code),
            at("presale:pay-link", w.pay_token),
            at("presale:pay-link", "unknown") + "#missing",
            at("fans:invitation", "unknown") + "#missing",
            "/nothing/here/#missing",
        ],
        "Ada": [
            *map(at, ("home", "presale:my-orders", "fans:settings", "fans:brand-apply")),
            *map(at, ("account_email", "account_set_password")),
            *map(at, ("account_logout", "usersessions_list", "mfa_index")),
            *map(at, ("mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn")),
            at("fans:profile", "ada"),
            at("presale:checkout", shop),
            *of_orders("deposited", "refunded", "produced", "shipped"),
            at("presale:order-variant", w.deposited.code),
            at("presale:order-address", w.deposited.code),
            at("presale:order-quantity", w.deposited.code),
            at("presale:order-cancel", w.deposited.code),
            at("presale:order-receipt", w.deposited.code),
            at("designs:comment-post", w.design.thread_id),
            at("designs:comment-edit", w.comment.pk),
            at("designs:pin-new", w.design.pk),
            at("designs:feedback", w.design.pk, 2) + "#forbidden",
            on("presale:console") + "#forbidden",
        ],
        "Kenji": [
            *of_orders("due"),
            at("fans:profile", "kenji"),
            at("voting:round", w.closed.pk),
            at("voting:receipt", w.closed.pk),
            at("voting:pair", w.pairs.pk),
        ],
        "Omar": [
            *of_orders("reserved", "asked"),
            at("presale:bank", w.bank),
            at("fans:invitation", w.invitation.code),
            at("presale:console-list"),
        ],
        "Lin": [
            at("designs:studio"),
            at("designs:design-new", w.brief.pk),
            at("designs:design", w.design.pk),
            at("designs:revise", w.revised.pk),
            at("designs:feedback", w.design.pk, 2),
            at("designs:withdraw", w.revised.pk),
        ],
        "Mei": [
            *map(on, ("presale:console", "fans:team", "fans:brand-settings", "fans:people")),
            on("fans:person", "ada"),
            on("designs:brief-new"),
            on("designs:brief-manage", w.brief.pk),
            on("designs:brief-manage", w.draft_brief.pk),
            at("designs:ask", w.revised.pk),
            on("voting:round-new", w.brief.pk),
            *[
                on("voting:round-manage", one.pk)
                for one in (w.open, w.closed, w.decided, w.scheduled_round, w.draft_round)
            ],
            on("voting:round-edit", w.draft_round.pk),
            on("voting:round-decide", w.closed.pk),
            on("presale:campaign-new", w.winner.pk),
            on("presale:campaign-edit", w.draft.pk),
            on("presale:campaign-review", w.draft.pk),
            *[
                on("presale:campaign-manage", c.pk)
                for c in (w.draft, w.shop, w.failed, w.balance, w.making)
            ],
            on("presale:campaign-close", shop),
            on("presale:campaign-extend", shop),
            on("presale:campaign-end-balance", w.balance.pk),
            on("presale:campaign-cancel", shop),
            on("presale:address-lock", making),
            on("presale:campaign-delay", making),
            on("presale:compensations", making),
            on("presale:brand-rules"),
            on("presale:campaign-manage", w.late.pk),
            on("presale:orders", making),
            on("presale:balances", w.balance.pk),
            on("presale:balances", shop),
            on("presale:brand-money"),
            on("presale:order-manage", making, w.shipped.number),
            on("presale:order-manage", shop, w.deposited.number),
            on("presale:sheet", making),
            on("presale:sheet-view", making, 1),
            on("presale:update-new", making),
            on("presale:shipments", making),
        ],
        "Olga": [
            *map(at, ("fans:operator-brands", "voting:ops-ballots", "presale:ops-money", "home"))
        ],
    }
