"""What a name is compared by does not hang on case, width, accents, scripts or legal forms."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ytterby.screening.folding import NAME_LENGTH_MAX, WORDS_MAX, fold_name
from ytterby.screening.sound import skeleton_of, sound_of
from ytterby.shell.site.screening_tables import name_tables

ALPHABETS = (
    "abcdefgh XYZ.,-'&/1 éüßøłİ абвжщёїґ αβγ 华达稀土有限公司 集團氣 カナ 김정 محمدعبدال שלום देवनाग \u200b\u0301\u0007"
)
NAMES = st.text(st.sampled_from(ALPHABETS), max_size=40) | st.text(max_size=60)


def fold(text, is_person=False):
    return fold_name(text, name_tables(), is_person=is_person)


@given(NAMES, st.booleans())
@example("abdulabdulrahman x", True)
@example("Dr Dr Dr", True)
def test_folding_what_is_folded_changes_nothing(text, is_person):
    once = fold(text, is_person)
    if not once.is_abjad and not once.is_read:
        assert fold(" ".join(once.words), is_person).words == once.words


@given(NAMES, st.booleans())
def test_any_text_is_folded_in_bounds(text, is_person):
    folded = fold(text * 3, is_person)
    # A word may be two, and a phrase of the trade four.
    assert len(folded.words) <= 4 * WORDS_MAX
    assert all(folded.words)


def test_a_name_of_ten_thousand_characters_is_cut_before_anything_is_done():
    assert fold("Ab " * 5_000) == fold(("Ab " * 5_000)[:NAME_LENGTH_MAX])


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("KORVATECH Instruments GmbH", "korvatech instruments"),
        ("Ｋｏｒｖａｔｅｃｈ", "korvatech"),
        ("Société Générale S.A.", "Societe Generale"),
        ("Example Trading Co., Ltd.", "EXAMPLE TRADING"),
        ("Example Trading Pte. Ltd.", "Example Trading Sdn Bhd"),
        ("Jafiela Boutique, S.A. de C.V.", "Jafiela Boutique"),
        ("ООО «Севметалл»", "OOO SEVMETALL"),
        ("Закрытое акционерное общество Север", "ZAO Sever"),
        ("M D S Thmorda", "M.D.S. Thmorda"),
        ("삼성 주식회사", "삼성"),
        ("Ganzhou Yongning Cixing Cailiao Youxian Gongsi", "Ganzhou Yongning Magnetic Materials Co., Ltd."),
    ],
)
def test_these_are_one_name(written, same):
    assert fold(written).words == fold(same).words


@pytest.mark.parametrize(
    "form",
    [
        *("Co., Ltd.", "Inc.", "Corp.", "LLC", "plc", "GmbH", "AG", "KG", "S.A.", "S.r.l.", "B.V.", "N.V.", "AB", "Oy"),
        *(
            "AS",
            "K.K.",
            "Pty Ltd",
            "Pte. Ltd.",
            "Sdn Bhd",
            "OOO",
            "ZAO",
            "PAO",
            "ООО",
            "ЗАО",
            "ПАО",
            "Joint Stock Company",
        ),
    ],
)
def test_a_legal_form_at_the_end_is_put_aside(form):
    folded = fold(f"Korvatech Instruments {form}")
    assert folded.words == ("korvatech", "instruments")
    assert folded.forms


@pytest.mark.parametrize("form", ["有限公司", "有限责任公司", "股份有限公司", "集团", "集團有限公司", "株式会社"])
def test_a_legal_form_in_han_is_put_aside(form):
    assert fold(f"杭州华达{form}").han == fold("杭州华达").han == "杭州华达"


def test_a_name_that_is_nothing_but_a_form_stays():
    assert fold("Company Limited").words == ("company", "limited")
    assert fold("集团公司").han


def test_traditional_and_simplified_characters_are_one():
    assert fold("廈門東海稀土新材料集團").han == fold("厦门东海稀土新材料集团").han


def test_chinese_is_read_as_firms_write_themselves_in_english():
    folded = fold("赣州永宁磁性材料有限公司")
    assert folded.words == ("ganzhou", "yongning", "magnetic", "materials")
    assert folded.is_read


@pytest.mark.parametrize(
    ("other", "latin"),
    [
        ("Владислав Костромин", "vladislav kostromin"),
        ("김정은", "gimjeongeun"),
        ("Γιώργος", "giorgos"),
        ("შოთა", "shota"),
    ],
)
def test_other_scripts_are_read_letter_by_letter(other, latin):
    assert " ".join(fold(other, is_person=True).words) == latin


def test_arabic_keeps_its_consonants_and_loses_its_article():
    folded = fold("عبد القدوس", is_person=True)
    assert folded.is_abjad
    assert folded.words == ("abd", "qdws")
    assert fold("عبدالقدوس", is_person=True).words == folded.words


@pytest.mark.parametrize("written", ["Mohamed", "Muhammad", "Mohammed", "Muhamad", "mhmd"])
def test_one_name_has_one_skeleton_however_it_is_transliterated(written):
    assert skeleton_of(sound_of(written.lower())) == "mhmd"
