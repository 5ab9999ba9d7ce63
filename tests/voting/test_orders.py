"""The rules over ranked ballots, beside a second library and beside well-known elections."""

import functools
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whalrus import (
    BallotOrder,
    MatrixRankedPairs,
    MatrixSchulze,
    MatrixWeightedMajority,
    Priority,
    RuleBorda,
    RuleIRV,
    RuleRankedPairs,
    RuleSchulze,
)

from tests.voting import elections
from voting.draws import Draws
from voting.methods.ranked import CHOICES, Ranked
from voting.orders import BeatPaths, LockedPairs, PlacePoints, RunOff
from voting.tally import Paper, box_of

BY_RULE = [BeatPaths("x"), LockedPairs("x"), RunOff("x"), PlacePoints("x")]


def paper(*order, buys=()):
    return Paper(tuple((entry, rank) for rank, entry in enumerate(order, start=1)), tuple(buys))


def profile(text):
    """The papers of an election in the notation of `elections`."""
    made = []
    for group in text.split(";"):
        times, *names = group.split()
        made += [paper(*("abcdef".index(name) + 1 for name in names))] * int(times)
    return made


def order_of(rule, papers, entries):
    return rule.order(rule.gather(box_of(papers)), entries, entries)


def order_by(rule, text):
    papers = profile(text)
    entries = list(range(1, len(set(text) & set("abcdef")) + 1))
    order = order_of(rule, papers, entries)
    return "".join("abcdef"[entry - 1] for entry in order)


@st.composite
def profiles(draw, whole=False):
    """Few drafts and few ballots, so that ties are common; many ballots are short."""
    entries = list(range(1, draw(st.integers(2, 6)) + 1))
    shortest = len(entries) if whole else 1
    ballot = st.permutations(entries).flatmap(
        lambda order: st.integers(shortest, len(order)).map(lambda k: paper(*order[:k]))
    )
    papers = draw(st.lists(ballot, min_size=1, max_size=12))
    return papers, entries


def elsewhere(rule, papers, entries, *, silent_are_level=True, **options):
    """The same ballots in the other library; of equals the smaller number comes first."""
    known = (lambda order: set(entries)) if silent_are_level else set
    orders = [[entry for entry, _rank in one.said] for one in papers]
    ballots = [BallotOrder([{entry} for entry in one], candidates=known(one)) for one in orders]
    return rule(ballots, candidates=set(entries), tie_break=Priority.ASCENDING, **options)


