"""What a voter said they would buy, before there was anything to buy."""

from dataclasses import dataclass

from fans.models import Voter
from presale.models import Campaign
from voting.models import Ballot, Choice


@dataclass(frozen=True)
class Wish:
    """A live "would buy" on the revision that is sold: the ballot, the option, the cap."""

    ballot: Ballot
    options: dict[str, str]
    cap_minor: int | None


def wish_of(voter: Voter | None, campaign: Campaign) -> Wish | None:
    """The voter's last live wish for this campaign's revision, if they had one."""
    if voter is None:
        return None
    choice = (
        Choice.objects.select_related("ballot")
        .filter(
            ballot__voter=voter,
            ballot__is_live=True,
            would_buy=True,
            entry__revision_id=campaign.revision_id,
        )
        .order_by("-ballot__changed_at")
        .first()
    )
    return Wish(choice.ballot, choice.options, choice.cap_minor) if choice else None
