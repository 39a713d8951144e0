"""Pages of lists: for those who screen, and for nobody else; a release by form, with its token and its reason."""

import csv
import io
import json

from listed_register import MARKUP
from shell.strangers import KESTREL, TAMARACK
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

AT_LIST = "/en/screening/lists/own-house/"


def rows_of(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def state():
    from ytterby.shell.site.register import current_register
    from ytterby.shell.store.screening_lists import stored_list_states

    return stored_list_states(current_register()).by_list["own-house"]


def test_who_screens_reads_lists_and_a_party_finds_nothing(listed, sign_in):
    """Threats A5, C7: the same 404 as for what does not exist, and no line of the rail."""
    for name in ("demo", listed.keeper):
        client = sign_in(name)
        for path in ("", "own-house/"):
            answer = client.get(f"/en/screening/lists/{path}")
            assert (answer.status_code, b"own-house" in answer.content) == (200, True), (name, path)
        assert b"/screening/lists/" in client.get("/en/lots/").content
    for name in (KESTREL, TAMARACK):
        client = sign_in(name)
        nothing = client.get("/en/no/such/page/").content
        for path in (
            "lists/",
            "lists.csv",
            "lists.json",
            "lists/own-house/",
            "lists/own-house/changes.csv",
            "lists/x/",
        ):
            answer = client.get(f"/en/screening/{path}")
            assert (answer.status_code, answer.content) == (404, nothing), path
        for path in ("release/", "delist/"):
            assert client.post(AT_LIST + path, {"record": listed.waiting, "reason": "x"}).status_code == 404
        assert b"creening" not in client.get("/en/lots/").content
    assert state().in_force.record != listed.waiting


def test_the_list_of_lists_says_what_keeps_from_clearing_and_its_files_say_the_same(listed, sign_in):
    del listed
    client = sign_in()
    rows = rows_of(client.get("/en/screening/lists.csv"))
    told = json.loads(client.get("/en/screening/lists.json").content)
    assert [row["list"] for row in rows] == [row["list"] for row in told["lists"]]
    assert "un-consolidated" in told["keeps_from_checking"]
    assert "cn-export-control" not in told["keeps_from_checking"]
    missing = rows_of(client.get("/en/screening/lists.csv", {"standing": "missing"}))
    assert {row["standing"] for row in missing} == {"missing"}


def test_a_list_shows_what_waits_why_and_what_changed(listed, sign_in):
    page = sign_in(listed.keeper).get(AT_LIST).content.decode()
    assert "it takes many entries off" in page
    assert "The entry 900 has no name." in page
    assert "house.csv:" in page
    assert "gone from the file" in page
    assert MARKUP not in page
    assert "&lt;b&gt;Example&lt;/b&gt; &amp; Söhne" in page
    rows = rows_of(sign_in().get(AT_LIST + "changes.csv"))
    counts = {kind: sum(row["change"] == kind for row in rows) for kind in ("removed", "changed", "added")}
    assert counts == {"removed": 31, "changed": 3, "added": 0}
    found = json.loads(sign_in().get(AT_LIST + "changes.json").content)
    assert found["changes"]["counts"] == counts
    earlier = found["snapshots"][-1]["record"]
    assert sign_in().get(AT_LIST, {"to": earlier}).status_code == 200
    assert sign_in().get(AT_LIST, {"to": "ffff"}).status_code == 404
    assert sign_in().get("/en/screening/lists/own-nothing/").status_code == 404


def test_a_release_asks_for_a_reason_and_keeps_what_was_typed(listed, sign_in):
    """Threat D1."""
    client = sign_in(listed.keeper)
    empty = client.post(AT_LIST + "release/", {"record": listed.waiting, "reason": "  "})
    assert (empty.status_code, b"A release says why" in empty.content) == (400, True)
    assert client.post(AT_LIST + "release/", {"record": "ab" * 32, "reason": "x"}).status_code == 404
    assert state().in_force.record != listed.waiting
    good = client.post(AT_LIST + "release/", {"record": listed.waiting, "reason": "Notice 7 of the house."})
    assert (good.status_code, good.headers["Location"]) == (302, AT_LIST)
    assert state().in_force.record == listed.waiting
    (release,) = state().releases.values()
    assert release.reason == "Notice 7 of the house."
    page = client.get(AT_LIST).content.decode()
    assert "Notice 7 of the house." in page
    assert "An import waits for a release" not in page
    again = client.post(AT_LIST + "release/", {"record": listed.waiting, "reason": "x"})
    assert (again.status_code, b"does not wait for a release" in again.content) == (400, True)


def test_an_entry_that_vanished_is_taken_off_by_a_named_act(listed, sign_in):
    client = sign_in(listed.keeper)
    assert set(state().vanished) == {"1"}
    wrong = client.post(AT_LIST + "delist/", {"entry": "2", "act": "act 3"})
    assert (wrong.status_code, b"has not vanished" in wrong.content, b'value="act 3"' in wrong.content) == (
        400,
        True,
        True,
    )
    assert client.post(AT_LIST + "delist/", {"entry": "1", "act": "act 3 of 2026"}).status_code == 302
    assert state().vanished == {}
    assert "act 3 of 2026" in client.get(AT_LIST).content.decode()


def test_a_form_without_its_token_and_whoever_only_reads_change_nothing(listed, sign_in):
    """Threat X10."""
    client = sign_in(listed.keeper, checks=True)
    answer = client.post(AT_LIST + "release/", {"record": listed.waiting, "reason": "x"})
    assert answer.status_code == 403
    auditor = sign_in()
    assert auditor.post(AT_LIST + "release/", {"record": listed.waiting, "reason": "x"}).status_code == 404
    assert b"<textarea" not in auditor.get(AT_LIST).content
    for path in ("release/", "delist/"):
        answer = client.get(AT_LIST + path)
        assert (answer.status_code, answer.headers["Location"]) == (302, AT_LIST)
    assert state().in_force.record != listed.waiting


def test_an_earlier_moment_has_the_lists_of_then_and_no_form(listed, sign_in):
    from ytterby.shell.store.reading.known import known_at

    size = known_at(OPERATOR_VIEWER, None).size
    client = sign_in(listed.keeper)
    last = json.loads(client.get(AT_LIST + "changes.json").content)["snapshots"][0]["index"]
    found = json.loads(client.get(AT_LIST + "changes.json", {"known_at": str(last)}).content)
    assert len(found["snapshots"]) == 2
    page = client.get(AT_LIST, {"known_at": str(size)}).content.decode()
    assert "<textarea" not in page


def test_both_languages_say_it(listed, sign_in):
    page = sign_in(listed.keeper).get(AT_LIST.replace("/en/", "/zh-hans/")).content.decode()
    for text in ("一项导入待放行", "删除条目过多", "放行", "从文件中消失", "已消失的条目"):
        assert text in page, text
