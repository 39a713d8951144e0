"""The stylesheet: readable on both grounds, and small."""

import re
from pathlib import Path

import pytest

from ytterby.shell.drawing.pen import PAINT

PORTAL = Path(__file__).resolve().parents[3] / "src" / "ytterby" / "shell" / "portal"
CSS = (PORTAL / "static" / "portal" / "ytterby.css").read_text(encoding="utf-8")
LEAST = 4.5

# What stands on what: text token, ground tokens.
PAIRS = [
    ("ink", ["paper", "ground", "head", "hover", "accent-tint", "quiet-tint"]),
    ("ink-2", ["paper", "ground", "head", "hover", "accent-tint"]),
    ("ink-3", ["paper", "ground", "head", "hover"]),
    ("accent", ["paper", "ground", "head", "hover", "accent-tint"]),
    ("on-accent", ["accent"]),
    ("good", ["good-tint"]),
    ("warn", ["warn-tint"]),
    ("bad", ["bad-tint", "paper"]),
    ("wait", ["wait-tint"]),
    ("quiet", ["quiet-tint"]),
    ("rail-ink", ["rail", "rail-hover"]),
    ("rail-ink-2", ["rail"]),
    ("rail-strong", ["rail", "rail-here"]),
    # Labels of a picture stand on its ribbons: titles in ink, small print in ink-2 but on red.
    ("ink", ["flow-lot", "flow-loop", "flow-export", "flow-loss", "flow-bad"]),
    ("ink-2", ["flow-lot", "flow-loop", "flow-export", "flow-loss"]),
    # Names and ticks of a figure stand on the card.
    ("ink-2", ["paper", "quiet-tint"]),
]
# Shapes that carry meaning need 3:1 on the card (WCAG 2.2, 1.4.11).
SHAPES = ["node-lot", "node-focus", "node-loop", "node-export", "node-loss", "node-bad"]


def tokens(ground: str) -> dict[str, str]:
    """Return the colours of a ground; the dark one changes what it names."""
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[0]))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", blocks[1])) if ground == "dark" else found


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.2, definition)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_published_extremes():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize(("text", "grounds"), PAIRS)
def test_every_text_is_readable_on_its_grounds(ground, text, grounds):
    colours = tokens(ground)
    ratios = {on: round(contrast(colours[text], colours[on]), 2) for on in grounds}
    assert min(ratios.values()) >= LEAST, ratios


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_every_box_of_a_picture_stands_out_from_the_card(ground):
    colours = tokens(ground)
    ratios = {name: round(contrast(colours[name], colours["paper"]), 2) for name in SHAPES}
    assert min(ratios.values()) >= 3.0, ratios


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_marks_of_a_month_stand_out_from_the_band_they_stand_on(ground):
    colours = tokens(ground)
    ratios = {band: round(contrast(colours["node-lot"], colours[band]), 2) for band in ("band-1", "band-2", "paper")}
    assert min(ratios.values()) >= 3.0, ratios


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_borders_of_fields_stand_out(ground):
    colours = tokens(ground)
    assert contrast(colours["ink-3"], colours["paper"]) >= 3.0


def test_dark_ground_changes_every_colour_that_would_not_work_there():
    light, dark = tokens("light"), tokens("dark")
    same = {name for name in light if light[name] == dark[name]}
    assert same <= {"rail-ink", "rail-ink-2", "rail-strong"}


def test_the_stylesheet_stays_small_and_fetches_nothing():
    assert len(CSS.splitlines()) <= 520
    assert "url(" not in CSS
    assert "@import" not in CSS


def test_every_class_of_the_templates_is_styled_and_every_style_is_used():
    used = set()
    for path in [*PORTAL.rglob("*.html"), *PORTAL.rglob("*.py"), *(PORTAL.parent / "drawing").glob("*.py")]:
        for names in re.findall(r'class=\\?"([^"]*)"', path.read_text(encoding="utf-8")):
            plain = re.sub(r"\{[%{].*?[%}]\}", " ", names)
            used |= set(plain.split())
            used |= set(re.findall(r"(?:%}|\s)([a-z]+)(?=\s*\{%)", names))
    styled = set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"/\*.*?\*/|\"[^\"]*\"", "", CSS, flags=re.DOTALL)))
    made_by_code = {"node", "link", "lot", "loop", "export", "loss", "bad", "focus", "wide", "t1", "t2", "t3"}
    made_by_code |= {"chart", "narrow", *PAINT}
    made_by_code |= {"stage", "here", "hit", "trace", "good", "warn", "wait", "none", "open", "mark"}
    unused = styled - used - made_by_code
    assert unused == set()


def test_no_template_styles_itself_or_runs_a_script_of_its_own():
    for path in PORTAL.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "style=" not in text, path.name
        assert not re.search(r"\son\w+=", text), path.name
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text)), path.name
        assert "|safe" not in text, path.name
        assert "autoescape off" not in text, path.name
