"""The styles of a paper, remembered from the papers before it.

The engine asks every rule about every element of every paper and works out the same styles again: a sixth of the time
of a page. What a selector says of an element follows from its forebears and from their and its own siblings; so
elements with the same line of families have the same styles, and only families not met yet are shown to the engine.
"""

from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace

from .parsing import SVG

MOST_FAMILIES = 3000  # of one stylesheet; then all is forgotten
OURS_AND_ENGINES = 2


class Place:
    """Where an element stands: its styles by pseudo-element, and the places of its children by what family they are."""

    __slots__ = ("families", "styles")

    def __init__(self):
        self.families, self.styles = {}, {}


class Remembered:
    """What is known under one stylesheet: places from above the root down, and styles by what they were made of.

    A paper that brings rules of its own, beside the engine's and ours, is remembered by nobody.
    """

    def __init__(self):
        self.top, self.styles, self.families = Place(), {}, 0

    @classmethod
    def of(cls, sheets: list) -> "Remembered":
        if len(sheets) != OURS_AND_ENGINES:
            return cls()
        sheet = sheets[-1][0]
        known = vars(sheet).get("remembered")
        if known is None or known.families > MOST_FAMILIES:
            known = sheet.remembered = cls()
        return known


def remember_styles(css) -> None:
    """Let the engine's `css` module remember styles."""
    if css.StyleFor.__module__ == css.__name__:
        css.StyleFor = remembering(css.StyleFor)


@cache
def remembering(engine: type) -> type:
    """The engine's class for the styles of a document, with a memory in its last stylesheet, which is ours."""

    class StyleFor(engine):
        def __init__(self, html, sheets, hints, font_config, targets):
            self.known, self.targets = Remembered.of(sheets), targets
            walk = Walk(html, self)
            shown = SimpleNamespace(etree_element=html.etree_element, base_url=html.base_url, wrapper_element=walk)
            super().__init__(shown, sheets, hints, font_config, targets)
            walk.keep(self.get_computed_styles())

        def set_computed_styles(
            self, element, parent, root=None, pseudo_type=None, base_url=None, target_collector=None
        ):
            """As the engine, but equal declarations under the same parent are the same style; pages have their own."""
            computed, styles = self.get_computed_styles(), self.known.styles
            told = self.get_cascaded_styles().get((element, pseudo_type), {})
            made_of = tuple((name, id(value), weight) for name, (value, weight) in told.items())
            key = id(computed.get((parent, None))), pseudo_type, made_of
            if target_collector and key in styles:
                self.take(element, pseudo_type, styles[key])
                return
            super().set_computed_styles(element, parent, root, pseudo_type, base_url, target_collector)
            if target_collector:
                styles[key] = style = computed[element, pseudo_type]
                style.cells = {}  # laid out with it: see cells.py

        def take(self, element, pseudo_type, style) -> None:
            self.get_computed_styles()[element, pseudo_type] = style
            if style["anchor"]:
                self.targets.collect_anchor(style["anchor"])

    return StyleFor


class Walk:
    """Stands in for the root's wrapper: gives what is known to the styles, and shows the engine only the rest."""

    def __init__(self, html, styles):
        self.root, self.styles, self.fresh = html.wrapper_element, styles, []

    def iter_subtree(self) -> Iterator:
        return self.family(self.styles.known.top, [self.root.etree_element], lambda: [self.root])

    def family(self, parent: Place, children: list, wrappers: Callable[[], list]) -> Iterator:
        """The wrappers of those not known, and of those below them; `wrappers` makes the children's when asked."""
        shape = tuple((child.tag, *child.attrib.items()) for child in children)
        places = parent.families.get(shape)
        if places is None:
            places = [Place() for _ in children]
            self.fresh.append((parent, shape, children, places))
            yield from wrappers()
        else:
            self.take(children, places)
        for at, (child, place) in enumerate(zip(children, places, strict=True)):
            if child.tag.startswith(SVG):
                yield from wrapped_below(wrappers()[at])  # no two drawings are alike
            elif len(child):
                yield from self.family(place, list(child), below(wrappers, at))

    def take(self, children: list, places: list[Place]) -> None:
        for child, place in zip(children, places, strict=True):
            for pseudo_type, style in place.styles.items():
                self.styles.take(child, pseudo_type, style)

    def keep(self, computed: dict) -> None:
        """Remember the families that the engine has been shown."""
        met = {
            child: place for _, _, children, places in self.fresh for child, place in zip(children, places, strict=True)
        }
        for (element, pseudo_type), style in computed.items() if met else ():
            if element in met:
                met[element].styles[pseudo_type] = style
        for parent, shape, _, places in self.fresh:
            parent.families[shape] = places
        self.styles.known.families += len(self.fresh)


def below(wrappers: Callable[[], list], at: int) -> Callable[[], list]:
    return cache(lambda: list(wrappers()[at].iter_children()))


def wrapped_below(wrapper) -> Iterator:
    found = wrapper.iter_subtree()
    next(found)
    return found
