#!/usr/bin/env python3
"""Answers over real manuals: SQLite's, PostgreSQL's and Django's, with the questions of tests/data/manuals.

    tests/bench/manuals.py --program build/bin/lectern             everything, and one table at the end
    tests/bench/manuals.py --choose                                only unpacks, checks and says what it would take
    tests/bench/manuals.py --program build/bin/lectern --manual sqlite --pages 300

The manuals are packages of Debian 12. They are downloaded with apt-get, not installed, held against the
checksums below and unpacked into a folder of their own (--folder). Taken are the pages that the questions
name and the pages that these link to, one of each in turn, until there are --pages of them; --all takes
every page. The same packages give the same pages in the same order on every machine. No page of a manual
is kept in the repository.
"""
from __future__ import annotations

import argparse
import hashlib
import html.parser
import json
import os
import pathlib
import posixpath
import re
import shutil
import subprocess
import sys
import typing
import urllib.parse

SOURCE = pathlib.Path(__file__).resolve().parents[2]


class Manual(typing.NamedTuple):
    name: str
    package: str
    version: str
    sha256: str
    root: str  # of the pages, in the package
    beside: tuple[str, ...]  # beginnings of pages that only list links, or hold the manual (or source code) once more


MANUALS = (
    Manual("sqlite", "sqlite3-doc", "3.40.1-2+deb12u2",
           "466e30d7066e2641fa13e56bc662a2ad521b8cc9c17dde9c9dac3d4f105e32f2", "usr/share/doc/sqlite3",
           ("requirements.", "doc_", "keyword_index.", "capi3ref.", "sitemap.")),
    Manual("postgresql", "postgresql-doc-15", "15.20-0+deb12u1",
           "4c44bf2c599f208b3f46454a6cf7a72e25ec46ff74d37b59dd31ad76b00eebb7",
           "usr/share/doc/postgresql-doc-15/html", ("bookindex.",)),
    Manual("django", "python-django-doc", "3:3.2.25-0+deb12u7",
           "87307f067916df72e17180d35b7cde5c7ea6080336cda518efd7f6e66988a7ca",
           "usr/share/doc/python-django-doc/html", ("genindex.", "py-modindex.", "search.", "_modules/")),
)


class Wrong(Exception):
    """Something that the user can mend; the text says how."""


class Page(html.parser.HTMLParser):
    """The text of a page, white space as one space, and the pages that it links to, in their order."""

    UNSEEN = {"script", "style", "head"}
    INLINE = {"a", "abbr", "acronym", "b", "bdi", "cite", "code", "dfn", "em", "font", "i", "kbd", "mark", "q", "samp",
              "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr"}

    def __init__(self, source: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.unseen = 0
        self.feed(source)
        self.close()
        self.text = " ".join("".join(self.parts).split())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in self.UNSEEN:
            self.unseen += 1
        elif tag not in self.INLINE:
            self.parts.append(" ")
        target = dict(attributes).get("href") if tag == "a" else None
        if target:
            self.links.append(target)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.UNSEEN:
            self.unseen = max(0, self.unseen - 1)
        elif tag not in self.INLINE:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.parts.append(data)


class Pages:
    """The pages of a manual by their paths; each is read once, when it is asked for."""

    def __init__(self, root: pathlib.Path, beside: tuple[str, ...]) -> None:
        self.root = root
        self.names = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.html")
                            if not path.relative_to(root).as_posix().startswith(beside))
        self.known = set(self.names)
        self.read: dict[str, Page] = {}

    def __getitem__(self, name: str) -> Page:
        if name not in self.read:
            self.read[name] = Page((self.root / name).read_text(encoding="utf-8", errors="replace"))
        return self.read[name]

    def neighbours(self, name: str) -> list[str]:
        """The other pages that it links to, each once, in the order of the links."""
        found = {}
        for link in self[name].links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), urllib.parse.unquote(parts.path)))
            if target in self.known and target != name:
                found[target] = True
        return list(found)


