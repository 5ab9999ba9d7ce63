"""`{% load pins %}`: the square in which a picture of the gallery stands."""

from django import template

from designs import pins
from designs.models import RevisionPicture
from designs.places import Frame

register = template.Library()


@register.simple_tag
def square(placement: RevisionPicture) -> Frame:
    """The part of the square that the picture fills: `{% square placement as frame %}`."""
    return pins.frame_of(placement)
