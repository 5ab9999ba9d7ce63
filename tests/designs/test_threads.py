"""Conversations: writing, replying, editing, deleting, and who may not."""

import datetime as dt
import re
import time
import uuid

import pytest
import time_machine
from django.utils import timezone

from designs import actions, live
from designs.models import Comment, Thread
from fans.models import Contribution
from tests import cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def design():
    return cast.design()


@pytest.fixture
def ada(sign_in, design):
    return sign_in(cast.person("Ada"))


def say(client, thread: Thread, body: str = "Shorter hem, please.", **fields):
    headers = fields.pop("headers", None)
    data = {"body": body, "client_key": str(uuid.uuid4()), **fields}
    return client.post(f"/threads/{thread.pk}/comments/", data, headers=headers)


def written(design, author: str = "Ada", body: str = "Nice.", **fields) -> Comment:
    return actions.post_comment(
        thread=design.thread,
        author=cast.person(author),
        body=body,
        now=fields.pop("now", timezone.now()),
        client_key=uuid.uuid4(),
        **fields,
    )


def test_a_comment_stands_on_the_drafts_page(ada, design):
    answer = say(ada, design.thread)
    comment = Comment.objects.get()
    assert answer.headers["Location"] == f"/d/{design.pk}/#comment-{comment.pk}"
    assert (comment.author.name, comment.body, comment.seq) == ("Ada", "Shorter hem, please.", 1)
    page = ada.get(f"/d/{design.pk}/").content.decode()
    assert "Shorter hem, please." in page
    assert f'data-live="thread.{design.thread_id}" data-after="1"' in page


def test_with_a_script_the_thread_comes_back_alone(ada, design):
    answer = say(ada, design.thread, headers=HTMX)
    page = answer.content.decode()
    assert answer.headers["HX-Retarget"] == f"#thread-{design.thread_id}-body"
    assert page.lstrip().startswith("<div id=")
    assert "Shorter hem, please." in page and "<html" not in page
    assert page.count("<textarea") == 1 and "></textarea>" in page.replace("\n", "")


def test_the_same_comment_twice_is_one(ada, design):
    key = str(uuid.uuid4())
    say(ada, design.thread, client_key=key)
    say(ada, design.thread, client_key=key)
    assert Comment.objects.count() == 1
    assert Thread.objects.get(pk=design.thread_id).seq == 1


def test_the_same_words_again_within_a_minute_are_the_same_comment(design):
    now = timezone.now()
    first = written(design, now=now)
    assert written(design, now=now + dt.timedelta(seconds=50)) == first
    assert written(design, body="Nicer.", now=now) != first
    assert written(design, author="Omar", now=now) != first
    assert written(design, parent=first, now=now) != first
    assert written(design, now=now + dt.timedelta(seconds=61)) != first
    assert Comment.objects.count() == 5


def test_the_time_of_a_comment_is_told_in_the_brand_s_zone_or_the_reader_s_own(client, design):
    design.brief.brand.time_zone = "Asia/Shanghai"
    design.brief.brand.save()
    comment = written(design)
    client.cookies["zone"] = "America/New_York"
    frame = live.render(design.thread_id, "", "en", {str(comment.pk)}, 0)[0].html
    assert 'data-place="Asia/Shanghai"' in client.get(f"/d/{design.pk}/").content.decode()
    assert "UTC+8</time>" in frame
    ada = cast.person("Ada")
    ada.time_zone = "Europe/Berlin"
    ada.save()
    client.force_login(ada)
    assert 'data-place="Europe/Berlin"' in client.get(f"/d/{design.pk}/").content.decode()


def test_visitors_read_and_their_text_waits_for_the_sign_in(client, sign_in, design):
    written(design, "Kenji", "I like the collar.")
    assert b"I like the collar." in client.get(f"/d/{design.pk}/").content
    answer = say(client, design.thread, "Make it in green.")
    assert answer.headers["Location"] == f"/accounts/login/?next=%2Fd%2F{design.pk}%2F"
    assert Comment.objects.count() == 1
    page = sign_in(cast.person("Ada")).get(f"/d/{design.pk}/").content.decode()
    assert "Make it in green.</textarea>" in page.replace("\n", "")
    say(client, design.thread, "Make it in green.")
    assert "Make it in green.</textarea>" not in client.get(f"/d/{design.pk}/").content.decode()


def test_a_reply_to_a_reply_answers_the_comment_above_both(ada, design):
    top = written(design, "Kenji", "Which cloth?")
    say(ada, design.thread, "Wool.", parent=top.pk)
    reply = Comment.objects.get(body="Wool.")
    say(ada, design.thread, "Merino.", parent=reply.pk)
    assert Comment.objects.get(body="Merino.").parent == top == reply.parent


