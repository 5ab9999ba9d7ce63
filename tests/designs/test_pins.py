"""Pins: set, carried over, answered, confirmed or disputed; credited; and who may not."""

import datetime as dt
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from core.models import StateLog
from core.states import WrongState, advance
from designs import actions, likeness, live, pins
from designs.models import Comment, Pin, PinPlace, Reaction, Revision, Thread
from designs.pictures import Chosen
from designs.places import Spot
from designs.states import PIN_EVENTS, PIN_MOVES
from fans.models import Contribution
from tests import cast

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
SLEEVE = Spot(2500, 4000)


@pytest.fixture
def design():
    return cast.design()


def placement(design, number=1, position=0):
    return Revision.objects.get(design=design, number=number).placements.get(position=position)


def pinned(design, author="Ada", body="Sleeve too wide.", spot=SLEEVE, **fields) -> Pin:
    newest = design.revisions.order_by("number").last()
    return actions.set_pin(
        placement=newest.placements.get(position=fields.pop("position", 0)),
        spot=spot,
        author=cast.person(author),
        body=body,
        now=fields.pop("now", timezone.now()),
        client_key=fields.pop("client_key", None) or uuid.uuid4(),
    )


def revised(design, *answers, pictures=None):
    newest = design.revisions.order_by("number").last()
    kept = [Chosen(one.picture, one.alt, one.label) for one in newest.placements.all()]
    return actions.add_revision(
        design=design,
        what_changed="Narrower sleeves.",
        pictures=kept if pictures is None else pictures,
        actor=design.designer,
        form_key=uuid.uuid4(),
        now=timezone.now(),
        answers=[pin.pk for pin in answers],
    )


def agreed(pin, *names, at=None):
    for name in names:
        actions.react(
            comment=pin.comment,
            user=cast.person(name),
            kind="agree",
            is_on=True,
            now=at or timezone.now(),
        )


def judged(pin, name, is_right=True):
    pin.refresh_from_db()
    actions.judge_pin(pin=pin, user=cast.person(name), is_right=is_right, now=timezone.now())
    pin.refresh_from_db()
    return pin.state


def place_it(client, design, **fields):
    data = {"body": "Flap covers the zip.", "client_key": str(uuid.uuid4()), "picture": "1"}
    return client.post(f"/d/{design.pk}/pins/new/", {**data, **fields})


# Setting a pin


def test_a_pin_stands_on_the_picture_and_in_the_conversation(sign_in, design):
    ada = sign_in(cast.person("Ada"))
    answer = place_it(ada, design, x="2500", y="4000", w="0", h="0")
    pin = Pin.objects.get()
    page = f"/d/{design.pk}/?picture=1"
    assert answer.headers["Location"] == f"{page}#comment-{pin.comment_id}"
    place = pin.places.get()
    assert (pin.number, place.x, place.y, place.revision.number) == (1, 2500, 4000, 1)
    html = ada.get(page).content.decode()
    assert f'id="mark-{pin.pk}-{place.placement_id}"' in html
    assert 'x="25.00%" y="40.00%" width="1" height="1"' in html
    assert 'aria-label="Pin 1, Waits for an answer: Flap covers the zip."' in html
    assert 'class="pin-tag pin-tag--open"' in html


def test_without_a_script_one_of_the_numbered_fields_says_where(sign_in, design):
    ada = sign_in(cast.person("Ada"))
    form = ada.get(f"/d/{design.pk}/pins/new/").content.decode()
    assert form.count('name="cell"') == 36
    place_it(ada, design, cell="8")
    place = PinPlace.objects.get()
    assert (place.x, place.y, place.w) == (4167, 2500, 0)


def test_a_box_is_kept_as_a_box(sign_in, design):
    place_it(sign_in(cast.person("Ada")), design, x="9000", y="100", w="3000", h="500")
    place = PinPlace.objects.get()
    assert (place.x, place.y, place.w, place.h) == (9000, 100, 1000, 500)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"cell": "36"},
        {"x": "-1", "y": "5"},
        {"x": "10001", "y": "5"},
        {"x": "NaN", "y": "5"},
        {"x": "5", "y": "5", "body": ""},
        {"x": "5", "y": "5", "body": "nul \0"},
        {"x": "5", "y": "5", "client_key": "none"},
    ],
)
def test_what_is_no_pin_comes_back_with_its_words(sign_in, design, fields):
    answer = place_it(sign_in(cast.person("Ada")), design, **fields)
    assert answer.status_code == 422
    assert fields.get("body", "Flap covers the zip.").strip("\0") in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_same_form_twice_is_one_pin_and_the_same_words_elsewhere_are_two(sign_in, design):
    ada, key = sign_in(cast.person("Ada")), str(uuid.uuid4())
    for _twice in range(2):
        place_it(ada, design, x="10", y="10", client_key=key)
    assert Pin.objects.count() == 1
    place_it(ada, design, x="9000", y="10")
    assert list(Pin.objects.values_list("number", flat=True)) == [1, 2]


