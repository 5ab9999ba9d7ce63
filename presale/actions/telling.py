"""Who is told what: mails to buyers and brands, changes to open pages. Inside the transaction."""

from typing import Any

from django.db.models import F
from django.utils import translation

from core import live
from core.dates import moment_words
from core.mail import queue_mail
from core.money import format_minor
from fans.access import MERCHANT
from presale import links, paylinks, queries
from presale.models import Campaign, Gift, Obligation, PreOrder


def mail_buyer(order: PreOrder, fact: str, template: str, **context: Any) -> None:
    """Queue the mail of one fact about an order; `*_minor` and `*_at` are written out."""
    language = order.language
    words = written(context, order.campaign, language)
    queue_mail(
        f"order:{order.pk}:{fact}",
        order.email,
        template,
        {
            "order": order,
            "campaign": order.campaign,
            "brand": order.campaign.brand,
            "order_url": links.order_url(order),
            "buyer_name": _greeted(order),
            **words,
        },
        language=language,
    )


def _greeted(order: PreOrder) -> str:
    """Whom a mail about an order greets: of a gift its giver, for the address names another."""
    gift = Gift.objects.filter(order_id=order.pk).values_list("giver", flat=True).first()
    return gift or order.name


def written(context: dict[str, Any], campaign: Campaign, language: str) -> dict[str, Any]:
    """Amounts (`*_minor`) and times (`*_at`) as a mail in that language says them."""
    with translation.override(language):
        return {name: _word(name, value, campaign, language) for name, value in context.items()}


def _word(name: str, value: Any, campaign: Campaign, language: str) -> Any:
    if name.endswith("_minor"):
        return format_minor(value, campaign.currency, language)
    if name.endswith("_at") and value is not None:
        # In the brand's zone, named, with the year: a mail is read elsewhere and later.
        return moment_words(value, campaign.time_zone, with_year=True)
    return value


def mail_balance(order: PreOrder, obligation: Obligation, fact: str, template: str) -> None:
    """A mail about an open balance, with the link that pays it."""
    quote = queries.order_quote(order)
    mail_buyer(
        order,
        fact,
        template,
        unit_minor=quote.unit_minor,
        balance_minor=obligation.amount_minor,
        due_at=obligation.due_at,
        grace_at=order.campaign.grace_ends_at,
        auto_charge=order.auto_charge and bool(queries.saved_method(order)),
        keeps_deposit=order.campaign.forfeit == Campaign.Forfeit.FORFEIT,
        pay_url=paylinks.pay_link(obligation),
    )


def mail_brand(campaign: Campaign, fact: str, template: str, **context: Any) -> None:
    """Queue a mail to everyone who runs the brand; `*_minor` and `*_at` are written out."""
    members = campaign.brand.memberships.filter(role__in=MERCHANT).select_related("user")
    for member in members:
        language = member.user.language
        words = written(context, campaign, language)
        queue_mail(
            f"campaign:{campaign.pk}:{fact}:{member.user_id}",
            member.user.email,
            template,
            {"campaign": campaign, "brand": campaign.brand, **words},
            language=language,
        )


def campaign_changed(campaign_id: int, *keys: str) -> None:
    """Bring open pages of a campaign to the present: `ladder`, `variants`, `phase`."""
    Campaign.objects.filter(pk=campaign_id).update(version=F("version") + 1)
    live.changed(f"campaign.{campaign_id}", *keys)
    live.changed(f"campaign.{campaign_id}.desk")


def order_changed(order: PreOrder) -> None:
    """Bring open pages of an order to the present."""
    live.changed(f"order.{order.pk}")
    # Whoever has only the link sits in the room that its code opens.
    live.changed(f"order.{order.pk}.{order.code}")
    live.changed(f"campaign.{order.campaign_id}.desk")
