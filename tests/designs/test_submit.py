"""Answering a brief: the form with its pictures, and everything that is refused."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from designs.models import Brief, Design, Picture, RevisionPicture
from fans.models import Contribution
from tests import cast
from tests import pictures as made

pytestmark = pytest.mark.django_db

WORDS = {
    "title": "Half-zip windbreaker",
    "description": "Storm flap, two-way zip.",
    "declaration": "on",
}


def form(*files, **fields):
    """The form's fields as a browser without a script sends them: six places, some filled."""
    data = {**WORDS, "form_key": str(uuid.uuid4()), **fields}
    for number in range(6):
        data.setdefault(f"pictures-{number}-id", str(uuid.uuid4()))
        data.setdefault(f"pictures-{number}-alt", f"View {number}" if number < len(files) else "")
        data.setdefault(f"pictures-{number}-label", "sketch")
    for number, content in enumerate(files):
        data[f"pictures-{number}-file"] = made.upload(content, f"photo-{number}.jpg")
    return data


def kept(data, **changes):
    """The same form sent again without its files, as it comes back."""
    return {name: value for name, value in data.items() if "-file" not in name} | changes


@pytest.fixture
def brief():
    return cast.brief()


@pytest.fixture
def nadia(sign_in):
    return sign_in(cast.person("Nadia"))


def test_the_royalty_is_read_before_the_first_file(nadia, brief):
    page = nadia.get(f"/briefs/{brief.pk}/answer/").content.decode()
    assert page.index("3 % of paid balances.") < page.index('type="file"')


def test_a_draft_with_three_kinds_of_pictures(nadia, brief):
    scene = made.scene(900, 900)
    alpha = made.encoded(scene.convert("RGBA"), "PNG")
    data = form(made.turned_jpeg(6), alpha, made.encoded(scene, "WEBP"))
    data["pictures-1-label"] = "sample"
    answer = nadia.post(f"/briefs/{brief.pk}/answer/", data)
    design = Design.objects.get()
    assert answer.headers["Location"] == f"/d/{design.pk}/"
    assert (design.title, design.state, design.number) == (WORDS["title"], "submitted", 101)
    assert (design.royalty, design.declaration) == ("3 % of paid balances.", "2026-11")
    revision = design.revisions.get()
    assert revision.number == 1
    places = revision.placements.values_list("position", "alt", "label", "picture__width")
    assert list(places) == [
        (0, "View 0", "sketch", 1600), (1, "View 1", "sample", 900), (2, "View 2", "sketch", 900),
    ]  # fmt: skip


def test_a_draft_counts_as_a_contribution(nadia, brief):
    nadia.post(f"/briefs/{brief.pk}/answer/", form(made.jpeg()))
    row = Contribution.objects.get()
    design = Design.objects.get()
    assert (row.kind, row.subject, row.url) == (
        "draft-entered", f"design:{design.pk}", f"/d/{design.pk}/",
    )  # fmt: skip


