"""The cards of a round: fragments that everybody shares, put together in one read of the cache.

A card's key holds what it shows of the reader (their own marks) and of the round (its phase);
the tally has a key of its own made of its figures, so that a vote makes no card stale.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any, Final

from django.core.cache import cache
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from core.plain import select
from core.templatetags.toile import dot_places
from designs.models import Design, Picture, RevisionPicture
from voting import desks, tally
from voting.marks import SILENT, Mark, Marks
from voting.methods import Method, method_of
from voting.methods.base import Line
from voting.models import Entry, Round
from voting.queries import UNOPENED, entries_with_designs

# The rest of what a card shows (title, name, picture) may change: never older than this.
KEEP_SECONDS: Final = 300
GAP: Final = "<!--tally-->"
PK: Final = "{pk}"
EAGER: Final = 2
LAZY, EAGERLY = 'loading="lazy"', 'fetchpriority="high"'
SHUFFLED, NEWEST, RANKING = "shuffled", "newest", "ranking"


@dataclass(frozen=True, slots=True)
class Slot:
    """The figures of one entry, as one row of the database has them."""

    pk: int
    number: int
    revision: int
    support: int
    points: int
    squares: int
    guests: int
    would_buy: int
    unanswered: int


@dataclass(frozen=True)
class Viewer:
    """What the cards depend on beside the round: the reader's marks and rights."""

    marks: dict[int, Mark]
    is_held: bool = False
    may_vote: bool = False
    sees_tally: bool = False
    person: str = ""


def slots(round: Round) -> list[Slot]:
    """The entries of a round with their figures, in order of entering, in one query."""
    unseen = " AND d.state <> %s" if round.state in UNOPENED else ""
    asked = [round.pk, *([Design.State.WITHDRAWN] if unseen else [])]
    return [Slot(*row) for row in select(f"{SLOTS}{unseen} ORDER BY e.id", asked)]


SLOTS: Final = (
    "SELECT e.id, d.number, e.revision_id, e.support, e.points, e.squares, e.support_guests,"
    " e.would_buy, e.unanswered FROM voting_entry e"
    " JOIN designs_revision v ON v.id = e.revision_id JOIN designs_design d ON d.id = v.design_id"
    " WHERE e.round_id = %s"
)


def ordered(found: list[Slot], round: Round, viewer: Viewer, order: str) -> list[Slot]:
    """The entries as this reader sees them: shuffled for each person, and for each always alike.

    By votes only where the reader may see them: any such order would give a hidden tally away.
    """
    if order == NEWEST:
        return sorted(found, key=lambda slot: -slot.revision)
    if order == RANKING and viewer.sees_tally:
        values = {one.pk: one.figure.value or 0 for one in figures_of(round, found)}
        return sorted(found, key=lambda slot: (-values[slot.pk], -slot.would_buy, slot.number))
    shuffled = list(found)
    Random(f"{round.pk}:{round.seed}:{viewer.person}").shuffle(shuffled)
    return shuffled


def orders(sees_tally: bool) -> list[tuple[str, Promise]]:
    """The orders this reader may choose from."""
    names: list[tuple[str, Promise]] = [(SHUFFLED, _("Shuffled")), (NEWEST, _("Newest revision"))]
    return [*names, (RANKING, _("Ranking"))] if sees_tally else names


def page_cards(round: Round, viewer: Viewer, order: str = SHUFFLED) -> list[SafeString]:
    """The cards of the round for this reader, from the cache or made now."""
    found = ordered(slots(round), round, viewer, order)
    language = get_language() or "en"
    keys = {slot.pk: _card_key(slot, viewer, language) for slot in found}
    figures = {one.pk: one for one in figures_of(round, found)} if viewer.sees_tally else {}
    tally_keys = {pk: one.key(language) for pk, one in figures.items()}
    known = cache.get_many([*keys.values(), *tally_keys.values()])
    missing = {pk: key for pk, key in keys.items() if key not in known}
    fresh, passing = _make_cards(round, missing, viewer)
    fresh |= {
        key: render_tally(round, figures[pk]) for pk, key in tally_keys.items() if key not in known
    }
    if fresh:
        cache.set_many(fresh, KEEP_SECONDS)
        known |= fresh
    known |= passing
    hidden = "" if figures else hidden_tally(round, may_vote=viewer.may_vote)
    cards = [
        known[keys[slot.pk]].replace(
            GAP, known[tally_keys[slot.pk]] if figures else hidden.replace(PK, str(slot.pk))
        )
        for slot in found
    ]
    # What stands at the top is wanted at once; the rest loads when it comes near.
    cards[:EAGER] = [card.replace(LAZY, EAGERLY, 1) for card in cards[:EAGER]]
    return [mark_safe(card) for card in cards]


