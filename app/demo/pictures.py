"""Small painted scenes in place of photos: no real people, no real places, each a little different."""

from __future__ import annotations

import io
import math
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 480
SKIES = (
    ((196, 221, 235), (240, 243, 238)),
    ((246, 219, 176), (250, 240, 216)),
    ((176, 196, 206), (226, 232, 230)),
)
FIELDS = ((92, 134, 82), (120, 148, 88), (74, 118, 92))


def paint_scene(rng: Random) -> bytes:
    """A JPEG of sky, hills, a river or a path, some trees and people from afar."""
    image = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(image)
    top, low = rng.choice(SKIES)
    horizon = rng.randint(170, 230)
    for y in range(horizon):
        part = y / horizon
        draw.line(
            [(0, y), (WIDTH, y)], fill=tuple(int(a + (b - a) * part) for a, b in zip(top, low, strict=True))
        )
    _hills(draw, rng, horizon)
    ground = rng.choice(FIELDS)
    draw.rectangle([0, horizon, WIDTH, HEIGHT], fill=ground)
    for at in range(horizon + 10, HEIGHT, 16):
        draw.line(
            [(0, at), (WIDTH, at + rng.randint(-8, 8))],
            fill=tuple(max(0, part - 12) for part in ground),
            width=2,
        )
    _river(draw, rng, horizon)
    _trees(draw, rng, horizon)
    _people(draw, rng, horizon)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()


def _hills(draw: ImageDraw.ImageDraw, rng: Random, horizon: int) -> None:
    for shade in (150, 128):
        phase, height = rng.random() * 6, rng.randint(20, 60)
        line = [
            (x, horizon - height * (0.6 + 0.4 * math.sin(phase + x / 90))) for x in range(0, WIDTH + 10, 10)
        ]
        draw.polygon([(0, horizon), *line, (WIDTH, horizon)], fill=(shade - 40, shade, shade - 10))


def _river(draw: ImageDraw.ImageDraw, rng: Random, horizon: int) -> None:
    middle, colour = rng.randint(180, 460), rng.choice(((138, 170, 184), (196, 178, 146)))
    left, right = [], []
    for y in range(horizon, HEIGHT + 8, 8):
        part = (y - horizon) / (HEIGHT - horizon)
        centre = middle + 60 * math.sin(part * 3 + middle)
        left.append((centre - 10 - 90 * part, y))
        right.append((centre + 10 + 90 * part, y))
    draw.polygon([*left, *reversed(right)], fill=colour)


def _trees(draw: ImageDraw.ImageDraw, rng: Random, horizon: int) -> None:
    for _ in range(rng.randint(3, 7)):
        x, base = rng.randint(20, WIDTH - 20), rng.randint(horizon + 5, horizon + 70)
        size = rng.randint(18, 34)
        draw.rectangle([x - 2, base - size, x + 2, base], fill=(96, 76, 58))
        draw.ellipse([x - size, base - 3 * size, x + size, base - size // 2], fill=(58, 102, 66))


def _people(draw: ImageDraw.ImageDraw, rng: Random, horizon: int) -> None:
    for _ in range(rng.randint(1, 5)):
        x, foot = rng.randint(60, WIDTH - 60), rng.randint(horizon + 70, HEIGHT - 30)
        tall = 24 + (foot - horizon) // 3
        coat = rng.choice(((163, 46, 29), (27, 77, 120), (244, 198, 83), (23, 87, 63)))
        draw.rounded_rectangle([x - tall // 6, foot - tall * 3 // 4, x + tall // 6, foot], 6, fill=coat)
        draw.ellipse([x - tall // 8, foot - tall, x + tall // 8, foot - tall * 3 // 4], fill=(222, 184, 150))
