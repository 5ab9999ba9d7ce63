"""Pictures from upload to the sizes that pages show.

The row is the truth: a picture waits as PENDING with a due time until its variants exist, and
whoever comes first makes them, the task sent at the upload or the ticker after a crash.
"""

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, F, ForeignObjectRel, OuterRef
from django_tasks import task

from core import uploads
from core.clock import now
from core.uploads import Refused
from designs.models import Picture, RevisionPicture
from fans.models import User

# The task starts at once; the ticker looks only after this, so that they rarely meet.
TASK_HEAD_START: Final = dt.timedelta(seconds=15)
LEASE: Final = dt.timedelta(seconds=uploads.TIMEOUT_SECONDS + 30)
MAX_TRIES: Final = 5
BATCH: Final = 4
UNUSED_AFTER: Final = dt.timedelta(days=2)


@dataclass(frozen=True)
class Chosen:
    """A picture as a form chose it: with its words and what it shows."""

    picture: Picture
    alt: str
    label: str = RevisionPicture.Label.SKETCH


def store_upload(user: User, file: UploadedFile, key: uuid.UUID) -> Picture:
    """Keep an uploaded file and return its picture, probed and with a preview.

    `key` is made by the form: the same key and file again is the same picture, so a repeated
    upload costs nothing. Under a used key, or one that another upload is just using, a file gets
    an id of its own. Raises `Refused`.
    Decodes in a process of its own: not to be called inside a transaction.
    """
    if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
        raise Refused("too-large")
    digest = _digest(file)
    known = Picture.objects.filter(pk=key).first()
    if known and known.owner_id == user.pk and known.sha256 == digest:
        return known
    picture = Picture(
        owner=user,
        file_name=Path(file.name or "").name[:150],
        sha256=digest,
        created_at=now(),
    )
    _claim(picture, uuid.uuid4() if known else key, file)
    try:
        return _probed(picture)
    except BaseException:
        # A row that was written keeps its files, whatever went wrong after it.
        if not Picture.objects.filter(pk=picture.pk).exists():
            _remove_files(picture)
        raise


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


def _claim(picture: Picture, pk: uuid.UUID, file: UploadedFile) -> None:
    picture.pk = pk
    picture.original = original_name(pk)
    path = original_path(picture)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Only one can create the file: whoever does has the id, long before there is a row.
        target = path.open("xb")
    except FileExistsError:
        return _claim(picture, uuid.uuid4(), file)
    with target:
        for chunk in file.chunks():
            target.write(chunk)


def _probed(picture: Picture) -> Picture:
    folder = variants_folder(picture.pk)
    folder.mkdir(parents=True, exist_ok=True)
    facts = uploads.probe(original_path(picture), folder)
    picture.width, picture.height = facts["width"], facts["height"]
    picture.colour, picture.variants = facts["colour"], facts["variants"]
    picture.due_at = picture.created_at + TASK_HEAD_START
    with transaction.atomic():
        picture.save(force_insert=True)
        prepare_picture.enqueue(str(picture.pk))
    return picture


def original_name(pk: uuid.UUID) -> str:
    """What a picture's file as it was sent is called, under the media root."""
    return f"originals/{pk.hex[:2]}/{pk.hex}"


def original_path(picture: Picture) -> Path:
    """Where the private original lies."""
    return settings.MEDIA_ROOT / picture.original


def variants_folder(pk: uuid.UUID) -> Path:
    """Where the public files of a picture lie."""
    return settings.MEDIA_ROOT / "pictures" / pk.hex[:2] / pk.hex


def prepare(pk: uuid.UUID, at: dt.datetime) -> bool:
    """Make the variants of a waiting picture; False if there is nothing to do.

    Pushing the due time forward is the claim: of two at once one makes them, and after a crash
    the picture is due again.
    """
    picture = Picture.objects.filter(pk=pk, state=Picture.State.PENDING).first()
    if not picture:
        return False
    claim = Picture.objects.filter(
        pk=pk, state=Picture.State.PENDING, due_at=picture.due_at, tries=picture.tries
    )
    if not claim.update(due_at=at + LEASE, tries=F("tries") + 1):
        return False
    row = Picture.objects.filter(pk=pk)
    try:
        made = uploads.variants(original_path(picture), variants_folder(pk))
    except Refused as refused:
        last = picture.tries + 1 >= MAX_TRIES
        row.update(
            state=Picture.State.FAILED if last else Picture.State.PENDING,
            error=refused.code,
            due_at=None if last else at + dt.timedelta(seconds=30 * 2**picture.tries),
        )
        return False
    row.update(state=Picture.State.READY, variants=made, due_at=None, error="")
    return True


@task()
def prepare_picture(pk: str) -> bool:
    """The wake-up for a picture that is due anyway."""
    return prepare(uuid.UUID(pk), now())


def prepare_due(at: dt.datetime) -> int:
    """Make what the task did not: due-function of the ticker."""
    due = Picture.objects.filter(state=Picture.State.PENDING, due_at__lte=at)
    keys = due.order_by("due_at").values_list("pk", flat=True)[:BATCH]
    return sum(prepare(pk, at) for pk in list(keys))


def remove_unused(at: dt.datetime) -> int:
    """Delete uploads that no form was ever sent with: due-function of the ticker."""
    unused = Picture.objects.filter(created_at__lt=at - UNUSED_AFTER)
    for relation in Picture._meta.get_fields(include_hidden=True):
        # Whoever points at pictures, in whichever app, keeps them.
        if isinstance(relation, ForeignObjectRel):
            uses = relation.related_model._default_manager.all()
            unused = unused.filter(~Exists(uses.filter(**{relation.field.name: OuterRef("pk")})))
    removed = 0
    for picture in unused[:50]:
        _remove_files(picture)
        picture.delete()
        removed += 1
    return removed


def _remove_files(picture: Picture) -> None:
    original_path(picture).unlink(missing_ok=True)
    folder = variants_folder(picture.pk)
    for path in folder.glob("*"):
        path.unlink(missing_ok=True)
    if folder.exists():
        folder.rmdir()
