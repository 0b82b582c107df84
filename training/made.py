"""Rows composed from templates: manuals, release notes, tables, notes, headings, code.

Public question sets are prose. What a person indexes is also option lists, settings, change logs and tables of
contents; here are such passages with questions that they answer, and with questions that they only seem to.
"""
from __future__ import annotations

import random
import re

import vocabulary as v

ROWS_OF_A_KIND = 330


class Text:
    """A passage that is put together piece by piece and remembers where its pieces stand."""

    def __init__(self) -> None:
        self.text, self.marks = "", {}

    def put(self, text: str, mark: object = None) -> "Text":
        if mark is not None:
            self.marks[mark] = (len(self.text), len(self.text) + len(text))
        self.text += text
        return self


def row(kind: str, question: str, passage: str | Text, span: tuple[int, int] | None = None) -> dict:
    text = passage.text if isinstance(passage, Text) else passage
    return {"kind": "made-" + kind if span else "made-" + kind + "-no", "source": "made", "question": question, "passage": text.rstrip(),
            "start": span[0] if span else -1, "end": span[1] if span else -1}


def ask(rng: random.Random, *forms: str, **values: str) -> str:
    q = rng.choice(forms).format(**values)
    return q if rng.random() < 0.8 else q[0].lower() + q[1:].rstrip("?") + rng.choice(["", "?"])


def options(rng: random.Random) -> list[dict]:
    """An option list as in a manual page."""
    program, out = v.word(rng), []
    items = [(d, "number") for d in rng.sample(v.NUMBERED, 4)] + [(d, "name") for d in rng.sample(v.NAMED, 4)] + [(d, "switch") for d in rng.sample(v.SWITCHES, 4)]
    rng.shuffle(items)
    letters, here, missing, t = rng.sample("abcdefghijklmnopqrstuvwxyz", 12), items[:rng.randint(2, 6)], items[7:], Text()
    if rng.random() < 0.5:
        t.put(rng.choice([f"{program} [OPTION]... FILE\n", f"Options of {program}:\n", "OPTIONS\n", f"usage: {program} [options]\n"]))
    layout, gap, defaults = rng.randrange(4), rng.choice(["  ", "    ", "\t", "\n       "]), {}
    long_name = {d: re.sub(r"\W+", "-", " ".join([w for w in d.split() if w not in ("the", "of", "in", "and", "a", "to", "for", "that", "do", "not")][:rng.choice([1, 2, 2])])) for d, _ in items}
    if len(set(long_name.values())) < len(items):
        return []
    for letter, (d, kind) in zip(letters, here):
        upper = "" if kind == "switch" else " " + rng.choice(["N", "NUM", "NAME", "FILE", "VALUE", "<" + d.split()[0] + ">"])
        name = "--" + long_name[d]
        if layout == 0:
            t.put("-" + letter, ("short", d)).put(", ").put(name, ("long", d)).put(upper)
        elif layout == 1:
            t.put(name, ("long", d)).put(upper)
        elif layout == 2:
            t.put("-" + letter, ("short", d)).put(upper)
        else:
            t.put("* `").put(name, ("long", d)).put(upper + "`")
        t.put(gap if layout < 3 else ": ").put(d if rng.random() < 0.6 else d[0].upper() + d[1:], ("what", d))
        if kind != "switch" and rng.random() < 0.5:
            defaults[d] = v.amount(rng) if kind == "number" else v.place_or_name(rng)
            opening, closing = rng.choice([(" (default: ", ")"), (" [default: ", "]"), (". Default: ", ""), (" (default ", ")"), (", default ", ".")])
            t.put(opening).put(defaults[d], ("default", d)).put(closing)
        t.put("\n")

    def which(d: str, kind: str) -> str:
        if kind == "switch":
            return ask(rng, "Which option makes {p} {d}?", "How do I make {p} {d}?", "What is the option to {d}?", "How can I tell {p} to {d}?", "Which flag is used to {d}?", p=program, d=d)
        return ask(rng, "Which option sets the {d}?", "How do I set the {d}?", "How can I change the {d}?", "What option gives the {d} in {p}?", "Which flag is for the {d}?", d=d, p=program)

    d, kind = rng.choice(here)
    best = t.marks.get(("long", d)) or t.marks[("short", d)]
    out.append(row("options", which(d, kind), t, best))
    d, kind = rng.choice(here)
    mark = rng.choice([m for m in (("long", d), ("short", d)) if m in t.marks])
    b, e = t.marks[mark]
    out.append(row("options", ask(rng, "What does {o} do?", "What is {o} for?", "What does the option {o} of {p} mean?", "Meaning of {o}?", o=t.text[b:e], p=program), t, t.marks[("what", d)]))
    if defaults:
        d = rng.choice(sorted(defaults))
        out.append(row("options", ask(rng, "What is the default {d}?", "What is the {d} by default?", "Which {d} does {p} use by default?", "What is the {d} if none is given?", d=d, p=program), t, t.marks[("default", d)]))
    out.append(row("options", which(*rng.choice(missing)), t))
    without = [d for d, k in here + missing if d not in defaults and k != "switch"]
    if without:
        out.append(row("options", ask(rng, "What is the default {d}?", "What is the {d} by default?", "Which {d} does {p} use by default?", d=rng.choice(without), p=program), t))
    out.append(row("options", ask(rng, "What does {o} do?", "What is {o} for?", "What does the option {o} of {p} mean?", o=rng.choice(["--" + long_name[rng.choice(missing)[0]], "-" + letters[-1].upper()]), p=program), t))
    return out