def _card_key(slot: Slot, viewer: Viewer, language: str) -> str:
    mark = viewer.marks.get(slot.pk, SILENT)
    said = f"{mark.supports:d}.{mark.score or 0}.{mark.rank or 0}"
    own = f"{said}.{mark.would_buy:d}{viewer.is_held:d}{bool(mark.options or mark.cap_minor):d}"
    phase = "open" if viewer.may_vote else "still"
    return f"card:{slot.pk}:{language}:{phase}:{own}"


def _make_cards(
    round: Round, wanted: dict[int, str], viewer: Viewer
) -> tuple[dict[str, str], dict[str, str]]:
    """Cards to keep, and those that show only a preview because their picture is being made."""
    if not wanted:
        return {}, {}
    template = Engine.get_default().get_template("voting/_card.html")
    rows = entries_with_designs(round).filter(pk__in=wanted)
    context = Context(
        {
            "round": round,
            "ballot_url": reverse("voting:ballot", args=[round.pk]),
            "method": method_of(round),
        }
    )
    fresh: dict[str, str] = {}
    passing: dict[str, str] = {}
    silent = ""
    for entry in rows:
        shown = vote_context(entry, viewer)
        if shown["mark"] == SILENT:
            # The same under every draft but for its key: rendered once.
            silent = silent or _silent_control(context, viewer)
            shown["vote"] = mark_safe(silent.replace(PK, shown["key"]))
        with context.push(**shown):
            made = passing if _is_passing(shown["placement"]) else fresh
            made[wanted[entry.pk]] = template.render(context)
    return fresh, passing


def _silent_control(context: Context, viewer: Viewer) -> str:
    """The control of a draft that the reader has said nothing of, with `PK` for its key."""
    template = Engine.get_default().get_template("voting/_vote.html")
    shown = {"key": mark_safe(PK), "mark": SILENT, "is_held": viewer.is_held}
    with context.push(**shown, is_open=viewer.may_vote):
        return template.render(context)


def _is_passing(placement: RevisionPicture | None) -> bool:
    return placement is not None and placement.picture.state == Picture.State.PENDING


def vote_context(entry: Entry, viewer: Viewer) -> dict[str, Any]:
    """What the card and the vote control of one entry show of this reader."""
    design = entry.revision.design
    return {
        **control_context(entry, viewer),
        "design": design,
        "number": mark_safe(f"{design.number:04d}"),
        "revision": mark_safe(str(entry.revision.number)),
        "design_url": reverse("designs:design", args=[design.pk]),
        "placement": next(iter(entry.revision.placements.all()), None),
    }


def control_context(entry: Entry, viewer: Viewer) -> dict[str, Any]:
    """What the vote control alone shows of this reader."""
    return {
        "entry": entry,
        # As text: a template writes a number through the rules of the language, many times a card.
        "key": mark_safe(str(entry.pk)),
        "control_id": mark_safe(f"#entry-{entry.pk}-vote"),
        "mark": viewer.marks.get(entry.pk, SILENT),
        "is_held": viewer.is_held,
        "is_open": viewer.may_vote,
    }


def render_controls(round: Round, marks: Marks, *, is_held: bool) -> dict[int, tuple[str, str]]:
    """The number and the vote control of these drafts, for somebody who votes and says this."""
    template = Engine.get_default().get_template("voting/_vote.html")
    context = Context(
        {
            "round": round,
            "ballot_url": reverse("voting:ballot", args=[round.pk]),
            "method": method_of(round),
            "control": method_of(round).control,
        }
    )
    viewer = Viewer(marks=marks, is_held=is_held, may_vote=True)
    drawn: dict[int, tuple[str, str]] = {}
    for entry in entries_with_designs(round).filter(pk__in=marks):
        shown = vote_context(entry, viewer)
        with context.push(**shown):
            drawn[entry.pk] = str(shown["number"]), template.render(context)
    return drawn


@dataclass(frozen=True, slots=True)
class Figures:
    """What a tally shows: nothing here belongs to one reader."""

    pk: int
    number: int
    figure: tally.Figure
    guests: int
    would_buy: int
    unanswered: int
    version: int

    def key(self, language: str) -> str:
        """Where the cache keeps it: named by what it shows, so it is never stale."""
        return f"tally:{language}:{self.pk}:{'.'.join(map(str, self.shown))}"

    @property
    def shown(self) -> tuple[float | None, ...]:
        """Everything of it that can be seen."""
        one = self.figure
        has_voters = bool(one.voters)
        beside = (self.guests, self.would_buy, self.unanswered)
        return (has_voters, one.votes, one.value, one.low, one.high, *beside)


