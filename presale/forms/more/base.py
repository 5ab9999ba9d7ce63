"""What a section of “More rules” is."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import Promise

from fans.models import Brand
from presale.models import Campaign


class Section(forms.Form):
    """Each field is named as the column of the campaign that it fills; none may be required.

    `title` heads the section; `text` says in a line what it is about.
    """

    title: Promise
    text: Promise | str = ""

    def __init__(
        self, data: QueryDict | None = None, *, brand: Brand, draft: Campaign | None = None
    ) -> None:
        super().__init__(data)
        self.brand = brand
        if draft:
            self.initial = {name: getattr(draft, name) for name in self.fields}

    def columns(self) -> dict[str, Any]:
        """What the campaign stores; only after the section was found valid."""
        return dict(self.cleaned_data)
