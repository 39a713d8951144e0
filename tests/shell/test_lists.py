"""Lists of the listed in a register: an import is whole, waits where it must, and nobody leaves a list by himself."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from screening.listed_files import ALL, OWN, text_file
from screening.listed_files import real as real_files
from shell.listing import AT, HOUSE, bring, house, read_here, state
from shell.tampering import named, tamper
from shell.test_rights import codes, key_of, staffed
from shell.test_rights import real as real_register
from ytterby.screening.entry import entry_digest, snapshot_digest
from ytterby.screening.lists.gathering import ListFile
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.import_list import HELD, IN_FORCE, REFUSED, import_list
from ytterby.shell.actions.log import verify_log
from ytterby.shell.actions.release_list import delist_entry, release_list
from ytterby.shell.actions.rights import add_account, confirm_right, withdraw_right
from ytterby.shell.lists.file_reading import read_files
from ytterby.shell.lists.index_files import index_folder, is_sound, kept_index
from ytterby.shell.site.packs import limits
from ytterby.shell.store.models import ListedFile, ListedText, ListMembers, Registration
from ytterby.shell.store.reading.known import Known, known_at
from ytterby.shell.store.reading.screening_lists import (
    entries_at,
    entry_of,
    list_changes,
    list_lists,
    lists_in_force,
    screened_digest,
    screened_lists,
    show_list,
)
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.rights import stored_rights

__all__ = ["read_here", "real_register", "staffed"]

FIFTY = range(1, 51)


@pytest.fixture
def real(real_register):
    return real_register


def now():
    return known_at(OPERATOR_VIEWER, None)


def ids(register):
    del register
    return [entry.id for entry in entries_at(OPERATOR_VIEWER, now())]


# An import


def test_an_import_is_read_in_a_child_and_stored_whole(empty_register):
    """Threat X5: the bytes are parsed in a process of their own."""
    result = import_list(empty_register, ALL["own-csv"], list_id=HOUSE, at=AT)
    assert (result.state, result.problems, result.entries, result.names) == (IN_FORCE, (), 2, 5)
    entries = list(entries_at(OPERATOR_VIEWER, now()))
    assert [entry.id for entry in entries] == ["1", "2"]
    assert result.snapshot == snapshot_digest(entries)
    (stored,) = ListedFile.objects.all()
    assert stored.length == len(ALL["own-csv"][0].raw)
    assert named(empty_register) == set()
    assert verify_log(empty_register)["failures"] == []


def test_several_files_make_one_snapshot(empty_register, read_here):
    result = import_list(empty_register, ALL["ofac-legacy"], list_id="us-ofac-sdn", at=AT)
    assert ListedFile.objects.count() == 3
    # A row of aliases belongs to nobody: a finding, so that a person looks.
    assert (result.state, result.holds) == (HELD, ("findings",))


def test_twenty_snapshots_of_a_list_that_hardly_changes_cost_little_more_than_one(empty_register, read_here):
    bring(empty_register, *range(1, 201))
    one = ListedText.objects.count()
    for number in range(1, 21):
        result = bring(empty_register, *range(1, 201), changed=(number,), hours=number)
        assert result.state == IN_FORCE
    assert (one, ListedText.objects.count(), ListMembers.objects.count()) == (200, 220, 21)


def test_the_same_file_again_says_that_nothing_has_changed(empty_register, read_here):
    first, second = (bring(empty_register, *FIFTY, hours=hours) for hours in (0, 30))
    assert first.snapshot == second.snapshot
    assert first.record != second.record
    assert (second.added, second.changed, second.removed) == (0, 0, 0)
    assert state(empty_register).confirmed_at == AT + timedelta(hours=30)
    assert (ListedFile.objects.count(), ListMembers.objects.count()) == (1, 1)


def test_a_file_with_a_day_before_the_one_in_force_waits(empty_register, read_here):
    """Threat D6: an old list."""
    for day, expected in ((date(2026, 5, 2), IN_FORCE), (date(2026, 5, 1), HELD)):
        result = import_list(empty_register, [house(1, 2)], list_id=HOUSE, published=day, at=AT)
        assert result.state == expected
    assert result.holds == ("older",)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"list_id": "nobody-knows"}, "list.unknown_list"),
        ({"format_id": "x"}, "list.unknown_format"),
        ({"published": date(2027, 1, 1)}, "list.published_later"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_is_stored(empty_register, read_here, how, code):
    result = import_list(empty_register, [house(1)], **{"list_id": HOUSE, "at": AT, **how})
    assert (result.state, codes(result)) == (REFUSED, [code])
    assert not ListedFile.objects.exists()
    assert not Registration.objects.filter(kind="list_snapshot").exists()


def test_the_file_of_another_list_is_refused(empty_register, read_here):
    """Threat D6: it would be in force under this list's name."""
    result = import_list(empty_register, ALL["un-xml"], list_id="us-ofac-sdn", at=AT)
    assert (result.state, codes(result)) == (REFUSED, ["list.not_of_this_list"])
    assert not ListedFile.objects.exists()
    assert import_list(empty_register, ALL["un-xml"], list_id="own-un", at=AT).state == IN_FORCE


