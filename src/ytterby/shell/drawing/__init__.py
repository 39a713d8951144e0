"""Drawing: a lot's trace as a Sankey picture of one element, plain SVG made on the server.

It knows: how the nodes and edges of a trace become boxes and ribbons (`flow`), which of them to join when there
are more than a reader can follow (`gather`), where they stand (`layout`), and how that is written (`svg`).
It never queries and never decides: it draws the dictionary that `lot trace` answers, kilograms of one element,
never two units in one picture. What others named is escaped everywhere (threat X1).

Terms. *Box*: a lot, its height the element in it. *Ribbon*: a flow between two boxes, on the same scale. *Stage*:
the length of the longest path that leads to a box; a lot is never changed once declared, so a trace has no circle.
Start reading at `draw_sankey`.
"""

from ytterby.shell.drawing.flow import Flow, Link, Node, add_stock, flow_of_trace, join_directions
from ytterby.shell.drawing.gather import gather_small
from ytterby.shell.drawing.layout import Box, Layout, Ribbon, find_stages, lay_out
from ytterby.shell.drawing.svg import draw_sankey

__all__ = [
    "Box",
    "Flow",
    "Layout",
    "Link",
    "Node",
    "Ribbon",
    "add_stock",
    "draw_sankey",
    "find_stages",
    "flow_of_trace",
    "gather_small",
    "join_directions",
    "lay_out",
]
