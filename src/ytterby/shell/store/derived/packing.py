"""How derived bodies are compressed: zlib, with a small window for what is small.

Most bodies are some hundred bytes long. The usual window of 32 KiB must be made and cleared for each of them, which
takes five times as long as compressing; 4 KiB come out as short. What was packed either way is unpacked by zlib alone.

Postings, which are shorter still, are packed with a dictionary of what they say over and over: the words of the
standard and the profile. It is part of the stored form: a change of it raises `DERIVATION`.
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
# Words are entered once; each body begins with a copy.
_PRIMED = zlib.compressobj(LEVEL, zlib.DEFLATED, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL, zlib.Z_DEFAULT_STRATEGY, WORDS)


def packed(body: bytes) -> bytes:
    """Return a body compressed."""
    if len(body) > SMALL_BYTES:
        return zlib.compress(body, LEVEL)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL)
    return packer.compress(body) + packer.flush()


def unpacked(body: "bytes | memoryview[int]") -> bytes:
    """Return a body as it was."""
    return zlib.decompress(body)


def packed_with_words(body: bytes) -> bytes:
    """Return a short body compressed, what it shares with all others left out."""
    packer = _PRIMED.copy()
    return packer.compress(body) + packer.flush()


def unpacked_with_words(body: "bytes | memoryview[int]") -> bytes:
    """Return a body that was packed with the words, as it was.

    Raises:
        zlib.error: it is not one, or not whole.
    """
    unpacker = zlib.decompressobj(zdict=WORDS)
    found = unpacker.decompress(body)
    if not unpacker.eof:
        raise zlib.error("the body is not whole")
    return found
