"""Triggers that keep the lines of licences equal to their entries, on both databases (invariants I1 to I3).

An entry that is inserted is added to its line; a line changes by its next entry and in no other way; entries neither
change nor go, lines do not go. So whoever writes to the database by hand gets no other balance without taking the
triggers away, which the doctor sees. `CHECK` constraints of the tables do the rest (`models.licence`).
"""

from collections.abc import Iterator, Mapping

ENTRIES, LINES = "store_licenceentryrow", "store_licencelinerow"
SUMS = ("quantity", "tolerance", "drawn", "reserved", "unlicensed")

_ADD = f"""UPDATE {LINES} SET
  {", ".join(f"{name} = {name} + NEW.{name}" for name in SUMS)},
  free = free + NEW.quantity + NEW.tolerance - NEW.drawn - NEW.reserved,
  entries = entries + 1, is_exhausted = NEW.is_exhausted_after
WHERE id = NEW.line_id"""  # noqa: S608 -- names of our own
_NEXT = f"""NEW.id = OLD.id AND NEW.number = OLD.number AND NEW.line = OLD.line AND NEW.unit = OLD.unit
  AND NEW.entries = OLD.entries + 1 AND EXISTS (SELECT 1 FROM {ENTRIES} e WHERE e.line_id = OLD.id
  AND e.place = NEW.entries AND {" AND ".join(f"e.{name} = NEW.{name} - OLD.{name}" for name in SUMS)}
  AND e.drawn_after = NEW.drawn AND e.reserved_after = NEW.reserved AND e.is_exhausted_after = NEW.is_exhausted)"""  # noqa: S608
_EMPTY = " AND ".join(f"NEW.{name} = 0" for name in (*SUMS, "free", "entries")) + " AND NOT NEW.is_exhausted"

_ONLY_BY_ENTRIES = "a line of a licence changes by its entries alone"
_FOR_EVER = "what was entered on a licence neither changes nor goes"

# Name -> table, when, of each row or statement, what; `None`: it forbids, with the sentence.
_SQLITE: Mapping[str, str] = {
    "licence_entry_added": f"AFTER INSERT ON {ENTRIES} BEGIN {_ADD}; END",
    "licence_entry_changed": f"BEFORE UPDATE ON {ENTRIES} BEGIN SELECT RAISE(ABORT, '{_FOR_EVER}'); END",
    "licence_entry_gone": f"BEFORE DELETE ON {ENTRIES} BEGIN SELECT RAISE(ABORT, '{_FOR_EVER}'); END",
    "licence_line_changed": (
        f"BEFORE UPDATE ON {LINES} WHEN NOT ({_NEXT}) BEGIN SELECT RAISE(ABORT, '{_ONLY_BY_ENTRIES}'); END"
    ),
    "licence_line_made": (
        f"BEFORE INSERT ON {LINES} WHEN NOT ({_EMPTY}) BEGIN SELECT RAISE(ABORT, '{_ONLY_BY_ENTRIES}'); END"
    ),
    "licence_line_gone": f"BEFORE DELETE ON {LINES} BEGIN SELECT RAISE(ABORT, '{_FOR_EVER}'); END",
}
_FORBID_ENTRY = f"RAISE EXCEPTION '{_FOR_EVER}' USING ERRCODE = 'integrity_constraint_violation';"
_FORBID_LINE = f"RAISE EXCEPTION '{_ONLY_BY_ENTRIES}' USING ERRCODE = 'integrity_constraint_violation';"
# Name -> when and on what, and the body of its function.
_POSTGRESQL: Mapping[str, tuple[str, str]] = {
    "licence_entry_added": (f"AFTER INSERT ON {ENTRIES} FOR EACH ROW", f"{_ADD}; RETURN NULL;"),
    "licence_entry_changed": (f"BEFORE UPDATE OR DELETE ON {ENTRIES} FOR EACH ROW", _FORBID_ENTRY),
    "licence_entry_gone": (f"BEFORE TRUNCATE ON {ENTRIES} FOR EACH STATEMENT", _FORBID_ENTRY),
    "licence_line_changed": (
        f"BEFORE UPDATE ON {LINES} FOR EACH ROW",
        f"IF NOT ({_NEXT}) THEN {_FORBID_LINE} END IF; RETURN NEW;",
    ),
    "licence_line_made": (
        f"BEFORE INSERT ON {LINES} FOR EACH ROW",
        f"IF NOT ({_EMPTY}) THEN {_FORBID_LINE} END IF; RETURN NEW;",
    ),
    "licence_line_gone": (f"BEFORE DELETE ON {LINES} FOR EACH ROW", _FORBID_ENTRY),
    "licence_lines_gone": (f"BEFORE TRUNCATE ON {LINES} FOR EACH STATEMENT", _FORBID_ENTRY),
}


def trigger_texts(vendor: str) -> dict[str, str]:
    """Return what each trigger does, by its name: as SQLite keeps it, or the body of PostgreSQL's function."""
    if vendor == "postgresql":
        return {name: f"BEGIN {body} END" for name, (_, body) in _POSTGRESQL.items()}
    return {name: f"CREATE TRIGGER {name} {what}" for name, what in _SQLITE.items()}


def making(vendor: str) -> Iterator[str]:
    """Yield the statements that make the triggers."""
    texts = trigger_texts(vendor)
    if vendor != "postgresql":
        yield from texts.values()
        return
    for name, (when, _) in _POSTGRESQL.items():
        yield f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${texts[name]}$$"
        yield f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()"


def dropping(vendor: str) -> Iterator[str]:
    """Yield the statements that take them away."""
    for name in trigger_texts(vendor):
        if vendor == "postgresql":
            yield f"DROP FUNCTION {name} CASCADE"
        else:
            yield f"DROP TRIGGER {name}"
