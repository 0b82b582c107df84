#!/usr/bin/env python3
"""The Debian package: debian_test.py --source … --build … --folder … --version …

Makes it with cpack, looks at what is in it, unpacks it and runs the program from there, runs the
lines of its unit as the service's user, and has systemd and lintian look at it. What is not on this
machine is said to be left out.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

from package_test import run


def make(context):
    """The package's path."""
    shutil.rmtree(context.folder, ignore_errors=True)
    context.folder.mkdir(parents=True)
    run(context.cpack, "-G", "DEB", "--config", context.build / "CPackConfig.cmake", "-B", context.folder)
    package = context.folder / f"lectern_{context.version}_amd64.deb"
    assert package.is_file(), list(context.folder.iterdir())
    shutil.rmtree(context.folder / "_CPack_Packages")
    return package


def check_control(context, package):
    """Its fields, and who must be there for it."""
    field = lambda name: run("dpkg-deb", "--field", package, name).strip()
    assert field("Package") == "lectern"
    assert field("Version") == context.version
    assert field("Architecture") == "amd64"
    assert int(field("Installed-Size")) > 10_000
    assert "<" in field("Maintainer")
    depends = {name.split()[0] for name in re.split(r"[,|]\s*", field("Depends"))}
    for needed in ("libc6", "libstdc++6", "librocksdb7.8", "libssl3", "adduser", "init-system-helpers"):
        assert needed in depends, f"{needed} is not in Depends: {sorted(depends)}"
    ours = [name for name in depends if re.match(r"lib(lectern|faiss|openvino|tbb|llama|ggml)", name)]
    assert not ours, f"what is in the package is not to be in Depends: {ours}"
    # Each is a package that this machine, on which it was built, has.
    have = set(run("dpkg-query", "-W", "-f", "${Package}\n").split())
    assert depends - {"adduser"} <= have, depends - have

    scripts = context.folder / "control"
    run("dpkg-deb", "--control", package, scripts)
    assert (scripts / "conffiles").read_text() == "/etc/lectern/serve.toml\n"
    assert (scripts / "shlibs").read_text() == f"liblectern 0 lectern (>= {context.version})\n"
    for name in ("postinst", "prerm", "postrm"):
        assert os.access(scripts / name, os.X_OK), name
        run("sh", "-n", scripts / name)
    sums = (scripts / "md5sums").read_text().splitlines()
    assert any(line.endswith("usr/bin/lectern") for line in sums), sums[:3]


def check_contents(package):
    """Where everything is, whose it is and who may read it."""
    listed = {}
    for line in run("dpkg-deb", "--contents", package).splitlines():
        mode, owner, _, _, _, path = line.split(maxsplit=5)
        listed[path.split(" -> ")[0].removeprefix("./")] = (mode, owner)
    for path, mode in {
        "usr/bin/lectern": "-rwxr-xr-x",
        "usr/sbin/lectern-models": "-rwxr-xr-x",
        "usr/lib/lectern/lectern-probe": "-rwxr-xr-x",
        "usr/lib/lectern/lectern-requantise": "-rwxr-xr-x",
        "usr/share/lectern/pipelines/bert.yaml": "-rw-r--r--",
        "usr/share/lectern/monitoring/lectern.rules.yml": "-rw-r--r--",
        "usr/share/lectern/licenses/lectern": "-rw-r--r--",
        "usr/share/man/man1/lectern.1.gz": "-rw-r--r--",
        "usr/share/man/man1/lectern-crash.1.gz": "-rw-r--r--",
        "usr/share/man/man8/lectern-models.8.gz": "-rw-r--r--",
        "usr/share/doc/lectern/copyright": "-rw-r--r--",
        "usr/share/doc/lectern/changelog.gz": "-rw-r--r--",
        "usr/share/doc/lectern/server.md": "-rw-r--r--",
        "etc/lectern/serve.toml": "-rw-r--r--",
        "lib/systemd/system/lectern.service": "-rw-r--r--",
        "etc/": "drwxr-xr-x",
    }.items():
        assert path in listed, f"not in the package: {path}"
        assert listed[path][0] == mode, f"{path} is {listed[path][0]}"
    for path in listed:
        if found := re.match(r"usr/(s?)bin/([\w-]+)$", path):
            page = f"usr/share/man/man{8 if found[1] else 1}/{found[2]}.{8 if found[1] else 1}.gz"
            assert page in listed, f"no manual page {page}"
    for path, (mode, owner) in listed.items():
        assert owner == "root/root", f"{path} is {owner}'s"
        assert mode[0] in "d-l" and mode[3] != "s" and (mode[0] == "l" or mode[8] != "w"), f"{path}: {mode}"
    plugins = [path for path in listed if re.match(r"usr/lib/lectern/plugins/\w+\.so$", path)]
    assert len(plugins) > 5, plugins
    for library in ("libopenvino.so", "libfaiss.so", "libllama.so", "ggml/libggml-cpu"):
        assert any(path.startswith(f"usr/lib/lectern/libraries/{library}") for path in listed), library


