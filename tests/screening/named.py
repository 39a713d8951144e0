"""A small list of invented entries, and how tests screen against it."""

from functools import cache

from ytterby.screening.entry import EntrySchema, NameKind
from ytterby.screening.name_index import Bearer, build_index
from ytterby.screening.screener import Screener
from ytterby.shell.site.screening_tables import name_tables, scoring

PERSON, BODY = EntrySchema.PERSON, EntrySchema.ORGANIZATION
LISTED = (
    ("f1", BODY, "Hangzhou Huada Rare Earth Permanent Magnet Materials Co., Ltd.", "杭州华达稀土永磁材料有限公司"),
    ("f2", BODY, "Ganzhou Yongning Magnetic Materials Co., Ltd.", "赣州永宁磁性材料有限公司"),
    ("f3", BODY, "KORVATECH INSTRUMENTS GmbH"),
    ("f4", BODY, "OOO SEVERMETALL"),
    ("f5", BODY, "Baotou Ruiyuan Import and Export Trading Group Co., Ltd.", "包头瑞远进出口贸易集团有限公司"),
    ("p1", PERSON, "KOSTROMIN, Vladislav Petrovich"),
    ("p2", PERSON, "AL-DABSKI, Salem Nor Eldin"),
    ("p3", PERSON, "RAHMANI, Yar Mohammad"),
    ("p4", PERSON, "ESTRADA JARAMILLO, Nelson Fernando"),
    ("v1", EntrySchema.VESSEL, "MORNING PELICAN"),
)


def bearers(rows=LISTED):
    return [
        Bearer(key, "test", schema, tuple((name, NameKind.PRIMARY) for name in names)) for key, schema, *names in rows
    ]


@cache
def screener():
    index, rarity = build_index(bearers(), name_tables())
    return Screener(index, name_tables(), rarity, scoring())


def best(name, schema=BODY, on=None):
    """Return key and score of the first hit."""
    on = on or screener()
    hits = on.screen(name, schema)
    return (on.index.keys[hits[0].bearer], hits[0].score) if hits else (None, 0.0)
