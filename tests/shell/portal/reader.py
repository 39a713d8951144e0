"""Read a page as a browser does: its tags, its links, its text."""

import re
from html.parser import HTMLParser


class Page(HTMLParser):
    """What a page holds: its tags with their attributes, and its text."""

    def __init__(self, response):
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(response.content.decode("utf-8"))
        self.text = re.sub(r"\s+", " ", " ".join(self.words)).strip()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag):
        """Return the attributes of every element of this name."""
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def hrefs(self):
        """Return where the links lead."""
        return [attributes.get("href") or "" for attributes in self.all("a")]
