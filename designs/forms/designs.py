"""A draft and its revisions as the designer sends them. Pictures: `designs.forms.pictures`."""

import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from core.text import tidy, validate_text
from designs.forms.pins import AnswersField
from designs.models import Pin


class FormKey(forms.Form):
    """A form that may arrive twice and counts once, by the key it was drawn with."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"form_key": uuid.uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class Sentences(forms.CharField):
    """A few sentences, kept with plain line breaks."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        box = forms.Textarea(attrs={"rows": rows})
        super().__init__(widget=box, validators=[validate_text], **kwargs)

    def clean(self, value: Any) -> str:
        """The text without the line breaks of other systems."""
        return tidy(super().clean(value))


class DraftForm(FormKey):
    """A new draft, beside its pictures."""

    title = forms.CharField(
        label=_("Title"),
        help_text=_("What it is, in a few words: Half-zip windbreaker, storm flap."),
        max_length=100,
        validators=[validate_text],
    )
    description = Sentences(
        label=_("Description"),
        help_text=_("Material, cut, how it is used, what you would like fans to look at."),
        max_length=4000,
        rows=5,
    )
    declaration = forms.BooleanField(
        label=_(
            "I made this design, or have the right to send it in, and I agree to the terms above."
        ),
        error_messages={"required": _("Without this declaration the draft cannot be sent.")},
    )


class RevisionForm(FormKey):
    """The next revision, beside its pictures."""

    what_changed = Sentences(
        label=_("What changed"),
        help_text=_("One or two sentences; everybody reads them beside the new pictures."),
        max_length=2000,
    )
    answers = AnswersField(
        label=_("Which pins it answers"),
        help_text=_("Their authors are named beside it, and say whether it is right."),
        queryset=Pin.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, pins: QuerySet[Pin], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["answers"]
        assert isinstance(field, AnswersField)
        field.queryset = pins


class ReasonForm(forms.Form):
    """Why the brand asks for another revision."""

    reason = Sentences(
        label=_("What should change"),
        help_text=_("The designer gets it by mail; everybody reads it on the draft's page."),
        max_length=1000,
    )
