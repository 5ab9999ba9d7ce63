"""Puppets do not choose the winner, and people are left alone."""

import random
from collections import Counter

import pytest

from voting import fraud
from voting.fraud import Case, Signal, suspects

DAY = 86_400
HONEST, PUPPETS, SEEDS = 5_000, 500, 100
DRAFTS = range(12)


def case(ballot, at=0.0, network="n", read=30.0, throwaway=False, new=False):
    return Case(ballot, network, at, read, throwaway, new)


def puppet(ballot, at=0.0, **fields):
    return case(ballot, at, **({"read": 0.4, "throwaway": True, "new": True} | fields))


def test_a_burst_of_careless_ballots_from_one_network_is_suspect():
    found = suspects(puppet(n, at=n * 5) for n in range(40))
    assert set(found) == set(range(40))
    assert set(found[0]) == set(Signal)


def test_a_slow_crowd_of_them_is_suspect_too():
    found = suspects(puppet(n, at=n * 1800) for n in range(20))
    assert len(found) == 20 and Signal.BURST not in found[0] and Signal.CROWD in found[0]


@pytest.mark.parametrize(
    "people",
    [
        [case(n, at=n) for n in range(200)],
        [case(n, at=n, new=True) for n in range(200)],
        [case(n, at=n, read=1.0 if n % 3 == 0 else 40.0, new=True) for n in range(200)],
        [case(n, at=n, throwaway=n % 3 == 0, new=True) for n in range(200)],
        [case(n, at=n, read=1.0) for n in range(200)],
        [puppet(n, network=f"line {n}") for n in range(200)],
        [puppet(n) for n in range(4)],
        [puppet(n, network="") for n in range(200)],
        [puppet(n, at=n * 1800) for n in range(19)],
    ],
    ids=[
        "an office that reads",
        "a school where all have just signed up",
        "an office of which some hurry",
        "an office of which some hide their address",
        "old accounts that hurry, from one line",
        "careless people, each at home",
        "a handful",
        "no network known",
        "a few, slowly",
    ],
)
def test_who_shares_a_line_or_hurries_is_no_suspect_for_that(people):
    assert suspects(people) == {}


def test_who_reads_among_puppets_is_left_alone():
    crowd = [puppet(n, at=n) for n in range(60)] + [case(n, at=n) for n in range(100, 120)]
    assert set(suspects(crowd)) == set(range(60))


def test_puppets_hide_in_a_crowd_of_readers_twice_as_large():
    """A limit, written down: half of a burst must look like them."""
    crowd = [puppet(n, at=n) for n in range(30)] + [case(n, at=n % 30) for n in range(100, 160)]
    assert suspects(crowd) == {}


def test_the_order_in_which_ballots_are_read_does_not_matter():
    crowd = [puppet(n, at=n % 7) for n in range(50)] + [case(n, at=n) for n in range(100, 130)]
    shuffled = random.Random(1).sample(crowd, len(crowd))
    assert suspects(crowd) == suspects(shuffled)


# The simulation: five thousand people in a week, and somebody with five hundred accounts.


def people(chance):
    """At home, on telephones, in offices; some hurry, some hide, many are new."""
    for ballot in range(HONEST):
        place = chance.random()
        if place < 0.6:
            network = f"home {ballot // 2}"
        elif place < 0.85:
            network = f"telephones {chance.randrange(60)}"
        else:
            network = f"office {chance.randrange(15)}"
        # Half come within the hour in which the round was announced to them.
        announced = chance.randrange(7) * DAY
        at = announced + (chance.expovariate(1 / 1200) if chance.random() < 0.5 else DAY / 2)
        yield Case(
            ballot,
            network,
            at + chance.random() * 60,
            None if chance.random() < 0.01 else chance.lognormvariate(3.5, 1.0),
            chance.random() < 0.02,
            chance.random() < 0.5,
        )


def puppets(chance):
    """Same network, one burst, throw-away mail, no reading."""
    start = chance.random() * 6 * DAY
    for n in range(PUPPETS):
        read = None if chance.random() < 0.5 else chance.random() * 2
        at = start + n * 2.4 + chance.random()
        yield Case(HONEST + n, "puppets", at, read, chance.random() < 0.97, True)


def election(seed):
    """All ballots, what they vote for, and who wins among the people."""
    chance = random.Random(seed)
    votes = chance.choices(DRAFTS, [30, 27, *[43 / 10] * 10], k=HONEST)
    ranking = [draft for draft, _votes in Counter(votes).most_common()]
    votes += [ranking[1]] * PUPPETS
    return [*people(chance), *puppets(chance)], votes, ranking[0]


def winner(votes, without=()):
    return Counter(v for n, v in enumerate(votes) if n not in without).most_common(1)[0][0]


def test_in_a_hundred_elections_puppets_never_make_the_winner_and_people_are_left_alone():
    flagged, left = 0, 0
    for seed in range(SEEDS):
        cases, votes, right = election(seed)
        found = suspects(cases)
        assert winner(votes, without=found) == right, f"seed {seed}"
        flagged += sum(ballot < HONEST for ballot in found)
        left += PUPPETS - sum(ballot >= HONEST for ballot in found)
    assert flagged <= 0.01 * HONEST * SEEDS
    assert left <= 0.01 * PUPPETS * SEEDS


def test_control_without_the_guard_the_puppets_make_the_winner(monkeypatch):
    monkeypatch.setattr(fraud, "SUSPECT_FROM", 99)
    flips = 0
    for seed in range(20):
        cases, votes, right = election(seed)
        flips += winner(votes, without=suspects(cases)) != right
    assert flips == 20


def test_control_a_guard_that_looks_at_networks_alone_harms_people(monkeypatch):
    """What the rule about carelessness is for: without it whole offices would be out."""
    monkeypatch.setattr(Case, "is_careless", property(lambda self: True))
    monkeypatch.setattr(fraud, "SUSPECT_FROM", 2)
    cases, _votes, _right = election(1)
    assert sum(ballot < HONEST for ballot in suspects(cases)) > 0.01 * HONEST
