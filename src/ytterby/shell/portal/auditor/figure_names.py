"""What figures and facts are called on pages: of a month's balance, and of a finding that a case is about."""

from collections.abc import Iterable

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ytterby.shell.portal.templatetags.ytterby import amount, kg, score
from ytterby.shell.wording import word

# Units in which findings quote amounts (UN/ECE Rec 20).
UNITS = ("KGM", "H87")


def month_figure_names(names: Iterable[str]) -> list[str]:
    """Return what the figures of a month are called, without unit and each once, the balance itself first."""
    words = {
        "muf_kg": _("MUF"),
        "sigma_kg": _("standard deviation"),
        "sigma_random_kg": _("standard deviation"),
        "sigma_systematic_kg": _("standard deviation"),
        "cumuf_kg": _("CUMUF"),
        "sigma_cumuf_kg": _("standard deviation of CUMUF"),
        "itmuf_kg": _("what is new in it"),
        "sitmuf": _("what is new in it"),
        "page_up_05": _("Page's test"),
        "page_up_10": _("Page's test"),
        "page_down_05": _("Page's test"),
        "page_down_10": _("Page's test"),
        "threshold_05": _("limits of Page's test"),
        "threshold_10": _("limits of Page's test"),
        "alarm": _("alarm"),
        "testable": _("whether it can be tested"),
        "reason": _("whether it can be tested"),
        "reason_lot": _("whether it can be tested"),
    }
    changed = set(names) - {"month"}
    known = [words[name] for name in words if name in changed]
    return list(dict.fromkeys([*known, *sorted(changed - words.keys())]))


def finding_field_name(name: str) -> str:
    """Return what a field of a finding is called that may be disclosed; a fact that has no word keeps its name."""
    words = {
        "element": _("Element"),
        "size_kg": _("Size, kg"),
        "sd_kg": _("Standard deviation, kg"),
        "statistic": _("Statistic, sd"),
        "sent": _("Shipped"),
        "received": _("Received"),
        "d": _("Difference over its standard uncertainty"),
        "document": _("Document"),
        "amount": _("Amount"),
        "kg": _("Size, kg"),
        "sd": _("Standard deviation, kg"),
        "since": _("First month"),
        "until": _("Last month"),
        "site": _("Site"),
        "other": _("Other side"),
        "rule": _("Rule"),
        "law": _("Law"),
        "article": _("Article"),
        "goods": _("Goods"),
        "quota": _("Quota"),
        "process": _("Process"),
        "party": _("Party"),
        "day": _("First day"),
        "last": _("Last day"),
        "known": _("Known on"),
        "times": _("How often"),
        "period": _("Period"),
        "status": _("Answer"),
        "missing": _("What is not known"),
    }
    return words.get(name, name)


def finding_field_value(name: str, value: object) -> str:
    """Return the value of such a field for people: figures with unit, codes as words."""
    language = get_language() or "en"
    if name == "element":
        return word("element", value, language)
    if isinstance(value, int | float):
        return kg(value) if name.endswith("_kg") else score(value)
    text = "–" if value in (None, "") else str(value)
    figure, _space, unit = text.rpartition(" ")
    return f"{amount(figure)} {word('unit', unit, language)}" if figure and unit in UNITS else text
