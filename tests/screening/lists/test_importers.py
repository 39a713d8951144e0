"""Files of lists become entries: those that were run on real files, and those that were written from documentation."""

from dataclasses import fields
from datetime import date

import pytest

from screening.listed_files import ADD, ALL, ALT, MOFCOM, OWN, SDN, codes, read, real, text_file
from ytterby.screening.entry import EntrySchema, ListedEntry, ListedName, NameKind
from ytterby.screening.entry_text import entry_text, read_entry
from ytterby.screening.lists.reading import FORMATS, sniff

PRIMARY, ALIAS, FORMER, WEAK = NameKind.PRIMARY, NameKind.ALIAS, NameKind.FORMER, NameKind.WEAK


def by_id(found):
    return {entry.id: entry for entry in found.entries}


def kinds(entry):
    return {name.text: name.kind for name in entry.names}


@pytest.mark.parametrize("format_id", FORMATS)
def test_every_format_is_told_by_content_and_reads_its_file(format_id):
    files = ALL[format_id]
    assert {sniff(file) for file in files} == {format_id}
    found = read(*files)
    assert found.format == format_id
    assert found.entries
    for entry in found.entries:
        assert entry.names
        assert read_entry(entry_text(entry)) == entry


def test_the_same_bytes_give_the_same_entries():
    for files in ALL.values():
        assert read(*files) == read(*files)


def test_the_un_list_as_it_is():
    found = read(*real("un_consolidated.xml"))
    assert (found.format, found.published, len(found.entries)) == ("un-xml", date(2026, 2, 27), 1003)
    assert sum(entry.schema is EntrySchema.PERSON for entry in found.entries) == 730
    assert sum(any("\u0600" <= c <= "\u06ff" for c in name.text) for e in found.entries for name in e.names) > 350
    assert 600 < sum(name.kind is WEAK for entry in found.entries for name in entry.names) < 700
    assert {problem.severity.value for problem in found.problems} <= {"remark"}
    badege = by_id(found)["CDi.001"]
    assert (badege.countries, badege.born, badege.listed_on) == (("CD", "RW"), ("1971",), date(2012, 12, 31))


def test_ofacs_legacy_files_as_they_are():
    found = read(*real("ofac_sdn.csv", "ofac_alt.csv"))
    assert (found.format, len(found.entries)) == ("ofac-legacy", 8976)
    assert sum(len(entry.names) for entry in found.entries) == 23318
    assert codes(found).count("list.part_missing") == 2
    assert sum(kind == "imo" for entry in found.entries for kind, _ in entry.identifiers) > 400
    assert sum(bool(entry.born) for entry in found.entries) > 4000
    assert kinds(by_id(found)["306"])["BNC"] is WEAK


def test_the_old_layout_of_the_us_list_as_it_is():
    found = read(*real("us_csl_sample.csv"))
    assert (found.format, len(found.entries)) == ("us-csl-csv", 115)
    assert not any(problem.code == "list.duplicate_id" for problem in found.problems[5:])


def test_ofacs_files_belong_together():
    found = read(text_file("sdn.csv", SDN), text_file("alt.csv", ALT), text_file("add.csv", ADD))
    anton = by_id(found)["1"]
    assert kinds(anton) == {
        "EXAMPLEV, Anton": PRIMARY,
        "TOSHA": WEAK,
        "EXAMPLEFF, Anton": ALIAS,
        "OLDNAME, Anton": FORMER,
    }
    assert anton.born == ("1966-09-08", "1967")
    assert anton.countries == ("BY",)
    assert anton.identifiers == (("passport", "X1"), ("tax", "77"))
    assert anton.addresses == ("1 Example Road, Minsk 1, Belarus",)
    assert anton.programmes == ("EXP", "OTHER")
    assert by_id(found)["2"].identifiers == (("imo", "9187629"),)
    assert by_id(found)["2"].schema is EntrySchema.VESSEL
    assert "list.belongs_to_nobody" in codes(found)


def test_without_the_file_of_aliases_the_import_has_a_finding():
    found = read(text_file("sdn.csv", SDN))
    assert [p.severity.value for p in found.problems if p.code == "list.part_missing_names"] == ["finding"]
    assert read(text_file("alt.csv", ALT)).entries == ()


