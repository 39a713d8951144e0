"""What people find who look again at decisions by rule: who may, and what a sample has to be (threats D1, D3)."""

from datetime import date
from types import ModuleType

from licence.flipped_branches import unnoticed
from ytterby.licence import audit as shipped

SEED = b"s" * 32
FRAME = tuple(shipped.Framed(f"C-{n}", "P G", n == 1) for n in range(3))
SHARES = {"P G": "0.05"}


def check_semantics(module: ModuleType) -> None:
    def refused(account="ann", officer=True, conflicts=(), parties=("p1", "p2"), part=("bo",), drawn=True, earlier=(),
                verdict="confirmed", text="why"):  # fmt: skip
        who = module.Auditor(account, officer, conflicts)
        held = module.Audited(parties, part, drawn, earlier)
        found = module.result_problems(module.AuditResult("C-1", 1, verdict, text), who, held)
        return [problem.code for problem in found]

    assert refused() == refused(verdict="wrong") == refused(text="w" * 4_000) == []
    assert refused(officer=False) == ["audit.not_an_officer"]
    # Whoever is no officer is not told whether the case was drawn.
    assert refused(officer=False, drawn=False) == ["audit.not_an_officer"]
    assert refused(drawn=False) == ["audit.not_drawn"]
    assert refused(part=("ann", "bo")) == ["audit.own_case"]
    assert refused(account="") == ["audit.own_case"]
    assert refused(earlier=("ann",)) == ["audit.looked_before"]
    assert refused(earlier=("bo",)) == []
    assert refused(conflicts=("p2",)) == ["audit.conflict"]
    assert refused(conflicts=("p3",)) == []
    assert refused(verdict="perhaps", text=" ") == ["audit.verdict", "audit.no_text"]
    assert refused(text="w" * 4_001) == ["audit.text_too_long"]

    sample = module.draw_sample("2026-11", SEED, SHARES, FRAME)
    assert (sample.month, sample.seed) == ("2026-11", SEED.hex())
    assert {one.case: one.why for one in sample.drawn}["C-1"] in {"drawn", "found"}
    over = date(2026, 12, 1)
    assert module.sample_flaw(sample, over) is None
    assert module.sample_flaw(sample, date(2026, 11, 30)) == "its month was not over"

    def flaw(**changes):
        told = {"month": "2026-11", "seed": sample.seed, "shares": SHARES, "frame": FRAME, "drawn": sample.drawn}
        return module.sample_flaw(module.AuditSample(**{**told, **changes}), over)

    assert flaw() is None
    assert flaw(month="2026-13") == "its month was not over"
    assert flaw(drawn=()) == "its seed draws other cases"
    assert flaw(drawn=tuple(module.Drawn(one.case, "drawn") for one in FRAME)) == "its seed draws other cases"
    assert flaw(seed="00").startswith("it cannot be drawn again")
    assert flaw(shares={}).startswith("it cannot be drawn again")
    assert [module.last_day(month) for month in ("2026-02", "2024-02", "2026-12", "2026-13", "soon")] == [
        date(2026, 2, 28), date(2024, 2, 29), date(2026, 12, 31), None, None,
    ]  # fmt: skip


def test_audits_mean_what_they_say():
    check_semantics(shipped)


def test_every_branch_of_audits_turned_round_is_noticed():
    assert unnoticed(shipped, check_semantics) == []
