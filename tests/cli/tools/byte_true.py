"""byte_true.py COLLECTION ANSWER.json: every citation's quote, and every hit's text, is the bytes
[begin, end) of the text that `lectern get` gives; every [n] of the answer has its citation."""
import json
import re
import subprocess
import sys

collection, file = sys.argv[1:]
with open(file, encoding="utf-8") as opened:
    answer = json.load(opened)
texts = {}


def part(item):
    name = item["document"]
    if name not in texts:
        got = subprocess.run(["lectern", "get", "-c", collection, "--json", name], check=True, capture_output=True)
        texts[name] = json.loads(got.stdout)["text"].encode()
    return texts[name][item["begin"] : item["end"]]


for citation in answer.get("citations", []):
    assert part(citation) == citation["quote"].encode(), citation
for hit in answer["hits"]:
    assert part(hit) == hit["text"].encode(), hit
if "answer" in answer:
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", answer["answer"])}
    assert marks == {citation["n"] for citation in answer["citations"]}, answer["answer"]
print(f"{len(answer.get('citations', []))} citations and {len(answer['hits'])} hits are byte-true")