def test_ofacs_advanced_format_from_documentation():
    found = read(*ALL["ofac-advanced-xml"])
    entries = by_id(found)
    assert (found.published, FORMATS[found.format].is_from_documentation) == (date(2026, 3, 5), True)
    anton = entries["1"]
    assert kinds(anton) == {"EXAMPLEV Anton": PRIMARY, "ПРИМЕРОВ Антон": ALIAS, "TOSHA": WEAK}
    assert (anton.schema, anton.born, anton.countries) == (EntrySchema.PERSON, ("1966-09-08",), ("IR",))
    assert (anton.programmes, anton.measures) == (("EXPROG",), ("Block",))
    assert (anton.listed_on, anton.act) == (date(2024, 2, 23), "Executive Order 1")
    assert anton.identifiers == (("passport", "AB 123"),)
    firm = entries["2"]
    assert kinds(firm) == {"EXAMPLE TRADING LLC": PRIMARY, "OLD EXAMPLE LLC": FORMER}
    assert firm.addresses == ("1 Example Street, Iran",)
    assert "Owned or Controlled By EXAMPLEV Anton (1)" in firm.remark
    assert entries["3"].schema is EntrySchema.VESSEL
    assert entries["3"].identifiers == (("imo", "9187629"),)
    assert "list.passed_over" in codes(found)


def test_the_eu_list_from_documentation():
    found = read(*ALL["eu-fsf-xml"])
    anton, works = found.entries
    assert found.published == date(2026, 3, 4)
    assert kinds(anton) == {"Anton Examplev": PRIMARY, "Антон Примеров": ALIAS, "Tosha": WEAK}
    assert (anton.id, anton.schema, anton.countries, anton.born) == (
        "EU.27.28",
        EntrySchema.PERSON,
        ("RU", "BY"),
        ("1937-04-28",),
    )
    assert (anton.programmes, anton.listed_on, anton.url) == (("EXP",), date(2003, 7, 7), "https://example.org/act")
    assert anton.identifiers == (("passport", "X 1"),)
    assert "knownExpired" in anton.remark
    assert works.born == ("1990", "1992")
    assert "newThing: something else" in works.remark
    assert "list.not_understood" in codes(found)


@pytest.mark.parametrize("format_id", ["uk-xml", "uk-csv"])
def test_the_uk_list_from_documentation(format_id):
    found = read(*ALL[format_id])
    anton = by_id(found)["EXA0001"]
    assert found.published == date(2026, 1, 21)
    expected = {"Anton EXAMPLEV": PRIMARY, "Антон Примеров": ALIAS, "Tosha": WEAK}
    assert kinds(anton).items() >= expected.items()
    assert (anton.schema, anton.countries, anton.born) == (EntrySchema.PERSON, ("RU",), ("1945",))
    assert (anton.measures, anton.listed_on) == (("Asset freeze", "Travel Ban"), date(2021, 2, 12))
    assert anton.identifiers == (("passport", "X 1"),)
    assert "Reasons." in anton.remark
    rest = by_id(found)
    if format_id == "uk-xml":
        assert rest["EXA0002"].identifiers == (("imo", "9187629"),)
    else:
        assert rest["EXA0003"].identifiers == (("registration", "100"), ("registration", "200"))


@pytest.mark.parametrize("format_id", ["us-csl-json", "us-csl-csv-now"])
def test_the_present_us_list_from_documentation(format_id):
    (works,) = read(*ALL[format_id]).entries
    assert works.id == "a1"
    assert kinds(works) == {"Example Magnet Works": PRIMARY, "Example Magnetics": ALIAS, "示例磁材厂": ALIAS}
    assert works.identifiers == (("uscc", "91330200MA2AAAAA1X"),)
    assert "CN" in works.countries
    assert (works.listed_on, works.act, works.url) == (date(2024, 1, 2), "89 FR 1", "https://example.org/el")
    assert works.programmes[0] == "Entity List (EL) - Example"
    if format_id == "us-csl-json":
        assert "new field: new" in works.remark


def test_mofcoms_lists_in_both_languages():
    aero, systems = read(*ALL["mofcom-csv"]).entries
    assert kinds(aero) == {"Example Aero Inc.": PRIMARY, "示例航空公司": ALIAS, "EA": ALIAS, "示例航空": ALIAS}
    assert (aero.programmes, aero.measures) == (("control list",), ("no export of dual-use items",))
    assert (aero.act, aero.listed_on, aero.countries) == ("2025 No. 1", date(2025, 1, 2), ("US",))
    assert systems.ends_on == date(2026, 11, 10)
    alone = read(text_file("m.csv", MOFCOM.replace("示例航空公司", "")))
    assert "list.one_language" in codes(alone)


