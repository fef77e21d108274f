"""The admin's addresses; importing the tables registers them."""

from . import numbers_of_law, offices, people, records  # noqa: F401 — registration
from .site import site

urls = site.urls
