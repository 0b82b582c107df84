"""Keys that are bound to a filter: of others' documents nothing is found, counted, told or changed."""
import json
import os
import subprocess
import tempfile
import unittest
import urllib.parse

from serving import PROGRAM, Server

MARK = "zanzibar"  # in everything of the other tenant: ids, titles, texts, metadata and names of fields
OURS = {
    "ours/tides": "The moon raises the tides of the sea. High water comes twice a day.",
    "ours/bread": "Yeast makes the dough of bread rise in the oven.",
}
THEIRS = {
    f"{MARK}/tides": f"The tides of {MARK} are raised by the moon. The harbour of {MARK} dries out twice a day.",
    f"{MARK}/clove": f"Cloves grow on {MARK}, and the sea smells of them.",
    f"{MARK}/salt": f"Salt of {MARK} is made where the tides of the sea leave it.",
}


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lectern-keys-")
        cls.keys = os.path.join(cls.folder.name, "keys.json")
        cls.admin = cls.key("admin", "--right", "admin")
        cls.we = cls.key("we", "--right", "write", "--filter", 'tenant = "ours" and id begins "ours/"')
        cls.reader = cls.key("reader", "--filter", 'tenant = "ours"')
        cls.server = Server("--keys", cls.keys, "--no-access-log")
        assert cls.request(cls.admin, "PUT", "/collections/notes")[0] == 201
        lines = [{"id": id, "title": id, "text": text, "metadata": {"tenant": "ours", "year": 2020}} for id, text in OURS.items()]
        lines += [{"id": id, "title": id, "text": text, "metadata": {"tenant": MARK, MARK: 1, "year": 2021, "price": 7}}
                  for id, text in THEIRS.items()]
        cls.bulk(cls.admin, lines)

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()
        cls.folder.cleanup()

    @classmethod
    def key(cls, name, *options):
        return subprocess.run([PROGRAM, "key", name, "--keys", cls.keys, *options],
                              check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def request(cls, key, method, path, body=None, headers=None):
        return cls.server.request(method, path, body, {"Authorization": "Bearer " + key, **(headers or {})})

    @classmethod
    def bulk(cls, key, lines):
        body = "".join(json.dumps(line) + "\n" for line in lines)
        status, _, out = cls.request(key, "POST", "/collections/notes/documents", body, {"Content-Type": "application/x-ndjson"})
        assert status == 200, out
        return [json.loads(line) for line in out.splitlines()]

    def ask(self, key, method, path, body=None, expect=200):
        status, _, value = self.request(key, method, path, body)
        self.assertEqual(status, expect, value)
        return value

    def ids(self, key, path, body):
        return [hit["document"] for hit in self.ask(key, "POST", path, body)["hits"]]


class TenantTest(Case):
    def test_nothing_of_others_is_in_any_answer(self):
        mcp = lambda tool, **arguments: {"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                                         "params": {"name": tool, "arguments": arguments}}
        asked = [
            ("GET", "/collections", None),
            ("GET", "/collections/notes/documents", None),
            ("GET", "/collections/notes/documents?name=tides", None),
            ("GET", "/collections/notes/documents?filter=year%20%3E%200", None),
            ("GET", "/collections/notes/count", None),
            ("GET", "/collections/notes/search?query=the+sea&k=50&facets=tenant&facets=year&facets=price&chunks=true", None),
            ("POST", "/collections/notes/search", {"query": "cloves of the tides", "mode": "lexical"}),
            ("POST", "/collections/notes/search", {"query": "zanzibra", "typos": True}),  # as if mistyped
            ("POST", "/collections/notes/search", {"query": "zan", "prefix": True}),
            ("POST", "/collections/notes/search", {"query": "sea", "sort": "-price", "mode": "dense"}),
            ("POST", "/collections/notes/search", {"query": "sea", "filter": "yaer = 1", "facets": ["prise"]}),
            ("POST", "/collections/notes/search", {"query": "sea", "filter": 'price = "much"'}),
            ("POST", "/collections/notes/search", {"query": "sea", "filter": "not tenant exists or year exists"}),
            ("POST", "/collections/notes/search", {"similar": "ours/tides"}),
            ("POST", "/search", {"query": "the tides of the sea"}),
            ("POST", "/searches", {"searches": [{"collection": "notes", "query": "the tides of the sea"}]}),
            ("POST", "/collections/notes/ask", {"question": "Where do cloves grow?", "extractive": True}),
            ("POST", "/collections/notes/ask", {"question": "What raises the tides of the sea?", "extractive": True}),
            ("GET", "/v1/models", None),
            ("POST", "/mcp", mcp("search", query="the tides of the sea", k=50)),
            ("POST", "/mcp", mcp("ask", question="Where do cloves grow?", extractive=True)),
            ("POST", "/mcp", mcp("list_collections")),
            ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "resources/list"}),
            ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": {
                "ref": {"type": "ref/prompt", "name": "summarize_document"}, "argument": {"name": "document", "value": ""}}}),
            ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": {
                "ref": {"type": "ref/prompt", "name": "summarize_document"}, "argument": {"name": "document", "value": "zan"}}}),
        ]
        written = [  # by a generator, which takes its time
            ("POST", "/collections/notes/search", {"query": "sea", "summarize": "list"}),
            ("POST", "/v1/chat/completions", {"model": "collection:notes", "messages": [
                {"role": "user", "content": "What is made where the tides leave the sea?"}]}),
        ]
        for key, more in ((self.we, []), (self.reader, written)):
            for method, path, body in asked + more:
                with self.subTest(path=path, body=body):
                    status, headers, value = self.request(key, method, path, body)
                    self.assertIn(status, (200, 400), value)
                    # The request's own words may come back.
                    said = json.dumps(value).replace("zanzibra", "")
                    self.assertNotIn(MARK, said + str(headers))
        # The same is found by who may see it: the test would notice.
        self.assertIn(MARK, json.dumps(self.ask(self.admin, "GET", "/collections/notes/search?query=the+sea&k=50&facets=tenant")))
        found = self.ask(self.reader, "GET", "/collections/notes/search?query=the+sea&k=50&facets=tenant&facets=price")
        self.assertEqual(found["facets"]["tenant"], [{"value": "ours", "count": 2}])
        self.assertEqual(found["facets"]["price"], [])
        self.assertEqual(self.ask(self.reader, "GET", "/collections/notes/count")["documents"], 2)
        self.assertEqual(self.ask(self.admin, "GET", "/collections/notes/count")["documents"], 5)
        listed = self.ask(self.reader, "POST", "/mcp", mcp("list_collections"))
        self.assertEqual(listed["result"]["structuredContent"]["collections"],
                         [{"name": "notes", "documents": 2, "pipeline": "bert"}])

    def test_what_is_anothers_is_as_what_is_not_there(self):
        asked = [("GET", "/collections/notes/documents/{}", None), ("GET", "/collections/notes/files/{}", None),
                 ("DELETE", "/collections/notes/documents/{}", None),
                 ("PATCH", "/collections/notes/documents/{}", {"metadata": {"a": 1}}),
                 ("POST", "/collections/notes/summarize", {"document": "{}"}),
                 ("POST", "/collections/notes/search", {"similar": "{}"}),
                 ("POST", "/searches", {"searches": [{"collection": "notes", "similar": "{}"}]}),
                 ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
                     "name": "get_document", "arguments": {"document": "{}"}}}),
                 ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": {"uri": "lectern://notes/{}"}}),
                 ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": {
                     "ref": {"type": "ref/prompt", "name": "summarize_document"}, "argument": {"name": "document", "value": "{}"}}})]
        for method, path, body in asked:
            answers = []
            for id in (f"{MARK}/tides", f"{MARK}/never"):
                filled = json.loads(json.dumps(body).replace("{}", id)) if body else None
                status, headers, value = self.request(self.we, method, path.format(id), filled)
                answers.append((status, headers.get("ETag"), json.dumps(value).replace(id, "ID")))
            with self.subTest(path=path):
                self.assertEqual(answers[0], answers[1])
        for id, text in THEIRS.items():
            self.assertEqual(self.ask(self.admin, "GET", f"/collections/notes/documents/{id}")["text"], text)

    def test_a_filter_of_the_request_does_not_open_that_of_the_key(self):
        for filter in ('tenant = "ours") or (tenant exists', f'tenant = "{MARK}"', "true", 'tenant = "ours" or', "(", ")",
                       f'tenant = "ours" or tenant = "{MARK}"', "not (tenant = 1)", 'id = "x\\'):
            with self.subTest(filter=filter):
                for path, body in (("search", {"query": "sea", "filter": filter}), ("count", {"filter": filter}),
                                   ("delete", {"filter": filter, "dry_run": True})):
                    status, _, value = self.request(self.we, "POST", f"/collections/notes/{path}", body)
                    self.assertIn(status, (200, 400), value)
                    self.assertNotIn(MARK, json.dumps(value).replace(json.dumps(filter)[1:-1], ""))
                    if status == 200:
                        self.assertLessEqual(value.get("documents", value.get("removed", 0)), 2)

    def test_what_others_fields_hold_is_not_told(self):
        # 'price' is of another's documents alone, and of numbers there; 'never' is of none.
        for filter in ('FIELD = "much"', 'not FIELD = "much"', 'FIELD = true or year > 2000', 'FIELD in (7, "a")', "FIELD > 3",
                       'year > 2000 and FIELD begins "m"', "FIELD exists"):
            for method, path, body in (("POST", "/collections/notes/search", {"query": "the sea", "filter": filter}),
                                       ("POST", "/search", {"query": "the sea", "filter": filter}),
                                       ("POST", "/collections/notes/count", {"filter": filter}),
                                       ("POST", "/collections/notes/delete", {"filter": filter, "dry_run": True}),
                                       ("GET", "/collections/notes/documents?filter=" + urllib.parse.quote(filter), None)):
                answers = []
                for field in ("price", "never"):
                    filled = json.loads(json.dumps(body).replace("FIELD", field)) if body else None
                    status, _, value = self.request(self.we, method, path.replace("FIELD", field), filled)
                    value.pop("milliseconds", None)
                    answers.append((status, json.dumps(value)))
                with self.subTest(path=path, filter=filter):
                    self.assertEqual(answers[0], answers[1])
                    self.assertEqual(answers[0][0], 200)
        # What one's own fields hold is.
        refused = self.ask(self.we, "POST", "/collections/notes/count", {"filter": 'year = "late"'}, expect=400)
        self.assertIn("kind", refused["detail"])
        self.assertIn("numbers", self.ask(self.admin, "POST", "/collections/notes/count", {"filter": 'price = "much"'}, expect=400)["detail"])

    def test_all_documents_are_nobodys_business(self):
        for method, path, body in [("GET", "/metrics", None), ("GET", "/collections/notes", None),
                                   ("GET", "/collections/notes/stats", None), ("GET", "/collections/notes/overview", None),
                                   ("GET", "/plugins", None), ("GET", "/collections/notes/jobs", None),
                                   ("PUT", "/collections/other", None), ("GET", "/keys", None),
                                   ("PUT", "/collections/notes/files/ours/a.md", None),
                                   ("POST", "/collections/notes/eval", {"queries": [], "qrels": {}})]:
            self.ask(self.we, method, path, body, expect=403)
        refused = self.ask(self.we, "GET", "/collections/notes/search?query=sea&explain=true", expect=400)
        self.assertIn("explain", refused["detail"])

    def test_writes_stay_within_the_filter(self):
        path = "/collections/notes/documents/"
        ours = {"text": "A new note of ours.", "metadata": {"tenant": "ours"}}
        self.ask(self.we, "PUT", path + "ours/new", ours, expect=201)
        self.assertEqual(self.ids(self.we, "/collections/notes/search", {"query": "a new note", "k": 1}), ["ours/new"])
        for id, body in [("ours/b", {"text": "No tenant."}), ("ours/b", {**ours, "metadata": {"tenant": MARK}}),
                         ("ours/b", {**ours, "metadata": {"tenant": 5}}), ("b", ours), (f"{MARK}/tides", ours)]:
            refused = self.ask(self.we, "PUT", path + id, body, expect=403)
            self.assertIn("filter", refused["detail"])
        # Given away, or taken out of sight.
        for metadata in ({"tenant": MARK}, {"tenant": None}):
            self.ask(self.we, "PATCH", path + "ours/new", {"metadata": metadata}, expect=403)
        self.ask(self.we, "PATCH", path + "ours/new", {"metadata": {"tenant": "ours", "draft": True}})
        results = self.bulk(self.we, [
            {"id": "ours/x", "text": "X.", "metadata": {"tenant": "ours"}}, {"id": "ours/y", "text": "Y."},
            {"id": f"{MARK}/clove", "text": "Mine.", "metadata": {"tenant": "ours"}},
            {"delete": f"{MARK}/clove"}, {"delete": "ours/x"}])
        self.assertEqual([result["status"] for result in results], ["stored", "failed", "failed", "deleted", "deleted"])
        removed = self.ask(self.we, "POST", "/collections/notes/delete", {"filter": "draft = true or year > 2020"})
        self.assertEqual(removed["removed"], 1)
        self.assertEqual(self.ask(self.admin, "GET", "/collections/notes/count")["documents"], 5)
        self.ask(self.reader, "PUT", path + "ours/new", ours, expect=403)

    def test_an_id_that_is_taken_is_left_alone(self):
        wide = self.ask(self.admin, "POST", "/keys", {"name": "wide", "right": "write", "filter": 'tenant = "ours"'}, expect=201)["key"]
        refused = self.ask(wide, "PUT", f"/collections/notes/documents/{MARK}/tides",
                           {"text": "Mine.", "metadata": {"tenant": "ours"}}, expect=403)
        self.assertIn("not free", refused["detail"])
        self.assertEqual(self.ask(self.admin, "GET", f"/collections/notes/documents/{MARK}/tides")["text"], THEIRS[f"{MARK}/tides"])
        self.ask(self.admin, "DELETE", "/keys/wide", expect=204)


