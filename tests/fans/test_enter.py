import datetime as dt
import html
import re

import pytest
from allauth.account.models import EmailAddress
from django.core import signing
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.models import Outbox
from fans import claims
from fans.actions import forget_unconfirmed
from fans.models import User, Voter
from fans.templatetags.devices import device
from fans.voters import COOKIE, SALT
from tests import cast

pytestmark = pytest.mark.django_db
CODE_PAGE = "/accounts/login/code/confirm/"


def ask(client: Client, email: str, **more: str):
    return client.post("/accounts/login/", {"email": email, **more})


def mailed_code(email: str) -> str:
    mail = Outbox.objects.filter(to=email).latest("pk")
    found = re.search(r"^\s+(\d{6})$", mail.text, re.MULTILINE)
    assert found
    return found[1]


def enter(client: Client, email: str, **more: str):
    ask(client, email)
    return client.post(CODE_PAGE, {"code": mailed_code(email), **more})


def test_a_new_address_becomes_an_account_without_password(client: Client):
    response = enter(client, "New@Example.com".lower())
    assert (response.status_code, response["Location"]) == (302, "/")
    user = User.objects.get()
    assert (user.email, user.has_usable_password()) == ("new@example.com", False)
    assert EmailAddress.objects.get().verified
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_new_person_gets_one_mail(client: Client):
    enter(client, "new@example.com")
    assert Outbox.objects.count() == 1


def test_addresses_nobody_proved_are_forgotten_after_a_day(client: Client):
    ask(client, "typo@example.com")
    enter(Client(), "ada@example.com")
    cast.person("Omar")
    long_ago = timezone.now() - dt.timedelta(days=2)
    User.objects.exclude(email="ada@example.com").update(date_joined=long_ago)
    assert forget_unconfirmed(timezone.now()) == 1
    assert set(User.objects.values_list("email", flat=True)) == {
        "ada@example.com",
        "omar@example.com",
    }


def test_a_known_address_signs_in_to_the_same_account(client: Client):
    ada = cast.person("Ada")
    enter(client, "ada@example.com")
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert User.objects.count() == 1


def test_known_and_unknown_addresses_get_the_same_answer():
    cast.person("Ada")
    pages = []
    for email in ("ada@example.com", "eve@example.com"):
        client = Client()
        response = ask(client, email)
        page = client.get(response["Location"]).content.decode().replace(email, "X")
        pages.append((response.status_code, response["Location"], without_tokens(page)))
    assert pages[0] == pages[1]
    subjects = {re.sub(r"\d{6}", "N", mail.subject) for mail in Outbox.objects.all()}
    assert (Outbox.objects.count(), subjects) == (2, {"N is your code for Toile"})


def without_tokens(page: str) -> str:
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return re.sub(r"to=\S+%40example.com", "", page)


def test_a_wrong_code_lets_nobody_in(client: Client):
    ask(client, "ada@example.com")
    wrong = "000000" if mailed_code("ada@example.com") != "000000" else "111111"
    response = client.post(CODE_PAGE, {"code": wrong})
    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get().verified


def test_five_wrong_codes_end_the_attempt(client: Client):
    ask(client, "ada@example.com")
    right = mailed_code("ada@example.com")
    wrong = "000000" if right != "000000" else "111111"
    for _try in range(5):
        client.post(CODE_PAGE, {"code": wrong})
    client.post(CODE_PAGE, {"code": right})
    assert "_auth_user_id" not in client.session


def test_codes_for_one_address_are_limited(client: Client):
    for _try in range(5):
        ask(Client(), "ada@example.com")
    assert Outbox.objects.count() == 3


def test_the_mail_is_in_the_persons_language(client: Client):
    cast.person("Ada", language="zh-hans")
    ask(client, "ada@example.com")
    assert Outbox.objects.get().language == "zh-hans"


def test_an_address_merely_written_into_an_account_opens_it_to_nobody(client: Client):
    omar = cast.person("Omar")
    EmailAddress.objects.create(user=omar, email="ada@example.com", verified=False)
    enter(client, "ada@example.com")
    assert client.session["_auth_user_id"] != str(omar.pk)


def test_the_way_back_leads_only_into_this_site(client: Client):
    ask(client, "ada@example.com")
    code = mailed_code("ada@example.com")
    response = client.post(CODE_PAGE, {"code": code, "next": "https://evil.example/"})
    assert response["Location"] == "/"


def test_the_old_addresses_lead_to_the_one_door(client: Client):
    for old in ("/accounts/signup/", "/accounts/login/code/"):
        response = client.get(old + "?next=/r/1/")
        assert response.status_code == 302
        assert response["Location"] == "/accounts/login/?next=%2Fr%2F1%2F"


