#!/usr/bin/env python3
"""What a collection does, wherever its documents live: one suite, run over a folder and over a cluster.

    behaviour_test.py LECTERN [unittest's arguments]

The cluster is the one at LECTERN_TEST_CLUSTER (HOST:PORT,…); without it, that half is skipped, which is said.
./check --cluster starts one. Every test makes collections of its own and removes their indexes.
"""
import base64
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
from ctypes import byref, c_int32

from serving import Server
from tls_door import Door, make_certificates

TESTS = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS / "c_api"))

from notes import Lectern, as_json, documents  # pylint: disable=wrong-import-position

PROGRAM = os.path.abspath(sys.argv[1])
PIPELINES = TESTS.parent / "config" / "pipelines"
# Of the same build; a sanitiser's cannot be opened by Python.
PLUGINS = pathlib.Path(PROGRAM).parents[1] / "tests" / "abi_v1_0"  # one of every kind
LIBRARY = os.environ.get("LECTERN_TEST_LIBRARY", str(pathlib.Path(PROGRAM).parents[1] / "lib" / "liblectern.so"))
CLUSTER = os.environ.get("LECTERN_TEST_CLUSTER", "")
REPOSITORY = os.environ.get("LECTERN_TEST_REPOSITORY", "")  # a folder that its nodes may keep snapshots in

ROWS = [
    {"_id": "papers/boundary", "title": "Boundary layers", "year": 1904, "topic": "flow", "on": "1904-08-12",
     "text": "The boundary layer is the thin region of a fluid close to a wall, where viscosity slows the flow."},
    {"_id": "papers/plate", "title": "The flat plate", "year": 1908, "topic": "flow", "on": "1908-02",
     "text": "Blasius solved the laminar boundary layer of a flat plate at zero incidence."},
    {"_id": "papers/wing", "title": "Lifting lines", "year": 1918, "topic": ["wings", "flow"], "open": True,
     "text": "A wing of finite span sheds a vortex sheet; the lifting line gives its induced drag."},
    {"_id": "papers/entropy", "title": "Information", "year": 1948, "topic": "information", "open": False,
     "text": "Entropy measures the average information of a source in bits per symbol."},
    {"_id": "notes/bread", "title": "Bread", "author": {"name": "Anna"},
     "text": "Knead flour, water, salt and yeast; let the dough rise for two hours and bake it."},
    {"_id": "notes/ärger", "title": "Straße 7", "author": {"name": "Jürgen"},
     "text": "Die Fähre nach Föhr fährt täglich.\r\n\tSie kostet 12 €. \U0001F6A2  "},
]

# A model of its own, whose vectors are of another space.
OTHER = """version: 1
pipeline: other
stages:
  jsonl:   {plugin: documents, stage: jsonl}
  text:    {plugin: documents, stage: text}
  chunks:  {plugin: passages, stage: splitter, options: {max_tokens: 200}}
  tokens:  {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
ingest: [source, [jsonl, text], chunks, tokens, vectors, commit]
query:  [query, tokens, vectors, search]
"""


