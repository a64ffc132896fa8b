"""What a scanner's camera sees, with everything that goes wrong: frames of 640 x 480, grey, made anew for each test.

A card or a screen with a code lies somewhere in the frame. What happened to the thing (cracks, a finger) is drawn upon
it and moves with it; what the camera does (focus, light, noise) is done to the frame. The same seed gives the same
pixels. ``video`` is one second of one trouble in a hand that moves, ten frames a second; its first is a single frame.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import qrcode
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from qrcode.util import MODE_ALPHA_NUM, QRData

from points.codes import ALPHABET, check_character

FRAME = (640, 480)
FRAMES_PER_SECOND = 10
STRENGTHS = (0, 1)
_HOSTS = ("YITIAN.EXAMPLE", "JIFEN.SHUANGQIAO.CN", "127.0.0.1:8000", "Y.CN")
_CARD = 400
_SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]


@dataclass(frozen=True)
class Pose:
    """Where the card is: its middle (pixels), the code's side (pixels), turn and tilt (degrees)."""

    x: float = 320.0
    y: float = 240.0
    side: float = 200.0
    turn: float = 0.0
    tilt: float = 0.0


@dataclass(frozen=True)
class Kind:
    """A way a code suffers: on the card, in its pose, in the camera. Each is given the strength, 0 or 1."""

    name: str
    pose: Callable[[Pose, int, random.Random], Pose] = lambda pose, _strength, _random: pose
    card: Callable[[Image.Image, int, random.Random], None] = lambda _card, _strength, _random: None
    camera: Callable[[Image.Image, Pose, int, random.Random], Image.Image] = (
        lambda frame, _pose, _strength, _random: frame
    )


@dataclass(frozen=True)
class Shot:
    """A frame (8 bits grey, row by row), what it shows and what is wrong with it."""

    kind: str
    strength: int
    text: str
    grey: bytes


def payload(seed: int) -> str:
    """The address that a card carries, with a code of its own for each seed."""
    letters = random.Random(f"payload {seed}")
    body = "".join(letters.choice(ALPHABET) for _ in range(21))
    return f"HTTPS://{_HOSTS[seed % len(_HOSTS)]}/Q/{body}{check_character(body)}"


def video(kind: Kind, strength: int, seed: int) -> Iterator[Shot]:
    """One second of it: the card stays what it is, the hand and the focus wander."""
    fixed = random.Random(f"{kind.name} {strength} {seed}")
    text = payload(seed)
    card = qr_card(text).copy()
    kind.card(card, strength, fixed)
    pose = kind.pose(Pose(turn=fixed.uniform(-8, 8), tilt=fixed.uniform(0, 12)), strength, fixed)
    for number in range(FRAMES_PER_SECOND):
        moving = random.Random(f"{kind.name} {strength} {seed} {number}")
        frame = kind.camera(_shown(card, _in_hand(pose, moving), moving), pose, strength, moving)
        yield Shot(kind.name, strength, text, _noisy(frame, 3, moving).tobytes())


def barcode_shot(digits: str, seed: int, *, side: float = 230.0, blur: float = 0.8) -> Shot:
    """A printed EAN-13, EAN-8 or UPC-A (12 digits) on a packet, slightly turned and blurred."""
    moving = random.Random(f"goods {digits} {seed}")
    pose = _in_hand(Pose(side=side, turn=moving.uniform(-12, 12), tilt=moving.uniform(0, 15)), moving)
    frame = _shown(_bars_card(digits), pose, moving).filter(ImageFilter.GaussianBlur(blur))
    return Shot("goods", 0, digits, _noisy(frame, 3, moving).tobytes())


