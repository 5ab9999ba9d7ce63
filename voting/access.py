"""Who may see a round, vote in it, and read its tally. The one home of each of these rules."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import DEFAULT_DB_ALIAS, connections
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import now as clock_now
from core.plain import aware, select, within
from fans import tiers
from fans.access import MERCHANT, brand_for, has_role
from fans.models import Brand, Contribution, User, Voter
from fans.tiers import Deed, Tier
from voting import reads
from voting.models import Entry, Round
from voting.states import PUBLIC

Visitor = User | AnonymousUser
# In pairs one answer is a small part of what one has to say.
ANSWERS_FIRST: Final = 10
PAID = (Contribution.Kind.DEPOSIT_PAID, Contribution.Kind.ORDER_PAID)


@dataclass(frozen=True)
class Refusal:
    """Why a ballot does not count: a code for programs, a sentence for people.

    The sentence is lazy: the writer's thread does not know the language of who is refused.
    """

    code: str
    text: Promise


@dataclass(frozen=True)
class Part:
    """What a voter is to a round: the facts that the rule about voters is made of."""

    is_guest: bool = True
    is_member: bool = False
    is_entrant: bool = False
    is_buyer: bool = False
    tier: Tier = Tier.USER

    @property
    def is_honorary(self) -> bool:
        """Whether the ballot counts in the tally of honorary developers."""
        return self.tier == Tier.HONORARY


GUEST = Part()
MEMBER = Refusal("member", gettext_lazy("Members of the brand do not vote in its rounds."))
ENTRANT = Refusal(
    "entrant", gettext_lazy("You have a draft in this round, so you do not vote in it.")
)
NO_ACCOUNT = Refusal("account", gettext_lazy("This round is for people with an account."))
NO_FAN = Refusal(
    "fans", gettext_lazy("This round is for fans and honorary developers of the brand.")
)
NOT_HONORARY = Refusal("honorary", gettext_lazy("This round is for honorary developers only."))


def round_for_reading(user: Visitor, pk: int) -> Round:
    """A public round, or a draft for those who run the brand; 404 for everybody else."""
    rounds = Round.objects.select_related("brief__brand", "thread")
    found = get_object_or_404(rounds, pk=pk)
    if found.state in PUBLIC or has_role(user, found.brief.brand, *MERCHANT):
        return found
    return get_object_or_404(rounds.filter(state__in=PUBLIC), pk=pk)


def round_for_ballot(user: Visitor, pk: int) -> Round:
    """The same for a vote: read in one short query where everybody may see it."""
    found = reads.rounds([pk], DEFAULT_DB_ALIAS).get(pk)
    return found if found and found.state in PUBLIC else round_for_reading(user, pk)


def round_for_running(user: Visitor, slug: str, pk: int) -> Round:
    """A round of that brand for its owner or manager; 403 for others, 404 if not there."""
    brand = brand_for(user, slug, *MERCHANT)
    rounds = Round.objects.select_related("brief__brand", "thread")
    return get_object_or_404(rounds, pk=pk, brief__brand=brand)


def may_vote(
    round: Round, user: Visitor | None, voter: Voter | None, at: dt.datetime | None = None
) -> Refusal | None:
    """Why this person may not vote in this round, whatever the time; `None` if they may.

    Whether the round is open is asked by the writer, with the database's clock.
    """
    if user is None or not user.is_authenticated:
        return refusal_for(round, GUEST)
    return refusal_for(round, parts_of(round, [user.pk], at or clock_now())[user.pk])


def refusal_for(round: Round, part: Part) -> Refusal | None:
    """The rule about voters, over the facts of one of them."""
    wanted = Round.Electorate(round.electorate)
    if part.is_member:
        return MEMBER
    if part.is_entrant:
        return ENTRANT
    if wanted == Round.Electorate.FANS and part.tier < Tier.FAN:
        return NO_FAN
    if wanted == Round.Electorate.HONORARY and part.tier < Tier.HONORARY:
        return NOT_HONORARY
    if part.is_guest and wanted != Round.Electorate.EVERYONE:
        return NO_ACCOUNT
    return None


def parts_of(
    round: Round, people: Collection[int], at: dt.datetime, using: str = DEFAULT_DB_ALIAS
) -> dict[int, Part]:
    """The facts about people with an account, by user id, in three queries for any number."""
    if not people:
        return {}
    brand, (which, asked) = round.brief.brand, within(people, using)
    members = f"SELECT user_id FROM fans_membership WHERE brand_id = %s AND user_id {which}"
    member_ids = {person for (person,) in select(members, [brand.pk, asked], using)}
    entrant_ids = {person for (person,) in select(f"{_ENTRANTS} {which}", [round.pk, asked], using)}
    deeds = _deeds(brand, people, at, using)
    terms = tiers.terms_of(brand)
    newcomer = Part(is_guest=False, tier=_tier([], terms, at))
    return {
        person: Part(
            is_guest=False,
            is_member=person in member_ids,
            is_entrant=person in entrant_ids,
            is_buyer=any(deed.kind in PAID for deed in deeds.get(person, ())),
            tier=_tier(deeds.get(person, ()), terms, at),
        )
        if person in deeds or person in member_ids or person in entrant_ids
        else newcomer
        for person in people
    }


_ENTRANTS: Final = (
    "SELECT d.designer_id FROM voting_entry e JOIN designs_revision r ON r.id = e.revision_id"
    " JOIN designs_design d ON d.id = r.design_id WHERE e.round_id = %s AND d.designer_id"
)


def _tier(deeds: Iterable[Deed], terms: tiers.Thresholds, at: dt.datetime) -> Tier:
    return tiers.tier_for(tiers.score(deeds, terms.window_days, at), terms)


def _deeds(
    brand: Brand, people: Collection[int], at: dt.datetime, using: str
) -> dict[int, list[Deed]]:
    which, asked = within(people, using)
    found = select(
        "SELECT user_id, kind, points, at, subject FROM fans_contribution"
        f" WHERE brand_id = %s AND user_id {which} AND at <= %s",
        [brand.pk, asked, connections[using].ops.adapt_datetimefield_value(at)],
        using,
    )
    deeds: dict[int, list[Deed]] = defaultdict(list)
    for person, kind, points, done_at, subject in found:
        deeds[person].append(Deed(kind, points, aware(done_at), subject))
    return deeds


def results_visible(round: Round, voter: Voter | None, user: Visitor | None = None) -> bool:
    """The one gate before every tally: page, socket room, mail, export.

    Those who run the brand stand before it like everybody else while the round is open: who
    could close early should not know more than those who vote. After the close their decision
    page shows all (`may_decide`).

    While the votes are being counted, who saw the tally goes on seeing it.
    """
    if round.is_running or round.is_counting:
        return round.results == Round.Results.ALWAYS or (
            round.results == Round.Results.AFTER_VOTE and has_live_ballot(round, voter)
        )
    return round.state == Round.State.CLOSED and round.results != Round.Results.NEVER


def has_live_ballot(round: Round, voter: Voter | None) -> bool:
    """Whether this voter has at least one choice in the round now; in pairs, ten answers."""
    if voter is None or voter.pk is None:
        return False
    mine = reads.ballots([round.pk], [voter.pk], DEFAULT_DB_ALIAS)
    if round.method == Round.Method.PAIRWISE:
        least = answers_first(Entry.objects.filter(round=round).count())
        return any(one.is_live and one.said >= least for one in mine)
    return any(one.is_live for one in mine)


def answers_first(drafts: int) -> int:
    """How many answers in pairs show the tally: ten, or all that a few drafts allow."""
    return min(ANSWERS_FIRST, drafts * (drafts + 1) // 2)


def may_decide(round: Round, user: Visitor) -> bool:
    """Whether this person decides about the drafts of a closed round."""
    return round.state == Round.State.CLOSED and has_role(user, round.brief.brand, *MERCHANT)


def require_decider(round: Round, user: Visitor) -> None:
    """Refuse everybody who may not decide, and everybody before the close."""
    if not may_decide(round, user):
        raise PermissionDenied(_("The round is decided after it has closed, by its brand."))
