"""Places on pictures: they survive any size, cuts, and three revisions on the way."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from designs.likeness import LARGE, SMALL, part_of
from designs.places import ALL, WHOLE, Frame, Spot, spot_of, within

coordinate = st.integers(0, WHOLE)
spots = st.builds(spot_of, coordinate, coordinate, coordinate, coordinate)
part = st.builds(
    lambda x, y, w, h: Spot(x, y, min(w, WHOLE - x), min(h, WHOLE - y)),
    st.integers(0, 5000),
    st.integers(0, 5000),
    st.integers(2500, WHOLE),
    st.integers(2500, WHOLE),
)


def seen_in(whole: Spot, inner: Spot) -> tuple[float, float]:
    """Where the middle of a place in a part lies in the whole picture."""
    x, y = inner.middle
    return whole.x + x * whole.w / WHOLE, whole.y + y * whole.h / WHOLE


@settings(deadline=None)
@given(spots)
def test_a_place_stays_in_its_picture_and_as_it_is_when_nothing_is_cut(spot):
    assert 0 <= spot.x <= spot.x + spot.w <= WHOLE and 0 <= spot.y <= spot.y + spot.h <= WHOLE
    assert spot.is_box or (spot.w, spot.h) == (0, 0)
    assert within(spot, ALL) == spot
    assert 0 <= spot.field < 9


@settings(deadline=None)
@given(coordinate, coordinate, st.lists(part, min_size=3, max_size=3))
def test_a_point_stays_on_the_same_thing_through_three_cuts(x, y, cuts):
    """Each revision shows a part of the one before: the point still means the same spot of cloth,
    or it is known to be cut away, and never comes back by itself."""
    place, whole = Spot(x, y), ALL
    for cut in cuts:
        moved = within(place, cut)
        inside = cut.x <= place.x <= cut.x + cut.w and cut.y <= place.y <= cut.y + cut.h
        assert (moved is not None) == inside
        if moved is None:
            return
        place = moved
        whole = Spot(
            whole.x + cut.x * whole.w // WHOLE,
            whole.y + cut.y * whole.h // WHOLE,
            max(1, cut.w * whole.w // WHOLE),
            max(1, cut.h * whole.h // WHOLE),
        )
    across, down = seen_in(whole, place)
    # Each cut rounds to a ten-thousandth of its own.
    assert abs(across - x) <= 6 and abs(down - y) <= 6


@settings(deadline=None)
@given(st.integers(1, 6000), st.integers(1, 6000), coordinate, coordinate, st.integers(100, 2000))
def test_a_place_survives_every_size_and_shape(width, height, x, y, shown):
    """From the picture to the square on the page and back, in whatever size the page shows it."""
    frame, place = Frame.of(width, height), Spot(x, y)
    assert frame.x >= 0 and frame.x + frame.w <= 100.01 and max(frame.w, frame.h) == 100
    pixel = (frame.x + frame.w * place.x / WHOLE) * shown / 100
    assume(frame.w * shown > 100)
    back = (pixel * 100 / shown - frame.x) * WHOLE / frame.w
    assert abs(back - place.x) < 1


def scene(shift: int = 0) -> Image.Image:
    """A garment of simple shapes, different everywhere."""
    image = Image.new("L", (480, 480), 235)
    draw = ImageDraw.Draw(image)
    draw.polygon([(140, 90), (340, 90), (400, 420), (80, 420)], fill=90)
    draw.ellipse((190, 20, 290, 120), fill=160)
    draw.rectangle((100 + shift, 300, 180 + shift, 380), fill=30)
    draw.rectangle((300, 200, 340, 260), fill=210)
    draw.line((240, 90, 240, 420), fill=20, width=8)
    return image


def thumbs(before: Image.Image, after: Image.Image) -> tuple[Image.Image, Image.Image]:
    box = Image.Resampling.BOX
    return before.resize((LARGE, LARGE), box), after.resize((SMALL, SMALL), box)


@pytest.mark.parametrize(
    "box", [(60, 40, 420, 400), (48, 96, 384, 432), (0, 0, 360, 360), (100, 120, 420, 360)]
)
def test_a_closer_cut_is_recognised_and_the_pin_stays_on_its_thing(box):
    before = scene()
    after = before.crop(box).resize((300, 300 * (box[3] - box[1]) // (box[2] - box[0])))
    shape = (box[2] - box[0]) / (box[3] - box[1])
    found = part_of(*thumbs(before, after), 1.0, shape)
    wanted = [value * WHOLE / 480 for value in (box[0], box[1], box[2], box[3])]
    got = (found.x, found.y, found.x + found.w, found.y + found.h)
    assert max(abs(a - b) for a, b in zip(got, wanted, strict=True)) < 450, (got, wanted)


@pytest.mark.parametrize("after", [scene(), scene(60), Image.new("L", (480, 480), 128)])
def test_the_same_view_with_something_changed_is_the_whole(after):
    assert part_of(*thumbs(scene(), after), 1.0, 1.0) == ALL
