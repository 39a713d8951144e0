"""The same documents taken in by one process, into a register of its own: what races and kills are held against."""

from collections.abc import Iterable
from pathlib import Path

from ytterby.shell.actions.capture import capture
from ytterby.shell.actions.enrol import import_directory
from ytterby.shell.site.packs import packaged_text
from ytterby.shell.site.register import make_register
from ytterby.shell.store.derived.deriving import derive_to
from ytterby.shell.store.derived.digest import derived_digest


def digest_alone(folder: Path, documents: Iterable[bytes]) -> str:
    """Capture documents one after the other, and return the digest of what is derived. The register stays open."""
    register = make_register(folder, origin=f"{folder.name}.invalid/log", demo=True)
    import_directory(register, packaged_text("shell.site", "sample_directory.yaml"))
    for document in documents:
        capture(register, document, submitter="operator")
    derive_to(register.size)
    return derived_digest(1)
