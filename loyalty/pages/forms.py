"""The form of the joining page."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from loyalty.member_state import Purpose
from loyalty.services.join import Agreement, Application
from loyalty.wording import VERSION, wording


class JoinForm(forms.Form):
    """Only the consent to membership is needed: a card alone makes a member."""

    name = forms.CharField(
        label=_("Name"), required=False, max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Phone"), required=False, max_length=16,
        validators=[RegexValidator(r"^\+[1-9][0-9]{6,14}$", _("Such as +85291234567."))],
        widget=forms.TextInput(
            attrs={"autocomplete": "tel", "inputmode": "tel", "placeholder": "+85291234567"}
        ),
    )  # fmt: skip
    email = forms.EmailField(
        label=_("E-mail"), required=False, max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    membership = forms.BooleanField()
    marketing = forms.BooleanField(required=False)
    wallet = forms.BooleanField(required=False)
    form = forms.CharField(max_length=256, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **({"label_suffix": ""} | kwargs))
        for purpose in Purpose:
            self.fields[purpose.value].label = wording(purpose)

    def clean_phone(self) -> str:
        return str(self.cleaned_data["phone"]).replace(" ", "")

    def to_application(self) -> Application:
        """What the service needs; the wording's version names the language it was read in."""
        said = self.cleaned_data
        version = f"{VERSION}/{translation.get_language()}"[:32]
        agreed = tuple(Agreement(each, version) for each in Purpose if said[each.value])
        return Application(said["name"], said["phone"], said["email"], agreed)