def chosen(pages: Pages, named: list[str], most: int) -> list[str]:
    """The named pages and, one link of each in turn, those around them; then those around these."""
    taken, ring = dict.fromkeys(named), list(named)
    while ring and len(taken) < most:
        waiting, next_ring = [iter(pages.neighbours(name)) for name in ring], []
        while waiting and len(taken) < most:
            still = []
            for links in waiting:
                new = next((link for link in links if link not in taken), None)
                if new is None:
                    continue
                still.append(links)
                if len(taken) < most:
                    taken[new] = None
                    next_ring.append(new)
            waiting = still
        ring = next_ring
    return list(taken)


def questions_of(file: pathlib.Path) -> list[dict]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def named_pages(name: str, questions: list[dict]) -> list[str]:
    """The pages that the questions name, without the manual's own folder before them, each once."""
    return list(dict.fromkeys(question["doc"].removeprefix(name + "/") for question in questions if question["answers"]))


def misses(name: str, pages: Pages, questions: list[dict]) -> list[str]:
    """What a question names and the manual lacks: its page, its first answer on it, the others anywhere."""
    found = []
    for question in questions:
        if not question["answers"]:
            continue
        page = question["doc"].removeprefix(name + "/")
        if page not in pages.known:
            found.append(f"{question['_id']}: the manual has no page {page}")
            continue
        for number, answer in enumerate(question["answers"]):
            if answer in pages[page].text:
                continue
            if number == 0 or not any(answer in pages[other].text for other in pages.names):
                found.append(f"{question['_id']}: \"{answer}\" does not stand in {page if number == 0 else 'the manual'}")
    return found


def unpacked(manual: Manual, folder: pathlib.Path, any_version: bool) -> pathlib.Path:
    """Where the package lies unpacked; downloads it where it is not."""
    debs = folder / "packages"
    debs.mkdir(parents=True, exist_ok=True)
    wanted = manual.package if any_version else f"{manual.package}={manual.version}"
    version = "*" if any_version else manual.version.replace(":", "%3a") + "_all"
    pattern = f"{manual.package}_{version}.deb"
    if not list(debs.glob(pattern)):
        if not shutil.which("apt-get"):
            raise Wrong(f"there is no apt-get here; put {pattern} of Debian 12 into {debs}")
        done = subprocess.run(["apt-get", "download", "-qq", wanted], cwd=debs, capture_output=True, text=True)
        if done.returncode != 0 or not list(debs.glob(pattern)):
            raise Wrong(f"apt-get does not find {wanted}: {done.stderr.strip()}\nrun apt-get update; if the archive has another "
                        f"version by now, put {pattern} into {debs}, or take that version with --any-version")
    deb = max(debs.glob(pattern))
    checksum = hashlib.sha256(deb.read_bytes()).hexdigest()
    if not any_version and checksum != manual.sha256:
        raise Wrong(f"{deb} has the checksum {checksum} and should have {manual.sha256}; remove it, and try again")
    place = folder / "unpacked" / checksum[:16]
    if not place.exists():
        part = place.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        subprocess.run(["dpkg-deb", "-x", deb, part], check=True)
        part.rename(place)
    return place / manual.root


def laid_out(pages: Pages, names: list[str], place: pathlib.Path) -> None:
    """Copies the pages: an ingest reads what lies in the folder and nothing else."""
    shutil.rmtree(place, ignore_errors=True)
    for name in names:
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pages.root / name, place / name)


