"""The process that decodes pictures: what comes out upright and clean, and what is refused."""

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from core import uploads
from tests import pictures as made

WIDTHS = (1280, 960, 640, 320)
CORNERS = {(0.1, 0.1): made.RED, (0.9, 0.1): made.GREEN, (0.1, 0.9): made.BLUE}


def saved(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(content)
    return path


def render(tmp_path: Path, content: bytes) -> dict[str, Image.Image]:
    """Every variant of the file, by name, decoded again."""
    out = tmp_path / "out"
    out.mkdir()
    rows = uploads.variants(saved(tmp_path, content), out)
    names = {f"{row['width']}.{row['format']}" for row in rows}
    assert {path.name for path in out.iterdir()} == names
    return {name: Image.open(out / name) for name in names}


def refusal(tmp_path: Path, content: bytes) -> str:
    with pytest.raises(uploads.Refused) as refused:
        uploads.probe(saved(tmp_path, content), tmp_path)
    return refused.value.code


def close(found: tuple, wanted: tuple, by: int = 14) -> bool:
    return all(abs(one - other) <= by for one, other in zip(found[:3], wanted, strict=True))


def assert_upright(image: Image.Image) -> None:
    pixels = image.convert("RGB")
    for (x, y), colour in CORNERS.items():
        found = pixels.getpixel((int(x * pixels.width), int(y * pixels.height)))
        assert close(found, colour), (x, y, found)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright_and_without_metadata(tmp_path, orientation):
    content = made.turned_jpeg(orientation)
    facts = uploads.probe(saved(tmp_path, content), tmp_path)
    assert (facts["format"], facts["width"], facts["height"]) == ("JPEG", 1600, 1200)
    files = render(tmp_path, content)
    assert sorted(files) == sorted(
        ["1600.webp", *(f"{width}.{fmt}" for width in WIDTHS for fmt in ("avif", "webp"))]
    )
    for name, image in files.items():
        assert image.size == (int(name.split(".")[0]), int(name.split(".")[0]) * 3 // 4)
        assert_upright(image)
        assert not dict(image.getexif())
        assert not {"exif", "icc_profile", "xmp"} & set(image.info)
        assert b"SECRETCAMERA" not in Path(image.filename).read_bytes()


def test_a_photograph_of_twelve_megapixels_gets_all_sizes(tmp_path):
    files = render(tmp_path, made.turned_jpeg(6, 4000, 3000))
    assert {name: image.size for name, image in files.items() if name.endswith("webp")} == {
        "1920.webp": (1920, 1440),
        "1280.webp": (1280, 960),
        "960.webp": (960, 720),
        "640.webp": (640, 480),
        "320.webp": (320, 240),
    }
    assert_upright(files["1920.webp"])


@pytest.mark.parametrize("fmt", ["PNG", "WEBP", "AVIF"])
def test_transparency_is_kept(tmp_path, fmt):
    image = made.scene(900, 900).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 450, 450, 900))
    files = render(tmp_path, made.encoded(image, fmt))
    assert sorted(files) == ["320.avif", "320.webp", "640.avif", "640.webp", "900.avif", "900.webp"]
    for image in files.values():
        corners = image.convert("RGBA")
        assert corners.getpixel((10, 10))[3] == 255
        assert corners.getpixel((10, corners.height - 10))[3] == 0


def test_a_palette_with_a_transparent_colour_keeps_it(tmp_path):
    image = Image.new("P", (400, 400), 1)
    image.putpalette([0, 0, 0, 200, 30, 30])
    image.paste(0, (0, 0, 200, 400))
    files = render(tmp_path, made.encoded(image, "PNG", transparency=0))
    pixels = files["320.webp"].convert("RGBA")
    assert pixels.getpixel((10, 10))[3] == 0
    assert pixels.getpixel((310, 10))[3] == 255 and close(pixels.getpixel((310, 10)), made.RED)


def test_sixteen_bits_become_eight(tmp_path):
    grey = Image.new("I;16", (400, 300), 40_000)
    pixels = render(tmp_path, made.encoded(grey, "PNG"))["400.webp"].convert("RGB")
    assert close(pixels.getpixel((200, 150)), (156, 156, 156), by=3)


def test_cmyk_becomes_rgb(tmp_path):
    files = render(tmp_path, made.encoded(made.scene(800, 600).convert("CMYK"), "JPEG"))
    assert files["640.webp"].mode == "RGB"
    assert_upright(files["640.webp"])


def test_colours_of_a_wide_profile_are_converted(tmp_path):
    # The profile says that what the file calls red is what sRGB calls blue, and the reverse.
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swapped = profile.replace(b"rXYZ", b"tXYZ").replace(b"bXYZ", b"rXYZ").replace(b"tXYZ", b"bXYZ")
    content = made.encoded(made.scene(600, 600), "PNG", icc_profile=swapped)
    pixels = render(tmp_path, content)["600.webp"].convert("RGB")
    assert close(pixels.getpixel((30, 570)), (200, 60, 30), by=20)


