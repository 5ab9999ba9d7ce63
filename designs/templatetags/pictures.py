"""`{% load pictures %}`: pictures in all their sizes, and sections that other apps fill."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from designs import sections
from designs.models import Picture, RevisionPicture

register = template.Library()

# Wider files are only for looking closely.
WIDEST_IN_PAGE = 1280


@register.simple_tag
def picture(
    shown: Picture | RevisionPicture | None,
    alt: str | None = None,
    sizes: str = "100vw",
    eager: bool = False,
) -> SafeString:
    """`<picture>` with AVIF and WebP in all sizes, its place reserved.

    Takes a picture or its placement in a revision (whose alt text it then uses). `alt=""` is for
    pictures whose words stand beside them. While no file exists, a field in the average colour.
    """
    placement = shown if isinstance(shown, RevisionPicture) else None
    source = placement.picture if placement else shown
    if alt is None:
        alt = placement.alt if placement else ""
    if not isinstance(source, Picture) or not source.variants:
        return _placeholder(source if isinstance(source, Picture) else None, alt)
    base = f"{get_script_prefix()}pictures/{source.pk}/"
    avif, webp = _srcset(source, base, "avif"), _srcset(source, base, "webp")
    return format_html(
        '<picture class="picture">{}<img src="{}" srcset="{}" sizes="{}" width="{}" height="{}"'
        ' alt="{}" {} decoding="async"></picture>',
        format_html('<source type="image/avif" srcset="{}" sizes="{}">', avif, sizes)
        if avif
        else "",
        picture_url(source, 640),
        webp,
        sizes,
        source.width or 1,
        source.height or 1,
        alt,
        mark_safe('fetchpriority="high"' if eager else 'loading="lazy"'),
    )


def _srcset(source: Picture, base: str, fmt: str) -> str:
    return ", ".join(
        f"{base}{variant['width']}.{fmt} {variant['width']}w"
        for variant in sorted(source.variants, key=lambda variant: variant["width"])
        if variant["format"] == fmt and variant["width"] <= WIDEST_IN_PAGE
    )


def _placeholder(source: Picture | None, alt: str) -> SafeString:
    # A style attribute would break the content policy; an SVG's own attributes do not.
    return format_html(
        '<svg class="picture" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<rect width="100%" height="100%" fill="{}"/></svg>',
        (source and source.width) or 1,
        (source and source.height) or 1,
        alt,
        (source and source.colour) or "#8a949a",
    )


@register.filter
def picture_url(source: Picture, width: int = 1920) -> str:
    """Address of the WebP file nearest to `width` from below, or of the smallest there is."""
    widths = sorted(v["width"] for v in source.variants if v["format"] == "webp")
    if not widths:
        return ""
    fitting = [one for one in widths if one <= width] or widths[:1]
    return f"{get_script_prefix()}pictures/{source.pk}/{fitting[-1]}.webp"


@register.simple_tag(takes_context=True)
def sections_at(context: dict[str, Any], place: str, obj: Any = None) -> list[SafeString]:
    """What other apps show at `place`: `{% sections_at "design" design as blocks %}`."""
    request: HttpRequest = context["request"]
    return sections.blocks(place, request, obj)
