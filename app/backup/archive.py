"""One tar.gz: the database, the photos, and a list with the hash of each, written last and checked first."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from app.backup.databases import NAMES, dump, holds_data, load
from points.errors import Conflict, Invalid

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"
# Uploads on their way, which nobody would miss.
LEFT_OUT = "tmp"


@dataclass(frozen=True)
class BackedUp:
    """What lies in the file."""

    photos: int
    size_bytes: int


@dataclass(frozen=True)
class Restored:
    """What was put back. ``head`` is the migration the backup was made at; ``aside``: where older photos went."""

    photos: int
    made_at: str
    head: str | None
    aside: Path | None


def write_backup(
    engine: sa.Engine, media: Path, target: Path, *, head: str | None, now: datetime
) -> BackedUp:
    """Writes ``target``, readable by its owner only. A backup that was cut off leaves no file of that name.

    The database first: photos only ever come, so every photo it names is in the folder that is read after it.
    Raises Conflict ``backup_file_exists``, ``backup_folder_missing`` and the codes of ``databases.dump``.
    """
    if target.exists():
        raise Conflict("backup_file_exists", path=str(target))
    if not target.parent.is_dir():
        raise Conflict("backup_folder_missing", path=str(target.parent))
    part = target.with_name(target.name + ".part")
    hashes: dict[str, str] = {}
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder:
            database = dump(engine, Path(folder))
            handle = os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
            with (
                os.fdopen(handle, "wb") as file,
                tarfile.open(fileobj=file, mode="w:gz", compresslevel=3) as archive,
            ):
                _add(archive, database.name, database, hashes)
                for path in _photos(media):
                    _add(archive, f"{MEDIA}/{path.relative_to(media).as_posix()}", path, hashes)
                about = {"format": FORMAT, "made_at": now.isoformat(), "head": head, "sha256": hashes}
                _add_bytes(archive, MANIFEST, json.dumps(about, ensure_ascii=False, indent=1).encode())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return BackedUp(len(hashes) - 1, target.stat().st_size)


def read_backup(
    engine: sa.Engine, media: Path, source: Path, *, force_empty: bool, now: datetime
) -> Restored:
    """Puts a backup in place of an empty database, or with ``force_empty`` of whatever is there.

    Everything is unpacked and checked before anything is touched. Raises Invalid ``backup_not_readable``,
    ``backup_damaged`` (``name``), ``backup_of_other_database``; Conflict ``database_not_empty``, ``media_not_empty``.
    """
    with tempfile.TemporaryDirectory(dir=_parent(media)) as folder:
        unpacked = Path(folder)
        about = _unpack(source, unpacked)
        database = unpacked / NAMES[engine.dialect.name]
        if not database.is_file():
            raise Invalid("backup_of_other_database", wanted=engine.dialect.name)
        if not force_empty and holds_data(engine):
            raise Conflict("database_not_empty")
        if not force_empty and any(_photos(media)):
            raise Conflict("media_not_empty", path=str(media))
        load(engine, database)
        aside = _put_photos(unpacked / MEDIA, media, now)
    return Restored(len(about["sha256"]) - 1, about["made_at"], about["head"], aside)


def _photos(media: Path) -> Iterator[Path]:
    if media.is_dir():
        for path in sorted(media.rglob("*")):
            if path.is_file() and path.relative_to(media).parts[0] != LEFT_OUT:
                yield path


def _add(archive: tarfile.TarFile, name: str, path: Path, hashes: dict[str, str]) -> None:
    """One file, hashed as it is packed; a photo that a job took away meanwhile is left out."""
    try:
        with path.open("rb") as file:
            hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            entry = archive.gettarinfo(arcname=name, fileobj=file)
            entry.mode, entry.uname, entry.gname, entry.uid, entry.gid = 0o600, "", "", 0, 0
            archive.addfile(entry, file)
    except FileNotFoundError:
        return


def _add_bytes(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), 0o600
    archive.addfile(entry, io.BytesIO(data))


def _unpack(source: Path, folder: Path) -> dict:
    try:
        with tarfile.open(source, "r:gz") as archive:
            for entry in archive:
                _write_entry(archive, entry, folder)
        about = json.loads((folder / MANIFEST).read_bytes())
        hashes = dict(about["sha256"]) if about["format"] == FORMAT else None
    except (OSError, EOFError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise Invalid("backup_not_readable", path=str(source)) from error
    if hashes is None:
        raise Invalid("backup_not_readable", path=str(source))
    for name, wanted in hashes.items():
        path = folder / name
        if not path.is_file() or _hash(path) != wanted:
            raise Invalid("backup_damaged", name=name)
    return about


def _write_entry(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Plain files below the folder, and nothing else that a tar could hold."""
    path = (folder / entry.name).resolve()
    content = archive.extractfile(entry) if entry.isreg() else None
    if content is None or not path.is_relative_to(folder.resolve()):
        raise ValueError(entry.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        shutil.copyfileobj(content, file)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_photos(unpacked: Path, media: Path, now: datetime) -> Path | None:
    """Photos of before are moved aside, never mixed and never deleted."""
    aside = None
    if any(_photos(media)):
        aside = media.with_name(f"{media.name}.before-{now:%Y%m%dT%H%M%S}")
        media.rename(aside)
    if unpacked.is_dir():
        shutil.copytree(unpacked, media, dirs_exist_ok=True)
    return aside


def _parent(media: Path) -> Path:
    media.parent.mkdir(parents=True, exist_ok=True)
    return media.parent