def test_a_parent_from_another_thread_is_left_aside(ada, design):
    foreign = written(cast.design(title="Other"), "Kenji")
    say(ada, design.thread, "Wool.", parent=foreign.pk)
    assert not Comment.objects.filter(body="Wool.", parent=foreign).exists()


@pytest.mark.parametrize("body", ["", "   \n ", "x" * 4001, "nul \0"])
def test_what_cannot_be_posted_comes_back_with_a_reason(ada, design, body):
    answer = say(ada, design.thread, body)
    assert answer.status_code == 422
    assert b"field__error" in answer.content
    assert body.strip(" \n\0") in answer.content.decode()
    assert not Comment.objects.exists()


def test_a_burst_is_stopped_and_the_text_stays(ada, design):
    hour = time.time() // 3600 * 3600
    with time_machine.travel(hour, tick=False):
        for number in range(8):
            assert say(ada, design.thread, f"Comment {number}").status_code == 302
        answer = say(ada, design.thread, "The ninth.")
        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "60"
        assert "The ninth.</textarea>" in answer.content.decode().replace("\n", "")
    assert Comment.objects.count() == 8
    with time_machine.travel(hour + 60, tick=False):
        assert say(ada, design.thread, "The ninth.").status_code == 302


def test_a_locked_thread_takes_nothing(ada, design):
    Thread.objects.update(is_locked=True)
    answer = say(ada, design.thread)
    assert answer.status_code == 409
    assert b"This conversation is closed." in answer.content
    assert not Comment.objects.exists()
    assert b"<textarea" not in ada.get(f"/d/{design.pk}/").content


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "javascript:alert(1)",
        'https://a.example/"onmouseover="alert(1)',
        "https://a.example/<script>alert(1)</script>",
    ],
)
def test_hostile_comments_come_out_as_words(ada, design, payload):
    say(ada, design.thread, payload)
    assert Comment.objects.get().body == payload
    page = ada.get(f"/d/{design.pk}/").content.decode()
    body = page[page.index("comment__body") :][:600]
    assert "<script" not in body and "<img" not in body and 'onmouseover="' not in body
    assert 'href="javascript' not in body


def test_saying_much_counts_once_per_thread(ada, design):
    say(ada, design.thread, "One.")
    say(ada, design.thread, "Two.")
    row = Contribution.objects.get(kind="commented")
    assert (row.user.name, row.subject, row.url) == (
        "Ada", f"thread:{design.thread_id}", f"/d/{design.pk}/",
    )  # fmt: skip


@pytest.mark.parametrize("author", ["Lin", "Mei", "Jonas"])
def test_the_designer_and_the_brand_earn_nothing_at_their_own_draft(design, author):
    written(design, author)
    assert not Contribution.objects.filter(kind="commented").exists()


def test_who_answers_here_is_named(client, design):
    written(design, "Lin", "Done.")
    written(design, "Jonas", "Thank you.")
    written(design, "Ada", "Nice.")
    page = client.get(f"/d/{design.pk}/").content.decode()
    assert page.count('class="comment__part">Designer<') == 1
    assert page.count('class="comment__part">Weft<') == 1
    assert page.count("comment__part") == 2


def test_a_comment_is_edited_while_it_is_fresh(ada, design):
    comment = written(design)
    ada.post(f"/comments/{comment.pk}/edit/", {"body": "Very nice."})
    comment.refresh_from_db()
    assert (comment.body, comment.seq, comment.posted_seq) == ("Very nice.", 2, 1)
    assert comment.edited_at
    assert b"edited" in ada.get(f"/d/{design.pk}/").content


def test_after_a_quarter_of_an_hour_it_stands(ada, design):
    comment = written(design, now=timezone.now() - dt.timedelta(minutes=15))
    answer = ada.post(f"/comments/{comment.pk}/edit/", {"body": "Very nice."})
    assert answer.status_code == 409
    assert b"Very nice.</textarea>" in answer.content.replace(b"\n", b"")
    comment.refresh_from_db()
    assert (comment.body, comment.seq) == ("Nice.", 1)


def test_nobody_edits_for_others(sign_in, design):
    comment = written(design)
    answer = sign_in(cast.person("Mei")).post(f"/comments/{comment.pk}/edit/", {"body": "No."})
    assert answer.status_code == 403
    comment.refresh_from_db()
    assert comment.body == "Nice."


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("Ada", "Deleted by its author."),
        ("Mei", "Removed by the brand."),
        ("Jonas", "Removed by the brand."),
        ("Olga", "Removed by an operator of the site."),
    ],
)
def test_a_deleted_comment_keeps_its_place_and_loses_its_words(sign_in, design, who, words):
    cast.operator()
    top = written(design, body="Ugly words.")
    written(design, "Kenji", "I disagree.", parent=top)
    sign_in(cast.person(who)).post(f"/comments/{top.pk}/delete/")
    top.refresh_from_db()
    assert (top.body, top.deleted_by.name, top.seq) == ("", who, 3)
    page = sign_in(cast.person("Omar")).get(f"/d/{design.pk}/").content.decode()
    assert words in page and "Ugly words." not in page and "I disagree." in page