def test_a_visitors_pin_waits_for_the_sign_in(client, sign_in, design):
    answer = place_it(client, design, x="2500", y="4000")
    assert answer.headers["Location"].startswith("/accounts/login/?next=%2Fd%2F")
    assert not Pin.objects.exists()
    ada = sign_in(cast.person("Ada"))
    form = ada.get(f"/d/{design.pk}/pins/new/?picture=1&x=2500&y=4000").content.decode()
    assert "Flap covers the zip.</textarea>" in form.replace("\n", "")
    assert 'name="x" value="2500"' in form


def test_a_closed_conversation_takes_no_pin(sign_in, design):
    Thread.objects.update(is_locked=True)
    ada = sign_in(cast.person("Ada"))
    assert ada.get(f"/d/{design.pk}/pins/new/").status_code == 409
    assert place_it(ada, design, x="1", y="1").status_code == 409
    assert not Comment.objects.exists()


def test_a_pin_on_a_picture_that_was_just_replaced_is_refused(design):
    old = placement(design)
    cast.revision(design, "Shorter.")
    with pytest.raises(actions.OlderRevision):
        actions.set_pin(
            placement=old,
            spot=Spot(1, 1),
            author=cast.person("Ada"),
            body="Late.",
            now=timezone.now(),
            client_key=uuid.uuid4(),
        )
    assert not Comment.objects.exists()


def test_pages_of_a_withdrawn_draft_are_gone(sign_in, design):
    pin = pinned(design)
    actions.withdraw(design, actor=design.designer, now=timezone.now())
    lin = sign_in(design.designer)
    assert lin.get(f"/d/{design.pk}/pins/new/").status_code == 404
    assert lin.get(f"/pins/{pin.pk}/").status_code == 404
    assert lin.post(f"/pins/{pin.pk}/judge/", {"is_right": "1"}).status_code == 404


# Carried over


def test_a_pin_goes_over_to_the_next_revision_and_keeps_its_number(client, design):
    pin = pinned(design)
    revised(design)
    places = pin.places.order_by("revision__number")
    assert [(one.revision.number, one.x, one.y) for one in places] == [
        (1, 2500, 4000),
        (2, 2500, 4000),
    ]
    assert (
        f"mark-{pin.pk}-{placement(design, 2).pk}"
        in client.get(f"/d/{design.pk}/").content.decode()
    )


def test_a_picture_that_moved_takes_its_pins_along_and_a_dropped_one_leaves_them(client, design):
    first = placement(design)
    back = cast.revision(design, "A back.").placements.get().picture
    back.sha256 = "1" * 64
    back.save()
    front, other = Chosen(first.picture, "Front"), Chosen(back, "Back")
    revised(design, pictures=[front, other])
    on_front, on_back = pinned(design), pinned(design, body="Too long.", position=1)
    moved = revised(design, pictures=[other])
    assert on_back.places.get(revision=moved).placement == moved.placements.get()
    assert on_front.places.get(revision=moved).placement is None
    page = client.get(f"/d/{design.pk}/").content.decode()
    assert "1 pin whose picture is gone" in page and "Sleeve too wide." in page
    returned = revised(design, pictures=[other, front])
    assert on_front.places.get(revision=returned).placement is None
    assert on_front.state == Pin.State.OPEN


def test_the_revision_names_whom_it_answers(client, design):
    pin, other = pinned(design), pinned(design, "Kenji", "Longer hem.")
    made = revised(design, pin)
    pin.refresh_from_db()
    other.refresh_from_db()
    assert (pin.state, pin.answered_in, other.state) == ("fixed", made, "open")
    page = client.get(f"/d/{design.pk}/").content.decode()
    answers = page[page.index("pins-answered") :][:500]
    assert "Ada" in answers and "Kenji" not in answers
    assert "Answered in revision 2" in page


def test_the_form_of_a_revision_offers_what_is_open_the_most_wanted_first(sign_in, design):
    pinned(design)
    wanted, settled = pinned(design, "Kenji", "Longer hem."), pinned(design, body="Zip.")
    agreed(wanted, "Omar")
    revised(design, settled)
    page = sign_in(design.designer).get(f"/d/{design.pk}/revise/").content.decode()
    assert page.index("(2) Longer hem.") < page.index("(1) Sleeve too wide.")
    assert "(3) Zip." not in page


def test_pins_of_other_drafts_cannot_be_answered(sign_in, design):
    foreign = pinned(cast.design(design.brief, "Other"))
    revised(design, foreign)
    foreign.refresh_from_db()
    assert foreign.state == Pin.State.OPEN