def settings(rng: random.Random) -> list[dict]:
    """key = value, in several languages of configuration; and cards of "key: value" lines."""
    t, sep = Text(), rng.choice([" = ", ": ", "=", " "])
    quote = rng.choice(["", "", '"'])
    items = [(d, v.amount(rng)) for d in rng.sample(v.NUMBERED, 5)] + [(d, v.place_or_name(rng)) for d in rng.sample(v.NAMED, 5)]
    rng.shuffle(items)
    join = rng.choice(["_", "-", "", "."])
    keys = {d: join.join([w for w in re.sub(r" (in|of|to|on|for|from|that|after|between|before)\b.*", "", d).split() + d.split()[-1:] if w not in ("the", "of", "number")][:3]) for d, _ in items}
    if len(set(keys.values())) < len(items):
        return []
    here, missing = items[:rng.randint(2, 6)], items[7:]
    style = rng.randrange(3)
    if rng.random() < 0.4:
        t.put(rng.choice([f"[{v.word(rng)}]\n", f"{v.word(rng)}:\n", f"# settings of {v.word(rng)}\n"]))
    for d, value in here:
        if style == 0:
            t.put(rng.choice(["# ", "; ", "// "])).put(d, ("what", d)).put("\n")
        t.put(keys[d], ("key", d)).put(sep + quote).put(value, ("value", d)).put(quote)
        t.put("  # " + d if style == 1 else "").put("\n")
    named = (lambda d: d) if style < 2 else (lambda d: keys[d])
    out = []
    for d in rng.sample([d for d, _ in here], 2):
        q = ask(rng, "What is the {d}?", "What is {k} set to?", "What is the value of {k}?", "Which value has {k}?", "What is the {d} set to?", d=named(d), k=keys[d])
        out.append(row("settings", q, t, t.marks[("value", d)]))
    if style == 0:
        d = rng.choice(here)[0]
        out.append(row("settings", ask(rng, "Which setting is for the {d}?", "Which setting controls the {d}?", "How do I configure the {d}?", d=d), t, t.marks[("key", d)]))
    d = rng.choice(missing)[0]
    out.append(row("settings", ask(rng, "What is the {d}?", "What is {k} set to?", "What is the value of {k}?", "What is the {d} set to?", d=named(d), k=keys[d]), t))
    out.append(row("settings", ask(rng, "Which setting is for the {d}?", "How do I configure the {d}?", "Which setting controls the {d}?", d=rng.choice(missing)[0]), t))
    return out


