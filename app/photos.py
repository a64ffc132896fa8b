"""Photos: what is taken, what is refused with a reason, and how they are kept.

Whatever comes in is decoded and written anew as JPEG: metadata (place, device, name), hidden payloads and odd formats
stay behind. Image work is slow and runs outside every transaction.
"""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError
from werkzeug.datastructures import FileStorage

from app.schemas.commands import MOST_PHOTOS
from app.transaction import transact
from points.base import new_id
from points.errors import Invalid
from points.records.operations import AddEvidence, add_evidence

MOST_MEGABYTES = 20
MOST_MEGAPIXELS = 40
LONG_SIDE, SMALL_SIDE = 1600, 320  # pixels
QUALITY, SMALL_QUALITY = 82, 78
FORMATS = ("JPEG", "PNG", "WEBP")
# ISO base media files say in their first box what they are; phones call a HEIC photo by any of these.
HEIC_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
)


@dataclass(frozen=True)
class Photo:
    """A photo written anew: two JPEGs, the size of the larger in pixels, the hash of what was uploaded."""

    large: bytes
    small: bytes
    width: int
    height: int
    sha256: str


def read_photo(data: bytes) -> Photo:
    """The uploaded bytes as we keep them: upright, at most 1600 px, without metadata.

    Raises Invalid ``photo_too_large`` (``most`` MB), ``photo_too_many_pixels`` (``most``, ``megapixels``),
    ``photo_is_heic``, ``photo_not_an_image``, ``photo_damaged``.
    """
    if len(data) > MOST_MEGABYTES * 1_000_000:
        raise Invalid("photo_too_large", most=MOST_MEGABYTES)
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise Invalid("photo_is_heic")
    image = _opened(data)
    try:
        picture = _upright(image)
        small = picture.copy()
        small.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        large_bytes, small_bytes = _jpeg(picture, QUALITY), _jpeg(small, SMALL_QUALITY)
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise Invalid("photo_damaged") from error
    return Photo(large_bytes, small_bytes, picture.width, picture.height, hashlib.sha256(data).hexdigest())


def _opened(data: bytes) -> Image.Image:
    """The image with its header read and no pixel decoded: a bomb is refused before it goes off."""
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise Invalid("photo_too_many_pixels", most=MOST_MEGAPIXELS, megapixels="…") from error
    except UnidentifiedImageError as error:
        raise Invalid("photo_not_an_image") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise Invalid("photo_damaged") from error
    pixels = image.width * image.height
    if pixels > MOST_MEGAPIXELS * 1_000_000:
        raise Invalid("photo_too_many_pixels", most=MOST_MEGAPIXELS, megapixels=round(pixels / 1_000_000))
    return image


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the camera was held, at most 1600 px, opaque."""
    image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # JPEG only: a large one is never decoded whole
    ImageOps.exif_transpose(image, in_place=True)
    transparent = image.has_transparency_data
    if image.mode not in ("RGB", "RGBA", "L", "LA", "CMYK"):
        image = image.convert("RGBA" if transparent else "RGB")  # a palette cannot be scaled
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    if not transparent:
        return image.convert("RGB")
    image = image.convert("RGBA")
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.info.clear()  # a colour profile or a comment would be written along
    image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def photo_path(community_id: int, evidence_id: uuid.UUID, *, small: bool = False, of: str = "") -> Path:
    """Where a photo lies in the media folder; ``of``: a folder for photos that are no evidence."""
    folder = Path(current_app.config["MEDIA_DIR"]) / str(community_id) / of
    return folder / (f"{evidence_id}.thumb.jpg" if small else f"{evidence_id}.jpg")


@contextmanager
def photo_files(community_id: int, photo: Photo, *, of: str = "") -> Iterator[uuid.UUID]:
    """Writes both files under a fresh id, for the block to register; when the block fails they are taken away again."""
    evidence_id = new_id()
    large, small = (photo_path(community_id, evidence_id, small=size, of=of) for size in (False, True))
    large.parent.mkdir(parents=True, exist_ok=True)
    try:
        large.write_bytes(photo.large)
        small.write_bytes(photo.small)
        yield evidence_id
    except BaseException:
        large.unlink(missing_ok=True)
        small.unlink(missing_ok=True)
        raise


def evidence_of(community_id: int, member_id: uuid.UUID, evidence_id: uuid.UUID, photo: Photo) -> AddEvidence:
    """The command that registers a photo whose files are written."""
    return AddEvidence(
        community_id, member_id, evidence_id, photo.sha256, photo.width, photo.height, len(photo.large)
    )


def keep_photo(community_id: int, member_id: uuid.UUID, data: bytes) -> uuid.UUID:
    """Takes one upload: reads it, writes both files, registers it. Returns the evidence's id; raises as ``read_photo``."""
    photo = read_photo(data)
    with photo_files(community_id, photo) as evidence_id:
        return transact(add_evidence, evidence_of(community_id, member_id, evidence_id, photo))


def keep_photos(
    community_id: int, member_id: uuid.UUID, files: Sequence[FileStorage], *, kept: int = 0
) -> tuple[list[uuid.UUID], Invalid | None]:
    """Takes the uploads of a form, beside ``kept`` earlier ones; a file field left empty counts as none.

    A bad photo does not cost the good ones: returns the ids of those and the first refusal (as ``read_photo``, or
    ``too_many_photos`` with ``most``, which takes none).
    """
    chosen = [file for file in files if file.filename]
    if kept + len(chosen) > MOST_PHOTOS:
        return [], Invalid("too_many_photos", most=MOST_PHOTOS)
    ids, refusal = [], None
    for file in chosen:
        try:
            ids.append(keep_photo(community_id, member_id, file.read()))
        except Invalid as error:
            refusal = refusal or error
    return ids, refusal
