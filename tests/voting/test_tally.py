import random
from collections import Counter

import pytest

from voting.methods.support import Support
from voting.tally import Paper, lot, percent, says_how_sure


def paper(*supports, buys=()):
    return Paper(tuple((entry, 1) for entry in supports), tuple(buys))


def count(papers, entries, seed, **parameters):
    return Support(**parameters).count(papers, entries, seed)


@pytest.mark.parametrize(
    ("votes", "voters", "value", "low", "high"),
    [(58, 100, 58, 48, 68), (0, 3, 0, 0, 57), (3, 3, 100, 43, 100), (0, 0, None, 0, 100)],
)
def test_a_part_of_the_voters_comes_with_wilsons_range(votes, voters, value, low, high):
    made = percent(votes, voters)
    assert (made.value, made.low, made.high) == (value, low, high)


def test_votes_read_a_moment_after_the_voters_are_no_more_than_all():
    assert (percent(2, 1).value, percent(2, 1).high) == (100, 100)


def test_more_voters_make_the_range_narrower():
    many, some, few = percent(600, 1000), percent(60, 100), percent(6, 10)
    assert many.high - many.low < some.high - some.low < few.high - few.low


def test_support_then_would_buy_then_the_lot_orders_the_entries():
    draws = sorted([3, 4], key=lambda entry: lot("s", entry))
    papers = [paper(1, 2, buys=[2])] * 3 + [paper(1, 2, 3, 4)] * 2
    assert [place.entry for place in count(papers, [1, 2, 3, 4], "s")] == [2, 1, *draws]


def test_another_seed_may_draw_another_lot():
    firsts = {count([], [1, 2], str(seed))[0].entry for seed in range(20)}
    assert firsts == {1, 2}


def test_the_result_does_not_depend_on_the_order_of_the_ballots():
    papers = [paper(1), paper(1, 2), paper(2, 3), paper(3, buys=[3]), paper(1, 3)] * 7
    shuffled = random.Random(4).sample(papers, len(papers))
    assert count(papers, [1, 2, 3], "s") == count(shuffled, [1, 2, 3], "s")


def test_every_re_run_has_one_first_place():
    papers = [paper(1), paper(2), paper(1, 2), paper(3)] * 5
    assert sum(place.first_in_reruns for place in count(papers, [1, 2, 3], "s")) == 100


def test_a_large_lead_is_first_in_every_re_run_and_an_even_race_is_not():
    clear = count([paper(1)] * 90 + [paper(2)] * 10, [1, 2], "s")
    even = count([paper(1)] * 50 + [paper(2)] * 50, [1, 2], "s")
    assert clear[0].first_in_reruns == 100
    assert 30 <= even[0].first_in_reruns <= 70


def test_without_ballots_nobody_is_first_in_a_re_run_or_by_a_rule():
    places = count([], [1, 2], "s")
    assert [(one.first_in_reruns, one.first_by) for one in places] == [(0, ()), (0, ())]


def test_re_runs_are_what_a_plain_bootstrap_finds():
    papers = [paper(1)] * 33 + [paper(2)] * 27 + [paper(3)] * 12
    draw = random.Random(9)
    plain = Counter()
    for _ in range(2000):
        drawn = Counter(one.said[0][0] for one in draw.choices(papers, k=len(papers)))
        plain[max((1, 2, 3), key=lambda entry: drawn[entry])] += 1
    ours = {place.entry: place.first_in_reruns for place in count(papers, [1, 2, 3], "s")}
    assert abs(ours[1] - plain[1] / 20) <= 15
    assert ours[3] <= 5


def test_it_is_told_which_rule_would_have_chosen_another():
    # Three people like 1 among everything; two like nothing but 2.
    papers = [paper(1, 3, 4)] * 3 + [paper(2)] * 2
    first_by = {place.entry: place.first_by for place in count(papers, [1, 2, 3, 4], "s")}
    assert (first_by[2], "most-votes" in sum(first_by.values(), ())) == (("shared-votes",), True)


@pytest.mark.parametrize(("voters", "says"), [(0, False), (9, False), (10, True)])
def test_fewer_than_ten_ballots_do_not_say_how_sure(voters, says):
    assert says_how_sure(voters) is says
