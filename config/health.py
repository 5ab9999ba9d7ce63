"""Whether this process is up (`/healthz`) and can do its work (`/readyz`)."""

from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from core import status
from core.clock import now

# Beats come every few seconds; a long due-function may delay one.
LATE_SECONDS = 60


class HealthMiddleware:
    """Answers before anything else: probes come by IP address, over plain HTTP, without session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            found = readiness()
            return JsonResponse(found, status=200 if set(found.values()) == {"ok"} else 503)
        return self.get_response(request)


def readiness() -> dict[str, str]:
    """Each part with "ok" or the class of what went wrong (never its text: it may hold secrets)."""
    parts = {"database": _database, "migrations": _migrations, "cache": _cache}
    if settings.EMBEDDED_WORKER:
        # A worker of its own has its own probe; its absence must not take the pages away.
        parts["ticker"] = _ticker
    return {name: _outcome(check) for name, check in parts.items()}


def _outcome(check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception as error:
        return type(error).__name__


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _cache() -> str:
    cache.set("readyz", "ok", 10)
    return cache.get("readyz") or "lost"


def _ticker() -> str:
    age = status.beat_age(now())
    return "ok" if age is not None and age < LATE_SECONDS else "late"
