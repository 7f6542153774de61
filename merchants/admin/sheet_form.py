"""How a sheet is brought, of merchants and of what is theirs."""

from typing import Any

from django import forms

from merchants.sheets.reading import BYTES_LIMIT
from tenancy.owned_admin import OwnedForm

_MEGABYTES = BYTES_LIMIT // 1024**2


def sheet_form(rows: int) -> type[OwnedForm]:
    """The form for a file with at most so many ``rows``; what is in it is checked by a worker."""

    class SheetForm(OwnedForm):
        file = forms.FileField(
            label="sheet",
            help_text=f"CSV in UTF-8 or XLSX; at most {rows} rows and {_MEGABYTES} MB. "
            "Nothing is taken before you have seen the result.",
        )

        def clean_file(self) -> Any:
            file = self.cleaned_data["file"]
            if file.size > BYTES_LIMIT:
                raise forms.ValidationError(f"The file is larger than {_MEGABYTES} MB.")
            return file

    return SheetForm