GENERAL = ("Who maintains {p}?", "Which port does {p} use?", "How can I use {p} with a proxy?", "What licence is {p} under?", "How do I install {p}?", "Who wrote {p}?", "What is {p}?",
           "How do I uninstall {p}?", "Where does {p} store its data?", "How much does {p} cost?", "Which language is {p} written in?", "How do I report a bug in {p}?", "When was the first version of {p} released?",
           "How many users does {p} have?", "What does {p} mean?", "How do I stop {p}?", "Can {p} run on Windows?", "How do I enable {x} in {p}?", "What is the default port of {p}?", "How do I turn off {x}?",
           "Why does {p} need {x}?", "Where is the configuration file of {p}?", "How do I restore a backup with {p}?", "What is the maximum file size in {p}?", "Who added {x}?", "How does {x} work?")


def general(rng: random.Random, program: str, about: str) -> str:
    return ask(rng, *GENERAL, p=program, x=about)


def releases(rng: random.Random) -> list[dict]:
    program, t, groups = rng.choice([v.word(rng), v.word(rng).capitalize()]), Text(), []
    changes = rng.sample(v.CHANGES, 10)
    at, style = 0, rng.randrange(4)
    versions = [v.version(rng) for _ in range(3)]
    if len(set(versions)) < 3:
        return []
    if rng.random() < 0.5:
        t.put(rng.choice([f"{program} release notes\n", f"# Changelog\n", f"Changes in {program}\n", "NEWS\n"]))
    inline = style == 3
    dates = {}
    for version in versions[:1 if inline else rng.randint(1, 3)]:
        if not inline:
            t.put(rng.choice(["## ", "", "Version ", f"{program} "])).put(version, ("version", version))
            if rng.random() < 0.6:
                dates[version] = v.date(rng)
                t.put(rng.choice([" (", " - released ", ", "])).put(dates[version], ("date", version)).put(")" if t.text[-len(dates[version]) - 1] == "(" else "")
            t.put("\n")
        for change in changes[at:at + rng.randint(1, 3)]:
            fix = v.CHANGES.index(change) < 8 or change.split()[0] in ("wrong", "missing", "unreadable", "high", "failure")
            verb = rng.choice(["Fixed ", "Fix ", "fixed a ", "Corrected "] if fix else ["Added ", "Add ", "New: ", "Implemented "])
            t.put(rng.choice(["- ", "* "]) + verb).put(change, ("change", change))
            if inline:
                own = v.version(rng)
                t.put(rng.choice([" in ", " (", " since "])).put(own, ("in", change)).put(")" if t.text[-len(own) - 1] == "(" else "")
                groups.append((own, change, fix))
            else:
                groups.append((version, change, fix))
            t.put(rng.choice([".", ""]) if not inline else "").put("\n")
        at += 3
    out, (version, change, fix) = [], rng.choice(groups)
    where = t.marks[("in", change)] if inline else t.marks[("version", version)]
    forms = ("In which version was the {c} fixed?", "Which release fixed the {c}?", "When was the {c} fixed?") if fix else ("In which version was {c} added?", "Since which version is there {c}?", "Which release added {c}?")
    out.append(row("releases", ask(rng, *forms, c=change), t, where))
    if sum(g[0] == version for g in groups) == 1:
        out.append(row("releases", ask(rng, "What changed in {p} {v}?", "What is new in version {v}?", "What was fixed in {v}?" if fix else "What was added in {v}?", p=program, v=version), t, t.marks[("change", change)]))
    if dates:
        w = rng.choice(sorted(dates))
        out.append(row("releases", ask(rng, "When was {p} {v} released?", "When did version {v} come out?", "What is the release date of {v}?", p=program, v=w), t, t.marks[("date", w)]))
    other = changes[9]
    out.append(row("releases", ask(rng, "In which version was the {c} fixed?", "Which release added {c}?", "Since which version is there {c}?", c=other), t))
    out.append(row("releases", ask(rng, "What changed in {p} {v}?", "When was {p} {v} released?", "What was fixed in {v}?", p=program, v=v.version(rng) + "1"), t))
    for _ in range(2):
        out.append(row("releases", general(rng, program, change), t))
    return out


