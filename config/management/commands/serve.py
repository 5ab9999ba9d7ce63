from typing import Any

import uvicorn
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from config.server import SOCKETS

DEMO_HINT = "Sign in as any role at {url}/demo/ (owner, designer, fan, operator…). Ctrl-C ends it."


class Command(BaseCommand):
    help = "Serve pages and sockets on HOST and PORT, with WEB_CONCURRENCY processes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument(
            "--prepare", action="store_true", help="Join and collect files and migrate first."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["prepare"]:
            # In this process: three commands of their own would each start Django anew.
            call_command("assets")
            call_command("collectstatic", interactive=False, verbosity=0)
            call_command("migrate", verbosity=0)
        url = f"http://{options['host']}:{options['port']}"
        self.stdout.write(f"{settings.SITE_NAME} is at {url}")
        if settings.DEMO:
            self.stdout.write(DEMO_HINT.format(url=url))
        self.stdout.flush()
        uvicorn.run(
            "config.asgi:application",
            host=options["host"],
            port=options["port"],
            workers=settings.WEB_CONCURRENCY,
            **SOCKETS,
            timeout_graceful_shutdown=5,
            proxy_headers=settings.BEHIND_PROXY,
            forwarded_allow_ips=settings.PROXY_ADDRESSES,
            log_config=None,
            access_log=False,
            server_header=False,
        )
