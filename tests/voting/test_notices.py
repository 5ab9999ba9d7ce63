"""Who voted or follows hears once of a pause, its end, and of a close sooner or later."""

import datetime as dt

import pytest
from django.utils import timezone

from core.models import Outbox
from fans.actions import confirm_address
from fans.models import Follow
from tests import cast
from voting import actions, ticks
from voting.actions import telling
from voting.models import Notice
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


def proved(name, **fields):
    user = cast.person(name, **fields)
    confirm_address(user)
    return user


def vote(it, who, supports=True):
    entry = it.entries.order_by("pk").first()
    apply_batch([Change(it.pk, cast.voter(who).pk, entry.pk, supports=supports)])


@pytest.fixture
def it():
    it = cast.voting_round(title="Which jacket")
    vote(it, proved("Ada"))
    Follow.objects.create(user=proved("Omar"), brand=it.brief.brand, since=timezone.now())
    proved("Kenji")
    return it


def pause(it):
    actions.pause_round(round=it, reason="A picture was wrong", actor="user:1")


def told():
    ticks.mail_notices(timezone.now())
    return list(Outbox.objects.filter(key__contains=":notice:").order_by("to"))


def test_voters_and_followers_are_mailed_a_pause_with_its_reason(it):
    pause(it)
    ada, omar = told()
    assert (ada.to, omar.to) == ("ada@example.com", "omar@example.com")
    assert ada.subject == "Voting is paused: Autumn outerwear · Which jacket"
    assert "A picture was wrong" in ada.text and f"/r/{it.pk}/\n" in ada.text
    assert "It still closes" in ada.text and "/brands/weft/" in ada.text


def test_every_fact_is_told_once(it):
    pause(it)
    for _again in range(3):
        assert len(told()) == 2
    actions.resume_round(round=it, reason="Mended", gives_time_back=False, actor="user:1")
    later = it.closes_at + dt.timedelta(days=1)
    actions.extend_round(round=it, closes_at=later, reason="Many asked", actor="user:1")
    subjects = [mail.subject.partition(":")[0] for mail in told() if mail.to == "ada@example.com"]
    assert subjects == ["Voting is paused", "Voting goes on", "Closes later"]
    assert not Notice.objects.filter(is_told=False).exists()


def test_a_later_close_is_told_in_the_reader_s_language_and_zone(it):
    vote(it, proved("Lei", language="zh-hans", time_zone="Europe/Berlin"))
    closes = dt.datetime(2027, 1, 10, 12, tzinfo=dt.UTC)
    actions.extend_round(round=it, closes_at=closes, reason="Many asked", actor="user:1")
    text = {mail.to: mail.text for mail in told()}
    here = "Sun 10 Jan 2027, 20:00 UTC+8"
    assert f"It now closes {here} (Sun 10 Jan 2027, 12:00 UTC)." in text["ada@example.com"]
    assert "13:00 UTC+1" in text["lei@example.com"] and "Many asked" in text["lei@example.com"]
    assert "You get this" not in text["lei@example.com"]


def test_of_an_early_close_followers_hear_at_once_and_voters_with_the_last_head(it):
    Follow.objects.create(user=cast.person("Ada"), brand=it.brief.brand, since=timezone.now())
    cast.close(it, "Fabric is short")
    (omar,) = told()
    assert omar.to == "omar@example.com" and omar.subject.startswith("Closed early: ")
    ticks.mail_closes(timezone.now())
    (ada,) = Outbox.objects.filter(key__contains=":closed:")
    assert ada.to == "ada@example.com"
    for mail in (ada, omar):
        assert "Fabric is short" in mail.text


def test_who_took_everything_back_or_proved_no_address_is_not_mailed(it):
    vote(it, cast.person("Ada"), supports=False)
    vote(it, cast.person("Lei"))
    pause(it)
    assert [mail.to for mail in told()] == ["omar@example.com"]


def test_they_go_in_batches_each_once_and_old_news_not_at_all(it, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 2)
    for n in range(3):
        vote(it, proved(f"Fan{n}"))
    pause(it)
    now = timezone.now()
    assert [ticks.mail_notices(now) for _again in range(4)] == [2, 2, 1, 0]
    assert len(told()) == 5
    actions.resume_round(round=it, reason="Mended", gives_time_back=False, actor="user:1")
    assert ticks.mail_notices(now + dt.timedelta(days=4)) == 0
