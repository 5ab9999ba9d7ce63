import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone, translation

from designs.models import Comment, Design
from fans.actions import record_contribution
from fans.models import Contribution, User
from fans.tiers import Tier, tier_of
from tests import cast

pytestmark = pytest.mark.django_db
MINE = {
    "name": "Ada L.",
    "handle": "ada-l",
    "about": "I sew.",
    "language": "en",
    "time_zone": "Europe/Berlin",
    "theme": "dark",
}


def ordered(user: User) -> None:
    record_contribution(
        user=user,
        brand=cast.brand(),
        kind="order-paid",
        subject="order:1",
        label="Windbreaker",
        url="/orders/secret/",
        at=timezone.now(),
    )


def said_at(design: Design) -> Design:
    """A draft with one comment of an evening in November."""
    Comment.objects.create(
        thread=design.thread,
        author=cast.person("Kenji"),
        body="Shorter hem.",
        seq=1,
        posted_seq=1,
        created_at=dt.datetime(2026, 11, 20, 20, tzinfo=dt.UTC),
    )
    return design


def test_the_reasons_of_a_tier_are_for_oneself_only(sign_in, client):
    ada = cast.person("Ada")
    ordered(ada)
    assert "Windbreaker" not in client.get("/u/ada/").content.decode()
    mine = sign_in(ada).get("/u/ada/").content.decode()
    assert "/orders/secret/" in mine
    assert "more points to Fan" not in mine and "more point to Fan" not in mine
    assert "must come from taking part" in mine
    other = sign_in(cast.person("Omar")).get("/u/ada/").content.decode()
    assert "Windbreaker" not in other
    assert "ada@example.com" not in other


def test_drafts_are_public(client):
    record_contribution(
        user=cast.person("Lin"),
        brand=cast.brand(),
        kind="draft-entered",
        subject="design:1",
        label="Half-zip",
        url="/d/1/",
        at=timezone.now(),
    )
    assert '<a href="/d/1/">Half-zip</a>' in client.get("/u/lin/").content.decode()


def test_the_rules_are_public(client):
    weft = cast.brand()
    cast.honorary(weft)
    page = client.get("/brands/weft/tiers/").content.decode()
    assert "from 60" in page and "Back the draft that wins" in page


def test_settings_are_written_and_used(sign_in):
    client = sign_in(cast.person("Ada"))
    assert client.post("/me/settings/", MINE).status_code == 302
    ada = User.objects.get()
    assert (ada.name, ada.handle, ada.theme, ada.time_zone) == (
        "Ada L.",
        "ada-l",
        "dark",
        "Europe/Berlin",
    )


@pytest.mark.parametrize(
    "bad", [{"handle": "OMAR"}, {"handle": "a b"}, {"time_zone": "x"}, {"language": "tlh"}]
)
def test_a_bad_setting_is_refused(sign_in, bad):
    cast.person("Omar")
    ada = cast.person("Ada")
    response = sign_in(ada).post("/me/settings/", MINE | bad)
    assert response.status_code == 422
    ada.refresh_from_db()
    assert (ada.name, ada.handle) == ("Ada", "ada")


def test_no_form_makes_an_operator_or_a_tier(sign_in):
    weft, ada = cast.brand(), cast.person("Ada")
    more = {"is_staff": "1", "is_superuser": "1", "tier": "honorary", "points": "99"}
    sign_in(ada).post("/me/settings/", MINE | more | {"email": "x@example.com"})
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, ada.email) == (False, False, "ada@example.com")
    assert tier_of(ada, weft, timezone.now()) == Tier.USER


def test_the_language_of_the_account_is_spoken(sign_in):
    client = sign_in(cast.person("Ada", language="zh-hans"))
    response = client.get("/me/settings/")
    assert response["Content-Language"] == "zh-hans"
    assert translation.get_language() == "en"


