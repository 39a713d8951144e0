"""Drawing: traces, month balances and probabilities of detection as plain SVG made on the server.

It knows: how the nodes and edges of a trace become boxes and ribbons (`flow`), which of them to join when there
are more than a reader can follow (`gather`), where they stand (`layout`), and how that is written (`svg`); how months
become figures of MUF and CUMUF (`muf`) and of Page's test (`page_levels`), methods one of detection (`detection`), a
year one of its quota (`quota_use`), and a table of transitions one of the states of a case (`transitions`).
It never queries and never decides: it draws the dictionary that `lot trace` answers, the rows of `month_rows`, or a
position of `quota_positions`: kilograms of one element or t REO, never two units in one picture. What others named is
escaped everywhere (threat X1).

Terms. *Box*: a lot, its height the element in it. *Ribbon*: a flow between two boxes, on the same scale. *Stage*:
the length of the longest path that leads to a box; a lot is never changed once declared, so a trace has no circle.
*Plane*: where months and values stand (`month_plane`). *Pen*: writes marks for a page, as classes, or for a file that
stands alone (`pen`). *Picture*: a drawn figure with the text that stands for it (`picture`).
Start reading at `draw_sankey` and `draw_muf`.
"""

from ytterby.shell.drawing.detection import draw_detection
from ytterby.shell.drawing.flow import Flow, Link, Node, add_stock, flow_of_trace, join_directions
from ytterby.shell.drawing.gather import gather_small
from ytterby.shell.drawing.layout import Box, Layout, Ribbon, find_stages, lay_out
from ytterby.shell.drawing.months import draw_months
from ytterby.shell.drawing.muf import draw_cumuf, draw_muf
from ytterby.shell.drawing.page_levels import draw_page
from ytterby.shell.drawing.quota_use import draw_quota
from ytterby.shell.drawing.svg import draw_sankey
from ytterby.shell.drawing.transitions import draw_transitions

__all__ = [
    "Box",
    "Flow",
    "Layout",
    "Link",
    "Node",
    "Ribbon",
    "add_stock",
    "draw_cumuf",
    "draw_detection",
    "draw_months",
    "draw_muf",
    "draw_page",
    "draw_quota",
    "draw_sankey",
    "draw_transitions",
    "find_stages",
    "flow_of_trace",
    "gather_small",
    "join_directions",
    "lay_out",
]
