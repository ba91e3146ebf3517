"""Session ids from a seed, and the numeric id that mParticle derives from them.

Nothing here is random: the same seed and ordinal always give the same id, so two runs of the same
inputs give the same journal, byte for byte.
"""

_MASK_64 = 0xFFFF_FFFF_FFFF_FFFF
_FNV_BASIS = 0xCBF2_9CE4_8422_2325
_FNV_PRIME = 0x0000_0100_0000_01B3


def _scramble(value: int) -> int:
    """Return the SplitMix64 finaliser of ``value``: a well mixed 64-bit number."""
    value = (value + 0x9E37_79B9_7F4A_7C15) & _MASK_64
    value = ((value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9) & _MASK_64
    value = ((value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB) & _MASK_64
    return value ^ (value >> 31)


def session_uuid(seed: int, ordinal: int) -> str:
    """Return the upper-case UUID text (version 4 in form) of the ``ordinal``-th session of ``seed``."""
    high = _scramble(_scramble(seed & _MASK_64) ^ (2 * ordinal))
    low = _scramble(high ^ (2 * ordinal + 1))
    high = (high & ~0xF000) | 0x4000
    low = (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    text = f"{high:016X}{low:016X}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def numeric_id(uuid_text: str) -> int:
    """Return the signed 64-bit session id of a UUID text (scenario contract, section 5).

    FNV-1a over the UTF-16LE bytes of the upper-case text, as the Apple SDK hashes it
    (mparticle-apple-sdk MPIHasher).
    """
    digest = _FNV_BASIS
    for byte in uuid_text.upper().encode("utf-16-le"):
        digest = ((digest ^ byte) * _FNV_PRIME) & _MASK_64
    return digest - (1 << 64) if digest >> 63 else digest
