from django import forms


class AskForm(forms.Form):
    """What a pack is for; it stands on the cover and in the log."""

    purpose = forms.CharField(
        label="用途", max_length=100, help_text="如：配合法院调查、信访答复、督导检查。写在封面和每页水印上，并留痕。"
    )
