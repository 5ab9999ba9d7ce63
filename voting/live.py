"""The rooms of a round: `round.12` for everybody, `round.12.tally` for those who may see it.

What changed is named by keys: the entries whose counters moved, and `was:77.1283.1270.0.0`, the
number and the counters of the round before. The figure of every entry hangs on these, so with the
oldest of them the room can tell which other entries look different now, and send only those.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import DEFAULT_DB_ALIAS
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from core import live
from core.live import Frame
from fans.models import Voter
from voting import access, cards, queries, reads
from voting.methods import method_of
from voting.models import Round
from voting.states import PUBLIC

KIND = "round"
TALLY = "tally"
SIBLINGS = "siblings"
WAS = "was:"


def register() -> None:
    """Introduce the rooms of rounds; called from `AppConfig.ready`."""
    live.register(KIND, may_join=may_join, render=render, counts_people=True, is_list=False)


def rooms(round: Round) -> str:
    """The rooms that the page of a round asks to join."""
    return f"{KIND}.{round.pk} {KIND}.{round.pk}.{TALLY}"


def ballots_changed(round: Round, entries: Iterable[int], *, voters: bool) -> None:
    """Ballots moved the counters of these entries; call inside the transaction.

    `round` still has its counters from before; `voters` says whether their number moved.
    """
    if voters:
        live.changed(f"{KIND}.{round.pk}", "voters")
    keys = [str(entry) for entry in sorted(set(entries))]
    before = ".".join(map(str, (round.seq, *cards.whole_of(round))))
    live.changed(f"{KIND}.{round.pk}.{TALLY}", f"{WAS}{before}", *keys)


def round_changed(round_id: int) -> None:
    """The round moved to another state; call inside the transaction.

    Pages of the brief's other rounds list it, too.
    """
    live.changed(f"{KIND}.{round_id}")
    for other in Round.objects.filter(brief__rounds=round_id).exclude(pk=round_id):
        live.changed(f"{KIND}.{other.pk}", SIBLINGS)
    live.changed(f"{KIND}.{round_id}.{TALLY}")


def choices_withdrawn(round_id: int, voter_id: int) -> None:
    """This voter has no choice left in the round: the tally may be hidden from them again."""
    live.recheck(f"{KIND}.{round_id}.{TALLY}", voter_id)


def may_join(user: Any, voter: Voter | None, pk: int, part: str) -> bool:
    """Everybody may hear of a public round; of its tally who may see it on the page."""
    found = reads.rounds([pk], DEFAULT_DB_ALIAS).get(pk)
    if found is None or found.state not in PUBLIC or part not in ("", TALLY):
        return False
    return part == "" or access.results_visible(found, voter, user)


def render(pk: int, part: str, language: str, keys: set[str] | None, after: int) -> list[Frame]:
    """What changed in the room, or all of it."""
    round = reads.rounds([pk], DEFAULT_DB_ALIAS)[pk]
    if part == TALLY:
        return [_tally_frame(round, one) for one in _changed_figures(round, keys)]
    said = ngettext("%(shown)s voter", "%(shown)s voters", round.voters)
    words = said % {"shown": intcomma(round.voters)}
    voters = Frame(f"round-{pk}-voters", words, round.seq, "text")
    frames = [voters]
    if not keys or SIBLINGS in keys:
        frames.append(_siblings_frame(round))
    if not keys or keys - {"voters", SIBLINGS}:
        frames.append(_phase_frame(round))
    return frames


def _phase_frame(round: Round) -> Frame:
    html = render_to_string("voting/_phase.html", {"round": round})
    return Frame(f"round-{round.pk}-phase", html, round.phase)


def _siblings_frame(round: Round) -> Frame:
    context = {"round": round, **queries.sibling_context(round)}
    html = render_to_string("voting/_siblings.html", context)
    return Frame(f"round-{round.pk}-siblings", html, context["siblings_version"])


def _changed_figures(round: Round, keys: set[str] | None) -> list[cards.Figures]:
    found = cards.slots(round)
    wholes = [key.removeprefix(WAS).split(".") for key in keys or () if key.startswith(WAS)]
    if not keys or not wholes or not method_of(round).hangs_on_counters:
        figures = cards.figures_of(round, found)
        return [one for one in figures if not keys or str(one.pk) in keys]
    _seq, *oldest = min(tuple(map(int, whole)) for whole in wholes)
    if tuple(oldest) == cards.whole_of(round):
        # Nobody else's figure hangs on what changed.
        moved = [slot for slot in found if str(slot.pk) in keys]
        return cards.figures_of(round, moved, drafts=len(found))
    figures = cards.figures_of(round, found)
    try:
        before = cards.figures_of(round, found, tuple(oldest))
    except ValueError:
        # Votes that are counted already and announced next do not go with the older numbers.
        return figures
    return [
        one
        for one, was in zip(figures, before, strict=True)
        if str(one.pk) in keys or was.shown != one.shown
    ]


def _tally_frame(round: Round, figures: cards.Figures) -> Frame:
    key, values = f"entry-{figures.pk}-tally", cards.tally_values(round, figures)
    if values:
        return Frame(key, "", figures.version, "fill", shape=cards.SHAPE, values=values)
    return Frame(key, cards.render_tally(round, figures), figures.version)
