"""Pages of names and hits: for those who screen, and for nobody else; opinions blind, and by form in a demo alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from listed_register import SISTER, TWIN
from shell.portal.test_list_pages import rows_of
from shell.strangers import KESTREL, TAMARACK
from ytterby.shell.store.reading.known import known_at
from ytterby.shell.store.reading.screening import list_alerts
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER

NAMES, ALERTS = "/en/screening/names/", "/en/screening/alerts/"
TODAY = datetime.now(UTC).date()
SAID = {
    "person": "a",
    "verdict": "no_match",
    "reason": "other_activity",
    "text": "Its registry entry says pumps & valves.",
    "until": (TODAY + timedelta(days=30)).isoformat(),
}


def number_of(party=TWIN):
    found = list_alerts(OPERATOR_VIEWER, known_at(OPERATOR_VIEWER, None), TODAY)
    return next(one.hit.number for one in found if one.hit.party == party)


def at_hit(party=TWIN):
    return f"{ALERTS}{number_of(party)}/"


def size():
    return known_at(OPERATOR_VIEWER, None).size


def test_who_screens_reads_hits_and_to_a_party_they_do_not_exist(listed, sign_in):
    """Threats A5, C7: the same 404 as for what does not exist, and no line of the rail."""
    paths = (NAMES, NAMES + "?name=Zelenka", NAMES[:-1] + ".json?name=Zelenka", ALERTS, ALERTS[:-1] + ".csv", at_hit())
    for name in ("demo", listed.keeper):
        client = sign_in(name)
        for path in paths:
            assert client.get(path).status_code == 200, (name, path)
        assert ALERTS.encode() in client.get("/en/lots/").content
    for name in (KESTREL, TAMARACK, TWIN):
        client = sign_in(name)
        nothing = client.get("/en/no/such/page/").content
        for path in (*paths, at_hit() + "hit.json", at_hit() + "opinion/"):
            answer = client.get(path)
            assert (answer.status_code, answer.content) == (404, nothing), (name, path)
        assert client.post(at_hit() + "opinion/", SAID).status_code == 404
        assert b"creening" not in client.get("/en/lots/").content


def test_a_name_that_is_listed_alerts_with_aligned_words_and_says_first_that_nobody_is_cleared(listed, sign_in):
    """Threat D6."""
    del listed
    client = sign_in()
    asked = {"name": "Zelenka Magnetwerk Ostrava\nZelenka", "schema": "firm", "country": "cz"}
    page = client.get(NAMES, asked).content.decode()
    assert "Ostrava Magnetwerke Zelenka s.r.o." in page
    assert "A country is the same." in page
    assert page.index("Nobody is cleared by this") < page.index("Ostrava Magnetwerke Zelenka s.r.o.")
    assert "UN Security Council" in page
    found = json.loads(client.get("/en/screening/names.json", asked).content)
    best = found["candidates"][0]
    assert (best["list"], best["entry"], best["band"]) == ("own-house", "50", "alert")
    pairs = {(one["query"], one["listed"]) for one in best["reasons"] if one["kind"] == "pair"}
    assert {("zelenka", "zelenka"), ("magnetwerk", "magnetwerke")} <= pairs
    assert "un-consolidated" in found["keeps_from_checking"]
    assert found["countries"] == ["CZ"]


def test_what_nobody_bears_is_like_nothing_and_still_clears_nobody(listed, sign_in):
    del listed
    page = sign_in().get(NAMES, {"name": "Quarrington Bicycle Choir"}).content.decode()
    assert "Nothing on the lists that stand is like this name" in page
    assert "Of the lists that are missing or too old this says nothing." in page
    assert "All lists that are required were asked." not in page


@pytest.mark.parametrize(
    ("asked", "field", "said"),
    [
        ({"name": ""}, "name", "holds no letter"),
        ({"name": "Z"}, "name", "is one letter"),
        ({"name": "Zelenka " * 1_000}, "name", "no name has more than"),
        ({"name": "\n".join(f"Zelenka {n}" for n in range(11))}, "name", "11 names"),
        ({"name": "Zelenka", "schema": "ship"}, "schema", "not among the choices"),
        ({"name": "Zelenka", "country": "Zz"}, "country", "no country that is known"),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_field(listed, sign_in, asked, field, said):
    del listed
    client = sign_in()
    page = client.get(NAMES, asked).content.decode()
    assert f'id="{field}-wrong"' in page
    assert said in page
    answer = client.get("/en/screening/names.json", asked)
    assert answer.status_code == 400
    assert {one["field"] for one in json.loads(answer.content)["problems"]} == {field}


def test_a_name_that_is_markup_stays_text_and_letters_of_two_scripts_are_remarked(listed, sign_in):
    """Threat X7; the remark hinders no answer."""
    del listed
    page = sign_in().get(NAMES, {"name": "<b>Zel\u0435nka</b> Magnetwerke"}).content.decode()
    assert "<b>Zel" not in page
    assert "mixes Latin letters" in page
    assert "Lists that are asked" in page
    assert 'id="name-wrong"' not in page


def test_the_list_of_hits_its_facets_and_files_say_the_same(listed, sign_in):
    del listed
    client = sign_in()
    rows = rows_of(client.get("/en/screening/alerts.csv"))
    told = json.loads(client.get("/en/screening/alerts.json").content)["alerts"]
    assert [row["number"] for row in rows] == [row["number"] for row in told]
    assert [row["party"] for row in rows] == [TWIN, SISTER]
    assert not any(row["opinions"] for row in told)
    assert set(told[0]) & {"band_tag", "title"} == set()
    page = client.get(ALERTS, {"band": "review"}).content.decode()
    assert "Havlik" in page
    assert "Zelenka" not in page
    assert "No hit matches" in client.get(ALERTS, {"band": "alert", "list": "nowhere"}).content.decode()


def test_a_hit_shows_party_beside_entry_and_why(listed, sign_in):
    client = sign_in(listed.keeper)
    page = client.get(at_hit()).content.decode()
    for text in ("Zelenka Magnetwerke Ostrava", "Ostrava Magnetwerke Zelenka s.r.o.", "magnetwerke", "rare", TWIN):
        assert text in page, text
    assert client.get(f"{ALERTS}{number_of()[:8]}/").status_code == 200
    for number in (number_of()[:5], "0" * 16, "%27"):
        assert client.get(f"{ALERTS}{number}/").status_code == 404
    assert json.loads(client.get(at_hit() + "hit.json").content)["number"] == number_of()


def test_the_second_person_is_blind_to_the_first_and_two_clear(listed, sign_in):
    """Threat O3: what the first said is on no page and in no file before the second has spoken."""
    client = sign_in(listed.keeper)
    answer = client.post(at_hit() + "opinion/", SAID)
    assert (answer.status_code, answer.headers["Location"]) == (302, at_hit() + "?person=a")
    assert "pumps &amp; valves" in client.get(at_hit(), {"person": "a"}).content.decode()
    for query in ({}, {"person": "b"}):
        page = client.get(at_hit(), query).content.decode()
        assert "pumps" not in page
        assert "a second person is wanted" in page
        assert b"pumps" not in client.get(at_hit() + "hit.json", query).content
    assert b"pumps" not in client.get("/en/screening/alerts.json").content
    assert client.post(at_hit() + "opinion/", SAID | {"person": "b", "text": "Another plant."}).status_code == 302
    page = client.get(at_hit(), {"person": "b"}).content.decode()
    assert "pumps" in page
    assert "cleared until" in page
    assert "Zelenka" not in client.get(ALERTS).content.decode()
    assert "Zelenka" in client.get(ALERTS, {"all": "1"}).content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"person": " "}, "person"),
        ({"verdict": "perhaps"}, "verdict"),
        ({"reason": "same_identifier"}, "reason"),
        ({"text": ""}, "text"),
        ({"text": "x" * 4_001}, "text"),
        ({"until": ""}, "until"),
        ({"until": "soon"}, "until"),
        ({"until": "2999-01-01"}, "until"),
        ({"verdict": "match", "reason": "same_identifier"}, "until"),
    ],
)
def test_an_opinion_that_cannot_stand_is_said_at_its_field_and_nothing_typed_is_lost(listed, sign_in, change, field):
    client, before = sign_in(listed.keeper), size()
    answer = client.post(at_hit() + "opinion/", SAID | change)
    page = answer.content.decode()
    assert (answer.status_code, size()) == (400, before)
    assert f'id="{field}-wrong"' in page
    if "text" not in change:
        assert "pumps &amp; valves" in page


def test_without_its_token_or_the_right_a_form_changes_nothing(listed, sign_in):
    """Threat X10: an auditor reads hits and disposes of none."""
    before = size()
    assert sign_in(listed.keeper, checks=True).post(at_hit() + "opinion/", SAID).status_code == 403
    auditor = sign_in()
    assert auditor.post(at_hit() + "opinion/", SAID).status_code == 404
    assert b'name="verdict"' not in auditor.get(at_hit()).content
    keeper = sign_in(listed.keeper)
    assert b'name="verdict"' in keeper.get(at_hit()).content
    assert b'name="verdict"' not in keeper.get(at_hit(), {"known_at": str(before)}).content
    assert keeper.get(at_hit() + "opinion/").headers["Location"] == at_hit()
    assert size() == before


def test_where_opinions_are_signed_the_page_has_the_command_and_no_opinion(listed, sign_in, monkeypatch):
    """Threat O3: a name in an address opens no opinion, and no key ever reaches the server."""
    client = sign_in(listed.keeper)
    assert client.post(at_hit() + "opinion/", SAID).status_code == 302
    monkeypatch.setattr("ytterby.shell.portal.screening.alerts.is_demo", lambda: False)
    page = client.get(at_hit(), {"person": "a"}).content.decode()
    assert f"ytterby party opinion {number_of()} no_match" in page
    assert "pumps" not in page
    assert b"pumps" not in client.get(at_hit() + "hit.json", {"person": "a"}).content
    assert 'name="verdict"' not in page
    before = size()
    assert client.post(at_hit() + "opinion/", SAID | {"person": "b"}).status_code == 404
    assert size() == before


def test_a_changed_party_is_said_on_its_hit(listed, sign_in):
    from ytterby.shell.actions.enrol import import_directory

    page = at_hit()
    changed = f"parties: [{{id: {TWIN}, name: Zelenka Magnetwerke Ostrava, country: DE}}]"
    assert not import_directory(listed.register, changed, at=datetime.now(UTC)).problems
    said = sign_in(listed.keeper).get(page).content.decode()
    assert "The latest screening no longer finds this hit" in said or "The party has changed" in said


def test_both_languages_say_it(listed, sign_in):
    client = sign_in(listed.keeper)
    page = client.get(at_hit().replace("/en/", "/zh-hans/")).content.decode()
    for text in ("尚无意见", "主体与条目", "相互对应的词", "给出意见"):
        assert text in page, text
    page = client.get("/zh-hans/screening/names/", {"name": "Zelenka Magnetwerke Ostrava"}).content.decode()
    assert "此结果不能放行任何一方" in page
