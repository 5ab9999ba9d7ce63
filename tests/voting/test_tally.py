import random
from collections import Counter

import pytest

from voting.tally import Marks, count, lot, ranking, says_how_sure, share


def marks(*supports, buys=()):
    return Marks(frozenset(supports), frozenset(buys))


@pytest.mark.parametrize(
    ("votes", "voters", "percent", "low", "high"),
    [(58, 100, 58, 48, 68), (0, 3, 0, 0, 57), (3, 3, 100, 43, 100), (0, 0, 0, 0, 100)],
)
def test_a_share_comes_with_wilsons_range(votes, voters, percent, low, high):
    made = share(votes, voters)
    assert (made.percent, made.low, made.high) == (percent, low, high)


def test_more_voters_make_the_range_narrower():
    assert share(600, 1000).plus_minus < share(60, 100).plus_minus < share(6, 10).plus_minus


def test_support_then_would_buy_then_the_lot_orders_the_entries():
    draws = sorted([3, 4], key=lambda entry: lot("s", entry))
    order = ranking({1: 5, 2: 5, 3: 2, 4: 2}, {1: 1, 2: 3}, [1, 2, 3, 4], "s")
    assert order == [2, 1, *draws]


def test_another_seed_may_draw_another_lot():
    firsts = {ranking({}, {}, [1, 2], str(seed))[0] for seed in range(20)}
    assert firsts == {1, 2}


def test_the_result_does_not_depend_on_the_order_of_the_ballots():
    ballots = [marks(1), marks(1, 2), marks(2, 3), marks(3, buys=[3]), marks(1, 3)] * 7
    shuffled = random.Random(4).sample(ballots, len(ballots))
    assert count(ballots, [1, 2, 3], "s") == count(shuffled, [1, 2, 3], "s")


def test_every_re_run_has_one_first_place():
    ballots = [marks(1), marks(2), marks(2, 1), marks(3)] * 5
    assert sum(place.first_in_reruns for place in count(ballots, [1, 2, 3], "s")) == 100


def test_a_large_lead_is_first_in_every_re_run_and_an_even_race_is_not():
    clear = count([marks(1)] * 90 + [marks(2)] * 10, [1, 2], "s")
    even = count([marks(1)] * 50 + [marks(2)] * 50, [1, 2], "s")
    assert clear[0].first_in_reruns == 100
    assert 30 <= even[0].first_in_reruns <= 70


def test_without_ballots_nobody_is_first_in_a_re_run():
    assert [place.first_in_reruns for place in count([], [1, 2], "s")] == [0, 0]


def test_re_runs_are_what_a_plain_bootstrap_finds():
    ballots = [marks(1)] * 33 + [marks(2)] * 27 + [marks(3)] * 12
    draw = random.Random(9)
    plain = Counter()
    for _ in range(2000):
        drawn = Counter(next(iter(b.supports)) for b in draw.choices(ballots, k=len(ballots)))
        plain[max((1, 2, 3), key=lambda entry: drawn[entry])] += 1
    ours = {place.entry: place.first_in_reruns for place in count(ballots, [1, 2, 3], "s")}
    assert abs(ours[1] - plain[1] / 20) <= 15
    assert ours[3] <= 5


@pytest.mark.parametrize(("voters", "says"), [(0, False), (9, False), (10, True)])
def test_fewer_than_ten_ballots_do_not_say_how_sure(voters, says):
    assert says_how_sure(voters) is says
