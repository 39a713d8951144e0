"""The figure of a kind of case: its states by phase from left to right, and below them what leads from which to which.

A state is a box with a line that runs down from it. Each command has a row of its own: dots on the lines of the states
in which it may be given, and an arrow to the line of the state that it leads to. So no two arrows cross, however many a
table has, and a row reads as the table is written. Last states stand on a grey ground; the first one has a mark.

A table is data of the project; its words come from the caller, so that a figure is drawn in any language.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ytterby.licence.transition import SAME, Row, TransitionTable
from ytterby.shell.drawing.label import cut, measure
from ytterby.shell.drawing.pen import TICK_SIZE, Pen
from ytterby.shell.drawing.picture import AREA, LINE, Key, Picture, draw_head, write_file
from ytterby.shell.wording import fill

# Group of words and code -> the word (`wording.word` of a language).
Words = Callable[[str, str], str]

LABEL_WIDTH, COLUMN, BOX = 330.0, 92.0, 84.0
PHASE_HEIGHT, LINE_HEIGHT, BOX_LINES, ROW = 20.0, 13.0, 3, 19.0
BOX_HEIGHT = BOX_LINES * LINE_HEIGHT + 8
DOT, HEAD = 3.4, 7.0


class Way(NamedTuple):
    """What one row of the figure shows: rows of the table with one command, one target and the same people."""

    command: str
    target: str
    who: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the states of a table stand, left to right."""

    table: TransitionTable
    states: tuple[str, ...]
    top: float

    @property
    def width(self) -> float:
        """The width of the figure."""
        return LABEL_WIDTH + COLUMN * len(self.states)

    @property
    def below(self) -> float:
        """Where the boxes end."""
        return self.top + PHASE_HEIGHT + BOX_HEIGHT

    def x(self, state: str) -> float:
        """Return where the line of a state runs."""
        return LABEL_WIDTH + COLUMN * (self.states.index(state) + 0.5)


def draw_transitions(table: TransitionTable, words: Words) -> str:
    """Return the figure of a table as a file that stands alone. `words` gives the word for a group and a code."""
    title = fill(words("case_drawing", "title"), {"kind": words("case_kind", table.kind)})
    return write_file([transitions_picture(table, words, Pen(is_page=False))], title)


def transitions_picture(table: TransitionTable, words: Words, pen: Pen) -> Picture:
    """Return the figure of a table."""
    states = _ordered(table)
    width = LABEL_WIDTH + COLUMN * len(states)
    head = draw_head(pen, words("case_drawing", "step"), _keys(words), width)
    plan = Plan(table, states, head.height)
    ways = ways_of(table)
    bottom = plan.below + ROW * len(ways) + 6
    parts = [*head.parts, *_phases(plan, words, pen)]
    for state in states:
        parts.append(pen.line("grid", plan.x(state), plan.below, plan.x(state), bottom))
        parts += _box(plan, state, words, pen)
    for number, way in enumerate(ways):
        parts += _way(plan, way, plan.below + ROW * (number + 0.7), words, pen)
    return Picture(plan.width, bottom + 4, tuple(parts), _about(plan, ways, words))


def ways_of(table: TransitionTable) -> tuple[Way, ...]:
    """Return what the figure shows in a row each, in the order of the table: first what moves a case, then what does
    not.
    """
    found: dict[tuple[str, str, tuple[str, ...]], dict[str, None]] = {}
    for row in sorted(table.rows, key=_is_stay):
        found.setdefault((row.command, row.target, row.who), {}).update(dict.fromkeys(row.origins))
    return tuple(Way(*key, tuple(origins)) for key, origins in found.items())


def _is_stay(row: Row) -> bool:
    return row.target == SAME


def _ordered(table: TransitionTable) -> tuple[str, ...]:
    """Return the states with those of one phase together, phases in the order in which the table names them."""
    phases = list(dict.fromkeys(state.phase for state in table.states.values()))
    return tuple(sorted(table.states, key=lambda name: phases.index(table.states[name].phase)))


def _keys(words: Words) -> list[Key]:
    return [
        Key("path", LINE, words("case_drawing", "move")),
        Key("outside", "disc", words("case_drawing", "stay")),
        Key("mark-c", "down", words("case_drawing", "begin")),
        Key("gap", AREA, words("case_drawing", "end")),
    ]


