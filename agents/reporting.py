"""Says where something failed, for logs: never an exception's own text, it may quote people."""

import traceback
from pathlib import Path

_DEEPEST = 3


def where(error: BaseException) -> str:
    """``ValueError at service.py:41 < tool.py:20``: the type and the innermost places."""
    frames = traceback.extract_tb(error.__traceback__)[-_DEEPEST:]
    places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
