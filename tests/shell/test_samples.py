"""Samples that nobody can choose: committed before, drawn once, drawn again by anybody; closed to parties.

Threats D3 (drawn and logged), O3 (edited rows have no effect).
"""

import json
from datetime import date

import pytest

from shell.case_of import codes, key_of, now, on, take
from shell.strangers import AT, KESTREL, NORRVIK, SITE_OF
from shell.tampering import named
from ytterby.balance.sampling_plan import Stratum
from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.check_papers import check_papers
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.actions.rights import add_account
from ytterby.shell.actions.sample import commit_plan, draw_sample
from ytterby.shell.actions.work_papers import write_sample_papers
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.models import Registration
from ytterby.shell.store.reading.sampling import list_samples
from ytterby.shell.store.reading.viewer import OPERATOR_VIEWER, Viewer
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.shell.store.samples import DRAW, PLAN, stored_samples

SEED = b"a seed of thirty-two bytes, kept"
PLAN_OF = {"period": "2026-01", "unit": "plant", "size": "Nd", "strata": (Stratum("", 1),), "seed": SEED}
FRAME_DAY = date(2026, 2, 5)
DRAWN_ON = on(36)


def commit(register, *, at=AT, **changes):
    return commit_plan(register, **{**PLAN_OF, "frame_day": FRAME_DAY, **changes}, at=at)


def draw(register, *, at=DRAWN_ON, seed=SEED, **how):
    return draw_sample(register, **{"period": "2026-01", "unit": "plant", "seed": seed, "at": at, **how})


@pytest.fixture
def trading(register, sample):
    """A register in which Kestrel makes and ships, and Norrvik receives, in January 2026."""
    assert not commit(register).problems
    events = []
    for number in (0, 1, 2, 3):
        event = json.loads(json.dumps(sample["epcisBody"]["eventList"][number]))
        events.append({**event, "eventTime": f"2026-01-1{number}T10:00:00.000Z"})
    take(register, sample, events, KESTREL, at=on(20))
    receipt = {**sample["epcisBody"]["eventList"][4], "eventTime": "2026-01-20T10:00:00.000Z"}
    take(register, sample, [receipt], NORRVIK, at=on(21))
    return register


def test_a_sample_is_drawn_by_what_was_committed_and_known_on_the_frame_day(trading, sample, tmp_path):
    late = {**sample["epcisBody"]["eventList"][4], "eventTime": "2026-01-21T10:00:00.000Z", "eventID": None}
    late.pop("eventID")
    take(trading, sample, [late], NORRVIK, at=on(36))
    done = draw(trading)
    assert not done.problems
    (one,) = list_samples(OPERATOR_VIEWER, known=now())["samples"]
    assert one["frame_units"] == 2
    frame = stored_samples(trading).by_key["2026-01 plant"].frame
    assert {unit.id for unit in frame} == {SITE_OF[KESTREL], SITE_OF[NORRVIK]}
    assert [row["id"] for row in one["drawn"]] == [row.id for row in done.drawn]
    total = sum(float(unit.size) for unit in frame)
    (drawn,) = done.drawn
    size = next(float(unit.size) for unit in frame if unit.id == drawn.id)
    assert float(drawn.probability) == pytest.approx(size / total)
    assert named(trading) == set()
    for viewer in (Viewer(NORRVIK), Viewer(KESTREL), Viewer(None)):
        assert list_samples(viewer, known=now())["samples"] == []
    papers = write_sample_papers(trading, "2026-01 plant", tmp_path / "sample")
    assert {"frame.csv", "sample.csv", "checkpoint"} <= set(papers.files)
    found = check_papers(tmp_path / "sample", trading.log_key.public)
    assert (found.wrong, found.proofs, found.is_trusted) == ((), 2, True)


