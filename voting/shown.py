"""What is on the screens: one and the same for everybody who may see it, and the database's."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.utils import translation

from core.verify import Checked
from voting import cards, desks, live
from voting.audit import Rounds, chosen
from voting.models import Ballot, Round
from voting.recount import recount
from voting.states import RUNNING

# A tally that did not change keeps the number of the change that made it.
VERSION: Final = re.compile(r' data-version="\d+"| hx-swap-oob="true"')
FIGURE: Final = "tally__line"


def shown(rounds: Rounds = None) -> Checked:
    """V8: voter, non-voter, visitor and socket show what a count of the ballots gives."""
    found, seen = [], 0
    open_now = chosen(rounds).filter(state__in=RUNNING).exclude(results=Round.Results.NEVER)
    for round in open_now.select_related("brief__brand"):
        desks.forget(round)
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                wanted = _counted(round)
                looks = {one.pk: cards.render_tally(round, one) for one in wanted}
                looks = {pk: VERSION.sub("", look) for pk, look in looks.items()}
                for screen, text in _screens(round):
                    seen += len(wanted)
                    found += [
                        f"round {round.pk}: {screen} ({language}) shows another tally of entry {pk}"
                        for pk, tally in looks.items()
                        if tally not in text
                    ]
                seen += len(wanted)
                found += [
                    f"round {round.pk}: the socket ({language}) shows another tally of entry {pk}"
                    for pk in _unlike_socket(round, wanted, language)
                ]
                if FIGURE in "".join(cards.page_cards(round, cards.Viewer(marks={}))):
                    found.append(f"round {round.pk}: a tally is shown to who may not see it")
    return Checked("tallies on screens", seen, found)


def _counted(round: Round) -> list[cards.Figures]:
    """The figures of each entry by a count of the live ballots."""
    by = recount(round)
    slots = [
        replace(
            slot,
            support=by["entry", slot.pk, "support"],
            points=by["entry", slot.pk, "points"],
            squares=by["entry", slot.pk, "squares"],
            guests=by["entry", slot.pk, "support_guests"],
            would_buy=by["entry", slot.pk, "would_buy"],
        )
        for slot in cards.slots(round)
    ]
    whole = tuple(by["round", round.pk, name] for name in ("voters", "papers", "points", "squares"))
    return cards.figures_of(round, slots, whole)


def _screens(round: Round) -> Iterator[tuple[str, str]]:
    for who, viewer in _viewers(round):
        yield who, VERSION.sub("", "".join(cards.page_cards(round, viewer)))
    yield "the answer to a vote", VERSION.sub("", cards.fresh_tallies(round, None, visible=True))


def _unlike_socket(round: Round, wanted: list[cards.Figures], language: str) -> Iterator[int]:
    """The entries whose frame is not what a page would fill in or put in place."""
    frames = {one.id: one for one in live.render(round.pk, live.TALLY, language, None, 0)}
    for figures in wanted:
        frame = frames.get(f"entry-{figures.pk}-tally")
        values = cards.tally_values(round, figures)
        look = "" if values else cards.render_tally(round, figures)
        shown = (frame.values, VERSION.sub("", frame.html)) if frame else None
        if shown != (values, VERSION.sub("", look)):
            yield figures.pk


def _viewers(round: Round) -> Iterator[tuple[str, cards.Viewer]]:
    yield "the page of a visitor", cards.Viewer(marks={}, sees_tally=True)
    yield "the page of a non-voter", cards.Viewer(marks={}, may_vote=True, sees_tally=True)
    ballot = Ballot.objects.filter(round=round, is_live=True).order_by("pk").last()
    if ballot:
        marks = {choice.entry_id: choice.mark for choice in ballot.choices.all()}
        yield "the page of a voter", cards.Viewer(marks=marks, may_vote=True, sees_tally=True)
