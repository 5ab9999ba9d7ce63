"""Judging in pairs through the pages: questions, answers, undo, and what becomes of them."""

import re
import uuid

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests import cast
from tests.voting.test_merchant import filled
from voting import desks, questions, ticks, verify
from voting.access import ANSWERS_FIRST
from voting.actions import keep_guest_ballot, open_round
from voting.methods import METHODS
from voting.models import Ballot, BallotLog, Comparison, Round
from voting.pairing import Question, counting
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
Answer = Comparison.Answer


@pytest.fixture
def it():
    return cast.voting_round(
        drafts=6, method=Round.Method.PAIRWISE, parameters={"top": 2, "ends": False}
    )


def address(of):
    return reverse("voting:pair", args=[of.pk])


def page(client, of):
    return client.get(address(of)).content.decode()


def shown(html):
    """The fields of the question on the page, and whether there are two drafts."""
    html = html.partition("<template")[0]
    fields = re.search(r'name="question" value="([^"]+)".*?name="client_key" value="([^"]+)"', html)
    assert fields, "no question"
    return {"question": fields[1], "client_key": fields[2]}, 'value="left"' in html


def answer(client, of, said=None, **more):
    """Answer the question on the page."""
    fields, is_pair = shown(page(client, of))
    said = said or ("left" if is_pair else "like")
    return client.post(address(of), fields | {"answer": said} | more)


def rows():
    return list(Comparison.objects.order_by("pk").values_list("low", "high", "answer"))


def counters(of):
    of.refresh_from_db()
    return of.voters, of.guests, sum(of.entries.values_list("support", flat=True))


def findings():
    names = ("one-ballot-per-voter", "counters", "log", "replay", "tallies", "public-files")
    return [line for name in names for line in verify.CHECKS[name]().findings]


def keys(of):
    return list(of.entries.order_by("pk").values_list("pk", flat=True))


def test_a_person_looks_at_drafts_first_and_then_compares(client, sign_in, it):
    sign_in(cast.person("Ada"))
    for _ in range(6):
        assert "Do you like this one?" in page(client, it)
        answer(client, it)
    assert sorted(low for low, _high, _answer in rows()) == keys(it)
    assert "Which one would you rather see made?" in page(client, it)
    answer(client, it, "right")
    assert Ballot.objects.get().marks == 7
    assert counters(it) == (1, 0, 8) and findings() == []


def test_the_left_one_is_the_left_one_whichever_key_is_smaller(it):
    first, second = keys(it)[:2]
    for question, said, expected in [
        (Question(first, second), "left", Answer.LOW),
        (Question(second, first), "left", Answer.HIGH),
        (Question(second, first), "right", Answer.LOW),
        (Question(second, first), "both-bad", Answer.BOTH_BAD),
    ]:
        assert questions.answered(question, said)["answer"] == expected


def test_the_page_says_nothing_of_a_demo_that_is_full(client, it):
    """Its own progress is not that of the demo in the banner."""
    assert "being filled" not in page(client, it)


def test_all_questions_are_asked_once_and_then_the_page_says_thanks(client, sign_in, it):
    sign_in(cast.person("Ada"))
    for _ in range(6 + 15):
        answer(client, it)
    assert len(set(rows())) == 21
    assert "Nothing is left to ask" in page(client, it)
    assert findings() == []


def test_an_answer_is_undone_and_its_question_comes_again(client, sign_in, it):
    sign_in(cast.person("Ada"))
    asked, _is_pair = shown(page(client, it))
    answer(client, it)
    undo = re.search(r'name="undo" value="([^"]+)"', page(client, it))[1]
    again = client.post(address(it), {"undo": undo}, follow=True).content.decode()
    assert rows() == [] and counters(it) == (0, 0, 0)
    assert shown(again)[0]["question"] == asked["question"]
    assert [len(one) for one in BallotLog.objects.values_list("choices", flat=True)] == [1, 1]
    assert findings() == []


def test_a_guest_is_known_from_the_first_answer_and_counts_when_confirmed(client, it):
    response = answer(client, it)
    assert response.cookies["toile_guest"].value
    answer(client, it)
    assert counters(it)[:2] == (0, 1) and Ballot.objects.get().marks == 2
    assert "Your answers are held." in page(client, it)
    held = client.get(reverse("voting:round-held", args=[it.pk])).content.decode()
    assert "Your 2 answers are held" in held
    keep_guest_ballot(ballot=Ballot.objects.get(), user=cast.person("Ada"))
    assert counters(it) == (1, 0, 2) and findings() == []


