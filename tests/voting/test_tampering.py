"""Whoever writes to the database by hand is found, and the row is named."""

import io
import json
import zlib

import pytest
from django.core.management import CommandError, call_command

from tests import cast
from tests.voting.tampering import sql
from voting import chain
from voting.models import Ballot, BallotLog, ClosingFile, Receipt, Round
from voting.writer import Change, apply_batch


def vote(it, names=12):
    entries = list(it.entries.order_by("pk"))
    for n in range(names):
        who = cast.voter(cast.person(f"Fan{n}"))
        apply_batch([Change(it.pk, who.pk, entries[n % 3].pk, supports=True, would_buy=n % 4 == 0)])
    apply_batch([Change(it.pk, who.pk, entries[1].pk, supports=True)])


@pytest.fixture
def it(own_db):
    made = cast.voting_round()
    vote(made)
    return made


@pytest.fixture
def closed(it):
    cast.close(it)
    return it


def verify(*args, **options):
    """The exit code and what was printed."""
    out = io.StringIO()
    try:
        call_command("verify_tally", *args, stdout=out, **options)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def row(seq):
    return BallotLog.objects.get(seq=seq)


def rewrite(it, since):
    """What a thief with the whole database does: the chain anew, from that change on."""
    head = row(since - 1).head if since > 1 else chain.START
    for one in BallotLog.objects.filter(seq__gte=since).order_by("seq"):
        name = chain.pseudonym(it.log_secret, one.ballot_id)
        leaf = chain.leaf(one.salt, name, one.standing, one.choices)
        head = chain.link(head, leaf)
        sql("UPDATE voting_ballotlog SET leaf=%s, head=%s WHERE id=%s", leaf, head, one.pk)
    last = BallotLog.objects.order_by("seq").last()
    sql("UPDATE voting_round SET seq=%s, head=%s", last.seq, head)


def test_control_what_nobody_touched_passes(it):
    code, text = verify()
    assert (code, "ok    round" in text, "13 changes in the log" in text) == (0, True, True)


def test_control_a_closed_round_passes_with_its_files_and_a_known_head(closed):
    fifth = row(5)
    code, text = verify(closed.pk, seq=5, head=fifth.head)
    assert code == 0, text
    assert "5 public files" in text and "2 published heads" in text


# Each with the row that the finding must name.


def test_an_edited_row_is_found(it):
    sql("UPDATE voting_ballotlog SET standing='confirmed buyer' WHERE seq=4")
    code, text = verify()
    assert code == 1 and f"change 4 (row {row(4).pk}) was altered" in text


def test_an_edited_row_with_a_new_leaf_is_found(it):
    sql("UPDATE voting_ballotlog SET standing='confirmed buyer' WHERE seq=4")
    one = row(4)
    leaf = chain.leaf(
        one.salt, chain.pseudonym(it.log_secret, one.ballot_id), one.standing, one.choices
    )
    sql("UPDATE voting_ballotlog SET leaf=%s WHERE seq=4", leaf)
    code, text = verify()
    assert code == 1 and f"the chain breaks at change 4 (row {one.pk})" in text


def test_a_deleted_row_is_found(it):
    after = row(7).pk
    assert sql("DELETE FROM voting_ballotlog WHERE seq=6") == 1
    code, text = verify()
    assert code == 1 and f"log has 7 (row {after}) in place of 6: rows are gone" in text


def test_a_deleted_row_is_found_when_the_others_are_numbered_anew(it):
    after = row(7).pk
    sql("DELETE FROM voting_ballotlog WHERE seq=6")
    for seq in range(7, 14):
        sql("UPDATE voting_ballotlog SET seq=%s WHERE seq=%s", seq - 1, seq)
    sql("UPDATE voting_round SET seq=12")
    code, text = verify()
    assert code == 1 and f"the chain breaks at change 6 (row {after})" in text


