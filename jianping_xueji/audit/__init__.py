"""审计：谁在何时看了什么、改了什么，一事一条，只增不改，成批封入哈希链，每日留锚。

Reads are written by :mod:`middleware` before the page leaves the house; changes are written by the database itself at
the end of the transaction that made them (:mod:`watching`). A page that shows children without loading their rows says
so with :func:`saw`; a search says with :func:`searched` what was asked for.
"""

from .trail import became, on_behalf, saw, searched

__all__ = ["became", "on_behalf", "saw", "searched"]