def tables(rng: random.Random) -> list[dict]:
    subject, columns = rng.choice([
        ("product", {"price": lambda: f"{rng.randint(2, 900)}.{rng.randint(0, 99):02d}", "weight": lambda: f"{rng.randint(1, 90)} kg", "colour": lambda: rng.choice("red blue green black white grey".split()), "stock": lambda: str(rng.randint(0, 500)), "warranty": lambda: f"{rng.randint(1, 10)} years"}),
        ("city", {"population": lambda: f"{rng.randint(10, 900)},{rng.randint(100, 999)}", "area": lambda: f"{rng.randint(20, 900)} km2", "mayor": lambda: rng.choice(v.PEOPLE), "elevation": lambda: f"{rng.randint(2, 1400)} m", "founded": lambda: str(rng.randint(1100, 1950))}),
        ("function", {"returns": lambda: rng.choice("int bool string list float pointer".split()), "complexity": lambda: rng.choice(["O(n)", "O(1)", "O(log n)", "O(n log n)"]), "since": lambda: v.version(rng), "module": lambda: v.word(rng)}),
        ("employee", {"department": lambda: rng.choice("Sales Legal Research Finance Support Logistics".split()), "office": lambda: rng.choice(v.PLACES), "extension": lambda: str(rng.randint(100, 999)), "manager": lambda: rng.choice(v.PEOPLE)}),
        ("error", {"cause": lambda: rng.choice(v.CHANGES[:8]), "severity": lambda: rng.choice("low medium high critical".split()), "code": lambda: str(rng.randint(100, 9999))}),
        ("year", {"revenue": lambda: f"${rng.randint(1, 900)}.{rng.randint(0, 9)} million", "employees": lambda: str(rng.randint(20, 9000)), "net income": lambda: f"${rng.randint(1, 90)}.{rng.randint(0, 9)} million"}),
        ("train", {"departure": lambda: f"{rng.randint(5, 22)}:{rng.randint(0, 59):02d}", "platform": lambda: str(rng.randint(1, 24)), "destination": lambda: rng.choice(v.PLACES)})])
    name = {"city": lambda: rng.choice(v.PLACES), "employee": lambda: rng.choice(v.PEOPLE), "year": lambda: str(rng.randint(2005, 2024)), "train": lambda: rng.choice(["IC", "RE", "S"]) + str(rng.randint(1, 999)), "function": lambda: v.word(rng) + "_" + v.word(rng)}.get(subject, lambda: v.word(rng).capitalize() + rng.choice(["", "", f" {rng.randint(1, 9)}00"]))
    names = list(dict.fromkeys(name() for _ in range(9)))
    used = rng.sample(sorted(columns), rng.randint(2, min(3, len(columns))))
    unused, here = [c for c in columns if c not in used], names[:rng.randint(2, 5)]
    if len(names) < 6:
        return []
    style, t = rng.choice(["pipes", "tabs", "csv", "lines", "prose"]), Text()
    if style in ("pipes", "tabs", "csv"):
        left, mid, right = {"pipes": ("| ", " | ", " |"), "tabs": ("", "\t", ""), "csv": ("", ",", "")}[style]
        t.put(left + mid.join([subject.capitalize()] + [c.capitalize() for c in used]) + right + "\n")
        if style == "pipes":
            t.put("|" + "---|" * (len(used) + 1) + "\n")
        for n in here:
            t.put(left).put(n, ("name", n))
            for c in used:
                t.put(mid).put(columns[c](), (n, c))
            t.put(right + "\n")
    else:
        for n in here:
            t.put(n, ("name", n)).put(": " if style == "prose" else "\n")
            for k, c in enumerate(used):
                t.put(("" if k == 0 else ", ") + c + " " if style == "prose" else f"  {c.capitalize()}: ").put(columns[c](), (n, c)).put("" if style == "prose" else "\n")
            t.put(".\n" if style == "prose" else "")
    q = lambda n, c: ask(rng, "What is the {c} of {n}?", "What {c} does {n} have?", "Which {c} has {n}?", "{n} {c}?", "What is {n}'s {c}?", n=n, c=c) if subject != "year" else ask(rng, "What was the {c} in {n}?", "How much was the {c} in {n}?", "What {c} was reported for {n}?", n=n, c=c)
    out = []
    for _ in range(3):
        n, c = rng.choice(here), rng.choice(used)
        out.append(row("tables", q(n, c), t, t.marks[(n, c)]))
    n, c = rng.choice(here), rng.choice(used)
    value = t.text[slice(*t.marks[(n, c)])]
    if t.text.count(value) == 1 and subject != "year":
        out.append(row("tables", ask(rng, "Which {s} has the {c} {x}?", "What {s} has {x} as {c}?", s=subject, c=c, x=value), t, t.marks[("name", n)]))
    out.append(row("tables", q(rng.choice(names[len(here):]), rng.choice(used)), t))
    if unused:
        out.append(row("tables", q(rng.choice(here), rng.choice(unused)), t))
    return out


