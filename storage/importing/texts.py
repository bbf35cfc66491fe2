"""Cleans text cells. Pure."""

import re
import unicodedata

# C0/C1 controls except tab and line ends; zero-width and bidirectional controls; BOM; U+FFFE/F.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SPACES = re.compile(r"\s+")


def visible(text: str) -> str:
    """The text without characters that nobody sees but that change how it reads or matches."""
    return _INVISIBLE.sub("", text)


def fold(text: str) -> str:
    """The form in which names and headers are compared: width, case and spaces do not count."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", visible(text))).strip().casefold()


def plain(raw: object) -> str:
    """A cell as text: 1001.0 from a spreadsheet is the code 1001."""
    if raw is None:
        return ""
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
        return str(int(raw))
    if isinstance(raw, bytes):
        return raw.decode("utf-8", "replace")
    return str(raw)
