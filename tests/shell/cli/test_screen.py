import io
import json

import pytest
from rich.console import Console

from ytterby.shell.cli.screen import Column, Screen, plain, write_json


@pytest.fixture
def piped(capsys):
    return capsys.readouterr


def test_a_pipe_gets_no_colour_no_width_and_no_blanks_at_the_end(piped, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")
    screen = Screen()
    screen.verdict(False, "3 of 4 steps do not close.", "A sentence that is far longer than twenty columns are wide.")
    screen.table([Column("lot"), Column("kg", is_number=True)], [["KR-C-0418", "1.0"], ["A", "10.0"]])
    out = piped().out
    assert "\x1b" not in out
    lines = out.splitlines()
    assert lines[0] == "✗ 3 of 4 steps do not close. A sentence that is far longer than twenty columns are wide."
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1].endswith("10.0")


def test_names_from_outside_cannot_steer_the_terminal(piped):
    screen = Screen()
    screen.line("lot \x1b[2Jname [red]x[/red] :smile:")
    screen.table([Column("a\x07")], [["\x1b]0;title\x07"]])
    out = piped().out
    assert "\x1b" not in out
    assert "\x07" not in out
    assert "[red]x[/red] :smile:" in out


def test_remarks_go_beside_the_data(piped):
    Screen().remark("a remark")
    seen = piped()
    assert seen.out == ""
    assert seen.err == "a remark\n"


def test_json_stands_alone_on_standard_output(piped):
    screen = Screen(is_json=True)
    screen.answer({"text": "钕", "none": None}, lambda: pytest.fail("shown as text"))
    assert json.loads(piped().out) == {"text": "钕", "none": None}


def test_what_json_cannot_hold_is_a_mistake_of_ours():
    with pytest.raises(ValueError, match="JSON"):
        write_json({"a": float("nan")})


def test_progress_is_shown_on_a_terminal_alone(piped):
    with Screen().waiting("reading"):
        pass
    assert piped() == ("", "")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("no_colour", [False, True])
def test_no_color_is_heeded_on_a_terminal(monkeypatch, no_colour):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        monkeypatch.delenv("NO_COLOR", raising=False)
    Screen().verdict(True, "good")
    assert ("\x1b[1;32m" in terminal.getvalue()) is not no_colour
    assert Console is not None


def test_progress_waits_half_a_second(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with Screen().waiting("quick"):
        pass
    assert terminal.getvalue() == ""


def test_plain_keeps_lines_and_letters():
    assert plain("钕 Nd\nü\t") == "钕 Nd\nü�"


def test_what_to_type_next_can_be_left_out(piped):
    screen = Screen()
    with screen.without_next():
        screen.next("ytterby lot list")
    screen.next("ytterby lot list")
    assert piped().out == "next: ytterby lot list\n"
