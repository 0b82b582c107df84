#!/usr/bin/env python3
"""Makes the wheel of a build: make_wheel.py --build FOLDER --out FOLDER

Into the wheel goes what `cmake --install` gives (engine, plugins, pipelines, the libraries of the
cache), and every shared library that these need and that not every Linux has. Each gets a name of
its own, so that a library that Python or another package has loaded is never taken for it, and
finds the others by $ORIGIN. The platform tag says the oldest glibc that all of it runs with.

Needs readelf and patchelf, and dpkg for the licences of the system's libraries.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from typing import Dict, Iterable, List, Optional, Set, Tuple

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
LIBRARIES = pathlib.PurePosixPath("lib/lectern/libraries")

# What every Linux of the platform tag has (PEP 600).
EVERYWHERE = re.compile(
    r"(ld-linux-x86-64\.so\.2|lib(c|m|dl|rt|pthread|util|resolv|nsl)\.so\.\d+"
    r"|lib(stdc\+\+|gcc_s)\.so\.\d+)$"
)
# These are opened by the names that they have.
BY_NAME = re.compile(r"libopenvino.*|libtbb(bind.*|malloc.*)\.so.*|libggml-cpu-.*")
# Which glibc the libstdc++ of a GLIBCXX version comes with, as auditwheel's policies have it.
GLIBC_OF_GLIBCXX = {(3, 4, 28): (2, 31), (3, 4, 29): (2, 34), (3, 4, 30): (2, 35)}

Version = Tuple[int, ...]


def run(*command: object) -> str:
    """Standard output of a command that must succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"make_wheel.py: {' '.join(words)} failed:\n{done.stderr}")
    return done.stdout