@cache
def qr_card(text: str) -> Image.Image:
    """A white card whose code, error correction Q and alphanumeric, fills 200 of 400 pixels."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=10, border=0)
    code.add_data(QRData(text, mode=MODE_ALPHA_NUM))
    code.make(fit=True)
    card = Image.new("L", (_CARD, _CARD), 238)
    picture = code.make_image().get_image().convert("L").point(lambda grey: 22 + grey * 216 // 255)
    card.paste(picture.resize((_CARD // 2, _CARD // 2), Image.Resampling.BOX), (_CARD // 4, _CARD // 4))
    ImageDraw.Draw(card).rectangle((110, 340, 290, 352), fill=60)
    return card


def _bars_card(digits: str) -> Image.Image:
    bits = ean_modules(digits)
    card = Image.new("L", (_CARD, _CARD), 232)
    bars = Image.new("L", (len(bits), 1))
    bars.putdata([30 if bit == "1" else 232 for bit in bits])
    card.paste(bars.resize((len(bits) * 2, 110), Image.Resampling.NEAREST), (_CARD // 2 - len(bits), 140))
    return card


_LEFT = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITY = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")  # fmt: skip


def ean_modules(digits: str) -> str:
    """The bars (1) and gaps (0) of EAN-13, EAN-8 or UPC-A, the check digit among the digits (GS1 General
    Specifications, 5.2)."""

    def right(digit: str) -> str:
        return "".join("10"[int(bit)] for bit in _LEFT[int(digit)])

    digits = digits.zfill(13) if len(digits) == 12 else digits
    if len(digits) == 8:
        first, second, parity = digits[:4], digits[4:], "LLLL"
    else:
        first, second, parity = digits[1:7], digits[7:], _PARITY[int(digits[0])]
    left = "".join(
        _LEFT[int(digit)] if side == "L" else right(digit)[::-1]
        for digit, side in zip(first, parity, strict=True)
    )
    return f"101{left}01010{''.join(map(right, second))}101"


def _in_hand(pose: Pose, moving: random.Random) -> Pose:
    return replace(
        pose,
        x=pose.x + moving.uniform(-10, 10),
        y=pose.y + moving.uniform(-8, 8),
        side=pose.side * moving.uniform(0.97, 1.03),
        turn=pose.turn + moving.uniform(-2, 2),
        tilt=pose.tilt + moving.uniform(-2, 2),
    )


def _corners(pose: Pose) -> list[tuple[float, float]]:
    """Where the corners of the card (twice as wide as its code) come to lie, seen by a pinhole camera."""
    turn, tilt = math.radians(pose.turn), math.radians(pose.tilt)
    corners = []
    for across, down in _SQUARE:
        x, y = (across - 0.5) * 2 * pose.side, (down - 0.5) * 2 * pose.side
        x, y = x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)
        away = 1 + y * math.sin(tilt) / 900
        corners.append((pose.x + x / away, pose.y + y * math.cos(tilt) / away))
    return corners


def _shown(card: Image.Image, pose: Pose, moving: random.Random) -> Image.Image:
    """The card on a table in daylight that falls from one side."""
    size = max(40, round(2 * pose.side))
    near = card.resize((size, size), Image.Resampling.LANCZOS) if size < card.width else card
    table = Image.new("L", FRAME, 118 + moving.randint(-5, 5))
    ImageDraw.Draw(table).line((0, moving.randint(60, 420), 640, moving.randint(60, 420)), fill=90, width=5)
    warp = _warp(_corners(pose), near.width)
    laid = near.transform(FRAME, Image.Transform.PERSPECTIVE, warp, Image.Resampling.BICUBIC)
    shape = Image.new("L", near.size, 255).transform(FRAME, Image.Transform.PERSPECTIVE, warp)
    table.paste(laid, (0, 0), shape)
    return ImageChops.multiply(table, _light(90 * moving.randint(0, 3))).filter(ImageFilter.BoxBlur(0.5))


@cache
def _light(degrees: int) -> Image.Image:
    light = Image.linear_gradient("L").rotate(degrees).resize(FRAME)
    return light.point(lambda grey: 205 + grey // 6)


def _warp(corners: Sequence[tuple[float, float]], size: int) -> list[float]:
    """The eight coefficients that take a pixel of the frame back to the card."""
    rows = []
    for (x, y), (across, down) in zip(corners, _SQUARE, strict=True):
        u, v = across * size, down * size
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]]
    for at in range(8):
        best = max(range(at, 8), key=lambda row: abs(rows[row][at]))
        rows[at], rows[best] = rows[best], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for other in range(8):
            if other != at:
                factor = rows[other][at]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[at], strict=True)]
    return [row[8] for row in rows]


def _noisy(frame: Image.Image, sigma: float, moving: random.Random) -> Image.Image:
    """Noise of a sensor; the sum of two even ones is near enough to the bell."""
    for _ in range(2):
        noise = Image.frombytes("L", FRAME, moving.randbytes(FRAME[0] * FRAME[1]))
        reach = sigma * 2.45
        frame = ImageChops.add(
            frame, noise.point([round(reach * g / 255) for g in range(256)]), 1, -round(reach / 2)
        )
    return frame


# What goes wrong. Strength 0 is a nuisance, strength 1 is bad.


def _far(pose: Pose, strength: int, _random: random.Random) -> Pose:
    return replace(pose, side=(80, 58)[strength])


def _tilted(pose: Pose, strength: int, _random: random.Random) -> Pose:
    return replace(pose, tilt=(38, 52)[strength], side=210)


def _turned(pose: Pose, strength: int, fixed: random.Random) -> Pose:
    return replace(pose, turn=fixed.uniform(15, 345), side=(200, 110)[strength])


def _close(pose: Pose, strength: int, _random: random.Random) -> Pose:
    """A card at 5 cm: the code is larger than the frame is high, its fourth corner is cut off."""
    return replace(pose, side=(415, 440)[strength], turn=10, tilt=3, y=(252, 266)[strength])


def _unfocused(frame: Image.Image, radius: float, moving: random.Random) -> Image.Image:
    return frame.filter(ImageFilter.GaussianBlur(radius * moving.uniform(0.85, 1.15)))


def _moved(frame: Image.Image, _pose: Pose, strength: int, moving: random.Random) -> Image.Image:
    length, angle = (9, 14)[strength] * moving.uniform(0.6, 1.2), moving.uniform(0, math.pi)
    seen = frame
    steps = max(2, round(length))
    for step in range(1, steps):
        along = step / (steps - 1) - 0.5
        shift = (round(along * length * math.cos(angle)), round(along * length * math.sin(angle)))
        seen = Image.blend(seen, ImageChops.offset(frame, *shift), 1 / (step + 1))
    return seen


def _glare(frame: Image.Image, pose: Pose, strength: int, moving: random.Random) -> Image.Image:
    spot = Image.new("L", FRAME, 0)
    reach = pose.side * (0.26, 0.38)[strength]
    x = pose.x + moving.uniform(-0.35, 0.35) * pose.side
    y = pose.y + moving.uniform(-0.35, 0.35) * pose.side
    ImageDraw.Draw(spot).ellipse(
        (x - reach * 1.4, y - reach * 0.7, x + reach * 1.4, y + reach * 0.7), fill=255
    )
    spot = (
        spot.resize((160, 120))
        .filter(ImageFilter.GaussianBlur(reach / 10))
        .resize(FRAME, Image.Resampling.BILINEAR)
    )
    return ImageChops.add(frame, spot)


def _dark(frame: Image.Image, _pose: Pose, strength: int, moving: random.Random) -> Image.Image:
    share = (0.15, 0.09)[strength]
    dim = frame.filter(ImageFilter.GaussianBlur(1.2)).point(lambda grey: round(14 + grey * share))
    return _noisy(dim, (6, 8)[strength], moving)


def _cracked(card: Image.Image, strength: int, fixed: random.Random) -> None:
    """Splinters run from where the screen hit the ground; they shine or stay dark."""
    pen = ImageDraw.Draw(card)
    x, y = fixed.uniform(140, 260), fixed.uniform(140, 260)
    for _ in range((6, 11)[strength]):
        angle, at = fixed.uniform(0, math.tau), (x, y)
        while 60 < at[0] < 340 and 60 < at[1] < 340:
            angle += fixed.uniform(-0.5, 0.5)
            to = (at[0] + 30 * math.cos(angle), at[1] + 30 * math.sin(angle))
            pen.line((*at, *to), fill=fixed.choice((250, 250, 40)), width=fixed.choice((2, 3, 4, 5)))
            at = to
    reach = (8, 13)[strength]
    pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=200)


def _covered(card: Image.Image, strength: int, fixed: random.Random) -> None:
    """A thumb holds the card, from the right or from below, clear of the three corner marks."""
    pen = ImageDraw.Draw(card)
    wide, deep = (36, 50)[strength], (50, 70)[strength]
    along = fixed.uniform(215, 270)
    if fixed.random() < 0.5:
        box = (300 - deep, along - wide, 420, along + wide)
    else:
        box = (along - wide, 300 - deep, along + wide, 420)
    pen.rounded_rectangle(box, radius=wide, fill=fixed.choice((95, 150)))


def _moire(frame: Image.Image, _pose: Pose, strength: int, moving: random.Random) -> Image.Image:
    """A screen's grid against the sensor's: stripes two ways, and a band where the backlight was off."""
    depth = (60, 100)[strength]
    for axis in (0, 1):
        waves, bend = moving.uniform(2.1, 3.4), moving.uniform(0, 6)
        wave = [round(255 - depth * (0.5 + 0.5 * math.sin(at * waves + bend))) for at in range(FRAME[axis])]
        line = Image.new("L", (FRAME[0], 1) if axis == 0 else (1, FRAME[1]))
        line.putdata(wave)
        frame = ImageChops.multiply(frame, line.resize(FRAME).rotate(moving.uniform(-3, 3), fillcolor=220))
    band = Image.new("L", FRAME, 255)
    top = moving.uniform(60, 360)
    ImageDraw.Draw(band).rectangle((0, top, 640, top + 70), fill=(190, 140)[strength])
    return ImageChops.multiply(frame, band.filter(ImageFilter.BoxBlur(12)))


def _coarse(frame: Image.Image, _pose: Pose, strength: int, moving: random.Random) -> Image.Image:
    """A cheap camera: few pixels, blown up."""
    share = (0.3, 0.2)[strength] * moving.uniform(0.95, 1.05)
    small = frame.resize((round(FRAME[0] * share), round(FRAME[1] * share)), Image.Resampling.BOX)
    return small.resize(FRAME, Image.Resampling.BILINEAR)


KINDS = (
    Kind("far", pose=_far),
    Kind("blur", camera=lambda f, _p, s, m: _unfocused(f, (2.8, 3.8)[s], m)),
    Kind("motion", camera=_moved),
    Kind("tilted", pose=_tilted),
    Kind("turned", pose=_turned),
    Kind("glare", camera=_glare),
    Kind("dark", camera=_dark),
    Kind("cracked", card=_cracked),
    Kind("covered", card=_covered),
    Kind("moire", camera=_moire),
    Kind("coarse", camera=_coarse),
    Kind("close", pose=_close, camera=lambda f, _p, s, m: _unfocused(f, (5, 7)[s], m)),
)
