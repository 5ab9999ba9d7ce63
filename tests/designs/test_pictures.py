"""Uploading a picture, making its sizes, and who may have which file."""

import datetime as dt
import uuid

import pytest
from django.template import Context, Template
from django.utils import timezone

from core import ticks, uploads
from designs import pictures
from designs.models import Picture, RevisionPicture
from tests import cast
from tests import pictures as made

pytestmark = pytest.mark.django_db


def stored(owner: str = "Lin", content: bytes | None = None) -> Picture:
    file = made.upload(content or made.jpeg())
    return pictures.store_upload(cast.person(owner), file, uuid.uuid4())


def send(client, content: bytes, key: uuid.UUID | None = None, name: str = "photo.jpg"):
    return client.post(
        "/pictures/", {"id": str(key or uuid.uuid4()), "file": made.upload(content, name)}
    )


def test_an_upload_is_shown_at_once_by_its_preview(sign_in):
    client, key = sign_in(cast.person("Lin")), uuid.uuid4()
    answer = send(client, made.turned_jpeg(6), key)
    assert answer.json() == {"id": str(key), "url": f"/pictures/{key}/320.webp"}
    picture = Picture.objects.get()
    assert (picture.state, picture.width, picture.height) == ("pending", 1600, 1200)
    assert client.get(answer.json()["url"])["Content-Type"] == "image/webp"


def test_the_same_upload_again_is_the_same_picture(sign_in):
    client, key = sign_in(cast.person("Lin")), uuid.uuid4()
    assert send(client, made.jpeg(), key).json() == send(client, made.jpeg(), key).json()
    assert Picture.objects.count() == 1


def test_another_file_under_a_used_id_is_another_picture(sign_in):
    client, key = sign_in(cast.person("Lin")), uuid.uuid4()
    send(client, made.jpeg(), key)
    assert send(client, made.jpeg(300, 200), key).json()["id"] != str(key)
    assert Picture.objects.count() == 2


def test_another_file_under_an_id_in_use_leaves_the_first_one_alone(monkeypatch):
    lin, key, probe, met = cast.person("Lin"), uuid.uuid4(), uploads.probe, []

    def meanwhile(*places):
        if not met:
            met.append(None)
            met.append(pictures.store_upload(lin, made.upload(made.jpeg(300, 200)), key))
        return probe(*places)

    monkeypatch.setattr(uploads, "probe", meanwhile)
    first = pictures.store_upload(lin, made.upload(made.jpeg()), key)
    assert (first.pk, first.width) == (key, 1600)
    assert (met[1].pk != key, met[1].width) == (True, 300)
    assert pictures.original_path(first).read_bytes() == made.jpeg()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"just text", "not a picture we can read"),
        (made.jpeg()[:9000], "damaged or incomplete"),
        (made.png_bomb(), "too many pixels; up to 64 million"),
    ],
    ids=["text", "truncated", "bomb"],
)
def test_a_refused_file_gets_a_reason_and_leaves_nothing(sign_in, settings, content, reason):
    answer = send(sign_in(cast.person("Lin")), content)
    assert answer.status_code == 422
    assert reason in answer.json()["error"]
    assert not Picture.objects.exists()
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]


def test_a_file_over_the_limit_is_not_read_to_the_end(sign_in, settings):
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    answer = send(sign_in(cast.person("Lin")), b"\0" * 2_000_000)
    assert answer.status_code == 413
    assert "up to 1 MB" in answer.json()["error"]
    assert not Picture.objects.exists()


def test_a_visitor_uploads_nothing(client):
    assert send(client, made.jpeg()).status_code == 302
    assert not Picture.objects.exists()


def test_uploads_in_a_burst_are_slowed_down(sign_in, monkeypatch):
    from designs.views import pictures as views

    monkeypatch.setattr(views, "UPLOADS", views.Limit("upload", 1, 3600))
    client = sign_in(cast.person("Lin"))
    assert send(client, made.jpeg()).status_code == 200
    answer = send(client, made.jpeg(200, 100))
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert Picture.objects.count() == 1


def test_all_sizes_are_made_afterwards():
    picture = stored()
    assert pictures.prepare(picture.pk, timezone.now()) is True
    picture.refresh_from_db()
    assert (picture.state, picture.due_at) == ("ready", None)
    assert {(row["width"], row["format"]) for row in picture.variants} == {
        (1600, "webp"),
        *((width, fmt) for width in (1280, 960, 640, 320) for fmt in ("avif", "webp")),
    }
    assert pictures.prepare(picture.pk, timezone.now()) is False


def test_a_picture_whose_task_was_lost_is_made_by_the_ticker():
    picture = stored()
    early, late = timezone.now(), timezone.now() + pictures.TASK_HEAD_START
    assert pictures.prepare_due(early) == 0
    ticks.run_all(late + dt.timedelta(seconds=1))
    picture.refresh_from_db()
    assert picture.state == "ready"