def test_preferences_of_a_visitor_are_kept_in_cookies(client):
    response = client.post(
        "/preferences/", {"language": "zh-hans", "theme": "dark", "next": "/brands/"}
    )
    assert response["Location"] == "/brands/"
    assert response.cookies["theme"].value == "dark"
    assert client.get("/brands/")["Content-Language"] == "zh-hans"


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_preferences_lead_only_back_into_this_site(client, away):
    response = client.post("/preferences/", {"theme": "nonsense", "next": away})
    assert response["Location"] == "/"
    assert "theme" not in response.cookies


def test_preferences_of_a_person_are_kept_in_the_account(sign_in):
    ada = cast.person("Ada")
    sign_in(ada).post("/preferences/", {"language": "zh-hans"})
    ada.refresh_from_db()
    assert (ada.language, ada.theme) == ("zh-hans", "system")


def judge(client: Client, **data: str):
    return client.post("/m/weft/people/kenji/", data)


def test_a_manager_grants_suspends_and_lifts_with_a_name_and_a_reason(sign_in):
    weft = cast.brand()
    kenji = cast.honorary(weft)
    client = sign_in(cast.person("Jonas"))
    judge(client, event="suspend", reason="Bought votes.")
    assert tier_of(kenji, weft, timezone.now()) == Tier.USER
    judge(client, event="lift", reason="A mistake.")
    assert tier_of(kenji, weft, timezone.now()) == Tier.HONORARY
    judge(client, event="grant", points="7", reason="Helped at the fair.")
    row = Contribution.objects.get(subject__startswith="grant:")
    assert (row.points, row.note) == (7, "Helped at the fair.")
    assert row.recorded_by == cast.person("Jonas").actor


@pytest.mark.parametrize(
    "bad",
    [
        {"event": "suspend", "reason": ""},
        {"event": "grant", "reason": "x"},
        {"event": "grant", "reason": "x", "points": "-5"},
        {"event": "crown", "reason": "x"},
    ],
)
def test_a_judgement_without_its_parts_is_refused(sign_in, bad):
    cast.honorary(cast.brand())
    assert judge(sign_in(cast.person("Mei")), **bad).status_code == 422
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("name", ["Lin", "Ruth", "Kenji", "Olga", None])
def test_only_owners_and_managers_judge(sign_in, client, name):
    cast.honorary(cast.brand())
    cast.brand("Kettle", "Ruth")
    cast.operator()
    if name:
        client = sign_in(cast.person(name))
    response = judge(client, event="suspend", reason="x")
    assert response.status_code == (403 if name else 302)
    assert client.get("/m/weft/people/").status_code == (403 if name else 302)
    assert Contribution.objects.count() == 1


def test_a_brand_sees_its_people_by_standing(sign_in):
    weft = cast.brand()
    cast.fan(weft)
    cast.honorary(weft)
    page = sign_in(cast.person("Mei")).get("/m/weft/people/").content.decode()
    assert page.index("Kenji") < page.index("Ada")


@pytest.mark.parametrize("cookie", ["", "America/New_York", "../../etc/passwd", "Europe"])
def test_a_visitor_reads_a_brand_s_times_in_its_zone_whatever_the_browser_says(client, cookie):
    design = said_at(cast.design())
    client.cookies["zone"] = cookie
    assert "04:00 UTC+8" in client.get(f"/d/{design.pk}/").content.decode()


def test_the_zone_of_the_account_stands_above_that_of_the_browser(sign_in, client):
    design = said_at(cast.design())
    ada = sign_in(cast.person("Ada"))
    client.cookies["zone"] = "Asia/Shanghai"
    assert "04:00 UTC+8" in ada.get(f"/d/{design.pk}/").content.decode()
    User.objects.filter(handle="ada").update(time_zone="Europe/Berlin")
    page = ada.get(f"/d/{design.pk}/").content.decode()
    assert "21:00 UTC+1" in page
    assert '<html lang="en" dir="ltr" data-zone="Europe/Berlin">' in page
