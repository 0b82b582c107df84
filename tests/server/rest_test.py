"""REST with a plain client: every response is checked against the OpenAPI description that ships."""
import gzip
import io
import json
import os
import random
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
import unittest
from urllib.parse import quote

import jsonschema

from serving import PROGRAM, SOURCE, Server

TEXTS = {
    "tides": "The moon raises the tides of the sea. High water comes twice a day.",
    "bread": "Yeast makes the dough of bread rise. The oven is heated to 230 degrees.",
    "ships/beacon.md": "A lighthouse warns ships of the rocks near the coast.",
}


class RestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.manuals = tempfile.mkdtemp(prefix="lectern-manuals-")
        os.mkdir(os.path.join(cls.manuals, "english"))
        cls.server = Server("--slow", "1", "--source", "manuals=" + cls.manuals)
        status, _, cls.api = cls.server.request("GET", "/openapi.json")
        assert status == 200
        assert cls.api["security"] == [], "a server without keys asks for none"
        assert "x-lectern" not in json.dumps(cls.api), "every field is filled in"
        status, _, made = cls.server.request("POST", "/collections", {"name": "notes"})
        assert status == 201, made
        lines = "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in TEXTS.items())
        status, _, results = cls.server.request(
            "POST", "/collections/notes/documents", lines, {"Content-Type": "application/x-ndjson"})
        assert status == 200, results
        assert all(json.loads(line)["status"] == "stored" for line in results.splitlines()), results

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()
        shutil.rmtree(cls.manuals)

    def operation(self, method, path):
        for pattern, item in self.api["paths"].items():
            shape = re.sub(r"\{(document|file|model)\}", ".+", pattern)
            shape = re.sub(r"\{\w+\}", "[^/]+", shape)
            if re.fullmatch(shape, path.split("?")[0]) and method.lower() in item:
                return item[method.lower()]
        self.fail(f"{method} {path} is not described")

    def validate(self, schema, value):
        document = dict(schema)
        document["components"] = self.api["components"]
        jsonschema.Draft202012Validator(document).validate(value)

    def ask(self, method, path, body=None, headers=None, expect=200):
        """A request whose response is what the description says."""
        status, got, value = self.server.request(method, path, body, headers)
        self.assertEqual(status, expect, value)
        responses = self.operation(method, path)["responses"]
        described = responses.get(str(status)) or (responses["default"] if status >= 400 else None)
        self.assertIsNotNone(described, f"{method} {path}: {status} is not described")
        content = described.get("content")
        if not content:
            self.assertEqual(value, b"")
            return got, value
        kind = got["Content-Type"].split(";")[0]
        self.assertIn(kind, content)
        schema = content[kind]["schema"]
        if kind == "application/x-ndjson":
            value = [json.loads(line) for line in value.splitlines()]
            for line in value:
                self.validate(schema, line)
        elif "json" in kind:
            self.validate(schema, value)
        return got, value

    def test_every_read_is_described(self):
        for path in ["/healthz", "/readyz", "/plugins", "/collections", "/collections/notes",
                     "/collections/notes/stats", "/collections/notes/overview?sample=5", "/collections/notes/documents?limit=2",
                     "/collections/notes/documents/tides",
                     "/collections/notes/documents/ships/beacon.md",
                     "/collections/notes/documents/ships%2Fbeacon.md", "/metrics", "/openapi.json",
                     "/collections/notes/search?query=what+moves+the+sea&k=2&explain=true"]:
            self.ask("GET", path)

    def test_openais_interface_is_described(self):
        self.ask("GET", "/v1/models")
        self.ask("GET", "/v1/models/collection:notes")
        self.ask("GET", "/v1/models/none", expect=404)
        self.ask("POST", "/v1/embeddings", {"model": "collection:notes", "input": ["a", "b"]})
        self.ask("POST", "/v1/chat/completions", {
            "model": "collection:notes", "messages": [{"role": "user", "content": "What is a tide?"}]})
        self.ask("POST", "/v1/completions", {"model": "collection:notes", "prompt": "What is a tide?"})
        self.ask("POST", "/v1/responses", {"model": "collection:notes", "input": "What is a tide?"})

    def test_pages_of_documents_follow_each_other(self):
        seen, after = [], ""
        while True:
            _, page = self.ask("GET", f"/collections/notes/documents?limit=2&after={after}")
            seen += [item["document"] for item in page["documents"]]
            if "next" not in page:
                break
            after = page["next"]
        self.assertEqual(seen, sorted(seen))
        self.assertLessEqual(set(TEXTS), set(seen))

    def test_documents_are_found_by_name(self):
        self.put_named("Names/R\u00c9SUM\u00c9.md", "One")
        self.put_named("names/other.md", "Der R\u00e9sum\u00e9")
        found = lambda name, more="": [item["document"] for item in self.ask(
            "GET", f"/collections/notes/documents?name={quote(name)}{more}")[1]["documents"]]
        self.assertEqual(found("r\u00e9sum\u00e9"), ["Names/R\u00c9SUM\u00c9.md", "names/other.md"])
        self.assertEqual(found("NAMES/", "&limit=1"), ["Names/R\u00c9SUM\u00c9.md"])
        self.assertEqual(found("NAMES/", "&limit=1&after=" + quote("Names/R\u00c9SUM\u00c9.md", safe="")), ["names/other.md"])
        self.assertEqual(found("no such name"), [])
        for id in ["Names/R\u00c9SUM\u00c9.md", "names/other.md"]:
            self.ask("DELETE", f"/collections/notes/documents/{quote(id)}", expect=204)

    def put_named(self, id, title):
        self.ask("PUT", f"/collections/notes/documents/{quote(id)}", {"title": title, "text": "A text."}, expect=201)

    def test_search_finds_by_meaning_with_true_bytes(self):
        _, result = self.ask("POST", "/collections/notes/search",
                             {"query": "What makes the ocean go up and down?", "k": 2})
        hit = result["hits"][0]
        self.assertEqual(hit["document"], "tides")
        text = TEXTS["tides"].encode()
        self.assertEqual(text[hit["begin"]:hit["end"]].decode(), hit["text"])

    def test_ask_as_json_and_as_events(self):
        question = {"question": "What does a lighthouse warn ships of?"}
        _, answer = self.ask("POST", "/collections/notes/ask", question)
        self.assertIn(answer["status"], ["answered", "extractive"])
        self.assertEqual(answer["citations"][0]["document"], "ships/beacon.md")

        status, headers, body = self.server.request(
            "POST", "/collections/notes/ask", question, {"Accept": "text/event-stream"})
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "text/event-stream")
        events = []
        for block in body.decode().strip().split("\n\n"):
            name, data = block.split("\n", 1)
            events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
        names = [name for name, _ in events]
        self.assertEqual(names[0], "evidence")
        self.assertEqual(names[-1], "answer")
        self.assertEqual(set(names[1:-1]), {"text"})
        said = "".join(data["text"] for name, data in events if name == "text")
        self.validate({"$ref": "#/components/schemas/Answer"}, events[-1][1])
        self.assertEqual(said, events[-1][1]["answer"])
        self.assertEqual(events[-1][1]["answer"], answer["answer"])

    def test_search_by_mode(self):
        search = "/collections/notes/search"
        _, result = self.ask("POST", search, {"query": "yeast", "mode": "lexical", "explain": True})
        self.assertEqual([hit["document"] for hit in result["hits"]], ["bread"], "the only one with the word")
        self.assertNotIn("vectors", [stage["stage"] for stage in result["stages"]],
                         "nothing is embedded for words")
        _, dense = self.ask("GET", search + "?query=what+moves+the+ocean&mode=dense&k=2")
        self.assertEqual(dense["hits"][0]["document"], "tides")
        self.ask("POST", search, {"query": "a", "mode": "sparse"}, expect=400)

    def test_query_language_and_highlights(self):
        search = "/collections/notes/search"
        for mode in ("hybrid", "dense", "lexical"):
            _, result = self.ask("POST", search, {"query": 'yeast -tide', "mode": mode, "k": 1})
            hit = result["hits"][0]
            self.assertEqual(hit["document"], "bread")
            text = TEXTS["bread"].encode()
            marks = [text[mark["begin"]:mark["end"]].decode().lower() for mark in hit["highlights"]]
            self.assertIn("yeast", marks)
            _, none = self.ask("POST", search, {"query": '"no such phrase anywhere"', "mode": mode})
            self.assertEqual(none["hits"], [])
        _, failed = self.ask("POST", search, {"query": "-yeast"}, expect=400)
        self.assertIn("must not be there", failed["detail"])
        _, typed = self.ask("GET", search + "?query=yeas&prefix=true&mode=lexical")
        self.assertEqual([hit["document"] for hit in typed["hits"]], ["bread"])
        _, prose = self.ask("POST", search, {"query": '"dough yeast zzz"', "plain": True, "mode": "lexical"})
        self.assertEqual([hit["document"] for hit in prose["hits"]], ["bread"])

    def test_similar_documents(self):
        search = "/collections/notes/search"
        _, result = self.ask("POST", search, {"similar": "tides"})
        documents = [hit["document"] for hit in result["hits"]]
        self.assertNotIn("tides", documents)
        self.assertGreater(len(documents), 0)
        self.ask("POST", search, {"similar": "nothing of the kind"}, expect=404)
        self.ask("POST", search, {"similar": "tides", "summarize": "list"}, expect=400)

    def test_several_searches_and_several_collections(self):
        _, several = self.ask("POST", "/searches", {"searches": [
            {"collection": "notes", "query": "yeast", "mode": "lexical"},
            {"collection": "nowhere", "query": "yeast"},
            {"collection": "notes", "query": "What moves the ocean?", "k": 1}]})
        first, second, third = several["results"]
        self.assertEqual([hit["document"] for hit in first["hits"]], ["bread"])
        self.assertEqual(second["error"]["status"], 404)
        self.assertEqual(third["hits"][0]["document"], "tides")
        for wrong, says in [({"searches": []}, "searches"), ({"searches": [{"query": "x"}]}, "searches/0"),
                            ({"searches": [{"collection": "notes", "query": "x", "k": 0}]}, "searches/0"),
                            ({"searches": [{"collection": "notes", "query": "x", "kk": 1}]}, "searches/0")]:
            _, failed = self.ask("POST", "/searches", wrong, expect=400)
            self.assertIn(says, failed["detail"])
        _, one = self.ask("POST", "/search", {"collections": ["notes"], "query": "yeast", "k": 1})
        self.assertEqual((one["hits"][0]["collection"], one["hits"][0]["document"]), ("notes", "bread"))
        self.ask("POST", "/search", {"collections": ["notes", "notes"], "query": "yeast"}, expect=400)
        self.ask("POST", "/search", {"collections": ["nowhere"], "query": "yeast"}, expect=404)
        self.ask("POST", "/search", {"query": "yeast", "facets": ["x"]}, expect=400)

    def test_search_by_vector(self):
        search = "/collections/notes/search"
        question = "What moves the ocean?"
        _, made = self.ask("POST", "/v1/embeddings", {
            "model": "collection:notes", "input": question, "purpose": "query"})
        vector = made["data"][0]["embedding"]
        _, by_vector = self.ask("POST", search, {"vector": vector, "k": 3, "explain": True})
        _, by_text = self.ask("POST", search, {"query": question, "mode": "dense", "k": 3})
        self.assertEqual([hit["document"] for hit in by_vector["hits"]],
                         [hit["document"] for hit in by_text["hits"]])
        self.assertEqual(by_vector["hits"][0]["document"], "tides")
        self.assertNotIn("vectors", [stage["stage"] for stage in by_vector["stages"]])
        # Its meaning and the words of the query together.
        for weight, document in [(1, "tides"), (0, "bread")]:
            _, both = self.ask("POST", search, {"query": "yeast", "vector": vector, "weight": weight})
            self.assertEqual(both["hits"][0]["document"], document)
        self.ask("GET", search + "?k=1&vector=" + json.dumps(vector).replace(" ", ""))
        for wrong, says in [([1, 2], "has 2 numbers"), ([], "one at least"), ("x", "list of numbers"),
                            ([1e39] + vector[1:], "list of numbers"), ([0] * len(vector), "vector is 0")]:
            _, failed = self.ask("POST", search, {"vector": wrong}, expect=400)
            self.assertIn(says, failed["detail"])
        _, failed = self.ask("POST", search, {"vector": vector, "mode": "hybrid"}, expect=400)
        self.assertIn("needs a text", failed["detail"])

    def test_search_chooses_its_fusion(self):
        search = "/collections/notes/search"
        base = {"query": "What does yeast do to dough?", "mode": "hybrid", "k": 2}
        _, ranks = self.ask("POST", search, {**base, "fusion": "rrf", "weight": 0.5, "candidates": 5})
        self.assertEqual((ranks["hits"][0]["document"], ranks["hits"][0]["score"]), ("bread", 1))
        _, same = self.ask("GET", search + "?query=What+does+yeast+do+to+dough%3F&mode=hybrid&k=2"
                           "&fusion=rrf&weight=0.5&candidates=5")
        self.assertEqual(same["hits"], ranks["hits"])
        # Moved towards the best hits, other vectors are near; the score of the query itself stays.
        both = [self.ask("POST", search, {**base, "feedback": feedback})[1]["hits"] for feedback in (0, 1)]
        self.assertNotEqual([hit["score"] for hit in both[0]], [hit["score"] for hit in both[1]])
        dense = [{hit["document"]: hit["dense_score"] for hit in hits} for hits in both]
        for document in dense[0].keys() & dense[1].keys():
            self.assertAlmostEqual(dense[0][document], dense[1][document], places=5)
        for wrong in [{"fusion": "sum"}, {"weight": 1.5}, {"feedback": -1}, {"candidates": 0}, {"weight": "much"},
                      {"summarize": "all"}, {"summarize": "each", "k": 21}]:
            _, failed = self.ask("POST", search, {**base, **wrong}, expect=400)
            self.assertIn(list(wrong)[-1], failed["detail"])

    def test_pages_of_hits_follow_each_other(self):
        search = "/collections/notes/search"
        base = {"query": "What moves the ocean?", "mode": "dense", "k": 2}
        seen, pages = [], 0
        while True:
            _, page = self.ask("POST", search, {**base, "offset": len(seen)})
            _, same = self.ask("GET", f"{search}?query=What+moves+the+ocean%3F&mode=dense&k=2&offset={len(seen)}")
            self.assertEqual(same["hits"], page["hits"])
            if not page["hits"]:
                break
            seen += [(hit["document"], hit["score"]) for hit in page["hits"]]
            pages += 1
        self.assertGreaterEqual(len(seen), len(TEXTS))
        self.assertEqual(len({document for document, _ in seen}), len(seen))
        least = seen[2][1]
        _, strong = self.ask("POST", search, {**base, "k": 100, "min_score": least})
        self.assertEqual([hit["document"] for hit in strong["hits"]],
                         [document for document, score in seen if score >= least])

    @staticmethod
    def fitting(name, field, vector):
        """A value that fits what is said of a field."""
        own = {"query": "tides", "question": "What raises the tides?", "document": "tides", "vector": vector,
               "filter": "topic = 'x'", "sort": "topic", "facets": ["topic"], "similar": "tides"}
        if name in own:
            return own[name]
        if "default" in field:
            return field["default"]
        if "enum" in field:
            return field["enum"][0]
        return {"boolean": False, "integer": field.get("minimum", 0), "number": field.get("minimum", 0), "string": "",
                "array": []}[field["type"]]

    @staticmethod
    def wrong(field):
        """Values that do not fit."""
        if "enum" in field:
            return ["none of these", 7]
        wrong = {"boolean": [1, "yes", []], "string": [7, ["a"]], "array": ["a", {"a": 1}, [None]],
                 "integer": ["1", 1.5, True], "number": ["1", True]}[field["type"]]
        wrong += [field["minimum"] - 1] if "minimum" in field else []
        wrong += [field["maximum"] + 1] if "maximum" in field else []
        wrong += [""] if field.get("minLength") else []
        wrong += [[]] if field.get("minItems") else []
        return wrong

    def test_every_field_that_is_described_is_taken_and_refused_as_it_is_described(self):
        _, made = self.ask("POST", "/v1/embeddings", {"model": "collection:notes", "input": "a", "purpose": "query"})
        vector = made["data"][0]["embedding"]
        for operation, base in [("search", {"query": "tides"}), ("ask", {"question": "What?", "extractive": True}),
                                ("summarize", {"document": "tides", "extractive": True})]:
            path = f"/collections/notes/{operation}"
            schema = self.api["components"]["schemas"][operation.capitalize() + "Request"]
            parameters = {each["name"]: each for each in self.api["paths"]["/collections/{name}/" + operation]["get"]
                          ["parameters"]}
            self.assertEqual(set(parameters), set(schema["properties"]))
            for name, field in schema["properties"].items():
                self.assertTrue(field["description"], name)
                for value in self.wrong(field):
                    status, _, failed = self.server.request("POST", path, {**base, name: value})
                    self.assertEqual(status, 400, (name, value))
                    self.assertIn(f"'{name}'", failed["detail"])
                if name in ("summarize", "deadline_milliseconds", "stream"):
                    continue  # takes long, takes no time, and is no JSON
                value = self.fitting(name, field, vector)
                self.validate(field, value)
                if name != "similar":  # stands alone
                    self.ask("POST", path, {**base, name: value})
            status, _, failed = self.server.request("POST", path, {**base, "nothing": 1})
            self.assertEqual(status, 400)
            self.assertIn("'nothing' is unknown", failed["detail"])

    def test_a_key_that_stands_twice_is_refused(self):
        for path, body in [("search", '{"query": "a", "query": "b"}'), ("ask", '{"question": "a", "filter": "", "filter": ""}'),
                           ("documents", '{"id": "twice", "text": "a", "text": "b"}')]:
            status, _, failed = self.server.request("POST", f"/collections/notes/{path}", body,
                                                    {"Content-Type": "application/json"})
            self.assertIn("stands twice", json.dumps(failed) if isinstance(failed, dict) else str(failed))
            self.assertIn(status, (200, 400))  # of bulk lines the line says it

    def test_parameters_are_read_as_they_are_wanted(self):
        self.ask("PUT", "/collections/notes/documents/plain", {"text": "2020", "metadata": {"2021": 5}},
                 expect=201)
        try:
            _, result = self.ask("GET", "/collections/notes/search?query=2020&sort=2021&facets=2021"
                                 "&facets=other&mode=lexical")
            self.assertEqual(result["hits"][0]["document"], "plain")
            self.assertEqual(result["facets"], {"2021": [{"value": "5", "count": 1}], "other": []})
            self.assertTrue(any("other" in hint for hint in result["hints"]), result["hints"])
        finally:
            self.ask("DELETE", "/collections/notes/documents/plain", expect=204)

    def events(self, path, body, method="POST", more=None):
        status, headers, data = self.server.request(method, path, body, {"Accept": "text/event-stream", **(more or {})})
        self.assertEqual((status, headers["Content-Type"]), (200, "text/event-stream"))
        blocks = [block.split("\n", 1) for block in data.decode().strip().split("\n\n")]
        return [(name.removeprefix("event: "), json.loads(value.removeprefix("data: ")))
                for name, value in blocks]

    def test_hits_are_summarized(self):
        search = "/collections/notes/search"
        wanted = {"query": "What warns ships of rocks?", "k": 2, "summarize": "each"}
        _, result = self.ask("POST", search, wanted)
        self.assertEqual(len(result["summaries"]), len(result["hits"]))
        text = TEXTS["ships/beacon.md"].encode()
        for citation in result["summaries"][0]["citations"]:
            self.assertEqual(text[citation["begin"]:citation["end"]].decode(), citation["quote"])
        events = self.events(search, wanted)
        names = [name for name, _ in events]
        self.assertEqual((names[0], names[-1]), ("hits", "result"))
        self.validate({"$ref": "#/components/schemas/SearchResult"}, events[-1][1])
        self.assertEqual(events[0][1]["hits"], events[-1][1]["hits"])
        for hit, summary in enumerate(events[-1][1]["summaries"]):
            said = "".join(data["text"] for name, data in events if name == "text" and data["hit"] == hit)
            self.assertEqual(said, summary["summary"])
        _, result = self.ask("GET", search + "?query=What+warns+ships%3F&k=2&summarize=list")
        self.assertEqual(len(result["summaries"]), 1)
        self.assertEqual([name for name, _ in self.events(search, {"query": "tides"})], ["result"])

    def test_filters_facets_and_order(self):
        for name, year in [("f1", 1999), ("f2", 2005), ("f3", 2020)]:
            self.ask("PUT", f"/collections/notes/documents/{name}",
                     {"text": f"A zeppelin landed. Report {name}.", "metadata": {"landed": year}}, expect=201)
        try:
            _, result = self.ask("POST", "/collections/notes/search", {
                "query": "zeppelin", "filter": "landed >= 2000", "facets": ["landed"], "sort": "-landed"})
            self.assertEqual([hit["document"] for hit in result["hits"]], ["f3", "f2"])
            self.assertEqual({item["value"] for item in result["facets"]["landed"]}, {"2005", "2020"})
            _, result = self.ask("GET", "/collections/notes/search?query=zeppelin&filter=landed%20%3C%202000")
            self.assertEqual([hit["document"] for hit in result["hits"]], ["f1"])
            _, failed = self.ask("POST", "/collections/notes/search",
                                 {"query": "zeppelin", "filter": "landed >="}, expect=400)
            self.assertIn("column", failed["detail"])
        finally:
            for name in ["f1", "f2", "f3"]:
                self.ask("DELETE", f"/collections/notes/documents/{name}", expect=204)

    def test_what_fulfils_a_filter_is_counted_and_removed(self):
        self.ask("PUT", "/collections/counted", expect=201)
        count = lambda filter="": self.ask("POST", "/collections/counted/count", {"filter": filter})[1]
        self.assertEqual(count(), {"documents": 0, "hints": []})
        lines = "".join(json.dumps({"id": f"c{i:04}", "text": f"Note {i}.", "metadata": {"n": i, "odd": bool(i % 2)}}) + "\n"
                        for i in range(60))
        self.ask("POST", "/collections/counted/documents", lines, {"Content-Type": "application/x-ndjson"})
        self.assertEqual(self.ask("GET", "/collections/counted/count?filter=odd%20%3D%20true")[1]["documents"], 30)
        self.assertEqual(self.ask("GET", "/collections/counted/count")[1]["documents"], 60)
        self.assertEqual(count("n < 10 and not odd = true")["documents"], 5)
        wrong = count("odder = true")
        self.assertEqual(wrong["documents"], 0)
        self.assertIn("odder", wrong["hints"][0])
        for path, body in [("count", {"filter": "n <"}), ("delete", {"filter": "n <"}), ("delete", {}),
                           ("delete", {"filter": ""}), ("delete", {"filter": "n < 1", "all": True})]:
            _, failed = self.ask("POST", "/collections/counted/" + path, body, expect=400)
            self.assertIn("filter" if "all" not in body else "all", failed["detail"])
        _, dry = self.ask("POST", "/collections/counted/delete", {"filter": "odd = true", "dry_run": True})
        self.assertEqual((dry["removed"], dry["dry_run"], count()["documents"]), (30, True, 60))
        _, done = self.ask("POST", "/collections/counted/delete", {"filter": "odd = true"})
        self.assertEqual((done["removed"], done["dry_run"], count()["documents"]), (30, False, 30))
        self.assertEqual(count("odd = true")["documents"], 0)
        self.ask("GET", "/collections/counted/documents/c0001", expect=404)
        self.ask("GET", "/collections/counted/documents/c0002")
        self.assertEqual(self.ask("POST", "/collections/counted/delete", {"filter": "odd = true"})[1]["removed"], 0)
        for path in ("count", "delete"):
            self.ask("POST", f"/collections/none/{path}", {"filter": "n = 1"}, expect=404)
        self.ask("DELETE", "/collections/counted", expect=204)

    def test_metadata_is_patched(self):
        path = "/collections/notes/documents/patched"
        headers, _ = self.ask("PUT", path, {"title": "A", "text": "The baker sells rye.", "metadata": {"a": 1, "b": {"c": 2}}}, expect=201)
        _, before = self.ask("GET", path)
        old = headers["ETag"]
        headers, patched = self.ask("PATCH", path, {"metadata": {"a": None, "b": {"d": [3]}, "price": 7}}, {"If-Match": old})
        self.assertEqual((patched["status"], patched["metadata"]), ("patched", {"b": {"c": 2, "d": [3]}, "price": 7}))
        got, after = self.ask("GET", path)
        self.assertEqual((got["ETag"], after["metadata"]), (headers["ETag"], patched["metadata"]))
        self.assertNotEqual(got["ETag"], old)
        self.assertEqual([after[key] for key in ("title", "text")], [before[key] for key in ("title", "text")])
        _, result = self.ask("POST", "/collections/notes/search", {"query": "who sells bread", "filter": "price = 7", "mode": "dense"})
        self.assertEqual([hit["document"] for hit in result["hits"]], ["patched"])
        same, patched = self.ask("PATCH", path, {"metadata": {"price": 7}}, {"Content-Type": "application/merge-patch+json"})
        self.assertEqual((patched["status"], same["ETag"]), ("unchanged", headers["ETag"]))
        self.ask("PATCH", path, {"metadata": {"price": 8}}, {"If-Match": old}, expect=412)
        for body in ({}, {"metadata": [1]}, {"metadata": {}, "text": "Other."}):
            self.ask("PATCH", path, body, expect=400)
        self.ask("PATCH", "/collections/notes/documents/none", {"metadata": {}}, expect=404)
        # What is stored again has the metadata that it is stored with.
        _, stored = self.ask("PUT", path, {"title": "A", "text": "The baker sells rye.", "metadata": patched["metadata"]})
        self.assertEqual(stored["status"], "unchanged")
        self.ask("DELETE", path, expect=204)

    def test_summarize_as_json_and_as_events(self):
        wanted = {"document": "tides", "extractive": True}
        _, summary = self.ask("POST", "/collections/notes/summarize", wanted)
        self.assertEqual((summary["document"], summary["status"]), ("tides", "extractive"))
        text = TEXTS["tides"].encode()
        self.assertTrue(summary["citations"])
        for citation in summary["citations"]:
            self.assertEqual(text[citation["begin"]:citation["end"]].decode(), citation["quote"])
        status, headers, body = self.server.request(
            "POST", "/collections/notes/summarize", wanted, {"Accept": "text/event-stream"})
        self.assertEqual((status, headers["Content-Type"]), (200, "text/event-stream"))
        blocks = [block.split("\n", 1) for block in body.decode().strip().split("\n\n")]
        self.assertEqual([name for name, _ in blocks][-1], "event: summary")
        last = json.loads(blocks[-1][1].removeprefix("data: "))
        self.validate({"$ref": "#/components/schemas/Summary"}, last)
        self.assertEqual(last["summary"], summary["summary"])
        said = "".join(json.loads(data.removeprefix("data: "))["text"] for _, data in blocks[:-1])
        self.assertEqual(said, last["summary"])
        self.ask("GET", "/collections/notes/summarize?document=none", expect=404)

    def job(self, method, path, body=None):
        """Begins a job and gives it when it has ended."""
        headers, job = self.ask(method, path, body, expect=202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "done", job)
        self.assertEqual(job["percent"], 100)
        return job

    def test_a_collection_is_verified_in_use(self):
        job = self.job("POST", "/collections/notes/verify")
        self.assertTrue(job["result"]["clean"], job)
        self.assertGreaterEqual(job["result"]["documents"], len(TEXTS))
        _, all_of_it = self.ask("GET", "/collections/notes/jobs")
        self.assertIn(job["job"], [one["job"] for one in all_of_it["jobs"]])
        # A job that has ended cannot be ended again, and is of its collection alone.
        _, same = self.ask("DELETE", "/collections/notes/jobs/" + job["job"])
        self.assertEqual(same["state"], "done")
        self.ask("GET", "/collections/notes/jobs/none", expect=404)
        self.ask("POST", "/collections/none/verify", expect=404)
        self.ask("POST", "/collections/notes/verify", {"deep": True}, expect=400)

    def test_a_collection_is_synced_with_folders_of_the_server(self):
        def write(name, text):
            with open(os.path.join(self.manuals, name), "w", encoding="utf-8") as file:
                file.write(text)
        self.ask("PUT", "/collections/synced", expect=201)
        path = "/collections/synced/sync"
        _, none = self.ask("POST", path, expect=400)
        self.assertIn("has no source of this server's yet", none["detail"])
        write("english/tides.md", "# Tides\n\nThe moon raises the tides.\n")
        write("english/bread.md", "# Bread\n\nYeast makes dough rise.\n")
        planned = self.job("POST", path, {"sources": ["manuals/english"], "dry_run": True})["result"]
        self.assertEqual(len(planned["changes"]), 2)
        _, listed = self.ask("GET", "/collections/synced/sources")
        self.assertEqual(listed["sources"], [], "a dry run changes nothing")
        done = self.job("POST", path, {"sources": ["manuals/english"], "exclude": ["*.txt"]})["result"]
        self.assertEqual((done["documents"], done["failed"]), (2, []))
        _, got = self.ask("GET", "/collections/synced/documents/manuals/english/tides.md")
        self.assertIn("The moon", got["text"])
        _, listed = self.ask("GET", "/collections/synced/sources")
        self.assertEqual([(one["name"], one["files"], one["exclude"]) for one in listed["sources"]],
                         [("manuals/english", 2, ["*.txt"])])
        # From now on it knows them.
        os.rename(os.path.join(self.manuals, "english/bread.md"), os.path.join(self.manuals, "english/loaf.md"))
        again = self.job("POST", path)["result"]
        self.assertEqual([(one["change"], one["file"]) for one in again["changes"]],
                         [("renamed", "manuals/english/loaf.md")])
        self.assertEqual(again["kept_vectors"], 1)
        # A disk that is not there is no deletion.
        for name in ["tides.md", "loaf.md"]:
            os.remove(os.path.join(self.manuals, "english", name))
        headers, job = self.ask("POST", path, expect=202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "failed")
        self.assertIn("2 of 2 files are gone", job["error"]["detail"])
        gone = self.job("POST", path, {"accept_loss": True})["result"]
        self.assertEqual(gone["removed"], 2)
        for body, says in [({"sources": ["manuals/.."]}, "has no source"), ({"sources": ["/etc"]}, "has no source"),
                           ({"sources": ["other"]}, "has no source"), ({"sources": "manuals"}, "sources"),
                           ({"dry": True}, "'dry'")]:
            _, wrong = self.ask("POST", path, body, expect=400)
            self.assertIn(says, wrong["detail"])
        self.ask("POST", "/collections/none/sync", expect=404)

    def test_the_charset_of_the_header_reaches_the_extractor(self):
        text = "Москва: порт пяти морей."
        body = ("# Порт\n\n" + text + "\n").encode("koi8-r")
        for name, kind in [("a.md", "text/markdown"), ("a.html", "text/html"), ("a.csv", "text/csv")]:
            self.ask("PUT", "/collections/notes/files/koi8/" + name, body, expect=201,
                     headers={"Content-Type": kind + '; charset="KOI8-R"'})
            _, got = self.ask("GET", "/collections/notes/documents/koi8/" + name)
            self.assertIn(text, got["text"])
            self.ask("DELETE", "/collections/notes/documents/koi8/" + name, expect=204)

    def test_wrong_reembeds_are_refused_or_fail(self):
        for body in [{}, {"pipeline": "/etc/passwd"}, {"pipeline": "bert", "truncate": 1}]:
            self.ask("POST", "/collections/notes/reembed", body, expect=400)
        headers, job = self.ask("POST", "/collections/notes/reembed", {"pipeline": "no-such"}, expect=202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "failed")
        self.assertIn("no-such", job["error"]["detail"])

    def test_search_is_measured(self):
        path = "/collections/notes/eval"
        queries = [{"id": "1", "text": "What moves the ocean?"}, {"id": "2", "text": "dough and yeast"},
                   {"id": "3", "text": "rocks"}]
        qrels = {"1": {"tides": 1, "bread": 0}, "2": {"ships/beacon.md": 1}, "9": {"tides": 1}}
        _, report = self.ask("POST", path, {"queries": queries, "qrels": qrels, "k": 3, "per_query": True})
        self.assertEqual((report["queries"], report["unjudged"]), (2, 1))
        first, second = report["per_query"]
        self.assertEqual((first["query"], first["ndcg@10"], first["mrr@10"]), ("1", 1, 1))
        self.assertLess(second["mrr@10"], 1)
        self.assertAlmostEqual(report["metrics"]["mrr@10"], (1 + second["mrr@10"]) / 2)
        _, words = self.ask("POST", path, {"queries": queries, "qrels": qrels, "mode": "lexical",
                                           "per_query": True})
        self.assertEqual(words["per_query"][1]["recall@100"], 0, "what is right has none of the words")
        one = queries[:1]
        for body, says in [
                ({"queries": one}, "qrels"), ({"qrels": qrels}, "queries"),
                ({"queries": one, "qrels": {"7": {"tides": 1}}}, "none of the queries"),
                ({"queries": one, "qrels": {"1": {"elsewhere": 1}}}, "elsewhere"),
                ({"queries": one, "qrels": {"1": {"tides": "yes"}}}, "qrels/1/tides"),
                ({"queries": one, "qrels": {"1": {"tides": -2**63}}}, "qrels/1/tides"),
                ({"queries": one + one, "qrels": qrels}, "queries/1"),
                ({"queries": [{"id": "1", "txt": "a"}], "qrels": qrels}, "'txt'"),
                ({"queries": [{"id": str(i), "text": "a"} for i in range(1001)], "qrels": qrels}, "limit is 1000")]:
            _, failed = self.ask("POST", path, body, expect=400)
            self.assertIn(says, failed["detail"])

    def test_backups_are_kept_on_the_server(self):
        self.ask("PUT", "/collections/kept", expect=201)
        self.ask("PUT", "/collections/kept/documents/a", {"text": "Here."}, expect=201)
        _, none = self.ask("GET", "/collections/kept/backups")
        self.assertEqual(none["backups"], [])
        made = self.job("POST", "/collections/kept/backups")["result"]
        self.assertEqual((made["documents"], made["damaged"]), (1, False))
        _, listed = self.ask("GET", "/collections/kept/backups")
        self.assertEqual([backup["id"] for backup in listed["backups"]], [made["id"]])
        restored = os.path.join(self.server.folder, "restored")
        subprocess.run([PROGRAM, "restore", made["folder"], "-c", restored], check=True,
                       capture_output=True)
        got = subprocess.run([PROGRAM, "get", "a", "-c", restored, "--json"], check=True,
                             capture_output=True)
        self.assertEqual(json.loads(got.stdout)["text"], "Here.")
        _, names = self.ask("GET", "/collections")
        self.assertNotIn(".backups", [item["name"] for item in names["collections"]])

    def test_backups_are_restored_and_taken_out(self):
        path = "/collections/saved"
        self.ask("PUT", path, expect=201)
        texts = ["The first note.", "The second note."]
        for text in texts:
            self.ask("PUT", path + "/documents/a", {"text": text}, expect=201 if text == texts[0] else 200)
            self.job("POST", path + "/backups")
        first, second = [backup["id"] for backup in self.ask("GET", path + "/backups")[1]["backups"]]
        for body, says in [({}, "as"), ({"as": "../x"}, "as"), ({"as": "then", "over": True}, "over")]:
            self.assertIn(says, self.ask("POST", f"{path}/backups/{first}/restore", body, expect=400)[1]["detail"])
        for id in ("7", "0", "x", "-1", "1x", "99999999999"):
            self.ask("POST", f"{path}/backups/{id}/restore", {"as": "then"}, expect=404)
            self.ask("DELETE", f"{path}/backups/{id}", expect=404)
        self.ask("POST", f"{path}/backups/{first}/restore", {"as": "saved"}, expect=409)
        result = self.job("POST", f"{path}/backups/{first}/restore", {"as": "then"})["result"]
        self.assertEqual((result["collection"], result["id"], result["documents"]), ("then", first, 1))
        self.assertEqual(self.ask("GET", "/collections/then/documents/a")[1]["text"], texts[0])
        self.assertEqual(self.ask("GET", path + "/documents/a")[1]["text"], texts[1])
        self.assertEqual(self.ask("POST", "/collections/then/search", {"query": "which note"})[1]["hits"][0]["document"], "a")
        self.ask("DELETE", f"{path}/backups/{first}", expect=204)
        self.assertEqual([one["id"] for one in self.ask("GET", path + "/backups")[1]["backups"]], [second])
        self.job("POST", f"{path}/backups/{second}/restore", {"as": "now"})
        self.assertEqual(self.ask("GET", "/collections/now/documents/a")[1]["text"], texts[1])
        self.ask("DELETE", f"{path}/backups/{second}", expect=204)
        self.assertEqual(self.ask("GET", path + "/backups")[1]["backups"], [])
        self.job("POST", path + "/backups")
        left = [name for name in os.listdir(os.path.join(self.server.folder, "data")) if name.startswith(".restoring")]
        self.assertEqual(left, [])
        for name in ("saved", "then", "now"):
            self.ask("DELETE", f"/collections/{name}", expect=204)

    def test_backups_are_downloaded_and_uploaded(self):
        path = "/collections/moved"
        self.ask("PUT", path, expect=201)
        for text in ["The first note.", "The second note."]:
            self.ask("PUT", path + "/documents/a", {"text": text}, expect=201 if "first" in text else 200)
            self.job("POST", path + "/backups")
        first, second = [backup["id"] for backup in self.ask("GET", path + "/backups")[1]["backups"]]
        headers, archive = self.ask("GET", f"{path}/backups/{first}")
        self.assertEqual(headers["Content-Disposition"], f'attachment; filename="moved-{first}.tar"')
        status, headers, body = self.server.request("HEAD", f"{path}/backups/{first}")
        self.assertEqual((status, headers["Content-Type"], body), (200, "application/x-tar", b""))
        self.assertNotIn("Content-Length", headers)
        for id in ("7", "0", "x"):
            self.ask("GET", f"{path}/backups/{id}", expect=404)
        upload = lambda name, body, expect: self.ask("POST", "/backups?as=" + name, body, expect=expect,
                                                     headers={"Content-Type": "application/x-tar"})
        headers, job = upload("landed", archive, 202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual((job["state"], job["result"]["collection"]), ("done", "landed"), job)
        self.assertEqual(self.ask("GET", "/collections/landed/documents/a")[1]["text"], "The first note.")
        self.assertEqual(self.ask("POST", "/collections/landed/search", {"query": "note"})[1]["hits"][0]["document"], "a")
        # What another program packs, and the command unpacked.
        folder = os.path.join(self.server.folder, "unpacked")
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(folder, filter="data")
        restored = os.path.join(self.server.folder, "by-command")
        subprocess.run([PROGRAM, "restore", folder, "-c", restored], check=True, capture_output=True)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(folder, ".")
        headers, job = upload("again", packed.getvalue(), 202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "done", job)
        # A pipeline names programs and files: the one that came with a backup never works here.
        foreign = os.path.join(self.server.folder, "foreign")
        os.mkdir(foreign)
        shutil.copy(os.path.join(SOURCE, "tests/format/v1/word2vec.bin"), foreign)
        with open(os.path.join(SOURCE, "tests/format/v1/tiny.yaml")) as file:
            pipeline = file.read().replace("pipeline: tiny", "pipeline: foreign")
        with open(os.path.join(foreign, "foreign.yaml"), "w") as file:
            file.write(pipeline)
        made, saved = os.path.join(foreign, "made"), os.path.join(foreign, "saved")
        for command in [["ingest", "-c", made, "--pipeline", os.path.join(foreign, "foreign.yaml"),
                         os.path.join(SOURCE, "samples/bert.md")], ["backup", "-c", made, saved]]:
            subprocess.run([PROGRAM, *command], check=True, capture_output=True)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            tar.add(saved, ".")
        headers, job = upload("wrong", packed.getvalue(), 202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "failed", job)
        self.assertIn("the pipeline 'foreign'", job["error"]["detail"])
        # Nothing is replaced, and what is no backup leaves nothing.
        upload("landed", archive, 409)
        upload("a.b", archive, 400)
        for wrong in [b"", b"no archive", archive[:-1024], archive[:5000], archive[:512] + b"x" * 4096]:
            upload("wrong", wrong, 400)
        other = io.BytesIO()
        with tarfile.open(fileobj=other, mode="w") as tar:
            entry = tarfile.TarInfo("../../escaped")
            entry.size = 1
            tar.addfile(entry, io.BytesIO(b"x"))
        self.assertIn("escaped", upload("wrong", other.getvalue(), 400)[1]["detail"])
        # One bit of a table is another: the checksum is compared.
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            table = max((member for member in tar.getmembers() if member.name.startswith("shared")), key=lambda one: one.size)
        bad = bytearray(archive)
        bad[table.offset_data + table.size // 2] ^= 1
        headers, job = upload("wrong", bytes(bad), 202)
        while job["state"] == "running":
            _, job = self.ask("GET", headers["Location"])
        self.assertEqual(job["state"], "failed", job)
        self.ask("GET", "/collections/wrong", expect=404)
        left = [name for name in os.listdir(os.path.join(self.server.folder, "data")) if name.startswith(".restoring")]
        self.assertEqual(left, [])
        for name in ("moved", "landed", "again"):
            self.ask("DELETE", f"/collections/{name}", expect=204)

        # The collection is gone; its backups are not.
        mine = lambda: [one for one in self.ask("GET", "/backups")[1]["sets"] if one["collection"] == "moved"]
        (gone,) = mine()
        self.assertEqual((gone["dropped"], [one["id"] for one in gone["backups"]]), (True, [first, second]))
        place = f"/backups/{gone['set']}"
        self.ask("PUT", path, expect=201)
        self.assertTrue(mine()[0]["dropped"], "another collection of that name")
        self.assertEqual(self.ask("GET", path + "/backups")[1]["backups"], [])
        self.ask("DELETE", path, expect=204)
        for body, says in [({}, "as"), ({"as": "a.b"}, "as"), ({"as": "x", "over": 1}, "over")]:
            self.assertIn(says, self.ask("POST", f"{place}/{second}/restore", body, expect=400)[1]["detail"])
        self.ask("POST", f"{place}/9/restore", {"as": "moved"}, expect=404)
        self.ask("POST", f"/backups/none-{'0' * 32}/1/restore", {"as": "moved"}, expect=404)
        self.ask("POST", f"{place}/{second}/restore", {"as": "notes"}, expect=409)
        self.job("POST", f"{place}/{second}/restore", {"as": "moved"})
        self.assertEqual(self.ask("GET", path + "/documents/a")[1]["text"], "The second note.")
        self.assertFalse(mine()[0]["dropped"], "it is the same collection")
        self.assertEqual(len(self.ask("GET", f"{place}/{first}")[1]), len(archive))
        for id in (first, second):
            self.ask("DELETE", f"{place}/{id}", expect=204)
        self.ask("DELETE", f"{place}/{id}", expect=404)
        self.assertEqual(mine(), [])
        self.ask("DELETE", path, expect=204)

    def test_a_collection_gets_another_name(self):
        self.ask("PUT", "/collections/before", expect=201)
        self.ask("PUT", "/collections/before/documents/a", {"text": "A lamp on the rocks."}, expect=201)
        made = self.job("POST", "/collections/before/backups")["result"]
        for body, says in [({}, "to"), ({"to": ""}, "to"), ({"to": "a/b"}, "to"), ({"to": "x", "as": "y"}, "as")]:
            self.assertIn(says, self.ask("POST", "/collections/before/rename", body, expect=400)[1]["detail"])
        self.ask("POST", "/collections/before/rename", {"to": "notes"}, expect=409)
        self.ask("POST", "/collections/none/rename", {"to": "after"}, expect=404)
        headers, renamed = self.ask("POST", "/collections/before/rename", {"to": "after"})
        self.assertEqual((renamed, headers["Location"]), ({"name": "after", "was": "before"}, "/collections/after"))
        self.ask("GET", "/collections/before", expect=404)
        self.assertEqual(self.ask("POST", "/collections/after/search", {"query": "lamp"})[1]["hits"][0]["document"], "a")
        self.assertEqual([one["id"] for one in self.ask("GET", "/collections/after/backups")[1]["backups"]], [made["id"]])
        names = [item["name"] for item in self.ask("GET", "/collections")[1]["collections"]]
        self.assertIn("after", names)
        self.assertNotIn("before", names)
        self.ask("PUT", "/collections/after/documents/b", {"text": "Stored afterwards."}, expect=201)
        self.ask("DELETE", "/collections/after", expect=204)

    def test_an_alias_stands_for_its_collection(self):
        for name, text in [("year-1", "The lamp was lit in 1901."), ("year-2", "The lamp was lit in 1902.")]:
            self.ask("PUT", f"/collections/{name}", expect=201)
            self.ask("PUT", f"/collections/{name}/documents/a", {"text": text}, expect=201)
        headers, made = self.ask("PUT", "/aliases/year", {"collection": "year-1"}, expect=201)
        self.assertEqual((made, headers["Location"]),
                         ({"alias": "year", "collection": "year-1", "was": None}, "/collections/year"))
        found = lambda: self.ask("POST", "/collections/year/search", {"query": "lamp"})[1]["hits"][0]["text"]
        self.assertIn("1901", found())
        self.assertEqual(self.ask("GET", "/collections/year")[1]["name"], "year-1")
        # Every route by name follows.
        for method, path, body in [
                ("GET", "/stats", None), ("GET", "/documents", None), ("GET", "/documents/a", None),
                ("GET", "/search?query=lamp", None), ("POST", "/ask", {"question": "When was the lamp lit?"}),
                ("POST", "/summarize", {"document": "a", "extractive": True}), ("POST", "/count", {}),
                ("GET", "/overview", None), ("GET", "/jobs", None), ("GET", "/sources", None), ("GET", "/backups", None),
                ("POST", "/eval", {"queries": [{"id": "1", "text": "lamp"}], "qrels": {"1": {"a": 1}}}),
                ("PATCH", "/documents/a", {"metadata": {"n": 1}})]:
            self.ask(method, "/collections/year" + path, body)
        self.ask("PUT", "/collections/year/documents/b", {"text": "By an alias."}, expect=201)
        self.assertEqual(self.ask("GET", "/collections/year-1/documents/b")[1]["text"], "By an alias.")
        self.ask("POST", "/collections/year/documents", '{"delete": "b"}\n', {"Content-Type": "application/x-ndjson"})
        self.job("POST", "/collections/year/verify")
        joint = self.ask("POST", "/search", {"collections": ["year"], "query": "lamp"})[1]
        self.assertEqual(joint["hits"][0]["collection"], "year-1")
        each = self.ask("POST", "/searches", {"searches": [{"collection": "year", "query": "lamp"}]})[1]
        self.assertEqual(each["results"][0]["hits"][0]["document"], "a")
        self.assertIn("collection:year", [model["id"] for model in self.ask("GET", "/v1/models")[1]["data"]])
        self.assertEqual(self.ask("GET", "/v1/models/collection:year")[1]["id"], "collection:year")
        said = self.ask("POST", "/v1/chat/completions", {
            "model": "collection:year", "messages": [{"role": "user", "content": "When was the lamp lit?"}]})[1]
        self.assertEqual(said["model"], "collection:year")
        # Switched at once, and never followed where something would be lost.
        _, switched = self.ask("PUT", "/aliases/year", {"collection": "year-2"})
        self.assertEqual(switched["was"], "year-1")
        self.assertIn("1902", found())
        for method, path, body in [("DELETE", "/collections/year", None), ("POST", "/collections/year/rename", {"to": "x"}),
                                   ("DELETE", "/collections/year-2", None), ("PUT", "/aliases/year-1", {"collection": "year-2"}),
                                   ("POST", "/collections", {"name": "year"}),
                                   ("POST", "/collections/year-1/rename", {"to": "year"})]:
            self.ask(method, path, body, expect=409)
        for body, says in [({}, "collection"), ({"collection": "year-2", "name": "x"}, "name")]:
            self.assertIn(says, self.ask("PUT", "/aliases/year", body, expect=400)[1]["detail"])
        for target in ["none", "year", "../x"]:
            self.ask("PUT", "/aliases/other", {"collection": target}, expect=404)
        self.ask("PUT", "/aliases/a.b", {"collection": "year-2"}, expect=400)
        self.ask("DELETE", "/aliases/none", expect=404)
        # Its collection gets another name.
        self.ask("POST", "/collections/year-2/rename", {"to": "year-3"})
        self.assertEqual(self.ask("GET", "/aliases")[1], {"aliases": [{"alias": "year", "collection": "year-3"}]})
        self.assertIn("1902", found())
        listed = {item["name"]: item for item in self.ask("GET", "/collections")[1]["collections"]}
        self.assertEqual(listed["year-3"]["aliases"], ["year"])
        self.assertNotIn("aliases", listed["year-1"])
        self.ask("DELETE", "/aliases/year", expect=204)
        self.ask("GET", "/collections/year", expect=404)
        for name in ("year-1", "year-3"):
            self.ask("DELETE", f"/collections/{name}", expect=204)

    def test_writes_are_idempotent_and_guarded_by_tags(self):
        path = "/collections/notes/documents/draft"
        headers, stored = self.ask("PUT", path, {"text": "One."}, expect=201)
        self.assertEqual(stored["status"], "created")
        tag = headers["ETag"]
        headers, stored = self.ask("PUT", path, {"text": "One."})
        self.assertEqual((stored["status"], headers["ETag"]), ("unchanged", tag))
        same, _ = self.ask("GET", path, headers={"If-None-Match": f'"other", W/{tag}'}, expect=304)
        self.assertEqual((same["ETag"], same["Vary"]), (tag, "Accept-Encoding"))
        self.ask("GET", path, headers={"If-Match": tag})
        self.ask("GET", path, headers={"If-Match": '"other"'}, expect=412)
        # A write needs the very bytes: a weak tag does not say which they are.
        self.ask("PUT", path, {"text": "No."}, {"If-Match": f"W/{tag}"}, expect=412)
        self.ask("PUT", path, {"text": "No."}, {"If-None-Match": "*"}, expect=412)
        headers, stored = self.ask("PUT", path, {"text": "Two."}, {"If-Match": tag})
        self.assertEqual(stored["status"], "replaced")
        self.ask("PUT", path, {"text": "Three."}, {"If-Match": tag}, expect=412)
        self.ask("DELETE", path, headers={"If-Match": tag}, expect=412)
        self.ask("DELETE", path, headers={"If-None-Match": headers["ETag"]}, expect=412)
        self.ask("DELETE", path, headers={"If-Match": headers["ETag"]}, expect=204)
        self.ask("GET", path, expect=404)
        self.ask("DELETE", path, expect=404)

    def test_bulk_has_a_result_for_each_line(self):
        lines = [json.dumps({"id": f"bulk-{i}", "text": f"Note number {i}."}) for i in range(150)]
        lines[10] = "{broken"
        lines[20] = json.dumps({"id": "", "text": "x"})
        lines[30] = json.dumps({"id": "b", "txt": "x"})
        lines.append(json.dumps({"delete": "bulk-0"}))
        body = gzip.compress("\n".join(lines).encode())
        _, results = self.ask("POST", "/collections/notes/documents", body,
                              {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"})
        self.assertEqual([line["line"] for line in results], list(range(1, 152)))
        failed = {line["line"] for line in results if line["status"] == "failed"}
        self.assertEqual(failed, {11, 21, 31})
        self.assertEqual(results[-1]["status"], "deleted")
        self.ask("GET", "/collections/notes/documents/bulk-0", expect=404)
        self.ask("GET", "/collections/notes/documents/bulk-149")
        _, results = self.ask("POST", "/collections/notes/documents", b'[{"id": "a", "text": "b"}]')
        self.assertIn("Content-Type: application/json", results[0]["error"])
        _, results = self.ask("POST", "/collections/notes/documents",
                              [{"id": "bulk-1", "text": "As one list."}])
        self.assertEqual(results, [{"line": 1, "document": "bulk-1", "status": "stored"}])

    def test_files_are_uploaded_by_name(self):
        for name in ["bert.md", "tokenization.html", "perplexity.pdf"]:
            with open(os.path.join(SOURCE, "samples", name), "rb") as file:
                _, report = self.ask("PUT", f"/collections/notes/files/{name}", file.read(),
                                     {"Content-Type": "application/octet-stream"}, expect=201)
            self.assertEqual((report["documents"], report["failed"]), (1, []), name)
            self.assertEqual((report["document"], report["status"]), (name, "created"))
            self.ask("GET", f"/collections/notes/documents/{name}")
        _, failed = self.ask("PUT", "/collections/notes/files/wrong.pdf", b"no pdf", expect=422)
        self.assertEqual(failed["code"], "document_refused")
        rows = b'{"_id": "row-1", "text": "A row."}\n{"_id": "row-2"\n'
        _, report = self.ask("PUT", "/collections/notes/files/rows.jsonl", rows, expect=201)
        self.assertEqual((report["documents"], len(report["failed"])), (1, 1))

    def test_an_upload_tells_how_far_it_is(self):
        path, plain = "/collections/notes/files/long.txt", "/collections/notes/documents/long.txt"
        long = "".join(f"Wave {number} of the sea raises the boat by {number} fathoms.\n" for number in range(2000))
        events = self.events(path, long.encode(), "PUT", {"If-None-Match": "*"})
        *before, (last, stored) = events
        self.assertEqual(({name for name, _ in before}, last), ({"progress"}, "result"))
        self.validate({"$ref": "#/components/schemas/FileStored"}, stored)
        self.assertEqual((stored["document"], stored["status"], stored["documents"]), ("long.txt", "created", 1))
        shares = [state["fraction"] for _, state in before]
        self.assertEqual(shares, sorted(shares))
        self.assertTrue(all(0 <= share <= 1 for share in shares), shares)
        self.assertTrue(all(state["bytes_total"] == len(long) for _, state in before), before)
        self.assertEqual(self.events(path, long.encode(), "PUT")[-1][1]["status"], "unchanged")
        # What fails at once is no stream.
        for body, more, status in [(b"Other.", {"If-None-Match": "*"}, 412), (b" ", {}, 422)]:
            _, failed = self.ask("PUT", path, body, {"Accept": "text/event-stream", **more}, expect=status)
            self.assertEqual(failed["status"], status)
        # Who takes both gets what is wanted more.
        for accept, kind in [("application/json, text/event-stream", "application/json"),
                             ("text/event-stream, application/json;q=0.9", "text/event-stream"), ("*/*", "application/json")]:
            headers, _ = self.ask("PUT", path, long.encode(), {"Accept": accept})
            self.assertEqual(headers["Content-Type"], kind, accept)
            self.assertEqual("ETag" in headers, kind == "application/json")
        self.ask("DELETE", plain, expect=204)

    def test_a_file_is_given_back_where_originals_are_kept(self):
        page = b"<title>Waves</title><script>alert(1)</script><p>Waves are made by the wind.</p>"
        path = "/collections/originals/files/sea/" + quote("wa\"ves \u00e4.html")
        _, made = self.ask("PUT", "/collections/originals", expect=201)
        self.assertFalse(made["keeps_originals"])
        self.ask("PUT", path, page, expect=201)
        _, failed = self.ask("GET", path, expect=404)
        self.assertIn("was not kept", failed["detail"])
        self.ask("PUT", "/collections/originals", {"originals": "yes"}, expect=400)
        _, told = self.ask("PUT", "/collections/originals", {"originals": True}, expect=200)
        self.assertTrue(told["keeps_originals"])
        _, stored = self.ask("PUT", path, page, expect=200)
        self.assertEqual(stored["status"], "unchanged")
        status, headers, body = self.server.request("GET", path)
        self.assertEqual((status, body), (200, page))
        headers = {name.lower(): value for name, value in dict(headers).items()}
        self.assertEqual(headers["content-type"], "application/octet-stream")
        self.assertEqual(headers["x-content-type-options"], "nosniff")
        self.assertEqual(headers["content-security-policy"], "default-src 'none'; sandbox")
        self.assertEqual(headers["content-disposition"],
                         "attachment; filename=\"wa_ves __.html\"; filename*=UTF-8''wa%22ves%20%C3%A4.html")
        _, document = self.ask("GET", path.replace("/files/", "/documents/"))
        self.assertEqual(document["original_bytes"], len(page))
        _, failed = self.ask("GET", "/collections/originals/files/none", expect=404)
        self.assertEqual(failed["detail"], "the collection 'originals' has no document 'none'")
        self.ask("DELETE", path.replace("/files/", "/documents/"), expect=204)
        self.ask("GET", path, expect=404)
        _, made = self.ask("POST", "/collections", {"name": "originals-too", "originals": True}, expect=201)
        self.assertTrue(made["keeps_originals"])
        for name in ["originals", "originals-too"]:
            self.ask("DELETE", f"/collections/{name}", expect=204)

    def test_files_are_guarded_by_tags_as_documents_are(self):
        path, plain = "/collections/notes/files/guard/read.md", "/collections/notes/documents/guard/read.md"
        for wrong in [{"If-Match": "*"}, {"If-Match": '"x"'}]:
            self.ask("PUT", path, b"One.", wrong, expect=412)
        headers, stored = self.ask("PUT", path, b"One.", {"If-None-Match": "*"}, expect=201)
        tag = headers["ETag"]
        self.assertEqual((stored["status"], stored["replaced"], stored["kept"]), ("created", 0, []))
        for wrong in [{"If-None-Match": "*"}, {"If-None-Match": tag}, {"If-Match": '"bogus"'},
                      {"If-Match": f"W/{tag}"}]:
            self.ask("PUT", path, b"Two.", wrong, expect=412)
        headers, document = self.ask("GET", plain)
        self.assertEqual((document["text"], headers["ETag"]), ("One.", tag))
        headers, stored = self.ask("PUT", path, b"One.")
        self.assertEqual((stored["status"], headers["ETag"]), ("unchanged", tag))
        headers, stored = self.ask("PUT", path, b"Two.", {"If-Match": tag})
        self.assertEqual((stored["status"], stored["replaced"]), ("replaced", 1))
        self.assertNotEqual(headers["ETag"], tag)
        self.ask("PUT", path, b"Three.", {"If-Match": tag}, expect=412)
        self.ask("DELETE", plain, headers={"If-Match": headers["ETag"]}, expect=204)

    def test_rows_that_are_there_are_kept_where_nothing_may_be_replaced(self):
        path = "/collections/notes/files/guarded.jsonl"
        rows = lambda *ids: "".join(json.dumps({"_id": each, "text": f"Row {each} of {ids}."}) + "\n" for each in ids)
        headers, stored = self.ask("PUT", path, rows("g1"), {"If-None-Match": "*"}, expect=201)
        self.assertNotIn("ETag", headers)
        _, stored = self.ask("PUT", path, rows("g1", "g2"), {"If-None-Match": "*"}, expect=201)
        self.assertEqual((stored["documents"], stored["kept"]), (1, ["g1"]))
        self.ask("PUT", path, rows("g2", "g1"), {"If-None-Match": "*"}, expect=412)
        _, document = self.ask("GET", "/collections/notes/documents/g1")
        self.assertEqual(document["text"], "Row g1 of ('g1',).")
        _, stored = self.ask("PUT", path, rows("g1", "g2", "g3"))
        self.assertEqual((stored["status"], stored["documents"], stored["replaced"]), ("replaced", 3, 2))

    def test_ids_survive_the_path_exactly(self):
        ids = ["docs", "docs/", "docs//", "/docs", "//docs", "/", "a//b", "a b", " a ", "a?b", "a#b", "a%41b",
               "%2e%2e", "..a", "...", "a/.b", "käse/🧀/", "https://example.org/a", "https://example.org/a/",
               "https://example.org/a?x=1&y=2#z", "a+b", "a\\b", "\"<>|^`{}", "A", "a" * 4096]
        self.ask("PUT", "/collections/ids", expect=201)
        documents = "/collections/ids/documents/"
        for number, each in enumerate(ids):
            safe = "/" if number % 2 else ""
            _, stored = self.ask("PUT", documents + quote(each, safe=safe), {"text": f"Of {each}."}, expect=201)
            self.assertEqual(stored["document"], each)
        _, listed = self.ask("GET", "/collections/ids/documents?limit=1000")
        self.assertEqual({item["document"] for item in listed["documents"]}, set(ids))
        for each in ids:
            for safe in ["", "/", "/:@!$&'()*+,;=~"]:
                _, got = self.ask("GET", documents + quote(each, safe=safe))
                self.assertEqual((got["document"], got["text"]), (each, f"Of {each}."))
        # Also of files; and what is removed is that one alone.
        for each in ["zz.txt/", "zz.txt", "/zz.txt"]:
            _, stored = self.ask("PUT", "/collections/ids/files/" + quote(each), f"Of {each}.".encode(), expect=201)
            self.assertEqual(stored["document"], each)
        for each in ["docs/", "zz.txt/", "https://example.org/a/"]:
            self.ask("DELETE", documents + quote(each), expect=204)
            self.ask("DELETE", documents + quote(each), expect=404)
            _, kept = self.ask("GET", documents + quote(each[:-1]))
            self.assertEqual(kept["text"], f"Of {each[:-1]}.")
        # What stands where an id's own '?' or '#' was not escaped is another document.
        for wrong in ["a?b", "a?", "a#b", "A?x=1"]:
            for method in ["GET", "PUT", "DELETE"]:
                self.ask(method, documents + wrong, {"text": "x"} if method == "PUT" else None, expect=400)
        self.ask("PUT", "/collections/ids/files/A?x", b"x", expect=400)
        self.ask("GET", documents + "A")
        self.ask("DELETE", "/collections/ids", expect=204)

    def test_what_is_left_of_an_id_drops_no_collection(self):
        self.ask("PUT", "/collections/kept-whole", expect=201)
        for path in ["/collections/kept-whole/", "/collections/kept-whole//", "/collections//kept-whole",
                     "//collections/kept-whole", "/collections/kept-whole/documents",
                     "/collections/kept-whole/documents/", "/collections/kept-whole/documents/..",
                     "/collections/kept-whole/documents/%2E%2E", "/collections/kept-whole/documents/."]:
            for method in ["DELETE", "PUT", "POST", "GET"]:
                if (method, path) in [("GET", "/collections/kept-whole/documents"),
                                      ("POST", "/collections/kept-whole/documents")]:
                    continue
                status, _, failed = self.server.request(method, path, "{}" if method in ["PUT", "POST"] else None)
                self.assertIn(status, [400, 404, 405], f"{method} {path}: {failed}")
                if path == "/collections/kept-whole/":
                    self.assertIn("'/'", failed["detail"])
        self.ask("GET", "/collections/kept-whole")
        self.ask("DELETE", "/collections/kept-whole", expect=204)

    def test_ids_that_a_path_cannot_carry_are_refused_when_they_are_written(self):
        self.ask("PUT", "/collections/refused", expect=201)
        documents = "/collections/refused/documents"
        bad = [".", "..", "./a", "../a", "a/.", "a/..", "a/./b", "a/../b", "../../..", "a\nb", "a\tb", "\x7f",
               "a\x85b", "a\x01", "a" * 4097]
        lines = "".join(json.dumps({"id": each, "text": "x"}) + "\n" for each in bad)
        _, results = self.ask("POST", documents, lines, {"Content-Type": "application/x-ndjson"})
        for line, each in zip(results, bad, strict=True):
            self.assertEqual(line["status"], "failed", each)
            self.assertIn("id", line["error"])
        rows = "".join(json.dumps({"_id": each, "text": "x"}) + "\n" for each in bad) + '{"_id": "good", "text": "x"}\n'
        _, report = self.ask("PUT", "/collections/refused/files/rows.jsonl", rows, expect=201)
        self.assertEqual((report["documents"], len(report["failed"])), (1, len(bad)))
        for each in bad:
            whole = quote(each, safe="")
            status = 400 if each in [".", ".."] else 422
            with self.subTest(each[:20]):
                self.ask("PUT", f"{documents}/{whole}", {"text": "x"}, expect=status)
                self.ask("PUT", f"/collections/refused/files/{whole}", b"x", expect=status)
                # Whatever is there under such an id goes without a path.
                _, gone = self.ask("POST", documents, json.dumps({"delete": each}))
                self.assertEqual(gone[0]["status"], "deleted")
        _, listed = self.ask("GET", documents)
        self.assertEqual([item["document"] for item in listed["documents"]], ["good"])
        self.ask("DELETE", "/collections/refused", expect=204)

    def test_whole_numbers_and_the_forms_of_answers(self):
        search = "/collections/notes/search"
        _, result = self.ask("POST", search, {"query": "tides", "k": 2.0, "deadline_milliseconds": 10000.0})
        self.assertLessEqual(len(result["hits"]), 2)
        _, failed = self.ask("POST", search, {"query": "tides", "k": 2.5}, expect=400)
        self.assertIn("'k'", failed["detail"])
        _, failed = self.ask("PUT", "/collections/notes/documents/n", '{"text": "x", "metadata": {"n": 1e400}}', expect=400)
        self.assertIn("1.8e308", failed["detail"])
        ask = "/collections/notes/ask"
        # A question may lean on the one before.
        _, result = self.ask("POST", ask, {
            "question": "What does it warn ships of?", "extractive": True,
            "history": [{"question": "What is a lighthouse?", "answer": "A lighthouse is a tower [1]."}]})
        self.assertEqual(result["question"], "What does a lighthouse warn ships of?")
        for wrong in ("When?", ["When?"], [{"answer": "1997"}], [{"question": 7}]):
            _, problem = self.ask("POST", ask, {"question": "When?", "history": wrong}, expect=400)
            self.assertIn("'history'", problem["detail"])
        question = {"question": "What does a lighthouse warn ships of?", "extractive": True}
        for accept, kind in [("application/json, text/event-stream", "application/json"),
                             ("application/json;q=0.9, text/event-stream;q=0.1", "application/json"),
                             ("text/event-stream, */*", "text/event-stream"),
                             ("application/json;q=0.1, text/event-stream", "text/event-stream")]:
            status, headers, _ = self.server.request("POST", ask, question, {"Accept": accept}, raw=True)
            self.assertEqual((status, headers["Content-Type"]), (200, kind), accept)

    def test_failures_are_problems(self):
        for method, path, body, status in [
                ("GET", "/collections/none", None, 404),
                ("POST", "/collections/notes/search", {"query": ""}, 400),
                ("POST", "/collections/notes/search", {"query": "a", "k": 0}, 400),
                ("POST", "/collections/notes/search", {"query": "a", "qk": 1}, 400),
                ("POST", "/collections/none/search", {"query": "a"}, 404),
                ("POST", "/collections/notes/ask", {"question": 7}, 400),
                ("POST", "/collections", {"name": "notes"}, 409),
                ("POST", "/collections", {"name": "../notes"}, 400),
                ("PUT", "/collections/notes/documents/x", {"id": "y", "text": "z"}, 400),
                ("GET", "/collections/notes/documents?limit=0", None, 400),
                ("GET", "/collections/notes/documents?form=a", None, 400)]:
            with self.subTest(f"{method} {path} {body}"):
                _, value = self.ask(method, path, body, expect=status)
                self.assertEqual(value["status"], status)
        status, headers, _ = self.server.request("PATCH", "/collections")
        self.assertEqual((status, headers["Allow"]), (405, "GET, HEAD, POST, OPTIONS"))
        status, headers, body = self.server.request("OPTIONS", "/collections/notes/search")
        self.assertEqual((status, headers["Allow"], body), (204, "GET, HEAD, POST, OPTIONS", b""))

    def test_what_says_that_it_is_something_else_is_refused(self):
        search, files = "/collections/notes/search", "/collections/notes/files/a.txt"
        form = 'multipart/form-data; boundary="b"'
        for method, path, kind, status in [
                ("POST", search, "application/json; charset=utf-8", 200),
                ("POST", search, "application/vnd.api+json", 200),
                ("POST", search, "application/x-www-form-urlencoded", 200),  # curl -d
                ("POST", search, "text/xml", 415), ("POST", search, form, 415),
                ("POST", search, "application/x-ndjson", 415),
                ("POST", "/collections/notes/documents", "application/X-NDJSON", 200),
                ("POST", "/collections/notes/documents", form, 415),
                ("PUT", files, "image/png", 200), ("PUT", files, form, 415)]:
            with self.subTest(f"{path} {kind}"):
                if path == files and status == 200:  # it is new once, and then the same
                    self.server.request("PUT", files, b"Plain text.")
                body = b"Plain text." if path == files else b'{"id": "kind", "text": "a"}'
                if path == search:
                    body = b'{"query": "a"}'
                headers, value = self.ask(method, path, body, {"Content-Type": kind}, expect=status)
                if status == 415:
                    self.assertEqual(value["code"], "unsupported_media_type")
                    self.assertTrue(headers["Accept"])
        # What has no body says nothing of it.
        self.ask("GET", "/collections/notes", headers={"Content-Type": "text/xml"})

    def test_bulk_into_no_collection_is_refused_at_once(self):
        for body in [b'{"id": "a", "text": "b"}\n' * 3, b""]:
            _, failed = self.ask("POST", "/collections/none/documents", body, expect=404)
            self.assertIn("none", failed["detail"])

    def test_failures_do_not_tell_the_servers_folders(self):
        for method, path, body in [("GET", "/collections/notes/documents/none", None),
                                   ("DELETE", "/collections/notes/documents/none", None),
                                   ("POST", "/collections/notes/search", {"similar": "none"}),
                                   ("PATCH", "/collections/notes/documents/none", {"metadata": {"a": 1}}),
                                   ("POST", "/collections/notes/summarize", {"document": "none"})]:
            _, failed = self.ask(method, path, body, expect=404)
            self.assertEqual(failed["detail"], "the collection 'notes' has no document 'none'")
        told = [self.ask("POST", "/searches", {"searches": [{"collection": "notes", "similar": "none"}]})[1],
                self.ask("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                    "name": "search", "arguments": {"collection": "notes", "similar": "none"}}})[1]]
        for value in told:
            self.assertIn("the collection 'notes' has no document 'none'", json.dumps(value))
            self.assertNotIn(self.server.folder, json.dumps(value))

    def test_collections_come_and_go(self):
        _, made = self.ask("PUT", "/collections/brief", expect=201)
        self.assertEqual(made["documents"], 0)
        _, same = self.ask("PUT", "/collections/brief", expect=200)
        self.assertEqual(same["collection_id"], made["collection_id"])
        self.ask("PUT", "/collections/brief", {"pipeline": made["pipeline"]}, expect=200)
        self.ask("PUT", "/collections/brief", {"pipeline": "search-only"}, expect=409)
        self.ask("PUT", "/collections/brief/documents/a", {"text": "Here."}, expect=201)
        self.ask("DELETE", "/collections/brief", expect=204)
        self.ask("GET", "/collections/brief", expect=404)
        self.ask("DELETE", "/collections/brief", expect=404)
        self.ask("PUT", "/collections/brief", expect=201)
        self.ask("GET", "/collections/brief/documents/a", expect=404)

    def test_metrics_and_log_tell_what_happened(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        headers, _ = self.ask("GET", "/collections/notes/search?query=tides",
                              headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(headers["X-Request-Id"], trace)
        _, _, text = self.server.request("GET", "/metrics")
        text = text.decode()
        for name in ['lectern_requests_total{method="GET",route="/collections/{name}/search"',
                     'lectern_stage_seconds_bucket{stage="vectors"', 'lectern_queue_depth{lane="ask"}',
                     'lectern_documents{collection="notes"}', "lectern_tokens_total",
                     "process_resident_memory_bytes"]:
            self.assertIn(name, text)
        self.ask("POST", "/v1/embeddings", {"model": "default", "input": "a"})
        self.assertNotIn('collection=".', self.server.request("GET", "/metrics")[2].decode())
        mine = self.server.logged(lambda line: line.get("trace_id") == trace, count=2)
        self.assertEqual({line["message"] for line in mine}, {"request", "slow request"})
        self.assertTrue(all("query" not in line for line in mine), "queries are not logged by default")
        stages = [line["stages"] for line in mine if "stages" in line]
        self.assertIn("vectors", [stage["stage"] for stage in stages[0]])
        # A failure is there with its code, and with nothing of what was sent.
        self.ask("POST", "/collections/notes/search", {"query": "a", "filter": "secret ==="}, expect=400)
        failed = self.server.logged(lambda line: line.get("status") == 400)
        self.assertEqual(failed[-1]["code"], "invalid_argument")
        self.assertNotIn("secret", json.dumps(failed))

    def test_large_responses_are_compressed(self):
        status, headers, _ = self.server.request("GET", "/openapi.json", None, {"Accept-Encoding": "gzip"})
        self.assertEqual((status, headers["Content-Encoding"]), (200, "gzip"))

    def test_searches_go_on_while_documents_come_in(self):
        done = threading.Event()
        failures = []

        def store():
            try:
                lines = "".join(json.dumps({"id": f"load-{i}", "text": f"Load {i}. " * 40}) + "\n"
                                for i in range(200))
                status, _, _ = self.server.request("POST", "/collections/notes/documents", lines)
                if status != 200:
                    failures.append(status)
            finally:
                done.set()

        thread = threading.Thread(target=store)
        thread.start()
        searches = 0
        while not done.is_set():
            self.ask("POST", "/collections/notes/search", {"query": "bread"})
            searches += 1
        thread.join()
        self.assertEqual(failures, [])
        self.assertGreater(searches, 1)


class RestartTest(unittest.TestCase):
    def test_acknowledged_writes_survive_a_drain_and_a_kill(self):
        server = Server("--no-access-log")
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            for number, how in enumerate([15, 9]):
                name = f"/collections/notes/documents/d{number}"
                self.assertEqual(server.request("PUT", name, {"text": "Kept."})[0], 201)
                self.assertEqual(server.stop(how), 0 if how == 15 else -9)
                server.start()
                self.assertEqual(server.request("GET", name)[0], 200)
        finally:
            server.remove()


class LongJobTest(unittest.TestCase):
    def until(self, path, held):
        """The job, once that holds of it."""
        while True:
            status, _, job = self.server.request("GET", path)
            self.assertEqual(status, 200, job)
            if held(job):
                return job

    def test_a_backup_is_cancelled_and_leaves_nothing(self):
        self.server = server = Server("--pipeline", os.path.join(SOURCE, "tests/format/v1/tiny.yaml"))
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            noise = random.Random(1)  # that does not compress to nothing
            text = lambda: noise.randbytes(30000).hex(" ", 40).replace(" ", " words of a note ")
            lines = "".join(json.dumps({"id": f"d{i}", "text": text()}) + "\n" for i in range(100))
            self.assertNotIn(b"failed", server.request("POST", "/collections/notes/documents", lines)[2])
            backups = "/collections/notes/backups"
            folder = server.request("GET", backups)[2]["folder"]
            status, headers, job = server.request("POST", backups)
            self.assertEqual((status, job["kind"], job["state"]), (202, "backup", "running"))
            self.assertIn(server.request("DELETE", headers["Location"])[0], (202, 200))
            job = self.until(headers["Location"], lambda job: job["state"] != "running")
            listed = server.request("GET", backups)[2]["backups"]
            if job["state"] == "cancelled":
                self.assertEqual(listed, [])
                self.assertFalse(os.path.exists(folder))
            else:  # it was quicker
                self.assertEqual((job["state"], len(listed)), ("done", 1))

            lines = lines.replace('"d', '"e')
            self.assertNotIn(b"failed", server.request("POST", "/collections/notes/documents", lines)[2])
            status, headers, _ = server.request("POST", backups)
            self.assertEqual(status, 202)
            job = self.until(headers["Location"], lambda job: job["state"] != "running")
            self.assertEqual((job["state"], job["percent"]), ("done", 100), job)
            self.assertGreater(job["total"], 1_000_000)
            self.assertGreater(job["done"], job["total"] // 2)
            self.assertEqual(server.request("GET", backups)[2]["backups"][-1]["id"], job["result"]["id"])
        finally:
            server.remove()

    def test_a_change_of_model_is_cancelled_and_survives_a_kill(self):
        # From small word vectors to the model that ships.
        self.server = server = Server("--pipeline", os.path.join(SOURCE, "tests/format/v1/tiny.yaml"))
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            lines = "".join(json.dumps({"id": f"d{i}", "text": f"An encoder reads the words of note {i}."}) + "\n"
                            for i in range(900))
            self.assertEqual(server.request("POST", "/collections/notes/documents", lines)[0], 200)
            reembed = "/collections/notes/reembed"
            status, headers, job = server.request("POST", reembed, {"pipeline": "search-only"})
            self.assertEqual((status, job["state"]), (202, "running"))
            self.assertEqual(server.request("POST", "/collections/notes/verify")[0], 409, "one job at a time")
            self.assertEqual(server.request("DELETE", headers["Location"])[0], 202)
            job = self.until(headers["Location"], lambda job: job["state"] != "running")
            self.assertEqual(job["state"], "cancelled")
            self.assertEqual(server.request("GET", "/collections/notes")[2]["pipeline"], "tiny")

            status, headers, _ = server.request("POST", reembed, {"pipeline": "search-only"})
            self.assertEqual(status, 202)
            job = self.until(headers["Location"], lambda job: 0 < job["done"])
            self.assertEqual((job["state"], job["total"]), ("running", 900))
            self.assertEqual(server.request("POST", "/collections/notes/search", {"query": "encoder"})[0], 200)
            self.assertEqual(server.stop(9), -9)
            server.start()
            job = self.until(headers["Location"], lambda job: job["state"] != "running")
            self.assertEqual((job["state"], job["percent"]), ("done", 100), job)
            self.assertGreaterEqual(job["result"]["resumed"], 256)
            self.assertEqual(job["result"]["resumed"] + job["result"]["chunks"], 900)
            self.assertEqual(server.request("GET", "/collections/notes")[2]["pipeline"], "search-only")
            self.assertEqual(server.request("POST", "/collections/notes/search", {"query": "encoder"})[0], 200)
            # What has ended is not gone on with.
            self.assertEqual(server.stop(), 0)
            server.start()
            self.assertEqual(server.request("GET", "/collections/notes/jobs")[2]["jobs"], [])
        finally:
            server.remove()


if __name__ == "__main__":
    unittest.main()
