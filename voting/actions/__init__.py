"""Every write of rounds, ballots and decisions."""

from voting.actions.ballots import NotCounted, NotKnownYet, cast_ballot

__all__ = ["NotCounted", "NotKnownYet", "cast_ballot"]