def test_the_same_form_twice_is_one_draft(nadia, brief):
    data = form(made.jpeg())
    first = nadia.post(f"/briefs/{brief.pk}/answer/", data)
    second = nadia.post(f"/briefs/{brief.pk}/answer/", kept(data))
    assert first.headers["Location"] == second.headers["Location"]
    assert Design.objects.count() == 1 and Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"I am text", "This file is not a picture we can read."),
        (made.jpeg()[:9000], "This picture is damaged or incomplete."),
        (made.png_bomb(), "This picture has too many pixels; up to 64 million work."),
    ],
    ids=["text", "truncated", "bomb"],
)
def test_a_bad_file_gets_its_reason_and_the_rest_of_the_form_comes_back(
    nadia, brief, content, reason
):
    data = form(made.jpeg(), content)
    answer = nadia.post(f"/briefs/{brief.pk}/answer/", data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert reason in page
    assert 'value="Half-zip windbreaker"' in page and "Storm flap" in page
    assert 'value="View 0"' in page and 'value="View 1"' in page
    assert not Design.objects.exists()
    # The good one stays: the form sends its id again, and only the bad one is chosen anew.
    good = Picture.objects.get()
    assert f'value="{good.pk}"' in page and f"/pictures/{good.pk}/" in page
    again = kept(data, **{"pictures-1-alt": "", "form_key": str(uuid.uuid4())})
    assert nadia.post(f"/briefs/{brief.pk}/answer/", again).status_code == 302
    assert RevisionPicture.objects.get().picture == good


def test_a_file_over_the_limit_gets_its_reason_and_nothing_else_is_lost(nadia, brief, settings):
    settings.UPLOAD_MAX_BYTES = 300_000
    data = form(made.jpeg(), b"\xff\xd8\xff" + b"\0" * 400_000)
    page = nadia.post(f"/briefs/{brief.pk}/answer/", data).content.decode()
    assert "This file is too large" in page
    assert 'value="View 1"' in page and "Storm flap" in page
    assert Picture.objects.count() == 1 and not Design.objects.exists()


def test_every_field_says_what_is_missing(nadia, brief):
    data = form(made.jpeg(), title="", description="", **{"pictures-0-alt": ""})
    del data["declaration"]
    page = nadia.post(f"/briefs/{brief.pk}/answer/", data).content.decode()
    assert "Say what it shows, for those who cannot see it." in page
    assert "Without this declaration the draft cannot be sent." in page
    assert page.count("This field is required.") == 4  # two fields, each also in the list above
    assert not Design.objects.exists()


def test_a_draft_needs_a_picture(nadia, brief):
    page = nadia.post(f"/briefs/{brief.pk}/answer/", form()).content.decode()
    assert "Add at least 1 picture." in page
    assert not Design.objects.exists()


def test_the_same_picture_twice_is_noticed(nadia, brief):
    page = nadia.post(f"/briefs/{brief.pk}/answer/", form(made.jpeg(), made.jpeg())).content
    assert b"The same picture is here twice." in page
    assert not Design.objects.exists()


def test_pictures_sent_ahead_by_the_script_are_taken(nadia, brief):
    key = uuid.uuid4()
    nadia.post("/pictures/", {"id": str(key), "file": made.upload(made.jpeg())})
    data = form(**{"pictures-0-id": str(key), "pictures-0-alt": "Front"})
    assert nadia.post(f"/briefs/{brief.pk}/answer/", data).status_code == 302
    assert RevisionPicture.objects.get().picture_id == key


def test_a_picture_of_somebody_else_is_not_taken(nadia, brief):
    foreign = cast.design().revisions.get().placements.get().picture
    data = form(**{"pictures-0-id": str(foreign.pk), "pictures-0-alt": "Front"})
    page = nadia.post(f"/briefs/{brief.pk}/answer/", data).content.decode()
    assert "Add at least 1 picture." in page
    assert f"/pictures/{foreign.pk}/" not in page


def test_a_picture_can_be_left_out_again(nadia, brief):
    data = form(made.jpeg(), made.jpeg(300, 300), title="")
    nadia.post(f"/briefs/{brief.pk}/answer/", data)
    again = kept(data, title="Coat", **{"pictures-0-remove": "on"})
    assert nadia.post(f"/briefs/{brief.pk}/answer/", again).status_code == 302
    assert RevisionPicture.objects.get().picture.width == 300


def test_hostile_words_come_out_as_words(nadia, brief):
    evil = '"><script>alert(1)</script>'
    data = form(made.jpeg(), title=evil, description=evil, **{"pictures-0-alt": evil})
    answer = nadia.post(f"/briefs/{brief.pk}/answer/", data)
    page = nadia.get(answer.headers["Location"]).content.decode()
    assert "<script>alert" not in page
    assert Design.objects.get().title == evil


@pytest.mark.parametrize("text", ["nul \0 byte"])
def test_characters_that_cannot_be_stored_are_refused(nadia, brief, text):
    answer = nadia.post(f"/briefs/{brief.pk}/answer/", form(made.jpeg(), title=text))
    assert answer.status_code == 422
    assert not Design.objects.exists()


def test_a_visitor_signs_in_first(client, brief):
    answer = client.get(f"/briefs/{brief.pk}/answer/")
    assert answer.headers["Location"] == f"/accounts/login/?next=/briefs/{brief.pk}/answer/"


@pytest.mark.parametrize(("who", "status"), [("Lin", 200), ("Mei", 200), ("Nadia", 403)])
def test_some_briefs_are_for_the_brands_own_designers(sign_in, who, status):
    brief = cast.brief(is_open_to_all=False)
    assert sign_in(cast.person(who)).get(f"/briefs/{brief.pk}/answer/").status_code == status


def test_a_closed_brief_takes_nothing(nadia):
    brief = cast.brief(state=Brief.State.CLOSED)
    answer = nadia.post(f"/briefs/{brief.pk}/answer/", form(made.jpeg()))
    assert answer.status_code == 409
    assert b"Storm flap" in answer.content
    assert not Design.objects.exists()


def test_a_brief_past_its_deadline_takes_nothing(nadia):
    brief = cast.brief(closes_at=timezone.now() - dt.timedelta(seconds=1))
    assert nadia.post(f"/briefs/{brief.pk}/answer/", form(made.jpeg())).status_code == 409
    assert not Design.objects.exists()


def test_a_brief_in_preparation_is_nobodys(nadia):
    brief = cast.brief(state=Brief.State.DRAFT)
    assert nadia.get(f"/briefs/{brief.pk}/answer/").status_code == 404
