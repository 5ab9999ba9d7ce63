"""A comment as somebody writes it."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.text import tidy, validate_text
from designs.models import Comment, Thread

LONGEST = 4000


class CommentForm(forms.Form):
    """A comment, or a reply when `parent` is given. `thread` makes the ids on the page unique."""

    body = forms.CharField(
        label=_("Your comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        validators=[validate_text],
        error_messages={"required": _("Write something first.")},
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)
    parent = forms.ModelChoiceField(
        queryset=Comment.objects.none(), required=False, widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, thread: Thread, parent: Comment | None = None, **kwargs: Any
    ) -> None:
        self.thread = thread
        name = f"reply-{parent.pk}" if parent else f"write-{thread.pk}"
        kwargs.setdefault("auto_id", f"{name}-%s")
        first = {"client_key": uuid.uuid4(), "parent": parent}
        kwargs["initial"] = {**first, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = thread.comments.all()
        if parent:
            self.fields["body"].label = _("Your reply")

    def clean_body(self) -> str:
        """With plain line breaks."""
        return tidy(self.cleaned_data["body"])


class EditForm(forms.Form):
    """Other words for a comment."""

    body = forms.CharField(
        label=_("Your comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[validate_text],
    )

    def clean_body(self) -> str:
        """With plain line breaks."""
        return tidy(self.cleaned_data["body"])
