"""What a fan chooses from: axes and values of the variants, and what is scarce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from presale.models import Campaign, Variant
from presale.swatches import swatch_of


@dataclass(frozen=True)
class Value:
    """One value of an axis, with its colour where the word names one, and what it costs more."""

    text: str
    swatch: str
    is_chosen: bool = False
    extra_minor: int = 0


@dataclass(frozen=True)
class Axis:
    """A kind of choice: `name` is the form field, `values` in the order of the brief."""

    field: str
    name: str
    values: list[Value]


def choice_of(variant: Variant) -> dict[str, str]:
    """What one chooses to get this variant; one without options is chosen by its label."""
    return variant.options or {_("Variant"): variant.label}


def axes(variants: Sequence[Variant], chosen: dict[str, str] | None = None) -> list[Axis]:
    """The choices a fan makes, gathered from the variants that are sold; `chosen` beforehand.

    Empty where there is only one thing to buy.
    """
    if len(variants) == 1:
        return []
    chosen = chosen or {}
    choices = [choice_of(variant) for variant in variants]
    names = dict.fromkeys(name for choice in choices for name in choice)
    extras = _extras(variants, list(names))
    return [
        Axis(
            field=f"o{place}",
            name=name,
            values=[
                Value(text, swatch_of(text), chosen.get(name) == text, extras.get((name, text), 0))
                for text in dict.fromkeys(choice[name] for choice in choices if name in choice)
            ],
        )
        for place, name in enumerate(names)
    ]


def _extras(variants: Sequence[Variant], names: Sequence[str]) -> dict[tuple[str, str], int]:
    """By (axis, value) the surcharge of a unit, where one axis alone decides about it."""
    for name in names:
        found: dict[tuple[str, str], set[int]] = {}
        for variant in variants:
            value = (name, choice_of(variant).get(name, ""))
            found.setdefault(value, set()).add(variant.surcharge_minor)
        if all(len(amounts) == 1 for amounts in found.values()):
            return {value: amounts.pop() for value, amounts in found.items()}
    return {}


def dearer(variants: Sequence[Variant], axes: Sequence[Axis]) -> list[Variant]:
    """The variants with a surcharge, where no single choice names it."""
    if any(value.extra_minor for axis in axes for value in axis.values):
        return []
    return [variant for variant in variants if variant.surcharge_minor]


def picked(variants: Sequence[Variant], data: Mapping[str, str]) -> dict[str, str]:
    """What a form's data chooses of each axis; empty unless something is chosen of each."""
    found = {axis.name: data.get(axis.field, "") for axis in axes(variants)}
    return found if found and all(found.values()) else {}


def variant_for(variants: Sequence[Variant], choice: dict[str, str]) -> Variant | None:
    """The variant of that choice (axis name to value); the only one where there is no choice."""
    if len(variants) == 1:
        return variants[0]
    return next((v for v in variants if choice_of(v) == choice), None)


@dataclass(frozen=True)
class Scarce:
    """A variant with a limit, and how many of it are left."""

    label: str
    left: int
    pk: int = 0


def scarce(campaign: Campaign) -> list[Scarce]:
    """The limited variants of which few are left, or none."""
    return [
        Scarce(v.label, v.left, v.pk)
        for v in campaign.variants.all()
        if v.left is not None and v.left <= max(10, (v.quota or 0) // 5)
    ]
