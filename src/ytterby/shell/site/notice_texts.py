"""What mails to people say, in both languages: notices.yaml beside this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ytterby.shell.site.packs import packaged_text
from ytterby.shell.wording.yaml_text import read_yaml

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class NoticeText:
    """Subject and text by language; `has_link` where the mail is the one place of a link."""

    subject: Mapping[str, str]
    text: Mapping[str, str]
    has_link: bool


@cache
def notice_texts() -> Mapping[str, NoticeText]:
    """Return kind -> what its mail says."""
    rows = read_yaml(packaged_text("shell.site", "notices.yaml"))
    return {
        kind: NoticeText(
            {language: said[language]["subject"] for language in LANGUAGES},
            {language: said[language]["text"] for language in LANGUAGES},
            all("{link}" in said[language]["text"] for language in LANGUAGES),
        )
        for kind, said in rows.items()
    }
