"""What was published of the office's statistics: releases as records of the log (`licence.statistics`)."""

from collections.abc import Sequence
from typing import Any

import msgspec

from ytterby.licence.statistics import Release
from ytterby.licence.statistics_table import Statistics, read_statistics
from ytterby.matter.element import ELEMENTS
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.store.registering import Registrable
from ytterby.shell.store.rights import stored_records
from ytterby.shell.wording.yaml_text import read_yaml

RELEASE = "statistics_release"
OTHER = "other"

Json = dict[str, Any]


def office_statistics(regions: Sequence[str]) -> Statistics:
    """Return the packaged tables, split by these regions and the others together."""
    text = packaged_text("licence", "statistics.yaml")
    return read_statistics(read_yaml(text), tuple(ELEMENTS), (*dict.fromkeys(regions), OTHER))


def release_record(release: Release) -> Registrable:
    """Return the record of what was published."""
    return Registrable(RELEASE, release.id, {"id": release.id, **msgspec.to_builtins(release)})


def stored_releases(size: int | None = None) -> list[Release]:
    """Return all that was published, in order of the log."""
    names = Release.__struct_fields__
    return [
        msgspec.convert({name: record.fields[name] for name in names if name in record.fields}, Release)
        for record in stored_records(size, kinds=(RELEASE,))
    ]
