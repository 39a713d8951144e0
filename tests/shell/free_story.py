"""Documents that goods need no licence as tests have them entered: of Kestrel and of Norrvik, one challenged."""

from shell.strangers import AT, KESTREL, NORRVIK
from ytterby.licence.evidence import Freeing
from ytterby.licence.not_controlled import Ask, NotControlled, said_fields, signed_document
from ytterby.shell.actions.audit_decisions import draw_audit
from ytterby.shell.site.licence_key import licence_key
from ytterby.shell.store.not_controlled import CHALLENGE, DOCUMENT, document_record
from ytterby.shell.store.reading.audits import list_audits
from ytterby.shell.store.reading.case_evidence import gathers_evidence
from ytterby.shell.store.reading.free_goods import free_goods, list_free_goods
from ytterby.shell.store.registering import Registrable, register_documents
from ytterby.terms.instant import write_instant

OF = {"N-1": KESTREL, "N-2": NORRVIK}


def free_story(register):
    """Enter a document of each, and a challenge to each; draw a month's decisions by rule, of which there are none."""
    for number, holder in OF.items():
        one = NotControlled(
            number=number, case="C-1", line=1, procedure="CN-procedure", holder=holder, bound="product",
            subjects=("product-1",), name="oxide", form="oxide", composition={"Ce": "80"}, goods="g", source=("s",),
            freeing=(Freeing("trace", ("Dy",), "0.01", "0.002", "0.1", "2"),), rules=("CN-18",), by="law", law="l",
            on="2026-01-01", report="a" * 64, issued_at=write_instant(AT), issued_by="account:1",
        )  # fmt: skip
        note = signed_document(register.id, one, licence_key(register))
        told = {"said": said_fields(Ask("Q1", "why?", "2026-03-01")), "at": write_instant(AT), "by": "account:2"}
        rows = [
            Registrable(DOCUMENT, number, document_record(one, note)),
            Registrable(CHALLENGE, number, {"id": number, **told}),
        ]
        register_documents(rows, "operator", AT)
    assert not draw_audit(register, "2025-12").problems


def free_probes(known, day):
    """Return what tells whether a viewer reads evidence of cases, and Kestrel's document."""
    return {
        "evidence of a case": gathers_evidence,
        "audit of decisions by rule": lambda viewer: bool(list_audits(viewer, known())),
        "goods that need no licence": lambda viewer: free_goods(viewer, "N-1", known=known(), on=day) is not None,
    }


def free_rows(viewer, known, day):
    """Return every row that a party is answered, with the name of its list of fields."""
    rows = []
    for one in list_free_goods(viewer, known=known):
        shown = free_goods(viewer, one["number"], known=known, on=day)
        rows += [("free goods", shown), *(("free challenge", row) for row in shown["challenges"])]
        rows.append(("free listed", one))
    return rows
