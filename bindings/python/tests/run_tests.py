#!/usr/bin/env python3
"""Tests of the Python package: run_tests.py CASE --build … --clients … --models …

The case `wheel` makes the wheel and installs it into an environment of its own, below tests/python
of the build; the others use it. What others wrote for Python is in the environment of the cache
(setup/steps/python.sh), of which only the folder of packages is taken.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import Dict, Iterator, List

HERE = pathlib.Path(__file__).resolve().parent
PACKAGE = HERE.parent
SOURCE = PACKAGE.parent.parent
# Where this machine has its packages from: the bare Debian takes them there, too.
SOURCES = [pathlib.Path("/etc/apt/sources.list.d/debian.sources"), pathlib.Path("/etc/apt/sources.list")]


def run(*command: object, environment: Dict[str, str] | None = None, **options: object) -> str:
    """Standard output of a command that must succeed."""
    words = [str(word) for word in command]
    print("+", *words, flush=True)
    done = subprocess.run(  # type: ignore[call-overload]
        words,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        **options,
    )
    print(done.stdout, flush=True)
    if done.returncode != 0:
        sys.exit(f"{words[0]} failed with the exit code {done.returncode}, and said why above: {' '.join(words)}")
    text: str = done.stdout
    return text


class Context:
    """Where things are."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.build: pathlib.Path = options.build
        self.clients: pathlib.Path = options.clients
        self.models: pathlib.Path = options.models
        self.folder = self.build / "tests/python"
        self.python = self.folder / "venv/bin/python"

    def environment(self, home: str) -> Dict[str, str]:
        """Of the tests: nothing of this machine but the models, and nobody is called up."""
        return {
            "HOME": home,
            "LECTERN_MODELS": str(self.models),
            "LECTERN_CACHE": str(self.folder / "derived"),
            "LECTERN_TEST_CACHE": str(self.folder / "derived"),
            "LECTERN_PATIENT_PLUGIN": str(self.build / "tests/patient"),
            "HAYSTACK_TELEMETRY_ENABLED": "False",
            "LANGSMITH_TRACING": "false",
            "LLAMA_INDEX_CACHE_DIR": home,
        }

    def wheel(self) -> pathlib.Path:
        """The wheel that was made."""
        (file,) = (self.folder / "wheel").glob("lectern-*.whl")
        return file


def inputs(build: pathlib.Path) -> Iterator[pathlib.Path]:
    """What a wheel is made from."""
    for folder in ("lib", "share"):
        yield from (path for path in sorted((build / folder).rglob("*")) if path.is_file())
    yield from sorted((PACKAGE / "lectern").glob("*"))
    yield from (PACKAGE / "make_wheel.py", PACKAGE / "README.md", SOURCE / "setup/versions.sh")


def case_wheel(context: Context) -> None:
    """The wheel, in an environment that has nothing else of ours."""
    if not context.clients.is_dir():
        sys.exit(f"{context.clients} is not there; run setup/third-party.sh python")
    stamp = context.folder / "stamp"
    key = "".join(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}\n" for path in inputs(context.build))
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != key:
        stamp.unlink(missing_ok=True)
        out = context.folder / "wheel"
        run(sys.executable, PACKAGE / "make_wheel.py", "--build", context.build, "--out", out, "--level", 1)
        stamp.write_text(key, encoding="utf-8")
    clients = context.clients / "bin/python"
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    shutil.rmtree(context.folder / "venv", ignore_errors=True)
    run(clients, "-m", "venv", "--without-pip", context.folder / "venv")
    install = ("install", "--no-index", "--no-deps", "--no-compile", context.wheel())
    run(clients, "-m", "pip", "--python", context.python, "--disable-pip-version-check", *install)
    packages = pathlib.Path(run(context.python, "-c", where).strip())
    (packages / "clients.pth").write_text(run(clients, "-c", where), encoding="utf-8")
    run(context.python, "-c", "import lectern; print(lectern.__version__)")


def pytest(context: Context, *words: str) -> None:
    """Runs tests of this folder."""
    with tempfile.TemporaryDirectory(prefix="lectern-python-") as home:
        command: List[object] = [context.python, "-m", "pytest", "-c", HERE / "pytest.ini", "--rootdir", HERE]
        command += ["-q", "--durations=5", f"--basetemp={home}/pytest", *words]
        run(*command, environment=context.environment(home), cwd=home)


