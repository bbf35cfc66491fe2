"""Makes text harmless for a terminal: what cannot be seen is shown, what would act is not sent."""

import re

# Control characters (escape sequences begin with one), bidirectional overrides and isolates,
# invisible tags. Tab and newline stay; the joiners that emoji and Indic scripts need stay too.
_ACTING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
    r"\U000e0001-\U000e007f]"
)


def harmless(text: str) -> str:
    """The text with every acting character shown as ``‹U+202E›``; line ends become one newline."""
    return _ACTING.sub(_shown, text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(match: re.Match[str]) -> str:
    return f"‹U+{ord(match.group()):04X}›"