# Judged


@pytest.mark.parametrize("event", PIN_EVENTS)
@pytest.mark.parametrize("state", Pin.State.values)
def test_every_pair_of_a_pin(design, state, event):
    pin = pinned(design)
    Pin.objects.update(state=state, answered_in=placement(design).revision)
    pin.refresh_from_db()
    wanted = PIN_MOVES.get((state, event))
    try:
        advance(pin, event, moves=PIN_MOVES, actor="user:1", now=timezone.now())
    except WrongState:
        assert wanted is None
    pin.refresh_from_db()
    assert pin.state == (wanted or state)
    assert StateLog.objects.filter(entity="designs.pin").count() == (1 if wanted else 0)


def test_the_author_confirms_and_is_credited_once(sign_in, design):
    pin = pinned(design)
    revised(design, pin)
    ada = sign_in(cast.person("Ada"))
    assert "Your pins are answered" in ada.get(f"/d/{design.pk}/").content.decode()
    answer = ada.post(f"/pins/{pin.pk}/judge/", {"is_right": "1"})
    assert answer.headers["Location"] == f"/pins/{pin.pk}/"
    ada.post(f"/pins/{pin.pk}/judge/", {"is_right": "1"})
    pin.refresh_from_db()
    assert pin.state == Pin.State.CONFIRMED
    credit = Contribution.objects.get(kind="pin-answered")
    assert (credit.user.name, credit.points, credit.url) == ("Ada", 4, f"/pins/{pin.pk}/")


def test_what_is_disputed_is_open_again_until_another_revision_answers(design):
    pin = pinned(design)
    revised(design, pin)
    assert judged(pin, "Ada", is_right=False) == Pin.State.DISPUTED
    assert not Contribution.objects.filter(kind="pin-answered").exists()
    assert pin in pins.unsettled(design)
    revised(design, pin)
    assert judged(pin, "Ada") == Pin.State.CONFIRMED


def test_most_of_those_who_agreed_speak_for_a_silent_author(design):
    pin = pinned(design)
    agreed(pin, "Kenji", "Omar", "Grace")
    revised(design, pin)
    assert judged(pin, "Kenji") == Pin.State.FIXED
    assert judged(pin, "Kenji") == Pin.State.FIXED
    assert judged(pin, "Omar") == Pin.State.CONFIRMED
    assert Contribution.objects.get(kind="pin-answered").user.name == "Ada"


def test_nobody_agrees_after_the_answer_to_praise_it(design):
    pin = pinned(design)
    revised(design, pin)
    agreed(pin, "Omar", "Kenji", at=timezone.now() + dt.timedelta(seconds=5))
    for name in ("Omar", "Kenji"):
        with pytest.raises(actions.NotYours):
            judged(pin, name)
    pin.refresh_from_db()
    assert pin.state == Pin.State.FIXED


def test_once_the_author_disputes_the_others_cannot_overrule(design):
    pin = pinned(design)
    agreed(pin, "Kenji", "Omar")
    revised(design, pin)
    judged(pin, "Ada", is_right=False)
    with pytest.raises(actions.NotYours):
        judged(pin, "Kenji")


def test_the_designer_earns_nothing_by_asking_and_answering(design):
    pin = pinned(design, "Lin")
    revised(design, pin)
    assert judged(pin, "Lin") == Pin.State.CONFIRMED
    assert not Contribution.objects.filter(kind="pin-answered").exists()


def test_a_deleted_remark_takes_its_pin_along(client, design):
    pin = pinned(design)
    actions.delete_comment(comment=pin.comment, actor=cast.person("Ada"), now=timezone.now())
    assert client.get(f"/pins/{pin.pk}/").status_code == 404
    assert f"mark-{pin.pk}-" not in client.get(f"/d/{design.pk}/").content.decode()
    assert list(pins.unsettled(design)) == [] and pins.open_on([design]) == {}


# Every address, for everybody

ROLES = ("visitor", "Ada", "Omar", "Lin", "Nadia", "Mei", "Ruth", "Olga")
SIGN_IN = 302


@pytest.fixture
def doors(design):
    cast.operator()
    cast.brand("Kettle", "Ruth")
    cast.design(design.brief, "Other", designer="Nadia")
    pin = pinned(design)
    revised(design, pin)
    return {
        "new": f"/d/{design.pk}/pins/new/",
        "pin": f"/pins/{pin.pk}/",
        "feedback": f"/d/{design.pk}/revisions/1/feedback/",
        "judge": f"/pins/{pin.pk}/judge/",
        "react": f"/comments/{pin.comment_id}/react/",
    }