@pytest.mark.parametrize(
    "harm",
    [
        {"question": "made up"},
        {"answer": "left-handed"},
        {"answer": "both-good"},
        {"answer": ""},
        {"question": None},
    ],
)
def test_what_was_not_asked_is_not_counted(client, sign_in, it, harm):
    sign_in(cast.person("Ada"))
    first, second = keys(it)[:2]
    if "question" in harm and harm["question"] is None:
        # Signed for somebody else.
        harm = {"question": questions.sign(it, "user:0", Question(first, second)), "answer": "left"}
    said = answer(client, it, **{"said": "like", **harm} if "answer" not in harm else harm)
    assert "not asked of you" in client.get(said["Location"]).content.decode()
    assert (rows(), BallotLog.objects.count()) == ([], 0)


def test_who_may_not_vote_is_told_and_cannot(client, sign_in, it):
    sign_in(cast.person("Lin"))
    assert 'name="question"' not in page(client, it)
    token = questions.sign(it, f"user:{cast.person('Lin').pk}", Question(keys(it)[0]))
    client.post(address(it), {"question": token, "answer": "like"})
    assert rows() == []


def test_the_same_answer_sent_twice_is_one(client, sign_in, it):
    sign_in(cast.person("Ada"))
    fields, _ = shown(page(client, it))
    for _ in range(2):
        client.post(address(it), fields | {"answer": "like"})
    assert (len(rows()), BallotLog.objects.count()) == (1, 1)


def test_a_later_answer_to_the_same_pair_takes_the_place_of_the_first(it):
    ada, (low, high) = cast.voter(cast.person("Ada")), keys(it)[:2]
    for entry, other, said in [(low, high, 1), (high, low, 2), (low, high, 6)]:
        apply_batch([Change(it.pk, ada.pk, entry, other_id=other, answer=said)])
    assert rows() == [(low, high, 6)]
    # Who cannot judge two drafts has said nothing of them.
    assert counters(it) == (1, 0, 0) and findings() == []


def test_an_answer_does_not_fit_another_round_and_another_part_not_this_one(it):
    ada, (low, high) = cast.voter(cast.person("Ada")), keys(it)[:2]
    other = cast.voting_round()
    foreign = other.entries.first().pk
    changes = [
        Change(it.pk, ada.pk, low, other_id=foreign, answer=1),
        Change(it.pk, ada.pk, low, other_id=low, answer=3),
        Change(it.pk, ada.pk, low, other_id=high, answer=7),
        Change(it.pk, ada.pk, low, answer=1),
        Change(it.pk, ada.pk, low, supports=True),
        Change(other.pk, ada.pk, foreign, other_id=foreign, answer=1),
    ]
    codes = [one.code for one in apply_batch(changes)]
    assert codes == ["no-entry", *["method"] * 5]
    assert Ballot.objects.count() == 0


def test_the_standing_shows_after_ten_answers_and_not_before(client, sign_in, it):
    sign_in(cast.person("Ada"))
    for _ in range(ANSWERS_FIRST - 1):
        answer(client, it)
    round_url = reverse("voting:round", args=[it.pk])
    assert "The standing shows after 1 more answer." in page(client, it)
    assert (
        "Score shows after ten answers, or all there are." in client.get(round_url).content.decode()
    )
    answer(client, it)
    assert "See the standing" in page(client, it)
    html = client.get(f"{round_url}?order=ranking").content.decode()
    assert "judged " in html
    undo = re.search(r'name="undo" value="([^"]+)"', page(client, it))[1]
    client.post(address(it), {"undo": undo})
    assert "judged " not in client.get(round_url).content.decode()


def test_the_codes_of_answers_are_the_same_in_rows_and_in_counting():
    names = ("LOW", "HIGH", "ALIKE", "BOTH_GOOD", "BOTH_BAD", "CANNOT_JUDGE")
    assert {one: getattr(counting, one) for one in names} == {
        one: getattr(Answer, one).value for one in names
    }