def test_a_hostile_file_is_refused_and_nothing_is_stored(empty_register):
    """Threat X5."""
    bomb = '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY a "b">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>'
    result = import_list(empty_register, [text_file("un.xml", bomb)], list_id="un-consolidated", at=AT)
    assert (result.state, codes(result)) == (REFUSED, ["list.xml_doctype"])
    assert not ListedFile.objects.exists()


def test_the_child_dies_of_what_it_cannot_bear_and_nothing_else(monkeypatch):
    """Threat X5."""
    files = [house(*range(2000))]
    from ytterby.shell.lists import file_reading

    monkeypatch.setattr(file_reading, "limits", lambda: replace(limits(), list_bytes=10))
    assert codes(read_files(files, list_id=HOUSE)) == ["list.too_large"]
    monkeypatch.setattr(file_reading, "limits", lambda: replace(limits(), list_wall_seconds=0))
    assert codes(read_files(files, list_id=HOUSE)) == ["list.too_much_time"]
    monkeypatch.setattr(file_reading, "limits", limits)
    monkeypatch.setattr(file_reading, "_CHILD", "ytterby.no_such_module")
    assert codes(read_files(files, list_id=HOUSE)) == ["list.killed"]


# What waits, and who releases it


def test_a_smaller_file_waits_and_what_was_in_force_stays(empty_register, read_here):
    """Threat D6: a shrunken list."""
    bring(empty_register, *FIFTY)
    result = bring(empty_register, *range(3, 51), hours=1)
    assert (result.state, result.holds, result.removed) == (HELD, ("removed",), 2)
    assert len(ids(empty_register)) == 50
    released = release_list(empty_register, result.record[:12], reason="notice 7", at=AT)
    assert (released.problems, released.vanished) == ((), 2)
    # What vanished is screened still.
    assert len(ids(empty_register)) == 50
    assert state(empty_register).in_force.record == result.record
    assert named(empty_register) == set()


def test_one_of_fifty_may_go_and_five_may_change_without_a_person(empty_register, read_here):
    bring(empty_register, *FIFTY)
    assert bring(empty_register, *range(2, 51), changed=(3, 4, 5, 6), hours=1).state == IN_FORCE
    assert bring(empty_register, *range(2, 51), changed=(3, 4, 5, 6, *range(10, 15)), hours=2).holds == ("changed",)
    assert set(state(empty_register).vanished) == {"1"}


def test_an_entry_that_cannot_be_screened_makes_the_import_wait(empty_register, read_here):
    result = bring(empty_register, *FIFTY, nameless=(7,))
    assert (result.state, result.holds, codes(result)) == (HELD, ("findings",), ["list.no_name"])
    assert ids(empty_register) == []