def put_in(it, seq, **fields):
    """A copy of a change, put in after it."""
    for later in range(it_seq(), seq, -1):
        sql("UPDATE voting_ballotlog SET seq=%s WHERE seq=%s", later + 1, later)
    copy = row(seq)
    copy.pk, copy.seq, copy.client_key = None, seq + 1, None
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save()
    sql("UPDATE voting_round SET seq=seq+1")
    return copy


def it_seq():
    return BallotLog.objects.order_by("seq").last().seq


def test_an_inserted_row_is_found(it):
    copy = put_in(it, 5, head="f" * 64)
    code, text = verify()
    assert code == 1 and f"the chain breaks at change 6 (row {copy.pk}): it was put in" in text


def test_an_inserted_row_with_a_right_link_is_found_too(it):
    copy = put_in(it, 5, head=chain.link(row(5).head, row(5).leaf))
    code, text = verify()
    assert code == 1 and f"put in between: change 6 (row {copy.pk})" in text


def test_rows_in_another_order_are_found(it):
    one, other = row(6).pk, row(7).pk
    sql("UPDATE voting_ballotlog SET seq=99 WHERE id=%s", one)
    sql("UPDATE voting_ballotlog SET seq=6 WHERE id=%s", other)
    sql("UPDATE voting_ballotlog SET seq=7 WHERE id=%s", one)
    code, text = verify()
    assert code == 1
    assert f"the chain breaks at change 6 (row {other}): it was made after change 7" in text


def cut(it, left):
    """Take the end away everywhere: log, ballots, choices, counters and the round's own head."""
    gone = list(BallotLog.objects.filter(seq__gt=left).values_list("ballot_id", flat=True))
    kept = set(BallotLog.objects.filter(seq__lte=left).values_list("ballot_id", flat=True))
    sql("DELETE FROM voting_ballotlog WHERE seq>%s", left)
    for ballot in set(gone) - kept:
        for choice in Ballot.objects.get(pk=ballot).choices.all():
            sql(
                "UPDATE voting_entry SET support=support-1, would_buy=would_buy-%s WHERE id=%s",
                int(choice.would_buy),
                choice.entry_id,
            )
        sql("DELETE FROM voting_choice WHERE ballot_id=%s", ballot)
        sql("DELETE FROM voting_ballot WHERE id=%s", ballot)
        sql("UPDATE voting_round SET voters=voters-1, papers=papers-1")
    sql("UPDATE voting_round SET seq=%s, head=%s", left, row(left).head)


def test_a_cut_end_alone_leaves_nothing_to_see_but_a_kept_head_shows_it(it):
    seq, head = it_head(it)
    cut(it, 10)
    assert verify()[0] == 0, "the control: nothing inside the database tells"
    code, text = verify(it.pk, seq=seq, head=head)
    assert code == 1 and "change 12, told by the command, is gone: the end of the log" in text


def it_head(it):
    one = row(12)
    return one.seq, one.head


def test_a_cut_end_is_found_by_a_mailed_receipt(it):
    voter, entry = row(9).ballot.voter_id, it.entries.order_by("pk").last()
    apply_batch([Change(it.pk, voter, entry.pk, would_buy=False, supports=True)])
    apply_batch([Change(it.pk, voter, entry.pk, supports=False)])
    one = row(BallotLog.objects.order_by("seq").last().seq)
    Receipt.objects.create(ballot=one.ballot, round=it, seq=one.seq, head=one.head, at=one.at)
    assert verify()[0] == 0
    cut(it, 10)
    code, text = verify()
    assert code == 1 and f"told by mail to the voter of ballot {one.ballot_id}, is gone" in text


def test_a_cut_end_is_found_by_the_published_file(closed):
    cut(closed, 10)
    code, text = verify()
    assert code == 1 and "change 13, told by result.json, is gone" in text


