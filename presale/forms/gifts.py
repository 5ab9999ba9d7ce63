"""What is said with a gift."""

from django import forms
from django.utils.translation import gettext_lazy as _


class GiftForm(forms.Form):
    """From whom it is, the words on the card, and where the recipient is told."""

    giver = forms.CharField(label=_("From"), max_length=100, help_text=_("As the card says it."))
    message = forms.CharField(
        label=_("Message"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Printed on the card in the parcel. No price is printed."),
    )
    recipient_email = forms.EmailField(
        label=_("E-mail of the recipient"),
        required=False,
        help_text=_("They get one mail, without a price, when the parcel is sent."),
    )