def facts(rng: random.Random) -> list[dict]:
    """Short notes: each says one thing of one subject; a question on another thing or subject is a near miss."""
    kind = rng.choice(["project", "team", "device", "event", "contract", "machine", "course", "building", "policy", "ship", "experiment"])
    name = lambda: rng.choice([rng.choice("Orion Vega Atlas Delta Falcon Juno Cedar Maple Titan Aurora Nova Pluto Iris Cobalt Harbor Summit Nimbus Zephyr Quartz Ember".split()), v.word(rng).capitalize()])
    a, b, other = name(), name(), name()
    if len({a, b, other}) < 3:
        return []
    person, money = lambda: rng.choice(v.PEOPLE), lambda: rng.choice([f"{rng.randint(2, 900)},000 euros", f"${rng.randint(2, 90)} million", f"{rng.randint(100, 900)} dollars a month", f"£{rng.randint(2, 900)},000"])
    forms = {
        "start": (v.date, ["started in {x}", "began on {x}", "was launched in {x}", "kicked off in {x}"], ["When did {n} start?", "When was {n} launched?", "What is the start date of {n}?", "When did {n} begin?"]),
        "end": (v.date, ["will end in {x}", "ended on {x}", "is due by {x}", "has to be finished by {x}"], ["When does {n} end?", "When is {n} due?", "What is the deadline of {n}?"]),
        "budget": (lambda r: money(), ["has a budget of {x}", "costs {x}", "is funded with {x}", "was given {x}"], ["What is the budget of {n}?", "How much does {n} cost?", "How much money does {n} have?"]),
        "leader": (lambda r: person(), ["is led by {x}", "is run by {x}", "belongs to {x}", "is managed by {x}"], ["Who leads {n}?", "Who is in charge of {n}?", "Who runs {n}?", "Who is responsible for {n}?"]),
        "place": (lambda r: r.choice(v.PLACES), ["is based in {x}", "is located in {x}", "takes place in {x}", "moved to {x}"], ["Where is {n}?", "Where is {n} located?", "In which city is {n}?"]),
        "size": (lambda r: str(r.randint(2, 400)), ["has {x} members", "counts {x} people", "employs {x} people"], ["How many people are in {n}?", "How many members does {n} have?", "How large is {n}?"]),
        "supplier": (lambda r: v.word(r).capitalize() + " " + r.choice(["Ltd", "GmbH", "Inc", "Group"]), ["is supplied by {x}", "is built by {x}", "buys its parts from {x}"], ["Who supplies {n}?", "Which company builds {n}?", "Which company supplies {n}?"]),
        "use": (lambda r: r.choice("PostgreSQL Kafka Redis Terraform Kubernetes Python Rust Excel Salesforce Jira".split()), ["runs on {x}", "uses {x}", "is written with {x}", "depends on {x}"], ["What does {n} run on?", "Which software does {n} use?", "What does {n} use?"]),
    }
    picked = rng.sample(sorted(forms), 4)
    t, here = Text(), []
    for n, k in [(a, picked[0]), (a, picked[1]), (b, picked[2]), (b, picked[0])][:rng.choice([1, 1, 2, 3, 4])]:
        make, says, _ = forms[k]
        first, second = rng.choice(says).split("{x}")
        if n == b and k == picked[0] and rng.random() < 0.5:
            continue
        t.put(rng.choice([f"The {n} {kind} ", f"The {kind} {n} ", f"{n} "]) + first, None).put(make(rng), (n, k)).put(second + ". ")
        here.append((n, k))
    if rng.random() < 0.4:
        t.put(rng.choice([f"See the wiki for more on {a}.", "Nothing else was decided.", f"The minutes were sent to {person()}.", f"Questions about the {kind} go to the office.", "More will follow next week."]))
    named = lambda n: rng.choice([f"the {n} {kind}", f"the {kind} {n}", n])
    out = []
    for n, k in rng.sample(here, min(2, len(here))):
        out.append(row("facts", ask(rng, *forms[k][2], n=named(n)), t, t.marks[(n, k)]))
    n, k = rng.choice([(b, here[0][1]) if (b, here[0][1]) not in here else (other, here[0][1]), (other, here[0][1])])
    out.append(row("facts", ask(rng, *forms[k][2], n=named(n)), t))
    n, k = rng.choice(here)[0], rng.choice([x for x in forms if (here[0][0], x) not in here and (b, x) not in here])
    out.append(row("facts", ask(rng, *forms[k][2], n=named(n)), t))
    return out