def is_elf(path: pathlib.Path) -> bool:
    """A program or a shared object."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


class Elf:
    """What a program or a shared object says of itself."""

    def __init__(self, path: pathlib.Path) -> None:
        text = run("readelf", "--wide", "--dynamic", "--version-info", path)
        soname = re.search(r"\(SONAME\).*\[(.*)\]", text)
        self.soname: Optional[str] = soname[1] if soname else None
        self.needed: List[str] = re.findall(r"\(NEEDED\).*\[(.*)\]", text)
        needs = text.partition("Version needs section")[2]
        self.versions: Set[Tuple[str, Version]] = {
            (name, tuple(int(part) for part in version.split(".")))
            for name, version in re.findall(r"Name: (GLIBC|GLIBCXX)_([0-9.]+)", needs)
        }


def system_libraries(files: Iterable[pathlib.Path], inside: Set[str]) -> Dict[str, pathlib.Path]:
    """The libraries that these need and that are not `inside`, by the names by which they do."""
    out: Dict[str, pathlib.Path] = {}
    for file in files:
        for name, path in re.findall(r"^\s*(\S+) => (.*?)(?: \(0x[0-9a-f]+\))?$", run("ldd", file), re.M):
            if name in inside or EVERYWHERE.match(name):
                continue
            if path == "not found":
                sys.exit(f"make_wheel.py: {file} needs {name}, which is not there")
            if name not in out:
                out[name] = pathlib.Path(path)
    return out


def install(build: pathlib.Path, tree: pathlib.Path) -> None:
    """What the wheel has of the installed tree, without links, which a wheel cannot have."""
    with tempfile.TemporaryDirectory(prefix="lectern-wheel-") as name:
        prefix = pathlib.Path(name)
        run(os.environ.get("LECTERN_CMAKE", "cmake"), "--install", build, "--prefix", prefix, "--strip")
        for folder in ("lib/lectern", "share/lectern"):
            for file in sorted((prefix / folder).rglob("*")):
                if file.is_symlink() or not file.is_file() or "tbbmalloc_proxy" in file.name:
                    continue
                if prefix / "share/lectern/crash" in file.parents:  # lectern-crash's
                    continue
                target = tree / file.relative_to(prefix)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)
        library = (prefix / "lib/liblectern.so").resolve()
        shutil.copy2(library, tree / "lib" / str(Elf(library).soname))


def copyright_of(library: pathlib.Path, tree: pathlib.Path) -> None:
    """The licence of a library of the system, from its package."""
    packages: Set[str] = set()
    for path in (library, library.resolve()):
        for one in (path, pathlib.Path("/usr") / path.relative_to("/")):
            done = subprocess.run(
                ["dpkg", "-S", str(one)], check=False, capture_output=True, text=True
            )
            if done.returncode == 0:
                packages.add(done.stdout.split(":")[0])
    if not packages:
        sys.exit(f"make_wheel.py: no package has {library}, so its licence is not known")
    for package in packages:
        text = pathlib.Path("/usr/share/doc") / package / "copyright"
        target = tree / "share/lectern/licenses/debian" / package
        target.parent.mkdir(parents=True, exist_ok=True)
        if not text.is_file():
            sys.exit(f"make_wheel.py: {text} is not there, which is the licence of {library}")
        shutil.copyfile(text, target)


def bundle(tree: pathlib.Path) -> List[pathlib.Path]:
    """Adds the libraries of the system, and gives everything names and run paths. The ELF files."""
    libraries = tree / LIBRARIES
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and is_elf(path)]
    inside = {Elf(path).soname or path.name for path in files}
    for name, path in system_libraries(files, inside).items():
        shutil.copyfile(path.resolve(), libraries / name)
        (libraries / name).chmod(0o755)
        copyright_of(path, tree)
        files.append(libraries / name)

    names: Dict[str, str] = {}
    elves = {path: Elf(path) for path in files}
    # The one at the top gives the name also of its variants for other processors.
    for path in sorted(elves, key=lambda one: len(one.parts)):
        name = elves[path].soname or path.name
        if libraries in path.parents and not BY_NAME.match(name) and name not in names:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
            stem, _, rest = name.partition(".so")
            names[name] = f"{stem}-lectern-{digest}.so{rest}"

    out = []
    for path, elf in elves.items():
        to = os.path.relpath(libraries, path.parent)
        # One change a call: Debian's patchelf mixes them up otherwise.
        run("patchelf", "--set-rpath", "$ORIGIN" if to == "." else f"$ORIGIN/{to}", path)
        replaced = [(needed, names[needed]) for needed in elf.needed if needed in names]
        if replaced:
            run("patchelf", *(word for pair in replaced for word in ("--replace-needed", *pair)), path)
        own = elf.soname or path.name
        target = path
        if libraries in path.parents:
            target = path.with_name(names.get(own, own if elf.soname else path.name))
            if own in names:
                run("patchelf", "--set-soname", names[own], path)
        path.rename(target)
        out.append(target)
    return out


def platform_tag(files: Iterable[pathlib.Path]) -> str:
    """The oldest platform that has every symbol that these need."""
    glibc: Version = (2, 17)
    for path in files:
        for name, version in Elf(path).versions:
            if name == "GLIBC":
                glibc = max(glibc, version[:2])
            elif version > max(GLIBC_OF_GLIBCXX):
                sys.exit(f"make_wheel.py: {path} needs GLIBCXX {version}, of which no platform is known")
            else:
                for known, platform in sorted(GLIBC_OF_GLIBCXX.items()):
                    if version >= known:
                        glibc = max(glibc, platform)
    return f"manylinux_{glibc[0]}_{glibc[1]}_x86_64"


def check_closed(tree: pathlib.Path, files: Iterable[pathlib.Path]) -> None:
    """Everything that is needed is in the tree or everywhere."""
    there = {path.name for path in (tree / LIBRARIES).rglob("*.so*")} | {"liblectern.so.0"}
    for path in files:
        for name in Elf(path).needed:
            if name not in there and not EVERYWHERE.match(name):
                sys.exit(f"make_wheel.py: {path} needs {name}, which is not in the wheel")


def model_pins() -> Dict[str, Dict[str, str]]:
    """Where the default models come from, of setup/versions.sh."""
    text = (SOURCE / "setup/versions.sh").read_text(encoding="utf-8")
    values = dict(re.findall(r"^((?:BERT|GPT)_\w+)=(\S+)", text, re.M))
    return {
        part.lower(): {
            key: values[f"{part}_{key.upper()}"] for key in ("name", "package", "version", "sha256")
        }
        for part in ("BERT", "GPT")
    }


def project() -> Dict[str, str]:
    """The version, which is the engine's."""
    text = (SOURCE / "CMakeLists.txt").read_text(encoding="utf-8")
    found = re.search(r"project\(lectern VERSION ([0-9.]+)", text)
    assert found
    return {"version": found[1]}