def test_the_first_import_of_a_format_from_documentation_waits_until_one_was_released(empty_register, read_here):
    first = import_list(empty_register, ALL["mofcom-csv"], list_id="cn-export-control", at=AT)
    assert (first.state, first.holds) == (HELD, ("untried",))
    again = import_list(empty_register, ALL["mofcom-csv"], list_id="cn-export-control", at=AT)
    assert again.state == HELD
    assert codes(release_list(empty_register, first.record, reason="looked", at=AT)) == ["list.not_held"]
    assert not release_list(empty_register, again.record, reason="looked", at=AT).problems
    third = import_list(empty_register, ALL["mofcom-csv"], list_id="cn-export-control", at=AT)
    assert third.state == IN_FORCE
    # Of another list nobody has looked at what this importer makes.
    assert import_list(empty_register, ALL["mofcom-csv"], list_id="cn-watch", at=AT).state == HELD


def test_a_release_says_why_and_what_is_off_the_list(empty_register, read_here):
    bring(empty_register, *FIFTY)
    held = bring(empty_register, *range(6, 51), hours=1)
    assert codes(release_list(empty_register, held.record, reason=" ", at=AT)) == ["list.reason_missing"]
    assert codes(release_list(empty_register, "ffffffffff", reason="x", at=AT)) == ["list.unknown_import"]
    wrong = release_list(empty_register, held.record, reason="x", delisted={"50": "act"}, at=AT)
    assert codes(wrong) == ["list.not_vanished"]
    good = release_list(empty_register, held.record, reason="x", delisted={"1": "act 1 of 2026-05-30"}, at=AT)
    assert (good.problems, good.vanished) == ((), 4)
    assert "1" not in ids(empty_register)
    assert codes(delist_entry(empty_register, HOUSE, "1", act="again", at=AT)) == ["list.not_vanished"]
    assert codes(delist_entry(empty_register, HOUSE, "2", act=" ", at=AT)) == ["list.act_missing"]
    assert not delist_entry(empty_register, HOUSE, "2", act="act 2", at=AT).problems
    assert codes(delist_entry(empty_register, "own-other", "2", act="act", at=AT)) == ["list.never_imported"]
    assert len(ids(empty_register)) == 48
    # It comes back with the file, and vanishes and is taken off anew.
    bring(empty_register, *range(2, 61), hours=2)
    bring(empty_register, *range(3, 61), hours=3)
    assert "2" in ids(empty_register)
    assert not delist_entry(empty_register, HOUSE, "2", act="act 2", at=AT).problems
    assert "2" not in ids(empty_register)
    assert named(empty_register) == set()


def test_two_people_bring_a_doubtful_list_into_force(staffed, read_here):
    """Threats D1, O3: one account imports, another releases, each with its own key."""
    assert codes(bring(staffed, *FIFTY)) == ["list.account_needed"]
    assert codes(bring(staffed, *FIFTY, by=key_of("eve"))) == ["list.not_an_account"]
    held = bring(staffed, *FIFTY, nameless=(1,), by=key_of("ann"))
    assert held.state == HELD
    assert codes(release_list(staffed, held.record, reason="x", at=AT)) == ["list.account_needed"]
    assert codes(release_list(staffed, held.record, reason="x", by=key_of("ann"), at=AT)) == ["list.same_person"]
    assert state(staffed).in_force is None
    assert not release_list(staffed, held.record, reason="x", by=key_of("bo"), at=AT).problems
    assert state(staffed).in_force.speaker == "ann"
    assert named(staffed) == set()


