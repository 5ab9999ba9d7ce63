"""What a vote may cost, in statements: the same for one as for many, and no session is written."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import cast
from voting.writer import Change, Counted, apply_batch

pytestmark = pytest.mark.django_db
OF_THE_WRITER, OF_THE_FORM = 19, 4


@pytest.fixture
def it():
    return cast.voting_round()


def statements(work):
    """The statements of that work, without the bounds of transactions."""
    with CaptureQueriesContext(connection) as heard:
        work()
    said = [one["sql"] for one in heard.captured_queries]
    return [one for one in said if not one.startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]


def press(client, of, value=1):
    choice = f"{of.entries.first().pk} supports {value}"
    return client.post(reverse("voting:ballot", args=[of.pk]), {"choice": choice})


def test_many_votes_take_as_many_statements_as_one(it):
    entry = it.entries.first()
    people = [cast.voter(cast.person(f"Fan{n}")) for n in range(24)]
    changes = [Change(it.pk, one.pk, entry.pk, supports=True) for one in people]
    done = []
    first = statements(lambda: done.extend(apply_batch(changes[:1])))
    rest = statements(lambda: done.extend(apply_batch(changes[1:])))
    assert all(isinstance(one, Counted) for one in done)
    assert len(first) == len(rest) <= OF_THE_WRITER


def test_a_vote_by_form_writes_no_session(client, sign_in, it):
    sign_in(cast.person("Ada"))
    press(client, it)
    said = statements(lambda: press(client, it, 0))
    assert not [one for one in said if "django_session" in one]
    assert len(said) <= OF_THE_WRITER + OF_THE_FORM


def test_a_visitors_vote_makes_no_session_and_its_word_is_shown_once(client, it):
    press(client, it)
    assert "sessionid" not in client.cookies and not Session.objects.exists()
    page = reverse("voting:round", args=[it.pk])
    word = "Vote held for No. 0101."
    assert word in client.get(page).content.decode()
    assert word not in client.get(page).content.decode()
