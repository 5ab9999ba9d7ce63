"""Sending a picture, and serving what was made of it."""

import re
import uuid
from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from core.ratelimit import Limit, TooMany, spend
from core.uploads import Refused, refused_uploads
from designs import access, pictures
from designs.forms.pictures import UploadForm
from designs.templatetags.pictures import picture_url

NAME: Final = re.compile(r"[1-9][0-9]{0,3}\.(avif|webp)", re.ASCII)
TYPES: Final = {"avif": "image/avif", "webp": "image/webp"}
UPLOADS: Final = Limit("upload", 120, 3600)


@require_POST
@login_required
def upload(request: HttpRequest) -> HttpResponse:
    """One file from the page's script, ahead of its form; answers JSON."""
    user = access.signed_in(request)
    form = UploadForm(request.POST, request.FILES)
    if "file" in refused_uploads(request):
        return JsonResponse({"error": Refused("too-large").reason}, status=413)
    if not form.is_valid():
        return JsonResponse({"error": " ".join(form.problems())}, status=400)
    try:
        spend(user.actor, UPLOADS)
        file, key = form.cleaned_data["file"], form.cleaned_data["id"]
        picture = pictures.store_upload(user, file, key)
    except TooMany as limit:
        return JsonResponse(
            {"error": str(limit)}, status=429, headers={"Retry-After": str(limit.retry_after)}
        )
    except Refused as refused:
        return JsonResponse({"error": refused.reason}, status=422)
    return JsonResponse({"id": str(picture.pk), "url": picture_url(picture, 640)})


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def picture_file(request: HttpRequest, pk: uuid.UUID, name: str) -> FileResponse:
    """A re-encoded size. It never changes, so it may be kept for ever; no database is asked."""
    known = NAME.fullmatch(name)
    if not known:
        raise Http404
    try:
        file = (pictures.variants_folder(pk) / name).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(file, content_type=TYPES[known[1]])


@require_safe
@cache_control(private=True, no_store=True)
def original(request: HttpRequest, pk: uuid.UUID) -> FileResponse:
    """The file as it was sent, as a download, for those it was meant for."""
    picture = access.original_for(request.user, pk)
    path = pictures.original_path(picture)
    if not path.exists():
        raise Http404
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=picture.file_name or str(picture.pk),
        content_type="application/octet-stream",
    )
