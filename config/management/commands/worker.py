import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from config.worker import Worker


class Command(BaseCommand):
    help = "Run the background work (due jobs and queued tasks) in a process of its own."

    def handle(self, *args: Any, **options: Any) -> None:
        asked = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: asked.set())
        worker = Worker()
        worker.start()
        self.stdout.write("Worker started.")
        asked.wait()
        worker.stop()
        self.stdout.write("Worker stopped.")
