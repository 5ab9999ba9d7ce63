"""Answers in pairs over the page's socket, on the running site."""

import json
import re
import uuid

import pytest

from tests import cast
from tests.voting.test_presses import answer, cookie_of, findings, socket_of
from voting import questions
from voting.models import BallotLog, Comparison, Round
from voting.pairing import Question


@pytest.fixture
def it(site):
    return cast.voting_round(drafts=4, method=Round.Method.PAIRWISE, parameters={"top": 1})


def ask(wire, of, **said):
    key = str(uuid.uuid4())
    wire.send(json.dumps({"comparison": {"key": key, "round": of.pk} | said}))
    return answer(wire, said.get("key", key))


def asked_of(user, of, first, second=None):
    return questions.sign(of, f"user:{user.pk}", Question(first, second))


def rows():
    return list(Comparison.objects.order_by("pk").values_list("low_id", "high_id", "answer"))


def test_an_answer_is_on_disk_and_brings_the_question_after_the_next(site, it):
    ada = cast.person("Ada")
    one, two, three, _four = it.entries.order_by("pk").values_list("pk", flat=True)
    with socket_of(site, cookie_of(ada)) as wire:
        said = {
            "question": asked_of(ada, it, two, one),
            "ahead": asked_of(ada, it, three),
            "answer": "left",
        }
        key = str(uuid.uuid4())
        told = ask(wire, it, **said, key=key)
        assert rows() == [(one, two, 2)]
        shown = re.search(r'data-question="([^"]+)"', told["html"])[1]
        after = questions.read(it.pk, f"user:{ada.pk}", shown)
        assert after not in (Question(two, one), Question(one, two), Question(three))
        assert "1 answered" in told["progress"]
        # The same once more, as after a lost answer, is the same answer.
        ask(wire, it, **said, key=key)
        assert (len(rows()), BallotLog.objects.count()) == (1, 1)
        undo = re.search(r'name="undo" value="([^"]+)"', told["progress"])[1]
        told = ask(wire, it, undo=undo)
        assert rows() == [] and "0 answered" in told["progress"]
        again = re.search(r'data-question="([^"]+)"', told["html"])[1]
        assert set(questions.read(it.pk, f"user:{ada.pk}", again)) == {one, two}
    assert findings() == []


def test_what_was_not_asked_or_may_not_be_answered_is_refused_in_words(site, it):
    ada, lin, omar = (cast.person(name) for name in ("Ada", "Lin", "Omar"))
    one, two = it.entries.order_by("pk").values_list("pk", flat=True)[:2]
    with socket_of(site, cookie_of(ada)) as wire:
        for question, said in [
            (asked_of(omar, it, one, two), "left"),
            (asked_of(ada, it, one), "left"),
            (asked_of(ada, it, one, two), "like"),
            ("made up", "left"),
        ]:
            told = ask(wire, it, question=question, answer=said)
            assert told["refused"] == "not-asked" and "not asked of you" in told["text"]
    with socket_of(site, cookie_of(lin), "zh-hans") as wire:
        told = ask(wire, it, question=asked_of(lin, it, one, two), answer="left")
        assert told["refused"] in ("member", "entrant") and not told["text"].isascii()
    with socket_of(site) as wire:
        visitors = questions.sign(it, questions.NOBODY, Question(one))
        assert ask(wire, it, question=visitors, answer="like")["form"] is True
    assert rows() == [] and BallotLog.objects.count() == 0
