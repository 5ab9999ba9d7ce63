"""Reads about pins: markers on a picture, the life of one, and what people ask where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from designs.models import (
    Comment,
    Design,
    Pin,
    PinPlace,
    PinWord,
    Reaction,
    Revision,
    RevisionPicture,
)
from designs.places import FIELDS, WHOLE, Frame, Spot
from designs.states import PIN_MOVES, PIN_UNSETTLED
from fans.access import Visitor

FIELD_NAMES: Final = (
    _("Top left"),
    _("Top"),
    _("Top right"),
    _("Left"),
    _("Middle"),
    _("Right"),
    _("Bottom left"),
    _("Bottom"),
    _("Bottom right"),
)
# Fields of the heat map in each direction, and how far one ask warms, in fields.
CELLS: Final = 16
REACH: Final = 1.6
TOP_ASKS: Final = 3


@dataclass(frozen=True)
class Mark:
    """A marker over a picture: its place in the square the picture stands in, in per cent."""

    pin: Pin
    placement: int
    x: str
    y: str
    w: str
    h: str
    is_box: bool


def mark_of(place: PinPlace, picture: RevisionPicture) -> Mark:
    """The marker of a pin whose picture is still there."""
    frame = frame_of(picture)
    x, y = frame.x + frame.w * place.x / WHOLE, frame.y + frame.h * place.y / WHOLE
    w, h = frame.w * place.w / WHOLE, frame.h * place.h / WHOLE
    # A width of nothing would hide what is drawn in it.
    sizes = (_percent(w), _percent(h)) if place.w else ("1", "1")
    return Mark(place.pin, picture.pk, _percent(x), _percent(y), *sizes, is_box=place.w > 0)


def frame_of(placement: RevisionPicture) -> Frame:
    """Where in its square the picture is."""
    return Frame.of(placement.picture.width, placement.picture.height)


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def standing() -> QuerySet[Pin]:
    """Pins whose words nobody has taken away."""
    pins = Pin.objects.filter(comment__deleted_at=None)
    return pins.select_related("comment__author", "comment__thread", "answered_in", "design")


def marks_of(placement: RevisionPicture | None) -> list[Mark]:
    """The markers of a picture in a revision, by number."""
    if placement is None:
        return []
    places = PinPlace.objects.filter(placement=placement, pin__comment__deleted_at=None)
    places = places.select_related("pin__comment__author", "pin__answered_in")
    return [mark_of(place, placement) for place in places.order_by("pin__number")]


def orphans_of(revision: Revision) -> list[Pin]:
    """Pins that have no picture in a revision any more, and are not settled."""
    gone = standing().filter(places__revision=revision, places__placement=None)
    return list(gone.filter(state__in=[*PIN_UNSETTLED, Pin.State.FIXED]))


def answered_by(revision: Revision) -> list[Pin]:
    """The pins a revision answers, with who asked."""
    return list(standing().filter(answered_in=revision))


def unsettled(design: Design) -> QuerySet[Pin]:
    """What the next revision may answer, the most wanted first."""
    return wanted_first(standing().filter(design=design, state__in=PIN_UNSETTLED))


def wanted_first(pins: QuerySet[Pin]) -> QuerySet[Pin]:
    """With `agreed`, how many people support each; those most supported first."""
    agree = Q(comment__given__kind=Reaction.Kind.AGREE)
    return pins.annotate(agreed=Count("comment__given", filter=agree)).order_by("-agreed", "number")


def awaiting_word(design: Design, user: Visitor) -> list[Pin]:
    """Answered pins of this person on a draft, which wait for their word."""
    if not user.is_authenticated:
        return []
    own = standing().filter(design=design, state=Pin.State.FIXED, comment__author=user.pk)
    return list(own)


def life_of(pin: Pin, user: Visitor) -> dict[str, Any]:
    """A pin's places, one for each revision, with what its reader may say of the answer."""
    places = pin.places.select_related("revision", "placement__picture", "pin__comment__author")
    stages = [
        (one.revision, one.placement, mark_of(one, one.placement) if one.placement else None)
        for one in places.order_by("revision__number")
    ]
    words = PinWord.objects.filter(pin=pin, revision=pin.answered_in)
    tally = Counter(words.values_list("is_right", flat=True))
    return {
        "stages": stages,
        "said_yes": tally[True],
        "said_no": tally[False],
        "may_confirm": may_judge(pin, user, "confirm"),
        "may_dispute": may_judge(pin, user, "dispute"),
        **options_of(pin.comment, user),
    }


def may_judge(pin: Pin, user: Visitor, event: str) -> bool:
    """Whether the person may take this step; the action checks it again."""
    if not user.is_authenticated or (pin.state, event) not in PIN_MOVES:
        return False
    if pin.comment.author_id == user.pk:
        return True
    return pin.state == Pin.State.FIXED and user.pk in supporters(pin)