def check_strangers(context, root):
    """No file of ours knows where it was built, and every library is found."""
    for file in [root / "usr/bin/lectern", *sorted((root / "usr/lib/lectern/plugins").glob("*.so"))]:
        dynamic = run("readelf", "-d", file)
        path = re.search(r"(?:RPATH|RUNPATH).*\[(.*)\]", dynamic)
        assert path and all(part.startswith("$ORIGIN") for part in path[1].split(":")), (file, path)
        found = run("ldd", file)
        assert "not found" not in found, file
        for line in found.splitlines():
            where = line.split("=> ")[-1].rpartition(" (")[0].strip()
            if "/" in where:
                assert where.startswith(("/lib", "/usr/lib")) or where.startswith(str(root)), line
                assert str(context.build) not in where or where.startswith(str(root)), line


class Program:
    """The unpacked program, with models of the environment and folders of its own."""

    def __init__(self, root, models, folder):
        self.path = root / "usr/bin/lectern"
        self.environment = {
            "PATH": os.environ["PATH"],
            "LECTERN_MODELS": str(models),
            "LECTERN_CACHE": str(folder / "cache"),
            "HOME": str(folder / "home"),
        }

    def run(self, *words):
        done = subprocess.run([self.path, *map(str, words)], env=self.environment, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=300)
        assert done.returncode == 0, f"{words}: exit code {done.returncode}\n{done.stdout}"
        return done.stdout


def check_program(context, program, folder):
    """The command line, from the unpacked tree."""
    assert program.run("--version").strip() == context.version
    plugins = json.loads(program.run("plugins", "--json"))
    assert {"bert", "gpt", "documents"} <= {plugin["name"] for plugin in plugins["plugins"]}, plugins
    assert not plugins.get("refused"), plugins
    text = context.source / "samples/bert-is-not-gpt.md"
    report = json.loads(program.run("ingest", "-c", folder / "notes", text, "--json"))
    assert report["documents"] == 1 and not report["failed"], report
    hits = json.loads(program.run("search", "-c", folder / "notes", "attention mask", "--json"))["hits"]
    assert hits[0]["document"] == str(text), hits


def listening(process):
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return f"http://127.0.0.1:{found[1]}"
    raise AssertionError("serve did not start")


