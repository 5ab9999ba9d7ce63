"""What the counters of a round must be, counted anew from its live ballots."""

from collections import Counter

from voting.methods import method_of
from voting.models import Ballot, Entry, Round
from voting.record import WHOLE, counts_of, standing_of

Recount = Counter[tuple[str, int, str]]


def recount(round: Round) -> Recount:
    """Every counter by ("entry" or "round", its key, the counter's name)."""
    found: Recount = Counter()
    method, drafts = method_of(round), Entry.objects.filter(round=round).count()
    ballots = Ballot.objects.filter(round=round).prefetch_related("choices", "comparisons")
    for ballot in ballots.iterator(chunk_size=500):
        counted = counts_of(ballot.all_marks, standing_of(ballot), method, drafts)
        for (entry, name), more in counted.items():
            found["round" if entry == WHOLE else "entry", entry or round.pk, name] += more
    return found
