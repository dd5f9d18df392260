"""A page as it was served: a tree of elements, and its text in the order of the source, as a text browser shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link", "wbr", "base", "col", "source"}
UNSEEN = {"head", "script", "style", "template", "title", "svg"}
CELLS = {"td", "th"}
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html",
    "legend", "li", "main", "nav", "noscript", "ol", "option", "p", "pre", "section", "summary", "table", "tbody",
    "textarea", "thead", "tr", "ul",
}  # fmt: skip
NAMED_BY = ("aria-labelledby", "aria-describedby")


@dataclass(eq=False)
class Element:
    """One element: what it holds (elements and texts in their order), and what holds it."""

    tag: str
    attributes: dict[str, str]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Return what is inside of these kinds, in order; everything where no kind is named."""
        return [one for one in self._inside() if not tags or one.tag in tags]

    def _inside(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child._inside()

    def around(self) -> Iterator[Element]:
        """Yield what holds it, from the inside to the outside."""
        if self.parent is not None:
            yield self.parent
            yield from self.parent.around()

    def within(self, tag: str) -> Element | None:
        """Return the nearest element of a kind around it."""
        return next((one for one in self.around() if one.tag == tag), None)

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    @property
    def is_hidden(self) -> bool:
        """Whether no browser shows it, with style sheets or without."""
        unsent = self.tag == "input" and self.attributes.get("type") == "hidden"
        return "hidden" in self.attributes or unsent or any("hidden" in one.attributes for one in self.around())

    @property
    def is_silent(self) -> bool:
        """Whether it is not read aloud: it, or what holds it, is for the eye alone."""
        return any(one.attributes.get("aria-hidden") == "true" for one in (self, *self.around()))

    @property
    def whole_text(self) -> str:
        """All its text, whatever it is in, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            yield from [child] if isinstance(child, str) else child._texts()

    def by_id(self, name: str) -> Element | None:
        """Return the element with this id, anywhere on the page."""
        root = next((one for one in self.around() if one.parent is None), self)
        return next((one for one in root.all() if one.attributes.get("id") == name), None)

    @property
    def name(self) -> str:
        """How it is called aloud: its label, the text that labels it, or its own text with that of its pictures."""
        said = self.attributes.get("aria-label", "") or self.pointed("aria-labelledby")
        pictures = [one.attributes.get("alt", "") for one in self.all("img")]
        return said or " ".join([self.whole_text, *pictures]).strip()

    def pointed(self, attribute: str) -> str:
        """Return the text of the elements that an attribute points to."""
        found = [self.by_id(name) for name in self.attributes.get(attribute, "").split()]
        return " ".join(one.whole_text for one in found if one is not None)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(one)
        if tag not in VOID:
            self.here = one

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Element(tag, {name: value or "" for name, value in attrs}, self.here))

    def handle_endtag(self, tag: str) -> None:
        assert self.here.tag == tag, f"</{tag}> closes <{self.here.tag}>"
        assert self.here.parent is not None
        self.here = self.here.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def page_of(html: str) -> Element:
    """Return a page as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def lines_of(element: Element) -> list[str]:
    """Return the text as a text browser shows it: without style sheets and pictures, in the order of the source."""
    text = "".join(_shown(element))
    return [line for line in (re.sub(r"[\s|]*\|[\s|]*", " | ", line).strip(" |") for line in text.split("\n")) if line]


def _shown(element: Element) -> Iterator[str]:
    if element.tag in UNSEEN or element.is_hidden:
        return
    edge = "\n" if element.tag in BLOCKS else "|" if element.tag in CELLS else ""
    yield edge
    for child in element.children:
        yield from [_text(element, child)] if isinstance(child, str) else _shown(child)
    yield edge


def _text(element: Element, text: str) -> str:
    """Return a text as it stands in preformatted text, and elsewhere with single spaces."""
    return text if element.tag == "pre" or element.within("pre") else re.sub(r"\s+", " ", text)
