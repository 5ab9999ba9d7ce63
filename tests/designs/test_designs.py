"""Pages of drafts, their revisions and what becomes of them."""

import uuid

import pytest
from django.utils import timezone

from core.models import Outbox, StateLog
from designs import actions, sections
from designs.models import Design, Revision
from fans.models import Contribution
from tests import cast
from tests import pictures as made

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def design():
    return cast.design()


@pytest.fixture
def lin(sign_in, design):
    return sign_in(design.designer)


def ask(design, reason="Please shorten the hem."):
    actions.send_to_revision(design, reason=reason, actor="user:1", now=NOW)


def revision_form(design, **fields):
    place = design.revisions.last().placements.get()
    data = {
        "form_key": str(uuid.uuid4()),
        "what_changed": "Shorter hem.",
        "pictures-0-id": str(place.picture_id),
        "pictures-0-alt": "Front",
        "pictures-0-label": "render",
    }
    data |= {f"pictures-{n}-id": str(uuid.uuid4()) for n in range(1, 6)}
    return data | fields


def test_a_draft_is_shown_by_its_newest_revision(client, design):
    cast.revision(design, "Shorter hem.")
    page = client.get(f"/d/{design.pk}/").content.decode()
    assert "Rev 2 of 2" in page and "Shorter hem." in page
    assert f"/d/{design.pk}/revisions/2/compare/" in page
    assert 'width="1600" height="1600"' in page


def test_an_older_revision_says_so(client, design):
    cast.revision(design, "Shorter hem.")
    page = client.get(f"/d/{design.pk}/revisions/1/").content.decode()
    assert "This is revision 1, not the newest one." in page and "Shorter hem." not in page
    assert client.get(f"/d/{design.pk}/revisions/3/").status_code == 404


def test_two_revisions_stand_side_by_side(client, design):
    second = cast.revision(design, "Shorter hem.")
    page = client.get(f"/d/{design.pk}/revisions/2/compare/").content.decode()
    for place in (*design.revisions.first().placements.all(), *second.placements.all()):
        assert f"/pictures/{place.picture_id}/640.webp" in page
    assert client.get(f"/d/{design.pk}/revisions/1/compare/").status_code == 404


def test_apps_above_fill_the_drafts_page(client, design, monkeypatch):
    seen = []

    def votes(request, subject):
        seen.append((subject.pk, subject.shown_revision.number))
        return None

    monkeypatch.setattr("fans.sections._sections", {})
    sections.register("design", votes)
    client.get(f"/d/{design.pk}/")
    assert seen == [(design.pk, 1)]


def test_a_request_for_a_revision_reaches_the_designer(lin, sign_in, design):
    answer = sign_in(cast.person("Jonas")).post(
        f"/d/{design.pk}/ask/", {"reason": "Please shorten the hem."}
    )
    assert answer.headers["Location"] == f"/d/{design.pk}/"
    design.refresh_from_db()
    assert (design.state, design.state_reason) == ("to-revise", "Please shorten the hem.")
    log = StateLog.objects.get()
    assert (log.event, log.actor) == ("ask", cast.person("Jonas").actor)
    mail = Outbox.objects.get()
    assert mail.to == "lin@example.com" and "Please shorten the hem." in mail.text
    assert "Weft asks for another revision of Windbreaker" in mail.subject
    row = Contribution.objects.get()
    assert (row.kind, row.subject) == ("draft-advanced", f"design:{design.pk}:rev:1")
    studio = sign_in(design.designer).get("/studio/").content.decode()
    assert "Please shorten the hem." in studio and f"/d/{design.pk}/revise/" in studio


@pytest.mark.parametrize("who", ["Omar", "Lin", "Ruth"])
def test_only_the_brand_asks(sign_in, design, who):
    cast.brand("Kettle", "Ruth")
    answer = sign_in(cast.person(who)).post(f"/d/{design.pk}/ask/", {"reason": "No."})
    assert answer.status_code == 403
    design.refresh_from_db()
    assert design.state == "submitted"
    assert not Outbox.objects.exists()


def test_a_draft_that_competes_or_waits_for_the_decision_is_not_asked_for_beside_it(sign_in):
    round = cast.voting_round(drafts=2)
    design = round.entries.first().revision.design
    jonas = sign_in(cast.person("Jonas"))
    for state in ("open", "closed"):
        type(round).objects.update(state=state)
        assert f"/d/{design.pk}/ask/" not in jonas.get(f"/d/{design.pk}/").content.decode()
        answer = jonas.post(f"/d/{design.pk}/ask/", {"reason": "Shorter hem."})
        assert answer.status_code == 409 and "Shorter hem." in answer.content.decode()
    design.refresh_from_db()
    assert design.state == "entered" and not Outbox.objects.exists()


def test_a_revision_starts_from_the_last_pictures(lin, design):
    place = design.revisions.get().placements.get()
    page = lin.get(f"/d/{design.pk}/revise/").content.decode()
    assert f'value="{place.picture_id}"' in page and "Windbreaker, front view" in page


