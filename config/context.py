"""What every page may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Name of the site, and whether this is a demo."""
    return {"site_name": settings.SITE_NAME, "is_demo": settings.DEMO}
