#!/usr/bin/env python3
"""The tables of options in docs/ are those of the descriptions in api/ and config/.

    option_tables.py SOURCE DESCRIBE            says which are stale
    option_tables.py SOURCE DESCRIBE --write    writes them anew, as the target `option_tables` does

DESCRIBE is the program of describe.cpp.

A table stands between two comments. The first says where the fields stand (http, mcp, c, command,
pipeline) and whose they are, several joined by spaces; a prefix for the names may follow:

    <!-- fields: http search delivery -->
    <!-- fields: pipeline search as search. -->
    <!-- end of fields -->
"""

import json
import pathlib
import re
import subprocess
import sys

SOURCE, DESCRIBE = (pathlib.Path(word) for word in sys.argv[1:3])
TABLE = re.compile(r"<!-- fields: (\w+) ([\w ]+?)(?: as (\S+))? -->\n(.*?)<!-- end of fields -->\n", re.DOTALL)


def number(value):
    """1000 as 1,000; 0.65 as it is."""
    return f"{int(value):,}" if value == int(value) else str(value)


def range_of(schema):
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None:
        return f"{number(least)} to {number(most)}" if most < 1e12 else f"{number(least)} or more"
    return f"{number(least)} or more" if least is not None else ""


def kind_of(schema):
    if "enum" in schema:
        return ", ".join(f"`{word}`" for word in schema["enum"])
    kind = schema["type"]
    if kind == "array":
        item = schema["items"]["type"]
        return {"string": "list of texts", "number": "list of numbers", "object": "list of objects"}[item]
    if kind in ("integer", "number"):
        whole = "whole number" if kind == "integer" else "number"
        return f"{whole}, {range_of(schema)}" if range_of(schema) else whole
    return {"string": "text", "boolean": "`true` or `false`", "object": "object"}[kind]


def default_of(name, schema, required):
    """The default, and the description without it."""
    text = schema.get("description", "")
    said = re.search(r" Default: ([^.]*)\.$", text)
    if said:
        return said[1], text[: said.start()]
    if name in required:
        return "required", text
    if "default" not in schema:
        return "", text
    value = schema["default"]
    return (f"`{value}`" if isinstance(value, str) else str(value).lower() if isinstance(value, bool)
            else number(value)), text


def rows(schema, prefix):
    for name, field in schema["properties"].items():
        default, text = default_of(name, field, schema["required"])
        text = text.rstrip(".")
        if not text[1:2].isupper():  # BM25
            text = text[:1].lower() + text[1:]
        text = text.replace("|", "\\|")
        if field.get("type") == "array" and "properties" in field["items"]:
            inner = ", ".join(f"`{key}`" for key in field["items"]["properties"])
            text += f"; each has {inner}"
        yield f"| `{prefix}{name}` | {kind_of(field)} | {default} | {text} |\n"


def table(described, where, names, prefix):
    out = "| field | type | default | meaning |\n|---|---|---|---|\n"
    if where == "pipeline":
        out = out.replace("field", "key", 1)
    for name in names.split():
        out += "".join(rows(described[where][name], prefix or ""))
    return out


def main():
    described = json.loads(subprocess.run([DESCRIBE], capture_output=True, text=True, check=True).stdout)
    stale = []
    found = 0
    for page in sorted((SOURCE / "docs").glob("*.md")):
        text = page.read_text(encoding="utf-8")
        found += len(TABLE.findall(text))

        def fresh(match):
            where, names, prefix, _ = match.groups()
            head = match[0].split("\n", 1)[0] + "\n"
            return f"{head}\n{table(described, where, names, prefix)}\n<!-- end of fields -->\n"
        new = TABLE.sub(fresh, text)
        if new == text:
            continue
        stale.append(page.name)
        if "--write" in sys.argv:
            page.write_text(new, encoding="utf-8")
    if found < 6:
        sys.exit(f"only {found} tables were found in docs/")
    if stale and "--write" not in sys.argv:
        sys.exit(f"stale tables in {', '.join(stale)}; build the target option_tables")


main()