def test_the_designer_sends_a_revision(lin, design):
    ask(design)
    data = revision_form(design)
    data["pictures-1-file"] = made.upload(made.jpeg())
    data["pictures-1-alt"] = "Hem"
    answer = lin.post(f"/d/{design.pk}/revise/", data)
    assert answer.headers["Location"] == f"/d/{design.pk}/"
    design.refresh_from_db()
    assert (design.state, design.state_reason) == ("submitted", "")
    second = design.revisions.get(number=2)
    assert second.what_changed == "Shorter hem."
    assert list(second.placements.values_list("alt", flat=True)) == ["Front", "Hem"]
    assert list(design.revisions.get(number=1).placements.values_list("alt", flat=True)) == [
        "Windbreaker, front view"
    ]


def test_the_same_revision_twice_is_one(lin, design):
    data = revision_form(design)
    lin.post(f"/d/{design.pk}/revise/", data)
    lin.post(f"/d/{design.pk}/revise/", data)
    assert design.revisions.count() == 2


def test_a_revision_says_what_changed(lin, design):
    answer = lin.post(f"/d/{design.pk}/revise/", revision_form(design, what_changed=" "))
    assert answer.status_code == 422
    assert design.revisions.count() == 1
    with pytest.raises(ValueError, match="what changed"):
        actions.add_revision(
            design=design, what_changed=" ", pictures=[], actor=design.designer,
            form_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("state", ["entered", "chosen", "not-chosen", "withdrawn"])
def test_what_people_vote_on_or_is_settled_is_not_revised(lin, design, state):
    data = revision_form(design)
    Design.objects.update(state=state)
    assert lin.get(f"/d/{design.pk}/revise/").status_code == 409
    answer = lin.post(f"/d/{design.pk}/revise/", data)
    assert answer.status_code == 409 and b"Shorter hem." in answer.content
    assert Revision.objects.count() == 1


@pytest.mark.parametrize("path", ["revise", "withdraw"])
def test_only_its_designer_changes_a_draft(sign_in, design, path):
    client = sign_in(cast.person("Mei"))
    assert client.get(f"/d/{design.pk}/{path}/").status_code == 403
    assert client.post(f"/d/{design.pk}/{path}/").status_code == 403
    design.refresh_from_db()
    assert design.state == "submitted"


def test_a_withdrawn_draft_is_gone_for_others(lin, sign_in, design):
    assert b"Withdraw this draft?" in lin.get(f"/d/{design.pk}/withdraw/").content
    lin.post(f"/d/{design.pk}/withdraw/")
    design.refresh_from_db()
    assert design.state == "withdrawn"
    assert lin.get(f"/d/{design.pk}/").status_code == 200
    assert sign_in(cast.person("Mei")).get(f"/d/{design.pk}/").status_code == 200
    gone = sign_in(cast.person("Omar")).get(f"/d/{design.pk}/")
    assert gone.status_code == 410 and b"/pictures/" not in gone.content
    assert b"Windbreaker" not in sign_in(cast.person("Omar")).get("/designers/lin/").content


def test_a_draft_in_a_round_is_not_withdrawn(lin, design):
    actions.enter_round(design, actor="job:x", now=NOW)
    assert lin.post(f"/d/{design.pk}/withdraw/").status_code == 409
    design.refresh_from_db()
    assert design.state == "entered"


def test_the_chosen_designer_is_told_and_credited(design):
    actions.enter_round(design, actor="user:1", now=NOW)
    actions.choose(design, reason="Most votes.", actor="user:1", now=NOW)
    assert Contribution.objects.get().kind == "draft-won"
    mail = Outbox.objects.get()
    assert mail.subject == "Windbreaker is chosen" and "Most votes." in mail.text


def test_the_other_designer_gets_the_reason_and_the_rights(design):
    actions.enter_round(design, actor="user:1", now=NOW)
    actions.decline(design, reason="Too close to our 2024 parka.", actor="user:1", now=NOW)
    design.refresh_from_db()
    assert (design.state, design.state_reason) == ("not-chosen", "Too close to our 2024 parka.")
    mail = Outbox.objects.get()
    assert "Too close to our 2024 parka." in mail.text and "All rights" in mail.text
    assert not Contribution.objects.exists()


def test_an_empty_studio_leads_to_the_briefs(sign_in):
    page = sign_in(cast.person("Nadia")).get("/studio/").content.decode()
    assert "You have no drafts yet." in page and "Nothing waits for you." in page


def test_a_portfolio_shows_what_everybody_may_see(client, design):
    hidden = cast.design(cast.brief(design.brief.brand, state="draft", title="Secret"), "Hidden")
    page = client.get("/designers/lin/").content.decode()
    assert "Windbreaker" in page and hidden.title not in page
    assert client.get("/designers/nobody/").status_code == 404
