"""The archive: `database`, `media/...`, and `manifest.json`, which names and hashes the others.

The database is copied first and the files after it: a row never names a file that the archive
lacks, for a file is written before its row, and its bytes never change.
"""

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.backups import postgres, sqlite
from core.backups.errors import BackupError
from core.clock import now

__all__ = ["BackupError", "Manifest", "put_back", "read_manifest", "take"]
FORMAT = 1
DATABASE, MANIFEST, MEDIA = "database", "manifest.json", "media/"
ENGINES = {"sqlite": sqlite, "postgresql": postgres}


@dataclass(frozen=True)
class Manifest:
    """What an archive holds; `files` are names in the archive with their sha256."""

    made_at: str
    vendor: str
    migrations: list[str]
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


def take(target: Path, *, overwrite: bool = False) -> Manifest:
    """Write the archive; it appears under its name only when it is whole and on disk.

    Refuses with `BackupError` when the name is taken and when the copy does not check.
    """
    if target.exists() and not overwrite:
        raise BackupError(f"{target} exists; --overwrite replaces it")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copy, draft = Path(folder) / DATABASE, Path(folder) / "archive"
        _engine().dump(copy)
        manifest = Manifest(
            made_at=now().isoformat(timespec="seconds"),
            vendor=connection.vendor,
            migrations=_applied(),
        )
        # Whoever reads it reads people's addresses.
        with open(os.open(draft, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                manifest.files[DATABASE] = _hash_of(copy)
                archive.add(copy, DATABASE)
                for path in _media():
                    _add_file(archive, path, manifest)
                _add(archive, MANIFEST, json.dumps(dataclasses.asdict(manifest)).encode())
            out.flush()
            os.fsync(out.fileno())
        os.replace(draft, target)
    return manifest


def read_manifest(source: Path) -> Manifest:
    """What the archive says it holds. Refuses what is no archive of ours."""
    try:
        with tarfile.open(source) as archive:
            text = archive.extractfile(MANIFEST)
            found = json.load(text) if text else {}
        return Manifest(**found)
    except (OSError, tarfile.TarError, KeyError, TypeError, ValueError) as error:
        raise BackupError(f"{source} is no backup of this site: {error}") from None


def put_back(source: Path, *, overwrite: bool = False) -> Manifest:
    """Replace database and files by those of the archive; nothing is touched before it checks.

    Refuses with `BackupError`: another kind of database, a damaged archive, data that is there
    already (unless `overwrite`), a site that is running.
    """
    manifest = read_manifest(source)
    if manifest.format != FORMAT or manifest.vendor != connection.vendor:
        raise BackupError(
            f"made on {manifest.vendor} (format {manifest.format}), this is {connection.vendor}"
        )
    engine, media = _engine(), Path(settings.MEDIA_ROOT)
    if not overwrite and (engine.is_used() or any(_media())):
        raise BackupError("there is data here; --overwrite replaces it")
    media.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=media.parent) as folder:
        _unpack(source, manifest, Path(folder))
        engine.load(Path(folder) / DATABASE)
        _swap(Path(folder) / MEDIA, media, Path(folder) / "old")
    return manifest


def pending(manifest: Manifest) -> int:
    """How many migrations of the archive this code does not know, which it cannot serve."""
    from django.db.migrations.loader import MigrationLoader

    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return len(set(manifest.migrations) - known)


def _engine():  # type: ignore[no-untyped-def]
    if connection.vendor not in ENGINES:
        raise BackupError(f"no backup of {connection.vendor} is built")
    return ENGINES[connection.vendor]


def _applied() -> list[str]:
    rows = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in rows)


def _media() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (
        (path for path in sorted(root.rglob("*")) if path.is_file()) if root.exists() else iter(())
    )


def _add_file(archive: tarfile.TarFile, path: Path, manifest: Manifest) -> None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return  # taken away meanwhile; the copy of the database may still name it, nothing else
    name = MEDIA + path.relative_to(settings.MEDIA_ROOT).as_posix()
    manifest.files[name] = hashlib.sha256(data).hexdigest()
    _add(archive, name, data)


def _add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mtime = len(data), int(dt.datetime.now().timestamp())
    archive.addfile(entry, io.BytesIO(data))


def _unpack(source: Path, manifest: Manifest, folder: Path) -> None:
    """Only what the list names, each with its hash; the archive's own paths are not believed."""
    (folder / MEDIA).mkdir()
    missing = dict(manifest.files)
    with tarfile.open(source) as archive:
        for entry in archive:
            wanted = missing.pop(entry.name, None)
            if wanted is None or not entry.isreg():
                continue
            target = (folder / entry.name).resolve()
            content = archive.extractfile(entry)
            if not target.is_relative_to(folder.resolve()) or content is None:
                raise BackupError(f"{entry.name} is not a file of a backup")
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as out:
                shutil.copyfileobj(content, out)
            if _hash_of(target) != wanted:
                raise BackupError(f"{entry.name} is damaged")
    if missing:
        raise BackupError(f"{sorted(missing)[0]} is missing, and {len(missing) - 1} more")


def _swap(new: Path, media: Path, old: Path) -> None:
    if media.exists():
        os.replace(media, old)
    os.replace(new, media)


def _hash_of(path: Path) -> str:
    with path.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
