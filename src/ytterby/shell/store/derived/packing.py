"""How derived bodies are compressed: zlib, with a small window for what is small.

Most bodies are some hundred bytes long. The usual window of 32 KiB must be made and cleared for each of them, which
takes five times as long as compressing; 4 KiB come out as short. What was packed either way is unpacked by zlib alone.

Postings, which are shorter still, are packed with a dictionary of what they say over and over: the words of the
standard and the profile; cells with one of what all nodes have in common. Dictionaries are part of the stored form: a
change of one raises `DERIVATION`. A cell that was packed without is unpacked all the same.
"""

import zlib

LEVEL = 1  # bodies repeat themselves, and capture waits
SMALL_BYTES, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL = 4096, 12, 6
# What comes last is found in the fewest bits.
WORDS = (
    b"Correction TitleTransfer Transit Unpack Pack Void Loss StockTake opening_stock scrap foreign export import "
    b"proportional fifo rolling_average segregated flotation calcination leach and precipitation solvent extraction "
    b"molten-salt electrolysis strip casting sintering, grinding assembling recycling https://w3id.org/ytterby/ree/ "
    b"tailings residue raffinate slag dross swarf cake carbonate compound powder flake component magnet alloy metal "
    b"concentrate ore oxide XRF ICP-MS ICP-OES SmEuGdHoErTmYbLuSc\xa2La\xa2Ce\xa2Pr\xa2Nd\xa2Tb\xa2Dy\xa1Y operator "
    b"extractionPoolOutPoolInSourceStepReceiptDispatchhttps://id.gs1.org/00/https://id.gs1.org/8004/urn:uuid:/254//21/"
    b"https://id.gs1.org/01/0/10/\xa3H87\xa3KGMhttps://id.gs1.org/414/https://id.gs1.org/417/"
)
# A node as `chain.cell` keeps it, with what differs left out.
CELL_WORDS = (
    b"molten-salt electrolysis calcination leach and precipitation solvent extraction strip casting sintering "
    b"tailings residue raffinate slag dross swarf cake carbonate compound powder flake component magnet alloy metal "
    b"https://id.gs1.org/00/ https://id.gs1.org/8004/ export scrap\xaaundeclared\xd9$ segregated fifo rolling_average "
    b"/254/\xacproportional\xc0\xc0\x90\xa0\xa0\x90\xa50.000\xcb@\xa3XRF\xc0\xa6ICP-MS\xc0\xa8operator\xa3H87"
    b"\xa2Sm\xa5\xa2Eu\xa5\xa2Gd\xa6\xa2Ho\xa4\xa2Er\xa4\xa2Tm\xa4\xa2Yb\xa4\xa2Lu\xa4\xa2Sc\xa4\xc0\xa5metal\xc0\xc0\xa5oxide\xc0\x92"
    b"\x92\xc4 \x94\x00\x00\xd9-https://id.gs1.org/01/0\x00\x93\xcb?\xf0\x00\x00\x00\x00\x00\x00\xcb?\xf0\x00\x00\x00\x00\x00\x00"
    b"\xa10\xcb\x00\x00\x00\x00\x00\x00\x00\x00\xc0\xa9flotation\xc0\xc0\xc0\xc0\x90\xa0\xa0\x92\x92\xc4 "
    b"\x92\x90\xc2\xa10\xa0\xc0\xc0\xc0\xc0\xc0\x90\xcd"
    b"\x92\x93\xdc\x00(\xc4 \x92\x92\xdc\x00(\xc4 \x92\x91\xdc\x00(\xc4 \x94\x00\x05\xd9.https://id.gs1.org/01/0"
    b"/10/\x00\x00\xd7\xff\x00\\\xd9.https://id.gs1.org/01/0/10/\xd9$https://id.gs1.org/414/\xd9$https://id.gs1.org/417/"
    b"\xd9-urn:uuid:0\x92\x90\xc3\xa9.000\xa3KGM\xa9.000\x93\xcb@\x80\xc3\xc0\xabconcentrate\xc0\x97\x97\xa2La\xa8"
    b"\xa7ICP-OES\xc0\xa5oxide\xc0\x97\xa2Ce\xa8\xa7ICP-OES\xc0\xa7element\xc0\x97\xa2Pr\xa7\xa7ICP-OES\xc0\xa7element\xc0\x97\xa2Nd\xa8"
    b"\xa7ICP-OES\xc0\xa7element\xc0\x97\xa2Tb\xa6\xa7ICP-OES\xc0\xa7element\xc0\x97\xa2Dy\xa6\xa7ICP-OES\xc0\xa7element\xc0\x97\xa1Y\xa7"
    b"\xa7ICP-OES\xc0\xa7element\xc0G\x91\x92\xc4 \x94\x00\x04\xa0\x00\x91\xc0\x91\x00\x90\x90\xa50.000\xcb@"
    b"\xc0\xc0\xc0\xc0\xc0\xc0\xc0\x90\xa0\xa0\x90\x91\x94\xaaextraction\xd9$https://id.gs1.org/414/\xa0\x94\xaaextraction\xd9$https://id.gs1.org/414/"
)
# Words are entered once; each body begins with a copy.
_PRIMED = zlib.compressobj(LEVEL, zlib.DEFLATED, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL, zlib.Z_DEFAULT_STRATEGY, WORDS)
_PRIMED_CELL = zlib.compressobj(
    LEVEL, zlib.DEFLATED, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL, zlib.Z_DEFAULT_STRATEGY, CELL_WORDS
)


def packed(body: bytes) -> bytes:
    """Return a cell's body compressed."""
    if len(body) > SMALL_BYTES:
        return zlib.compress(body, LEVEL)
    packer = _PRIMED_CELL.copy()
    return packer.compress(body) + packer.flush()


def unpacked(body: "bytes | memoryview[int]") -> bytes:
    """Return a cell's body as it was.

    Raises:
        zlib.error: it is not one, or not whole.
    """
    return _whole(body, CELL_WORDS)


def packed_with_words(body: bytes) -> bytes:
    """Return a short body compressed, what it shares with all others left out."""
    packer = _PRIMED.copy()
    return packer.compress(body) + packer.flush()


def unpacked_with_words(body: "bytes | memoryview[int]") -> bytes:
    """Return a body that was packed with the words, as it was.

    Raises:
        zlib.error: it is not one, or not whole.
    """
    return _whole(body, WORDS)


def _whole(body: "bytes | memoryview[int]", words: bytes) -> bytes:
    unpacker = zlib.decompressobj(zdict=words)
    found = unpacker.decompress(body)
    if not unpacker.eof:
        raise zlib.error("the body is not whole")
    return found
