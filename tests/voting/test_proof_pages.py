"""Head, files, receipt and script for everybody; ballots set aside for operators alone."""

import hashlib

import pytest
from django.urls import reverse

from tests import cast
from tests.voting.test_recount import recount
from tests.voting.test_setting_aside import cast_one
from voting import actions
from voting.models import Ballot, BallotLog, Round, SetAside
from voting.writer import Change, apply_batch

pytestmark = pytest.mark.django_db
FILES = ["leaves.csv", "voters.csv", "choices.csv", "rules.json", "result.json"]


@pytest.fixture
def it():
    made = cast.voting_round()
    entries = list(made.entries.order_by("pk"))
    for n in range(12):
        voter = cast.voter(cast.person(f"Fan{n}"))
        apply_batch([Change(made.pk, voter.pk, entries[n % 2].pk, supports=True)])
    made.refresh_from_db()
    return made


@pytest.fixture
def suspect():
    made = cast.voting_round()
    for n in range(20):
        cast_one(made, f"Puppet{n}", made.entries.first())
    actions.judge_new_ballots(round=made)
    made.refresh_from_db()
    return made


def page(client, it):
    return client.get(reverse("voting:round", args=[it.pk])).content.decode()


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


def file(client, it, name, **headers):
    return client.get(reverse("voting:round-file", args=[it.pk, name]), **headers)


def close(it):
    cast.close(it)


def test_the_head_is_on_the_page_while_open_and_after(client, it):
    assert it.head in page(client, it)
    close(it)
    assert it.head in page(client, it)


def test_the_list_of_leaves_can_be_had_while_the_round_is_open(client, it):
    lines = body(file(client, it, "leaves.csv")).decode().splitlines()
    row = BallotLog.objects.get(seq=5)
    assert (len(lines), lines[0], lines[5]) == (13, "seq,leaf,head", f"5,{row.leaf},{row.head}")


def test_the_list_is_sent_again_only_after_a_change(client, it):
    etag = file(client, it, "leaves.csv")["ETag"]
    assert file(client, it, "leaves.csv", HTTP_IF_NONE_MATCH=etag).status_code == 304
    cast_one(it, "Late", it.entries.first())
    assert file(client, it, "leaves.csv", HTTP_IF_NONE_MATCH=etag).status_code == 200


@pytest.mark.parametrize("name", ["voters.csv", "choices.csv", "result.json", "other.txt"])
def test_what_tells_of_votes_is_not_there_before_the_close(client, it, name):
    assert file(client, it, name).status_code == 404


def test_what_is_downloaded_is_what_the_page_names_and_can_be_recounted(client, it, tmp_path):
    close(it)
    shown = page(client, it)
    for name in FILES:
        data = body(file(client, it, name))
        assert hashlib.sha256(data).hexdigest() in shown, name
        (tmp_path / name).write_bytes(data)
    code, text = recount(tmp_path)
    assert (code, text.splitlines()[-1]) == (0, "everything agrees"), text


def test_where_scores_are_never_shown_no_file_tells_them(client, it):
    Round.objects.filter(pk=it.pk).update(results=Round.Results.NEVER)
    close(it)
    codes = [file(client, it, name).status_code for name in FILES]
    assert codes == [200, 200, 404, 200, 404]


def test_the_script_can_be_had(client):
    assert body(client.get(reverse("voting:recount-script"))).startswith(b"#!/usr/bin/env python3")


def test_the_owner_sees_choice_and_place_in_the_chain(sign_in, it):
    shown = sign_in(cast.person("Fan3")).get(reverse("voting:receipt", args=[it.pk]))
    text, row = shown.content.decode(), BallotLog.objects.get(seq=4)
    title = it.entries.order_by("pk")[1].revision.design.title
    assert row.leaf in text and row.head in text and title in text
    assert "no-store" in shown["Cache-Control"]


def test_the_receipt_holds_nothing_that_would_prove_the_choice(sign_in, it):
    text = sign_in(cast.person("Fan3")).get(reverse("voting:receipt", args=[it.pk]))
    salt = BallotLog.objects.get(seq=4).salt
    assert salt not in text.content.decode() and it.log_secret not in text.content.decode()