@pytest.mark.parametrize("who", ["Omar", "Lin", "Ruth"])
def test_nobody_else_deletes(sign_in, design, who):
    cast.brand("Kettle", "Ruth")
    comment = written(design)
    assert sign_in(cast.person(who)).post(f"/comments/{comment.pk}/delete/").status_code == 403
    comment.refresh_from_db()
    assert comment.deleted_at is None


def test_the_options_of_a_comment_are_those_of_its_reader(ada, sign_in, design):
    comment = written(design)
    own = ada.get(f"/comments/{comment.pk}/", headers=HTMX).content
    assert b"/edit/" in own and b"/delete/" in own and b"<html" not in own
    other = sign_in(cast.person("Omar")).get(f"/comments/{comment.pk}/").content
    assert b"/edit/" not in other and b"/delete/" not in other and b"Nice." in other


def test_the_words_of_a_comment_carry_nothing_of_the_viewer(ada, design):
    written(design)
    page = ada.get(f"/d/{design.pk}/").content.decode()
    comments = page[page.index("-comments") : page.index("talk__empty")]
    assert "csrf" not in comments and "/delete/" not in comments and "<form" not in comments


def test_older_conversations_are_a_link_away(ada, design):
    for number in range(45):
        written(design, body=f"Number {number:02d}.")
    page = ada.get(f"/d/{design.pk}/").content.decode()
    assert "Number 04." not in page and "Number 05." in page and "Number 44." in page
    link = page.split("?before=")[1].split('"')[0]
    older = ada.get(f"/threads/{design.thread_id}/comments/?before={link}").content.decode()
    assert "Number 04." in older and "Number 05." not in older
    assert "data-live" not in older


def test_a_withdrawn_drafts_thread_is_closed_to_everybody(client, design):
    comment = written(design)
    actions.withdraw(design, actor=design.designer, now=timezone.now())
    assert client.get(f"/threads/{design.thread_id}/comments/").status_code == 404
    assert client.get(f"/comments/{comment.pk}/").status_code == 404


def test_no_id_stands_twice_on_the_page(ada, design):
    top = written(design)
    written(design, "Kenji", parent=top)
    page = ada.get(f"/d/{design.pk}/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_what_a_comment_said_before_stays_readable_until_it_is_deleted(client, sign_in, design):
    comment = written(design, body="Too wide.")
    url = f"/comments/{comment.pk}/history/"
    for body in ("Far too wide.", "Far too wide.", "Wide."):
        actions.edit_comment(comment=comment, body=body, now=timezone.now())
    page = client.get(url).content.decode()
    assert page.index("Wide.</p>") < page.index("Far too wide.") < page.index(">Too wide.")
    assert page.count("Far too wide.") == 1
    assert f'href="{url}"' in client.get(f"/d/{design.pk}/").content.decode()
    actions.delete_comment(comment=comment, actor=comment.author, now=timezone.now())
    assert client.get(url).status_code == 404 and not comment.versions.exists()


def test_a_quotation_stands_in_the_reply_and_comes_out_as_one(ada, design):
    top = written(design, "Kenji", "Which cloth?\nAnd which lining?")
    form = ada.get(f"/threads/{design.thread_id}/comments/?parent={top.pk}&quote", headers=HTMX)
    assert "&gt; Which cloth?\n&gt; And which lining?" in form.content.decode()
    say(ada, design.thread, "> Which <b>cloth?\n> And which lining?\n\nWool.", parent=top.pk)
    page = ada.get(f"/d/{design.pk}/").content.decode()
    assert "<blockquote>Which &lt;b&gt;cloth?\nAnd which lining?</blockquote>\nWool." in page


def test_people_are_mentioned_by_their_handles_and_nobody_else(client, design):
    cast.person("Kenji")
    written(design, body="@Kenji and @nobody, see ada@kenji.example, http://a.example/@kenji")
    page = client.get(f"/d/{design.pk}/").content.decode()
    assert '<a href="/u/kenji/">@Kenji</a> and @nobody' in page
    assert page.count('href="/u/kenji/"') == 1


@pytest.mark.parametrize(("show", "seen"), [("mine", {"Ada one."}), ("pins", set())])
def test_a_conversation_is_narrowed_to_ones_own_or_to_pins(ada, design, show, seen):
    written(design, body="Ada one.")
    written(design, "Kenji", "Kenji one.")
    page = ada.get(f"/d/{design.pk}/?show={show}").content.decode()
    assert {body for body in ("Ada one.", "Kenji one.") if f">{body}<" in page} == seen
    assert 'data-live="thread' not in page
    everything = ada.get(f"/d/{design.pk}/?show=nonsense").content.decode()
    assert ">Kenji one.<" in everything and 'data-live="thread' in everything
