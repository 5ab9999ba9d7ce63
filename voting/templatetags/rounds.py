"""What teasers of rounds ask for: `{% load rounds %}`."""

from django import template

from designs.models import RevisionPicture
from voting.models import Round
from voting.queries import first_pictures

register = template.Library()


@register.simple_tag
def round_pictures(round: Round, number: int = 3) -> list[RevisionPicture]:
    """`{% round_pictures round 3 as shown %}`: the first pictures of some entries."""
    return first_pictures(round, number)