def test_a_picture_under_work_is_left_to_its_worker(monkeypatch):
    picture, at = stored(), timezone.now()
    seen = []

    def meanwhile(*_args):
        seen.append(pictures.prepare_due(at + pictures.TASK_HEAD_START))
        return []

    monkeypatch.setattr(uploads, "variants", meanwhile)
    assert pictures.prepare(picture.pk, at) is True
    assert seen == [0]


def test_a_picture_that_cannot_be_made_is_given_up_after_some_tries(settings):
    picture, at = stored(), timezone.now()
    pictures.original_path(picture).write_bytes(b"lost")
    for _try in range(pictures.MAX_TRIES):
        assert pictures.prepare(picture.pk, at) is False
    picture.refresh_from_db()
    assert (picture.state, picture.tries, picture.due_at) == ("failed", 5, None)


def test_uploads_nobody_used_are_removed_with_their_files():
    unused, used = stored(), stored(content=made.jpeg(300, 300))
    place = cast.design().revisions.get().placements.get()
    RevisionPicture.objects.filter(pk=place.pk).update(picture=used)
    later = timezone.now() + pictures.UNUSED_AFTER + dt.timedelta(hours=1)
    Picture.objects.exclude(pk__in=[unused.pk, used.pk]).delete()
    assert pictures.remove_unused(timezone.now()) == 0
    assert pictures.remove_unused(later) == 1
    assert list(Picture.objects.all()) == [used]
    assert not pictures.original_path(unused).exists()
    assert not pictures.variants_folder(unused.pk).exists()
    assert pictures.original_path(used).exists()


def test_a_size_is_served_for_ever_and_as_what_it_is(client):
    picture = stored()
    answer = client.get(f"/pictures/{picture.pk}/320.webp")
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content)[:4] == b"RIFF"


@pytest.mark.parametrize(
    "name", ["640.webp", "320.jpg", "0320.webp", "320.webp.part", "original", "..%2f..%2ftoile"]
)
def test_no_other_name_is_served(client, name):
    picture = stored()
    assert client.get(f"/pictures/{picture.pk}/{name}").status_code in (301, 404)


@pytest.mark.parametrize(
    ("who", "status"),
    [("Lin", 200), ("Mei", 200), ("Jonas", 200), ("Ruth", 404), ("Omar", 404), (None, 404)],
)
def test_the_original_is_for_its_owner_and_the_brand_it_was_sent_to(client, sign_in, who, status):
    cast.brand("Kettle", "Ruth")
    picture = stored()
    place = cast.design().revisions.get().placements.get()
    RevisionPicture.objects.filter(pk=place.pk).update(picture=picture)
    if who:
        sign_in(cast.person(who))
    answer = client.get(f"/pictures/{picture.pk}/original/")
    assert answer.status_code == status
    if status == 200:
        assert answer["Content-Disposition"] == 'attachment; filename="photo.jpg"'
        assert answer["Content-Type"] == "application/octet-stream"
        assert "no-store" in answer["Cache-Control"]


def drawn(shown, **options) -> str:
    source = "{% load pictures %}{% picture shown alt=alt sizes='50vw' eager=eager %}"
    context = {"shown": shown, "alt": None, "eager": False, **options}
    return Template(source).render(Context(context))


def test_the_tag_names_every_size_and_reserves_the_place():
    picture = stored()
    pictures.prepare(picture.pk, timezone.now())
    picture.refresh_from_db()
    base = f"/pictures/{picture.pk}/"
    assert drawn(picture, alt='A "red" <coat>') == (
        f'<picture class="picture"><source type="image/avif" srcset="{base}320.avif 320w, '
        f'{base}640.avif 640w, {base}960.avif 960w, {base}1280.avif 1280w" sizes="50vw">'
        f'<img src="{base}640.webp" '
        f'srcset="{base}320.webp 320w, {base}640.webp 640w, {base}960.webp 960w, '
        f'{base}1280.webp 1280w" sizes="50vw" '
        'width="1600" height="1200" alt="A &quot;red&quot; &lt;coat&gt;" loading="lazy" '
        'decoding="async"></picture>'
    )


def test_a_placement_brings_its_own_words():
    place = cast.design().revisions.get().placements.get()
    assert 'alt="Windbreaker, front view"' in drawn(place)
    assert 'alt=""' in drawn(place, alt="")
    assert 'fetchpriority="high"' in drawn(place, eager=True)


def test_before_any_file_exists_a_field_in_the_average_colour_keeps_the_place():
    picture = Picture(width=1600, height=1200, colour="#aabbcc")
    html = drawn(picture, alt="Coat")
    assert 'viewBox="0 0 1600 1200" role="img" aria-label="Coat"' in html
    assert 'fill="#aabbcc"' in html
    assert "<svg" in drawn(None, alt="")
