"""What changed between two packs: two that the register knows, or a file against the pack of its id.

Read by parties and auditors alike. A file that is sent is compared and forgotten: nothing of it is stored.
"""

from typing import Any, NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ytterby.law.pack import Pack
from ytterby.shell.portal.audience import Audience, Seat, audience
from ytterby.shell.portal.law.typed import Wrong, same_query, wrong_of
from ytterby.shell.portal.moment import moment_of
from ytterby.shell.portal.page import show_page
from ytterby.shell.portal.table import answer_csv, answer_json
from ytterby.shell.site.law_comparison import COLUMNS, compare_packs
from ytterby.shell.site.law_packs import packaged_packs, read_pack_bytes
from ytterby.shell.wording import language_of

FILE = "file"
PROBLEMS_SHOWN = 20
Json = dict[str, Any]


class Comparison(NamedTuple):
    """What is compared, as far as it was chosen, what is wrong with that, and the changes."""

    old: Pack | None = None
    new: Pack | None = None
    wrong: tuple[Wrong, ...] = ()
    rows: tuple[Json, ...] = ()

    @property
    def is_done(self) -> bool:
        """Two packs were compared."""
        return self.old is not None and self.new is not None and not self.wrong


@audience(Audience.AUDITOR, Audience.PARTY)
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Show the two forms, and what changed; of a file that was sent also as CSV or JSON, since it has no address."""
    language = language_of(get_language() or "en")
    found = _of_file(request, language) if request.method == "POST" else _of_known(request, language)
    kind = request.POST.get("as", "")
    if request.method == "POST" and found.is_done and kind in {"csv", "json"}:
        return _answer(found, kind)
    known = known_packs()
    context = {
        "known": [(name, pack.title[language]) for name, pack in known.items()],
        "chosen": {name: request.GET.get(name, "") for name in ("old", "new")},
        "found": found,
        "counts": [(sum(row["change"] == one for row in found.rows), one) for one in ("added", "removed", "changed")],
        "is_file": request.method == "POST",
        "csv_href": same_query(request, "law_compare_csv"),
        "json_href": same_query(request, "law_compare_json"),
    }
    response = show_page(request, seat, "law/compare.html", context, moment=moment_of(request, seat), here="law_packs")
    if request.method == "POST" and found.wrong:
        response.status_code = 400
    return response


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def compare_csv(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer what changed between two known packs as CSV."""
    return _answer(_of_known(request, language_of(get_language() or "en")), "csv")


@audience(Audience.AUDITOR, Audience.PARTY)
@require_safe
def compare_json(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Answer what changed between two known packs as JSON."""
    return _answer(_of_known(request, language_of(get_language() or "en")), "json")


def known_packs() -> dict[str, Pack]:
    """Return the packs that can be chosen, by identifier."""
    return {pack.id: pack for pack in packaged_packs()}


def _answer(found: Comparison, kind: str) -> HttpResponse:
    if kind == "csv":
        return answer_csv(COLUMNS, found.rows, "changes.csv")
    packs = {
        name: None if pack is None else {"id": pack.id, "digest": pack.digest}
        for name, pack in (("old", found.old), ("new", found.new))
    }
    problems = [one._asdict() for one in found.wrong]
    return answer_json({**packs, "changes": list(found.rows), "problems": problems}, "changes.json")


def _of_known(request: HttpRequest, language: str) -> Comparison:
    known = known_packs()
    names = [request.GET.get(name, "") for name in ("old", "new")]
    if not any(names):
        return Comparison()
    strange = [name for name in names if name not in known]
    if strange:
        said = _("No pack is called “%(name)s”.") % {"name": strange[0][:80]}
        return Comparison(wrong=(Wrong(said, _("Choose two of the list.")),))
    old, new = (known[name] for name in names)
    return Comparison(old, new, (), tuple(compare_packs(old, new, language)))


def _of_file(request: HttpRequest, language: str) -> Comparison:
    sent = request.FILES.get(FILE)
    if not isinstance(sent, UploadedFile):
        return Comparison(wrong=(Wrong(_("No file was sent."), _("Choose a pack, a file that ends in .yaml.")),))
    new, problems = read_pack_bytes(sent.read())
    if new is None:
        return Comparison(wrong=tuple(_placed(one, language) for one in problems[:PROBLEMS_SHOWN]))
    old = known_packs().get(new.id)
    if old is None:
        said = _("The register knows no pack with the id %(name)s.") % {"name": new.id}
        return Comparison(None, new, (Wrong(said, _("Give the file the id of the pack that it would replace.")),))
    return Comparison(old, new, (), tuple(compare_packs(old, new, language)))


def _placed(problem: Any, language: str) -> Wrong:
    """Return a problem of a pack with the place in the file before it."""
    wrong = wrong_of(problem, language)
    place = problem.where.pointer
    return wrong._replace(text=f"{place}: {wrong.text}" if place else wrong.text)
