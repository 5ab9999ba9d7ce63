"""Strengths against another library, and what the desk asks."""

import math
from collections import Counter
from random import Random

import choix
import numpy as np
import pytest

from voting.methods.pairwise import Pairwise
from voting.pairing import Desk, Past, Question, Strengths, chance, outlook
from voting.pairing.desk import LOOKS_FIRST, LOOKS_LATER
from voting.pairing.strengths import DEVIATION, cholesky, inverted
from voting.tally import Paper


def meetings(drafts: int, count: int, seed: int = 1) -> list[tuple[int, int]]:
    """Winner and loser of meetings of drafts whose strengths grow with their number."""
    random, found = Random(seed), []
    for _ in range(count):
        one, other = random.sample(range(drafts), 2)
        first_wins = random.random() < chance((one - other) / 4)
        found.append((one, other) if first_wins else (other, one))
    return found


def strengths_of(drafts: int, won: list[tuple[int, int]]) -> Strengths:
    made = Strengths(drafts)
    for winner, loser in won:
        made.add_meeting(winner, loser, 1)
    made.settle()
    return made


@pytest.mark.parametrize(("drafts", "count"), [(2, 1), (5, 3), (12, 60), (30, 900)])
def test_strengths_are_those_of_another_library(drafts: int, count: int) -> None:
    won = meetings(drafts, count)

    found = choix.opt_pairwise(drafts, won, alpha=1 / (2 * DEVIATION**2), tol=1e-12)

    assert strengths_of(drafts, won).values == pytest.approx(found.tolist(), abs=1e-4)


def test_ranges_are_the_curvature_at_the_top() -> None:
    won = meetings(9, 70)
    made = strengths_of(9, won)
    curvature = np.eye(9) / DEVIATION**2
    for one, other in won:
        p = chance(made.values[one] - made.values[other])
        x = np.zeros(9)
        x[one], x[other] = 1, -1
        curvature += p * (1 - p) * np.outer(x, x)

    assert np.allclose(made.covariance(), np.linalg.inv(curvature), atol=1e-9)


def test_an_inverse_undoes_its_matrix() -> None:
    root = np.random.default_rng(3).normal(size=(14, 14))
    matrix = root @ root.T + np.eye(14)

    assert np.allclose(np.array(inverted(cholesky(matrix.tolist()))) @ matrix, np.eye(14))


def test_a_draft_that_won_all_its_meetings_has_a_finite_strength() -> None:
    made = strengths_of(2, [(0, 1)] * 500)

    assert 1 < made.values[0] < 20


def test_an_answer_that_prefers_neither_is_half_a_win_for_each() -> None:
    made = Strengths(3)
    made.add_meeting(0, 1, 0.5)
    made.add_meeting(0, 2, 1)
    as_halves = Strengths(3)
    for points in (0, 1):
        as_halves.add_meeting(0, 1, points, times=0.5)
    as_halves.add_meeting(0, 2, 1)
    made.settle(), as_halves.settle()

    assert made.values == pytest.approx(as_halves.values, abs=1e-12)


def test_likes_lift_a_draft_over_a_bar_that_all_share() -> None:
    made = Strengths(3)
    for draft, likes in ((0, 9), (1, 5), (2, 1)):
        made.add_look(draft, 1, times=likes)
        made.add_look(draft, 0, times=10 - likes)
    made.settle()

    assert made.values[0] > made.values[1] > made.values[2]
    # Half of the looks at the second were likes: it stands at the bar.
    assert made.values[1] == pytest.approx(made.bar, abs=0.05)


def test_answers_as_they_come_lead_to_where_all_at_once_lead() -> None:
    trickled, at_once = Desk(range(20), 5), Desk(range(20), 5)
    answers = [(Question(a, b), 1.0, 1) for a, b in meetings(20, 400)]
    for answer in answers:
        trickled.add(*answer)
    at_once.load(answers)

    near = trickled.strengths.values
    assert near == pytest.approx(at_once.strengths.values, abs=0.05)
    trickled.strengths.settle()
    assert trickled.strengths.values == pytest.approx(at_once.strengths.values, abs=1e-8)


def test_an_answer_taken_back_was_never_given() -> None:
    desk, other = Desk(range(6), 2), Desk(range(6), 2)
    answers = [(Question(a, b), 1.0, 1) for a, b in meetings(6, 30)] + [(Question(3), 1.0, 1)]
    for one in (desk, other):
        one.load(answers)
    desk.add(Question(5, 0), 0.0)
    desk.add(Question(2), 1.0)
    desk.add(Question(5, 0), 0.0, times=-1)
    desk.add(Question(2), 1.0, times=-1)
    desk.strengths.settle()

    assert desk.answers == other.answers
    assert desk.shown == other.shown
    assert desk.strengths.values == pytest.approx(other.strengths.values, abs=1e-8)


# What is asked


def sitting(desk: Desk, count: int, seed: int = 7) -> list[Question]:
    """The questions one person gets, who always prefers the draft with the lower number."""
    random, asked = Random(seed), []
    looked: set[int] = set()
    met: set[tuple[int, int]] = set()
    last: Question | tuple[()] = ()
    while len(asked) < count:
        question = desk.ask(Past(looked, met, tuple(e for e in last if e is not None)), random)
        if question is None:
            break
        asked.append(question)
        last = question
        if question.second is None:
            looked.add(question.first)
            desk.add(question, float(question.first < 5))
        else:
            met.add((question.first, question.second))
            desk.add(question, float(question.first < question.second))
    return asked


