"""The packaged tables, read once and handed to the rooms, which read no files themselves."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from ytterby.balance.finding_state import Transitions, read_transitions
from ytterby.balance.use_code import UseCodes, UseLimits, parse_dated_codes, parse_use_limits
from ytterby.balance.watch_rate import WatchRates, parse_watch_rates
from ytterby.chain.door import DoorTables, parse_use_codes
from ytterby.chain.lot_goods import GoodsTables, read_goods_tables
from ytterby.chain.spreadsheet.column import SheetTables, read_sheet_tables
from ytterby.chain.vocabulary import parse_vocabulary
from ytterby.matter.tables import FILES as MATTER_FILES
from ytterby.matter.tables import MatterTables, read_matter_tables
from ytterby.shell.wording.yaml_text import read_yaml
from ytterby.terms.quantity import parse_units


def packaged_text(room: str, name: str) -> str:
    """Return the text of a file that lies beside a room's code.

    Raises:
        FileNotFoundError: the package does not hold it.
    """
    return files(f"ytterby.{room}").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def matter_tables() -> MatterTables:
    """Return the tables of matter."""
    return read_matter_tables({name: packaged_text("matter", name) for name in MATTER_FILES})


@lru_cache(maxsize=1)
def door_tables() -> DoorTables:
    """Return the tables of the door: units, matter, use codes, words of GS1's vocabulary."""
    codes, code_of_name = parse_use_codes(packaged_text("chain", "use_codes.csv"))
    return DoorTables(
        units=parse_units(packaged_text("terms", "units.csv")),
        matter=matter_tables(),
        use_codes=codes,
        use_code_of_name=code_of_name,
        words=parse_vocabulary(packaged_text("chain", "cbv_words.csv")),
    )


@lru_cache(maxsize=1)
def sheet_tables() -> SheetTables:
    """Return the columns and words of spreadsheets."""
    columns, words = (packaged_text("chain", f"spreadsheet/{name}.csv") for name in ("columns", "words"))
    return read_sheet_tables(columns, words)


@lru_cache(maxsize=1)
def goods_tables() -> GoodsTables:
    """Return which goods lots are to the law."""
    return read_goods_tables(*(packaged_text("chain", f"{name}.csv") for name in ("goods_forms", "magnet_types")))


@lru_cache(maxsize=1)
def use_codes() -> UseCodes:
    """Return the dated use codes, with what one unit of each product holds."""
    return parse_dated_codes(packaged_text("balance", "use_codes.csv"))


@lru_cache(maxsize=1)
def use_limits() -> UseLimits:
    """Return the limits of use findings."""
    return parse_use_limits(packaged_text("balance", "use_limits.csv"))


@lru_cache(maxsize=1)
def inquiry_rules() -> Transitions:
    """Return where a finding can stand and what may be done there."""
    return read_transitions(read_yaml(packaged_text("balance", "inquiry_transitions.yaml")))


@lru_cache(maxsize=1)
def watch_rates() -> WatchRates:
    """Return how often each test may alarm on an honest plant."""
    return parse_watch_rates(packaged_text("balance", "watch_rates.csv"))


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of this register, read from limits.yaml."""

    document_bytes: int
    events_per_document: int
    transit_days: int
    settle_at_once_bytes: int
    refused_days: int
    group_documents: int
    group_milliseconds: int
    publish_milliseconds: int
    lot_reuse_days: int
    sheet_bytes: int
    sheet_unpacked_bytes: int
    sheet_ratio: int
    sheet_parts: int
    sheet_sheets: int
    sheet_rows: int
    sheet_columns: int
    sheet_cells: int
    sheet_cell_characters: int
    sheet_memory_bytes: int
    sheet_cpu_seconds: int
    sheet_wall_seconds: int
    list_bytes: int
    list_memory_bytes: int
    list_cpu_seconds: int
    list_wall_seconds: int
    trace_nodes: int
    trace_percent: int


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return the limits of this register."""
    rows = read_yaml(packaged_text("shell.site", "limits.yaml"))
    return Limits(**{name: int(row["value"]) for name, row in rows.items()})
