"""From a winning entry to a draft of a campaign, and changes to that draft."""

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import IntegrityError, transaction

from core.once import once
from designs.models import Thread
from fans.models import User
from presale.models import Campaign, PriceStep, Variant
from presale.rules import Terms
from voting.models import Entry


class NotTheWinner(Exception):
    """Only the winning entry of a closed round becomes a campaign."""


class AlreadySold(Exception):
    """The revision has a campaign that has neither failed nor been cancelled."""

    def __init__(self, campaign: Campaign) -> None:
        super().__init__(f"campaign {campaign.pk}")
        self.campaign = campaign


class NoLongerDraft(Exception):
    """Terms are frozen once a campaign is published."""


@dataclass(frozen=True)
class CampaignDraft:
    """What the wizard gathered: words, and terms that were found possible."""

    title: str
    story: str
    risks: str
    delivery_promise: str
    form_key: uuid.UUID
    terms: Terms


def live_campaign_of(revision_id: int) -> Campaign | None:
    """The campaign that sells this revision now, a draft included."""
    ended = [Campaign.State.FAILED, Campaign.State.CANCELLED]
    return Campaign.objects.filter(revision_id=revision_id).exclude(state__in=ended).first()


def create_draft(*, entry: Entry, draft: CampaignDraft, author: User, now: dt.datetime) -> Campaign:
    """Make the draft. The same form sent twice is one draft.

    Refuses with `NotTheWinner`, and with `AlreadySold` also when another form was first.
    """
    same = Campaign.objects.filter(form_key=draft.form_key)
    try:
        return once(same.first, lambda: _create(entry, draft, author, now))
    except IntegrityError:
        # Another form about the same revision was written at the same moment.
        other = live_campaign_of(entry.revision_id)
        if other is None:
            raise
        raise AlreadySold(other) from None


def _create(entry: Entry, draft: CampaignDraft, author: User, now: dt.datetime) -> Campaign:
    if entry.outcome != Entry.Outcome.WINNER:
        raise NotTheWinner
    other = live_campaign_of(entry.revision_id)
    if other and other.form_key == draft.form_key:
        return other  # the same form, a moment earlier
    if other:
        raise AlreadySold(other)
    brand = entry.round.brief.brand
    campaign = Campaign.objects.create(
        brand=brand,
        revision=entry.revision,
        won_round=entry.round,
        currency=brand.currency,
        tax_rate_bp=brand.tax_rate_bp,
        thread=Thread.objects.create(),
        form_key=draft.form_key,
        created_by=author,
        created_at=now,
        **_columns(draft),
    )
    _write_rows(campaign, draft.terms)
    return campaign


@transaction.atomic
def edit_draft(*, campaign: Campaign, draft: CampaignDraft) -> None:
    """Replace everything a draft says; refused once it is published."""
    still = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.DRAFT)
    if not still.update(**_columns(draft)):
        raise NoLongerDraft
    campaign.steps.all().delete()
    campaign.variants.all().delete()
    _write_rows(campaign, draft.terms)
    campaign.refresh_from_db()


def _columns(draft: CampaignDraft) -> dict[str, object]:
    terms = draft.terms
    return {
        "title": draft.title,
        "story": draft.story,
        "risks": draft.risks,
        "delivery_promise": draft.delivery_promise,
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "balance_days": terms.balance_days,
        "ship_by": terms.ship_by,
        "time_zone": terms.zone_name,
        "minimum": terms.minimum,
        "production_minimum": terms.production_minimum,
        "deposit_minor": terms.deposit_minor,
        "deposit_worth_bp": terms.deposit_worth_bp,
        "deposit_kind": terms.deposit_kind,
        "forfeit": terms.forfeit,
        "person_limit": terms.person_limit,
        **terms.more,
    }


def _write_rows(campaign: Campaign, terms: Terms) -> None:
    PriceStep.objects.bulk_create(
        PriceStep(campaign=campaign, min_units=step.min_units, unit_minor=step.unit_minor)
        for step in terms.steps
    )
    Variant.objects.bulk_create(
        Variant(
            campaign=campaign,
            options=dict(option.choices),
            label=option.label,
            sku=option.sku,
            position=place,
            surcharge_minor=option.surcharge_minor,
            quota=option.quota,
            minimum=option.minimum,
        )
        for place, option in enumerate(terms.options)
    )
