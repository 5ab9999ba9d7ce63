"""System checks over the whole installation; an error keeps the site from starting."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

LIVE_KEYS = ("sk_live_", "rk_live_")


@register()
def installation(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Settings that contradict each other, or are unsafe where real people come."""
    found = [*_processes(), *_demo(), *_stripe()]
    if not (settings.DEBUG or settings.DEMO):
        found += _production()
    return found


def _processes() -> Iterator[CheckMessage]:
    if settings.REDIS_URL:
        return
    if settings.WEB_CONCURRENCY > 1:
        yield Error(
            "Several web processes cannot tell each other what changed without Redis.",
            hint="Set REDIS_URL, or WEB_CONCURRENCY=1.",
            id="toile.E001",
        )
    if not settings.EMBEDDED_WORKER:
        yield Caution(
            "Nothing in this process runs what is due, and a worker process would need Redis.",
            hint="Set REDIS_URL and run `manage.py worker`, or leave EMBEDDED_WORKER on.",
            id="toile.W001",
        )


def _demo() -> Iterator[CheckMessage]:
    if settings.DEMO and settings.STRIPE_API_KEY.startswith(LIVE_KEYS):
        yield Error(
            "Demo roles stand open beside a live payment key.",
            hint="Take DEMO or STRIPE_API_KEY away.",
            id="toile.E002",
        )
    if settings.PAYMENT_PROVIDER == "demo" and not settings.DEMO:
        yield Error(
            "The demo bank accepts every card, and this is no demo.",
            hint="Set PAYMENT_PROVIDER, or DEMO=1.",
            id="toile.E003",
        )
    if settings.DEBUG and settings.HTTPS:
        yield Error(
            "DEBUG shows secrets to visitors and is on together with HTTPS.",
            hint="Unset DEBUG.",
            id="toile.E004",
        )


def _stripe() -> Iterator[CheckMessage]:
    if settings.STRIPE_API_KEY and not any(settings.STRIPE_WEBHOOK_SECRET):
        yield Error(
            "Stripe has a key but no webhook secret: what it tells us could not be believed.",
            hint="Set STRIPE_WEBHOOK_SECRET from the endpoint's page; see docs/payments.md.",
            id="toile.E008",
        )
    if settings.PAYMENT_PROVIDER == "stripe" and not settings.STRIPE_API_KEY:
        yield Caution(
            "Stripe is to take payments and has no key: deposits are switched off.",
            hint="Set STRIPE_API_KEY, or take PAYMENT_PROVIDER away.",
            id="toile.W003",
        )
    if settings.STRIPE_API_BASE and settings.STRIPE_API_KEY.startswith(LIVE_KEYS):
        yield Error(
            "A live payment key would be sent to an address that is not Stripe's.",
            hint="Take STRIPE_API_BASE away.",
            id="toile.E009",
        )


def _production() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY
    if "insecure" in key or len(key) < 50 or len(set(key)) < 5:
        yield Error(
            "SECRET_KEY is short or an example.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="toile.E005",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS must name the hosts of this site.",
            hint="ALLOWED_HOSTS=toile.example.com",
            id="toile.E006",
        )
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Error(
            "PUBLIC_URL must be this site's https address: links in mail begin with it.",
            hint="PUBLIC_URL=https://toile.example.com",
            id="toile.E007",
        )
    if settings.EMAIL_BACKEND.endswith(("console.EmailBackend", "dummy.EmailBackend")):
        yield Caution(
            "Mail is written to the console and reaches nobody.",
            hint="EMAIL_URL=smtp+tls://user:password@host:587",
            id="toile.W002",
        )
