"""Briefs: written by their brand, read by everybody."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from core import ticks
from core.models import StateLog
from designs.forms.briefs import split_values
from designs.models import Brief
from tests import cast

pytestmark = pytest.mark.django_db
WORDS = {
    "title": "Spring knits",
    "body": "Light knits for cold offices.",
    "royalty": "3 % of paid balances.",
    "is_open_to_all": "yes",
    "closes_at": "",
    "axis-0-name": "Size",
    "axis-0-values": "S, M\nL",
    "axis-1-name": "颜色",
    "axis-1-values": "蓝，沙",
}


@pytest.fixture
def brand():
    return cast.brand()


@pytest.fixture
def mei(sign_in, brand):
    return sign_in(cast.person("Mei"))


def new(client, **fields):
    return client.post("/m/weft/briefs/new/", WORDS | fields)


def test_a_merchant_opens_a_brief_with_options(mei, client):
    answer = new(mei, open="1")
    brief = Brief.objects.get()
    assert answer.headers["Location"] == f"/m/weft/briefs/{brief.pk}/"
    assert (brief.state, brief.title) == ("open", "Spring knits")
    assert [(axis.name, axis.values) for axis in brief.axes.all()] == [
        ("Size", ["S", "M", "L"]), ("颜色", ["蓝", "沙"]),
    ]  # fmt: skip
    mei.logout()
    page = client.get(f"/briefs/{brief.pk}/").content.decode()
    assert "Light knits for cold offices." in page and "3 % of paid balances." in page
    assert "Spring knits" in client.get("/briefs/").content.decode()


def test_a_brief_in_preparation_is_the_brands_own(mei, sign_in):
    new(mei)
    brief = Brief.objects.get()
    assert brief.state == "draft"
    assert mei.get(f"/briefs/{brief.pk}/").status_code == 200
    outsider = sign_in(cast.person("Omar"))
    assert outsider.get(f"/briefs/{brief.pk}/").status_code == 404
    assert b"Spring knits" not in outsider.get("/briefs/").content


@pytest.mark.parametrize(("who", "status"), [("Lin", 403), ("Omar", 403), ("Ruth", 403)])
def test_only_owner_and_managers_write_briefs(sign_in, brand, who, status):
    cast.brand("Kettle", "Ruth")
    assert new(sign_in(cast.person(who))).status_code == status
    assert not Brief.objects.exists()


def test_another_brands_brief_is_not_found(sign_in, brand):
    cast.brand("Kettle", "Ruth")
    brief = cast.brief(brand)
    ruth = sign_in(cast.person("Ruth"))
    assert ruth.get(f"/m/kettle/briefs/{brief.pk}/").status_code == 404
    assert ruth.post(f"/m/kettle/briefs/{brief.pk}/close/").status_code == 404
    brief.refresh_from_db()
    assert brief.state == "open"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"title": ""}, "This field is required."),
        ({"closes_at": "2020-01-01T10:00"}, "This time has passed already."),
        ({"closes_at": "soon"}, "Enter a valid date/time."),
        ({"axis-0-name": ""}, "Name the option, such as Size."),
        ({"axis-0-values": " , "}, "Name at least one value, such as S, M, L."),
        ({"axis-0-values": "S, s"}, "A value is here twice."),
        ({"axis-1-name": "size"}, "Two options have the same name."),
        ({"axis-0-values": ",".join(map(str, range(21)))}, "Up to 20 values"),
        (
            {f"axis-{n}-{part}": ",".join("abcdefgh") if part == "values" else str(n)
             for n in range(3) for part in ("name", "values")},
            "These options make 512 combinations; up to 200 work.",
        ),
    ],
)  # fmt: skip
def test_what_makes_no_brief_is_refused_with_the_reason(mei, fields, reason):
    answer = new(mei, **fields)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "Light knits" in answer.content.decode()
    assert not Brief.objects.exists()


def test_the_deadline_is_the_brands_local_time(mei):
    ahead = (timezone.now() + dt.timedelta(days=30)).replace(hour=12, minute=0, second=0)
    new(mei, closes_at=ahead.strftime("%Y-%m-%dT20:00"))
    assert Brief.objects.get().closes_at == ahead.replace(microsecond=0)


def test_an_hour_that_the_clocks_skip_does_not_exist(mei, brand):
    type(brand).objects.update(time_zone="Europe/Berlin")
    answer = new(mei, closes_at="2027-03-28T02:30")
    assert "this time does not exist" in answer.content.decode()


def test_a_brief_is_changed_and_drafts_keep_their_royalty(mei, brand):
    brief = cast.brief(brand)
    design = cast.design(brief)
    type(design).objects.update(royalty="3 % of paid balances.")
    mei.post(f"/m/weft/briefs/{brief.pk}/", WORDS | {"royalty": "1 %."})
    brief.refresh_from_db()
    design.refresh_from_db()
    assert (brief.title, brief.royalty, brief.state) == ("Spring knits", "1 %.", "open")
    assert design.royalty == "3 % of paid balances."
    assert [axis.name for axis in brief.axes.all()] == ["Size", "颜色"]


def test_a_brief_is_closed_and_opened_again(mei, brand):
    brief = cast.brief(brand)
    mei.post(f"/m/weft/briefs/{brief.pk}/close/")
    brief.refresh_from_db()
    assert brief.state == "closed"
    mei.post(f"/m/weft/briefs/{brief.pk}/close/")
    mei.post(f"/m/weft/briefs/{brief.pk}/open/")
    brief.refresh_from_db()
    assert brief.state == "open"
    assert [log.event for log in StateLog.objects.order_by("id")] == ["close", "open"]


def test_a_brief_closes_by_itself_at_its_deadline(brand):
    at = timezone.now()
    brief = cast.brief(brand, closes_at=at + dt.timedelta(hours=1))
    ticks.run_all(at)
    brief.refresh_from_db()
    assert brief.state == "open"
    ticks.run_all(at + dt.timedelta(hours=1))
    brief.refresh_from_db()
    assert brief.state == "closed"
    assert StateLog.objects.get(entity="designs.brief").actor == "job:close_due_briefs"


def test_a_passed_deadline_is_taken_away_when_it_opens_again(mei, brand):
    brief = cast.brief(brand, state="closed", closes_at=timezone.now() - dt.timedelta(days=1))
    mei.post(f"/m/weft/briefs/{brief.pk}/open/")
    brief.refresh_from_db()
    assert (brief.state, brief.closes_at) == ("open", None)


def test_between_deadline_and_tick_nothing_is_taken(client, brand):
    brief = cast.brief(brand, closes_at=timezone.now() + dt.timedelta(minutes=1))
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2)):
        page = client.get(f"/briefs/{brief.pk}/").content.decode()
        assert "Closed for drafts" in page and "Answer with a draft" not in page


def test_values_are_split_by_commas_lines_and_chinese_marks():
    assert split_values(" S, M\nL，XL、 XXL;\n\n 3  XL ,") == ["S", "M", "L", "XL", "XXL", "3 XL"]
