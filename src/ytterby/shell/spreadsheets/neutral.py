"""Texts that a spreadsheet program would compute, made harmless on the way out and restored on the way in (X7).

A text that begins with `= + - @`, a tab or a return gets an apostrophe before it; so does one that begins with an
apostrophe, so that every text comes back as it was. Source: OWASP, "CSV Injection".
"""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
MARK = "'"


def neutral(text: str) -> str:
    """Return a text as it may be written into a cell."""
    return MARK + text if text.startswith((*DANGEROUS, MARK)) else text


def restored(text: str) -> str:
    """Return a text as it was before `neutral`."""
    return text[1:] if len(text) > 1 and text[0] == MARK and text[1] in (*DANGEROUS, MARK) else text
