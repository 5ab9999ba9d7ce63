import random

import pytest

from demo.seeding.polls import ballot_of
from tests import cast
from voting.models import Choice, Comparison, Round
from voting.writer import Counted, apply_batch

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", Round.Method.values)
def test_a_ballot_of_the_demo_is_counted_whatever_the_method(method):
    it = cast.voting_round(method=method)
    liking = {pk: 1.0 + n for n, pk in enumerate(it.entries.values_list("pk", flat=True))}

    class Call:
        axes = (("Size", ("S", "M")),)

    chance = random.Random(3)
    changes = [
        change
        for name in ("Ada", "Omar", "Ruth")
        for change in ballot_of(it, cast.voter(cast.person(name)), liking, Call, chance)
    ]
    assert changes and all(isinstance(one, Counted) for one in apply_batch(changes))
    assert Choice.objects.count() + Comparison.objects.count() == len(changes)