def manuals(rng: random.Random) -> list[dict]:
    """Prose of manuals: definitions, defaults, limits, how to do it, and sentences that only mention."""
    p, d, n, s, c = v.word(rng).capitalize(), rng.choice(v.NUMBERED), rng.choice(v.NAMED), rng.choice(v.SWITCHES), rng.choice(v.CHANGES[8:])
    kind, purpose, other = rng.choice(v.KINDS), rng.choice(v.PURPOSES), v.word(rng).capitalize()
    option, value, name = "--" + v.word(rng), v.amount(rng), v.place_or_name(rng)
    key, command = v.word(rng) + "_" + v.word(rng), rng.choice([f"{p.lower()} {v.word(rng)}", f"{p.lower()}ctl {v.word(rng)} --all", f"sudo apt install {p.lower()}", f"pip install {p.lower()}", f"make {v.word(rng)}"])
    article = "an" if kind[0] in "aeiou" else "a"
    pieces = [
        ("what", f"{p} is ", f"{article} {kind} that {purpose}", ".", ("What is {p}?", "What does {p} do?", "What kind of program is {p}?", "Define {p}.")),
        ("default", rng.choice([f"The {d} is ", f"By default, the {d} is ", f"Unless changed, the {d} is "]), value, ".", ("What is the default {d}?", "What is the {d}?", "What is the {d} by default?")),
        ("name", rng.choice([f"The {n} is read from ", f"If nothing is set, the {n} is ", f"The {n} defaults to "]), name, ".", ("What is the {n}?", "Where does the {n} come from?", "What is the default {n}?")),
        ("option", rng.choice(["Use ", "Pass ", "With ", "Give "]), option, rng.choice([f" to {s}.", f" on the command line to {s}."]) , ("How do I make {p} {s}?", "Which option is used to {s}?", "How can I {s}?", "What must I pass to {s}?")),
        ("key", "The setting ", key, rng.choice([f" changes the {d}.", f" in the configuration controls the {d}."]), ("How do I change the {d}?", "Which setting controls the {d}?", "How can I set the {d}?")),
        ("command", rng.choice([f"To set up {p}, run `", f"{p} is installed with `", f"Install {p} with `"]), command, "`.", ("How do I install {p}?", "Which command installs {p}?", "How is {p} set up?")),
        ("since", f"{c[0].upper()}{c[1:]} was added in version ", v.version(rng), ".", ("In which version was {c} added?", "Since when is there {c}?")),
        ("limit", rng.choice(["At most ", "No more than "]), str(rng.choice([16, 63, 64, 100, 128, 255, 1000, 1600, 32767])), " " + rng.choice(["columns", "users", "tables", "nodes", "files"]) + " are allowed.", ()),
        ("licence", rng.choice([f"{p} is distributed under the ", f"{p} is released under the "]), rng.choice(["MIT licence", "Apache License 2.0", "GNU General Public License", "BSD license", "Mozilla Public License"]), ".", ("What licence is {p} under?", "Which licence does {p} have?", "How is {p} licensed?")),
        ("author", rng.choice([f"{p} is maintained by ", f"{p} was written by "]), rng.choice(v.PEOPLE), ".", ("Who maintains {p}?", "Who wrote {p}?", "Who is the author of {p}?")),
    ]
    mentions = [f"See the chapter on the {d} for more.", f"{other} can be used together with {p}.", f"This chapter explains how {p} works.", f"The {n} matters only with {other}.", f"Before you install {p}, read the notes on {other}.",
                f"Many people ask about {c}.", f"The next section covers the {d}.", f"Not every {kind} lets you {s}.", f"{p} and {other} are often compared.", f"Earlier versions of {p} behaved differently."]
    t, told = Text(), rng.sample(range(len(pieces)), rng.randint(1, 3))
    for i in told:
        if rng.random() < 0.4:
            t.put(rng.choice(mentions) + " ")
        k, before, what, after, _ = pieces[i]
        t.put(before).put(what, k).put(after + " ")
    if rng.random() < 0.4:
        t.put(rng.choice(mentions))
    values = {"p": p, "d": d, "n": n, "s": s, "c": c}
    out, told_kinds = [], {pieces[i][0] for i in told}
    for i in told:
        if pieces[i][4] and ({"default", "key"} - {pieces[i][0]}).isdisjoint(told_kinds):
            out.append(row("manual", ask(rng, *pieces[i][4], **values), t, t.marks[pieces[i][0]]))
    if "limit" in told_kinds:
        after = pieces[7][3].split()[0]
        out.append(row("manual", ask(rng, "How many {x} are allowed?", "What is the maximum number of {x}?", "How many {x} can there be?", x=after), t, t.marks["limit"]))
    untold = [x for x in pieces if x[0] not in told_kinds and x[4]]
    for x in rng.sample(untold, 2):
        if x[0] in ("default", "key") and told_kinds & {"default", "key"} or x[0] == "what" and told_kinds & {"what"}:
            continue
        out.append(row("manual", ask(rng, *x[4], **values), t))
    swapped = {**values, "p": other, "d": rng.choice(v.NUMBERED), "n": rng.choice(v.NAMED), "s": rng.choice(v.SWITCHES), "c": rng.choice(v.CHANGES[8:])}
    if all(swapped[k] != values[k] for k in values):
        i = rng.choice(told)
        if pieces[i][4]:
            out.append(row("manual", ask(rng, *pieces[i][4], **swapped), t))
    out.append(row("mention", rng.choice([ask(rng, *rng.choice([x for x in pieces if x[4]])[4], **values), general(rng, p, c)]), " ".join(rng.sample(mentions, rng.randint(1, 4)))))
    return out


