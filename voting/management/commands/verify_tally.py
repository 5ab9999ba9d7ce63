"""Play the log of rounds again, and compare everything that was made of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.verify import Checked
from voting import audit
from voting.models import Round
from voting.verify import CHECKS


class Command(BaseCommand):
    """`manage.py verify_tally [round ...] [--seq N --head HASH]`; ends with 1 on a finding."""

    help = (
        "Plays the log of the rounds again and compares it with ballots, choices, counters, frozen "
        "tallies and public files; names each row that does not agree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take rounds, and a head that somebody kept."""
        parser.add_argument("rounds", nargs="*", type=int, help="keys of rounds; none: all")
        parser.add_argument("--seq", type=int, help="number of the change the head was after")
        parser.add_argument("--head", help="a head from a receipt, a page or a file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check round by round; one line each, and one more per finding."""
        told = self._told(options)
        rounds = Round.objects.order_by("pk")
        if options["rounds"]:
            rounds = rounds.filter(pk__in=options["rounds"])
            if missing := set(options["rounds"]) - set(rounds.values_list("pk", flat=True)):
                raise CommandError(f"no such round: {', '.join(map(str, sorted(missing)))}")
        wrong = sum(self._verify(round, told) for round in rounds)
        self.stdout.write(f"{rounds.count()} rounds, {wrong} findings")
        if wrong:
            raise SystemExit(1)

    def _told(self, options: dict[str, Any]) -> list[audit.Told]:
        seq, head = options["seq"], options["head"]
        if head is None and seq is None:
            return []
        if head is None or seq is None or len(options["rounds"]) != 1:
            raise CommandError("--head and --seq belong together, with one round")
        return [audit.Told("the command", seq, head.strip().lower())]

    def _verify(self, round: Round, told: list[audit.Told]) -> int:
        results = {name: check([round.pk]) for name, check in CHECKS.items()}
        results["heads"] = audit.heads([round.pk], told)
        found = [f"{name}: {finding}" for name, one in results.items() for finding in one.findings]
        self.stdout.write(f"{'WRONG' if found else 'ok':5} round {round.pk}: {_counts(results)}")
        for line in found:
            self.stdout.write(f"      {line}")
        return len(found)


def _counts(results: dict[str, Checked]) -> str:
    said = ("log", "replay", "counters", "tallies", "heads", "public-files")
    return ", ".join(f"{results[name].count} {results[name].what}" for name in said)