def as_role(role):
    client = Client()
    if role != "visitor":
        client.force_login(cast.person(role), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("role", ROLES)
def test_who_reads_what(doors, role):
    client = as_role(role)
    seen = {door: client.get(doors[door]).status_code for door in ("new", "pin", "feedback")}
    own = role in ("Lin", "Mei")
    assert seen == {
        "new": 200,
        "pin": 200,
        "feedback": 200 if own else SIGN_IN if role == "visitor" else 403,
    }
    assert {client.get(doors[door]).status_code for door in ("judge", "react")} <= {405}


@pytest.mark.parametrize("role", ROLES)
def test_who_judges_and_reacts(doors, role):
    client = as_role(role)
    before = Pin.objects.get().state
    judge = client.post(doors["judge"], {"is_right": "1"})
    assert judge.status_code == (302 if role in ("visitor", "Ada") else 403)
    assert Pin.objects.get().state == ("confirmed" if role == "Ada" else before)
    react = client.post(doors["react"], {"kind": "agree", "on": "1"})
    assert react.status_code == (403 if role == "Ada" else 302)
    assert Reaction.objects.count() == (0 if role in ("visitor", "Ada") else 1)


@pytest.mark.parametrize("url", ["/d/{d}/pins/new/", "/pins/{p}/judge/", "/comments/{c}/react/"])
def test_forms_need_their_token(design, url):
    pin = pinned(design)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.person("Ada"), backend="django.contrib.auth.backends.ModelBackend")
    address = url.format(d=design.pk, p=pin.pk, c=pin.comment_id)
    assert strict.post(address, {"is_right": "1"}).status_code == 403
    assert Comment.objects.count() == 1


# Reactions, frames, feedback


def test_a_reaction_counts_once_and_can_be_taken_back(sign_in, design):
    pin = pinned(design)
    omar = sign_in(cast.person("Omar"))
    url = f"/comments/{pin.comment_id}/react/"
    for _twice in range(2):
        answer = omar.post(url, {"kind": "agree", "on": "1"}, headers=HTMX)
    assert 'aria-pressed="true"' in answer.content.decode()
    comment = Comment.objects.get()
    assert comment.reactions == {"agree": 1}
    assert "1 agrees" in omar.get(f"/d/{design.pk}/").content.decode()
    omar.post(url, {"kind": "agree", "on": "0"})
    omar.post(url, {"kind": "hate", "on": "1"})
    comment.refresh_from_db()
    assert comment.reactions == {} and not Reaction.objects.exists()


def test_open_pages_get_the_marker_and_its_later_states(design):
    pin = pinned(design)
    mark = f"mark-{pin.pk}-{placement(design).pk}"
    frames = {(one.id, one.mode): one for one in live.render(design.thread_id, "", "en", None, 0)}
    assert mark in frames[f"marks-{placement(design).pk}", "append"].html
    seq = Thread.objects.get().seq
    revised(design, pin)
    later = {(one.id, one.mode): one for one in live.render(design.thread_id, "", "en", None, seq)}
    assert "pin--fixed" in later[mark, "replace"].html
    assert "<form" not in later[mark, "replace"].html
    assert "Answered in revision 2" in later[f"comment-{pin.comment_id}", "replace"].html


def test_the_feedback_says_where_people_ask_and_what_most(sign_in, design):
    pinned(design, spot=Spot(1000, 1000))
    wanted = pinned(design, "Kenji", "Longer hem.", Spot(8000, 9000, 1000, 500))
    agreed(wanted, "Omar", "Ada")
    page = sign_in(design.designer).get(f"/d/{design.pk}/revisions/1/feedback/").content.decode()
    assert "2 people agree" in page
    (only,) = pins.feedback_on(placement(design).revision)["maps"]
    asked = {str(one.name): (len(one.pins), len(one.people)) for one in only.fields if one.pins}
    assert asked == {"Top left": (1, 1), "Bottom right": (1, 3)}
    warmest = max(only.cells, key=lambda cell: float(cell[2]))
    assert warmest == ("81.25%", "87.50%", "0.75") or warmest[0] in ("81.25%", "87.50%")


@pytest.mark.parametrize("number", [1, 12])
def test_a_draft_with_many_pins_asks_the_database_no_more(
    client, design, number, django_assert_max_num_queries
):
    for each in range(number):
        pinned(design, body=f"Number {each}.")
    client.get(f"/d/{design.pk}/")
    with django_assert_max_num_queries(30):
        client.get(f"/d/{design.pk}/")


def test_likeness_without_files_is_the_whole(design):
    one = placement(design).picture
    two = cast.revision(design).placements.get().picture
    two.sha256 = "2" * 64
    assert likeness.part_shown(one, two) == Spot(0, 0, 10_000, 10_000)
