"""Copy database and uploaded files into one archive, while the site runs."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups
from core.clock import now


class Command(BaseCommand):
    """`manage.py backup [file]`; without a name one with the time, in `DATA_DIR/backups`."""

    help = "Writes database and uploaded files into one archive, while the site runs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the archive."""
        parser.add_argument("file", nargs="?", default="", help="the archive to write")
        parser.add_argument("--overwrite", action="store_true", help="replace one of that name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it and say what it holds."""
        usual = Path(settings.DATA_DIR) / "backups" / f"toile-{now():%Y%m%dT%H%M%SZ}.tar"
        target, began = Path(options["file"] or usual), time.monotonic()
        try:
            made = backups.take(target, overwrite=options["overwrite"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from None
        files, size = len(made.files) - 1, target.stat().st_size
        self.stdout.write(
            f"{target}: database ({made.vendor}) and {files} files, {size:,} bytes, "
            f"{time.monotonic() - began:.1f} s"
        )
