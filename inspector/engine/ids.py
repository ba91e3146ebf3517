"""Session ids from a seed, and the numeric id that mParticle derives from them.

Nothing here is random: the same seed and ordinal always give the same id, so two runs of the same
inputs give the same journal, byte for byte.
"""

_MASK_64 = (1 << 64) - 1
_MASK_128 = (1 << 128) - 1
# Odd 128-bit constants with well spread bits (fractions of the golden ratio, of pi and of e).
_STEP = 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835
_SEED = 0x243F_6A88_85A3_08D3_1319_8A2E_0370_7345
_MIX = 0xADF8_5458_A2BB_4A9A_AFDC_5620_273D_3CF1
_FNV_BASIS = 0xCBF2_9CE4_8422_2325
_FNV_PRIME = 0x0000_0100_0000_01B3
# The second byte of an ASCII character in UTF-16LE is 0, so its round is a mere multiplication.
_FNV_PRIME_SQUARED = _FNV_PRIME * _FNV_PRIME & _MASK_64


def session_uuid(seed: int, ordinal: int) -> str:
    """Return the upper-case UUID text (version 4 in form) of the ``ordinal``-th session of ``seed``."""
    value = (seed * _SEED + ordinal) * _STEP & _MASK_128
    value = (value ^ value >> 65) * _MIX & _MASK_128
    value ^= value >> 59
    text = f"{value:032X}"
    variant = "89AB"[value & 3]
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:]}"


def numeric_id(uuid_text: str) -> int:
    """Return the signed 64-bit session id of a UUID text (scenario contract, section 5).

    FNV-1a over the UTF-16LE bytes of the upper-case text, as the Apple SDK hashes it
    (mparticle-apple-sdk MPIHasher). Raises ValueError for a text that is not ASCII or of odd length, so no
    UUID.
    """
    digest = _FNV_BASIS
    characters = iter(uuid_text.upper().encode("ascii"))
    # Two a round: the first product may overflow 64 bits, as only low bits decide low bits.
    for one, two in zip(characters, characters, strict=True):
        digest = ((digest ^ one) * _FNV_PRIME_SQUARED ^ two) * _FNV_PRIME_SQUARED & _MASK_64
    return digest - (1 << 64) if digest >> 63 else digest
