"""What is installed: a wheel that stands alone."""

from __future__ import annotations

import ast
import os
import pathlib
import re
import subprocess
import sys

import lectern

PACKAGE = pathlib.Path(lectern.__file__).parent


def test_it_is_the_wheel() -> None:
    assert "site-packages" in str(PACKAGE) and (PACKAGE / "py.typed").is_file()
    for file in (
        "lib/lectern/lectern-probe",
        "lib/lectern/plugins/bert.so",
        "share/lectern/pipelines/bert.yaml",
        "share/lectern/licenses/lectern",
        "share/lectern/licenses/debian/librocksdb7.8",
        "models.json",
    ):
        assert (PACKAGE / "_native" / file).is_file(), file


def test_nothing_outside_is_loaded() -> None:
    """A search and its models, with libraries of the wheel and of every Linux only."""
    program = """if True:
        import os, sys, lectern
        engine = lectern.Engine(cache=sys.argv[1])
        with engine.open(sys.argv[2], pipeline="search-only") as notes:
            notes.put({"id": "a", "text": "The moon raises the tides."})
            assert notes.search("What does the moon do?")[0].document == "a"
            print(open(f"/proc/{os.getpid()}/maps").read())
    """
    cache = os.environ["LECTERN_TEST_CACHE"]
    folder = str(pathlib.Path(cache) / f"alone-{os.getpid()}")
    command = [sys.executable, "-c", program, cache, folder]
    maps = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    loaded = {pathlib.Path(path) for path in re.findall(r"\s(/\S+\.so[.\d]*)$", maps, re.M)}
    ours = {path for path in loaded if PACKAGE in path.parents}
    assert {"liblectern.so.0", "bert.so"} <= {path.name for path in ours}
    everywhere = r"(ld-linux|lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s|util|resolv)\.so)"
    # Python and its modules have libraries of their own.
    pythons = subprocess.run(
        [sys.executable, "-c", "import numpy, tqdm.auto, asyncio, json, ctypes, logging, queue\n"
         "import concurrent.futures, weakref\nprint(open('/proc/self/maps').read())"],
        check=True, capture_output=True, text=True,
    ).stdout
    others = {
        path
        for path in loaded - ours
        if str(path) not in pythons and not re.match(everywhere, path.name)
    }
    assert not others


def test_the_oldest_python_reads_it() -> None:
    for file in sorted(PACKAGE.glob("*.py")):
        ast.parse(file.read_text(encoding="utf-8"), str(file), feature_version=(3, 9))


def test_every_function_says_what_it_is_for() -> None:
    for file in sorted(PACKAGE.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                continue
            if not node.name.startswith("_") and not file.name.startswith("_a") and node.name in (
                *lectern.__all__, "search", "ask", "ingest", "embed", "put", "get", "delete"
            ):
                assert ast.get_docstring(node), f"{file.name}: {node.name}"
