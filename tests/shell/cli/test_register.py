import stat

import pytest

from shell.cli.conftest import DIRECTORY, run

ALLOY = "https://id.gs1.org/01/09520000000264"


@pytest.fixture
def register(tmp_path):
    data = tmp_path / "register"
    assert run("register", "make", data, "--origin", "log.example.org").code == 0
    return data


def test_a_register_is_made_with_its_keys_apart(tmp_path):
    found = run("register", "make", tmp_path / "new", "--origin", "log.example.org", "--json")
    assert found.code == 0
    assert found.json["keys"] == str(tmp_path / "new-keys")
    assert found.json["as_of_size"] > 0
    keys = tmp_path / "new-keys"
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.iterdir()} == {0o600}


def test_the_next_command_names_the_folder(tmp_path):
    found = run("register", "make", tmp_path / "new", "--origin", "log.example.org")
    assert f"next: ytterby party import FILE --data {tmp_path / 'new'}" in found.out


@pytest.mark.parametrize("origin", ["demo.ytterby.invalid", "no good", "a+b"])
def test_an_origin_that_cannot_be_is_refused(tmp_path, origin):
    found = run("register", "make", tmp_path / "new", "--origin", origin)
    assert found.code in {2, 3}
    assert found.err
    assert "Traceback" not in found.err


def test_a_folder_that_holds_something_is_left_alone(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine")
    assert run("register", "make", tmp_path / "new", "--origin", "log.example.org").code == 3
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.txt"]


def test_an_empty_register_answers(register):
    assert run("lot", "list", "--data", register).code == 0
    assert run("balance", "report", "--data", register).code == 0
    assert run("balance", "pairs", "--data", register).code == 0
    found = run("balance", "findings", "--data", register)
    assert (found.code, found.out.splitlines()[0]) == (0, "✓ Nothing is to look into.")
    assert run("log", "verify", "--data", register).code == 0
    assert run("party", "list", "--data", register).code == 0


def test_parties_come_from_a_file(register):
    found = run("party", "import", DIRECTORY, "--data", register, "--json")
    assert found.code == 0
    assert set(found.json) == {
        "file",
        "parties",
        "sites",
        "mandates",
        "bodies",
        "lists",
        "owners",
        "problems",
        "as_of_size",
    }
    assert found.json["parties"] >= 6
    listed = run("party", "list", "--data", register, "--json").json
    assert len(listed["parties"]) >= found.json["parties"]
    assert set(listed["parties"][0]) == {"id", "name", "name_zh", "country", "roles", "sites"}
    assert "9520000010027" in run("party", "list", "--data", register).out


def test_a_directory_with_mistakes_enters_nothing(register, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("parties:\n- {id: nowhere, nmae: X}\n- 5\nsites: 3\n")
    before = run("party", "list", "--data", register, "--json").json["as_of_size"]
    found = run("party", "import", path, "--data", register)
    assert found.code == 1
    assert len([line for line in found.out.splitlines() if line.startswith(f"  {path}")]) >= 4
    assert run("party", "list", "--data", register, "--json").json["as_of_size"] == before


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"", b"- a", b"a: &b [*b]"])
def test_what_is_no_directory_is_said(register, tmp_path, content):
    path = tmp_path / "bad.yaml"
    path.write_bytes(content)
    found = run("party", "import", path, "--data", register)
    assert found.code in {1, 3}
    assert "Traceback" not in found.err


def test_a_product_is_registered_by_its_maker(register):
    assert run("party", "import", DIRECTORY, "--data", register).code == 0
    found = run(
        "product", "register", ALLOY, "--as", "9520000010034", "--form", "alloy", "--name", "NdFeB flake",
        "--assay", "Nd=230000~1200", "--assay", "dy=12000", "--data", register, "--json",
    )  # fmt: skip
    assert (found.code, found.json["accepted"], found.json["problems"]) == (0, True, [])
    free = run("product", "register", ALLOY, "--as", "operator", "--free-of-rare-earths", "--data", register)
    assert free.code == 0
    assert "is registered." in free.out


@pytest.mark.parametrize(
    "argv",
    [
        ("--assay", "Nd"),
        ("--assay", "Fe=5"),
        ("--assay", "Nd=-5"),
        ("--assay", "Nd=NaN"),
        ("--piece-mass-gram", "0", "--free-of-rare-earths"),
        (),
        ("--free-of-rare-earths", "--assay", "Nd=5"),
    ],
)
def test_a_product_that_cannot_be_meant_is_wrong_use(register, argv):
    assert run("product", "register", ALLOY, "--as", "operator", "--data", register, *argv).code == 2


def test_a_product_that_is_refused_says_why(register):
    found = run("product", "register", "iron", "--as", "operator", "--free-of-rare-earths", "--data", register)
    assert found.code == 1
    assert "iron was not registered." in found.out


def test_what_only_acts_waits_for_nothing_to_be_derived_and_knows_who_was_just_registered(
    register, monkeypatch, tmp_path
):
    from ytterby.shell.store.derived import deriving

    assert run("party", "import", DIRECTORY, "--data", register).code == 0
    monkeypatch.setattr(deriving, "derive_step", lambda *_: pytest.fail("nobody asked the book"))
    document = tmp_path / "x.json"
    document.write_text("{}")
    for command in (
        ("event", "capture", document, "--as", "Kestrel", "--no-wait"),
        ("event", "capture", document, "--as", "Kestrel"),
        ("event", "check", document, "--as", "Kestrel"),
        ("product", "register", ALLOY, "--as", "Tamarack", "--free-of-rare-earths"),
    ):
        found = run(*command, "--data", register)
        assert "known by that name" not in found.err
        assert "being derived" not in found.err
        assert found.code in {0, 1}
