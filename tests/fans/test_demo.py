import pytest
from django.utils import timezone

from core.mail import queue_text
from fans.models import User
from tests import cast

pytestmark = pytest.mark.django_db


def demo_person(name: str, **fields) -> User:
    email = f"{name.lower()}@demo.toile.example"
    return User.objects.create_user(email, name=name, handle=name.lower(), **fields)


def mail(to: str, subject: str, text: str = "text") -> None:
    queue_text(key=subject, to=to, subject=subject, text=text, language="en", at=timezone.now())


def test_one_click_signs_in_as_somebody_of_the_demo(client):
    mei = demo_person("Mei")
    assert "Mei" in client.get("/demo/").content.decode()
    client.post("/demo/", {"user": mei.pk})
    assert client.session["_auth_user_id"] == str(mei.pk)
    assert client.get("/me/settings/").status_code == 200


@pytest.mark.parametrize("which", ["999999", "", "x"])
def test_nobody_else_can_be_chosen(client, which):
    client.post("/demo/", {"user": which})
    client.post("/demo/", {"user": cast.person("Ada").pk})
    assert "_auth_user_id" not in client.session


def test_a_get_signs_nobody_in(client):
    client.get("/demo/", {"user": demo_person("Mei").pk})
    assert "_auth_user_id" not in client.session


def test_people_stand_in_the_group_of_their_highest_part(client):
    house = cast.brand()
    demo_person("Olga", is_staff=True)
    lin = demo_person("Lina")
    house.memberships.create(user=lin, role="designer", since=timezone.now())
    groups = client.get("/demo/").context["groups"]
    assert [(g.key, [p.user.name for p in g.people]) for g in groups] == [
        ("operator", ["Olga"]),
        ("designer", ["Lina"]),
    ]


def test_the_mailbox_shows_mail_newest_first_and_by_address(client):
    mail("ada@example.com", "First")
    mail("mei@example.com", "Second", "See http://127.0.0.1/x/ <b>")
    page = client.get("/demo/mail/").content.decode()
    assert page.index("Second") < page.index("First")
    assert 'href="http://127.0.0.1/x/"' in page and "&lt;b&gt;" in page
    assert "Second" not in client.get("/demo/mail/?to=ada@").content.decode()


def test_without_the_demo_there_are_no_such_doors(client, settings):
    mei = demo_person("Mei")
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.get("/demo/mail/").status_code == 404
    assert client.post("/demo/", {"user": mei.pk}).status_code == 404
    assert "_auth_user_id" not in client.session
    assert "demo mailbox" not in client.get("/accounts/login/").content.decode()
