"""A remark with its place on a picture, and what is said about the answer."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from designs.forms.comments import CommentForm
from designs.models import Pin, Reaction, RevisionPicture, Thread
from designs.places import WHOLE, Spot, spot_of

# Without a script a place is one of six by six fields of the picture.
SIDE: Final = 6


class PinForm(CommentForm):
    """Where and what. A script gives the place exactly, the numbered fields do without one."""

    x = forms.IntegerField(min_value=0, max_value=WHOLE, required=False, widget=forms.HiddenInput)
    y = forms.IntegerField(min_value=0, max_value=WHOLE, required=False, widget=forms.HiddenInput)
    w = forms.IntegerField(min_value=0, max_value=WHOLE, required=False, widget=forms.HiddenInput)
    h = forms.IntegerField(min_value=0, max_value=WHOLE, required=False, widget=forms.HiddenInput)
    cell = forms.TypedChoiceField(
        choices=[(number, str(number + 1)) for number in range(SIDE * SIDE)],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args: Any, thread: Thread, placement: RevisionPicture, **kwargs: Any):
        super().__init__(*args, thread=thread, auto_id="pin-%s", **kwargs)
        del self.fields["parent"]
        self.placement = placement
        self.fields["body"].label = _("What should change here")

    @property
    def spot(self) -> Spot:
        """The chosen place; after `is_valid()`."""
        data = self.cleaned_data
        if data.get("x") is not None and data.get("y") is not None:
            return spot_of(data["x"], data["y"], data.get("w") or 0, data.get("h") or 0)
        row, column = divmod(data["cell"], SIDE)
        return spot_of((column + 0.5) * WHOLE / SIDE, (row + 0.5) * WHOLE / SIDE)

    def clean(self) -> dict[str, Any]:
        """Some place must be chosen."""
        data = super().clean() or {}
        exact = data.get("x") is not None and data.get("y") is not None
        if not exact and data.get("cell") is None:
            self.add_error("cell", _("Choose where on the picture."))
        return data

    @property
    def chosen_cell(self) -> int | None:
        """The field that was marked, for a form that comes back."""
        raw = str(self["cell"].value() or "")
        return int(raw) if raw.isdecimal() and len(raw) < 3 else None


class JudgeForm(forms.Form):
    """Yes or no: does the revision answer the pin?"""

    is_right = forms.TypedChoiceField(choices=[("1", _("Yes")), ("0", _("No"))])

    def clean_is_right(self) -> bool:
        """As a truth."""
        return self.cleaned_data["is_right"] == "1"


class ReactionForm(forms.Form):
    """One kind of reaction, given or taken back."""

    kind = forms.ChoiceField(choices=Reaction.Kind.choices)
    on = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")])

    def clean_on(self) -> bool:
        """As a truth."""
        return self.cleaned_data["on"] == "1"


class AnswersField(forms.ModelMultipleChoiceField):
    """The pins a revision answers, each as its number and words."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        """(3) Sleeve too wide"""
        assert isinstance(obj, Pin)
        return f"({obj.number}) {obj.comment.body}"