def test_a_mofcom_entry_keeps_its_id_when_its_alias_changes():
    before, after = read(*ALL["mofcom-csv"]), read(text_file("m.csv", MOFCOM.replace("EA; ", "EA; EAI; ")))
    assert [entry.id for entry in before.entries] == [entry.id for entry in after.entries]


def test_metis_list_as_an_operator_keeps_it():
    (entry,) = read(*ALL["meti-csv"]).entries
    assert (entry.id, entry.countries, entry.programmes) == ("1", ("IR",), ("N", "M"))
    assert kinds(entry) == {"Example Institute": PRIMARY, "EI": ALIAS, "Example Inst.": ALIAS}


def test_ftm_entities_are_joined_and_the_rest_is_counted():
    found = read(*ALL["ftm-json-lines"])
    (works,) = found.entries
    assert kinds(works) == {"Example Works": PRIMARY, "Works": ALIAS, "EW": WEAK, "Old Works": FORMER}
    assert (works.addresses, works.programmes) == (("Example Road 1",), ("sanction", "P"))
    assert (works.listed_on, works.born) == (date(2024, 1, 2), ("1990-05",))
    assert works.identifiers == (("lei", "529900T8BM49AURSDO55"),)
    assert {"list.passed_over", "list.line_unreadable"} <= set(codes(found))


def test_an_own_list_fills_every_field():
    works, person = read(*ALL["own-csv"]).entries
    empty = ListedEntry("own-test", "1", EntrySchema.ORGANIZATION, (ListedName("Example Works"),))
    same = {one.name for one in fields(ListedEntry) if getattr(works, one.name) == getattr(empty, one.name)}
    assert same == {"list", "id", "schema", "ends_on"}
    assert kinds(works) == {"Example Works": PRIMARY, "Works of Example": ALIAS, "Old Works": FORMER, "EW": WEAK}
    assert (person.countries, person.born) == (("CN",), ("1970-01-02",))


def test_two_entries_of_one_number_are_both_kept_and_named():
    found = read(text_file("own.csv", OWN + "1,Person,Another One,,,,,,,,,,,,,,\n"))
    assert set(by_id(found)) == {"1", "1#2", "2"}
    (problem,) = [p for p in found.problems if p.code == "list.duplicate_id"]
    assert (problem.severity.value, problem.where.file, problem.where.row, problem.value) == (
        "finding",
        "own.csv",
        4,
        "1",
    )


def test_an_entry_without_a_name_is_named_and_nobody_else_is_lost():
    found = read(text_file("own.csv", OWN + "3,Person,,,,,,,,,,,,,,,\n,Person,Nameless Id,,,,,,,,,,,,,,\n"))
    assert set(by_id(found)) == {"1", "2"}
    assert [(p.code, p.where.row) for p in found.problems] == [("list.no_name", 4), ("list.no_id", 5)]


def test_a_day_that_cannot_be_read_stays_in_the_remark():
    found = read(text_file("own.csv", OWN.replace("2025-01-09", "2025-13-09").replace("1970-01-02", "long ago")))
    assert codes(found) == ["list.bad_day", "list.bad_day"]
    works, person = found.entries
    assert "2025-13-09" in works.remark
    assert "long ago" in person.remark
    assert works.listed_on is None


def test_a_column_that_nobody_knows_is_counted_and_its_cells_are_kept():
    text = OWN.replace(",remark\n", ",remark,colour\n", 1).replace(",why\n", ",why,red\n", 1)
    found = read(text_file("own.csv", text))
    assert "list.not_understood" in codes(found)
    assert "colour: red" in found.entries[0].remark


def test_names_keep_what_they_say_and_lose_what_no_list_means():
    found = read(text_file("own.csv", 'id,name\n1,"Ex\u200bample\n\t Works\u202e"\n'))
    assert found.entries[0].names == (ListedName("Ex ample Works"),)


def test_of_many_problems_of_one_kind_the_first_are_told_and_the_others_counted():
    rows = "".join(f"{number},\n" for number in range(100))
    found = read(text_file("own.csv", "id,name\nx,Somebody\n" + rows))
    assert codes(found).count("list.no_name") == 20
    (more,) = [p for p in found.problems if p.code == "list.more_of_the_same"]
    assert more.facts["count"] == "80"
