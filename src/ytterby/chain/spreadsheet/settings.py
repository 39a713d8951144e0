"""How a spreadsheet is to be read: by which converter, for whom, under which names, zone and decimal sign.

All that the derived document depends on beside the bytes stands here and is kept with the submission, so that the
conversion can be made again and compared. The version is raised with any change of what comes out of the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ytterby.chain.spreadsheet.column import SHEETS

CONVERTER = "ytterby-sheet/1"


@dataclass(frozen=True, slots=True)
class Settings:
    """`own` gives, for each sheet, a party's own headers and the header that each stands for (`-`: passed over).

    `base` is where lots of somebody without GS1 keys are minted; `zone` and `decimal` are used where the document
    does not say. `given` are those of the own headers that came with the document, to be remembered if it is taken in;
    they say nothing of the conversion.
    """

    party: str = ""
    base: str = ""
    own: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    zone: str = ""
    decimal: str = ""
    given: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the settings as they are kept, with the converter they belong to."""
        own = {sheet: dict(sorted(self.own.get(sheet, {}).items())) for sheet in SHEETS if self.own.get(sheet)}
        return {
            "converter": CONVERTER,
            "party": self.party,
            "base": self.base,
            "columns": own,
            "zone": self.zone,
            "decimal": self.decimal,
            "given": sorted(self.given),
        }


def settings_of(kept: Mapping[str, object]) -> Settings:
    """Return settings as they were kept.

    Raises:
        ValueError: they are not those of a conversion.
    """
    columns, given = kept.get("columns"), kept.get("given")
    texts = [kept.get(name) for name in ("party", "base", "zone", "decimal")]
    if not isinstance(columns, Mapping) or not isinstance(given, list) or not all(isinstance(t, str) for t in texts):
        raise ValueError("settings of a conversion name party, base, columns, zone, decimal sign and given columns")
    party, base, zone, decimal = (str(text) for text in texts)
    own = {str(sheet): {str(k): str(v) for k, v in names.items()} for sheet, names in columns.items()}
    return Settings(party, base, own, zone, decimal, tuple(str(name) for name in given))