def check_service(root, program, folder):
    """As systemd starts it: the package's options, a socket that hears of it, and a drain."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        manager.settimeout(60)
        process = subprocess.Popen(
            [program.path, "serve", "--config", root / "etc/lectern/serve.toml", "--data", folder / "data",
             "--listen", "127.0.0.1:0"],
            env={**program.environment, "NOTIFY_SOCKET": str(folder / "notify")},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            address = listening(process)
            assert manager.recv(100) == b"READY=1"
            ask = lambda method, path, body=b"": urllib.request.urlopen(
                urllib.request.Request(address + path, body, method=method), timeout=60)
            assert json.load(ask("GET", "/healthz", None)) == {"status": "ok"}
            assert ask("PUT", "/collections/notes").status == 201
            body = json.dumps({"text": "The keeper lights the lamp at dusk."}).encode()
            assert ask("PUT", "/collections/notes/documents/a", body).status == 201
            found = json.load(ask("GET", "/collections/notes/search?query=lighthouse", None))
            assert [hit["document"] for hit in found["hits"]] == ["a"], found
            process.send_signal(signal.SIGTERM)
            assert manager.recv(100) == b"STOPPING=1"
            _, log = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
    assert process.returncode == 0, (process.returncode, log)
    messages = [json.loads(line)["message"] for line in log.splitlines()]
    assert messages[0] == "listening" and messages[-1] == "stopped", messages


def check_models(context, root, folder):
    """lectern-models, with models of which there are copies already."""
    models = folder / "models"
    command = [root / "usr/sbin/lectern-models", "--to", models]
    refused = subprocess.run([*command, "list"], check=False, capture_output=True, text=True)
    assert refused.returncode == 1 and "lectern-models fetch" in refused.stderr, refused
    source = context.models / "all-MiniLM-L6-v2"
    assert run(*command, "add", source).strip() == str(models / "all-MiniLM-L6-v2")
    assert str(models / "all-MiniLM-L6-v2") in run(*command, "list")
    twice = subprocess.run([*command, "add", source], check=False, capture_output=True, text=True)
    assert twice.returncode == 1 and "there already" in twice.stderr, twice
    for file in source.rglob("*"):
        if file.is_file():
            assert (models / source.name / file.relative_to(source)).stat().st_size == file.stat().st_size
    # What `fetch` runs is whole: it knows its steps and does not miss a file of the set-up.
    third_party = root / "usr/share/lectern/setup/third-party.sh"
    wrong = subprocess.run(["bash", third_party, "none"], check=False, capture_output=True, text=True,
                           env={**os.environ, "LECTERN_CACHE": str(folder / "fetched")})
    assert 'knows no "none"' in wrong.stderr, wrong
    usage = subprocess.run([root / "usr/lib/lectern/lectern-requantise"], check=False, capture_output=True,
                           text=True)
    assert usage.stderr.startswith("usage:"), usage  # its libraries are found
    return models


def check_unit(root, folder):
    """systemd reads the unit as it is meant."""
    if shutil.which("systemd-analyze") is None:
        print("LEFT OUT: systemd is not installed, so its unit is not verified")
        return
    # The unit names programs of an installed package; in a copy they are the unpacked ones.
    text = (root / "lib/systemd/system/lectern.service").read_text()
    unit = folder / "lectern.service"
    unit.write_text(text.replace("=/usr/bin/lectern", f"={root}/usr/bin/lectern"))
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], check=False,
                              capture_output=True, text=True)
    ours = [line for line in (verified.stdout + verified.stderr).splitlines() if "lectern" in line]
    assert not ours, ours
    rated = run("systemd-analyze", "security", "--offline=true", "--no-pager", unit)
    exposure = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", rated)[1])
    assert exposure < 3, rated


class Unit:
    """The service's lines of the unit, with the folders of a test in the place of the machine's."""

    def __init__(self, root, folder):
        self.root = root
        self.places = {"/etc/lectern": folder / "etc", "/var/lib/lectern": folder / "state",
                       "/var/cache/lectern": folder / "cache-of-service",
                       "/usr/local/share/lectern/models": folder / "models", "/usr/": f"{root}/usr/"}
        self.lines = {}
        section = None
        for line in (root / "lib/systemd/system/lectern.service").read_text().splitlines():
            if line.startswith("["):
                section = line
            elif section == "[Service]" and "=" in line and not line.startswith("#"):
                name, _, value = line.partition("=")
                self.lines.setdefault(name, []).append(value)

    def one(self, name):
        (value,) = self.lines[name]
        for here, there in self.places.items():
            value = value.replace(here, str(there))
        return value

    def environment(self):
        out = {"PATH": "/usr/local/bin:/usr/bin:/bin"}
        for line in self.lines["Environment"]:
            name, _, value = line.partition("=")
            out[name] = str(self.places[value])
        return out


# Any user of the machine without rights stands for the one that the package makes.
SERVICE_USER, SERVICE_GROUP = "nobody", "nogroup"


def as_service(words):
    """What is run as the service's user: without groups, capabilities, or a way to get any."""
    return ["setpriv", f"--reuid={SERVICE_USER}", f"--regid={SERVICE_GROUP}", "--clear-groups",
            "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", *words]