class KeyTest(Case):
    def test_keys_are_made_listed_and_taken_out(self):
        made = self.ask(self.admin, "POST", "/keys", {"name": "web", "collections": ["notes"], "max_concurrent": 2,
                                                      "expires": "2999-01-31"}, expect=201)
        self.assertEqual(made["right"], "read")
        self.ask(made["key"], "GET", "/collections/notes/count")
        self.ask(made["key"], "PUT", "/collections/more", expect=403)
        listed = {key["name"]: key for key in self.ask(self.admin, "GET", "/keys")["keys"]}
        self.assertEqual(set(listed), {"admin", "we", "reader", "web"})
        self.assertEqual(listed["web"], {"name": "web", "right": "read", "collections": ["notes"], "max_concurrent": 2,
                                         "expires": "2999-01-31", "expired": False})
        self.assertNotIn(made["key"], json.dumps(listed))
        with open(self.keys, encoding="utf-8") as file:
            self.assertNotIn(made["key"], file.read())
        self.ask(self.admin, "POST", "/keys", {"name": "web"}, expect=409)
        self.ask(self.admin, "DELETE", "/keys/web", expect=204)
        self.ask(made["key"], "GET", "/collections/notes/count", expect=401)
        self.ask(self.admin, "DELETE", "/keys/web", expect=404)
        refused = self.ask(self.admin, "DELETE", "/keys/admin", expect=409)
        self.assertIn("last key", refused["detail"])
        self.ask(self.admin, "GET", "/keys")

    def test_figures_are_of_collections_that_a_key_reaches(self):
        self.ask(self.admin, "PUT", "/collections/apart", expect=201)
        made = self.ask(self.admin, "POST", "/keys", {"name": "scraper", "collections": ["notes"]}, expect=201)
        told = [self.request(key, "GET", "/metrics")[2].decode() for key in (self.admin, made["key"])]
        for text in told:
            self.assertIn('lectern_documents{collection="notes"}', text)
        self.assertIn('"apart"', told[0])
        self.assertNotIn("apart", told[1])
        self.ask(self.admin, "DELETE", "/keys/scraper", expect=204)
        self.ask(self.admin, "DELETE", "/collections/apart", expect=204)

    def test_wrong_keys_are_refused_where_they_are_made(self):
        for body, says in [({}, "name"), ({"name": "a", "right": "all"}, "right"), ({"name": "a", "filter": "x ="}, "column"),
                           ({"name": "a", "right": "admin", "filter": "x = 1"}, "administer"), ({"name": "a", "expires": "soon"}, "date"),
                           ({"name": "a", "expires": "2020-01-01"}, "expires"), ({"name": "a", "max_concurrent": 0}, "max_concurrent"),
                           ({"name": "a", "nmae": 1}, "nmae"), ({"name": "a", "collections": []}, "collections"),
                           ({"name": "a", "filter": ""}, "filter"), ({"name": "a\nb"}, "control"), ({"name": ".."}, "dots")]:
            self.assertIn(says, self.ask(self.admin, "POST", "/keys", body, expect=400)["detail"])
        self.ask(self.we, "POST", "/keys", {"name": "a"}, expect=403)
        some = self.ask(self.admin, "POST", "/keys", {"name": "some", "right": "admin", "collections": ["notes"]}, expect=201)["key"]
        self.ask(some, "POST", "/keys", {"name": "a"}, expect=403)
        self.ask(self.admin, "DELETE", "/keys/some", expect=204)
        done = subprocess.run([PROGRAM, "key", "a", "--keys", self.keys, "--filter", "x ="], capture_output=True, text=True)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("column", done.stderr)
        # As the variables of a script are that nobody has set: none is no wish for all.
        for option in ("--filter", "--collection", "--expires"):
            done = subprocess.run([PROGRAM, "key", "a", "--keys", self.keys, option, ""], capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, option)
            self.assertIn("empty", done.stderr)

    def test_a_key_ends_when_it_says(self):
        with open(self.keys, encoding="utf-8") as file:
            root = json.load(file)
        text = self.ask(self.admin, "POST", "/keys", {"name": "guest", "expires": "2999-01-31T12:00Z"}, expect=201)["key"]
        self.ask(text, "GET", "/collections")
        with open(self.keys, encoding="utf-8") as file:
            root = json.load(file)
        for key in root["keys"]:
            if key["name"] == "guest":
                key["expires"] = "2020-01-31"
        with open(self.keys + ".part", "w", encoding="utf-8") as file:
            json.dump(root, file)
        os.replace(self.keys + ".part", self.keys)
        # The change of another key makes the server read the file.
        self.ask(self.admin, "POST", "/keys", {"name": "other"}, expect=201)
        refused = self.ask(text, "GET", "/collections", expect=401)
        self.assertIn("2020-01-31", refused["detail"])
        listed = {key["name"]: key["expired"] for key in self.ask(self.admin, "GET", "/keys")["keys"]}
        self.assertEqual((listed["guest"], listed["other"]), (True, False))
        printed = subprocess.run([PROGRAM, "key", "--list", "--keys", self.keys], check=True, capture_output=True, text=True).stdout
        self.assertIn("expired 2020-01-31", printed)
        for name in ("guest", "other"):
            self.ask(self.admin, "DELETE", f"/keys/{name}", expect=204)


class OpenServerTest(unittest.TestCase):
    def test_a_server_without_keys_makes_none(self):
        server = Server("--no-access-log")
        try:
            for method, path, body in (("GET", "/keys", None), ("POST", "/keys", {"name": "a"}), ("DELETE", "/keys/a", None)):
                status, _, value = server.request(method, path, body)
                self.assertEqual(status, 409, value)
                self.assertIn("lectern key", value["detail"])
        finally:
            server.remove()


if __name__ == "__main__":
    unittest.main()
