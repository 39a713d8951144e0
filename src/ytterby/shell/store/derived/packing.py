"""How derived bodies are compressed: zlib, with a small window for what is small.

Most bodies are some hundred bytes long. The usual window of 32 KiB must be made and cleared for each of them, which
takes five times as long as compressing; 4 KiB come out as short. What was packed either way is unpacked by zlib alone.
"""

import zlib

LEVEL = 1  # bodies repeat themselves, and capture waits
SMALL_BYTES, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL = 4096, 12, 6


def packed(body: bytes) -> bytes:
    """Return a body compressed."""
    if len(body) > SMALL_BYTES:
        return zlib.compress(body, LEVEL)
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, SMALL_WINDOW_BITS, SMALL_MEMORY_LEVEL)
    return packer.compress(body) + packer.flush()


def unpacked(body: "bytes | memoryview[int]") -> bytes:
    """Return a body as it was."""
    return zlib.decompress(body)
