"""The contrast of the tokens, computed as WCAG 2.2 defines it."""

import re

import pytest
from django.conf import settings

TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([\w-]+): light-dark\((#[0-9a-f]{6,8}), (#[0-9a-f]{6,8})\)",
        (settings.BASE_DIR / "static/css/tokens.css").read_text(),
    )
}
GROUNDS = ("ground", "surface")


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(front: str, back: str, scheme: int) -> float:
    pair = sorted((luminance(TOKENS[name][scheme]) for name in (front, back)), reverse=True)
    return (pair[0] + 0.05) / (pair[1] + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", [*GROUNDS, "sunk"])
def test_body_text_is_aaa(scheme, ground):
    assert contrast("ink", ground, scheme) >= 7


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("colour", ["ink-2", "chalk", "signal", "good", "hold"])
def test_other_text_is_aa_on_every_ground_and_on_its_own_tint(scheme, colour):
    grounds = [*GROUNDS, "sunk", *([f"{colour}-tint"] if f"{colour}-tint" in TOKENS else [])]
    assert min(contrast(colour, ground, scheme) for ground in grounds) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("tint", ["chalk-tint", "signal-tint", "good-tint", "hold-tint"])
def test_ink_is_readable_on_tints(scheme, tint):
    assert contrast("ink", tint, scheme) >= 7
    assert contrast("ink-2", tint, scheme) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_controls_have_visible_borders_and_words(scheme):
    assert min(contrast("edge", ground, scheme) for ground in [*GROUNDS, "sunk"]) >= 3
    assert contrast("on-chalk", "chalk", scheme) >= 4.5


@pytest.mark.parametrize(
    ("front", "back", "light", "dark"),
    [
        ("ink", "ground", 16.8, 16.5),
        ("ink", "surface", 17.9, 15.0),
        ("ink-2", "ground", 7.57, 9.1),
        ("chalk", "surface", 6.88, 8.0),
        ("chalk", "chalk-tint", 5.80, 6.7),
        ("signal", "signal-tint", 5.28, 7.0),
        ("good", "good-tint", 5.67, 7.5),
        ("hold", "hold-tint", 6.12, 8.1),
        ("edge", "sunk", 3.29, 5.0),
        ("on-chalk", "chalk", 6.88, 8.57),
    ],
)
def test_the_published_figures_are_right(front, back, light, dark):
    assert contrast(front, back, 0) == pytest.approx(light, abs=0.06)
    assert contrast(front, back, 1) == pytest.approx(dark, abs=0.06)
