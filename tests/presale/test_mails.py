"""What mails of the pre-sale say, and how: dates as on the pages, in the reader's language."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.utils import translation

from core.models import Outbox
from presale.actions.orders import Buyer
from presale.models import Campaign
from tests import cast
from tests.presale.house import DAY, counted, deposited, opened

pytestmark = pytest.mark.usefixtures("february", "sound")
CLOSES = dt.datetime(2027, 2, 26, 12, tzinfo=dt.UTC)
SHIPS = dt.date(2027, 6, 1)


@pytest.fixture
def february() -> Iterator[None]:
    """It is 13 February 2027 until the books have been looked at; pages leave no language."""
    with time_machine.travel(CLOSES - 13 * DAY, tick=False), translation.override("en"):
        yield


@pytest.fixture
def campaign(february: None) -> Campaign:
    """A campaign that closes on 26 February."""
    return opened(closes_at=CLOSES, ship_by=SHIPS, minimum=1, production_minimum=1)


def text(key: str) -> str:
    return Outbox.objects.get(key=key).text


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Fri 26 Feb 2027, 20:00 UTC+8"), ("zh-hans", "2027年2月26日 星期五 20:00 UTC+8")],
)
def test_a_mail_writes_the_close_as_pages_do(client, campaign, language, words):
    ada = cast.person("Ada")
    order = deposited(campaign, buyer=Buyer(email=ada.email, user=ada, language=language))
    assert words in text(f"order:{order.pk}:deposit-paid")
    client.cookies["django_language"] = language
    page = client.get(f"/c/{campaign.pk}/").content.decode()
    # A page leaves out this year; a mail is read later.
    assert words.replace(" 2027", "").removeprefix("2027年") in page


def test_the_brand_reads_times_in_its_own_zone_and_language(campaign):
    mei, jonas = cast.person("Mei"), cast.person("Jonas")
    type(mei).objects.filter(pk=mei.pk).update(language="zh-hans")
    deposited(campaign)
    counted(campaign)
    assert "2027年2月20日 星期六 20:00 UTC+8" in text(f"campaign:{campaign.pk}:gate1:{mei.pk}")
    assert "Sat 20 Feb 2027, 20:00 UTC+8" in text(f"campaign:{campaign.pk}:gate1:{jonas.pk}")


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1 June 2027"), ("zh-hans", "2027年6月1日")]
)
def test_the_day_of_shipping_is_written_as_its_language_does(client, campaign, language, words):
    client.cookies["django_language"] = language
    assert words in client.get(f"/c/{campaign.pk}/").content.decode()