def structures(rng: random.Random, real: list[dict]) -> list[dict]:
    """Headings, contents, links, code and lists of questions; they name the thing and say nothing of it."""
    r = rng.choice(real)
    key = [w for w in re.findall(r"[A-Za-z][\w-]+", r["question"])[1:] if len(w) > 3] or ["it"]
    topic = " ".join(key[-rng.randint(1, 3):])
    title, p = (r["title"] or "Notes").replace("_", " "), v.word(rng)
    real_q, general_q = r["question"], general(rng, topic, rng.choice(key))
    heads = rng.sample(v.HEADINGS, rng.randint(2, 8)) + [rng.choice(["Configuring ", "About ", "Using ", "Working with ", "The ", "Notes on "]) + topic for _ in range(rng.randint(1, 2))]
    rng.shuffle(heads)
    shape = rng.randrange(7)
    if shape == 0:
        text = rng.choice(["Contents\n", "Table of contents\n", ""]) + "\n".join(f"{i + 1}{rng.choice(['.', '.1', ''])} {h}" + rng.choice(["", f" .... {rng.randint(2, 400)}"]) for i, h in enumerate(heads))
    elif shape == 1:
        text = "\n".join(rng.choice(["* ", "- ", ""]) + f"[{h}]({h.lower().replace(' ', '-')}.html)" for h in heads)
    elif shape == 2:
        text = rng.choice(["#", "##", "==="]) + " " + topic + "\n\n" + rng.choice(["", "See also: ", "Next: ", "Up: "]) + ", ".join(heads[:4])
    elif shape == 3:
        name = re.sub(r"\W+", "_", topic.lower())
        text = rng.choice([f"def {name}(self, value):\n    if value is None:\n        return self.default\n    return self.table[value]\n", f"import {p}\n\n{p}.{name}(\"{title}\")\nprint({p}.result)\n",
                           f"$ {p} --help | grep {name}\n$ cd {name} && make\n", f"for (auto& {name} : list) {{\n    {p}({name});\n}}\n", f"SELECT {name}, count(*) FROM {p} GROUP BY {name} ORDER BY 2;\n", f"<div class=\"{name}\"><a href=\"#\">{topic}</a></div>\n"])
    elif shape == 4:
        text = "\n".join(rng.choice(["", "Q: ", "- "]) + x["question"] for x in [r] + rng.sample(real, rng.randint(0, 4)))
    elif shape == 5:
        text = "\n".join(rng.choice(["* ", "- "]) + rng.choice(["Fixed a bug in {t}.", "{t}: small clean-ups.", "Improve the documentation of {t}.", "Better error message for {t}", "Refactor {t} (thanks to {n})", "{t} now works again on Windows", "Update {t}"]).format(t=rng.choice([topic, rng.choice(key), p]), n=rng.choice(v.PEOPLE)) for _ in range(rng.randint(2, 6)))
    else:
        text = f"{title} | Home | {' | '.join(heads[:4])} | Search | Login | {topic}"
    return [row("structure", rng.choice([real_q, real_q, general_q]), text)]


