"""A video that Chromium takes for a camera, showing given pictures one after the other.

Chromium reads concatenated JPEG frames (``.mjpeg``), plays 20 or so of them a second, and starts over at the end.
Use the running site's own picture of a code, for example a screenshot of the element that shows it::

    write_fake_camera(tmp_path / "camera.mjpeg", [page.locator("#code").screenshot()])
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import qrcode
from PIL import Image, ImageFilter

FRAMES_PER_SECOND = 20
FRAME = (640, 480)
_TABLE = (128, 122, 112)

Picture = Image.Image | Path | bytes


def qr_picture(text: str) -> Image.Image:
    """A QR code with its quiet zone, as the site prints it (error correction Q)."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=8, border=4)
    code.add_data(text)
    code.make(fit=True)
    return code.make_image().get_image().convert("RGB")


def write_fake_camera(
    path: Path,
    pictures: Sequence[Picture],
    *,
    seconds_each: float = 2.0,
    seconds_blank: float = 0.5,
    share_of_height: float = 0.62,
    steady: bool = False,
) -> Path:
    """Write the video and return its path.

    Before each picture comes an empty table for ``seconds_blank``, so that "nothing in view" happens as well. The
    picture fills ``share_of_height`` of the frame and moves as in a hand, unless ``steady``.
    """
    noise = random.Random(20260101)
    with path.open("wb") as video:
        for picture in pictures:
            shown = _fit(_opened(picture), round(FRAME[1] * share_of_height))
            for _ in range(round(seconds_blank * FRAMES_PER_SECOND)):
                video.write(_jpeg(_table(noise)))
            for number in range(round(seconds_each * FRAMES_PER_SECOND)):
                video.write(_jpeg(_frame(shown, 0 if steady else number, noise, steady=steady)))
    return path


def frames(path: Path) -> Iterator[bytes]:
    """The JPEG frames of such a video."""
    start = b"\xff\xd8\xff"
    for part in path.read_bytes().split(start)[1:]:
        yield start + part


def _opened(picture: Picture) -> Image.Image:
    if isinstance(picture, Image.Image):
        return picture.convert("RGB")
    with Image.open(BytesIO(picture) if isinstance(picture, bytes) else picture) as opened:
        return opened.convert("RGB")


def _fit(picture: Image.Image, height: int) -> Image.Image:
    scale = min(height / picture.height, FRAME[0] * 0.9 / picture.width)
    return picture.resize(
        (round(picture.width * scale), round(picture.height * scale)), Image.Resampling.LANCZOS
    )


def _table(noise: random.Random) -> Image.Image:
    light = noise.randint(-4, 4)
    return Image.new("RGB", FRAME, tuple(part + light for part in _TABLE))


def _frame(picture: Image.Image, number: int, noise: random.Random, *, steady: bool) -> Image.Image:
    frame = _table(noise)
    angle = 0.0 if steady else 6 * math.sin(number / 6)
    across = 0 if steady else round(12 * math.sin(number / 5))
    down = 0 if steady else round(8 * math.cos(number / 7))
    turned = picture.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    shape = Image.new("L", picture.size, 255).rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    corner = ((FRAME[0] - turned.width) // 2 + across, (FRAME[1] - turned.height) // 2 + down)
    frame.paste(turned, corner, shape)
    return frame if steady else frame.filter(ImageFilter.GaussianBlur(0.6 + 0.5 * math.sin(number / 4)))


def _jpeg(frame: Image.Image) -> bytes:
    data = BytesIO()
    frame.save(data, "JPEG", quality=88, subsampling=2)
    return data.getvalue()
