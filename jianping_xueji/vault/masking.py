"""How a confidential value looks to someone who has not given a reason to see it."""

NUMBER_LENGTH = 18  # 公民身份号码 (GB 11643)
SHOWN = 4


def mask(tail_or_text: str, length: int = NUMBER_LENGTH) -> str:
    """``**************0012``. From a stored tail the mask has ``length`` places, from a whole text its own."""
    text = (tail_or_text or "").strip()
    if not text:
        return ""
    places = length if len(text) <= SHOWN else len(text)
    shown = text[-min(SHOWN, places // 2) :]
    return "*" * (places - len(shown)) + shown


def mask_name(name: str) -> str:
    """``王＊＊``: the first character, for pages that anyone with the paper can open."""
    name = (name or "").strip()
    return name[:1] + "＊" * (len(name) - 1)


def mask_phone(phone: str) -> str:
    """``138****5678`` for a mobile number; of a shorter number only the last two figures."""
    phone = (phone or "").strip()
    if len(phone) >= 11:
        return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]
    return "*" * max(len(phone) - 2, 0) + phone[-2:] if len(phone) > 2 else "*" * len(phone)