def lectern(*arguments, code=0, folder=None, variables=None):
    """The program's standard output, or its standard error where it is to fail."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, cwd=folder,
                          env={**os.environ, **(variables or {})}, check=False)
    if done.returncode != code:
        raise AssertionError(f"lectern {' '.join(map(str, arguments))}: code {done.returncode}, not {code}\n"
                             f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout if code == 0 else done.stderr


def lectern_says(code, *arguments):
    """The standard output of the program, which ends with this code."""
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != code:
        raise AssertionError(f"code {done.returncode}, not {code}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def write_rows(file, rows):
    with open(file, "w", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return file


def write_other_model(folder):
    """The pipeline of a small model that knows every word of the rows; its file."""
    draw = random.Random(1)
    texts = " ".join(row["title"] + " " + row["text"] for row in ROWS).lower()
    words = sorted(set(re.findall(r"\w+", texts)) | {"boil", "lentils", "baking"})
    with open(folder / "words.vec", "w", encoding="utf-8") as out:
        out.write(f"{len(words)} 16\n")
        for word in words:
            out.write(word + "".join(f" {draw.gauss(0, 1):.4f}" for _ in range(16)) + "\n")
    (folder / "other.yaml").write_text(OTHER, encoding="utf-8")
    return folder / "other.yaml"


class Behaviour:
    """Mixed into a TestCase for each backend, which says where a new collection is."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="lectern-behaviour-"))
        cls.rows = write_rows(cls.folder / "rows.jsonl", ROWS)
        cls.other = write_other_model(cls.folder)
        cls.shared = cls.new_collection()
        cls.first = json.loads(lectern("ingest", "-c", cls.shared, cls.rows, "--json"))

    @classmethod
    def tearDownClass(cls):
        cls.remove_collections()

    def search(self, collection, *arguments):
        return json.loads(lectern("search", "-c", collection, *arguments, "--json"))

    def found(self, collection, *arguments):
        return [hit["document"] for hit in self.search(collection, *arguments)["hits"]]

    def get(self, collection, document):
        return json.loads(lectern("get", "-c", collection, document, "--json"))

    def test_ingest_says_what_it_did_and_the_second_time_skips(self):
        self.assertEqual(self.first["documents"], len(ROWS))
        again = json.loads(lectern("ingest", "-c", self.shared, self.rows, "--json"))
        self.assertEqual((again["documents"], again["skipped"], again["failed"]), (0, len(ROWS), []))
        stats = json.loads(lectern("stats", "-c", self.shared, "--json"))
        self.assertEqual((stats["documents"], stats["chunks"]), (len(ROWS), len(ROWS)))
        self.assertEqual((stats["pipeline"], stats["dimension"]), ("bert", 384))

    def test_documents_come_back_byte_for_byte(self):
        for row in ROWS:
            document = self.get(self.shared, row["_id"])
            self.assertEqual(document["text"], row["text"])
            self.assertEqual(document["title"], row["title"])
            expected = {key: value for key, value in row.items() if key not in ("_id", "title", "text")}
            self.assertEqual(document["metadata"], expected)
        self.assertIn('has no document "notes/none"', lectern("get", "-c", self.shared, "notes/none", code=1))

    def test_every_mode_finds_with_scores_of_its_side(self):
        for mode in ("hybrid", "dense", "lexical"):
            with self.subTest(mode):
                hits = self.search(self.shared, "laminar flow over a flat plate", "--mode", mode)["hits"]
                self.assertEqual(hits[0]["document"], "papers/plate")
                scores = [hit["score"] for hit in hits]
                self.assertEqual(scores, sorted(scores, reverse=True))
                for hit in hits:
                    text = self.get(self.shared, hit["document"])["text"].encode()
                    self.assertEqual(text[hit["begin"]:hit["end"]].decode(), hit["text"])
        dense = self.search(self.shared, "baking", "--mode", "dense")["hits"]
        self.assertEqual(dense[0]["document"], "notes/bread")
        self.assertTrue(0 < dense[0]["dense_score"] < 1)
        # Words alone: who has none of them is no hit. Stems and accents are looked through.
        self.assertEqual(self.found(self.shared, "kneaded doughs", "--mode", "lexical"), ["notes/bread"])
        self.assertEqual(self.found(self.shared, "fahre fohr", "--mode", "lexical"), ["notes/ärger"])

    def test_filters_are_applied_within_the_search(self):
        cases = {
            "year >= 1908 and topic = \"flow\"": {"papers/plate", "papers/wing"},
            "topic in (\"wings\", \"information\")": {"papers/wing", "papers/entropy"},
            "not topic = \"flow\"": {"papers/entropy", "notes/bread", "notes/ärger"},
            "open = true": {"papers/wing"},
            "on < 1908-02-01": {"papers/boundary"},
            "on = 1908-02": {"papers/plate"},
            "on exists and year != 1908": {"papers/boundary"},
            "author.name begins \"jü\"": {"notes/ärger"},
            "title contains \"LINE\"": {"papers/wing"},
            "id begins \"notes/\"": {"notes/bread", "notes/ärger"},
            "year < 1908 or year > 1940": {"papers/boundary", "papers/entropy"},
            "committed > 2020-01-01": {row["_id"] for row in ROWS},
        }
        for number, (condition, expected) in enumerate(cases.items()):
            mode = ("hybrid", "dense")[number % 2]
            with self.subTest(f"{condition}, {mode}"):
                found = self.found(self.shared, "the flow along a wall", "--filter", condition, "--mode", mode)
                self.assertEqual(set(found), expected)
        wrong = lectern("search", "-c", self.shared, "x", "--filter", "year = \"1908\"", code=1)
        self.assertIn("'year' holds numbers, and '1908' is a string", wrong)
        self.assertIn("yaer", self.search(self.shared, "flow", "--filter", "not yaer = 1")["hints"][0])

    def test_facets_and_sorting(self):
        result = self.search(self.shared, "flow", "--facet", "topic", "--facet", "year", "--filter", "year > 1900",
                             "-k", "1")
        self.assertEqual(result["facets"]["topic"], [{"value": "flow", "count": 3}, {"value": "information", "count": 1},
                                                     {"value": "wings", "count": 1}])
        self.assertEqual([value["value"] for value in result["facets"]["year"]], ["1904", "1908", "1918", "1948"])
        self.assertEqual(self.found(self.shared, "flow", "--sort", "-year", "--filter", "year exists"),
                         ["papers/entropy", "papers/wing", "papers/plate", "papers/boundary"])
        self.assertEqual(self.found(self.shared, "flow", "--sort", "year", "-k", "2"),
                         ["papers/boundary", "papers/plate"])

    def test_phrases_beginnings_and_exclusions(self):
        self.assertEqual(set(self.found(self.shared, '"boundary layer"')), {"papers/boundary", "papers/plate"})
        self.assertEqual(self.found(self.shared, '"layer boundary"'), [])
        self.assertEqual(self.found(self.shared, "visco*"), ["papers/boundary"])
        self.assertEqual(self.found(self.shared, '"boundary layer" -plate'), ["papers/boundary"])

    def test_more_like_a_document(self):
        for mode in ("hybrid", "dense", "lexical"):
            with self.subTest(mode):
                found = self.found(self.shared, "--similar", "papers/plate", "--mode", mode)
                self.assertEqual(found[0], "papers/boundary")
                self.assertNotIn("papers/plate", found)
        # "the" and words that no other document has say nothing.
        self.assertEqual(self.found(self.shared, "--similar", "papers/plate", "--mode", "lexical"), ["papers/boundary"])
        self.assertEqual(self.found(self.shared, "--similar", "papers/plate", "--mode", "lexical", "--filter",
                                    "year > 1910"), [])
        without = json.loads(lectern("search", "-c", self.shared, "--similar", "papers/plate", "--json", "--", "-viscosity"))
        self.assertNotIn("papers/boundary", [hit["document"] for hit in without["hits"]])
        self.assertTrue(without["hits"])
        self.assertIn("has no document", lectern("search", "-c", self.shared, "--similar", "papers/none", code=1))

    def test_synonyms_find_each_other(self):
        (self.folder / "synonyms.txt").write_text("loaf, bread\nperturbation => boundary layer\n", encoding="utf-8")
        text = (PIPELINES / "search-only.yaml").read_text(encoding="utf-8")
        file = self.folder / "synonyms.yaml"
        file.write_text(text.replace("search: {", "search: {synonyms: synonyms.txt, "), encoding="utf-8")
        words = ("--mode", "lexical", "--pipeline", file)
        result = self.search(self.shared, "loaf", *words)
        self.assertEqual([hit["document"] for hit in result["hits"]], ["notes/bread"])
        self.assertEqual(set(self.found(self.shared, "perturbation", *words)), {"papers/boundary", "papers/plate"})
        self.assertEqual(self.found(self.shared, "loaf", "--mode", "lexical"), [])

    def test_an_answer_cites_bytes(self):
        answer = json.loads(lectern("ask", "-c", self.shared, "What does entropy measure?", "--extractive", "--json"))
        self.assertEqual(answer["status"], "extractive")
        self.assertTrue(answer["citations"])
        for citation in answer["citations"]:
            text = self.get(self.shared, citation["document"])["text"].encode()
            self.assertEqual(text[citation["begin"]:citation["end"]].decode(), citation["quote"])
        silent = json.loads(lectern("ask", "-c", self.shared, "Who painted the Mona Lisa?", "--extractive", "--json"))
        self.assertEqual(silent["status"], "abstained")

    def test_a_summary_cites_bytes(self):
        summary = json.loads(lectern("summarize", "-c", self.shared, "papers/wing", "--extractive", "--json"))
        self.assertEqual(summary["status"], "extractive")
        self.assertTrue(summary["citations"])
        for citation in summary["citations"]:
            self.assertEqual(citation["document"], "papers/wing")
            text = ROWS[2]["text"].encode()
            self.assertEqual(text[citation["begin"]:citation["end"]].decode(), citation["quote"])

    def test_a_changed_document_takes_the_place_of_the_old_one(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        changed = dict(ROWS[4], text="Boil the lentils with cumin. " * 400)
        done = json.loads(lectern("ingest", "-c", collection,
                                  write_rows(self.folder / "changed.jsonl", [changed]), "--json"))
        self.assertEqual((done["documents"], done["skipped"]), (1, 0))
        self.assertGreater(done["chunks"], 5)
        self.assertEqual(self.get(collection, "notes/bread")["text"], changed["text"])
        self.assertEqual(self.found(collection, "yeast", "--mode", "lexical"), [])
        self.assertEqual(self.found(collection, "lentils")[0], "notes/bread")
        stats = json.loads(lectern("stats", "-c", collection, "--json"))
        self.assertEqual((stats["documents"], stats["chunks"]), (len(ROWS), len(ROWS) - 1 + done["chunks"]))

    def test_a_deleted_document_is_found_by_nobody(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        done = json.loads(lectern("delete", "-c", collection, "papers/wing", "--json"))
        self.assertEqual(done["deleted"], 1)
        lectern("get", "-c", collection, "papers/wing", code=1)
        for mode in ("hybrid", "dense", "lexical"):
            self.assertNotIn("papers/wing", self.found(collection, "induced drag of a wing", "--mode", mode))
        self.assertIn("no document", lectern("delete", "-c", collection, "papers/wing", code=1))
        self.assertEqual(json.loads(lectern("stats", "-c", collection, "--json"))["documents"], len(ROWS) - 1)

    def test_another_model_is_refused(self):
        said = lectern("search", "-c", self.shared, "flow", "--pipeline", self.other, code=1)
        self.assertIn("holds vectors of", said)

    def model_of(self, collection):
        stats = json.loads(lectern("stats", "-c", collection, "--json"))
        return stats["pipeline"], stats["dimension"]

    def reembed(self, collection, pipeline):
        done = json.loads(lectern("reembed", "-c", collection, "--pipeline", pipeline, "--json"))
        return done["chunks"], done["resumed"]

    def test_another_model_takes_over(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        self.assertEqual(self.reembed(collection, self.other), (len(ROWS), 0))
        self.assertEqual(self.model_of(collection), ("other", 16))
        hits = self.search(collection, "Bread. " + ROWS[4]["text"], "--mode", "dense")["hits"]
        self.assertEqual({hit["document"] for hit in hits}, {row["_id"] for row in ROWS})
        self.assertEqual(hits[0]["document"], "notes/bread")
        self.assertEqual(self.found(collection, "kneaded", "--mode", "lexical"), ["notes/bread"])
        # Nothing was read anew, and what is written now is of the new model.
        self.assertEqual(json.loads(lectern("ingest", "-c", collection, self.rows, "--json"))["skipped"], len(ROWS))
        lectern("ingest", "-c", collection, write_rows(self.folder / "lentils.jsonl",
                                                       [dict(ROWS[4], text="Boil the lentils.")]))
        self.assertEqual(self.found(collection, "lentils", "--mode", "dense")[0], "notes/bread")
        report = json.loads(lectern("verify", "-c", collection, "--json"))
        self.assertEqual((report["findings"], report["vectors"]), ([], len(ROWS)))
        self.assertEqual(self.reembed(collection, "search-only"), (len(ROWS), 0))
        self.assertEqual(self.model_of(collection), ("search-only", 384))
        self.assertEqual(self.found(collection, "cooking legumes", "--mode", "dense")[0], "notes/bread")

    def test_a_change_of_model_that_was_killed_goes_on(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        change = ("reembed", "-c", collection, "--pipeline", self.other)
        for place in ("reembed.after_generation", "reembed.after_vectors", "reembed.before_cut_over"):
            with self.subTest(place):
                lectern(*change, code=-signal.SIGKILL, variables={"LECTERN_KILL_POINT": place})
                # The model before serves as if nothing had been begun.
                self.assertEqual(self.model_of(collection), ("search-only", 384))
                self.assertEqual(self.found(collection, "baking", "--mode", "dense")[0], "notes/bread")
        self.assertEqual(self.reembed(collection, self.other), (0, len(ROWS)))
        self.assertEqual(self.model_of(collection), ("other", 16))
        # Killed behind the switch: the new one serves, and what is left of the old one goes with the next change.
        lectern("reembed", "-c", collection, "--pipeline", "search-only", code=-signal.SIGKILL,
                variables={"LECTERN_KILL_POINT": "reembed.after_cut_over"})
        self.assertEqual(self.model_of(collection), ("search-only", 384))
        self.assertEqual(self.found(collection, "baking", "--mode", "dense")[0], "notes/bread")
        self.assertEqual(self.reembed(collection, "search-only"), (0, 0))
        self.assertEqual(json.loads(lectern("verify", "-c", collection, "--json"))["findings"], [])

    def test_another_model_is_refused_for_writing(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", self.other, self.rows)
        said = lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows, code=1)
        self.assertIn("holds vectors of", said)
        # Nothing was written, and its own model goes on.
        self.assertEqual(self.model_of(collection), ("other", 16))
        self.assertEqual(json.loads(lectern("ingest", "-c", collection, self.rows, "--json"))["skipped"], len(ROWS))
        self.assertEqual(self.found(collection, "Bread. " + ROWS[4]["text"], "--mode", "dense")[0], "notes/bread")

    def test_pages_of_hits(self):
        question = ("the flow along a wall", "--mode", "dense")
        whole = self.found(self.shared, *question, "-k", str(len(ROWS)))
        self.assertEqual(sorted(whole), sorted(row["_id"] for row in ROWS))
        pages = [self.found(self.shared, *question, "-k", "2", "--offset", str(at)) for at in range(0, len(ROWS), 2)]
        self.assertEqual(sum(pages, []), whole)

    def test_hits_are_reranked(self):
        text = (PIPELINES / "search-only.yaml").read_text(encoding="utf-8")
        file = self.folder / "reranked.yaml"
        text = text.replace("vectors, search]", "vectors, search, rank]")
        file.write_text(text.replace("\nstages:\n", "\nstages:\n  rank: {plugin: every-kind, stage: reranker}\n"),
                        encoding="utf-8")
        # It takes the longer text for the better one, and the title is read with it.
        for mode in ("hybrid", "dense"):
            hits = self.search(self.shared, "the flow along a wall", "--mode", mode, "--pipeline", file,
                               "--plugins", PLUGINS)["hits"]
            lengths = [len((hit["title"] + hit["text"]).encode()) for hit in hits]
            self.assertEqual(lengths, sorted(lengths, reverse=True))
            self.assertEqual(hits[0]["document"], "papers/boundary")

    def test_feedback_is_asked_for(self):
        for weight in ("0", "0.5"):
            hits = self.search(self.shared, "laminar flow over a flat plate", "--feedback", weight)["hits"]
            self.assertEqual(hits[0]["document"], "papers/plate")

    def test_eval_and_bench_measure(self):
        queries = write_rows(self.folder / "queries.jsonl", [
            {"_id": "1", "text": "laminar boundary layer of a flat plate"}, {"_id": "2", "text": "kneading dough"}])
        qrels = self.folder / "qrels.tsv"
        qrels.write_text("query-id\tcorpus-id\tscore\n1\tpapers/plate\t1\n2\tnotes/bread\t1\n", encoding="utf-8")
        found = json.loads(lectern("eval", "-c", self.shared, "--queries", queries, "--qrels", qrels, "--json"))
        self.assertEqual((found["queries"], found["metrics"]["ndcg@10"]), (2, 1))
        timed = json.loads(lectern("bench", "-c", self.shared, "-n", 4, "--questions", 0, "--ingest", 3, "--json"))
        self.assertEqual(timed["searches"], 4)
        self.assertGreater(timed["search_milliseconds"]["total"]["p50"], 0)

    def test_words_are_learnt_from_it(self):
        model = self.folder / f"{type(self).__name__}.bin"
        lectern("train", "word2vec", "-c", self.shared, "-o", model, "--dim", "4", "--epochs", "1")
        self.assertGreater(model.stat().st_size, 0)

    def test_a_language_models_client(self):
        messages = [
            {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {},
                                                         "clientInfo": {"name": "test", "version": "1"}}},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {
                "query": "laminar flow over a flat plate", "k": 1}}}]
        lines = "".join(json.dumps({"jsonrpc": "2.0", **message}) + "\n" for message in messages)
        done = subprocess.run([PROGRAM, "mcp", "-c", self.shared], input=lines, capture_output=True, text=True,
                              timeout=300, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        answers = {answer.get("id"): answer for answer in map(json.loads, done.stdout.splitlines())}
        self.assertFalse(answers[2]["result"].get("isError", False), answers[2])
        self.assertIn("papers/plate", json.dumps(answers[2]["result"]))

    @unittest.skipUnless(LIBRARY, "a library with a sanitiser cannot be opened by Python")
    def test_the_c_interface(self):
        collection = self.new_collection()
        c = Lectern(LIBRARY)
        engine = c.opened("engine_open", None, None, None)
        try:
            notes = c.opened("collection_open", engine, collection.encode(), as_json(pipeline="bert"))
            try:
                given = [{"id": row["_id"], "title": row["title"], "text": row["text"], "metadata": {"number": number}}
                         for number, row in enumerate(ROWS)]
                self.assertEqual(c.text("collection_add", notes, json.dumps(given).encode(), None)["documents"],
                                 len(ROWS))
                self.assertEqual([one["document"] for one in documents(c, notes)], sorted(row["_id"] for row in ROWS))
                found = c.text("collection_search", notes, as_json(query="induced drag of a wing", k=1), None)["hits"]
                self.assertEqual(found[0]["document"], "papers/wing")
                # Metadata alone: no model runs, and the chunks follow.
                changed = c_int32()
                c.call("collection_patch_metadata", notes, b"papers/wing", as_json(number=77), byref(changed))
                self.assertEqual(changed.value, 1)
                chosen = c.text("collection_select", notes, b"number > 70")["documents"]
                self.assertEqual(chosen, ["papers/wing"])
                found = c.text("collection_search", notes, as_json(query="flow", filter="number > 70"), None)["hits"]
                self.assertEqual({hit["document"] for hit in found}, {"papers/wing"})
                asked = c.text("collection_ask", notes, as_json(question="What does entropy measure?", extractive=True),
                               None)
                self.assertTrue(asked["citations"])
                self.assertEqual(c.text("collection_verify", notes, None)["findings"], [])
            finally:
                c.library.lectern_collection_close(notes)
        finally:
            c.library.lectern_engine_close(engine)

    def test_verify_finds_all_in_order(self):
        # A folder is verified when no program has it open.
        report = json.loads(lectern("verify", "-c", self.shared, "--json"))
        self.assertEqual((report["findings"], report["documents"], report["chunks"], report["vectors"]),
                         ([], len(ROWS), len(ROWS), len(ROWS)))

    def test_sync_follows_a_folder(self):
        collection = self.new_collection()
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (folder / "wall.txt").write_text("The boundary layer is thin.", encoding="utf-8")
        (folder / "bread.txt").write_text("Knead the dough and bake the bread.", encoding="utf-8")
        lectern("sync", "-c", collection, "--pipeline", "search-only", folder)
        self.assertEqual(len(json.loads(lectern("sources", "-c", collection, "--json"))["sources"]), 1)
        (folder / "bread.txt").unlink()
        (folder / "wall.txt").rename(folder / "moved.txt")
        (folder / "wing.txt").write_text("A wing sheds a vortex sheet.", encoding="utf-8")
        lectern("sync", "-c", collection)
        found = self.found(collection, "boundary layer bread wing")
        self.assertEqual({name.split("/")[-1] for name in found}, {"moved.txt", "wing.txt"})

    def test_a_collection_that_is_not_there(self):
        said = lectern("search", "-c", self.place("none"), "flow", code=1)
        self.assertIn("there is no collection", said)


class InAFolder(Behaviour, unittest.TestCase):
    count = 0

    @classmethod
    def place(cls, name):
        return str(cls.folder / name)

    @classmethod
    def new_collection(cls):
        cls.count += 1
        return cls.place(f"collection-{cls.count}")

    @classmethod
    def remove_collections(cls):
        pass  # a temporary folder


@unittest.skipUnless(CLUSTER, "no cluster: set LECTERN_TEST_CLUSTER=HOST:PORT,…, or run ./check --cluster")
class InACluster(Behaviour, unittest.TestCase):
    names = []

    @classmethod
    def place(cls, name):
        return f"opensearch://{CLUSTER}/{name}"

    @classmethod
    def new_collection(cls):
        cls.names.append(f"behaviour-{os.getpid()}-{len(cls.names)}-{time.time_ns()}")
        return cls.place(cls.names[-1])

    @classmethod
    def remove_collections(cls):
        for name in cls.names:
            request = urllib.request.Request(f"http://{CLUSTER.split(',')[0]}/{name}", method="DELETE")
            try:
                urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()
            except urllib.error.HTTPError:
                pass  # it was never made

    def test_two_processes_write_at_once(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        versions = []
        for number in range(2):
            rows = [dict(ROWS[4], text=f"Version {number} of the recipe. " * 300)]
            rows += [{"_id": f"only/{number}-{i}", "text": f"Text {i} of process {number}."} for i in range(20)]
            versions.append(rows[0]["text"])
            write_rows(self.folder / f"writer-{number}.jsonl", rows)
        running = [subprocess.Popen([PROGRAM, "ingest", "-c", collection, self.folder / f"writer-{number}.jsonl"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for number in range(2)]
        for process in running:
            said = process.communicate(timeout=300)[1]
            self.assertEqual(process.returncode, 0, said)
        document = self.get(collection, "notes/bread")
        self.assertIn(document["text"], versions)
        text = document["text"].encode()
        for chunk in document["chunks"]:
            self.assertLessEqual(chunk["end"], len(text))
        hits = self.search(collection, "recipe version", "--chunks", "-k", "100", "--filter", "id = \"notes/bread\"")
        self.assertEqual(len(hits["hits"]), len(document["chunks"]))
        for hit in hits["hits"]:
            self.assertEqual(text[hit["begin"]:hit["end"]].decode(), hit["text"])
        self.assertEqual(json.loads(lectern("stats", "-c", collection, "--json"))["documents"], len(ROWS) + 40)

    def test_processes_with_the_same_file(self):
        """Each document is there once, whole, and nothing is left of who came second."""
        collection = self.new_collection()
        rows = write_rows(self.folder / "same.jsonl", [{"_id": f"same/{number}", "text": f"Text {number} of many. " * 40}
                                                       for number in range(60)])
        running = [subprocess.Popen([PROGRAM, "ingest", "-c", collection, "--pipeline", "search-only", rows],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(3)]
        for process in running:
            said = process.communicate(timeout=600)[1]
            self.assertEqual(process.returncode, 0, said)
        report = json.loads(lectern("verify", "-c", collection, "--json"))
        self.assertEqual((report["findings"], report["notes"], report["documents"]), ([], [], 60))
        self.assertEqual(json.loads(lectern("ingest", "-c", collection, rows, "--json"))["skipped"], 60)

    def test_writers_of_one_document(self):
        """Two servers, one document, many times: it is one version of one of them, and no row of any other is left."""
        name = self.new_collection().split("/")[-1]
        path = f"/collections/{name}"
        log = self.folder / "writers.log"
        texts = {}
        failures = []
        with Server(PROGRAM, CLUSTER, log) as one, Server(PROGRAM, CLUSTER, log) as other:
            one.done("PUT", path, {"pipeline": "search-only"})

            def write(server, who):
                try:
                    for number in range(12):
                        text = f"Version {number} of {who}. " * (1 + 60 * (number % 3))
                        texts[f"{who}-{number}"] = text
                        server.done("PUT", f"{path}/documents/shared", {"text": text})
                except AssertionError as failure:
                    failures.append(failure)

            threads = [threading.Thread(target=write, args=(server, who))
                       for who, server in (("one", one), ("two", one), ("three", other))]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(failures, [])
            for server in (one, other):
                self.assertIn(server.done("GET", f"{path}/documents/shared")["text"], texts.values())
        collection = self.place(name)
        text = self.get(collection, "shared")["text"]
        self.assertIn(text, [version for key, version in texts.items() if key.endswith("-11")])
        report = json.loads(lectern("verify", "-c", collection, "--json"))
        self.assertEqual((report["findings"], report["notes"], report["documents"]), ([], [], 1))
        hits = self.search(collection, "Version", "--chunks", "-k", "100")["hits"]
        self.assertEqual(len(hits), report["chunks"])
        for hit in hits:
            self.assertEqual(text.encode()[hit["begin"]:hit["end"]].decode(), hit["text"])

    def test_pages_of_documents(self):
        path = f"/collections/{self.shared.split('/')[-1]}/documents"
        with Server(PROGRAM, CLUSTER, self.folder / "pages.log") as server:
            ids = []
            while page := server.done("GET", f"{path}?limit=4" + (f"&after={urllib.parse.quote(ids[-1])}" if ids else ""))[
                    "documents"]:
                self.assertLessEqual(len(page), 4)
                ids += [document["document"] for document in page]
            self.assertEqual(ids, sorted(row["_id"] for row in ROWS))

    def test_verify_finds_strangers(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        name = collection.split("/")[-1]

        def chunk_of(document):
            row, = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "chunk"}},
                                                                   {"term": {"id": document}}]}})
            return row, self.ask_cluster("GET", f"/{name}/_doc/{row}")["_source"]

        # One more chunk than its document names, and one that has the bytes of no text.
        _, stranger = chunk_of("papers/wing")
        self.ask_cluster("PUT", f"/{name}/_doc/c4611686018427387000?refresh=true", stranger)
        row, changed = chunk_of("papers/plate")
        self.ask_cluster("PUT", f"/{name}/_doc/{row}?refresh=true", {**changed, "text": "Something else."})
        report = json.loads(lectern_says(2, "verify", "-c", collection, "--json"))
        said = sorted(finding["what"] for finding in report["findings"])
        self.assertEqual(len(said), 2, report)
        self.assertIn("has 2 chunks and 1 heads, which name 1 chunks", said[0])
        self.assertIn("other bytes than its text", said[1])

    def test_a_copy_that_was_killed_goes_on(self):
        here = self.folder / "copy-killed"
        draw = random.Random(2)
        words = sorted(set(re.findall(r"\w+", " ".join(row["text"] for row in ROWS).lower())))
        rows = write_rows(self.folder / "copied.jsonl", [{"_id": f"copied/{number:04}", "text": " ".join(
            draw.choices(words, k=40))} for number in range(600)])
        lectern("ingest", "-c", here, "--pipeline", self.other, rows)
        there = self.new_collection()
        name = there.split("/")[-1]
        copying = subprocess.Popen([PROGRAM, "copy", here, there], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            copied = 0
            while copied == 0 and copying.poll() is None:
                try:
                    copied = self.ask_cluster("POST", f"/{name}/_count", {"query": {"term": {"kind": "document"}}})["count"]
                except urllib.error.HTTPError as early:
                    early.close()  # the index is not made yet
        finally:
            copying.kill()
        self.assertEqual(copying.wait(), -signal.SIGKILL)
        done = json.loads(lectern("copy", here, there, "--json"))
        self.assertEqual(done["documents"] + done["resumed"], 600)
        self.assertGreater(done["resumed"], 0)
        self.assertEqual((done["same"], done["different"]), (600, []))
        back = self.folder / "copy-killed-back"
        self.assertEqual(json.loads(lectern("copy", there, back, "--json"))["same"], 600)
        self.assertEqual(json.loads(lectern("verify", "-c", back, "--json"))["findings"], [])

    def test_servers_share_what_the_cluster_has(self):
        name = self.new_collection().split("/")[-1]
        path = f"/collections/{name}"
        log = self.folder / "serve.log"
        with Server(PROGRAM, CLUSTER, log) as one, Server(PROGRAM, CLUSTER, log, "--recall-every", "1") as other:
            made = one.done("PUT", path, {"pipeline": "search-only"})
            self.assertEqual((made["name"], made["documents"]), (name, 0))
            self.assertEqual(other.done("PUT", path, {"pipeline": "search-only"})["collection_id"],
                             made["collection_id"])
            for row in ROWS[:3]:
                document = {"title": row["title"], "text": row["text"], "metadata": {"year": row["year"]}}
                one.done("PUT", f"{path}/documents/{row['_id']}", document)
            # Found by the next search, whichever server is asked.
            for server in (other, one):
                hits = server.done("POST", f"{path}/search", {"query": "drag of a wing", "filter": "year > 1900"})
                self.assertEqual(hits["hits"][0]["document"], "papers/wing")
                self.assertIn(name, [each["name"] for each in server.done("GET", "/collections")["collections"]])
            self.assertEqual(other.done("GET", f"{path}/documents/papers/plate")["text"], ROWS[1]["text"])
            other.done("DELETE", f"{path}/documents/papers/plate")
            self.assertEqual(one.request("GET", f"{path}/documents/papers/plate")[0], 404)
            # What the index finds is compared with every vector there is.
            metrics = other.until(lambda _, text: f'lectern_index_recall_ratio{{collection="{name}"}}' in text,
                                  "GET", "/metrics")
            self.assertIn(f'lectern_index_recall_ratio{{collection="{name}"}} 1', metrics)
            # Dropped by one and made again: the other serves what is there now.
            one.done("DELETE", path)
            other.until(lambda status, _: status == 404, "GET", path)
            one.done("PUT", path, {"pipeline": "search-only"})
            one.done("PUT", f"{path}/documents/again", {"text": "A wing, once more."})
            found = other.until(lambda status, _: status == 200, "POST", f"{path}/search", {"query": "drag of a wing"})
            self.assertEqual([hit["document"] for hit in found["hits"]], ["again"])
            self.assertIn("keeps its name", str(one.request("POST", f"{path}/rename", {"to": "other-name"})))
            # The models alone need no collection.
            self.assertEqual(len(other.done("POST", "/v1/embeddings", {"model": "default", "input": "a wing"})["data"]),
                             1)

    def test_servers_follow_a_change_of_model(self):
        collection = self.new_collection()
        path = f"/collections/{collection.split('/')[-1]}"
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        words = {"query": "Bread. " + ROWS[4]["text"], "mode": "dense"}
        with Server(PROGRAM, CLUSTER, self.folder / "follow.log") as server:
            self.assertEqual(len(server.done("POST", f"{path}/search", words)["hits"]), len(ROWS))
            change = subprocess.Popen([PROGRAM, "reembed", "-c", collection, "--pipeline", self.other],
                                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            # No search in between finds less, whichever model it was of.
            while change.poll() is None:
                self.assertEqual(len(server.done("POST", f"{path}/search", words)["hits"]), len(ROWS))
            self.assertEqual(change.returncode, 0, change.communicate()[1])
            change.stderr.close()
            self.assertEqual(server.done("GET", path)["dimension"], 16)
            self.assertEqual(server.done("POST", f"{path}/search", words)["hits"][0]["document"], "notes/bread")
            # And writes are of the new one.
            server.done("PUT", f"{path}/documents/new", {"text": "Boil the lentils."})
            found = server.done("POST", f"{path}/search", {"query": "lentils", "mode": "dense"})
            self.assertEqual(found["hits"][0]["document"], "new")
        rows = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "chunk"}},
                                                               {"term": {"generations": "1"}}]}})
        self.assertEqual(rows, [], "the vectors of the model before are gone")

    def test_a_server_says_that_its_cluster_does_not_answer(self):
        done = subprocess.run([PROGRAM, "serve", "--data", "opensearch://127.0.0.1:1", "--listen", "127.0.0.1:0"],
                              capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "LECTERN_OPENSEARCH_TIMEOUT": "2"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("no node of the cluster has answered", done.stderr)
        done = subprocess.run([PROGRAM, "serve", "--data", f"opensearch://{CLUSTER}/{self.shared.split('/')[-1]}",
                               "--listen", "127.0.0.1:0"], capture_output=True, text=True, timeout=60, check=False)
        self.assertIn("leave that out", done.stderr)

    def row_names(self, collection, query):
        """The names of the rows that a query of OpenSearch's finds."""
        body = json.dumps({"size": 1000, "_source": False, "query": query}).encode()
        request = urllib.request.Request(f"http://{CLUSTER.split(',')[0]}/{collection.split('/')[-1]}/_search", body,
                                         {"Content-Type": "application/json"})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
            return [hit["_id"] for hit in json.load(answer)["hits"]["hits"]]

    def remove_row(self, collection, name):
        request = urllib.request.Request(
            f"http://{CLUSTER.split(',')[0]}/{collection.split('/')[-1]}/_doc/{name}?refresh=true", method="DELETE")
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30).close()

    def test_verify_names_what_is_missing(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        chunk = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "chunk"}},
                                                                {"term": {"id": "papers/wing"}}]}})
        self.remove_row(collection, chunk[0])
        # A head that is gone leaves rows that belong to nothing.
        head = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "document"}},
                                                               {"term": {"id": "papers/plate"}}]}})
        self.remove_row(collection, head[0])
        done = subprocess.run([PROGRAM, "verify", "-c", collection, "--json"], capture_output=True, text=True,
                              timeout=300, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual([(finding["where"], finding["what"]) for finding in report["findings"]],
                         [("document papers/wing", "its chunk 1 of 1 is missing")])
        self.assertIn("2 belong to no document", report["notes"][0]["what"])
        self.assertIn("lectern repair", lectern_says(2, "verify", "-c", collection))

        # Repair takes the one out, and the other's rows when nobody can be writing them any more.
        repaired = json.loads(lectern_says(2, "repair", "-c", collection, "--json"))
        self.assertEqual([one["where"] for one in repaired["lost"]], ["document papers/wing"])
        self.assertEqual(repaired["documents"], len(ROWS) - 2)
        left = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "chunk"}},
                                                              {"term": {"id": "papers/plate"}}]}})
        self.assertEqual(len(left), 1)
        name = collection.split("/")[-1]
        self.ask_cluster("POST", f"/{name}/_update/{left[0]}?refresh=true", {"doc": {"committed": 1}})
        repaired = json.loads(lectern("repair", "-c", collection, "--json"))
        self.assertEqual((len(repaired["found"]), repaired["lost"]), (1, []))
        self.assertIn("2 belonged to no document", repaired["found"][0]["what"])
        # What a backup that was killed leaves.
        self.ask_cluster("PUT", f"/{name}/_block/write")
        said = lectern("delete", "-c", collection, "papers/boundary", code=1,
                       variables={"LECTERN_OPENSEARCH_TIMEOUT": "5"})
        self.assertIn("held up", said)
        self.assertIn("held up", lectern("repair", "-c", collection, code=0))
        lectern("delete", "-c", collection, "papers/boundary")
        self.assertEqual(json.loads(lectern("repair", "-c", collection, "--json"))["found"], [])

    def test_vectors_that_lack_are_made_again(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        chunk = self.row_names(collection, {"bool": {"filter": [{"term": {"kind": "chunk"}},
                                                                {"term": {"id": "papers/wing"}}]}})
        self.ask_cluster("POST", f"/{collection.split('/')[-1]}/_update/{chunk[0]}?refresh=true",
                         {"script": {"source": "ctx._source.remove('vector_1'); ctx._source.generations.clear()"}})
        report = json.loads(lectern_says(2, "verify", "-c", collection, "--json"))
        self.assertEqual([(finding["where"], finding["what"]) for finding in report["findings"]],
                         [("document papers/wing", "1 of its chunks have no vector of the model that serves")])
        # The text is there: a repair loses nothing.
        repaired = json.loads(lectern("repair", "-c", collection, "--json"))
        self.assertEqual((repaired["lost"], repaired["documents"]), ([], len(ROWS)))
        self.assertIn("'lectern reembed' with the pipeline 'search-only'", repaired["found"][-1]["what"])
        self.assertEqual(self.reembed(collection, "search-only"), (1, 0))
        self.assertEqual(json.loads(lectern("verify", "-c", collection, "--json"))["findings"], [])
        self.assertEqual(self.found(collection, "induced drag of a wing", "--mode", "dense")[0], "papers/wing")

    def test_a_copy_there_and_back_is_the_same(self):
        here = self.folder / "copy-from"
        lectern("ingest", "-c", here, self.rows)
        there = self.new_collection()
        done = json.loads(lectern("copy", here, there, "--json"))
        self.assertEqual((done["documents"], done["resumed"], done["same"], done["different"], done["refused"]),
                         (len(ROWS), 0, len(ROWS), [], []))
        back = self.folder / "copy-back"
        # What a copy that was cut off has left is gone on with.
        lectern("copy", there, back)
        lectern("delete", "-c", back, "papers/wing", "notes/bread")
        again = json.loads(lectern("copy", there, back, "--json"))
        self.assertEqual((again["documents"], again["resumed"], again["same"]), (2, len(ROWS) - 2, len(ROWS)))
        for collection in (there, back):
            for row in ROWS:
                self.assertEqual(self.get(collection, row["_id"])["text"], row["text"])
            original = self.search(here, "laminar flow over a flat plate", "--mode", "dense")["hits"]
            copied = self.search(collection, "laminar flow over a flat plate", "--mode", "dense")["hits"]
            self.assertEqual([hit["document"] for hit in copied], [hit["document"] for hit in original])
            for hit, like in zip(copied, original):
                self.assertAlmostEqual(hit["dense_score"], like["dense_score"], places=4)
        # The fingerprint came along: the copy is written to with the same model.
        self.assertEqual(json.loads(lectern("ingest", "-c", there, self.rows, "--json"))["skipped"], len(ROWS))

    def test_a_copy_does_not_write_over_what_is_there(self):
        here = self.folder / "copy-other"
        lectern("ingest", "-c", here, "--pipeline", "search-only", write_rows(self.folder / "few.jsonl", ROWS[:2]))
        there = self.new_collection()
        lectern("ingest", "-c", there, "--pipeline", "search-only",
                write_rows(self.folder / "others.jsonl", [ROWS[1], ROWS[4]]))
        self.assertIn("has the document 'notes/bread'", lectern("copy", here, there, code=1))
        self.assertIn("has no document", lectern("get", "-c", there, "papers/boundary", code=1))
        done = json.loads(lectern("copy", here, there, "--replace", "--json"))
        self.assertEqual((done["documents"], done["resumed"], done["deleted"], done["same"]), (1, 1, 1, 2))
        lectern("get", "-c", there, "notes/bread", code=1)

    def ask_cluster(self, method, path, body=None):
        request = urllib.request.Request(f"http://{CLUSTER.split(',')[0]}{path}",
                                         None if body is None else json.dumps(body).encode(),
                                         {"Content-Type": "application/json"}, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.load(answer)

    def new_repository(self):
        """A snapshot repository of the cluster; what it is called."""
        if not REPOSITORY:
            self.skipTest("no folder for snapshots: set LECTERN_TEST_REPOSITORY, or run ./check --cluster")
        name = f"behaviour-{os.getpid()}-{time.time_ns()}"
        self.ask_cluster("PUT", f"/_snapshot/{name}", {"type": "fs", "settings": {"location": f"{REPOSITORY}/{name}"}})
        self.addCleanup(self.ask_cluster, "DELETE", f"/_snapshot/{name}")
        return name

    def test_backups_are_snapshots(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        place = f"opensearch://{CLUSTER}/{self.new_repository()}"
        self.assertIn("no backup", lectern("backups", place, code=1))
        first = json.loads(lectern("backup", "-c", collection, place, "--json"))
        self.assertEqual((first["id"], first["documents"]), (1, len(ROWS)))
        self.assertGreater(first["bytes"], 0)
        lectern("delete", "-c", collection, "papers/wing")
        self.assertEqual(json.loads(lectern("backup", "-c", collection, place, "--json"))["id"], 2)
        listed = json.loads(lectern("backups", place, "--json"))["backups"]
        self.assertEqual([(one["id"], one["documents"]) for one in listed], [(1, len(ROWS)), (2, len(ROWS) - 1)])
        self.assertEqual(listed[0]["collection_id"], first["collection_id"])
        # A restore makes a collection of another name, and replaces nothing.
        self.assertIn("already", lectern("restore", "-c", collection, place, code=1))
        then = self.new_collection()
        lectern("restore", "-c", then, place, "--id", "1")
        self.assertEqual(self.get(then, "papers/wing")["text"], ROWS[2]["text"])
        self.assertEqual(self.found(then, "induced drag of a wing", "--mode", "dense")[0], "papers/wing")
        self.assertEqual(json.loads(lectern("verify", "-c", then, "--json"))["findings"], [])
        # It is written to, and so is the one that was backed up.
        for where in (then, collection):
            lectern("ingest", "-c", where, write_rows(self.folder / "more.jsonl", [{"_id": "more", "text": "Lentils."}]))
            self.get(where, "more")
        self.assertIn("no backup 7", lectern("restore", "-c", self.place("nowhere"), place, "--id", "7", code=1))
        self.assertIn("snapshot repository", lectern("backup", "-c", collection, self.folder / "b", code=1))
        said = lectern("backup", "-c", collection, f"opensearch://{CLUSTER}/not-there", code=1)
        self.assertIn("register one", said)
        self.assertIn("'lectern copy'", lectern("restore", "-c", self.folder / "here", place, code=1))
        # Where a collection is to be made is asked, and not taken for the cluster of the backup.
        elsewhere = then.split("/")[-1] + "-elsewhere"
        said = lectern("restore", "-c", f"opensearch://127.0.0.1:1/{elsewhere}", place, code=1,
                       variables={"LECTERN_OPENSEARCH_TIMEOUT": "2"})
        self.assertIn("no node of the cluster", said)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.ask_cluster("GET", f"/{elsewhere}")
        self.assertEqual(refused.exception.code, 404)
        refused.exception.close()
        # The latest is another collection's.
        other = self.new_collection()
        lectern("ingest", "-c", other, "--pipeline", "search-only", self.rows)
        self.assertEqual(json.loads(lectern("backup", "-c", other, place, "--json"))["id"], 3)
        self.assertIn("of several collections", lectern("restore", "-c", self.new_collection(), place, code=1))

    def test_a_backup_of_documents_that_are_written_is_whole(self):
        collection = self.new_collection()
        lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows)
        place = f"opensearch://{CLUSTER}/{self.new_repository()}"
        rows = write_rows(self.folder / "many.jsonl", [{"_id": f"many/{number}", "text": f"Text {number}. " * 30}
                                                       for number in range(300)])
        writer = subprocess.Popen([PROGRAM, "ingest", "-c", collection, rows], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, text=True)
        numbers = []
        while writer.poll() is None:
            numbers.append(json.loads(lectern("backup", "-c", collection, place, "--json"))["id"])
        self.assertEqual(writer.returncode, 0, writer.communicate()[1])
        writer.stderr.close()
        self.assertTrue(numbers)
        then = self.new_collection()
        lectern("restore", "-c", then, place, "--id", str(numbers[0]))
        self.assertEqual(json.loads(lectern("verify", "-c", then, "--json"))["findings"], [])

    def test_a_server_backs_up(self):
        repository = self.new_repository()
        name = self.new_collection().split("/")[-1]
        path = f"/collections/{name}"
        os.environ["LECTERN_OPENSEARCH_REPOSITORY"] = repository
        self.addCleanup(os.environ.pop, "LECTERN_OPENSEARCH_REPOSITORY")
        with Server(PROGRAM, CLUSTER, self.folder / "backups.log") as server:
            server.done("PUT", path, {"pipeline": "search-only"})
            server.done("PUT", f"{path}/documents/wing", {"text": "A wing sheds a vortex sheet."})
            self.assertEqual(server.done("GET", f"{path}/backups")["backups"], [])

            def end_of(job):
                ended = server.until(lambda _, value: value["state"] != "running", "GET", f"{path}/jobs/{job['job']}")
                self.assertEqual(ended["state"], "done", ended)

            end_of(server.done("POST", f"{path}/backups"))
            # Another collection does not see it, though it lies in the same repository.
            other = self.shared.split("/")[-1]
            self.assertEqual(server.done("GET", f"/collections/{other}/backups")["backups"], [])
            self.assertEqual(server.request("DELETE", f"/collections/{other}/backups/1")[0], 404)
            restored = self.new_collection().split("/")[-1]
            end_of(server.done("POST", f"{path}/backups/1/restore", {"as": restored}))
            self.assertEqual(server.done("GET", f"/collections/{restored}/documents/wing")["text"],
                             "A wing sheds a vortex sheet.")
            server.done("DELETE", f"{path}/backups/1")
            self.assertEqual(server.done("GET", f"{path}/backups")["backups"], [])

    def test_tls_and_what_opens_the_door(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        make_certificates(folder)
        (folder / "password").write_text("open: sesame\n", encoding="utf-8")
        (folder / "key").write_text("aWQ6a2V5\n", encoding="utf-8")
        basic = "Basic " + base64.b64encode(b"ali:open: sesame").decode()
        name = self.shared.split("/")[-1]
        key = "LECTERN_OPENSEARCH_API_KEY"
        password = "LECTERN_OPENSEARCH_PASSWORD"
        ali = {"LECTERN_OPENSEARCH_USER": "ali"}
        ways = {"a password": (basic, {**ali, password: "open: sesame"}),
                "a file with a password": (basic, {**ali, password + "_FILE": str(folder / "password")}),
                "a key": ("ApiKey aWQ6a2V5", {key: "aWQ6a2V5"}),
                "a file with a key": ("ApiKey aWQ6a2V5", {key + "_FILE": str(folder / "key")})}
        for way, (wanted, variables) in ways.items():
            with self.subTest(way), Door(folder, CLUSTER.split(",")[0], wanted) as door:
                address = f"opensearch+https://{door.address}/{name}"
                trusted = {**variables, "LECTERN_OPENSEARCH_CA": door.authority}
                stats = json.loads(lectern("stats", "-c", address, "--json", variables=trusted))
                self.assertEqual(stats["documents"], len(ROWS))
        short = {"LECTERN_OPENSEARCH_TIMEOUT": "5"}
        with Door(folder, CLUSTER.split(",")[0], basic) as door:
            address = f"opensearch+https://{door.address}/{name}"
            trusted = {**short, "LECTERN_OPENSEARCH_CA": door.authority}
            right = {**ali, password: "open: sesame"}
            # A whole search and a write go through it.
            collection = f"opensearch+https://{door.address}/{self.new_collection().split('/')[-1]}"
            through = {**right, "LECTERN_OPENSEARCH_CA": door.authority}
            lectern("ingest", "-c", collection, "--pipeline", "search-only", self.rows, variables=through)
            found = json.loads(lectern("search", "-c", collection, "induced drag of a wing", "--json",
                                       variables=through))
            self.assertEqual(found["hits"][0]["document"], "papers/wing")
            for wrong in ({}, {**ali, password: "close"}, {key: "other"}):
                said = lectern("stats", "-c", address, code=1, variables={**trusted, **wrong})
                self.assertIn("LECTERN_OPENSEARCH", said)
                self.assertNotIn("close", said)
            # Nobody vouches for it; and it speaks TLS alone.
            said = lectern("stats", "-c", address, code=1, variables={**short, **right})
            self.assertIn("LECTERN_OPENSEARCH_CA", said)
            plain = address.replace("+https", "")
            self.assertIn("cluster", lectern("stats", "-c", plain, code=1, variables={**short, **right}))

    def test_addresses_that_are_wrong(self):
        cases = {"opensearch://localhost:19999": "the name of the index is missing",
                 "opensearch://user:secret@localhost/notes": "LECTERN_OPENSEARCH_USER",
                 "opensearch://localhost:99999/notes": "no port",
                 "opensearch://localhost/Notes": "is no name of an index"}
        for address, expected in cases.items():
            with self.subTest(address):
                self.assertIn(expected, lectern("stats", "-c", address, code=1))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