class WonDuels(MatrixWeightedMajority):
    """The votes for the winner of each duel; nothing for the loser, or where it is level."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, indifference=0, unordered_vs_unordered=0, **kwargs)

    @functools.cached_property
    def as_dict_(self):
        votes = super().as_dict_
        return {pair: n if n > votes[pair[::-1]] else 0 for pair, n in votes.items()}


@settings(max_examples=300, deadline=None)
@given(profiles())
def test_schulze_agrees_with_another_library(made):
    papers, entries = made
    matrix = MatrixSchulze(matrix_weighted_majority=WonDuels())
    other = elsewhere(RuleSchulze, papers, entries, matrix_schulze=matrix)
    paths = other.matrix_schulze_.as_dict_
    order = order_of(BeatPaths("x"), papers, entries)
    assert order[0] == min(list(other.cowinners_))
    for place, entry in enumerate(order):
        rest = order[place:]
        free = [e for e in rest if all(paths[e, o] >= paths[o, e] for o in rest if o != e)]
        assert entry == min(free)


def is_upheld(order, edges):
    """Whether each place is upheld by duels that come before the one against it.

    Zavist and Tideman: of all orders exactly the one of ranked pairs is, and so it needs no
    second program. (The other library orders the duels, but does not follow all chains of
    fixed ones and calls drafts level that are not: its own order is no reference.)
    """
    when = {pair: number for number, pair in enumerate(edges)}
    for high, low in combinations(order, 2):
        against = when.get((low, high), len(edges))
        reached = {high}
        for lower in order[order.index(high) + 1 :]:
            if any(when.get((upper, lower), len(edges)) < against for upper in reached):
                reached.add(lower)
        if against < len(edges) and low not in reached:
            return False
    return True


def edges_elsewhere(papers, entries):
    matrix = MatrixRankedPairs(matrix_weighted_majority=WonDuels(), tie_break=Priority.ASCENDING)
    return elsewhere(RuleRankedPairs, papers, entries, matrix=matrix).matrix_.edges_order_


@settings(max_examples=300, deadline=None)
@given(profiles())
def test_ranked_pairs_are_upheld_by_the_duels_as_another_library_orders_them(made):
    papers, entries = made
    edges = edges_elsewhere(papers, entries)
    assert is_upheld(order_of(LockedPairs("x"), papers, entries), edges)


@settings(max_examples=50, deadline=None)
@given(profiles())
def test_no_other_order_is_upheld(made):
    papers, entries = made
    entries = entries[:4]
    papers = [paper(*(e for e, _rank in one.said if e in entries)) for one in papers]
    edges = (
        edges_elsewhere([one for one in papers if one.said], entries)
        if any(one.said for one in papers)
        else []
    )
    if edges:
        assert sum(is_upheld(order, edges) for order in permutations(entries)) == 1


@settings(max_examples=300, deadline=None)
@given(profiles())
def test_the_run_off_agrees_with_another_library(made):
    papers, entries = made
    other = elsewhere(RuleIRV, papers, entries, silent_are_level=False)
    order = order_of(RunOff("x"), papers, entries)
    assert order[0] == other.winner_


@settings(max_examples=300, deadline=None)
@given(profiles())
def test_borda_agrees_with_another_library(made):
    papers, entries = made
    other = elsewhere(RuleBorda, papers, entries)
    expected = [entry for level in other.order_ for entry in sorted(level)]
    assert order_of(PlacePoints("x"), papers, entries) == expected


@settings(max_examples=30, deadline=None)
@given(profiles(), st.randoms())
def test_a_re_run_is_first_by_the_same_rule_as_the_result(made, random):
    papers, entries = made
    box = box_of(papers)
    partings = [random.sample(entries, len(entries)) for _ in range(100)]
    draws = Draws(box, "s")
    for rule in BY_RULE:
        firsts = rule.firsts(draws, entries, partings)
        for run in (0, 17, 99):
            drawn = dict(zip(draws.kinds, draws.times(run), strict=True))
            drawn = {one: times for one, times in drawn.items() if times}
            assert firsts[run] == rule.order(rule.gather(drawn), entries, partings[run])[0], rule


def test_a_circle_of_equals_is_parted_by_who_would_be_bought_and_then_by_the_lot():
    papers = profile(elections.CIRCLE)
    bought = [paper(1, 2, 3, buys=[3]), *papers[1:]]
    for name, _label in CHOICES:
        assert Ranked(rule=name).count(bought, [1, 2, 3], "s")[0].entry == 3
        drawn = {Ranked(rule=name).count(papers, [1, 2, 3], str(n))[0].entry for n in range(30)}
        assert drawn == {1, 2, 3}


@pytest.mark.parametrize(
    ("text", "schulze", "pairs", "run_off", "borda"),
    [
        (elections.SCHULZE, "e", "a", "c", "e"),
        (elections.TENNESSEE, "b", "b", "d", "b"),
        (elections.A60, "a", "a", "a", "a"),
        (elections.A77, "c", "c", "c", "c"),
    ],
)
def test_known_elections_are_won_by_those_who_won_them(text, schulze, pairs, run_off, borda):
    firsts = "".join(order_by(rule, text)[0] for rule in BY_RULE)
    assert firsts == schulze + pairs + run_off + borda


def test_the_whole_order_of_schulzes_example():
    assert order_by(BeatPaths("x"), elections.SCHULZE) == "eacbd"


@pytest.mark.parametrize("text", [elections.A60, elections.A77, elections.SCHULZE])
def test_real_ballots_are_counted_as_another_library_counts_them(text):
    papers = profile(text)
    entries = list(range(1, len(set(text) & set("abcdef")) + 1))
    matrix = MatrixSchulze(matrix_weighted_majority=WonDuels())
    schulze = elsewhere(RuleSchulze, papers, entries, matrix_schulze=matrix)
    run_off = elsewhere(RuleIRV, papers, entries, silent_are_level=False)
    borda = elsewhere(RuleBorda, papers, entries)
    assert {order_of(BeatPaths("x"), papers, entries)[0]} == set(schulze.cowinners_)
    assert order_of(RunOff("x"), papers, entries)[0] == run_off.winner_
    assert [{e} for e in order_of(PlacePoints("x"), papers, entries)] == [
        set(level) for level in borda.order_
    ]
    edges = edges_elsewhere(papers, entries)
    assert is_upheld(order_of(LockedPairs("x"), papers, entries), edges)
