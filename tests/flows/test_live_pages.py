"""Two browsers on one round: what one does, the other sees."""

from django.db import transaction
from playwright.sync_api import expect

from core import live
from tests import cast
from voting import presses
from voting.actions import cast_ballot, close_round_early, pause_round, resume_round
from voting.models import Round

# The cast's designs have no files.
NO_PICTURES = ("404 (Not Found)",)


def vote(round: Round, name: str, entry) -> None:
    """Somebody elsewhere votes."""
    who = cast.voter(cast.person(name))
    cast_ballot(round_id=round.pk, voter=who, entry_id=entry.pk, supports=True)


def opened(window, round: Round, name: str):
    """The page of the round in that person's browser, live."""
    page = window(cast.person(name), expect=NO_PICTURES)
    page.goto(f"/r/{round.pk}/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    return page


def a_round() -> tuple[Round, object]:
    """An open round in which Ada and Kenji have voted."""
    round = cast.voting_round(cast.brief(cast.brand()), drafts=2)
    first = round.entries.order_by("pk").first()
    for name in ("Ada", "Kenji"):
        vote(round, name, first)
    return round, first


def test_a_vote_shows_in_the_other_browser_without_reloading(window):
    round, entry = a_round()
    ada, kenji = opened(window, round, "Ada"), opened(window, round, "Kenji")
    tally = f"#entry-{entry.pk}-tally"
    expect(ada.locator(tally)).to_contain_text("2 votes")
    kenji.locator(f"#entry-{entry.pk}-support").click()
    expect(ada.locator(tally)).to_contain_text("1 vote")
    expect(ada.locator(tally)).not_to_contain_text("2 votes")
    # Who has withdrawn everything no longer sees the score, nor hears of it.
    expect(kenji.locator(tally)).to_contain_text("after you vote")
    vote(round, "Omar", entry)
    expect(ada.locator(tally)).to_contain_text("2 votes")
    expect(kenji.locator(tally)).to_contain_text("after you vote")


def test_a_guest_sees_the_number_of_voters_move(window):
    round, entry = a_round()
    guest = window(expect=NO_PICTURES)
    guest.goto(f"/r/{round.pk}/")
    expect(guest.locator("#connection")).to_have_attribute("data-state", "live")
    vote(round, "Omar", entry)
    expect(guest.locator(f"#round-{round.pk}-voters")).to_have_text("3 voters")


def test_paused_means_nothing_moves_and_going_on_catches_up(window):
    round, entry = a_round()
    page = opened(window, round, "Ada")
    voters = page.locator(f"#round-{round.pk}-voters")
    page.locator("#pause-live").click()
    expect(page.locator("#connection")).to_have_attribute("data-state", "paused")
    vote(round, "Omar", entry)
    page.wait_for_timeout(1500)
    expect(voters).to_have_text("2 voters")
    page.locator("#pause-live").click()
    expect(voters).to_have_text("3 voters")


def test_what_was_missed_while_away_is_there_after_coming_back(window):
    round, entry = a_round()
    ada = cast.person("Ada")
    page = opened(window, round, "Ada")
    voters = page.locator(f"#round-{round.pk}-voters")
    with transaction.atomic():
        live.leave_all(ada.pk)
    expect(page.locator("#connection")).to_have_attribute("data-state", "reconnecting")
    vote(round, "Omar", entry)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    expect(voters).to_have_text("3 voters")


def test_a_close_ends_the_vote_controls_of_an_open_page(window):
    round, entry = a_round()
    page = opened(window, round, "Ada")
    vote_button = page.locator(f"#entry-{entry.pk}-support")
    expect(vote_button).to_be_enabled()
    close_round_early(round=round, reason="Fabric is short", actor="user:1")
    expect(page.locator(f"#round-{round.pk}-phase")).to_contain_text("Fabric is short")
    expect(vote_button).to_be_disabled()
    expect(page.locator(f"#entry-{entry.pk}-vote")).to_contain_text("Voting has ended")
    expect(page.locator(".vote button:enabled")).to_have_count(0)
    # The job counts it, and the page hears of it.
    phase = page.locator(f"#round-{round.pk}-phase")
    expect(phase.get_by_role("link", name="See the result")).to_be_visible()
    expect(vote_button).to_be_disabled()


def test_a_pause_rests_the_vote_controls_and_its_end_wakes_them(window):
    round, entry = a_round()
    page = opened(window, round, "Ada")
    control, button = page.locator(f"#entry-{entry.pk}-vote"), f"#entry-{entry.pk}-support"
    pause_round(round=round, reason="A picture was wrong", actor="user:1")
    expect(page.locator(f"#round-{round.pk}-phase")).to_contain_text("A picture was wrong")
    expect(page.locator(button)).to_be_disabled()
    expect(control).to_contain_text("Voting is paused")
    resume_round(round=round, reason="Mended", gives_time_back=True, actor="user:1")
    expect(page.locator(button)).to_be_enabled()
    expect(control).not_to_contain_text("Voting is paused")


def posts(page) -> list[str]:
    """The forms that the page sends from now on."""
    sent: list[str] = []
    page.on("request", lambda asked: asked.method == "POST" and sent.append(asked.url))
    return sent


def test_a_press_goes_by_the_socket_and_the_scores_come(window):
    round, entry = a_round()
    page = opened(window, round, "Omar")
    sent = posts(page)
    button = page.locator(f"#entry-{entry.pk}-support")
    button.click()
    expect(button).to_have_text("Voted")
    expect(button).to_be_focused()
    expect(page.locator("#status")).to_contain_text("Vote counted for No.")
    expect(page.locator(f"#entry-{entry.pk}-tally")).to_contain_text("3 votes")
    button.click()
    expect(button).to_have_text("Vote")
    expect(page.locator(f"#entry-{entry.pk}-tally")).to_contain_text("after you vote")
    assert sent == []


def test_without_an_answer_the_form_takes_the_same_press(window, monkeypatch):
    round, entry = a_round()
    page = opened(window, round, "Omar")
    # The socket takes the ballot and never answers; the form brings the same key.
    monkeypatch.setattr(presses, "_answer", lambda asked, outcome: None)
    page.locator(f"#entry-{entry.pk}-support").click()
    expect(page.locator(f"#entry-{entry.pk}-support")).to_have_text("Voted")
    expect(page.locator("#status")).to_contain_text("Vote counted for No.")
    round.refresh_from_db()
    assert (round.voters, round.seq) == (3, 3)


def test_a_guests_first_vote_goes_by_form_and_the_next_by_the_socket(window):
    round, entry = a_round()
    page = window(expect=NO_PICTURES)
    page.goto(f"/r/{round.pk}/")
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    sent = posts(page)
    page.locator(f"#entry-{entry.pk}-support").click()
    expect(page.locator("#round-held-title")).to_contain_text("is held")
    assert len(sent) == 1
    expect(page.locator(f"#entry-{entry.pk}-tally")).to_contain_text("1 guest")
    second = round.entries.order_by("pk")[1]
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    page.locator(f"#entry-{second.pk}-support").click()
    expect(page.locator("#round-held-title")).to_contain_text("for 2 drafts are held")
    assert len(sent) == 1


def test_a_refused_press_stands_corrected_with_the_reason(window):
    round, entry = a_round()
    page = opened(window, round, "Omar")
    Round.objects.update(electorate=Round.Electorate.HONORARY)
    button = page.locator(f"#entry-{entry.pk}-support")
    button.click()
    expect(page.locator(f"#entry-{entry.pk}-vote")).to_contain_text("honorary developers only")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#alert")).to_contain_text("honorary developers only")
    round.refresh_from_db()
    assert (round.voters, round.seq) == (2, 2)
