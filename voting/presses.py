"""Ballots that come by the page's socket: the same change, limit and writer as by its form.

    {"ballot": {"key": "<uuid>", "round": 12, "choice": "41 supports 1", "seen": "…"}}

is answered after the commit by `{"answer": "<uuid>", …}` with `"html"` (the controls that look
different now), `"text"` and `"marks"` (choices on the ballot); by `"refused"` and `"text"`; or by
`"form"` when this one must go by the form, as a visitor's first vote, which brings the cookie.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import live
from core.live import Asked, BadMessage
from core.ratelimit import Limit, Purses, TooMany
from fans.voters import voter_of_person
from voting import cards
from voting.access import Refusal
from voting.marks import Mark
from voting.methods import read_press
from voting.models import Round
from voting.traces import Source
from voting.writer import Change, Counted, Outcome, writer

COMMAND: Final = "ballot"
# For bursts only: nobody who judges a hundred drafts comes near.
VOTES: Final = Limit("vote", 60, 10)
BY_FORM: Final = '"form":true'
# Controls look alike for everybody who says the same: they are drawn once.
KEPT: Final = 20_000

_purses = Purses(VOTES, 10)
_drawn: dict[tuple[Any, ...], str] = {}


def register() -> None:
    """Have the socket take ballots; called from `AppConfig.ready`."""
    live.register_command(COMMAND, take)


def take(asked: Asked) -> Any:
    """Hand a ballot to the writer, which answers after the commit."""
    return hand_over(asked, _read(asked), _answer)


Told = Callable[[Asked, Outcome | Exception], None]


def hand_over(asked: Asked, change: Change, told: Told) -> Any:
    """Hand a change to the writer; `told` is called in its thread with what became of it."""
    viewer = asked.viewer
    if change.proof and viewer.voter is None:
        return partial(_first_of_person, asked, change, told)
    if change.voter_id is None and change.guest_key is None:
        asked.answer(BY_FORM)
        return None
    if not _purses.pay(viewer.who):
        return partial(_pay, asked, change, told)
    _submit(asked, change, told)
    return None


def _read(asked: Asked) -> Change:
    said = asked.said
    round, choice, seen = said.get("round"), said.get("choice"), said.get("seen", "")
    if type(round) is not int or not 0 < round < 2**63:
        raise BadMessage
    if not isinstance(choice, str) or not isinstance(seen, str):
        raise BadMessage
    try:
        entry, _part, fields = read_press(choice)
    except ValueError as error:
        raise BadMessage from error
    return change_of(asked, round, seen, entry_id=entry, **fields)


def change_of(asked: Asked, round_id: int, seen: str, **fields: Any) -> Change:
    """A change by whoever is at the other end of the socket."""
    viewer = asked.viewer
    return Change(
        round_id=round_id,
        voter_id=viewer.voter.pk if viewer.voter else None,
        client_key=asked.key,
        guest_key=None if viewer.voter else viewer.guest_key,
        trace=Source(viewer.address, seen),
        proof=viewer.proof,
        **fields,
    )


def _first_of_person(asked: Asked, change: Change, told: Told) -> None:
    """Somebody who has never voted anywhere: a voter is made for them, in a thread."""
    known = replace(change, voter_id=voter_of_person(asked.viewer.user).pk)
    # What is left of the last lot first: the socket goes on without its voter.
    if _purses.pay(asked.viewer.who):
        _submit(asked, known, told)
    else:
        _pay(asked, known, told)


def _pay(asked: Asked, change: Change, told: Told) -> None:
    try:
        _purses.fill(asked.viewer.who)
    except TooMany as limit:
        with translation.override(asked.language):
            asked.answer(_refused("too-many", too_many(limit.retry_after)))
        return
    _submit(asked, change, told)


def _submit(asked: Asked, change: Change, told: Told) -> None:
    writer().put(change, partial(told, asked))


def _answer(asked: Asked, outcome: Outcome | Exception) -> None:
    """In the writer's thread: what takes longer is made in another one."""
    if isinstance(outcome, Exception):
        # The form says whether it can be written now, in words.
        asked.answer(BY_FORM)
    elif isinstance(outcome, Refusal):
        asked.answer(partial(refusal_in, asked.language, outcome))
    else:
        known = _fields(asked.language, outcome)
        asked.answer(known or partial(_draw, asked.language, outcome))


