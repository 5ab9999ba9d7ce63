"""The people and things that tests speak of; each has a name and always the same part.

Mei owns the brand Weft, Jonas manages it, Lin designs for it. Ada is a fan of it, Kenji an
honorary developer. Omar is an outsider, Ruth owns another brand (Kettle), Olga is the operator.
"""

import datetime as dt
from typing import Any

from django.utils import timezone

from designs.models import Brief, Design, OptionAxis, Picture, Revision, RevisionPicture, Thread
from fans.models import Brand, Contribution, Guest, Membership, ShippingZone, User, Voter
from voting import chain
from voting.actions import close_round_early, count_round
from voting.actions.rounds import frozen_rules
from voting.models import Entry, Round


def person(name: str, **fields: Any) -> User:
    """The person of that name, made on first mention."""
    email = f"{name.lower()}@example.com"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, name=name, handle=name.lower(), **fields)


def operator() -> User:
    """Olga, who runs the installation."""
    return person("Olga", is_staff=True)


def brand(name: str = "Weft", owner: str = "Mei") -> Brand:
    """An approved brand with its owner; Weft also has Jonas (manager) and Lin (designer)."""
    found = Brand.objects.filter(name=name).first()
    if found:
        return found
    now = timezone.now()
    house = Brand.objects.create(
        name=name,
        slug=name.lower(),
        trade="Clothes",
        about=f"{name} makes things.",
        state=Brand.State.APPROVED,
        applicant=person(owner),
        applied_at=now,
        decided_at=now,
        currency="CNY",
        time_zone="Asia/Shanghai",
        country="CN",
    )
    ShippingZone.objects.create(brand=house, name="Everywhere", price_minor=0)
    member(house, owner, Membership.Role.OWNER)
    if name == "Weft":
        member(house, "Jonas", Membership.Role.MANAGER)
        member(house, "Lin", Membership.Role.DESIGNER)
    return house


def member(house: Brand, name: str, role: str) -> Membership:
    """That person in that role."""
    return Membership.objects.create(
        brand=house, user=person(name), role=role, since=timezone.now()
    )


def fan(house: Brand, name: str = "Ada") -> User:
    """A person whose contributions make a fan."""
    return _with_points(house, name, house.fan_threshold)


def honorary(house: Brand, name: str = "Kenji") -> User:
    """A person whose contributions make an honorary developer."""
    return _with_points(house, name, house.honorary_threshold)


def _with_points(house: Brand, name: str, points: int) -> User:
    who = person(name)
    Contribution.objects.get_or_create(
        user=who,
        brand=house,
        kind=Contribution.Kind.GRANTED,
        subject=f"cast:{points}",
        defaults={"points": points, "at": timezone.now(), "recorded_by": "test"},
    )
    return who


def voter(who: User | None = None) -> Voter:
    """The voter of a person, or a new guest."""
    if who:
        return Voter.objects.get_or_create(user=who)[0]
    return Voter.objects.create(guest=Guest.objects.create())


def brief(house: Brand | None = None, **fields: Any) -> Brief:
    """An open brief with sizes and colours."""
    house = house or brand()
    made = Brief.objects.create(
        **{
            "brand": house,
            "title": "Autumn outerwear",
            "body": "A jacket for wind and light rain.",
            "royalty": "3 % of paid balances.",
            "state": Brief.State.OPEN,
            "created_by": house.applicant,
            "created_at": timezone.now(),
            **fields,
        }
    )
    OptionAxis.objects.create(brief=made, name="Size", values=["S", "M", "L"], position=0)
    OptionAxis.objects.create(brief=made, name="Colour", values=["Blue", "Sand"], position=1)
    return made


def design(of: Brief | None = None, title: str = "Windbreaker", designer: str = "Lin") -> Design:
    """A submitted design with Revision 1 and one ready picture."""
    of = of or brief()
    made = Design.objects.create(
        brief=of,
        designer=person(designer),
        number=Design.objects.count() + 101,
        title=title,
        description="Half-zip, storm flap.",
        thread=Thread.objects.create(),
        created_at=timezone.now(),
    )
    revision(made)
    return made


def revision(of: Design, what_changed: str = "") -> Revision:
    """The next revision of a design, with one ready picture (its files do not exist)."""
    now = timezone.now()
    made = Revision.objects.create(
        design=of,
        number=of.revisions.count() + 1,
        what_changed=what_changed,
        created_at=now,
    )
    picture = Picture.objects.create(
        owner=of.designer,
        original="originals/none.jpg",
        sha256="0" * 64,
        width=1600,
        height=1600,
        colour="#8899aa",
        state=Picture.State.READY,
        variants=[
            {"format": fmt, "width": w, "height": w, "path": f"v/none-{w}.{fmt}", "bytes": 9}
            for fmt in ("avif", "webp")
            for w in (320, 640, 1280)
        ],
        created_at=now,
    )
    RevisionPicture.objects.create(
        revision=made, picture=picture, position=0, alt=f"{of.title}, front view"
    )
    return made


def voting_round(of: Brief | None = None, drafts: int = 3, **fields: Any) -> Round:
    """An open round with that many entries, closing in a week."""
    of = of or brief()
    now = timezone.now()
    made = Round.objects.create(
        **{
            "brief": of,
            "number": of.rounds.count() + 1,
            "title": "Round 1",
            "rule": "Most support wins.",
            "state": Round.State.OPEN,
            "opens_at": now - dt.timedelta(hours=1),
            "closes_at": now + dt.timedelta(days=7),
            "time_zone": "Asia/Shanghai",
            "seed": "seed",
            "log_secret": "secret",
            "thread": Thread.objects.create(),
            "created_by": of.brand.applicant,
            "created_at": now,
            **fields,
        }
    )
    for n in range(drafts):
        entry(made, design(of, f"Draft {n + 1}"))
    return made


def close(it: Round, reason: str = "Enough") -> None:
    """Close an open round now, and count it as the job does."""
    close_round_early(round=it, reason=reason, actor="user:1")
    count_round(round=it, actor="job:count_closed_rounds")


def freeze(of: Round) -> None:
    """Freeze the rules of a round with its entries as of now."""
    of.rules_frozen = frozen_rules(of)
    of.rules_hash = chain.digest(of.rules_frozen)
    of.save(update_fields=["rules_frozen", "rules_hash"])


def entry(in_round: Round, of: Design) -> Entry:
    """The newest revision of a design, entered in a round."""
    newest = of.revisions.order_by("-number").first()
    assert newest
    if in_round.state == Round.State.OPEN:
        of.state = Design.State.ENTERED
        of.save(update_fields=["state"])
    made = Entry.objects.create(round=in_round, revision=newest)
    if in_round.state == Round.State.OPEN:
        freeze(in_round)
    return made
