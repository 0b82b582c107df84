#!/usr/bin/env python3
"""The pages name what there is: options of stages with their types, defaults and ranges, commands and
their options, links.   reference_test.py SOURCE BUILD"""

import json
import pathlib
import re
import subprocess
import sys

SOURCE, BUILD = (pathlib.Path(word) for word in sys.argv[1:3])
PAGES = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
PROBLEMS = []


def lectern(*words):
    done = subprocess.run([BUILD / "bin" / "lectern", *words], capture_output=True, text=True, check=True)
    return done.stdout


def problem(text):
    PROBLEMS.append(text)


# ------------------------------------------------------------------ stages


def tables():
    """(heading, stage in the first column or None) -> {option: (type, default or None)}."""
    out, heading = {}, ""
    columns = []
    for line in (SOURCE / "docs/configuration.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading, columns = line.lstrip("# ").replace("`", ""), []
        elif not line.startswith("|"):
            # A table of `tasks` follows the line that names its stage.
            if named := re.match(r"`([a-z-]+)` (?:has besides|loads|stands in no pipeline)", line):
                heading = heading.split(", stage ")[0] + ", stage " + named[1]
            columns = []
        elif not columns:
            columns = [cell.strip() for cell in line.strip("|").split("|")]
        elif not line.startswith("|--"):
            row = dict(zip(columns, (cell.strip() for cell in line.strip("|").split("|"))))
            if "option" not in row:
                continue
            key = (heading, row["stage"].strip("`") if "stage" in row else None)
            out.setdefault(key, {})[row["option"].strip("`")] = (row["type"], row.get("default"))
    return out


def documented(found, plugin, stage, stages):
    out = {}
    for key in [(f"{plugin}, stage {stage}", None), (plugin, stage), (plugin, None)]:
        # What `tasks` says before its stages is about those with models of their own.
        if key == (plugin, None) and plugin == "tasks" and stage in ("linear-classifier", "trainer"):
            continue
        if key != (plugin, None) or plugin == "tasks" or len(stages) == 1:
            out.update(found.get(key, {}))
    return out


def shown(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def same(default, words):
    """Whether a default of the schema is what the page says: 5000, 5,000 and 1e-4 count as numbers."""
    words = words.strip("`")
    if shown(default) == words:
        return True
    try:
        return float(words.replace(",", "")) == float(default)
    except (TypeError, ValueError):
        return False


def check_stages():
    found = tables()
    for plugin in json.loads(lectern("plugins", "--json"))["plugins"]:
        if BUILD.resolve() not in pathlib.Path(plugin["path"]).resolve().parents:
            continue  # somebody's own
        for stage in plugin["stages"]:
            name = f"{plugin['name']}, {stage['name']}"
            options = stage["options"] or {}
            options = (json.loads(options) if isinstance(options, str) else options).get("properties", {})
            page = documented(found, plugin["name"], stage["name"], plugin["stages"])
            for option in sorted(options.keys() ^ page.keys()):
                where = "docs/configuration.md" if option in options else "the stage"
                problem(f"{name}: {where} has no option '{option}'")
            for option in options.keys() & page.keys():
                schema, (kind, default) = options[option], page[option]
                if default is not None and "default" in schema and not same(schema["default"], default):
                    problem(f"{name}: the default of '{option}' is {shown(schema['default'])}, not {default}")
                numbers = [float(word.replace(",", "")) for word in re.findall(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?", kind)]
                bounds = [schema[key] for key in ("minimum", "maximum") if key in schema]
                if schema.get("type") in ("integer", "number") and numbers != [float(one) for one in bounds]:
                    problem(f"{name}: '{option}' has the bounds {bounds}, not {kind}")
                if "enum" in schema and sorted(re.findall(r"`([^`]+)`", kind)) != sorted(schema["enum"]):
                    problem(f"{name}: '{option}' is one of {schema['enum']}, not {kind}")


# ---------------------------------------------------------------- commands


def commands(*parent):
    """Names below "Subcommands:"."""
    _, _, after = lectern(*parent, "--help").partition("Subcommands:\n")
    return re.findall(r"^  (\S+)", after, re.MULTILINE)


def check_commands():
    helps = {}
    for command in commands():
        below = commands(command)
        for name in [(command, sub) for sub in below] or [(command,)]:
            helps[" ".join(name)] = lectern(*name, "--help")
    rows = re.findall(r"^\| (`[^|]+) \|", (SOURCE / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    in_table = {name for row in rows for name in re.findall(r"`((?:train )?[a-z0-9]+)", row)}
    for command in sorted(in_table ^ helps.keys()):
        problem(f"README.md's table of commands and 'lectern --help' differ in '{command}'")
    longest_first = sorted(helps, key=len, reverse=True)
    used = re.compile(r"lectern (" + "|".join(longest_first) + r")\b([^`|]*)")
    for page in PAGES:
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            for command, words in used.findall(line):
                for option in re.findall(r"(?<![\w-])(?:--[a-z][a-z-]+|-[a-z](?![\w-]))", words):
                    if not re.search(re.escape(option) + r"(?![\w-])", helps[command]):
                        problem(f"{page.name}:{number}: 'lectern {command}' has no option {option}")


# ------------------------------------------------------------------- links


def anchors(page):
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def check_links():
    for page in PAGES:
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
            if target.startswith(("http:", "https:")):
                continue
            to = (page.parent / target) if target else page
            if not to.exists():
                problem(f"{page.name}: the link to {target} leads nowhere")
            elif anchor and anchor not in anchors(to):
                problem(f"{page.name}: {target} has no heading #{anchor}")


check_stages()
check_commands()
check_links()
print("\n".join(PROBLEMS) or "the pages name what there is")
sys.exit(1 if PROBLEMS else 0)
