"""Several pictures in one form, each with its words; usable by any form of any app.

A slot is one file input with alt text and label. What was uploaded is kept when the form comes
back with errors: its id travels in a hidden field, so nobody uploads twice. A script may send the
files ahead under the same ids (`designs:picture-upload`); without it they come with the form.
"""

import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.text import validate_text
from core.uploads import Refused, refused_uploads
from designs.models import Picture, RevisionPicture
from designs.pictures import Chosen, store_upload
from fans.models import User

ACCEPT = "image/jpeg,image/png,image/webp,image/avif"


class UploadForm(forms.Form):
    """One file with the id its form gave it."""

    id = forms.UUIDField()
    file = forms.FileField(max_length=400)

    def problems(self) -> list[str]:
        """What is wrong, without the names of the fields."""
        return [str(error) for errors in self.errors.values() for error in errors]


class SlotForm(forms.Form):
    """The place of one picture."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Picture"),
        required=False,
        max_length=400,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    alt = forms.CharField(
        label=_("Alt text"),
        help_text=_("What one sees, for those who do not: navy jacket, front, hood up."),
        max_length=250,
        required=False,
        validators=[validate_text],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    label = forms.ChoiceField(
        label=_("It shows a"), choices=RevisionPicture.Label.choices, required=False
    )
    remove = forms.BooleanField(label=_("Leave this picture out"), required=False)

    def __init__(self, *args: Any, owner: User, too_large: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.owner = owner
        self.too_large = too_large
        self.picture: Picture | None = self._kept()

    def _kept(self) -> Picture | None:
        # What the field held on the way out; a foreign id simply finds nothing.
        raw = self.data.get(self.add_prefix("id")) if self.is_bound else self.initial.get("id")
        try:
            key = raw if isinstance(raw, uuid.UUID) else uuid.UUID(str(raw))
        except ValueError:
            return None
        return Picture.objects.filter(pk=key, owner=self.owner).first()

    def clean(self) -> dict[str, Any]:
        """Store the file that came along; then the words must be there."""
        data = super().clean() or {}
        if data.get("remove"):
            self.picture = None
            return data
        if self.add_prefix("file") in self.too_large:
            self.add_error("file", Refused("too-large").reason)
        elif isinstance(data.get("file"), UploadedFile) and data.get("id"):
            self._store(data["file"], data["id"])
        if self.picture and not data.get("alt") and "alt" not in self.errors:
            self.add_error("alt", gettext("Say what it shows, for those who cannot see it."))
        return data

    def _store(self, file: UploadedFile, key: uuid.UUID) -> None:
        try:
            self.picture = store_upload(self.owner, file, key)
        except Refused as refused:
            named = gettext("%(file)s: %(problem)s")
            self.add_error("file", named % {"file": file.name, "problem": refused.reason})

    @property
    def field_id(self) -> str:
        """The id that the form sends back: of the kept picture, or the one made for the next."""
        if self.picture:
            return str(self.picture.pk)
        kept = self.data.get(self.add_prefix("id")) if self.is_bound else None
        removed = self.is_bound and self.data.get(self.add_prefix("remove"))
        return str(uuid.uuid4()) if removed or not kept else str(kept)

    @property
    def chosen(self) -> Chosen | None:
        """The picture with its words; None for an empty slot."""
        if not self.picture:
            return None
        data = self.cleaned_data
        return Chosen(self.picture, data["alt"], data.get("label") or RevisionPicture.Label.SKETCH)


class PictureSet:
    """The pictures of a form. Use beside a Django form: check both `is_valid()` before acting.

    `kept` are the pictures shown at first (a revision starts from the last one's). Uploaded files
    are stored while the form is checked, so call `is_valid()` outside a transaction.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        prefix: str = "pictures",
        least: int = 1,
        most: int = 6,
        kept: Iterable[RevisionPicture] = (),
        asks_label: bool = True,
    ) -> None:
        bound = request.method == "POST"
        self.least, self.most, self.prefix = least, most, prefix
        self.problem = ""
        initial = [
            {"id": one.picture_id, "alt": one.alt, "label": one.label} for one in list(kept)[:most]
        ]
        initial += [{"id": uuid.uuid4()} for _more in range(most - len(initial))]
        assert isinstance(request.user, User)
        self.slots = [
            SlotForm(
                request.POST if bound else None,
                request.FILES if bound else None,
                prefix=f"{prefix}-{number}",
                initial=values,
                owner=request.user,
                too_large=refused_uploads(request),
            )
            for number, values in enumerate(initial)
        ]
        if not asks_label:
            # A photo of news shows what it shows; sketch or sample is a word about drafts.
            for slot in self.slots:
                del slot.fields["label"]

    accept = ACCEPT

    @property
    def most_bytes(self) -> int:
        """The largest file, for the script that refuses it before sending."""
        return settings.UPLOAD_MAX_BYTES

    @property
    def most_megabytes(self) -> int:
        """The same for people."""
        return settings.UPLOAD_MAX_BYTES // 1024 // 1024

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What needs another look, each with the id of its place on the page."""
        found = [(f"{self.prefix}-problem", self.problem)] if self.problem else []
        for number, slot in enumerate(self.slots, start=1):
            for name, errors in slot.errors.items():
                words = gettext("Picture %(number)s: %(problem)s")
                problem = words % {"number": number, "problem": " ".join(map(str, errors))}
                found.append((slot[name].auto_id or "", problem))
        return found

    def __iter__(self) -> Iterator[SlotForm]:
        return iter(self.slots)

    def is_valid(self) -> bool:
        """Check every slot, so that each shows its own problem, then their number."""
        fine = not [slot for slot in self.slots if not slot.is_valid()]
        pictures = [slot.picture for slot in self.slots if slot.picture]
        if not pictures and self.least and fine:
            self.problem = ngettext(
                "Add at least %(number)s picture.", "Add at least %(number)s pictures.", self.least
            ) % {"number": self.least}
        elif len({picture.sha256 for picture in pictures}) < len(pictures):
            self.problem = gettext("The same picture is here twice.")
        return fine and not self.problem

    @property
    def chosen(self) -> list[Chosen]:
        """What was chosen, in order; after `is_valid()`."""
        return [chosen for slot in self.slots if (chosen := slot.chosen)]

    @property
    def filled(self) -> bool:
        """Whether a picture is in any slot."""
        return any(slot.picture for slot in self.slots)
