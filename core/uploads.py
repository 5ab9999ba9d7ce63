"""Uploads: what is refused while it arrives, and the door to the process that decodes pictures."""

import json
import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)

# A form holds at most this many files of the largest size; more is no form of ours.
FILES_PER_REQUEST: Final = 8
TIMEOUT_SECONDS: Final = 90
# Decoding takes memory and a core; more at once would only make everybody wait.
_decoders = threading.BoundedSemaphore(2)


class SizeLimitHandler(FileUploadHandler):
    """First in the chain: nothing of a file beyond the limit is kept.

    The rest of the form arrives as usual, so the page can come back with what was typed; which
    fields were too large is on the request, see `refused_uploads`.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Hang up on a body that no form of ours can have."""
        if content_length > FILES_PER_REQUEST * settings.UPLOAD_MAX_BYTES:
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the chunk on, or drop the file at the limit."""
        if start + len(raw_data) <= settings.UPLOAD_MAX_BYTES:
            return raw_data
        too_large = refused_uploads(self.request) if self.request else set()
        too_large.add(str(self.field_name))
        raise SkipFile

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


def refused_uploads(request: HttpRequest) -> set[str]:
    """Names of the fields of this request whose file was larger than allowed."""
    return request.__dict__.setdefault("_refused_uploads", set())


class Refused(Exception):
    """The upload cannot be taken; `reason` is for the person, `code` for programs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def reason(self) -> str:
        """One plain sentence."""
        return str(REASONS.get(self.code, REASONS["broken"])) % {
            "megabytes": settings.UPLOAD_MAX_BYTES // 1024 // 1024,
            "megapixels": settings.UPLOAD_MAX_PIXELS // 1_000_000,
        }


REASONS: Final[dict[str, str | Promise]] = {
    "not-a-picture": _("This file is not a picture we can read. JPEG, PNG, WebP and AVIF work."),
    "too-many-pixels": _("This picture has too many pixels; up to %(megapixels)s million work."),
    "broken": _("This picture is damaged or incomplete. Export it again and retry."),
    "too-large": _("This file is too large; up to %(megabytes)s MB work."),
}


def probe(source: Path, folder: Path) -> dict[str, Any]:
    """What the picture is, with a small preview in `folder`. Raises `Refused`."""
    return _in_child("probe", source, folder)


def variants(source: Path, folder: Path) -> list[dict[str, Any]]:
    """Every size and format, as files in `folder`. Raises `Refused`."""
    return _in_child("variants", source, folder)["variants"]


def _in_child(step: str, source: Path, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "core.picture", step]
    command += [str(source), str(folder), str(settings.UPLOAD_MAX_PIXELS)]
    with _decoders:
        try:
            # Empty environment: the decoder has no use for our secrets.
            child = subprocess.run(
                command,
                cwd=settings.BASE_DIR,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=TIMEOUT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            raise Refused("broken") from None
    if child.returncode:
        # Killed by one of its limits, or the file broke the decoder itself.
        log.warning(
            "picture decoder ended early",
            extra={"step": step, "code": child.returncode, "tail": child.stderr[-300:].decode()},
        )
        raise Refused("broken")
    answer: dict[str, Any] = json.loads(child.stdout)
    if "error" in answer:
        raise Refused(answer["error"])
    return answer