def case_types(context: Context) -> None:
    """mypy finds nothing in the package, and types where it is used."""
    mypy = [context.python, "-m", "mypy", "--strict", "--cache-dir", context.folder / "mypy"]
    run(*mypy, PACKAGE / "lectern", cwd=PACKAGE)
    use = "import lectern\nx: int = lectern.open('a').search('b')[0].title\n"
    with tempfile.TemporaryDirectory(prefix="lectern-python-") as name:
        (pathlib.Path(name) / "use.py").write_text(use, encoding="utf-8")
        done = subprocess.run(
            [str(word) for word in (*mypy, "use.py")], check=False, cwd=name, stdout=subprocess.PIPE, text=True
        )
    print(done.stdout)
    assert done.returncode == 1 and 'has type "str", variable has type "int"' in done.stdout, done
    assert "Found 1 error" in done.stdout


def case_bench(context: Context) -> None:
    """The benchmark's own rows, on a few texts; one that fails is a line of the table, with its reason."""
    command = [context.python, PACKAGE / "bench/compare.py", "--rows", 12, "--only", "lectern,chroma"]
    with tempfile.TemporaryDirectory(prefix="lectern-python-") as home:
        done = subprocess.run(
            [str(word) for word in command],
            check=False,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **context.environment(home)},
            cwd=home,
        )
    print(done.stdout)
    assert done.returncode == 1, done.returncode
    _, heads, hybrid, dense, chroma = done.stdout.splitlines()
    assert heads.split()[:4] == ["rows/s", "p50", "ms", "p95"] and heads.endswith("after kill -9"), heads
    assert hybrid.startswith("lectern 0.") and hybrid.endswith(" 12 of 12"), hybrid
    assert dense.startswith("lectern by vectors 0.") and "x)" in dense, dense
    assert chroma.startswith("chroma  failed: ") and "No module named 'chromadb'" in chroma, chroma


ASK = """
import lectern
with lectern.open("/tmp/notes") as notes:
    report = notes.ingest(["/samples/bert.md", "/samples/word2vec.md"])
    assert report.documents == 2 and not report.failed, report
    answer = notes.ask("How many parameters does BERT Base have?")
    print(answer.status, answer, answer.citations[0].document, sep=" | ")
"""


def case_bare_debian(context: Context) -> None:
    """A Debian 12 with Python and numpy and nothing else answers a question with the wheel."""
    if os.geteuid() != 0 or shutil.which("mmdebstrap") is None:
        print("skipped: it takes root and mmdebstrap to make a Debian")
        sys.exit(77)
    sources = next((file for file in SOURCES if file.is_file()), None)
    if sources is None:
        print("skipped: none of these says where packages are: " + ", ".join(map(str, SOURCES)))
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="lectern-debian-") as name:
        root = pathlib.Path(name) / "root"
        packages = "python3,python3-pip,python3-numpy,python3-tqdm"
        run("mmdebstrap", "--variant=minbase", f"--include={packages}", "bookworm", root, sources)
        for compiler in ("gcc", "cc", "c++", "cmake"):
            assert not (root / "usr/bin" / compiler).exists(), compiler
        shutil.copy(context.wheel(), root / "tmp")
        shutil.copytree(SOURCE / "samples", root / "samples")
        for model in ("all-MiniLM-L6-v2", "SmolLM2-135M-Instruct"):
            shutil.copytree(context.models / model, root / "models" / model)
        (root / "ask.py").write_text(ASK, encoding="utf-8")
        # In namespaces of its own, so that its /proc is gone with it, whatever ends it.
        inside = ["env", "-i", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/root", "LECTERN_MODELS=/models"]
        inside += ["unshare", "--mount", "--pid", "--fork", "--kill-child", f"--root={root}", "--mount-proc"]
        pip = ("python3", "-m", "pip", "install", "--no-index", "--no-deps", "--break-system-packages")
        run(*inside, *pip, f"/tmp/{context.wheel().name}")
        said = run(*inside, "python3", "/ask.py")
    assert "110 million" in said and "samples/bert.md" in said, said


def main() -> None:
    """Runs a case."""
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    files = sorted(path.stem[5:] for path in HERE.glob("test_*.py"))
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("case", choices=[*cases, *files])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--clients", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=pathlib.Path, required=True)
    options = parser.parse_args()
    context = Context(options)
    if options.case in cases:
        cases[options.case](context)
    else:
        pytest(context, str(HERE / f"test_{options.case}.py"))


if __name__ == "__main__":
    main()
