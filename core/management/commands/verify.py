"""Check every registered invariant and say what was checked."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import verify


class Command(BaseCommand):
    """`manage.py verify [prefix]`; ends with status 1 when something does not agree."""

    help = "Checks that votes, money and quotas agree with themselves; prints what it checked."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take an optional prefix of the checks' names."""
        parser.add_argument("prefix", nargs="?", default="", help="e.g. presale or presale.ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run and print; one line per check, one more per finding."""
        results = verify.run(options["prefix"])
        for name, checked in results.items():
            mark = "WRONG" if checked.findings else "ok"
            looked_at = f"{checked.count} {checked.what}"
            self.stdout.write(f"{mark:5} {name}: {looked_at}. {verify.says(name)}")
            for finding in checked.findings:
                self.stdout.write(f"      {finding}")
        wrong = sum(len(checked.findings) for checked in results.values())
        self.stdout.write(f"{len(results)} checks, {wrong} findings")
        if wrong:
            raise SystemExit(1)
