"""The design language keeps its promises: contrast, one place for colours, known icons, nothing inline."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
TOKENS = dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6});", (CSS / "tokens.css").read_text("utf-8")))

TEXT_MIN, SHAPE_MIN = 4.5, 3.0  # WCAG 2.2 AA, 1.4.3 and 1.4.11

# Words and what they stand on.
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "sheet", "sunk")],
    *[(ink, ground) for ink in ("pine", "seal", "grain-ink", "creek") for ground in ("sheet", "paper")],
    ("pine", "pine-soft"), ("ink", "pine-soft"), ("ink-3", "pine-soft"),
    ("on-pine", "pine"), ("on-pine", "pine-deep"), ("on-pine-2", "pine"), ("on-pine-2", "pine-deep"),
    ("grain", "pine-deep"), ("grain", "pine"), ("grain-ink", "grain-soft"), ("ink", "grain-soft"),
    ("sheet", "seal"), ("on-seal-2", "seal"), ("sheet", "seal-deep"), ("seal", "seal-soft"), ("seal-deep", "sheet"),
    ("creek", "creek-soft"), ("pine-deep", "sheet"), ("sheet", "ink"),
]  # fmt: skip
# Outlines, marks and rings that say something by being there.
SHAPES = [
    ("edge", "sheet"), ("edge", "paper"), ("pine", "sheet"), ("pine", "paper"), ("seal", "sheet"), ("focus", "sheet"),
    ("focus", "paper"), ("focus-gap", "focus"), ("focus-gap", "pine-deep"), ("focus-gap", "ink"), ("grain", "pine-deep"),
    ("grain-ink", "sheet"), ("pine", "line"), ("grain-ink", "line"),
]  # fmt: skip


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two colours such as ``#18211d``."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_words_can_be_read_on_their_ground(ink, ground):
    assert contrast(TOKENS[ink], TOKENS[ground]) >= TEXT_MIN


@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_told_from_their_ground(shape, ground):
    assert contrast(TOKENS[shape], TOKENS[ground]) >= SHAPE_MIN


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [("ink", "paper", 14.7), ("ink-2", "paper", 7.8), ("ink-3", "paper", 5.5), ("pine", "sheet", 8.5),
     ("sheet", "pine-deep", 12.2), ("grain", "pine-deep", 7.6), ("grain-ink", "grain-soft", 6.6), ("sheet", "seal", 7.1),
     ("creek", "creek-soft", 7.3)],
)  # fmt: skip
def test_the_written_ratios_are_true(ink, ground, ratio):
    assert contrast(TOKENS[ink], TOKENS[ground]) == pytest.approx(ratio, abs=0.1)


def test_only_the_tokens_name_colours():
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            named = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", sheet.read_text("utf-8")))
            assert named <= {"#fff", "#000"}, sheet.name


def test_every_token_that_is_used_exists():
    sheets = "\n".join(sheet.read_text("utf-8") for sheet in CSS.glob("*.css"))
    used = set(re.findall(r"var\((--[a-z0-9-]+)", sheets))  # also --ring, which only dark grounds set
    declared = set(re.findall(r"(--[a-z0-9-]+)\s*:", sheets))
    assert used <= declared


def test_space_and_place_are_logical():
    physical = re.compile(
        r"(?:margin|padding|border)-(?:left|right|top|bottom)\b|^\s*(?:left|right|top|bottom):", re.M
    )
    for sheet in CSS.glob("*.css"):
        assert not physical.findall(sheet.read_text("utf-8")), sheet.name


def test_every_icon_of_the_pages_is_in_the_sprite():
    lines = (ROOT / "static" / "icons.txt").read_text("utf-8").splitlines()
    listed = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    shown = re.compile(
        r"""(?:\b(?:icon|svg)\(|\bicon=|SPRITE \}\}\#)["']?([a-z][a-z0-9-]*[a-z0-9])\b["'](?!\s*if)"""
    )
    for template in TEMPLATES:
        names = set(shown.findall(template.read_text("utf-8")))
        assert names <= listed, f"{template.relative_to(ROOT)}: not in static/icons.txt"
    maps = re.findall(
        r'"[A-Za-z_0-9 ]+": "([a-z-]+)"', (ROOT / "templates/components/icon.html").read_text("utf-8")
    )
    assert len(maps) > 40
    assert set(maps) <= listed


def test_nothing_is_inline_and_nothing_comes_from_elsewhere():
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|(?:src|href)=\"(?:https?:)?//")
    for template in TEMPLATES:
        source = re.sub(r"\{#.*?#\}", "", template.read_text("utf-8"), flags=re.S)
        assert not inline.findall(source), template.relative_to(ROOT)