METADATA = """Metadata-Version: 2.1
Name: lectern
Version: {version}
Summary: Semantic search and cited answers over your own documents, in this process
License: Apache-2.0
Requires-Python: >=3.9
Requires-Dist: numpy>=1.21
Requires-Dist: tqdm>=4.60
Provides-Extra: langchain
Requires-Dist: langchain-core>=0.3; extra == "langchain"
Provides-Extra: haystack
Requires-Dist: haystack-ai>=2.9; extra == "haystack"
Provides-Extra: llama-index
Requires-Dist: llama-index-core>=0.12; extra == "llama-index"
Classifier: Operating System :: POSIX :: Linux
Classifier: Programming Language :: Python :: 3 :: Only
Classifier: Typing :: Typed
Description-Content-Type: text/markdown

{description}"""


class Wheel:
    """A wheel that is written, the same bytes for the same files."""

    def __init__(self, file: pathlib.Path, version: str, level: int) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=level)
        self._info = f"lectern-{version}.dist-info"
        self._record: List[str] = []

    def add(self, name: str, data: bytes, executable: bool = False) -> None:
        """A file."""
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = (0o100755 if executable else 0o100644) << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._zip.writestr(entry, data)
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        self._record.append(f"{name},sha256={digest},{len(data)}")

    def add_info(self, name: str, text: str) -> None:
        """A file about the wheel."""
        self.add(f"{self._info}/{name}", text.encode())

    def close(self) -> None:
        """Writes the list of all files."""
        name = f"{self._info}/RECORD"
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.external_attr = 0o100644 << 16
        self._zip.writestr(entry, "\n".join([*self._record, f"{name},,"]) + "\n")
        self._zip.close()


def make(build: pathlib.Path, out: pathlib.Path, level: int) -> pathlib.Path:
    """The wheel's file. Wheels that were there before are removed."""
    with tempfile.TemporaryDirectory(prefix="lectern-wheel-") as name:
        tree = pathlib.Path(name)
        (tree / "lib").mkdir()
        install(build, tree)
        files = bundle(tree)
        check_closed(tree, files)
        tag = platform_tag(files)
        version = project()["version"]

        out.mkdir(parents=True, exist_ok=True)
        for old in out.glob("lectern-*.whl"):
            old.unlink()
        file = out / f"lectern-{version}-py3-none-{tag}.whl"
        part = file.with_suffix(".part")
        wheel = Wheel(part, version, level)
        for path in sorted((HERE / "lectern").rglob("*")):
            if path.is_file() and path.suffix in (".py", ".typed"):
                wheel.add(f"lectern/{path.relative_to(HERE / 'lectern')}", path.read_bytes())
        for path in sorted(tree.rglob("*")):
            if path.is_file():
                executable = bool(path.stat().st_mode & 0o100)
                wheel.add(f"lectern/_native/{path.relative_to(tree)}", path.read_bytes(), executable)
        pins = json.dumps(model_pins(), indent=1) + "\n"
        wheel.add("lectern/_native/models.json", pins.encode())
        about = (HERE / "README.md").read_text(encoding="utf-8")
        wheel.add_info("METADATA", METADATA.format(version=version, description=about))
        wheel.add_info(
            "WHEEL",
            "Wheel-Version: 1.0\nGenerator: lectern make_wheel.py\nRoot-Is-Purelib: false\n"
            f"Tag: py3-none-{tag}\n",
        )
        wheel.add_info("LICENSE", (SOURCE / "LICENSE").read_text(encoding="utf-8"))
        wheel.close()
        part.rename(file)
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=SOURCE / "build", help="a build folder")
    parser.add_argument("--out", type=pathlib.Path, default=SOURCE / "build/wheel")
    parser.add_argument("--level", type=int, default=6, help="of compression, 0 to 9")
    options = parser.parse_args()
    for tool in ("readelf", "patchelf", "ldd", "dpkg"):
        if shutil.which(tool) is None:
            sys.exit(f"make_wheel.py: the tool '{tool}' is missing (Debian: patchelf, binutils, dpkg)")
    print(make(options.build, options.out, options.level))


if __name__ == "__main__":
    main()
