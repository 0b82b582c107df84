"""Prometheus' text format, read strictly: every rule of its description that a scraper relies on
(https://prometheus.io/docs/instrumenting/exposition_formats/), and what `promtool check metrics`
says of names."""
import math
import re

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"'
SAMPLE = re.compile(rf"({NAME})(?:\{{((?:{LABEL})(?:,{LABEL})*)\}})? (\S+)")


def families(text):
    """{name: (kind, [(sample's name, {label: value}, number)])}; an AssertionError names the line."""
    assert text.endswith("\n"), "the last line has no end"
    found, helped, current = {}, set(), None
    seen = set()
    for line in text.splitlines():
        if match := re.fullmatch(rf"# HELP ({NAME}) (\S.*)", line):
            assert match[1] not in helped, f"helped twice: {line}"
            helped.add(match[1])
            continue
        if match := re.fullmatch(rf"# TYPE ({NAME}) (counter|gauge|histogram|summary)", line):
            current = match[1]
            assert current in helped, f"without help: {line}"
            assert current not in found, f"a family in two places: {line}"
            found[current] = (match[2], [])
            continue
        match = SAMPLE.fullmatch(line)
        assert match, f"no sample: {line!r}"
        labels = re.findall(LABEL, match[2] or "")
        assert len({name for name, _ in labels}) == len(labels), f"a label twice: {line}"
        kind, samples = found[current]
        ends = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        assert match[1] in {current + end for end in ends}, f"not of the family {current}: {line}"
        key = (match[1], tuple(sorted(labels)))
        assert key not in seen, f"twice: {line}"
        seen.add(key)
        samples.append((match[1], dict(labels), float(match[7])))
    for name, (kind, samples) in found.items():
        assert (kind == "counter") == name.endswith("_total"), f"{name} is a {kind}"
        if kind == "counter":
            assert all(value >= 0 for _, _, value in samples), name
        if kind == "histogram":
            check_histogram(name, samples)
    return found


def check_histogram(name, samples):
    series = {}
    for sample, labels, value in samples:
        bound = labels.pop("le", None)
        one = series.setdefault(tuple(sorted(labels.items())), {"buckets": []})
        if sample == f"{name}_bucket":
            one["buckets"].append((float(bound), value))
        else:
            one[sample.removeprefix(f"{name}_")] = value
    for labels, one in series.items():
        buckets = one["buckets"]
        assert buckets == sorted(buckets), f"{name}{labels}: not in order, or not cumulative"
        assert [value for _, value in buckets] == sorted(value for _, value in buckets), (name, labels)
        assert buckets[-1] == (math.inf, one["count"]), f"{name}{labels}: +Inf is not the count"
        assert one["sum"] >= 0, (name, labels)
