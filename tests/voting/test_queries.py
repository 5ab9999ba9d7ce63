"""How many questions pages with rounds ask: as many for twenty rounds as for two."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import cast
from voting import queries
from voting.models import Entry, Round

pytestmark = pytest.mark.django_db
STATES = (Round.State.OPEN, Round.State.SCHEDULED, Round.State.CLOSED)


def more(brief, times):
    for _time in range(times):
        for state in STATES:
            cast.voting_round(brief, drafts=1, state=state)


@pytest.mark.parametrize("page", ["rounds", "home", "console", "brand"])
def test_more_rounds_do_not_mean_more_queries(sign_in, page):
    brief = cast.brief()
    slug = brief.brand.slug
    address = {
        "rounds": reverse("voting:round-list"),
        "home": "/",
        "console": reverse("presale:console", args=[slug]),
        "brand": reverse("fans:brand", args=[slug]),
    }[page]
    client = sign_in(cast.person("Mei" if page == "console" else "Ada"))
    more(brief, 2)
    client.get(address)
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        # How far the demo is, is asked once in some seconds, whatever the page.
        asked.append([q["sql"] for q in seen.captured_queries if "core_status" not in q["sql"]])
        more(brief, 1)
    assert len(asked[1]) <= len(asked[0]), "\n".join(asked[1])


def test_a_card_shows_the_first_three_pictures_of_its_own_round():
    one, two = cast.voting_round(drafts=4), cast.voting_round(cast.brief(title="Hats"), drafts=2)
    found = queries.with_pictures([one, two])
    for round, shown in zip(found, (3, 2), strict=True):
        revisions = list(round.entries.order_by("pk").values_list("revision", flat=True))
        assert [row.revision_id for row in round.teaser] == revisions[:shown]


def test_the_winner_stands_first_on_the_card_and_is_named():
    round = cast.voting_round(drafts=5, state=Round.State.CLOSED)
    last = round.entries.order_by("pk").last()
    Entry.objects.filter(pk=last.pk).update(outcome=Entry.Outcome.WINNER)
    open_round = cast.voting_round(cast.brief(title="Hats"), drafts=2)
    closed, going = queries.with_pictures([round, open_round])
    assert (closed.winner, going.winner) == (last.revision.design.title, "")
    assert closed.teaser[0].revision_id == last.revision_id and len(closed.teaser) == 3
