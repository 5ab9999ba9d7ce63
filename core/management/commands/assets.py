"""`manage.py assets`: join the sources of the style sheet and the script."""

from typing import Any

from django.core.management.base import BaseCommand

from core import assets


class Command(BaseCommand):
    """Writes static/toile.css, static/toile.js and scripts of pages; run before collectstatic."""

    help = "Join static/css and static/js into static/toile.css and static/toile.js."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Say which files changed."""
        for path in assets.build():
            self.stdout.write(f"{path.name}: {path.stat().st_size} bytes")
