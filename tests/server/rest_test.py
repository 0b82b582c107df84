"""REST with a plain client: every response is checked against the OpenAPI description that ships."""
import gzip
import json
import os
import re
import subprocess
import threading
import unittest

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
        cls.server = Server("--slow", "1")
        status, _, cls.api = cls.server.request("GET", "/openapi.json")
        assert status == 200
        with open(os.path.join(SOURCE, "apps/server/openapi.json"), encoding="utf-8") as file:
            assert json.load(file) == cls.api, "what is served is what ships"
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

    def test_backups_are_kept_on_the_server(self):
        self.ask("PUT", "/collections/kept", expect=201)
        self.ask("PUT", "/collections/kept/documents/a", {"text": "Here."}, expect=201)
        _, none = self.ask("GET", "/collections/kept/backups")
        self.assertEqual(none["backups"], [])
        _, made = self.ask("POST", "/collections/kept/backups", expect=201)
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

    def test_writes_are_idempotent_and_guarded_by_tags(self):
        path = "/collections/notes/documents/draft"
        headers, stored = self.ask("PUT", path, {"text": "One."}, expect=201)
        self.assertEqual(stored["status"], "created")
        tag = headers["ETag"]
        headers, stored = self.ask("PUT", path, {"text": "One."})
        self.assertEqual((stored["status"], headers["ETag"]), ("unchanged", tag))
        self.ask("GET", path, headers={"If-None-Match": tag}, expect=304)
        self.ask("PUT", path, {"text": "No."}, {"If-None-Match": "*"}, expect=412)
        headers, stored = self.ask("PUT", path, {"text": "Two."}, {"If-Match": tag})
        self.assertEqual(stored["status"], "replaced")
        self.ask("PUT", path, {"text": "Three."}, {"If-Match": tag}, expect=412)
        self.ask("DELETE", path, headers={"If-Match": tag}, expect=412)
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
        _, results = self.ask("POST", "/collections/notes/documents",
                              [{"id": "bulk-1", "text": "As one list."}])
        self.assertEqual(results, [{"line": 1, "document": "bulk-1", "status": "stored"}])

    def test_files_are_uploaded_by_name(self):
        for name in ["bert.md", "tokenization.html", "perplexity.pdf"]:
            with open(os.path.join(SOURCE, "samples", name), "rb") as file:
                _, report = self.ask("PUT", f"/collections/notes/files/{name}", file.read(),
                                     {"Content-Type": "application/octet-stream"})
            self.assertEqual((report["documents"], report["failed"]), (1, []), name)
            self.ask("GET", f"/collections/notes/documents/{name}")
        _, report = self.ask("PUT", "/collections/notes/files/wrong.pdf", b"no pdf")
        self.assertEqual(len(report["failed"]), 1)

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
                ("PUT", "/collections/notes/documents/x", {"id": "y", "text": "z"}, 400)]:
            with self.subTest(f"{method} {path} {body}"):
                _, value = self.ask(method, path, body, expect=status)
                self.assertEqual(value["status"], status)
        status, headers, _ = self.server.request("PATCH", "/collections")
        self.assertEqual((status, headers["Allow"]), (405, "GET, POST"))

    def test_collections_come_and_go(self):
        _, made = self.ask("PUT", "/collections/brief", expect=201)
        self.assertEqual(made["documents"], 0)
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
        lines = [json.loads(line) for line in self.server.log_text().splitlines()]
        mine = [line for line in lines if line.get("trace_id") == trace]
        self.assertEqual({line["message"] for line in mine}, {"request", "slow request"})
        self.assertTrue(all("query" not in line for line in mine), "queries are not logged by default")
        stages = [line["stages"] for line in mine if "stages" in line]
        self.assertIn("vectors", [stage["stage"] for stage in stages[0]])
        # A failure is there with its code, and with nothing of what was sent.
        self.ask("POST", "/collections/notes/search", {"query": "a", "filter": "secret ==="}, expect=400)
        failed = [line for line in map(json.loads, self.server.log_text().splitlines())
                  if line.get("status") == 400]
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


if __name__ == "__main__":
    unittest.main()