def test_a_person_begins_with_drafts_one_at_a_time() -> None:
    desk = Desk(range(LOOKS_FIRST + 20), 10)
    first, second, third = (sitting(desk, LOOKS_FIRST + 4, seed) for seed in range(3))

    assert [one.second is None for one in first] == [True] * LOOKS_FIRST + [False] * 4
    assert len({one.first for one in first[:LOOKS_FIRST]}) == LOOKS_FIRST
    # The next one sees those that are left, then everybody begins with a few.
    assert [one.second for one in second].count(None) == 20
    assert [one.second for one in third].count(None) == LOOKS_LATER


def test_discovery_shows_every_draft_equally_often_and_then_ends() -> None:
    desk = Desk(range(40), 10)
    asked = [one for seed in range(20) for one in sitting(desk, 15, seed)]
    looks = Counter(one.first for one in asked if one.second is None)

    assert len(looks) == 40
    assert max(looks.values()) - min(looks.values()) <= 1
    assert desk.is_discovered


def test_what_others_look_at_now_is_not_shown_to_the_next_one_too() -> None:
    desk = Desk(range(10), 3)
    pending = Counter({Question(entry): 1 for entry in range(9)})

    assert desk.ask(Past(), Random(1), pending) == Question(9)


def test_nobody_is_asked_the_same_twice_until_nothing_is_left() -> None:
    desk = Desk(range(6), 2)
    asked = sitting(desk, 100)
    pairs = [frozenset(one) for one in asked if one.second is not None]

    assert len(asked) == 6 + 15
    assert len(set(pairs)) == 15
    assert desk.ask(Past(set(range(6)), {tuple(p) for p in pairs}), Random(1)) is None


def test_no_draft_stands_in_two_pairs_in_a_row_while_there_are_others() -> None:
    pairs = [one for one in sitting(Desk(range(30), 10), 60) if one.second is not None]

    assert all(not set(one) & set(two) for one, two in zip(pairs, pairs[1:], strict=False))


def test_the_same_answers_and_seed_give_the_same_questions() -> None:
    assert sitting(Desk(range(25), 5), 60) == sitting(Desk(range(25), 5), 60)
    assert sitting(Desk(range(25), 5), 60) != sitting(Desk(range(25), 5), 60, seed=8)


def test_pairs_are_about_the_cut() -> None:
    desk = Desk(range(60), 10)
    asked = Counter[int]()
    for seed in range(20):
        for one in sitting(desk, 40, seed):
            asked.update(entry for entry in one if entry is not None and one.second is not None)
    near = sum(asked[entry] for entry in range(4, 17))

    assert near > sum(asked.values()) / 2


# How many are left


def test_the_top_is_settled_by_answers_and_not_before_all_was_seen() -> None:
    desk = Desk(range(12), 3)
    seen = []
    for seed in range(12):
        sitting(desk, 30, seed)
        seen.append(outlook(desk))

    assert not outlook(Desk(range(12), 3)).is_settled
    assert seen[-1].is_settled
    assert seen[-1].certain > 0.9 > seen[0].certain


def test_equal_drafts_are_never_told_apart() -> None:
    desk, random = Desk(range(12), 3), Random(4)
    for _ in range(4000):
        one, other = random.sample(range(12), 2)
        desk.add(Question(one, other), float(random.random() < 0.5))

    assert outlook(desk).needed != 0


def test_the_smallest_round_has_one_pair() -> None:
    desk = Desk([41, 42], 10)

    assert desk.top == 1
    assert [len({*one} - {None}) for one in sitting(desk, 9)] == [1, 1, 2]
    assert not math.isnan(outlook(desk).certain)


def test_the_top_is_found_among_noise() -> None:
    """The figures themselves are in bench/RESULTS.md; this is the same simulation, small."""
    from bench.pairing import Setting, run

    runs = [run(Setting("one taste"), seed) for seed in range(3)]

    assert sum(one.recalls[1] for one in runs) / 3 >= 0.75
    assert max(one.spread for one in runs) <= 0.1


# Counted


@pytest.mark.parametrize("seed", range(4))
def test_a_count_has_the_order_and_the_figures_of_another_library(seed: int) -> None:
    won = meetings(12, 300, seed)
    ballots = Counter[int]()
    papers = []
    for one, other in won:
        low, high = sorted((one, other))
        papers.append(Paper(((low, high, 1 if low == one else 2),)))
        ballots[one] += 1

    places = Pairwise(top=3).count(papers, range(12), "seed")
    found = choix.opt_pairwise(12, won, alpha=1 / (2 * DEVIATION**2), tol=1e-12)

    assert [place.entry for place in places] == np.argsort(-found).tolist()
    best = places[0].entry
    chances = [chance(found[best] - found[other]) for other in range(12) if other != best]
    assert places[0].figure.value == round(100 * sum(chances) / 11)
    assert places[0].figure.low <= places[0].figure.value <= places[0].figure.high
    assert places[0].points == 2 * ballots[best]
