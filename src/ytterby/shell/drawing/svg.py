"""Write a Sankey picture as SVG.

For a page: classes only, coloured by the stylesheet for either ground, no style attribute and no script, so that
it stands under `Content-Security-Policy: default-src 'self'`. For a file: presentation attributes of its own on a
white ground with heading and legend, readable wherever it is opened. Names of others are escaped (threat X1).
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

from ytterby.shell.drawing.flow import Flow, Json, flow_of_trace
from ytterby.shell.drawing.gather import gather_small
from ytterby.shell.drawing.label import cut, measure
from ytterby.shell.drawing.layout import BOX_WIDTH, LABEL_HEIGHT, LABEL_ROOM, TOP, Box, Layout, lay_out
from ytterby.shell.wording import fill, word

INK, INK_2, PAPER = "#17181c", "#4b4f5a", "#ffffff"
FONT = "Inter, 'Noto Sans CJK SC', system-ui, sans-serif"
TITLE_SIZE, DETAIL_SIZE, STAGE_SIZE = 12.0, 11.0, 11.5
LABEL_GAP = 6.0
HEAD = 84.0
# Of a file: its margins, and the size of its title.
MARGIN, HEADING_SIZE = 20.0, 16.0
# kind -> colour of the box, colour of the ribbon, its opacity
PAINT = {
    "lot": ("#4a3f8f", "#6d61b8", ".26"),
    "focus": ("#17181c", "#6d61b8", ".26"),
    "loop": ("#1c6b3f", "#2f8a5b", ".32"),
    "export": ("#1d5a8a", "#1d6f9e", ".38"),
    "loss": ("#8d8f98", "#8d8f98", ".30"),
    "bad": ("#a3201d", "#c23a34", ".55"),
}
LEGEND = {"lot": "declared", "focus": "focus", "loop": "loop", "export": "export", "loss": "loss", "bad": "bad"}

# What XML 1.0 (section 2.2) cannot hold at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def draw_sankey(trace: Json, *, title: str, language: str = "en", hrefs: bool = False) -> str:
    """Return the picture of a trace (the keys of `lot trace`), one element in kilograms.

    `hrefs` draws it for a page: boxes link to the `href` of their node, colours come from the stylesheet. Without,
    it is a file that stands alone.

    Raises:
        ValueError: the trace runs in a circle, or an edge leads to no node.
    """
    flow, stages = gather_small(flow_of_trace(trace, language), language=language)
    if not any(node.mass_kg > 0 for node in flow.nodes):
        return _write_nothing(flow, title, language, hrefs)
    layout = lay_out(flow.nodes, flow.links, stages=stages)
    body = [_stage_headings(flow, layout, hrefs), *_ribbons(flow, layout, hrefs)]
    body += [_box(flow, layout, box, hrefs) for box in layout.boxes]
    about = fill(
        word("picture", "alt", language),
        {"element": word("element", flow.element, language), "stages": len(layout.stage_x)},
    )
    if hrefs:
        return _page_picture(layout, body, about)
    return _file_picture(layout, body, title, about, _legend(flow, language, layout.width))


def legend_kinds(flow: Flow) -> list[str]:
    """Return the kinds that a picture shows, in the order of the legend."""
    shown = {node.kind for node in flow.nodes} | {link.kind for link in flow.links}
    return [kind for kind in LEGEND if kind in shown]


def text_of(value: object) -> str:
    """Return a text that can stand anywhere in XML: escaped, and without what XML cannot hold."""
    return escape(_NOT_XML.sub("\ufffd", str(value)), quote=True)


def _page_picture(layout: Layout, body: Sequence[str], about: str) -> str:
    wide = " wide" if layout.width > 1200 else ""
    size = f'width="{layout.width:.0f}" height="{layout.height:.0f}"'
    return (
        f'<svg class="trace{wide}" viewBox="0 0 {layout.width:.0f} {layout.height:.0f}" {size} '
        f'role="group" aria-label="{text_of(about)}">' + "".join(body) + "</svg>"
    )


def _file_picture(layout: Layout, body: Sequence[str], title: str, about: str, legend: str) -> str:
    groups = (
        f'<g transform="translate({MARGIN:.0f} {HEAD - 26:.0f})">{legend}</g>'
        f'<g transform="translate({MARGIN:.0f} {HEAD:.0f})">{"".join(body)}</g>'
    )
    return write_document(
        layout.width + 2 * MARGIN, layout.height + HEAD + MARGIN, groups, title=title, title_y=28, about=about
    )


def write_document(width: float, height: float, body: str, *, title: str, title_y: float, about: str) -> str:
    """Return a file that stands alone: a white ground, the title in its margins, and a body that is SVG already."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" '
        f'height="{height:.0f}" role="img" aria-labelledby="t d" font-family="{FONT}" fill="{INK}">'
        f'<title id="t">{text_of(title)}</title><desc id="d">{text_of(about)}</desc>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
        f'<text x="{MARGIN:.0f}" y="{title_y:.0f}" font-size="{HEADING_SIZE:g}" font-weight="600">'
        f"{text_of(cut(title, HEADING_SIZE, width - 2 * MARGIN))}</text>{body}</svg>\n"
    )