def test_a_broken_profile_is_left_aside(tmp_path):
    content = made.encoded(made.scene(600, 600), "PNG", icc_profile=b"no profile at all" * 20)
    assert_upright(render(tmp_path, content)["600.webp"])


def test_broken_exif_is_left_aside(tmp_path):
    content = made.jpeg(exif=b"Exif\0\0MM\0*\xff\xff\xff\xff" + b"\xff" * 40)
    assert_upright(render(tmp_path, content)["1280.webp"])


def test_a_tiny_picture_keeps_its_size(tmp_path):
    assert sorted(render(tmp_path, made.jpeg(40, 30))) == ["40.avif", "40.webp"]


def test_a_very_tall_picture_is_narrowed(tmp_path):
    files = render(tmp_path, made.encoded(Image.new("RGB", (40, 9000)), "PNG"))
    sizes = {image.size for image in files.values()}
    assert sizes == {(26, 5760), (17, 3840), (13, 2880), (9, 1920), (4, 960)}


def test_a_picture_with_an_archive_behind_it_loses_the_archive(tmp_path):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("index.html", "<script>alert(1)</script>")
    polyglot = made.jpeg() + archive.getvalue()
    assert zipfile.is_zipfile(BytesIO(polyglot))
    for image in render(tmp_path, polyglot).values():
        assert not zipfile.is_zipfile(image.filename)


def test_an_archive_with_a_pictures_name_is_no_picture(tmp_path):
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as bundle:
        bundle.writestr("a", "b")
    assert refusal(tmp_path, archive.getvalue()) == "not-a-picture"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-a-picture"),
        (b"hello, I am text", "not-a-picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-picture"),
        (made.encoded(made.scene(64, 64), "GIF"), "not-a-picture"),
        (made.encoded(made.scene(64, 64), "TIFF"), "not-a-picture"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 200, "broken"),
        (made.jpeg()[:9000], "broken"),
        (made.encoded(made.scene(), "PNG")[:900], "broken"),
        (made.encoded(made.scene(), "WEBP")[:-400], "broken"),
        (made.png_bomb(), "too-many-pixels"),
        (made.webp_bomb(), "broken"),
    ],
    ids=[
        "empty", "text", "svg", "gif", "tiff", "jpeg head only", "jpeg cut", "png cut", "webp cut",
        "png bomb", "webp bomb",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_by_name(tmp_path, content, code):
    assert refusal(tmp_path, content) == code
    assert not list(tmp_path.glob("*.webp"))


def test_the_pixel_limit_is_exact(tmp_path, settings):
    settings.UPLOAD_MAX_PIXELS = 1600 * 1200
    assert uploads.probe(saved(tmp_path, made.jpeg()), tmp_path)["width"] == 1600
    settings.UPLOAD_MAX_PIXELS -= 1
    assert refusal(tmp_path, made.jpeg()) == "too-many-pixels"


def test_the_probe_leaves_a_preview_and_the_average_colour(tmp_path):
    facts = uploads.probe(saved(tmp_path, made.encoded(made.scene(800, 800), "PNG")), tmp_path)
    assert [(row["width"], row["format"]) for row in facts["variants"]] == [(320, "webp")]
    red, green, blue = (int(facts["colour"][at : at + 2], 16) for at in (1, 3, 5))
    assert close((red, green, blue), (125, 122, 129), by=6)


def test_a_decoder_that_dies_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(uploads.sys, "executable", "/bin/false")
    assert refusal(tmp_path, made.jpeg()) == "broken"


def test_the_decoder_knows_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do-not-tell")
    shown, program = tmp_path / "shown", tmp_path / "python"
    program.write_text(f"#!/bin/sh\nenv > {shown}\necho '{{}}'\n")
    program.chmod(0o755)
    monkeypatch.setattr(uploads.sys, "executable", str(program))
    uploads.probe(saved(tmp_path, b"x"), tmp_path)
    assert shown.exists() and "do-not-tell" not in shown.read_text()


@pytest.mark.parametrize(
    ("greed", "end"),
    [
        ("bytearray(picture.MEMORY)", "MemoryError"),
        (
            "file = open(sys.argv[1], 'wb', 0); file.write(bytes(picture.FILE_BYTES));"
            "file.write(b'x')",
            "File too large",
        ),
    ],
)
def test_the_process_holds_its_limits(tmp_path, greed, end):
    program = f"import sys; from core import picture; picture.limit_this_process(); {greed}"
    child = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "big")], capture_output=True, text=True
    )
    assert child.returncode == 1
    assert end in child.stderr
