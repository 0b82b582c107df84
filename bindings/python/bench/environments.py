"""The environments in which compare.py runs its contestants, one for each, so that none has to agree
with another about the versions of what it is made of.

environments/NAME.txt has all that is installed, each with version and hash: nothing is resolved, and
wheels only are taken. They are made by uv (environments/uv.txt), which fetches many files at once and
writes them in a tenth of pip's time. Lectern itself comes from a wheel of this checkout, in a folder of
its own that all of them see: its model makes everybody's vectors.
"""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, Iterable, List, Union

LOCKS = pathlib.Path(__file__).resolve().parent / "environments"
SECONDS = 1800  # for one command
# The files in LOCKS name wheels for this Python.
VERSION = (3, 11)

# The Python of an environment, or why there is none.
Environment = Union[pathlib.Path, str]
FAILED = (OSError, subprocess.SubprocessError)


def run(log: pathlib.Path, *command: object) -> None:
    """A command that must succeed; what it says goes to the end of the log."""
    with log.open("ab") as file:
        file.write(f"+ {' '.join(map(str, command))}\n".encode())
        file.flush()
        subprocess.run(
            [str(word) for word in command],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
        )


def last_line(log: pathlib.Path) -> str:
    """What a log ends with."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n") if log.is_file() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


def place_of(folder: pathlib.Path, name: str) -> pathlib.Path:
    """Where an environment is, which another list of packages has elsewhere."""
    return folder / f"{name}-{hashlib.sha256((LOCKS / f'{name}.txt').read_bytes()).hexdigest()[:8]}"


def installer(folder: pathlib.Path) -> pathlib.Path:
    """uv, made when it is not there."""
    place, log = place_of(folder, "uv"), folder / "uv.log"
    if not (place / "complete").is_file():
        log.unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        options: List[object] = ["--no-deps", "--only-binary", ":all:", "--no-compile", "--no-input"]
        options += ["--progress-bar", "off", "--disable-pip-version-check", "--retries", 5, "--timeout", 60]
        try:
            run(log, sys.executable, "-m", "venv", place)
            run(log, place / "bin/python", "-m", "pip", "install", *options, "--require-hashes", "-r", LOCKS / "uv.txt")
        except FAILED as error:
            sys.exit(f"error: uv, which makes the environments, could not be installed: {last_line(log) or error} (log: {log})")
        (place / "complete").touch()
    return place / "bin/uv"


def install_into(uv: pathlib.Path, folder: pathlib.Path) -> List[object]:
    """The beginning of a command that installs exactly what it names."""
    return [uv, "pip", "install", "--no-config", "--no-deps", "--no-build", "--cache-dir", folder / "downloads"]


def one(uv: pathlib.Path, folder: pathlib.Path, name: str) -> Environment:
    """Makes an environment, unless it is there."""
    place, log = place_of(folder, name), folder / f"{name}.log"
    python = place / "bin/python"
    if (place / "complete").is_file():
        return python
    print(f"{name}: is installed into {place} (log: {log})", flush=True)
    log.unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    try:
        run(log, sys.executable, "-m", "venv", "--without-pip", place)
        run(log, *install_into(uv, folder), "--python", python, "--require-hashes", "-r", LOCKS / f"{name}.txt")
    except FAILED as error:
        return f"not installed: {last_line(log) or error} (log: {log})"
    (place / "complete").touch()
    return python


def package(uv: pathlib.Path, folder: pathlib.Path, wheel: pathlib.Path) -> pathlib.Path:
    """The folder of Lectern's package, from this wheel."""
    place, stamp, log = folder / "package", folder / "package.wheel", folder / "package.log"
    state = wheel.stat()
    key = f"{wheel.resolve()} {state.st_size} {state.st_mtime_ns}\n"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != key:
        for file in (stamp, log):
            file.unlink(missing_ok=True)
        shutil.rmtree(place, ignore_errors=True)
        try:
            run(log, *install_into(uv, folder), "--no-index", "--python", sys.executable, "--target", place, wheel)
        except FAILED as error:
            sys.exit(f"error: {wheel} could not be installed: {last_line(log) or error} (log: {log})")
        stamp.write_text(key, encoding="utf-8")
    return place


def install(folder: pathlib.Path, names: Iterable[str], wheel: pathlib.Path) -> Dict[str, Environment]:
    """Makes what is missing. Afterwards every Python that is started finds the wheel's package."""
    if sys.version_info[:2] != VERSION:
        sys.exit("error: the pinned packages are for Python 3.11; start this with one (Debian 12 has it)")
    folder.mkdir(parents=True, exist_ok=True)
    uv, wanted = installer(folder), list(names)
    os.environ["PYTHONPATH"] = str(package(uv, folder, wheel))
    with ThreadPoolExecutor(max_workers=max(1, len(wanted))) as pool:
        return dict(zip(wanted, pool.map(lambda name: one(uv, folder, name), wanted)))
