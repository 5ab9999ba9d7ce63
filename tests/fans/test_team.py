import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Outbox, StateLog
from fans.models import Brand, Invitation, Membership
from tests import cast

pytestmark = pytest.mark.django_db
OFFER = {"email": "Nora@Example.com", "role": "manager"}


def invited() -> Invitation:
    house = cast.brand()
    now = timezone.now()
    return Invitation.objects.create(
        brand=house,
        email="nora@example.com",
        role="manager",
        invited_by=cast.person("Mei"),
        created_at=now,
        expires_at=now + dt.timedelta(days=1),
    )


def accept(client: Client, offer: Invitation):
    return client.post(f"/invitations/{offer.code}/")


def role_of(name: str) -> str | None:
    found = Membership.objects.filter(user=cast.person(name), brand__slug="weft").first()
    return found.role if found else None


def test_an_owner_invites_by_mail(sign_in):
    cast.brand()
    sign_in(cast.person("Mei")).post("/m/weft/team/", OFFER)
    offer = Invitation.objects.get()
    assert (offer.email, offer.role) == ("nora@example.com", "manager")
    assert f"/invitations/{offer.code}/" in Outbox.objects.get(to=offer.email).text


def test_a_new_invitation_replaces_the_open_one(sign_in):
    old = invited()
    sign_in(cast.person("Mei")).post("/m/weft/team/", OFFER | {"role": "designer"})
    old.refresh_from_db()
    assert old.revoked_at
    assert Invitation.objects.get(revoked_at=None).role == "designer"


def test_a_member_is_not_invited_again(sign_in):
    cast.brand()
    response = sign_in(cast.person("Mei")).post(
        "/m/weft/team/", {"email": "lin@example.com", "role": "owner"}
    )
    assert response.status_code == 422
    assert Invitation.objects.count() == 0
    assert role_of("Lin") == "designer"


@pytest.mark.parametrize("name", ["Jonas", "Lin", "Ruth", "Ada", "Olga", None])
def test_only_owners_change_the_team(sign_in, client, name):
    cast.brand()
    cast.brand("Kettle", "Ruth")
    cast.operator()
    lin = Membership.objects.get(user=cast.person("Lin"))
    if name:
        client = sign_in(cast.person(name))
    target = Membership.objects.get(user=cast.person("Mei"), brand__slug="weft")
    tries = [
        client.post("/m/weft/team/", OFFER),
        client.post(f"/m/weft/team/{lin.pk}/role/", {"role": "owner"}),
        client.post(f"/m/weft/team/{target.pk}/remove/"),
    ]
    assert {response.status_code for response in tries} == {403 if name else 302}
    assert (role_of("Mei"), role_of("Lin")) == ("owner", "designer")
    assert (Invitation.objects.count(), Membership.objects.filter(brand__slug="weft").count()) == (
        0,
        3,
    )


def test_the_right_person_accepts_once(sign_in):
    offer = invited()
    client = sign_in(cast.person("Nora"))
    assert accept(client, offer)["Location"] == "/m/weft/team/"
    accept(client, offer)
    assert role_of("Nora") == "manager"
    assert StateLog.objects.filter(entity="fans.membership", event="join").count() == 1


def test_somebody_else_cannot_accept(sign_in):
    offer = invited()
    client = sign_in(cast.person("Omar"))
    page = client.get(f"/invitations/{offer.code}/").content.decode()
    assert "another address" in page
    assert "nora@example.com" not in page
    accept(client, offer)
    assert role_of("Omar") is None
    offer.refresh_from_db()
    assert offer.accepted_at is None


def test_an_old_or_withdrawn_invitation_lets_nobody_in(sign_in):
    offer = invited()
    client = sign_in(cast.person("Nora"))
    Invitation.objects.update(expires_at=timezone.now())
    accept(client, offer)
    Invitation.objects.update(
        expires_at=timezone.now() + dt.timedelta(1), revoked_at=timezone.now()
    )
    accept(client, offer)
    Invitation.objects.update(revoked_at=None)
    Brand.objects.update(state=Brand.State.SUSPENDED)
    accept(client, offer)
    assert role_of("Nora") is None


def test_an_owner_withdraws_an_invitation(sign_in):
    offer = invited()
    sign_in(cast.person("Mei")).post(f"/m/weft/invitations/{offer.pk}/revoke/")
    offer.refresh_from_db()
    assert offer.revoked_at


def test_an_invitation_of_another_brand_is_not_found(sign_in):
    offer = invited()
    cast.brand("Kettle", "Ruth")
    client = sign_in(cast.person("Ruth"))
    assert client.post(f"/m/kettle/invitations/{offer.pk}/revoke/").status_code == 404
    offer.refresh_from_db()
    assert offer.revoked_at is None


def test_a_role_changes_and_is_logged(sign_in):
    cast.brand()
    lin = Membership.objects.get(user=cast.person("Lin"))
    sign_in(cast.person("Mei")).post(f"/m/weft/team/{lin.pk}/role/", {"role": "manager"})
    log = StateLog.objects.get(entity="fans.membership")
    assert role_of("Lin") == "manager"
    assert (log.from_state, log.to_state, log.actor) == (
        "designer",
        "manager",
        cast.person("Mei").actor,
    )


def test_the_last_owner_stays(sign_in):
    cast.brand()
    mei = Membership.objects.get(user=cast.person("Mei"))
    client = sign_in(cast.person("Mei"))
    client.post(f"/m/weft/team/{mei.pk}/role/", {"role": "manager"})
    client.post(f"/m/weft/team/{mei.pk}/remove/")
    assert role_of("Mei") == "owner"
    jonas = Membership.objects.get(user=cast.person("Jonas"))
    client.post(f"/m/weft/team/{jonas.pk}/role/", {"role": "owner"})
    client.post(f"/m/weft/team/{mei.pk}/remove/")
    assert (role_of("Mei"), role_of("Jonas")) == (None, "owner")


def test_a_member_may_leave(sign_in):
    cast.brand()
    lin = Membership.objects.get(user=cast.person("Lin"))
    response = sign_in(cast.person("Lin")).post(f"/m/weft/team/{lin.pk}/remove/")
    assert response["Location"] == "/brands/weft/"
    assert role_of("Lin") is None


def test_members_see_the_team_and_outsiders_do_not(sign_in):
    cast.brand()
    assert sign_in(cast.person("Lin")).get("/m/weft/team/").status_code == 200
    assert '/m/"' in sign_in(cast.person("Mei")).get("/m/weft/team/").content.decode()
    assert sign_in(cast.person("Omar")).get("/m/weft/team/").status_code == 403
