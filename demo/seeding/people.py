"""Who lives in the demo: brands' teams, designers, honorary developers, fans, and the crowd."""

import datetime as dt
import random
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from fans import actions
from fans.models import Brand, Membership, ShippingZone, User, Voter
from fans.tiers import Thresholds

DOMAIN = "demo.toile.example"
Role = Membership.Role

# handle: (name, language, time zone, about)
NAMED = {
    "olga": ("Olga Sander", "en", "Europe/Vienna", "Runs this installation."),
    "mei": ("谭梅 Mei Tan", "en", "Asia/Shanghai", "Founded Weft in a room with one machine."),
    "jonas": ("Jonas Weber", "en", "Asia/Shanghai", "Rounds, pre-orders and everything with a date at Weft."),
    "lin": ("林乔 Lin Qiao", "en", "Asia/Shanghai", "Cuts for Weft. Outerwear, mostly. Counts pieces."),
    "zhou": ("周砚 Zhou Yan", "en", "Asia/Shanghai", "Pattern maker at Weft, twenty years of trousers."),
    "ruth": ("Ruth Adler", "en", "Europe/Berlin", "Kesselhaus. Engineer by training, tea by conviction."),
    "emre": ("Emre Yılmaz", "en", "Europe/Berlin", "Keeps the promises that Kesselhaus makes."),
    "frieda": ("Frieda Kolb", "en", "Europe/Berlin", "Industrial designer. Handles first, then the rest."),
    "hank": ("Hank Larsen", "en", "America/Los_Angeles", "Third generation on Larkhill. Cherries, peaches, opinions."),
    "rosa": ("Rosa Delgado", "en", "America/Los_Angeles", "Orders and lorries at Larkhill."),
    "ben": ("Ben Whitaker", "en", "America/Los_Angeles", "Draws labels. Used to draw maps."),
    "rosa-d": ("Rosalía Duarte", "en", "America/Los_Angeles", "Packaging, paper, willow."),
    "ines": ("Inês Duarte", "en", "Europe/Lisbon", "Independent designer. Likes leftovers."),
    "tomasz": ("Tomasz Wilk", "en", "Europe/Warsaw", "Workwear, new and mended."),
    "amara": ("Amara Osei", "en", "Europe/London", "Tailor in Peckham, designs on Mondays."),
    "hyunwoo": ("박현우 Hyun-woo Park", "en", "Asia/Seoul", "Knits, stripes, sport."),
    "matteo": ("Matteo Riva", "en", "Europe/Rome", "Glass, enamel, coffee."),
    "signe": ("Signe Holm", "en", "Europe/Copenhagen", "Lamps and the rooms around them."),
    "carlo": ("Carlo Bianchi", "en", "Europe/Rome", "Repairs shoes in Bologna, would like to make some."),
    "kenji": ("森健二 Kenji Mori", "en", "Asia/Tokyo", "Cycles to work and measures everything."),
    "chenxiao": ("陈晓 Chen Xiao", "zh-hans", "Asia/Shanghai", "面料爱好者,从第一件大衣开始投票。"),
    "nadia": ("Nadia Haddad", "en", "Europe/Paris", "Has worn Weft's first coat for three winters."),
    "ada": ("Ada Nwosu", "en", "Africa/Lagos", "Teacher. Votes on Sunday evenings."),
    "xiaowei": ("李晓薇 Li Xiaowei", "zh-hans", "Asia/Shanghai", "喜欢颜色,也喜欢问问题。"),
    "marta": ("Marta Kowalczyk", "en", "Europe/Warsaw", ""),
    "tomek": ("Tomek Zieliński", "en", "Europe/Warsaw", "Asks about shrinkage."),
    "priya": ("Priya Raman", "en", "Asia/Kolkata", "Two cats, one duffle coat."),
    "oskar": ("Oskar Lindqvist", "en", "Europe/Stockholm", "Keeps things for a long time."),
    "lucas": ("Lucas Moreau", "en", "Europe/Paris", ""),
    "emil": ("Emil Novák", "en", "Europe/Prague", ""),
    "gwen": ("Gwen Pritchard", "en", "Europe/London", "Gardener. Pockets matter."),
    "siobhan": ("Siobhán Byrne", "en", "Europe/Dublin", "Comes from a family that knits."),
}  # fmt: skip
HOUSES: dict[str, dict[str, Any]] = {
    "weft": {
        "fields": {
            "name": "Weft", "trade": "Clothes", "website": "https://weft.example",
            "about": "Weft makes a few garments a year in Jiaxing, near Shanghai. Every one of them has won a vote before it was cut. We show the drafts, we say what they cost, and we make what is chosen.",
            "currency": "CNY", "time_zone": "Asia/Shanghai", "country": "CN", "tax_rate_bp": 1300,
        },
        "owner": "mei", "team": (("jonas", Role.MANAGER), ("lin", Role.DESIGNER), ("zhou", Role.DESIGNER)),
        "zones": (("China", ["CN"], 0), ("East Asia", ["JP", "KR", "SG", "HK"], 6000), ("Everywhere else", [], 12000)),
    },
    "kesselhaus": {
        "fields": {
            "name": "Kesselhaus", "trade": "Small things for the kitchen and the desk", "website": "https://kesselhaus.example",
            "about": "We make kettles, lamps and one rice cooker in a former boiler house in Berlin-Wedding. Spare parts for fifteen years, drawings online, no model numbers.",
            "currency": "EUR", "time_zone": "Europe/Berlin", "country": "DE", "tax_rate_bp": 1900,
        },
        "owner": "ruth", "team": (("emre", Role.MANAGER), ("frieda", Role.DESIGNER)),
        "zones": (("Germany", ["DE"], 490), ("European Union", ["AT", "FR", "PT", "PL", "SE", "CZ", "IE", "IT", "DK", "NL"], 990), ("Everywhere else", [], 2490)),
    },
    "larkhill": {
        "fields": {
            "name": "Larkhill", "trade": "Fruit", "website": "https://larkhill.example",
            "about": "An orchard of forty acres on a ridge above Yakima. We pick to order: nothing leaves the tree before it is paid for, and nothing stays in a cold store.",
            "currency": "USD", "time_zone": "America/Los_Angeles", "country": "US", "tax_rate_bp": 0,
        },
        "owner": "hank", "team": (("rosa", Role.MANAGER), ("ben", Role.DESIGNER)),
        "zones": (("West Coast", ["US"], 900), ("Everywhere else", [], 3900)),
    },
}  # fmt: skip
FIRST = ["Aiko", "Bastien", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hanna", "Ivo", "Jana", "Kofi", "Leila", "Mikael", "Noor", "Otto", "Paula", "Quentin", "Rania", "Sven", "Tove", "Umar", "Vera", "Wiktor", "Ximena", "Yusuf", "Zoë", "Anselm", "Brigid", "Camille", "Darius", "Edda", "Fumiko", "王磊", "张敏", "刘洋", "陈静", "赵一鸣", "孙悦", "周晨", "吴桐"]  # fmt: skip
LAST = ["Abe", "Bauer", "Costa", "Dahl", "Evans", "Ferrari", "Grau", "Hughes", "Ito", "Jansen", "Keller", "Lopes", "Meyer", "Nowak", "Okafor", "Peeters", "Quist", "Rossi", "Sato", "Tanaka", "Urban", "Vidal", "Wolf", "Yamada", "Zeman"]  # fmt: skip
CROWD = 56


@dataclass
class People:
    """Everybody by handle, the three brands by slug, and those who vote."""

    users: dict[str, User]
    brands: dict[str, Brand]
    voters: dict[str, Voter]

    def __getitem__(self, handle: str) -> User:
        return self.users[handle]


@transaction.atomic
def make_people(now: dt.datetime) -> People:
    """Make all accounts and the approved brands with their teams."""
    since = now - dt.timedelta(days=210)
    users = {handle: _person(handle, *facts, since=since) for handle, facts in NAMED.items()}
    User.objects.filter(pk=users["olga"].pk).update(is_staff=True)
    users["olga"].refresh_from_db()
    users |= _crowd(now)
    for user in users.values():
        actions.confirm_address(user)
    brands = {slug: _house(users, house, now) for slug, house in HOUSES.items()}
    voters = {handle: Voter.objects.get_or_create(user=user)[0] for handle, user in users.items()}
    return People(users, brands, voters)


def _person(
    handle: str, name: str, language: str, zone: str, about: str = "", *, since: dt.datetime
) -> User:
    return User.objects.create_user(
        f"{handle}@{DOMAIN}",
        name=name,
        handle=handle,
        language=language,
        time_zone=zone,
        date_joined=since,
        about=about,
    )


def _crowd(now: dt.datetime) -> dict[str, User]:
    chance = random.Random(7)
    people: dict[str, User] = {}
    for n in range(CROWD):
        first = FIRST[n % len(FIRST)]
        chinese = not first.isascii() and first[0] > "\u4e00"
        name = first if chinese else f"{first} {chance.choice(LAST)}"
        people[f"voter{n + 1:02d}"] = _person(
            f"voter{n + 1:02d}", name, "zh-hans" if chinese else "en",
            "Asia/Shanghai" if chinese else "Europe/Berlin",
            since=now - dt.timedelta(days=chance.randint(60, 200)),
        )  # fmt: skip
    return people


def _house(users: dict[str, User], house: dict[str, Any], now: dt.datetime) -> Brand:
    founded = now - dt.timedelta(days=200)
    owner, operator = users[house["owner"]], users["olga"]
    brand = actions.apply_for_brand(user=owner, fields=house["fields"], now=founded)
    actions.approve_brand(brand=brand, actor=operator.actor, now=founded + dt.timedelta(hours=20))
    actions.set_thresholds(brand=brand, terms=Thresholds(fan=10, honorary=40, window_days=180))
    brand.refresh_from_db()
    for name, countries, price in house["zones"]:
        ShippingZone.objects.create(brand=brand, name=name, countries=countries, price_minor=price)
    joined = founded + dt.timedelta(days=1)
    for handle, role in house["team"]:
        invitation = actions.invite_member(
            brand=brand, email=users[handle].email, role=role, by=owner, now=joined
        )
        actions.accept_invitation(invitation=invitation, user=users[handle], now=joined)
    return brand


def apply_as_newcomer(people: People, now: dt.datetime) -> None:
    """An application that waits for the operator."""
    actions.apply_for_brand(
        user=people["carlo"],
        fields={
            "name": "Passo", "trade": "Sandals and slow shoes", "website": "https://passo.example",
            "about": "I have resoled shoes in Bologna for nineteen years and know where they break. I would like to make a sandal that does not, and let those who wear it decide how it looks. Two people, one workshop, forty pairs a week.",
            "currency": "EUR", "time_zone": "Europe/Rome", "country": "IT", "tax_rate_bp": 2200,
        },
        now=now,
    )  # fmt: skip


def follow(people: People) -> None:
    """Most people follow one brand, some follow two."""
    chance = random.Random(11)
    for handle, user in people.users.items():
        if handle == "olga":
            continue
        for brand in chance.sample(list(people.brands.values()), chance.choice((1, 1, 2, 3))):
            actions.follow_brand(user=user, brand=brand)
