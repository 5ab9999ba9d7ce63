"""Variants that miss their minimum: who moves, waits or goes back, beside a second model."""

import random

from hypothesis import given
from hypothesis import strategies as st

from presale.rehoming import MOVE, REFUND, WAIT, Asked, Offered, decide


@st.composite
def books(draw):
    """Variants with or without minimum and room, and orders for them."""
    offered = [
        Offered(key, draw(st.none() | st.integers(1, 8)), draw(st.none() | st.integers(0, 6)))
        for key in range(1, draw(st.integers(1, 5)) + 1)
    ]
    keys = st.sampled_from([one.key for one in offered])
    answers = st.sampled_from([MOVE, WAIT, REFUND])
    count = draw(st.integers(0, 12))
    asked = [
        Asked(n, draw(keys), draw(st.integers(1, 3)), draw(answers), draw(keys))
        for n in range(count)
    ]
    return offered, asked


def second_model(offered, asked):
    """The rule once more, order by order from the beginning after each variant that is lost."""
    lost, where, told = [], {order.key: order.variant for order in asked}, {}
    room = {one.key: one.room for one in offered}
    while True:
        misses = {}
        for one in offered:
            units = sum(o.units for o in asked if where.get(o.key) == one.key)
            if one.minimum and 0 < units < one.minimum:
                misses[one.key] = one.minimum - units
        if not misses:
            return lost, where, told
        worst = max(misses.values())
        gone = [one.key for one in offered if misses.get(one.key) == worst][-1]
        lost.append(gone)
        moved_in = [o for o in asked if where.get(o.key) == gone and told.get(o.key) == "moved"]
        own = [o for o in asked if where.get(o.key) == gone and o not in moved_in]
        for order in own + moved_in:
            del where[order.key]
            may = order in own and order.answer == MOVE and order.other not in lost
            if may and (room[order.other] is None or room[order.other] >= order.units):
                where[order.key], told[order.key] = order.other, "moved"
                if room[order.other] is not None:
                    room[order.other] -= order.units
            elif order in own and order.answer == WAIT:
                told[order.key] = "waits"
            else:
                told[order.key] = "back"


@given(books())
def test_it_decides_as_the_second_model_does(book):
    offered, asked = book
    outcome = decide(offered, asked)
    lost, where, told = second_model(offered, asked)
    assert outcome.given_up == lost
    assert outcome.waiting == {key for key, what in told.items() if what == "waits"}
    assert outcome.refunded == {key for key, what in told.items() if what == "back"}
    assert outcome.moved == {key: where[key] for key, what in told.items() if what == "moved"}


@given(books())
def test_nobody_is_left_in_a_variant_that_is_not_made(book):
    offered, asked = book
    outcome = decide(offered, asked)
    gone = outcome.waiting | outcome.refunded
    units = dict.fromkeys((one.key for one in offered), 0)
    for order in asked:
        if order.key not in gone:
            units[outcome.moved.get(order.key, order.variant)] += order.units
    for one in offered:
        assert one.minimum is None or units[one.key] == 0 or units[one.key] >= one.minimum
        assert one.key not in outcome.given_up or units[one.key] == 0
    assert not outcome.waiting & outcome.refunded and not gone & set(outcome.moved)


@given(books())
def test_what_moves_goes_where_its_buyer_said_and_finds_room(book):
    offered, asked = book
    outcome = decide(offered, asked)
    rooms = {one.key: one.room for one in offered}
    for order in asked:
        if order.key in outcome.moved:
            assert (order.answer, order.other) == (MOVE, outcome.moved[order.key])
    for key, room in rooms.items():
        came = sum(order.units for order in asked if outcome.moved.get(order.key) == key)
        assert room is None or came <= room


def test_units_that_move_save_another_variant():
    offered = [Offered(1, None, None), Offered(2, 5, None), Offered(3, 4, None)]
    asked = [Asked(1, 2, 1, MOVE, 3), Asked(2, 3, 3, REFUND), Asked(3, 2, 1, WAIT)]
    # 2 misses by 3 and goes first; its one unit brings 3 to its minimum of 4.
    outcome = decide(offered, asked)
    assert (outcome.given_up, outcome.moved, outcome.waiting) == ([2], {1: 3}, {3})
    assert outcome.refunded == set()


def test_of_two_that_miss_by_as_many_the_last_is_given_up_first():
    offered = [Offered(1, 2, None), Offered(2, 2, None)]
    asked = [Asked(1, 1, 1, MOVE, 2), Asked(2, 2, 1, MOVE, 1)]
    outcome = decide(offered, asked)
    assert (outcome.given_up, outcome.moved) == ([2], {2: 1})


def test_the_room_goes_to_who_came_first():
    offered = [Offered(1, None, 1), Offered(2, 9, None)]
    asked = [Asked(n, 2, 1, MOVE, 1) for n in (4, 5)]
    outcome = decide(offered, asked)
    assert (outcome.moved, outcome.refunded) == ({4: 1}, {5})


def test_thousands_of_books_end():
    lot = random.Random(16)
    for _book in range(2_000):
        keys = range(lot.randint(1, 6))
        offered = [Offered(k, lot.choice([None, 2, 5]), lot.choice([None, 0, 3])) for k in keys]
        asked = [
            Asked(n, lot.choice(keys), lot.randint(1, 3), lot.choice([MOVE, WAIT, REFUND]),
                  lot.choice(keys))
            for n in range(lot.randint(0, 15))
        ]  # fmt: skip
        assert len(decide(offered, asked).given_up) <= len(offered)
