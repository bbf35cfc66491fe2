#!/usr/bin/env python3
"""Makes ``.venv``: locked dependencies, the project in place, bytecode. Nothing twice.

Needs Python 3.11 and its venv module alone. A stamp over everything that decides the result
(lock, project file, Python, place) makes the next run instant. ``--dev`` adds what the checks
need.
"""

import hashlib
import os
import subprocess
import sys
import time
import tomllib
import venv
from collections.abc import Sequence
from pathlib import Path

from common import ROOMS, ROOT, VENV, captured, program, run, say

PYTHON = program(VENV, "python")
LOCK = ROOT / "constraints.txt"
PROJECT = ROOT / "pyproject.toml"


def main(arguments: list[str]) -> int:
    """Set up what is missing; returns the exit status."""
    kind = "dev" if "--dev" in arguments else "runtime"
    if stamped(kind):
        return 0
    start = time.monotonic()
    if not (make_environment() and install(kind)):
        return 1
    say("bytecode")
    compile_bytecode()
    stamp_file(kind).write_text(stamp(), encoding="utf-8")
    say("ready", seconds=round(time.monotonic() - start))
    return 0


def stamp() -> str:
    """Changes when the set-up has to be done again."""
    parts = [LOCK.read_bytes(), PROJECT.read_bytes(), Path(__file__).read_bytes()]
    parts += [str(VENV).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp_file(kind: str) -> Path:
    """Where the stamp of a kind of set-up lies: ``runtime``, or ``dev`` that includes it."""
    return VENV / f".salestwin-{kind}"


def stamped(kind: str) -> bool:
    """Whether this kind of set-up, or a larger one, stands as it should."""
    kinds = ("dev",) if kind == "dev" else ("dev", "runtime")
    files = [stamp_file(name) for name in kinds]
    return any(file.is_file() and file.read_text(encoding="utf-8") == stamp() for file in files)


def make_environment() -> bool:
    """The empty environment; one that was made elsewhere or by another Python is made anew."""
    config = VENV / "pyvenv.cfg"
    place = VENV / ".salestwin-place"
    here = f"{VENV}\n{sys.version}"
    whole = config.is_file() and PYTHON.exists() and place.is_file()
    if whole and place.read_text(encoding="utf-8") == here:
        return True
    say("venv", version=".".join(map(str, sys.version_info[:3])))
    try:
        venv.EnvBuilder(with_pip=True, clear=VENV.exists(), symlinks=os.name != "nt").create(VENV)
    except (subprocess.CalledProcessError, OSError):
        say("venv_failed")
        return False
    place.write_text(here, encoding="utf-8")
    return True


def install(kind: str) -> bool:
    """Dependencies from the lock, then the project itself in place."""
    say("installer")
    uv = program(VENV, "uv")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    if not uv.exists() and not run([*pip, "--quiet", "-c", LOCK, "uv"]):
        say("no_uv")
    say("packages")
    wanted = requirements(kind)
    if uv.exists():
        if install_with([uv, "pip", "install"], [f"--python={PYTHON}"], wanted, uv_environment()):
            return True
        say("uv_failed")
    env = dict(os.environ) | {"PIP_CONSTRAINT": str(LOCK)}
    if install_with(pip, [], wanted, env):
        return True
    say("install_failed")
    return False


def install_with(
    installer: Sequence[str | Path], options: list[str], wanted: list[str], env: dict[str, str]
) -> bool:
    """The dependencies, with the installer's own progress shown, then the project in place."""
    project = ["--quiet", "--no-deps", "--editable", str(ROOT)]
    return run([*installer, *options, "-c", LOCK, *wanted], env=env) and run(
        [*installer, *options, *project], env=env
    )


def requirements(kind: str) -> list[str]:
    """What is to be installed, from the project file; the lock decides the versions."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))
    wanted = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    if kind == "dev":
        wanted += project["dependency-groups"]["dev"]
    return wanted


def uv_environment() -> dict[str, str]:
    """Carries a mirror set in pip's configuration over to uv, which does not read that."""
    env = dict(os.environ) | {"UV_BUILD_CONSTRAINT": str(LOCK)}
    for option, variable in (("index-url", "UV_DEFAULT_INDEX"), ("cert", "SSL_CERT_FILE")):
        if variable not in env and (value := pip_option(option)):
            env[variable] = value
    return env


def pip_option(name: str) -> str:
    """A value of pip's own configuration (file or environment); empty if unset."""
    for key in (f":env:.{name}", f"install.{name}", f"global.{name}"):
        found, value = captured([PYTHON, "-m", "pip", "config", "get", key], quiet=True)
        if found:
            return value.strip()
    return ""


def compile_bytecode() -> None:
    """Start-up time is mostly imports: compile them once, here, and the project's own as well."""
    packages = next((VENV / "lib").glob("python*/site-packages"), VENV / "Lib" / "site-packages")
    for folder in (packages, *(ROOT / room for room in ROOMS)):
        # Some packages ship templates that are no Python; what cannot be compiled is left.
        captured([PYTHON, "-m", "compileall", "-q", "-j", "0", folder], quiet=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