def lectern(options: argparse.Namespace, folder: pathlib.Path, *arguments: str) -> dict:
    done = subprocess.run([options.program, *arguments, "--json"], cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Wrong(f"{options.program} {' '.join(arguments)} failed ({done.returncode}) in {folder}")
    return json.loads(done.stdout)


def measured(options: argparse.Namespace, manual: Manual, place: pathlib.Path) -> dict:
    """The ids are the paths that are given: sqlite/wal.html."""
    pipeline = ["--pipeline", options.pipeline] if options.pipeline else []
    collection = place.parent / f"{manual.name}.collection"
    shutil.rmtree(collection, ignore_errors=True)
    lectern(options, place.parent, "ingest", "-c", str(collection), *pipeline, manual.name)
    asked = ["--limit", str(options.limit)] if options.limit else []
    report = lectern(options, place.parent, "eval", "-c", str(collection), "--answers", "--extractive", *asked,
                     "--queries", str(options.questions / f"{manual.name}.jsonl"),
                     "--per-query", str(place.parent / f"{manual.name}.per-query.jsonl"))
    return report["answers"]


COLUMNS = ("manual", "pages", "questions", "coverage", "in text", "in text, of the answered", "false", "span F1",
           "citation precision", "median ms")


def row(name: str, pages: int, figures: dict) -> str:
    cells = [name, str(pages), f"{figures['answerable']} + {figures['unanswerable']}"]
    for key in ("coverage", "answer_in_text", "answer_in_text_answered", "false_answer_rate", "span_token_f1",
                "citation_precision"):
        cells.append("-" if figures[key] is None else f"{figures[key]:.3f}")  # none: nothing was answered
    return "| " + " | ".join([*cells, f"{figures['median_milliseconds']:.0f}"]) + " |"


def main() -> None:
    cache = pathlib.Path(os.environ.get("LECTERN_CACHE") or pathlib.Path.home() / ".cache/lectern")
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(SOURCE / "build/bin/lectern"), help="lectern")
    parser.add_argument("--manual", action="append", choices=[manual.name for manual in MANUALS], help="only this one; may be repeated")
    parser.add_argument("--pages", type=int, default=150, help="pages of each manual (150)")
    parser.add_argument("--all", action="store_true", help="all pages of each manual")
    parser.add_argument("--limit", type=int, help="only the first questions: answerable ones and others stand in turn")
    parser.add_argument("--choose", action="store_true", help="unpack, check and choose; ingest and ask nothing")
    parser.add_argument("--pipeline", help="another pipeline than the default")
    parser.add_argument("--questions", type=pathlib.Path, default=SOURCE / "tests/data/manuals", help="the folder of the question files")
    parser.add_argument("--folder", type=pathlib.Path, default=cache / "manuals", help="where packages, pages and collections lie")
    parser.add_argument("--any-version", action="store_true", help="take the packages as apt-get has them; answers may have changed")
    options = parser.parse_args()
    options.program = str(pathlib.Path(options.program).resolve())
    options.questions, options.folder = options.questions.resolve(), options.folder.resolve()
    if options.pipeline and pathlib.Path(options.pipeline).exists():
        options.pipeline = str(pathlib.Path(options.pipeline).resolve())

    rows = []
    for manual in MANUALS:
        if options.manual and manual.name not in options.manual:
            continue
        pages = Pages(unpacked(manual, options.folder, options.any_version), manual.beside)
        questions = questions_of(options.questions / f"{manual.name}.jsonl")
        missing = misses(manual.name, pages, questions)
        for line in missing:
            print(f"{manual.name}: {line}", file=sys.stderr)
        if missing and not options.any_version:
            raise Wrong(f"{manual.name}: {len(missing)} answers do not stand where the questions say")
        named = [name for name in named_pages(manual.name, questions) if name in pages.known]
        names = pages.names if options.all else chosen(pages, named, max(options.pages, len(named)))
        size = sum(len(pages[name].text) for name in names)
        print(f"{manual.name}: {len(names)} of {len(pages.names)} pages ({size / 1e6:.1f} million characters), {len(named)} of them named by "
              f"{sum(bool(question['answers']) for question in questions)} of {len(questions)} questions", file=sys.stderr)
        place = options.folder / "pages" / manual.name
        laid_out(pages, names, place)
        if not options.choose:
            rows.append(row(manual.name, len(names), measured(options, manual, place)))
    if rows:
        print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
        print("\n".join(rows))


if __name__ == "__main__":
    try:
        main()
    except Wrong as error:
        sys.exit(f"error: {error}")
