#!/usr/bin/env python3
"""What a cluster that goes wrong is answered: which errors are waited out and which are told at once, what a bulk that
was answered in part or not at all leaves. Without OpenSearch: the nodes are those of fake_node.py.

    faults_test.py LECTERN [unittest's arguments]
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from fake_node import FakeCluster, error

PROGRAM = os.path.abspath(sys.argv[1])

# A model of a few words: nothing is loaded.
PIPELINE = """version: 1
pipeline: few
stages:
  jsonl:   {plugin: documents, stage: jsonl}
  text:    {plugin: documents, stage: text}
  chunks:  {plugin: passages, stage: splitter, options: {max_tokens: 20}}
  tokens:  {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
ingest: [source, [jsonl, text], chunks, tokens, vectors, commit]
query:  [query, tokens, vectors, search]
"""
TEXTS = {"wall": "The wall slows the flow of the air. " * 8, "bread": "Knead the dough and bake the bread. " * 3}
# Longer than any of these runs: nothing here may be waited for to its end.
FOR_EVER = "3600"


class Faults(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="lectern-faults-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)
        (self.folder / "few.yaml").write_text(PIPELINE, encoding="utf-8")
        words = sorted(set(" ".join([*TEXTS.values(), "before another"]).lower().replace(".", " ").split()))
        with open(self.folder / "words.vec", "w", encoding="utf-8") as out:
            out.write(f"{len(words)} 4\n")
            for number, word in enumerate(words):
                out.write(f"{word} 1 {number % 3} {number % 5} {number % 7}\n")
        self.rows = self.write("rows.jsonl", TEXTS)

    def write(self, name, texts):
        file = self.folder / name
        with open(file, "w", encoding="utf-8") as out:
            for document, text in texts.items():
                out.write(json.dumps({"_id": document, "text": text}) + "\n")
        return file

    def run_lectern(self, *arguments, code=0, seconds=FOR_EVER, **variables):
        """What it prints, or what it says of its failure."""
        done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False,
                              env={**os.environ, "LECTERN_OPENSEARCH_TIMEOUT": seconds, **variables})
        self.assertEqual(done.returncode, code, done.stdout[-2000:] + done.stderr[-2000:])
        return done.stdout if code == 0 else done.stderr

    def ingest(self, cluster, file=None, code=0):
        return self.run_lectern("ingest", "-c", cluster.address(), "--pipeline", self.folder / "few.yaml",
                                file or self.rows, code=code)

    def check_whole(self, cluster, texts):
        """The rows of these documents are there, and no others."""
        self.assertEqual(cluster.problems(), [])
        stored = {head["id"]: cluster.rows[f"t{head['ordinal']}"]["_source"]["text"]
                  for head in cluster.of_kind("document").values()}
        self.assertEqual(stored, texts)

    def check_read(self, cluster, texts):
        for document, text in texts.items():
            got = json.loads(self.run_lectern("get", "-c", cluster.address(), document, "--json"))
            self.assertEqual(got["text"], text)

    def test_nothing_is_wrong(self):
        with FakeCluster() as cluster:
            self.ingest(cluster)
            self.check_whole(cluster, TEXTS)
            self.check_read(cluster, TEXTS)

    def test_an_index_that_cannot_be_made_so(self):
        for name, value in (("REPLICAS", "two"), ("REPLICAS", "-1"), ("SHARDS", "0"), ("SHARDS", "3x")):
            with self.subTest(f"{name}={value}"), FakeCluster() as cluster:
                variable = f"LECTERN_OPENSEARCH_{name}"
                said = self.run_lectern("ingest", "-c", cluster.address(), "--pipeline", self.folder / "few.yaml",
                                        self.rows, code=1, **{variable: value})
                self.assertIn(f"{variable} is '{value}'; it is a number of", said)
                self.assertIsNone(cluster.mappings)

    def test_errors_that_last_are_told_at_once(self):
        cases = {
            "a request that is refused": ((400, error("illegal_argument_exception", "not so")), 1,
                                          ["HTTP status 400 (illegal_argument_exception: not so)", "node's log"]),
            "an index that is closed": ((400, error("index_closed_exception", "closed")), 1,
                                        ["HTTP status 400", "the index is open"]),
            "nobody's user": ((401, error("security_exception", "who?")), 1, ["LECTERN_OPENSEARCH_USER"]),
            "a request that is too large": ((413, b""), 1, ["HTTP status 413", "http.max_content_length"]),
            "another server": ((200, b"<html>"), 1, ["is not JSON", "is it an OpenSearch node?"]),
            # Every node is asked, some times.
            "all nodes fail": ((500, error("null_pointer_exception", "oh")), 6,
                               ["HTTP status 500 (null_pointer_exception: oh)", "/_cluster/health"]),
        }
        for name, (answer, requests, expected) in cases.items():
            with self.subTest(name), FakeCluster() as cluster:
                cluster.fault = lambda *_, answer=answer: answer
                said = self.run_lectern("stats", "-c", cluster.address(), code=1)
                for text in expected:
                    self.assertIn(text, said)
                self.assertTrue(any(node in said for node in cluster.nodes), said)
                self.assertEqual(len(cluster.requests), requests)
                if requests > 1:
                    self.assertEqual({node for node, _, _ in cluster.requests}, {0, 1})

    def test_errors_that_pass_are_waited_out(self):
        cases = {"a node that has asked one that is gone": (500, error("node_disconnected_exception", "gone")),
                 "one that is the cause of another": (500, {"error": {"type": "exception", "caused_by": {
                     "type": "node_not_connected_exception", "reason": "gone"}}}),
                 "a copy that has just moved": (404, error("shard_not_found_exception", "moved")),
                 "no majority": (503, error("cluster_manager_not_discovered_exception", "none")),
                 "too much at once": (429, error("rejected_execution_exception", "full")),
                 "no answer": FakeCluster.DROP}
        for name, answer in cases.items():
            with self.subTest(name), FakeCluster() as cluster:
                cluster.fault = lambda *_, cluster=cluster, answer=answer: answer if len(cluster.requests) < 9 else None
                self.assertIn("there is no collection", self.run_lectern("stats", "-c", cluster.address(), code=1))
                self.assertGreaterEqual(len(cluster.requests), 9)

    def test_another_node_is_asked_when_one_fails(self):
        with FakeCluster() as cluster:
            self.ingest(cluster)
            cluster.fault = lambda node, *_: (500, error("null_pointer_exception", "oh")) if node == 0 else None
            self.check_read(cluster, TEXTS)
            cluster.fault = lambda node, *_: FakeCluster.DROP if node == 1 else None
            self.check_read(cluster, TEXTS)

    def test_a_node_that_never_answers_is_told(self):
        with FakeCluster() as cluster:
            cluster.fault = lambda *_: (503, error("cluster_manager_not_discovered_exception", "nobody"))
            said = self.run_lectern("stats", "-c", cluster.address(), code=1, seconds="1")
            self.assertIn("no node of the cluster has answered within 1 s", said)
            self.assertIn("(cluster_manager_not_discovered_exception: nobody)", said)

    def test_rows_that_cannot_be_read(self):
        """A row of many: one whose copy is gone is waited for, and one that will not come is told soon."""
        with FakeCluster() as cluster:
            self.ingest(cluster)
            mgets = []

            def part(kind, times):
                def fault(_, method, path, body):
                    if "/_mget" not in path:
                        return None
                    mgets.append(path)
                    if len(mgets) > times:
                        return None
                    docs = [cluster.got(doc["_id"]) for doc in json.loads(body)["docs"]]
                    docs[0] = {"_id": docs[0]["_id"], "error": {"type": kind, "reason": "as the test wants it"}}
                    return 200, {"docs": docs}
                return fault

            cluster.fault = part("no_shard_available_action_exception", 3)
            self.check_read(cluster, TEXTS)
            self.assertGreater(len(mgets), 3)
            mgets.clear()
            cluster.fault = part("illegal_state_exception", 10**6)
            said = self.run_lectern("get", "-c", cluster.address(), "wall", code=1)
            self.assertIn("(illegal_state_exception: as the test wants it)", said)
            self.assertTrue(any(node in said for node in cluster.nodes), said)
            self.assertGreater(len(mgets), 2)

    def test_what_cannot_be_shown_to_searches(self):
        def shards(kind):
            return {"_shards": {"total": 3, "successful": 2, "failed": 1, "failures": [
                {"shard": 0, "index": "notes", "status": "INTERNAL_SERVER_ERROR",
                 "reason": {"type": kind, "reason": "as the test wants it"}}]}}

        with FakeCluster() as cluster:
            cluster.fault = lambda _, method, path, body: (
                (200, shards("node_not_connected_exception"))
                if "/_refresh" in path and len(cluster.asked("/_refresh")) < 4 else None)
            self.ingest(cluster)
            self.check_whole(cluster, TEXTS)
            cluster.fault = lambda _, method, path, body: ((200, shards("refresh_failed_engine_exception"))
                                                           if "/_refresh" in path else None)
            said = self.run_lectern("delete", "-c", cluster.address(), "wall", code=1)
            self.assertIn("(refresh_failed_engine_exception: as the test wants it)", said)

    def test_a_bulk_that_is_done_in_part(self):
        for kind, status in (("unavailable_shards_exception", 503), ("rejected_execution_exception", 429),
                             ("node_closed_exception", 500), ("anything_exception", 500)):
            with self.subTest(kind), FakeCluster() as cluster:
                refused = []

                def fault(action, name, refused=refused, kind=kind, status=status):
                    # Every second row, the first time.
                    seen = name in refused
                    refused.append(name)
                    return None if seen or len(refused) % 2 else (status, kind)

                cluster.item_fault = fault
                self.ingest(cluster)
                self.check_whole(cluster, TEXTS)
                self.assertGreater(len(refused), len(set(refused)))

    def test_a_row_that_is_refused(self):
        with FakeCluster() as cluster:
            cluster.item_fault = lambda action, name: (400, "mapper_parsing_exception")
            said = self.ingest(cluster, code=1)
            self.assertIn("mapper_parsing_exception", said)
            self.assertTrue(any(node in said for node in cluster.nodes), said)
            self.assertEqual(cluster.of_kind("document"), {})
            # One that no node takes is not told as soon, and told all the same.
            cluster.item_fault = lambda action, name: (500, "anything_exception")
            self.assertIn("does not take the write", self.ingest(cluster, code=1))

    def test_a_row_that_reaches_too_few_copies_is_written_again(self):
        with FakeCluster() as cluster:
            few = []

            def copies(name):
                few.append(name)
                return 1 if few.count(name) < 3 else 2

            cluster.copies = copies
            self.ingest(cluster)
            self.assertEqual({few.count(name) for name in cluster.rows}, {3})
            self.check_whole(cluster, TEXTS)
            few.clear()
            cluster.copies = copies
            self.run_lectern("delete", "-c", cluster.address(), "wall")
            self.check_whole(cluster, {"bread": TEXTS["bread"]})

    def lose_answer(self, cluster, meanwhile=lambda name: None):
        """The next bulk that has heads is done, and its answer is lost; then `meanwhile` with each head's name."""
        lost = []

        def after(_, method, path, body):
            names = [json.loads(line) for line in body.decode().splitlines() if '"_id":"d' in line[:40]]
            if "/_bulk" not in path or lost or not names:
                return None
            lost.extend(about["_id"] for one in names for about in one.values())
            for name in lost:
                meanwhile(name)
            return FakeCluster.DROP

        cluster.after = after
        return lost

    def test_an_answer_that_is_lost(self):
        with FakeCluster() as cluster:
            lost = self.lose_answer(cluster)
            self.ingest(cluster)
            self.assertEqual(len(lost), len(TEXTS))
            self.check_whole(cluster, TEXTS)
            lost = self.lose_answer(cluster)
            changed = {**TEXTS, "wall": "Another wall. " * 30}
            self.ingest(cluster, self.write("changed.jsonl", changed))
            self.assertEqual(len(lost), 1)
            self.check_whole(cluster, changed)
            lost = self.lose_answer(cluster)
            self.run_lectern("delete", "-c", cluster.address(), "bread")
            self.assertEqual(len(lost), 1)
            self.check_whole(cluster, {"wall": changed["wall"]})

    def test_another_program_writes_behind_a_lost_answer(self):
        """The other one takes the rows of the version away whose writer does not know yet that it was written."""
        for there in (False, True):
            with self.subTest(there_before=there), FakeCluster() as cluster:
                if there:
                    self.ingest(cluster, self.write("before.jsonl", {name: "Before. " * 9 for name in TEXTS}))

                def write_over(name, cluster=cluster):
                    head = dict(cluster.rows[name]["_source"])
                    cluster.rows.pop(f"t{head['ordinal']}")
                    for i in range(head["count"]):
                        cluster.rows.pop(f"c{head['first'] + i}")
                    number = head["ordinal"] ^ 0x5555
                    head.update(ordinal=number, first=number, count=0, text_bytes=5)
                    cluster.put(f"t{number}", {"kind": "text", "ordinal": number, "text": "other"})
                    cluster.put(name, head)

                lost = self.lose_answer(cluster, write_over)
                self.ingest(cluster)
                self.assertEqual(len(lost), len(TEXTS))
                self.check_whole(cluster, TEXTS)

    def test_programs_write_the_same_documents_at_once(self):
        """Each document is that of one of them, whole, and nothing is left of the others."""
        names = [f"document-{number}" for number in range(40)]
        versions = [{name: "Knead the dough. " * (who + number % 5) for number, name in enumerate(names)}
                    for who in range(1, 4)]
        with FakeCluster() as cluster:
            files = [self.write(f"version-{who}.jsonl", texts) for who, texts in enumerate(versions)]
            running = [subprocess.Popen([PROGRAM, "ingest", "-c", cluster.address(), "--pipeline",
                                         self.folder / "few.yaml", file], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True,
                                        env={**os.environ, "LECTERN_OPENSEARCH_TIMEOUT": FOR_EVER}) for file in files]
            for process in running:
                self.addCleanup(process.kill)  # those that a failure leaves; the others have ended
            for process in running:
                said = process.communicate(timeout=300)[1]
                self.assertEqual(process.returncode, 0, said)
            self.assertEqual(cluster.problems(), [])
            heads = {head["id"]: head for head in cluster.of_kind("document").values()}
            self.assertEqual(sorted(heads), sorted(names))
            for name, head in heads.items():
                text = cluster.rows[f"t{head['ordinal']}"]["_source"]["text"]
                self.assertIn(text, [version[name] for version in versions])
                chunks = [cluster.rows[f"c{head['first'] + i}"]["_source"] for i in range(head["count"])]
                for chunk in chunks:
                    self.assertEqual(text.encode()[chunk["begin"]:chunk["end"]].decode(), chunk["text"])

    def test_another_program_writes_behind_a_write_on_too_few_copies(self):
        with FakeCluster() as cluster:
            written = []

            def copies(name):
                if not name.startswith("d") or name in written:
                    return 3
                written.append(name)
                return 1

            def after(_, method, path, body):
                # As soon as the first answer is given, another program has replaced what it wrote.
                if "/_bulk" not in path or len(written) != len(TEXTS) or "done" in written:
                    return None
                written.append("done")
                for name in written[:len(TEXTS)]:
                    head = dict(cluster.rows[name]["_source"])
                    for row in [f"t{head['ordinal']}"] + [f"c{head['first'] + i}" for i in range(head["count"])]:
                        cluster.rows.pop(row)
                    number = head["ordinal"] ^ 0x5555
                    head.update(ordinal=number, first=number, count=0, text_bytes=5)
                    cluster.put(f"t{number}", {"kind": "text", "ordinal": number, "text": "other"})
                    cluster.put(name, head)
                return None

            cluster.copies = copies
            cluster.after = after
            self.ingest(cluster)
            self.assertIn("done", written)
            self.check_whole(cluster, TEXTS)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[2:]])