def _write_nothing(flow: Flow, title: str, language: str, hrefs: bool) -> str:
    said = fill(word("picture", "nothing", language), {"element": word("element", flow.element, language)})
    opening = 'class="trace"' if hrefs else f'xmlns="http://www.w3.org/2000/svg" font-family="{FONT}" fill="{INK}"'
    ground = "" if hrefs else f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    return (
        f'<svg {opening} viewBox="0 0 1160 60" width="1160" height="60" role="img" aria-label="{text_of(title)}">'
        f'<title>{text_of(title)}</title>{ground}<text x="12" y="34" font-size="13">{text_of(said)}</text></svg>'
    )


def _paint(kind: str, part: str, hrefs: bool) -> str:
    if hrefs:
        return f'class="{part} {kind}"'
    box, ribbon, opacity = PAINT[kind]
    return f'fill="{box}"' if part == "node" else f'fill="{ribbon}" fill-opacity="{opacity}"'


def _write_text(x: float, y: float, text: str, size: float, name: str, hrefs: bool) -> str:
    if hrefs:
        look = f'class="{name}"'
    else:
        weight = ' font-weight="560"' if name in {"t1", "stage"} else ""
        look = f'font-size="{size:g}"{weight} fill="{INK if name in {"t1", "t3"} else INK_2}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{text_of(text)}</text>'


def _stage_headings(flow: Flow, layout: Layout, hrefs: bool) -> str:
    """Name each stage by the form of the heaviest lot in it."""
    heaviest: dict[int, tuple[float, str]] = {}
    for box in layout.boxes:
        node = flow.nodes[box.node]
        if node.heading and node.kind not in {"loss", "bad"}:
            heaviest[box.stage] = max(heaviest.get(box.stage, (0.0, "")), (box.height, node.heading))
    return "".join(
        _write_text(layout.stage_x[stage], 12, cut(name, STAGE_SIZE, _room(layout, stage)), STAGE_SIZE, "stage", hrefs)
        for stage, (_, name) in sorted(heaviest.items())
    )


def _room(layout: Layout, stage: int) -> float:
    """Return the width that labels of a stage have; those of the last one end with the picture."""
    return LABEL_ROOM - BOX_WIDTH if stage == len(layout.stage_x) - 1 else layout.label_width


def _ribbons(flow: Flow, layout: Layout, hrefs: bool) -> list[str]:
    found = []
    for ribbon in layout.ribbons:
        link = flow.links[ribbon.link]
        paint = _paint(link.kind, "link", hrefs)
        found.append(f'<path {paint} d="{ribbon.path}"><title>{text_of(link.title)}</title></path>')
    return found


def _box(flow: Flow, layout: Layout, box: Box, hrefs: bool) -> str:
    node = flow.nodes[box.node]
    room = _room(layout, box.stage)
    x = box.x + BOX_WIDTH + LABEL_GAP
    # Grey small print would be hard to read on a red ribbon.
    small = "t3" if node.kind == "bad" else "t2"
    parts = [
        f"<title>{text_of(f'{node.title}: {node.detail}')}</title>",
        f'<rect {_paint(node.kind, "node", hrefs)} x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.0f}" '
        f'height="{box.height:.1f}" rx="2"/>',
        _write_text(x, box.label_y + 12, cut(node.title, TITLE_SIZE, room), TITLE_SIZE, "t1", hrefs),
        _write_text(x, box.label_y + 26, cut(node.detail, DETAIL_SIZE, room), DETAIL_SIZE, small, hrefs),
    ]
    # A link of ours leads to a page of ours; anything else is no link.
    if hrefs and node.href.startswith(("/", "?", "#")) and not node.href.startswith("//"):
        # The label is to be hit between its letters too (WCAG 2.2, 2.5.8).
        width = LABEL_GAP + BOX_WIDTH + measure(cut(node.title, TITLE_SIZE, room), TITLE_SIZE)
        parts.insert(
            1,
            f'<rect class="hit" x="{box.x:.1f}" y="{box.label_y:.1f}" width="{width:.0f}" '
            f'height="{LABEL_HEIGHT:.0f}"/>',
        )
        return f'<a href="{text_of(node.href)}">{"".join(parts)}</a>'
    return f"<g>{''.join(parts)}</g>"


def _legend(flow: Flow, language: str, width: float) -> str:
    at = 0.0
    parts: list[Any] = []
    for kind in legend_kinds(flow):
        name = word("picture", LEGEND[kind], language)
        colour, ribbon, opacity = PAINT[kind]
        swatch = f'fill="{colour}"' if kind == "focus" else f'fill="{ribbon}" fill-opacity="{opacity}"'
        parts.append(f'<rect {swatch} x="{at:.0f}" y="-9" width="14" height="10" rx="2"/>')
        parts.append(f'<text x="{at + 20:.0f}" y="0" font-size="12" fill="{INK_2}">{text_of(name)}</text>')
        at += 20 + measure(name, 12) + 22
    unit = f"{flow.element}, {word('picture', 'unit', language)}"
    parts.append(f'<text x="{width:.0f}" y="0" font-size="12" text-anchor="end" fill="{INK_2}">{text_of(unit)}</text>')
    return "".join(parts)


assert TOP > STAGE_SIZE + 6, "headings stand above the boxes"
