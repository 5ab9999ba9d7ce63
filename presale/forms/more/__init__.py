"""The fold “More rules” of the wizard: one section a file, in the order shown."""

from typing import Final

from presale.forms.more.base import Section
from presale.forms.more.delivery import DeliverySection
from presale.forms.more.rhythm import RhythmSection

SECTIONS: Final[list[type[Section]]] = [
    RhythmSection,
    DeliverySection,
]