def test_a_lot_is_drawn_by_what_is_left_of_it(register, sample):
    commit(register, unit="lot")
    events = [{**sample["epcisBody"]["eventList"][n], "eventTime": f"2026-01-1{n}T10:00:00.000Z"} for n in range(4)]
    take(register, sample, events, KESTREL, at=on(20))
    assert not draw(register, unit="lot").problems
    (held,) = stored_samples(register).by_key.values()
    tails = {unit.id.rpartition("/")[2] for unit in held.frame}
    assert tails
    assert tails <= {"KR-2025-W14", "KR-C-0418", "KR-T-0418"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": "2026-1"}, "sample.no_plan"),
        ({"period": "January"}, "sample.no_plan"),
        ({"size": "Fe"}, "sample.no_plan"),
        ({"strata": ()}, "sample.no_plan"),
        ({"strata": (Stratum("mine", 0),)}, "sample.no_plan"),
        ({"strata": (Stratum("", 1), Stratum("mine", 1))}, "sample.no_plan"),
        ({"strata": (Stratum("mine", 1), Stratum("mine", 1))}, "sample.no_plan"),
        ({"period": "2025-12"}, "sample.too_late"),
        ({"frame_day": date(2026, 1, 31)}, "sample.too_late"),
    ],
)
def test_a_plan_that_leaves_a_choice_is_not_committed(register, changes, code):
    size = register.size
    assert codes(commit(register, **changes)) == [code]
    assert register.size == size


def test_one_plan_counts_and_is_drawn_once_by_its_own_seed_after_its_day(trading):
    """Threat D3: several plans, seeds or moments to choose from would be a choice of the plant."""
    assert codes(commit(trading, seed=b"x" * 32)) == ["sample.committed_already"]
    assert codes(draw(trading, at=on(35))) == ["sample.too_early"]
    assert codes(draw(trading, seed=b"x" * 32)) == ["sample.another_seed"]
    assert codes(draw(trading, period="2026-02")) == ["sample.not_committed"]
    assert not draw(trading).problems
    assert codes(draw(trading)) == ["sample.drawn_already"]


def test_what_is_not_there_cannot_be_drawn(register, part_of):
    capture(register, part_of(0), submitter=KESTREL, at=AT)
    commit(register, strata=(Stratum("mine", 3),))
    assert codes(draw(register)) == ["sample.stratum_small"]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        (DRAW, {"drawn": []}),
        (DRAW, {"digest": "00"}),
        (DRAW, {"frame_size": 1}),
        (DRAW, {"seed": "00" * 32}),
        (DRAW, {"frame": [{"id": "a", "stratum": "", "size": "1"}]}),
        (DRAW, {}),
        (PLAN, {}),
    ],
)
def test_a_draw_that_its_pieces_do_not_give_has_no_effect_and_is_named(trading, kind, changes):
    """Threat O3: entered as whoever owns the database could; the same again has no effect either."""
    draw(trading)
    if kind == DRAW and changes:
        row = Registration.objects.get(kind=DRAW)
        document = json.loads(row.document)
        Registration.objects.filter(kind=DRAW).update(kind="other")
    else:
        document = json.loads(Registration.objects.get(kind=kind).document)
    document.pop("registered_at")
    register_documents([Registrable(kind, document["id"], {**document, **changes, "again": 1})], "operator", DRAWN_ON)
    assert stored_samples(trading).flaws
    assert "inquiry.replay" in named(trading)


def test_a_sample_is_signed_by_the_office(tmp_path):
    """Threat O3."""
    made = make_register(tmp_path / "real", origin="log.example.org/register", at=AT)
    import_directory(made, packaged_text("shell.site", "sample_directory.yaml"), at=AT)
    for name in ("ann", "bo"):
        add_account(made, key_of(name), name=name, at=AT)
    assert codes(commit(made)) == ["inquiry.account_needed"]
    assert codes(commit(made, by=key_of("eve"))) == ["inquiry.not_an_account"]
    assert not commit(made, by=key_of("ann")).problems
    assert stored_samples(made).flaws == []


def test_a_folder_whose_sample_was_changed_does_not_hold(trading, tmp_path):
    draw(trading)
    folder = tmp_path / "sample"
    write_sample_papers(trading, "2026-01 plant", folder)
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        before = path.read_bytes()
        path.write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
        assert check_papers(folder, trading.log_key.public).wrong, path
        path.write_bytes(before)
    assert not check_papers(folder, trading.log_key.public).wrong
