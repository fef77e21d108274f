"""The field for an uploaded workbook: its size alone is looked at here, what is inside by the reader."""

from django import forms

from .container import Limits
from .listing import Listing
from .opening import ACCEPT, FORMATS


class WorkbookField(forms.FileField):
    """A workbook no larger than its reader opens; `apart` says how a larger one is divided."""

    def __init__(self, limits: Limits, *, apart: str = "分开上传", **kwargs):
        self.limits, self.apart = limits, apart
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"accept": ACCEPT}

    def clean(self, data, initial=None):
        workbook = super().clean(data, initial)
        if workbook and workbook.size > self.limits.file_bytes:
            raise forms.ValidationError(f"文件超过 {self.limits.megabytes} MB，请{self.apart}。")
        return workbook


class ListingField(WorkbookField):
    """A list whose columns are known, under its own title."""

    def __init__(self, listing: Listing, **kwargs):
        super().__init__(listing.limits, label=f"{listing.title}（{FORMATS}）", **kwargs)
