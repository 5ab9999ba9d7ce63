"""Put database and uploaded files of an archive back, while the site is stopped."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups
from core.backups.archive import pending


class Command(BaseCommand):
    """`manage.py restore <file>`; over data that is there only with `--overwrite`."""

    help = "Replaces database and uploaded files by those of an archive made by backup."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the archive."""
        parser.add_argument("file", help="the archive to read")
        parser.add_argument("--overwrite", action="store_true", help="replace what is there")

    def handle(self, *args: Any, **options: Any) -> None:
        """Put it back and say what is left to do."""
        began = time.monotonic()
        try:
            put = backups.put_back(Path(options["file"]), overwrite=options["overwrite"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"as of {put.made_at}: database ({put.vendor}) and {len(put.files) - 1} files, "
            f"{time.monotonic() - began:.1f} s"
        )
        if unknown := pending(put):
            self.stdout.write(f"{unknown} migrations of the archive are newer than this release")
        self.stdout.write("Next: manage.py migrate, then manage.py verify, then start the site.")
