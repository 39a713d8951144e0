"""XML of lists, read as a stream: one record at a time, never the tree of a whole file (threat X5).

A document type, and with it every entity of its own, internal or external, is refused before anything is expanded;
nothing is ever fetched. Depth, attributes of an element, characters of a text and the length of a tag are bounded, so
that memory holds one record and a few million bytes of what is not understood yet.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from ytterby.screening.lists.gathering import FileRefused, ListFile, ListLimits, Place
from ytterby.terms.problem import Problem, refuse

CHUNK = 1 << 16
_APART = "\x1f"


@dataclass(slots=True)
class Node:
    """An element: local name, attributes by local name, its own text, children in order, and where it stands."""

    tag: str
    attributes: Mapping[str, str]
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def get(self, name: str) -> str:
        """Return an attribute, stripped; empty where there is none."""
        return self.attributes.get(name, "").strip()

    def all(self, path: str) -> list["Node"]:
        """Return the elements along a path of names from here."""
        found = [self]
        for name in path.split("/"):
            found = [child for one in found for child in one.children if child.tag == name]
        return found

    def first(self, path: str) -> "Node | None":
        """Return the first element along a path; None where there is none."""
        found = self.all(path)
        return found[0] if found else None

    def said(self, path: str) -> str:
        """Return the text of the first element along a path that says anything."""
        return next((text for one in self.all(path) if (text := one.text.strip())), "")

    def each_said(self, path: str) -> list[str]:
        """Return the texts of all elements along a path that say anything."""
        return [text for one in self.all(path) if (text := one.text.strip())]


class XmlRecords:
    """The elements of certain names in a file, one after the other; `root` is known from the first on."""

    def __init__(self, file: ListFile, wanted: frozenset[str], limits: ListLimits) -> None:
        self.root: Node | None = None
        self._file, self._wanted, self._limits = file, wanted, limits
        self._done: list[tuple[str, Node]] = []
        self._open: list[Node] = []
        self._path: list[str] = []
        self._texts: list[list[str]] = []
        self._kept = 0
        self._parser = expat.ParserCreate(namespace_separator=_APART)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype
        self._parser.ExternalEntityRefHandler = self._doctype
        self._parser.buffer_text = True

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """Yield (path, element) for each wanted element that lies in no other wanted one.

        Raises:
            FileRefused: the file is no XML, or does what no list does.
        """
        raw = self._file.raw
        for start in range(0, len(raw) + 1, CHUNK):
            part = raw[start : start + CHUNK]
            try:
                self._parser.Parse(part, start + CHUNK >= len(raw))
            except expat.ExpatError as error:
                place = Place(self._file.name, error.lineno, "/" + "/".join(self._path))
                problem = refuse("list.xml_unreadable", "", expat.ErrorString(error.code), column=error.offset)
                raise FileRefused(place.of(problem)) from None
            except (LookupError, ValueError) as error:
                # An encoding that expat does not know, or knows and cannot read.
                problem = refuse("list.xml_unreadable", "", str(error), column=0)
                raise FileRefused(Place(self._file.name).of(problem)) from None
            if start + len(part) - self._parser.CurrentByteIndex > self._limits.token_bytes:
                self._refuse(refuse("list.xml_token_too_long", "", "", limit=self._limits.token_bytes))
            done, self._done = self._done, []
            yield from done
            if start + CHUNK >= len(raw):
                return

    def _refuse(self, problem: Problem) -> None:
        path = "/" + "/".join(self._path[:20])
        raise FileRefused(Place(self._file.name, self._parser.CurrentLineNumber, path).of(problem))

    def _doctype(self, *_: object) -> int:
        self._refuse(refuse("list.xml_doctype"))
        return 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= self._limits.depth:
            self._refuse(refuse("list.xml_too_deep", "", "", limit=self._limits.depth))
        if len(attributes) > self._limits.attributes:
            self._refuse(refuse("list.xml_too_many_attributes", "", _local(name), limit=self._limits.attributes))
        tag = _local(name)
        self._path.append(tag)
        plain = {_local(key): value for key, value in attributes.items()}
        node = Node(tag, plain, self._parser.CurrentLineNumber)
        if self.root is None:
            self.root = node
        if self._open or tag in self._wanted:
            if self._open:
                self._open[-1].children.append(node)
            self._keep(sum(map(len, plain.values())) + len(tag))
            self._open.append(node)
            self._texts.append([])

    def _characters(self, text: str) -> None:
        if self._open:
            self._keep(len(text))
            self._texts[-1].append(text)

    def _keep(self, characters: int) -> None:
        """Count what a record holds, a few characters for each element with it; one of many texts is none."""
        self._kept += characters + 16
        if self._kept > self._limits.characters * 10:
            self._refuse(refuse("list.xml_record_too_large", "", "", limit=self._limits.characters * 10))

    def _end(self, name: str) -> None:
        del name
        path = "/" + "/".join(self._path)
        self._path.pop()
        if self._open:
            node = self._open.pop()
            node.text = "".join(self._texts.pop())
            if not self._open:
                self._kept = 0
                self._done.append((path, node))


def _local(name: str) -> str:
    return name.rpartition(_APART)[2]