def supporters(pin: Pin) -> set[int]:
    """Who agreed before the answer came; nobody joins afterwards to praise it."""
    rows = Reaction.objects.filter(comment=pin.comment_id, kind=Reaction.Kind.AGREE)
    if pin.answered_at:
        rows = rows.filter(at__lte=pin.answered_at)
    return set(rows.values_list("user_id", flat=True)) - {pin.comment.author_id}


def options_of(comment: Comment, user: Visitor) -> dict[str, Any]:
    """The reactions to a comment, and which of them are the viewer's own."""
    mine: set[str] = set()
    if user.is_authenticated:
        mine = set(comment.given.filter(user=user.pk).values_list("kind", flat=True))
    given = [
        (kind, kind.label, comment.reactions.get(kind, 0), kind in mine) for kind in Reaction.Kind
    ]
    return {"comment": comment, "given": given, "may_react": comment.author_id != user.pk}


@dataclass
class FieldOfAsks:
    """What is asked in one of the nine fields of a picture."""

    name: Any
    pins: list[Pin] = field(default_factory=list)
    people: set[int] = field(default_factory=set)

    @property
    def open(self) -> int:
        """How many of them are not answered."""
        return sum(pin.state in PIN_UNSETTLED for pin in self.pins)

    @property
    def top(self) -> list[Pin]:
        """What most people want there."""
        return self.pins[:TOP_ASKS]


@dataclass(frozen=True)
class Heat:
    """A picture with what is asked on it: warm cells (x, y, opacity) and the nine fields."""

    placement: RevisionPicture
    frame: Frame
    cells: list[tuple[str, str, str]]
    fields: list[FieldOfAsks]
    number: int


def feedback_on(revision: Revision) -> dict[str, Any]:
    """Where people ask for changes, for each picture of a revision; and the asks without one."""
    agree = Reaction.objects.filter(kind=Reaction.Kind.AGREE)
    agreed = Prefetch("comment__given", agree, to_attr="agreed_by")
    asked = wanted_first(standing()).prefetch_related(agreed)
    places = PinPlace.objects.filter(revision=revision, pin__comment__deleted_at=None)
    by_pin = {place.pin_id: place for place in places}
    pins = list(asked.filter(pk__in=by_pin))
    placed = revision.placements.select_related("picture").order_by("position")
    maps = [
        _heat(one, [(pin, by_pin[pin.pk]) for pin in pins if by_pin[pin.pk].placement_id == one.pk])
        for one in placed
    ]
    return {"maps": maps, "orphans": orphans_of(revision), "asked": len(pins), "size": CELLS}


def _heat(placement: RevisionPicture, asks: list[tuple[Pin, PinPlace]]) -> Heat:
    fields = [FieldOfAsks(name) for name in FIELD_NAMES]
    for pin, place in asks:
        one = fields[spot(place).field]
        one.pins.append(pin)
        one.people |= {pin.comment.author_id, *(r.user_id for r in pin.comment.agreed_by)}  # type: ignore[attr-defined]
    weights = [
        (spot(place).middle, 1 + pin.agreed)  # type: ignore[attr-defined]
        for pin, place in asks
        if pin.state in PIN_UNSETTLED
    ]
    assert len(fields) == FIELDS * FIELDS
    return Heat(placement, frame_of(placement), _cells(weights), fields, len(asks))


def spot(place: PinPlace) -> Spot:
    """A row as a place to reckon with."""
    return Spot(place.x, place.y, place.w, place.h)


def _cells(weights: Iterable[tuple[tuple[float, float], int]]) -> list[tuple[str, str, str]]:
    """One warm cell after the other: its corner in per cent of the picture, and how warm it is."""
    heat = warmth(weights)
    most = max(map(max, heat), default=0)
    side = 100 / CELLS
    return [
        (f"{column * side:.2f}%", f"{row * side:.2f}%", f"{0.75 * value / most:.2f}")
        for row, values in enumerate(heat)
        for column, value in enumerate(values)
        if most and value / most > 0.05
    ]


def warmth(weights: Iterable[tuple[tuple[float, float], int]]) -> list[list[float]]:
    """How much is asked around each cell: every ask warms its surroundings, less with distance."""
    scale = CELLS / WHOLE
    asks = [(x * scale - 0.5, y * scale - 0.5, weight) for (x, y), weight in weights]
    return [
        [
            sum(w * 2.0 ** -(((column - x) ** 2 + (row - y) ** 2) / REACH) for x, y, w in asks)
            for column in range(CELLS)
        ]
        for row in range(CELLS)
    ]


def open_on(designs: Iterable[Design]) -> dict[int, int]:
    """How many pins of each draft wait for an answer; only drafts that have any."""
    waiting = Pin.objects.filter(design__in=[design.pk for design in designs])
    waiting = waiting.filter(state__in=PIN_UNSETTLED, comment__deleted_at=None)
    counted = waiting.order_by().values_list("design").annotate(number=Count("pk"))
    return dict(counted)
