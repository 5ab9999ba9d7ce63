"""Colours by their names, so that an option called "Sand" shows sand."""

from typing import Final

# English and Chinese words that brands use; the values are drawn as pictures of the option,
# so they are data and not part of the design's palette.
_COLOURS: Final[dict[str, str]] = {
    "black": "#1b1b1d", "ink": "#1f2a37", "graphite": "#3c4147", "charcoal": "#3a3d42",
    "grey": "#8b9298", "gray": "#8b9298", "silver": "#c3c8cc", "white": "#fbfbf9",
    "cream": "#f3ead6", "ivory": "#f5efdf", "natural": "#e6dcc6", "ecru": "#e3d9c3",
    "sand": "#d8c3a0", "beige": "#d9c8ab", "stone": "#bdb5a6", "camel": "#b98a54",
    "tan": "#c49a6c", "brown": "#6f4a2f", "walnut": "#5c4033", "rust": "#a8502a",
    "terracotta": "#c1613c", "copper": "#b3683a", "orange": "#e5792b", "amber": "#e09c2a",
    "mustard": "#cf9f2f", "yellow": "#ecc73c", "gold": "#cfa14a", "olive": "#6f7240",
    "moss": "#5f7047", "sage": "#9caf8f", "green": "#3f8a5b", "forest": "#245a3d",
    "mint": "#a9d9c0", "teal": "#227d80", "sky": "#8fc0e0", "blue": "#2f62b8",
    "navy": "#1f2f55", "indigo": "#3a3f86", "violet": "#6c4fa3", "purple": "#7a4a96",
    "lilac": "#bfa6d6", "pink": "#e59ab2", "rose": "#cf6a83", "red": "#bf3030",
    "burgundy": "#6d2237",
    "黑": "#1b1b1d", "灰": "#8b9298", "白": "#fbfbf9", "米": "#f3ead6", "沙": "#d8c3a0",
    "棕": "#6f4a2f", "橙": "#e5792b", "黄": "#ecc73c", "绿": "#3f8a5b", "蓝": "#2f62b8",
    "藏青": "#1f2f55", "紫": "#7a4a96", "粉": "#e59ab2", "红": "#bf3030",
}  # fmt: skip


def swatch_of(word: str) -> str:
    """The colour a word names (`Dark sand` is sand), or "" where it names none."""
    text = word.strip().lower()
    if text.removesuffix("色") in _COLOURS:
        return _COLOURS[text.removesuffix("色")]
    last = text.split()[-1] if text.split() else ""
    return _COLOURS.get(last, "")
