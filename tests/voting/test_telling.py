"""The head of the chain in somebody's mailbox: once per person and round, never what was chosen."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from fans.actions import confirm_address
from tests import cast
from voting import actions, audit, ticks
from voting.actions import telling
from voting.models import Ballot, BallotLog, ClosingFile, JobCursor, Receipt, Round
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db


@pytest.fixture
def it():
    return cast.voting_round(title="Which jacket")


def proved(name):
    user = cast.person(name)
    confirm_address(user)
    return user


def vote(it, voter, n=0, supports=True):
    entry = it.entries.order_by("pk")[n]
    apply_batch([Change(it.pk, voter.pk, entry.pk, supports=supports)])
    return Ballot.objects.get(round=it, voter=voter)


def close(it):
    cast.close(it)


def mails(fact):
    return list(Outbox.objects.filter(key__contains=f":{fact}:").order_by("to"))


# The receipt


def test_whose_ballot_begins_to_count_is_mailed_its_place_in_the_chain(it):
    ballot = vote(it, cast.voter())
    actions.keep_guest_ballot(ballot=ballot, user=proved("Ada"))
    (mail,), last = mails("receipt"), BallotLog.objects.get(seq=2)
    key = f"round:{it.pk}:receipt:{cast.person('Ada').pk}"
    assert (mail.to, mail.key) == ("ada@example.com", key)
    assert last.head in mail.text and f"{reverse('voting:receipt', args=[it.pk])}\n" in mail.text
    assert f"recount.py . SHA256 2 {last.head}" in mail.text
    assert Receipt.objects.values_list("ballot", "seq", "head").get() == (ballot.pk, 2, last.head)
    assert audit.heads().count == 1 and audit.heads().findings == []


def test_who_chose_the_newer_of_two_ballots_is_mailed_too(it):
    ada = proved("Ada")
    vote(it, cast.voter(ada))
    actions.replace_with_guest_ballot(ballot=vote(it, cast.voter(), n=1), user=ada)
    own = Ballot.objects.get(round=it, voter__user=ada)
    assert Receipt.objects.get().ballot == own and len(mails("receipt")) == 1
    assert audit.heads().findings == []


def test_the_mail_says_nothing_of_the_choice(it):
    ballot = vote(it, cast.voter())
    actions.keep_guest_ballot(ballot=ballot, user=proved("Ada"))
    text = mails("receipt")[0].text
    row = BallotLog.objects.get(seq=2)
    assert not [one for one in (row.salt, it.log_secret, "Draft 1") if one in text]


def test_votes_are_not_mailed_and_changes_neither(it):
    ada = proved("Ada")
    ballot = vote(it, cast.voter())
    actions.keep_guest_ballot(ballot=ballot, user=ada)
    for n in range(3):
        vote(it, cast.voter(ada), n=n)
    vote(it, cast.voter(proved("Omar")))
    assert len(mails("receipt")) == Receipt.objects.count() == 1


def test_an_address_that_nobody_proved_is_not_mailed(it):
    actions.keep_guest_ballot(ballot=vote(it, cast.voter()), user=cast.person("Ada"))
    close(it)
    ticks.mail_closes(timezone.now())
    assert not Outbox.objects.exists() and not Receipt.objects.exists()


def ask(client, it):
    return client.post(reverse("voting:receipt-mail", args=[it.pk]), follow=True).content.decode()


def test_a_person_asks_for_it_once(sign_in, it):
    vote(it, cast.voter(proved("Ada")))
    client = sign_in(cast.person("Ada"))
    assert "Mail me this receipt" in client.get(f"/r/{it.pk}/receipt/").content.decode()
    text = ask(client, it)
    assert "on its way to your mailbox" in text and "Mail me this receipt" not in text
    vote(it, cast.voter(cast.person("Ada")), n=1)
    ask(client, it)
    assert [row.seq for row in Receipt.objects.all()] == [1] and len(mails("receipt")) == 1


def test_without_ballot_or_address_there_is_nothing_to_mail(sign_in, it):
    vote(it, cast.voter(cast.person("Ada")))
    assert "Confirm your e-mail address first." in ask(sign_in(cast.person("Ada")), it)
    assert "You have no ballot in this round." in ask(sign_in(proved("Omar")), it)
    assert not Outbox.objects.exists()


def test_a_guest_is_sent_to_sign_in_and_a_link_mails_nothing(client, sign_in, it):
    url = reverse("voting:receipt-mail", args=[it.pk])
    assert client.post(url).status_code == 302
    vote(it, cast.voter(proved("Ada")))
    assert sign_in(cast.person("Ada")).get(url).status_code == 405
    assert not Outbox.objects.exists()


# The close


def test_at_the_close_everybody_who_voted_gets_the_last_head(it):
    vote(it, cast.voter(proved("Ada")))
    vote(it, cast.voter(proved("Omar")))
    vote(it, cast.voter(cast.person("Kenji")))
    vote(it, cast.voter())
    vote(it, cast.voter(proved("Ruth")))
    vote(it, cast.voter(proved("Ruth")), supports=False)
    close(it)
    assert not mails("closed")
    ticks.mail_closes(timezone.now())
    sent = mails("closed")
    it.refresh_from_db()
    sha = ClosingFile.objects.get(name="result.json").sha256
    assert [mail.to for mail in sent] == ["ada@example.com", "omar@example.com"]
    assert all(f"recount.py . {sha} {it.seq} {it.head}" in mail.text for mail in sent)
    assert not [mail for mail in sent if "Draft" in mail.text]


def test_the_mails_of_a_close_go_in_batches_each_once(it, monkeypatch):
    monkeypatch.setattr(telling, "BATCH", 2)
    for n in range(5):
        vote(it, cast.voter(proved(f"Fan{n}")))
    close(it)
    now = timezone.now()
    assert [ticks.mail_closes(now) for _again in range(4)] == [2, 2, 1, 0]
    assert len(mails("closed")) == 5 and JobCursor.objects.get(job="ending").is_done


def test_after_a_crash_nobody_is_mailed_twice(it):
    for n in range(3):
        vote(it, cast.voter(proved(f"Fan{n}")))
    close(it)
    ticks.mail_closes(timezone.now())
    JobCursor.objects.filter(job="ending").update(reached=0, is_done=False)
    ticks.mail_closes(timezone.now())
    assert len(mails("closed")) == 3


def test_where_scores_are_never_shown_the_mail_has_the_head_alone(it):
    Round.objects.filter(pk=it.pk).update(results=Round.Results.NEVER)
    vote(it, cast.voter(proved("Ada")))
    it.refresh_from_db()
    close(it)
    ticks.mail_closes(timezone.now())
    (mail,) = mails("closed")
    assert it.head in mail.text and "result.json" not in mail.text


def test_open_cancelled_and_long_closed_rounds_mail_nothing(it):
    vote(it, cast.voter(proved("Ada")))
    assert ticks.mail_closes(timezone.now()) == 0
    other = cast.voting_round(it.brief)
    vote(other, cast.voter(proved("Ada")))
    actions.cancel_round(round=other, reason="No", actor="user:1", now=timezone.now())
    close(it)
    assert ticks.mail_closes(timezone.now() + dt.timedelta(days=4)) == 0
    assert not Outbox.objects.filter(key__contains=":closed:").exists()
