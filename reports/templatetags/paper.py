"""Tags of the printed forms."""

from django import template

register = template.Library()


@register.filter
def snug(text: str, room: int) -> str:
    """A class that sets a long text smaller: '' up to `room` characters, then 'long', then 'longer'."""
    length = len(str(text or ""))
    return "" if length <= room else "long" if length <= room * 2 else "longer"
