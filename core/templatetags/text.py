"""`{% load text %}`: showing what people typed."""

from django import template

from core.text import linkify

register = template.Library()
register.filter("linkify", linkify)
