"""Search: words and Chinese of two characters, on whatever database; and what stays unfound."""

import uuid

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from designs import actions, search
from designs.models import Brief, Design, SearchRow
from tests import cast

pytestmark = pytest.mark.django_db


def said(design, body, author="Ada"):
    return actions.post_comment(
        thread=design.thread,
        author=cast.person(author),
        body=body,
        now=timezone.now(),
        client_key=uuid.uuid4(),
    )


@pytest.fixture
def design():
    made = cast.design(title="Half-zip 冲锋外套")
    search.note_missing(timezone.now())
    return made


@pytest.mark.parametrize(
    ("asked", "parts"),
    [
        ("Storm FLAP", [" storm", " flap"]),
        ("外套", [" 外套"]),
        ("冲锋衣", [" 冲锋 锋衣"]),
        ("衣", [" 衣"]),
        ("Ｚｉｐ外套", [" zip", " 外套"]),
        ("  ?!% ", []),
        ("flap flap", [" flap"]),
    ],
)
def test_what_is_asked_becomes_parts(asked, parts):
    assert search.terms_of(asked) == parts


@settings(deadline=None, max_examples=60)
@given(st.text("ab外套冲锋 -", max_size=12), st.integers(0, 11), st.integers(1, 6))
def test_every_run_of_a_text_finds_it(text, start, length):
    asked = text[start : start + length].strip(" -")
    # A word is found by its beginning, a run of characters wherever it stands.
    if {asked[:1], text[:start][-1:]} <= {"a", "b"}:
        return
    column = search.indexed(text)
    assert all(term in column for term in search.terms_of(asked)), (column, asked)


@pytest.mark.parametrize("asked", ["外套", "冲锋", "HALF", "zip 外套", "套", "storm fl"])
def test_a_draft_is_found_by_its_words(client, design, asked):
    page = client.get("/search/", {"q": asked}).content.decode()
    assert f'href="/d/{design.pk}/"' in page


@pytest.mark.parametrize("asked", ["锋套", "套外", "jacket外套", "", "%", "_", "alf", "flap外衣"])
def test_and_not_by_others(client, design, asked):
    answer = client.get("/search/", {"q": asked})
    assert answer.status_code == 200
    assert f'href="/d/{design.pk}/"' not in answer.content.decode()


def test_comments_follow_what_they_say_now(design):
    comment = said(design, "下摆太长")
    assert [one.pk for one in search.find("下摆").comments] == [comment.pk]
    actions.edit_comment(comment=comment, body="袖子太宽", now=timezone.now())
    assert not search.find("下摆").comments
    assert [one.pk for one in search.find("袖子").comments] == [comment.pk]
    actions.delete_comment(comment=comment, actor=comment.author, now=timezone.now())
    assert not search.find("袖子").comments
    assert SearchRow.objects.get(kind="comment").words == ""


def test_what_is_not_public_is_not_found(design):
    said(design, "下摆太长")
    found = search.find("下摆"), search.find("外套")
    assert found[0].comments and found[1].designs
    Brief.objects.update(state=Brief.State.DRAFT)
    assert search.find("下摆").number == search.find("外套").number == 0
    assert not search.find("jacket").briefs
    Brief.objects.update(state=Brief.State.OPEN)
    assert search.find("jacket").briefs
    actions.withdraw(design, actor=design.designer, now=timezone.now())
    assert Design.objects.get().state == Design.State.WITHDRAWN
    assert search.find("下摆").number == search.find("外套").number == 0


def test_rows_from_before_are_taken_up_once(design):
    SearchRow.objects.all().delete()
    assert search.note_missing(timezone.now()) == 2
    assert search.note_missing(timezone.now()) == 0


@pytest.mark.parametrize("asked", ["<script>alert(1)</script>", "nul \0", "x" * 500, '" onx="'])
def test_hostile_questions_come_back_as_words(client, design, asked):
    answer = client.get("/search/", {"q": asked})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<script>alert" not in page and '" onx="' not in page


def test_reading_only(client):
    assert client.post("/search/", {"q": "a"}).status_code == 405
