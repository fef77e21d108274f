"""Tags of the printed forms."""

from django import template

from ..codes import qr_code

register = template.Library()


@register.filter
def snug(text: str, room: int) -> str:
    """A class that sets a long text smaller: '' up to `room` characters, then 'long', then 'longer'."""
    length = len(str(text or ""))
    return "" if length <= room else "long" if length <= room * 2 else "longer"


@register.simple_tag
def qr(address: str):
    """A second code on the paper, beside that of the genuineness page: where the paper's own work goes on."""
    return qr_code(address)