def test_a_licensing_body_keeps_lists_while_its_mandate_holds_and_an_auditor_does_not(staffed, read_here):
    from shell.strangers import LUMEN, TAMARACK

    for party, mandate, name in ((LUMEN, "licensing", "li"), (TAMARACK, "audit", "au")):
        text = f"bodies: [{{party: '{party}', as: {mandate}, start: 2026-01-01, end: 2027-01-01}}]"
        assert not import_directory(staffed, text, at=AT, by=key_of("ann")).problems
        right = stored_rights(staffed).rights()[-1].digest
        assert confirm_right(staffed, right, by=key_of("bo"), at=AT).state == "in_force"
        made = add_account(staffed, key_of(name), name=name, party=party, by=key_of("ann"), at=AT)
        assert confirm_right(staffed, made.id, by=key_of("bo"), at=AT).state == "in_force"
        if mandate == "licensing":
            last = right
    assert bring(staffed, *FIFTY, by=key_of("li")).state == IN_FORCE
    assert codes(bring(staffed, *FIFTY, by=key_of("au"))) == ["list.not_an_account"]
    assert codes(bring(staffed, *FIFTY, by=key_of("li"), hours=24 * 300)) == ["list.not_an_account"]
    withdraw_right(staffed, last, by=key_of("ann"), at=AT)
    assert codes(bring(staffed, *FIFTY, by=key_of("li"))) == ["list.not_an_account"]
    # What it imported while it might stays in force.
    assert state(staffed).in_force is not None
    assert named(staffed) == set()


# What is in force, how old, for whom


def test_a_required_list_that_is_missing_waits_or_is_stale_keeps_from_checking(empty_register, read_here):
    """Threat D6."""

    def un(at):
        found = {one.list_id: one for one in lists_in_force(OPERATOR_VIEWER, now(), at)}
        return found["un-consolidated"].standing, found["un-consolidated"].keeps_from_checking

    assert un(AT) == ("missing", True)
    import_list(empty_register, [replaced_name(1)], list_id="un-consolidated", at=AT)
    assert un(AT) == ("missing", True), "it waits: an entry has no name"
    import_list(empty_register, ALL["un-xml"], list_id="un-consolidated", at=AT)
    # The file's own day is old already, whenever it was imported.
    assert un(AT) == ("stale", True)
    fresh = text_file("un.xml", ALL["un-xml"][0].raw.decode().replace("2026-02-27T", "2026-05-31T"))
    import_list(empty_register, [fresh], list_id="un-consolidated", at=AT)
    assert un(AT + timedelta(hours=48)) == ("in_force", False)
    assert un(AT + timedelta(hours=49)) == ("stale", True)


def replaced_name(number):
    del number
    text = ALL["un-xml"][0].raw.decode().replace("<FIRST_NAME>EXAMPLE FRONT</FIRST_NAME>", "")
    return text_file("un.xml", text)


def test_an_own_list_is_in_force_while_it_is_there_and_never_keeps_from_checking(empty_register, read_here):
    assert HOUSE not in {one.list_id for one in lists_in_force(OPERATOR_VIEWER, now(), AT)}
    bring(empty_register, 1)
    (one,) = [one for one in lists_in_force(OPERATOR_VIEWER, now(), AT + timedelta(days=900)) if one.rule is None]
    assert (one.list_id, one.standing, one.keeps_from_checking) == (HOUSE, "in_force", False)


def test_an_earlier_log_size_has_the_lists_of_then(empty_register, read_here):
    bring(empty_register, 1, 2)
    then = now()
    bring(empty_register, 1, 2, 3, hours=1)
    assert [e.id for e in entries_at(OPERATOR_VIEWER, then)] == ["1", "2"]
    assert [e.id for e in entries_at(OPERATOR_VIEWER, now())] == ["1", "2", "3"]
    assert screened_lists(OPERATOR_VIEWER, Known(0)) == ()
    assert show_list(OPERATOR_VIEWER, HOUSE, known=then, at=AT)["imports"] == 1