def test_a_round_by_another_method_has_no_such_page(client, it):
    assert client.get(address(cast.voting_round())).status_code == 404


def test_a_comparison_that_was_touched_is_found(it):
    ada, (low, high) = cast.voter(cast.person("Ada")), keys(it)[:2]
    apply_batch([Change(it.pk, ada.pk, low, other_id=high, answer=1)])
    assert findings() == []
    for harm in (lambda rows: rows.update(answer=2), lambda rows: rows.delete()):
        harm(Comparison.objects.all())
        assert any(
            "its choices are not those of the log" in one for one in verify.replay().findings
        )
        assert verify.counters().findings


def test_an_unknown_key_is_a_new_one(it):
    assert questions.key_of("nonsense").version == 4
    assert questions.key_of(str(uuid.UUID(int=7))) == uuid.UUID(int=7)


# The end


def crowd(of, people=12):
    """So many confirmed people who all prefer the older draft answer everything."""
    every = keys(of)
    changes = []
    for n in range(people):
        voter = cast.voter(cast.person(f"Fan{n}"))
        for low in every:
            for high in every[every.index(low) :]:
                said = 1 if low != high or low in every[:2] else 2
                changes.append(Change(of.pk, voter.pk, low, other_id=high, answer=said))
    apply_batch(changes)


@pytest.mark.parametrize(
    ("ends", "people", "state"), [(True, 12, "counting"), (False, 12, "open"), (True, 9, "open")]
)
def test_a_round_ends_when_its_top_is_told_apart_if_its_rule_says_so(client, ends, people, state):
    it = cast.voting_round(
        drafts=5, method=Round.Method.PAIRWISE, parameters={"top": 2, "ends": ends}
    )
    ticks.close_settled_rounds(timezone.now())
    it.refresh_from_db()
    assert it.state == "open"
    crowd(it, people)
    desks.forget(it)
    ticks.close_settled_rounds(timezone.now())
    it.refresh_from_db()
    assert (it.state, it.ended_by_rule) == (state, state == "counting")
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert ("as its rule says: the top is told apart" in html) is (state == "counting")
    if it.ended_by_rule:
        ticks.count_closed_rounds(timezone.now())
        html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
        assert "How sure the top 2 is: " in html and html.count(">top 2<") == 2
        assert [row.entry_id for row in it.tallies.filter(group="all").order_by("rank")][
            :2
        ] == keys(it)[:2]
        assert findings() == []


def test_the_page_says_when_it_is_enough(client, sign_in, it):
    crowd(it)
    sign_in(cast.person("Ada"))
    assert "It is enough: more answers would hardly change the top 2." in page(client, it)
    fresh = cast.voting_round(drafts=6, method="pairwise", parameters={"top": 2, "ends": False})
    assert re.search(
        r"About \d+ more answers by all together settle the top 2", page(client, fresh)
    )


# For the brand


def test_a_brand_plans_a_round_in_pairs_and_its_rule_is_frozen(client, sign_in):
    brief = cast.brief()
    for n in range(4):
        cast.design(brief, f"Draft {n}")
    client = sign_in(cast.person("Mei"))
    said = {"method": "pairwise", "pairwise_top": "4", "pairwise_ends": "on"}
    address = reverse("voting:round-new", args=[brief.brand.slug, brief.pk])
    refused = client.post(address, filled(brief, **said))
    assert refused.status_code == 422
    assert "at most 3 can be told apart" in refused.content.decode()
    assert client.post(address, filled(brief, **{**said, "pairwise_top": "3"})).status_code == 302
    it = Round.objects.get()
    assert (it.method, it.parameters) == ("pairwise", {"top": 3, "ends": True})
    open_round(round=it, actor="user:1")
    how = it.rules_frozen["how"]
    assert (
        how["top"] == 3 and "ties" in how and "silence" in how and "0.9 of the top" in how["ends"]
    )
    html = client.get(reverse("voting:round", args=[it.pk])).content.decode()
    assert "Bradley and Terry" in html and it.rules_hash in html


def test_the_form_shows_the_questions_of_the_chosen_method():
    css = (settings.BASE_DIR / "static/css/components/round.css").read_text()
    assert [name for name in METHODS if f"> .method-fields--{name} {{" not in css] == []
