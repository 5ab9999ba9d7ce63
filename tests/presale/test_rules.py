"""What a campaign may promise: each impossible term is refused beside its field."""

import datetime as dt
from dataclasses import replace

import pytest

from presale.rules import Option, Step, Terms, problems, warnings

NOW = dt.datetime(2027, 1, 1, 12, tzinfo=dt.UTC)
GOOD = Terms(
    currency="CNY",
    zone_name="Asia/Shanghai",
    opens_at=NOW,
    closes_at=NOW + dt.timedelta(days=21),
    balance_days=7,
    ship_by=dt.date(2027, 4, 1),
    minimum=100,
    production_minimum=80,
    deposit_minor=5_000,
    deposit_worth_bp=10_000,
    deposit_kind="advance",
    forfeit="refund",
    person_limit=5,
    steps=(Step(1, 32_900), Step(200, 28_900), Step(500, 25_900)),
    options=(Option("Blue", "B", 0, None), Option("Sand", "S", 1_000, 300)),
    shipping_minor=(0, 6_000),
)


def test_good_terms_have_no_problem():
    assert problems(GOOD, NOW) == []
    assert warnings(GOOD) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"options": (Option("Blue", "B", 0, 900), Option("Grey", "G", 0, 2, (), 3))}, "variants"),
        ({"closes_at": NOW - dt.timedelta(days=1)}, "closes_at"),
        ({"closes_at": NOW}, "closes_at"),
        ({"opens_at": NOW + dt.timedelta(days=22)}, "closes_at"),
        ({"closes_at": NOW + dt.timedelta(minutes=59)}, "closes_at"),
        ({"closes_at": NOW + dt.timedelta(days=61)}, "closes_at"),
        # Balances end on 29 January, their grace on 5 February.
        ({"ship_by": dt.date(2027, 2, 5)}, "ship_by"),
        ({"steps": ()}, "steps"),
        ({"steps": (Step(2, 32_900),)}, "steps"),
        ({"steps": (Step(1, 32_900), Step(1, 28_900))}, "steps"),
        ({"steps": (Step(1, 32_900), Step(200, 32_900))}, "steps"),
        ({"steps": (Step(1, 28_900), Step(200, 32_900))}, "steps"),
        ({"options": (Option("Blue", "B", 0, 499),)}, "steps"),
        ({"options": (Option("Blue", "B", 0, 99),), "steps": (Step(1, 32_900),)}, "minimum"),
        ({"production_minimum": 101}, "production_minimum"),
        ({"deposit_minor": 399}, "deposit"),
        ({"deposit_minor": 25_901}, "deposit"),
        ({"deposit_minor": 25_900 - 399}, "deposit"),
        ({"deposit_worth_bp": 60_000}, "deposit"),
        ({"forfeit": "forfeit"}, "forfeit"),
        ({"person_limit": 3_000}, "person_limit"),
        ({"options": ()}, "variants"),
        ({"options": (Option("a", "B", 0, None), Option("b", "B", 0, None))}, "variants"),
        ({"shipping_minor": ()}, ""),
    ],
)
def test_impossible_terms_are_refused_at_their_field(change, field):
    assert [problem.field for problem in problems(replace(GOOD, **change), NOW)] == [field]


def test_a_ship_date_one_day_after_the_grace_is_possible():
    assert problems(replace(GOOD, ship_by=dt.date(2027, 2, 6)), NOW) == []


def test_a_deposit_equal_to_the_lowest_price_leaves_nothing_due_and_is_allowed():
    terms = replace(
        GOOD, deposit_minor=25_900, steps=(Step(1, 25_900),), shipping_minor=(0,),
        options=(Option("Blue", "B", 0, None),),
    )  # fmt: skip
    assert problems(terms, NOW) == []


def test_earnest_above_a_fifth_of_the_lowest_price_is_allowed_and_said():
    terms = replace(GOOD, deposit_kind="earnest", forfeit="forfeit", deposit_minor=5_181)
    assert problems(terms, NOW) == []
    assert len(warnings(terms)) == 1
    assert warnings(replace(terms, deposit_minor=5_180)) == []
