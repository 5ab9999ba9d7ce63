"""Answers in pairs that come by the page's socket: into the same writer as those by the form.

    {"comparison": {"key": "<uuid>", "round": 12, "question": "…", "answer": "left", "ahead": "…"}}
    {"comparison": {"key": "<uuid>", "round": 12, "undo": "12 15 <uuid>"}}

The key of an undo is the one in its text. Answered after the commit by `"html"`, the question
after the one that the page has `ahead` (the undone one after an undo), and `"progress"`; by
`"refused"` and `"text"`; or by `"form"` when it must go by the form.
"""

import json
from functools import partial
from typing import Any, Final

from django.utils import translation

from core import live
from core.live import Asked, BadMessage
from voting import questions
from voting.access import Refusal
from voting.models import Ballot, Round
from voting.pairing import Question
from voting.panes import Pane, progress_of
from voting.presses import BY_FORM, change_of, hand_over, refusal_in
from voting.questions import NOT_ASKED, NotAsked
from voting.writer import Counted, Outcome

COMMAND: Final = "comparison"


def register() -> None:
    """Have the socket take answers; called from `AppConfig.ready`."""
    live.register_command(COMMAND, take)


def take(asked: Asked) -> Any:
    """Hand an answer, or what takes one back, to the writer."""
    said, who = asked.said, asked.viewer.who
    round, seen = said.get("round"), said.get("seen", "")
    if type(round) is not int or not 0 < round < 2**63 or not isinstance(seen, str):
        raise BadMessage
    texts = {name: said.get(name, "") for name in ("question", "answer", "ahead", "undo")}
    if not all(isinstance(one, str) for one in texts.values()):
        raise BadMessage
    undone, is_new = None, asked.viewer.voter is None
    try:
        if texts["undo"]:
            undone, fields = questions.taken_back(texts["undo"])
            fields.pop("client_key")
        else:
            question = questions.read(round, who, texts["question"], is_new=is_new)
            fields = questions.answered(question, texts["answer"])
        ahead = [questions.read(round, who, texts["ahead"], is_new=True)] if texts["ahead"] else []
    except NotAsked:
        asked.answer(partial(refusal_in, asked.language, NOT_ASKED))
        return None
    change = change_of(asked, round, seen, **fields)
    return hand_over(asked, change, partial(_answer, undone, ahead))


def _answer(
    undone: Question | None, ahead: list[Question], asked: Asked, outcome: Outcome | Exception
) -> None:
    """In the writer's thread: what is shown next is found in another one."""
    if isinstance(outcome, Exception):
        asked.answer(BY_FORM)
    elif isinstance(outcome, Refusal):
        asked.answer(partial(refusal_in, asked.language, outcome))
    else:
        asked.answer(partial(_draw, asked, outcome, undone, ahead))


def _draw(asked: Asked, counted: Counted, undone: Question | None, ahead: list[Question]) -> str:
    round = Round.objects.select_related("brief__brand").get(pk=counted.round_id)
    ballot = Ballot.objects.select_related("voter").filter(pk=counted.ballot_id or 0).first()
    own, viewer = questions.own_answers(ballot), asked.viewer
    voter = ballot.voter if ballot else viewer.voter
    if undone:
        shown: Question | None = questions.arranged(undone, viewer.who)
    else:
        shown = questions.next_for(round, viewer.who, own, ahead)
    with translation.override(asked.language):
        html = Pane(round, viewer.who, shown).html
        progress = progress_of(round, own, ballot, voter, viewer.user).html
    return f'"html":{json.dumps(html)},"progress":{json.dumps(progress)}'
