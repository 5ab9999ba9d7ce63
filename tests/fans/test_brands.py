import pytest
from django.test import Client
from django.utils.safestring import SafeString

from core.models import Outbox, StateLog
from fans import queries, sections
from fans.models import Brand, Follow, Membership
from tests import cast

pytestmark = pytest.mark.django_db
APPLICATION = {"name": "Kettle", "trade": "Small machines", "about": "We make kettles."}


def decide(client: Client, brand: Brand, event: str, reason: str = ""):
    url = f"/ops/brands/{brand.pk}/decide/"
    return client.post(url, {"event": event, "reason": reason})


def applied() -> Brand:
    house = cast.brand("Kettle", "Ruth")
    house.memberships.all().delete()
    Brand.objects.filter(pk=house.pk).update(state=Brand.State.APPLIED)
    house.refresh_from_db()
    return house


def test_anybody_may_apply_and_an_operator_is_told(sign_in):
    cast.operator()
    client = sign_in(cast.person("Ruth"))
    assert client.post("/brands/apply/", APPLICATION)["Location"] == "/brands/apply/"
    brand = Brand.objects.get()
    assert (brand.slug, brand.state, brand.applicant.name) == ("kettle", "applied", "Ruth")
    assert Outbox.objects.get().to == "olga@example.com"
    assert client.get("/brands/kettle/").status_code == 404


def test_one_application_at_a_time(sign_in):
    client = sign_in(cast.person("Ruth"))
    client.post("/brands/apply/", APPLICATION)
    client.post("/brands/apply/", APPLICATION | {"name": "Second"})
    assert Brand.objects.get().name == "Kettle"


def test_a_name_without_latin_letters_still_gets_an_address(sign_in):
    sign_in(cast.person("Ruth")).post("/brands/apply/", APPLICATION | {"name": "织物"})
    assert Brand.objects.get().slug.startswith("brand-")


def test_a_name_that_is_an_address_of_ours_gets_another_one(sign_in):
    sign_in(cast.person("Ruth")).post("/brands/apply/", APPLICATION | {"name": "Apply"})
    assert Brand.objects.get().slug.startswith("apply-")


def test_the_form_comes_back_with_what_was_typed(sign_in):
    response = sign_in(cast.person("Ruth")).post("/brands/apply/", {"about": "We make kettles."})
    assert "We make kettles." in response.content.decode()
    assert Brand.objects.count() == 0


def test_nobody_applies_anonymously(client):
    response = client.post("/brands/apply/", APPLICATION)
    assert response["Location"].startswith("/accounts/login/")
    assert Brand.objects.count() == 0


def test_an_approval_makes_the_applicant_owner(sign_in):
    house = applied()
    decide(sign_in(cast.operator()), house, "approve")
    house.refresh_from_db()
    assert house.state == Brand.State.APPROVED
    assert house.memberships.get().user.name == "Ruth"
    assert house.memberships.get().role == Membership.Role.OWNER
    assert Outbox.objects.get().subject == "Kettle is open"


def test_a_refusal_needs_its_reason_and_tells_it(sign_in):
    house, client = applied(), sign_in(cast.operator())
    assert decide(client, house, "decline").status_code == 422
    assert Brand.objects.get().state == Brand.State.APPLIED
    assert decide(client, house, "decline", "No address given.").status_code == 302
    assert Brand.objects.get().state == Brand.State.DECLINED
    assert "No address given." in Outbox.objects.get().text


def test_a_second_decision_changes_nothing(sign_in):
    house, client = applied(), sign_in(cast.operator())
    decide(client, house, "approve")
    decide(client, house, "decline", "Too late.")
    assert Brand.objects.get().state == Brand.State.APPROVED
    assert StateLog.objects.count() == 1


def test_a_suspended_brand_says_so_and_comes_back(sign_in):
    house, client = cast.brand(), sign_in(cast.operator())
    decide(client, house, "suspend", "Unpaid refunds.")
    assert "is suspended" in client.get("/brands/weft/").content.decode()
    assert Outbox.objects.get().to == "mei@example.com"
    decide(client, house, "restore")
    assert Brand.objects.get().state == Brand.State.APPROVED


@pytest.mark.parametrize("name", ["Mei", "Ada", None])
def test_only_operators_decide(sign_in, client, name):
    house = applied()
    if name:
        client = sign_in(cast.person(name))
    response = decide(client, house, "approve")
    assert response.status_code == (403 if name else 302)
    assert client.get("/ops/brands/").status_code == (403 if name else 302)
    assert (Brand.objects.get().state, Outbox.objects.count()) == (Brand.State.APPLIED, 0)


def test_following_and_no_longer(sign_in):
    cast.brand()
    client = sign_in(cast.person("Ada"))
    client.post("/brands/weft/follow/")
    client.post("/brands/weft/follow/")
    assert Follow.objects.count() == 1
    client.post("/brands/weft/follow/", {"stop": "1"})
    assert Follow.objects.count() == 0


def test_a_page_shows_what_other_apps_register(client, monkeypatch):
    house = cast.brand()
    monkeypatch.setattr(sections, "_sections", {})
    shown = queries.brands_with_followers().get(pk=house.pk)
    sections.register("brand", lambda req, b: ("fans/_brand_card.html", {"brand": shown}))
    sections.register("brand", lambda req, b: None)
    sections.register("brand", lambda req, b: SafeString("<p>Ready.</p>"))
    sections.register("brand", lambda req, b: SafeString())
    page = client.get("/brands/weft/").content.decode()
    assert page.count('class="panel brand-card"') == 1
    assert house.about in page and "<p>Ready.</p>" in page


@pytest.mark.parametrize(
    "url",
    [
        "/preferences/",
        "/brands/weft/follow/",
        "/ops/brands/1/decide/",
        "/m/weft/team/1/role/",
        "/m/weft/team/1/remove/",
        "/m/weft/invitations/1/revoke/",
        "/m/weft/settings/shipping/",
        "/m/weft/settings/tiers/",
    ],
)
def test_what_changes_something_is_no_get(sign_in, url):
    cast.brand()
    assert sign_in(cast.person("Mei")).get(url).status_code == 405


def test_a_brands_page_shows_its_open_briefs(client):
    house = cast.brand()
    cast.brief(house)
    cast.brief(house, title="Old one", state="closed")
    page = client.get("/brands/weft/").content.decode()
    assert "Autumn outerwear" in page and "Old one" not in page
