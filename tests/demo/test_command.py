"""`manage.py demo`: fills an empty database through the apps' own actions, and only that."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from core import status, verify
from demo.seeding import story
from designs.models import Picture
from fans.models import Brand, User
from presale.models import Campaign, PreOrder, RefundObligation
from tests import cast
from voting.models import Ballot, Round


def test_it_refuses_outside_the_demo(db, settings):
    settings.DEMO = False
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo")
    assert not User.objects.exists()


def test_it_leaves_data_alone_that_is_there(db, settings, capsys):
    settings.DEMO = True
    cast.brand()
    before = User.objects.count()
    call_command("demo")
    assert "There is data already" in capsys.readouterr().out
    assert User.objects.count() == before


@pytest.mark.race
def test_a_chapter_of_it_holds_every_invariant(own_db, settings, monkeypatch, tmp_path):
    settings.DEMO, settings.MEDIA_ROOT = True, tmp_path / "media"
    monkeypatch.setattr(story, "ORDER", ("oranges", "rice"))
    call_command("demo", verbosity=0)
    assert Brand.objects.filter(state=Brand.State.APPROVED).count() == 3
    assert Picture.objects.count() == 5
    assert set(Round.objects.values_list("state", flat=True)) == {"closed"}
    assert Ballot.objects.filter(is_live=True).count() > 30
    assert set(Campaign.objects.values_list("state", flat=True)) == {"draft", "cancelled"}
    assert set(PreOrder.objects.values_list("state", flat=True)) == {"cancelled"}
    assert RefundObligation.objects.filter(state="done").count() == 6
    assert status.progress() is None and not status.ticker_is_held(timezone.now())
    assert not [finding for check in verify.run().values() for finding in check.findings]
