"""What fits of an exit, why not, and both sides of one, by cases written by hand; every branch turned round."""

from decimal import Decimal

import ytterby.licence.exit as room
from licence.flipped_branches import unnoticed
from ytterby.licence.draw_down import Entry, Kind, Line, Share

D = Decimal


def line(**changes):
    return Line(D(10), "KGM", "2026-01-01", "2026-12-31", **changes)


def share(reserved=0, drawn=0):
    return Share(D(reserved), D(drawn))


def facts(leaving, **changes):
    return leaving.Facts(**changes)


ONE = {"is_single_use": True, "ends_at_exit": True}
OTHERS = {"d2": share(reserved=3)}
GONE = {"d1": share(drawn=5)}
# What a line and a licence are, for declaration d1 -> the gate.
GATES = (
    ({}, {}, "2026-06-01", ""),
    ({"standing": "issued"}, {}, "2026-06-01", "not_acknowledged"),
    ({}, {"is_acknowledged": False}, "2026-06-01", "not_acknowledged"),
    ({"standing": "suspended"}, {"is_acknowledged": False}, "2026-06-01", "suspended"),
    ({"standing": "revoked"}, {}, "2030-06-01", "revoked"),
    ({}, {}, "2027-01-01", "validity"),
    ({}, {}, "2026-12-31", ""),
    ({"is_exhausted": True}, {}, "2026-06-01", "exhausted"),
    ({}, {"failed_check": "checks"}, "2026-06-01", "checks"),
    ({}, {"failed_check": "checks"}, "2027-01-01", "validity"),
    ({}, {**ONE, "shares": {}}, "2026-06-01", ""),
    ({}, {**ONE, "shares": {"d2": share()}}, "2026-06-01", ""),
    ({}, {**ONE, "shares": OTHERS}, "2026-06-01", "single_use"),
    ({}, {**ONE, "shares": {"d1": share(reserved=1), **OTHERS}}, "2026-06-01", ""),
    ({}, {"is_single_use": False, "shares": OTHERS}, "2026-06-01", ""),
    ({}, {**ONE, "shares": {"d2": share(drawn=1)}}, "2026-06-01", "exhausted"),
    ({"drawn": D(5)}, {**ONE, "shares": GONE}, "2026-06-01", "exhausted"),
    ({}, {**ONE, "shares": GONE}, "2026-06-01", ""),
    ({"drawn": D(5)}, {"is_single_use": True, "shares": GONE}, "2026-06-01", ""),
    ({}, {"is_single_use": True, "shares": {"d2": share(drawn=1)}}, "2026-06-01", "single_use"),
    # One that ends at its exit and is nobody's alone: whoever comes second is too late for a line that was used.
    ({"drawn": D(5)}, {"ends_at_exit": True, "shares": {"d2": share(drawn=5)}}, "2026-06-01", "exhausted"),
    ({}, {"ends_at_exit": True, "shares": {"d2": share(drawn=5)}}, "2026-06-01", ""),
)
# Of an exit before the licence: neither days nor acknowledgement count.
LINKS = (
    ({"standing": "issued"}, {"is_acknowledged": False}, ""),
    ({}, {}, ""),
    ({"standing": "revoked"}, {}, "revoked"),
    ({"is_exhausted": True}, {}, "exhausted"),
    ({}, {**ONE, "shares": OTHERS}, "single_use"),
    ({}, {**ONE, "shares": {"d2": share(drawn=1)}}, "exhausted"),
    ({}, {**ONE, "shares": {"d1": share(drawn=1)}}, ""),
    ({}, {"shares": OTHERS}, ""),
)
# Line, share, quantity, gate -> verdict, reason, drawn, unlicensed, flag.
EXITS = (
    ({}, share(), 10, "", ("drawn", "", 10, 0, "")),
    ({}, share(), 25, "", ("drawn_in_part", "over_draw", 10, 15, "")),
    ({"drawn": D(10)}, share(), 1, "", ("not_drawn", "over_draw", 0, 1, "")),
    ({}, share(), 1, "revoked", ("not_drawn", "revoked", 0, 1, "")),
    ({"reserved": D(4)}, share(reserved=4), 3, "revoked", ("drawn", "", 3, 0, "revoked")),
    ({"reserved": D(4)}, share(reserved=4), 4, "revoked", ("drawn", "", 4, 0, "revoked")),
    ({"reserved": D(4)}, share(reserved=4), 7, "revoked", ("drawn_in_part", "revoked", 4, 3, "revoked")),
    ({"reserved": D(4)}, share(reserved=4), 7, "", ("drawn", "", 7, 0, "")),
    ({"reserved": D(10)}, share(), 7, "", ("not_drawn", "over_draw", 0, 7, "")),
)
SAID = (
    ("d1", "reserve", D(10)), ("d1", "exit", D(9)), ("d1", "correct", D("0.5")), ("d2", "reserve", D(3)),
    ("d3", "draw", D(2)), ("d4", "reserve", D(5)), ("d4", "cancelled", D(0)), ("d5", "reserve", D(5)),
    ("d5", "exit", D(2)), ("d5", "exit", D(3)), ("d6", "cancelled", D(0)), ("d7", "reserve", D(1)),
    ("d7", "release", D(0)), ("d7", "reserve", D(2)), ("d7", "exit", D(2)),
    ("d8", "reserve", D(4)), ("d8", "exit", D(4)), ("d8", "returned", D(1)),
)  # fmt: skip
PAIRS = (
    ("d1", D(10), D("8.5"), D("1.5"), "differs"),
    ("d2", D(3), None, None, "one_sided"),
    ("d3", None, D(2), None, "one_sided"),
    ("d5", D(5), D(5), D(0), "agrees"),
    ("d7", D(2), D(2), D(0), "agrees"),
    ("d8", D(4), D(4), D(0), "agrees"),
)


