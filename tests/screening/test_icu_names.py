"""The second opinion says what our own tables say of what both know, and is asked only where it is installed."""

import pytest

from screening.named import BODY, PERSON, bearers
from ytterby.screening.folding import fold_name
from ytterby.screening.name_index import build_index
from ytterby.screening.screener import Screener
from ytterby.shell.site.icu_names import fold_by_icu, is_installed
from ytterby.shell.site.screening_tables import name_tables, scoring

needs_icu = pytest.mark.skipif(not is_installed(), reason="the extra icu (PyICU, rigour, normality) is not installed")


@needs_icu
@pytest.mark.parametrize(
    "name", ["Korvatech Instruments GmbH", "Société Générale S.A.", "Example Trading Co., Ltd.", "杭州华达"]
)
def test_both_read_a_firm_alike(name):
    assert fold_by_icu(name_tables())(name, False).words == fold_name(name, name_tables(), is_person=False).words


@needs_icu
def test_a_name_in_cyrillic_is_found_by_either_reading():
    index, rarity = build_index(bearers(), name_tables())
    plain, asked = (
        Screener(index, name_tables(), rarity, scoring(), second) for second in (None, fold_by_icu(name_tables()))
    )
    for name, schema in (("Владислав Костромин", PERSON), ("ООО Северметалл", BODY)):
        assert asked.screen(name, schema)[0].score >= plain.screen(name, schema)[0].score > 0.8
    assert asked.version != plain.version


def test_without_it_the_base_set_asks_nobody():
    index, rarity = build_index(bearers(), name_tables())
    assert Screener(index, name_tables(), rarity, scoring()).version == scoring().version
