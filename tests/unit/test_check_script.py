"""``scripts/check.py``: what was asked for is checked, or said not to exist."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_check_that_does_not_exist_is_wrong_usage_and_not_passed() -> None:
    done = subprocess.run(  # noqa: S603 - the project's own script
        [sys.executable, str(ROOT / "scripts" / "check.py"), "lnt"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "lnt" in done.stdout
    assert "lint" in done.stdout