def as_guest(client: Client) -> Voter:
    voter = cast.voter()
    value = signing.get_cookie_signer(salt=COOKIE + SALT).sign(str(voter.guest.key))
    client.cookies[COOKIE] = value
    return voter


@pytest.mark.parametrize("known", [True, False])
def test_confirming_the_code_settles_what_the_guest_asked_for(client, monkeypatch, known):
    told = []
    monkeypatch.setattr(claims, "_settlers", {})
    claims.register("ballot", lambda user, voter, claim, req: told.append((user.email, voter)))
    if known:
        cast.person("Ada")
    guest = as_guest(client)
    ask(client, "ada@example.com", claim="ballot:7")
    client.post(CODE_PAGE, {"code": mailed_code("ada@example.com")})
    assert told == [("ada@example.com", guest)]
    assert claims.SESSION_KEY not in client.session


def test_signing_out_forgets_the_guest(sign_in):
    client = sign_in(cast.person("Ada"))
    as_guest(client)
    response = client.post(reverse("account_logout"))
    assert response.cookies[COOKIE]["max-age"] == 0
    assert "_auth_user_id" not in client.session


def test_a_get_does_not_sign_out(sign_in):
    client = sign_in(cast.person("Ada"))
    client.get(reverse("account_logout"))
    assert "_auth_user_id" in client.session


def test_a_password_can_be_set_and_used(sign_in):
    ada = cast.person("Ada")
    client = sign_in(ada)
    new = {"password1": "eleven-tomatoes", "password2": "eleven-tomatoes"}
    assert client.post("/accounts/password/set/", new).status_code == 302
    other = Client()
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    other.post("/accounts/login/password/", {"login": ada.email, "password": "wrong"})
    assert "_auth_user_id" not in other.session
    other.post("/accounts/login/password/", {"login": ada.email, "password": "eleven-tomatoes"})
    assert other.session["_auth_user_id"] == str(ada.pk)


def test_the_form_sent_again_means_the_address_it_gives_then(client):
    ask(client, "frist@example.com")
    enter(client, "first@example.com")
    assert User.objects.get(pk=client.session["_auth_user_id"]).email == "first@example.com"


def test_another_address_keeps_what_the_form_was_about_and_the_way_back(client):
    fields = {"claim": "ballot:7", "next": "/r/1/"}
    page = client.post("/accounts/login/", {"email": "frist@example.com", **fields}, follow=True)
    again = re.search(r'name="next" value="(/accounts/login/\?[^"]+)"', page.content.decode())
    form = client.post(
        reverse("account_logout"), {"next": html.unescape(again[1])}, follow=True
    ).content.decode()
    assert 'name="claim" value="ballot:7"' in form and 'name="next" value="/r/1/"' in form


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("says", "named"),
    [(FIREFOX, "Firefox, Windows"), (CHROME, "Chrome, Android"), ("curl/8", "curl/8")],
)
def test_a_device_is_named_in_two_words(says, named):
    assert device(says) == named


@pytest.mark.parametrize(
    "page", ["/accounts/email/", "/accounts/password/set/", "/accounts/2fa/webauthn/add/"]
)
def test_fields_of_an_account_do_not_say_their_name_twice(sign_in, page):
    ada = cast.person("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    shown = sign_in(ada).get(page).content.decode()
    assert "<h1>" in shown and "placeholder" not in shown


def said(client):
    page = client.get("/").content.decode()
    return re.findall(r'<li class="message message--.*?<span>(.*?)</span>', page, re.DOTALL)


def test_entering_the_code_says_one_thing(client):
    enter(client, "new@example.com")
    person = User.objects.get(email="new@example.com")
    assert said(client) == [f"Signed in as {person.handle}."]
    client.post(reverse("account_logout"))
    said(client)
    enter(client, "new@example.com")
    assert said(client) == [f"Signed in as {person.handle}."]


def test_who_has_no_name_yet_appears_by_a_short_handle(client):
    enter(client, "new@example.com")
    person = User.objects.get(email="new@example.com")
    assert re.fullmatch(r"fan-[a-z2-9]{7}", person.handle)
    page = client.get(f"/u/{person.handle}/").content.decode()
    assert f"<h1>{person.handle}</h1>" in page
    User.objects.filter(pk=person.pk).update(name="Nora")
    assert "<h1>Nora</h1>" in client.get(f"/u/{person.handle}/").content.decode()


def test_a_handle_that_is_taken_by_chance_is_drawn_again(client, monkeypatch):
    drawn = iter(["fan-same", "fan-same", "fan-other"])
    field = User._meta.get_field("handle")
    monkeypatch.setattr(field, "_get_default", lambda: next(drawn))
    ask(client, "one@example.com")
    ask(Client(), "two@example.com")
    assert set(User.objects.values_list("handle", flat=True)) == {"fan-same", "fan-other"}
