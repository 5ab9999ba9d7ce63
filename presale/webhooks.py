"""The address providers send their events to: signature first, then one stored row."""

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.clock import now
from presale import inbox
from presale.providers.base import BadSignature, Misconfigured

MAX_BYTES = 256 * 1024


@csrf_exempt
@require_POST
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """400 for what is not signed or not readable, 413 above 256 KiB, 503 to be sent again."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
        return HttpResponse(status=413)
    if len(request.body) > MAX_BYTES:  # sent in pieces, without a length
        return HttpResponse(status=413)
    try:
        inbox.receive(provider, request.body, dict(request.headers), now=now())
    except (BadSignature, Misconfigured, KeyError, TypeError, ValueError):
        inbox.log.warning("event refused", extra={"provider": provider})
        return HttpResponse(status=400)
    except OperationalError:
        return HttpResponse(status=503)
    return HttpResponse(status=200)
