"""The demo's one user: a new password each run, its hash in the keys folder and nowhere else."""

import stat

from ytterby.shell.actions.demo_user import FILE, NAME, check_demo_password, make_demo_password, session_mark


def test_the_password_of_this_run_opens_and_no_other(tmp_path):
    """Threat O4."""
    first = make_demo_password(tmp_path)
    second = make_demo_password(tmp_path)
    assert first != second
    assert check_demo_password(tmp_path, NAME, second)
    assert not check_demo_password(tmp_path, NAME, first)
    assert not check_demo_password(tmp_path, NAME, "")
    assert not check_demo_password(tmp_path, "operator", second)


def test_a_new_password_ends_sessions_of_the_run_before(tmp_path):
    """Threat O4."""
    make_demo_password(tmp_path)
    before = session_mark(tmp_path)
    make_demo_password(tmp_path)
    assert before
    assert session_mark(tmp_path) != before


def test_only_a_hash_is_kept_readable_by_the_service_alone(tmp_path):
    password = make_demo_password(tmp_path)
    path = tmp_path / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert password not in path.read_text()
    assert password.replace("-", "") not in path.read_text()
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


def test_where_no_password_was_made_nobody_signs_in(tmp_path):
    assert session_mark(tmp_path) is None
    assert not check_demo_password(tmp_path, NAME, "anything")


def test_any_text_may_be_tried(tmp_path):
    make_demo_password(tmp_path)
    for password in ("\x00", "\ud800", "密码" * 1000, "é"):
        assert not check_demo_password(tmp_path, NAME, password)


def test_passwords_have_enough_letters_to_guess_at(tmp_path):
    made = {make_demo_password(tmp_path) for _ in range(3)}
    assert all(len(password.replace("-", "")) == 20 for password in made)
    assert all(not set("il1o0") & set(password) for password in made)
