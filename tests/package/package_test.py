#!/usr/bin/env python3
"""The installed tree, used from outside: package_test.py CASE --source … --build … --installed …

The case `install` makes the tree; the others use it. README.md's program is built against an
installed tree by the test docs.README.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

CMAKE = os.environ.get("LECTERN_CMAKE", "cmake")


def run(*command, environment=None):
    """Standard output of a command that must succeed."""
    print("+", *command, flush=True)
    done = subprocess.run(
        [str(word) for word in command],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
        timeout=900,
    )
    print(done.stdout, flush=True)
    assert done.returncode == 0, f"exit code {done.returncode}"
    return done.stdout


def case_install(context):
    """Into one folder and moved to another: nothing may remember where it was installed."""
    shutil.rmtree(context.installed, ignore_errors=True)
    first = context.installed.with_name("prefix")
    shutil.rmtree(first, ignore_errors=True)
    run(CMAKE, "--install", context.build, "--prefix", first)
    first.rename(context.installed)
    for file in (
        "bin/lectern",
        "lib/liblectern.so",
        "lib/lectern/lectern-probe",
        "lib/lectern/plugins/bert.so",
        "lib/lectern/sqlite/lectern.so",
        "lib/cmake/lectern/lecternConfig.cmake",
        "lib/cmake/lectern/lecternConfigVersion.cmake",
        "lib/pkgconfig/lectern.pc",
        "share/lectern/pipelines/bert.yaml",
        "share/lectern/licenses/lectern",
    ):
        assert (context.installed / file).is_file(), f"not installed: {file}"
    installed = context.installed / "include/lectern"
    headers = {header.name for header in installed.iterdir() if header.is_file()}
    assert headers == {"backup.hpp", "cluster.hpp", "code.h", "copy.hpp", "engine.hpp", "finding.hpp", "grammar.hpp", "lectern.h", "lectern.hpp", "patch.hpp",
                       "pipeline.hpp", "plugin.h", "plugin.hpp", "running.hpp", "status.hpp", "translation.hpp"}, headers
    assert {header.name for header in installed.iterdir() if header.is_dir()} == {"plugin"}
    ours = context.source / "include/lectern/plugin"
    assert {header.name for header in (installed / "plugin").iterdir()} == {header.name for header in ours.iterdir()}


def case_headers_stand_alone(context):
    """Each installed header compiles alone, in the oldest language that it is for."""
    include = context.installed / "include"
    c99 = [os.environ["LECTERN_C_COMPILER"], "-xc", "-std=c99"]
    cxx17 = [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++17"]
    kinds = sorted(header.relative_to(include / "lectern") for header in (include / "lectern/plugin").iterdir())
    assert len(kinds) > 20, kinds
    for header, compiler in (
        *((header, c99 if header.suffix == ".h" else cxx17) for header in kinds),
        ("code.h", c99),
        ("lectern.h", c99),
        ("lectern.h", [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++11"]),
        ("plugin.h", c99),
        ("plugin.hpp", cxx17),
        ("status.hpp", [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++20"]),
        ("engine.hpp", [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++20"]),
        ("lectern.hpp", [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++20"]),
        ("running.hpp", [os.environ["LECTERN_CXX_COMPILER"], "-xc++", "-std=c++20"]),
    ):
        flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{include}"]
        run(*compiler, *flags, "-include", f"lectern/{header}", os.devnull)


def case_plugins_through_find_package(context):
    """The example plugins, with nothing but the installed package; then the program loads them."""
    with tempfile.TemporaryDirectory(prefix="lectern-package-") as name:
        folders = []
        for example in ("shout", "redact"):
            folder = pathlib.Path(name) / example
            source = context.source / "plugins/examples" / example
            run(CMAKE, "-S", source, "-B", folder, f"-DCMAKE_PREFIX_PATH={context.installed}")
            cache = (folder / "CMakeCache.txt").read_text(encoding="utf-8")
            assert "LECTERN_INCLUDE" not in cache, "the package was not found"
            run(CMAKE, "--build", folder)
            folders.append(str(folder))
        found = json.loads(
            run(
                context.installed / "bin/lectern",
                "plugins",
                "--json",
                environment={"LECTERN_PLUGINS": ":".join(folders)},
            )
        )
    names = {plugin["name"] for plugin in found["plugins"]}
    assert {"shout", "redact", "bert", "gpt"} <= names, names
    assert not found.get("refused"), found["refused"]


def case_c_through_pkg_config(context):
    """A program in C, with what pkg-config says of the tree that was moved."""
    found = {"PKG_CONFIG_PATH": str(context.installed / "lib/pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "lectern", environment=found).split()
    version = run("pkg-config", "--modversion", "lectern", environment=found).strip()
    assert not [flag for flag in flags if str(context.build) == flag[2:] or "/prefix/" in flag], flags
    with tempfile.TemporaryDirectory(prefix="lectern-package-") as name:
        source = pathlib.Path(name) / "version.c"
        source.write_text(
            '#include <stdio.h>\n\n#include "lectern/lectern.h"\n\n'
            "int main(void) {\n    puts(lectern_version());\n    return 0;\n}\n",
            encoding="utf-8",
        )
        program = pathlib.Path(name) / "version"
        compiler = [os.environ["LECTERN_C_COMPILER"], "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
        run(*compiler, source, "-o", program, *flags)
        said = run(program, environment={"LD_LIBRARY_PATH": str(context.installed / "lib")}).strip()
    assert said == version, (said, version)


def case_nothing_outside_is_loaded(context):
    """Plugins beside the installed tree are none of its own."""
    with tempfile.TemporaryDirectory(prefix="lectern-package-") as name:
        tree = pathlib.Path(name) / "tree"
        shutil.copytree(context.installed, tree, symlinks=True)
        beside = pathlib.Path(name) / "lib/lectern/plugins"
        beside.mkdir(parents=True)
        shutil.copy(tree / "lib/lectern/plugins/words.so", beside / "stray.so")
        found = json.loads(run(tree / "bin/lectern", "plugins", "--json"))
        # A library in lib/<machine> finds what is two folders above.
        machine = tree / "lib/machine"
        machine.mkdir()
        for library in (tree / "lib").glob("liblectern*"):
            library.rename(machine / library.name)
        folders = {str(library.parent) for library in (tree / "lib").rglob("*.so*")}
        moved = json.loads(
            run(tree / "bin/lectern", "plugins", "--json", environment={"LD_LIBRARY_PATH": ":".join(sorted(folders))})
        )
    for answer in (found, moved):
        assert {"bert", "gpt", "words"} <= {plugin["name"] for plugin in answer["plugins"]}, answer
        assert "stray" not in json.dumps(answer), answer


def loaded_files(folder):
    """The libraries that the loader names in its logs in the folder."""
    found = set()
    for log in folder.glob("loaded.*"):
        for line in log.read_text(encoding="utf-8").splitlines():
            if "calling init: " in line:
                found.add(os.path.realpath(line.split("calling init: ")[1]))
    return found


def case_installed_program(context):
    """Ingest, search and ask, with no library from the build or from the cache."""
    program = context.installed / "bin/lectern"
    with tempfile.TemporaryDirectory(prefix="lectern-package-") as name:
        collection = pathlib.Path(name) / "collection"
        text = pathlib.Path(name) / "bert.md"
        shutil.copy(context.source / "samples/bert-is-not-gpt.md", text)
        loader = {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": f"{name}/loaded"}
        report = json.loads(run(program, "ingest", "-c", collection, text, "--json"))
        assert report["documents"] == 1 and not report["failed"], report
        hits = json.loads(run(program, "search", "-c", collection, "attention mask", "--json"))["hits"]
        assert hits[0]["document"] == str(text), hits
        question = "Why is BERT not GPT?"
        answer = json.loads(run(program, "ask", "-c", collection, question, "--json", environment=loader))
        assert answer["citations"], answer
        assert answer["citations"][0]["document"] == str(text), answer
        libraries = loaded_files(pathlib.Path(name))
    ours = {file for file in libraries if not file.startswith(("/usr/", "/lib"))}
    assert any("libggml-cpu" in file for file in ours), libraries
    assert any("libopenvino.so" in file for file in ours), libraries
    if context.bundled:
        outside = [file for file in ours if not file.startswith(f"{context.installed.resolve()}/")]
        assert not outside, f"loaded from elsewhere: {outside}"


def case_subproject(context):
    """add_subdirectory() gives lectern::lectern and leaves the outer project alone."""
    with tempfile.TemporaryDirectory(prefix="lectern-package-") as name:
        source = context.source / "tests/package/subproject"
        run(CMAKE, "-S", source, "-B", name, f"-DLECTERN_CHECKOUT={context.source}")


def main():
    cases = {name[5:]: case for name, case in globals().items() if name.startswith("case_")}
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", choices=cases)
    for folder in ("source", "build", "installed"):
        parser.add_argument(f"--{folder}", type=pathlib.Path, required=True)
    parser.add_argument("--bundled", action="store_true", help="third-party libraries are installed along")
    context = parser.parse_args()
    for name in ("LECTERN_PLUGINS", "LECTERN_MODELS"):
        os.environ.pop(name, None)
    cases[context.case](context)


if __name__ == "__main__":
    main()