def test_a_chain_made_anew_is_found_by_a_kept_head(it):
    seq, head = it_head(it)
    first = row(3)
    ballot = first.ballot_id
    choices = [{**first.choices[0], "would_buy": True}]
    sql("UPDATE voting_ballotlog SET choices=%s WHERE seq=3", json.dumps(choices))
    sql("UPDATE voting_choice SET would_buy=%s WHERE ballot_id=%s", True, ballot)
    sql("UPDATE voting_entry SET would_buy=would_buy+1 WHERE id=%s", choices[0]["entry"])
    rewrite(it, 3)
    assert verify()[0] == 0, "the control: the whole database was rewritten"
    code, text = verify(it.pk, seq=seq, head=head)
    assert code == 1 and "up to change 12 the log was rewritten: the command has another" in text


def test_an_edited_choice_is_found(it):
    ballot = Ballot.objects.order_by("pk").first()
    sql("UPDATE voting_choice SET would_buy=%s WHERE ballot_id=%s", False, ballot.pk)
    code, text = verify()
    assert code == 1 and f"ballot {ballot.pk}: its choices are not those of the log" in text


def test_an_edited_ballot_is_found(it):
    ballot = Ballot.objects.order_by("pk").first()
    sql("UPDATE voting_ballot SET is_honorary=%s WHERE id=%s", True, ballot.pk)
    code, text = verify()
    assert code == 1 and f"ballot {ballot.pk}: counts as confirmed honorary, log: conf" in text


def test_an_edited_counter_is_found(it):
    entry = it.entries.order_by("pk").first()
    sql("UPDATE voting_entry SET support=support+1 WHERE id=%s", entry.pk)
    code, text = verify()
    assert code == 1 and f"entry {entry.pk}: support is 5, counted 4" in text


def test_edited_rules_are_found(it):
    Round.objects.filter(pk=it.pk).update(deciding="honorary")
    code, text = verify()
    assert code == 1 and "deciding is 'honorary', frozen: 'all'" in text


def test_an_edited_tally_is_found(closed):
    sql("UPDATE voting_tally SET support=99 WHERE \"group\"='all' AND rank=2")
    code, text = verify()
    assert code == 1 and "is not the recount" in text
    assert f"round {closed.pk}: result.json differs from the database at line" in text


@pytest.mark.parametrize("name", ["voters.csv", "choices.csv", "result.json", "rules.json"])
def test_an_edited_public_file_is_found(closed, name):
    file = ClosingFile.objects.get(name=name)
    data = zlib.decompress(bytes(file.packed))
    edited = (
        data.replace(b"confirmed,", b"confirmed, ", 1) if b"confirmed," in data else data + b" "
    )
    ClosingFile.objects.filter(pk=file.pk).update(packed=zlib.compress(edited))
    code, text = verify()
    assert code == 1 and f"{name} is not what its sha256 says: it was edited" in text


def test_an_edited_hash_of_the_list_of_leaves_is_found(closed):
    ClosingFile.objects.filter(name="leaves.csv").update(sha256="0" * 64)
    code, text = verify()
    assert code == 1 and f"leaves.csv has sha256 {'0' * 64}" in text


def test_missing_files_are_found(closed):
    sql("DELETE FROM voting_closingfile")
    code, text = verify()
    assert code == 1 and "its files are gone" in text


def test_of_several_rounds_the_one_asked_for_is_checked(it):
    other = cast.voting_round(it.brief)
    sql("UPDATE voting_entry SET support=1 WHERE round_id=%s", other.pk)
    assert verify(it.pk)[0] == 0
    assert verify(other.pk)[0] == verify()[0] == 1


@pytest.mark.parametrize(
    ("args", "options", "words"),
    [
        ([999], {}, "no such round: 999"),
        ([], {"seq": 3, "head": "0" * 64}, "with one round"),
        ([1], {"seq": 3}, "belong together"),
    ],
)
def test_a_call_that_makes_no_sense_is_refused(own_db, args, options, words):
    if args == [1]:
        cast.voting_round()
    with pytest.raises(CommandError, match=words):
        call_command("verify_tally", *args, **options)