class Service:
    """One life of the service, by the unit's own lines."""

    def __init__(self, unit, folder, manager):
        self.unit, self.manager = unit, manager
        self.log = open(folder / "service.log", "a+", encoding="utf-8")
        mask = int(unit.one("UMask"), 8)
        self.process = subprocess.Popen(
            as_service(unit.one("ExecStart").split()), cwd="/", umask=mask,
            env={**unit.environment(), "NOTIFY_SOCKET": str(folder / "notify")},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.address = listening(self.process)
        assert manager.recv(100) == b"READY=1"

    def ask(self, method, path, key, body=None):
        request = urllib.request.Request(self.address + path, body, method=method,
                                         headers={"Authorization": f"Bearer {key}"})
        try:
            return urllib.request.urlopen(request, timeout=60).status
        except urllib.error.HTTPError as error:
            return error.code

    def logged(self):
        self.log.seek(0)
        return [json.loads(line) for line in self.log.read().splitlines()]

    def reload(self, message):
        """As `systemctl reload` does it, until the log has one more such line."""
        count = lambda: sum(message in line["message"] for line in self.logged())
        before = count()
        command = self.unit.one("ExecReload").replace("$MAINPID", str(self.process.pid))
        run(*as_service(command.split()))
        while count() == before:
            assert self.process.poll() is None, self.logged()[-1]

    def stop(self):
        self.process.send_signal(getattr(signal, self.unit.one("KillSignal")))
        assert self.manager.recv(100) == b"STOPPING=1"
        self.process.communicate(timeout=float(self.unit.one("TimeoutStopSec")))
        assert self.process.returncode == 0, self.process.returncode


def check_unit_lines(root, folder):
    """Start, reload and stop, as the unit says them, as a user without rights."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        print("LEFT OUT: the unit's lines are run as the service's user, which only root can become")
        return
    readable = subprocess.run(as_service([root / "usr/bin/lectern", "--version"]), check=False, capture_output=True)
    if readable.returncode != 0:
        print(f"LEFT OUT: the unit's lines are not run, for {SERVICE_USER} may not read {root}")
        return
    unit = Unit(root, folder)
    folder.chmod(0o711)
    for name in ("StateDirectory", "CacheDirectory"):
        base = {"StateDirectory": "/var/lib/", "CacheDirectory": "/var/cache/"}[name]
        place = unit.places[base + unit.one(name)]
        place.mkdir(mode=int(unit.one(name + "Mode"), 8))
        shutil.chown(place, SERVICE_USER, SERVICE_GROUP)
    # As postinst leaves it, and an administrator fills it.
    etc = unit.places["/etc/lectern"]
    etc.mkdir()
    shutil.chown(etc, "root", SERVICE_GROUP)
    etc.chmod(0o2750)
    options = (root / "etc/lectern/serve.toml").read_text()
    assert "127.0.0.1:8080" in options
    options = options.replace("127.0.0.1:8080", "127.0.0.1:0")
    (etc / "serve.toml").write_text(f'{options}\nkeys = "{etc}/keys.json"\n')
    key = lambda name: run(root / "usr/bin/lectern", "key", name, "--right", "admin", "--keys", etc / "keys.json").strip()
    first = key("first")

    (folder / "notify").unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "notify"))
        (folder / "notify").chmod(0o666)
        manager.settimeout(float(unit.one("TimeoutStartSec")))
        service = Service(unit, folder, manager)
        try:
            status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
            assert "Uid:\t0" not in status and re.search(r"CapEff:\t0+\n", status), status
            assert service.ask("PUT", "/collections/notes", first) == 201, service.logged()
            body = json.dumps({"text": "The keeper lights the lamp at dusk."}).encode()
            assert service.ask("PUT", "/collections/notes/documents/a", first, body) == 201
            second = key("second")
            service.reload("the keys were read again")
            assert service.ask("GET", "/collections/notes/documents/a", second) == 200
            assert service.ask("GET", "/collections/notes/documents/a", "wrong") == 401
            kept = (etc / "keys.json").read_text()
            (etc / "keys.json").write_text("{")
            service.reload(str(etc / "keys.json"))
            assert service.ask("GET", "/collections/notes/documents/a", second) == 200
            (etc / "keys.json").write_text(kept)
            service.stop()
            service = Service(unit, folder, manager)
            assert service.ask("GET", "/collections/notes/documents/a", first) == 200
            service.stop()
        finally:
            service.process.kill()
            service.process.wait()
            service.log.close()
    for place in (unit.places["/var/lib/lectern"], unit.places["/var/cache/lectern"]):
        files = list(place.rglob("*"))
        assert files, f"nothing is in {place}"
        for file in files:
            assert file.lstat().st_mode & 0o007 == 0, f"{file} is for everybody"
            assert file.owner() == SERVICE_USER, f"{file} is {file.owner()}'s"


# What lintian takes for errors, and why these are none.
NOT_OURS = (
    "bogus-mail-host", "bogus-mail-host-in-debian-changelog",  # who answers for it, the packager says
    "malformed-deb-archive",  # zstd, which Debian 12's dpkg reads and its lintian does not know
)


def check_policy(package):
    """Debian's own look at it."""
    if shutil.which("lintian") is None:
        print("LEFT OUT: lintian is not installed (Debian: apt-get install lintian)")
        return
    found = subprocess.run(["lintian", "--fail-on", "error", "--suppress-tags", ",".join(NOT_OURS), package],
                           check=False, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("source", "build", "folder", "models"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--cpack", required=True)
    context = parser.parse_args()
    for tool in ("dpkg-deb", "dpkg-shlibdeps", "file"):
        if shutil.which(tool) is None:
            print(f"LEFT OUT: {tool} is missing (Debian: apt-get install dpkg-dev file)")
            return 77
    for name in ("LECTERN_PLUGINS", "LECTERN_MODELS"):
        os.environ.pop(name, None)
    package = make(context)
    check_control(context, package)
    check_contents(package)
    check_policy(package)
    with tempfile.TemporaryDirectory(prefix="lectern-debian-") as name:
        folder = pathlib.Path(name)
        root = folder / "root"
        run("dpkg-deb", "--extract", package, root)
        check_strangers(context, root)
        (folder / "home").mkdir()
        check_unit(root, folder)
        check_models(context, root, folder)
        program = Program(root, context.models, folder)
        check_program(context, program, folder)
        check_service(root, program, folder)
        check_unit_lines(root, folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