def questions_and_answers(rng: random.Random, real: list[dict]) -> list[dict]:
    """A list of questions with answers, built from real ones."""
    picked = [r for r in rng.sample(real, 3) if len(r["answers"][0]["text"]) < 80]
    if len(picked) < 3:
        return []
    t, style = Text(), rng.choice([("Q: ", "\nA: ", "\n"), ("", "\n", "\n\n"), ("### ", "\n", "\n"), ("* ", " - ", "\n")])
    for r in picked[:2]:
        t.put(style[0] + r["question"] + style[1]).put(r["answers"][0]["text"], r["id"]).put(style[2])
    return [row("faq", picked[0]["question"], t, t.marks[picked[0]["id"]]), row("faq", picked[2]["question"], t)]


def rows(real: list[dict], seed: int) -> list[dict]:
    rng, out = random.Random(seed + 1), []
    plain = [r for r in real if r["source"] in ("squad11", "nq-open", "squadshifts-new_wiki", "squad20-dev", "squadshifts-reddit") and not r["question"].isupper()]
    for make in (options, settings, releases, tables, facts, manuals):
        for _ in range(ROWS_OF_A_KIND):
            made_rows = make(rng)
            rng.shuffle(made_rows)
            out += made_rows[:3]
    for _ in range(1500):
        out += structures(rng, plain)
    for _ in range(250):
        out += questions_and_answers(rng, plain)
    return out
