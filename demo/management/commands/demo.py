"""`manage.py demo`: three brands, their drafts, rounds and pre-orders, in an empty database."""

import shutil
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import connection

from demo.seeding.story import Story
from fans.models import Brand


class Command(BaseCommand):
    """Fill an empty database with the demo; the site answers meanwhile and shows how far it is."""

    help = "Fills an empty database with three brands in different trades (demo mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--again",
            action="store_true",
            help="throw everything away first; stop the site before",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo. Set DEMO=1 to try Toile out.")
        if options["again"]:
            throw_away()
        if Brand.objects.exists():
            self.stdout.write("There is data already; nothing was changed (--again begins anew).")
            return
        Story(self.stdout.write).write()
        self.stdout.write(self.style.SUCCESS("The demo is ready."))


def throw_away() -> None:
    """Drop every table and file of the demo and make empty ones.

    Not a flush: the books and the ballots' log refuse to be deleted, as they should.
    """
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=OFF")
        cascade = "" if connection.vendor == "sqlite" else " CASCADE"
        for table in tables:
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA foreign_keys=ON")
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    call_command("migrate", verbosity=0)