Whole = tuple[int, int, int, int]


def whole_of(round: Round) -> Whole:
    """The counters of the round on which the figure of every entry hangs."""
    return round.voters, round.papers, round.points, round.squares


def figures_of(
    round: Round,
    found: Sequence[Slot],
    whole: tuple[int, ...] | None = None,
    *,
    drafts: int | None = None,
) -> list[Figures]:
    """The figures of the entries with the round's counters, or with other ones.

    `drafts` is how many the round has, where `found` are not all of them.
    """
    voters, papers, points, squares = whole or whole_of(round)
    method, drafts = method_of(round), drafts or len(found)
    if not method.hangs_on_counters:
        return _standing(round, found)
    return [
        Figures(
            pk=slot.pk,
            number=slot.number,
            figure=method.figure(
                slot.support,
                (slot.points, slot.squares),
                papers,
                (points, squares),
                voters,
                drafts,
            ),
            guests=slot.guests,
            would_buy=slot.would_buy,
            unanswered=slot.unanswered,
            version=round.seq,
        )
        for slot in found
    ]


def _standing(round: Round, found: Sequence[Slot]) -> list[Figures]:
    """The figures that hang on all answers together, as the desk of the round has them."""
    shown = desks.standing(round)
    return [
        Figures(
            pk=slot.pk,
            number=slot.number,
            figure=shown[slot.pk],
            guests=slot.guests,
            would_buy=slot.would_buy,
            unanswered=slot.unanswered,
            version=round.seq,
        )
        for slot in found
    ]


def render_tally(round: Round, figures: Figures, *, oob: bool = False) -> str:
    """The tally of one entry: dot and range, votes; the same for page, answer and socket."""
    template = Engine.get_default().get_template("voting/_tally.html")
    line = method_of(round).line(figures.figure)
    votes = _votes(line, figures.figure, figures.guests, figures.unanswered)
    shown = {"figure": figures.figure, "line": line, "votes": votes}
    return template.render(Context({"tally": figures, "oob": oob, **shown}))


# The page's template of a tally with a figure, and what its parts are filled with, in order.
SHAPE: Final = "tally-shape"


def tally_values(round: Round, figures: Figures) -> tuple[str, ...]:
    """What the parts of the tally say; nothing when it has no figure and so another shape."""
    if figures.figure.value is None:
        return ()
    return _drawn(
        method_of(round), figures.figure, figures.guests, figures.unanswered, get_language()
    )


@lru_cache(maxsize=4096)
def _drawn(
    method: Method, figure: tally.Figure, guests: int, unanswered: int, language: str | None
) -> tuple[str, ...]:
    # Many drafts have the same figure, and most keep theirs from one tick to the next.
    line = method.line(figure)
    places = dot_places(line.dot, line.start, line.end)
    votes = _votes(line, figure, guests, unanswered)
    return (line.words, *places, line.number, line.spread, votes)


def _votes(line: Line, figure: tally.Figure, guests: int, unanswered: int) -> str:
    """The votes behind the figure, and those that stand apart from it."""
    said = [line.votes] if figure.value is not None else []
    if guests:
        held = ngettext("%(guests)s guest", "%(guests)s guests", guests)
        said.append(held % {"guests": guests})
    if unanswered:
        earlier = ngettext(
            "%(votes)s earlier vote not renewed", "%(votes)s earlier votes not renewed", unanswered
        )
        said.append(earlier % {"votes": unanswered})
    return " · ".join(said)


def tallies(round: Round) -> dict[int, SafeString]:
    """The tally of every entry, for those who may see them."""
    return {one.pk: mark_safe(render_tally(round, one)) for one in figures_of(round, slots(round))}


def hidden_tally(
    round: Round, pk: int | str = PK, *, oob: bool = False, may_vote: bool = True
) -> str:
    """What stands in place of a tally that may not be seen."""
    context = {"round": round, "pk": pk, "oob": oob, "may_vote": may_vote}
    return render_to_string("voting/_tally_hidden.html", context)


def fresh_tallies(
    round: Round, among: Collection[int] | None, *, visible: bool, may_vote: bool = True
) -> SafeString:
    """Tallies for the answer to a vote, each taking the place of the one on the page.

    `among` names the entries that are on the page; `None` means all of the round.
    """
    found = slots(round)
    wanted = {slot.pk for slot in found if among is None or slot.pk in among}
    if not visible:
        return mark_safe(
            "".join(hidden_tally(round, pk, oob=True, may_vote=may_vote) for pk in sorted(wanted))
        )
    figures = [one for one in figures_of(round, found) if one.pk in wanted]
    return mark_safe("".join(render_tally(round, one, oob=True) for one in figures))