def agree(leaving):
    for of_line, of_licence, day, gate in GATES:
        found = leaving.gate_of(line(**of_line), facts(leaving, **of_licence), "d1", day)
        assert found == gate, (of_line, of_licence, day)
    for of_line, of_licence, gate in LINKS:
        found = leaving.link_gate(line(**of_line), facts(leaving, **of_licence), "d1")
        assert found == gate, (of_line, of_licence)
    for of_line, held, quantity, gate, expected in EXITS:
        judged = leaving.judge_exit(line(**of_line), held, D(quantity), gate)
        assert (judged.verdict, judged.reason, judged.drawn, judged.unlicensed, judged.flag) == expected
        posted = leaving.post_exit(line(**of_line), held, judged)
        assert (posted.change.drawn, posted.change.unlicensed) == (judged.drawn, judged.unlicensed)
        assert posted.change.reserved == (-held.reserved if judged.drawn else 0)
    assert is_refused(leaving, D(0))
    assert is_refused(leaving, D(-1))
    found = leaving.pairs(SAID)
    assert tuple((one.declaration, one.exporter, one.customs, one.difference, one.state) for one in found) == PAIRS
    judge(leaving)


def is_refused(leaving, quantity):
    try:
        leaving.judge_exit(line(), share(), quantity, "")
    except ValueError:
        return True
    return False


def judge(leaving):
    held = facts(leaving, is_acknowledged=False)
    one = Entry(Kind.EXIT, "d1", 1, "2026-06-01", D(4))
    assert leaving.judge_entry(line(), share(), held, one).exit.reason == "not_acknowledged"
    assert leaving.judge_entry(line(), share(), held, one, is_linked=True).exit.verdict == "drawn"
    other = Entry(Kind.EXIT, "d1", 1, "2026-06-01", D(4), "TNE")
    refused = leaving.judge_entry(line(), share(), held, other)
    assert (refused.code, refused.exit) == ("refused:unit", None)
    told = leaving.judge_entry(line(), share(), held, one)
    assert told.reason == "not_acknowledged"
    covered = leaving.judge_entry(line(standing="revoked", reserved=D(4)), share(reserved=4), facts(leaving), one)
    assert (covered.exit.verdict, covered.reason) == ("drawn", "revoked")
    part = leaving.judge_entry(line(drawn=D(8)), share(), facts(leaving), one)
    assert (part.exit.flag, part.reason) == ("", "over_draw")
    asked = Entry(Kind.RESERVE, "d1", 1, "2026-06-01", D(4))
    assert leaving.judge_entry(line(), share(), facts(leaving), asked).reason == ""
    assert leaving.judge_entry(line(), share(), held, asked).code == "refused:not_acknowledged"
    assert leaving.judge_entry(line(), share(), facts(leaving), asked).code == "ok"


def test_what_fits_is_drawn_and_the_rest_is_unlicensed():
    agree(room)


def test_every_branch_of_an_exit_that_is_turned_round_is_noticed():
    assert unnoticed(room, agree) == []