def refusal_in(language: str, refusal: Refusal) -> str:
    """The fields of a refusal in that language."""
    with translation.override(language):
        return _refused(refusal.code, str(refusal.text))


def _refused(code: str, text: str) -> str:
    return f'"refused":{json.dumps(code)},"text":{json.dumps(text)}'


def _fields(language: str, counted: Counted) -> str | None:
    """The answer, if everything in it has been drawn before."""
    held = not counted.is_confirmed
    drawn = [_drawn.get(_look(language, held, *one)) for one in counted.changed.items()]
    number = _drawn.get((counted.entry_id,))
    if number is None or None in drawn:
        return None
    text = _text(language, counted.mark.says_something, held, number, counted.is_set_aside)
    waits = f',"held":{_waiting(language, counted.marks)}' if held else ""
    return f'"html":[{",".join(map(str, drawn))}],"text":{text},"marks":{counted.marks}{waits}'


def _look(language: str, held: bool, entry: int, mark: Mark) -> tuple[Any, ...]:
    """All that a control shows of one person."""
    details = bool(mark.options or mark.cap_minor)
    return (language, held, entry, mark.supports, mark.score, mark.rank) + (mark.would_buy, details)


def _draw(language: str, counted: Counted) -> str:
    """Draw what has not been drawn yet, in a thread."""
    # Of many that waited for the same drawing the first makes it.
    known = _fields(language, counted)
    if known:
        return known
    if len(_drawn) > KEPT:
        _drawn.clear()
    round = Round.objects.select_related("brief__brand").get(pk=counted.round_id)
    held = not counted.is_confirmed
    with translation.override(language):
        controls = cards.render_controls(round, counted.changed, is_held=held)
    for entry, (number, html) in controls.items():
        _drawn[entry,] = number
        _drawn[_look(language, held, entry, counted.changed[entry])] = json.dumps(html)
    fields = _fields(language, counted)
    assert fields
    return fields


@lru_cache(maxsize=4096)
def _text(language: str, says_something: bool, held: bool, number: str, aside: bool) -> str:
    with translation.override(language):
        said = what_became(says_something, held=held, is_set_aside=aside)
        return json.dumps(said % {"number": number})


@lru_cache(maxsize=1024)
def _waiting(language: str, marks: int) -> str:
    with translation.override(language):
        return json.dumps(waiting(marks))


def what_became(says_something: bool, *, held: bool, is_set_aside: bool = False) -> str:
    """What became of a press, with a place for the number of the draft."""
    if says_something and is_set_aside:
        return _("Vote noted for No. %(number)s. Your ballot is set aside; your receipt says why.")
    if says_something and held:
        return _("Vote held for No. %(number)s. Add an e-mail so that it counts.")
    if says_something:
        return _("Vote counted for No. %(number)s. Undo available.")
    return _("Vote taken back for No. %(number)s.")


def waiting(marks: int) -> str:
    """That a guest's votes are held; "" for a single one, which is said with its number."""
    if marks < 2:
        return ""
    return ngettext(
        "Your vote is held. Add an e-mail so it counts.",
        "Your votes for %(votes)s drafts are held. Add an e-mail so they count.",
        marks,
    ) % {"votes": marks}


def too_many(seconds: int) -> str:
    """More in a moment than anybody judges: nothing changed, and when to press again."""
    return ngettext(
        "Not counted: too many votes at once. Press again in %(seconds)s second.",
        "Not counted: too many votes at once. Press again in %(seconds)s seconds.",
        seconds,
    ) % {"seconds": seconds}