@pytest.mark.parametrize("name", ["Omar", "Mei", None])
def test_others_see_no_receipt_and_no_choice(client, sign_in, it, name):
    who = sign_in(cast.person(name)) if name else client
    text = who.get(reverse("voting:receipt", args=[it.pk])).content.decode()
    assert "You have no ballot in this round" in text and "Draft " not in text


def test_a_guest_sees_theirs_by_the_cookie(client, it):
    entry = it.entries.order_by("pk").first()
    client.post(reverse("voting:ballot", args=[it.pk]), {"choice": f"{entry.pk} supports 1"})
    text = client.get(reverse("voting:receipt", args=[it.pk])).content.decode()
    assert entry.revision.design.title in text and "Held, not counted yet." in text


def test_after_a_vote_the_page_leads_to_the_receipt(sign_in, it):
    assert f"/r/{it.pk}/receipt/" in page(sign_in(cast.person("Fan3")), it)


# What was set aside


def test_everybody_reads_how_many_were_set_aside(client, suspect):
    assert "20 ballots set aside" in page(client, suspect)
    close(suspect)
    assert "20 ballots set aside" in page(client, suspect)


def test_the_brand_reads_numbers_and_nobodys_data(sign_in, suspect):
    url = reverse("voting:round-manage", args=[suspect.brief.brand.slug, suspect.pk])
    text = sign_in(cast.person("Mei")).get(url).content.decode()
    assert "throw-away e-mail" in text and "mailinator" not in text and "Puppet" not in text


def test_who_is_set_aside_reads_so_on_their_receipt(sign_in, suspect):
    user = Ballot.objects.first().voter.user
    text = sign_in(user).get(reverse("voting:receipt", args=[suspect.pk])).content.decode()
    assert "An automatic check has set your ballot aside." in text


def judge(client, it, verdict, reason="I called them", rows=None):
    rows = list(SetAside.objects.values_list("pk", flat=True)) if rows is None else rows
    said = {"verdict": verdict, "reason": reason, "ballots": rows}
    return client.post(reverse("voting:ops-ballots-judge", args=[it.pk]), said)


def test_an_operator_sees_signals_and_releases_a_group(sign_in, suspect):
    client = sign_in(cast.operator())
    text = client.get(reverse("voting:ops-ballots")).content.decode()
    assert "20 ballots of one network" in text and "many at once from one network" in text
    assert "mailinator" not in text
    assert judge(client, suspect, "release").status_code == 302
    suspect.refresh_from_db()
    assert (suspect.set_aside, suspect.voters) == (0, 20)


def test_an_operator_keeps_some_out_and_the_reason_stays_to_be_read(sign_in, suspect):
    client = sign_in(cast.operator())
    judge(client, suspect, "uphold", rows=[SetAside.objects.first().pk])
    assert SetAside.objects.filter(decision="upheld").count() == 1
    assert "I called them" in client.get(reverse("voting:ops-ballots")).content.decode()


def test_without_a_reason_nothing_is_decided(sign_in, suspect):
    judge(sign_in(cast.operator()), suspect, "release", reason="")
    assert set(SetAside.objects.values_list("decision", flat=True)) == {"waiting"}


@pytest.mark.parametrize(
    ("name", "code"), [("Mei", 403), ("Jonas", 403), ("Ada", 403), (None, 302)]
)
def test_nobody_else_sees_or_decides(client, sign_in, suspect, name, code):
    who = sign_in(cast.person(name)) if name else client
    before = suspect.head
    assert who.get(reverse("voting:ops-ballots")).status_code == code
    assert judge(who, suspect, "release").status_code == code
    suspect.refresh_from_db()
    assert (suspect.head, suspect.set_aside) == (before, 20)


def test_nobody_at_the_brand_writes_a_ballot(sign_in, it):
    before, entry = it.head, it.entries.first()
    for name in ("Mei", "Jonas", "Lin"):
        client = sign_in(cast.person(name))
        client.post(reverse("voting:ballot", args=[it.pk]), {"choice": f"{entry.pk} supports 1"})
        client.post(reverse("voting:would-buy", args=[it.pk, entry.pk]), {})
        client.post(reverse("voting:round-merge", args=[it.pk]), {"keep": "newer"})
    it.refresh_from_db()
    assert (it.head, it.voters) == (before, 12)


def test_a_file_that_there_is_not_is_not_found_whatever_its_name(client, it):
    for name in ("secrets.csv", "%00", "a\x00b"):
        assert file(client, it, name).status_code == 404