def test_the_digest_of_what_is_screened_follows_what_vanishes_and_is_delisted(empty_register, read_here):
    bring(empty_register, *FIFTY)

    def digest():
        return screened_digest(OPERATOR_VIEWER, screened_lists(OPERATOR_VIEWER, now()))

    first = digest()
    bring(empty_register, *range(2, 51), hours=1)
    assert digest() == first, "who vanished is screened still"
    delist_entry(empty_register, HOUSE, "1", act="act", at=AT)
    assert digest() != first
    entry = entry_of(OPERATOR_VIEWER, HOUSE, "2", now())
    assert (entry.names[0].text, entry_of(OPERATOR_VIEWER, HOUSE, "1", now())) == ("Example Works 2", None)
    assert screened_lists(OPERATOR_VIEWER, now())[0].members["2"] == entry_digest(entry)


def test_a_party_reads_nothing_about_lists_and_whoever_screens_reads_all(empty_register, read_here):
    """Threats A5, C7."""
    bring(empty_register, *FIFTY)
    for viewer in (Viewer("p"), Viewer(None), Viewer("p", frozenset({"customs", "province"}))):
        assert list_lists(viewer, known=now(), at=AT)["lists"] == []
        assert show_list(viewer, HOUSE, known=now(), at=AT) is None
        assert list_changes(viewer, HOUSE, known=now()) is None
        assert entry_of(viewer, HOUSE, "2", now()) is None
        # An empty answer would clear everybody: so there is none.
        with pytest.raises(PermissionError):
            list(entries_at(viewer, now()))
    for mandate in ("licensing", "tracing", "audit"):
        viewer = Viewer("b", frozenset({mandate}))
        assert show_list(viewer, HOUSE, known=now(), at=AT)["entries"] == 50
        assert len(list(entries_at(viewer, now()))) == 50


def test_what_changed_between_snapshots_is_told_by_entry_and_field(empty_register, read_here):
    bring(empty_register, *FIFTY)
    bring(empty_register, *range(2, 52), changed=(9,), hours=1)
    found = list_changes(OPERATOR_VIEWER, HOUSE, known=now())
    assert (found["counts"], found["before"], found["after"]) == ({"added": 1, "changed": 1, "removed": 1}, 50, 50)
    assert [row["id"] for row in found["added"]] == ["51"]
    assert [(row["id"], row["fields"]) for row in found["changed"]] == [("9", ["addresses"])]
    assert [row["name"] for row in found["removed"]] == ["Example Works 1"]
    back = list_changes(OPERATOR_VIEWER, HOUSE, known=now(), before=found["to"][:10], after=found["from"][:10])
    assert (back["from"], back["to"], back["counts"]["added"]) == (found["to"], found["from"], 1)
    assert list_changes(OPERATOR_VIEWER, HOUSE, known=now(), before="ffff") is None


# The folder of the index


def test_files_of_an_index_are_made_once_and_anew_when_they_are_not_what_was_made(tmp_path):
    made = []

    def make(folder):
        made.append(folder)
        (folder / "postings.npy").write_bytes(b"postings")

    digest = "ab" * 32
    folder = kept_index(tmp_path, digest, make)
    assert (folder, folder.parent.name) == (index_folder(tmp_path, digest), "lists")
    assert kept_index(tmp_path, digest, make) == folder
    assert len(made) == 1
    (folder / "postings.npy").write_bytes(b"others!!")
    assert not is_sound(folder)
    assert (kept_index(tmp_path, digest, make) / "postings.npy").read_bytes() == b"postings"
    (folder / "files.json").unlink()
    kept_index(tmp_path, digest, make)
    assert len(made) == 3
    assert [path.name for path in folder.parent.iterdir()] == [digest]
    with pytest.raises(ValueError):
        index_folder(tmp_path, "../../etc")


