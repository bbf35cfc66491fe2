"""What ``serve`` holds while nothing happens."""

import subprocess
import sys
from pathlib import Path

from bot.bench.process import resident_megabytes
from bot.errors import CommandError
from bot.settings import Settings, child_environment


def serve_megabytes(settings: Settings) -> float | None:
    """Resident memory of a serve that is ready and idle; None where it cannot be read.

    Raises CommandError if it does not come up.
    """
    if not Path("/proc/self/status").exists():
        return None
    serve = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve", "--port", "0"],
        env=child_environment(settings.home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with serve:
        try:
            # It says its address when it is ready to serve, and nothing before.
            if serve.stdout is None or not serve.stdout.readline():
                raise CommandError("bench.no_serve")
            return resident_megabytes(serve.pid)
        finally:
            serve.terminate()
