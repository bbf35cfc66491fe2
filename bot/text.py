"""Text between this program and the machine it runs on: encodings in and out."""

from typing import TextIO

# What Chinese terminals and files use beside UTF-8; GB18030 reads GBK and GB2312 too.
_ENCODINGS = ("utf-8-sig", "gb18030")


def decoded(data: bytes) -> str:
    """Bytes that somebody typed or piped in, as UTF-8 or else GB18030."""
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace")


def argument(text: str) -> str:
    """A command-line argument whose bytes were not in the system's encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return decoded(text.encode("utf-8", "surrogateescape"))
    return text


def encodable(text: str, stream: TextIO) -> str:
    """The text with what the stream cannot write replaced by ``?``."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "replace").decode(encoding, "replace")