def test_a_maker_that_fails_leaves_nothing_behind(tmp_path):
    def fail(folder):
        (folder / "half.npy").write_bytes(b"x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        kept_index(tmp_path, "cd" * 32, fail)
    assert list((tmp_path / "lists").iterdir()) == []


# Rows behind the register's back


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE store_listedtext SET document = replace(document, 'Works 3', 'Works 4')",
        "DELETE FROM store_listedtext WHERE document LIKE '%%Works 3\"%%'",
        "UPDATE store_listedfile SET length = length + 1",
        "UPDATE store_listedfile SET content = %s",
        "DELETE FROM store_listedfile",
        "UPDATE store_listmembers SET members = %s",
        "DELETE FROM store_listmembers",
        "INSERT INTO store_listedtext (digest, document) VALUES ('ab', '{}')",
        "UPDATE store_listmembers SET snapshot = 'ab'",
        "UPDATE store_listedfile SET sha256 = 'ab'",
    ],
)
def test_a_row_that_was_changed_lost_or_added_is_named(empty_register, read_here, statement):
    """Threats O3, D6."""
    bring(empty_register, *range(1, 6))
    assert named(empty_register) == set()
    tamper(statement, *([b"\x00"] if "= %s" in statement else []))
    assert named(empty_register) == {"screening.lists"}


def test_a_snapshot_in_force_that_cannot_be_read_clears_nobody_and_takes_no_successor(empty_register, read_here):
    """Threat D6: fails closed."""
    bring(empty_register, *FIFTY)
    tamper("DELETE FROM store_listedtext WHERE document LIKE '%%Works 3\"%%'")
    with pytest.raises(LookupError):
        list(entries_at(OPERATOR_VIEWER, now()))
    tamper("DELETE FROM store_listmembers")
    with pytest.raises(LookupError):
        list(entries_at(OPERATOR_VIEWER, now()))
    assert codes(bring(empty_register, 1, 2, hours=1)) == ["list.in_force_unreadable"]


def test_a_record_that_says_too_little_of_why_it_waits_is_named(empty_register, read_here, monkeypatch):
    """Threat D6: an import of a program that holds nothing back."""
    bring(empty_register, *FIFTY)
    monkeypatch.setattr("ytterby.shell.actions.import_list.hold_reasons", lambda *args, **how: [])
    assert bring(empty_register, *range(20, 51), hours=1).state == IN_FORCE
    assert named(empty_register) == {"screening.lists"}
    assert len(ids(empty_register)) == 50


def test_a_release_that_nobody_may_make_has_no_effect_and_is_named(staffed, read_here):
    """Threats D1, O3: a record behind the register's back, signed by who imported."""
    from ytterby.chain.party import OPERATOR
    from ytterby.shell.actions.rights import signed_record
    from ytterby.shell.store.registering import Registrable, register_documents

    held = bring(staffed, *FIFTY, nameless=(1,), by=key_of("ann"))
    fields = {"id": held.record, "of": held.record, "list": HOUSE, "reason": "x", "delisted": {}, "party": OPERATOR}
    register_documents(
        [signed_record(staffed, Registrable("list_release", held.record, fields), key_of("ann"))], OPERATOR, AT
    )
    assert state(staffed).in_force is None
    assert named(staffed) == {"screening.lists"}
    again = {**fields, "id": "other"}
    register_documents(
        [signed_record(staffed, Registrable("list_release", "other", again), key_of("eve"))], OPERATOR, AT
    )
    register_documents([Registrable("list_delisting", "x", {"id": "x"})], OPERATOR, AT)
    assert state(staffed).in_force is None


def test_the_real_lists_are_imported_and_compared(empty_register):
    un, sdn, alt = real_files("un_consolidated.xml")[0], *real_files("ofac_sdn.csv", "ofac_alt.csv")
    assert import_list(empty_register, [un], list_id="un-consolidated", at=AT).entries == 1003
    assert import_list(empty_register, [sdn, alt], list_id="us-ofac-sdn", at=AT).entries == 8976
    half = ListFile(sdn.name, sdn.raw[: len(sdn.raw) // 2])
    assert import_list(empty_register, [half, alt], list_id="us-ofac-sdn", at=AT).holds[0] == "removed"
    assert len(ids(empty_register)) == 1003 + 8976
    assert named(empty_register) == set()


def test_an_own_list_of_the_documented_columns(empty_register, read_here):
    assert import_list(empty_register, [text_file("own.csv", OWN)], list_id=HOUSE, at=AT).entries == 2