def _phases(plan: Plan, words: Words, pen: Pen) -> Iterator[str]:
    """Name each phase above its states, with a line as wide as they are."""
    for phase, group in groupby(plan.states, key=lambda name: plan.table.states[name].phase):
        states = list(group)
        left, right = plan.x(states[0]) - BOX / 2, plan.x(states[-1]) + BOX / 2
        name = cut(words("case_phase", phase), TICK_SIZE, right - left)
        yield pen.text("tick", (left + right) / 2, plan.top + 10, name, "middle")
        yield pen.line("zero", left, plan.top + 15, right, plan.top + 15)


def _box(plan: Plan, state: str, words: Words, pen: Pen) -> Iterator[str]:
    x, y = plan.x(state), plan.top + PHASE_HEIGHT
    rule = plan.table.states[state]
    kind = "gap" if rule.is_last else "outside"
    title = f"{words('case_state', state)}: {words('case_role', rule.holder)}"
    yield pen.rect(kind, x - BOX / 2, y, BOX, BOX_HEIGHT, title)
    lines = wrap(words("case_state", state), BOX - 8)
    first = y + BOX_HEIGHT / 2 - LINE_HEIGHT * (len(lines) - 1) / 2 + 4
    for number, line in enumerate(lines):
        yield pen.text("key", x, first + LINE_HEIGHT * number, line, "middle")
    if state == plan.table.begins:
        yield pen.mark("mark-c", "down", x, y - 1, DOT + 1)


def _way(plan: Plan, way: Way, y: float, words: Words, pen: Pen) -> Iterator[str]:
    verb, who = words("case_verb", way.command), _listed([words("case_role", role) for role in way.who])
    yield pen.text("key", 0, y + 4, cut(f"{verb} · {who}", TICK_SIZE, LABEL_WIDTH - BOX / 2))
    places = [plan.x(state) for state in way.origins]
    kind = "outside" if way.target == SAME else "dot"
    if way.target != SAME:
        yield from _arrow(places, plan.x(way.target), y, pen)
    yield from (pen.mark(kind, "disc", x, y, DOT) for x in places)
    # The whole row is to be pointed at.
    yield pen.rect("hit", 0, y - ROW / 2, plan.width, ROW, _tip(way, words))


def _arrow(places: Sequence[float], target: float, y: float, pen: Pen) -> Iterator[str]:
    """Return the line from states to a target, with a head from either side that something comes from."""
    yield pen.line("path", min(*places, target), y, max(*places, target), y)
    for sign in (1, -1):
        if any((target - x) * sign > 0 for x in places):
            back = target - sign * HEAD
            yield pen.area("dot", [(target, y), (back, y - HEAD / 2), (back, y + HEAD / 2)])


def _tip(way: Way, words: Words) -> str:
    facts = {
        "verb": words("case_verb", way.command),
        "who": _listed([words("case_role", role) for role in way.who]),
        "origins": _listed([words("case_state", state) for state in way.origins]),
    }
    if way.target == SAME:
        return fill(words("case_drawing", "tip_stay"), facts)
    return fill(words("case_drawing", "tip_move"), {**facts, "target": words("case_state", way.target)})


def _about(plan: Plan, ways: Sequence[Way], words: Words) -> str:
    """Return what a sighted reader sees: every state, and every command with where it leads."""
    facts = {
        "count": len(plan.states),
        "states": _listed([words("case_state", state) for state in plan.states]),
        "steps": "; ".join(_tip(way, words) for way in ways),
    }
    return fill(words("case_drawing", "about"), facts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)


def wrap(text: str, room: float) -> list[str]:
    """Return a text in lines that fit into a room: at its blanks where it has some; what is too much is cut off."""
    lines: list[str] = []
    for part in text.split(" "):
        longer = f"{lines[-1]} {part}" if lines else part
        if lines and measure(longer, TICK_SIZE) <= room:
            lines[-1] = longer
        else:
            lines.append(part)
    if len(lines) > BOX_LINES:
        lines = [*lines[: BOX_LINES - 1], " ".join(lines[BOX_LINES - 1 :])]
    return [cut(line, TICK_SIZE, room) for line in lines]
