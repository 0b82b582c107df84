"""Plugins that do what they must not, in the server and the program: the plugin is
engine/plugin_host/testdata/wrong.cpp, which does wrong when it meets the word "wrong"."""
import contextlib
import http.client
import os
import signal
import subprocess
import tempfile
import threading
import time
import unittest

from serving import PROGRAM, Server

PLUGINS = os.environ["LECTERN_WRONG_PLUGIN"]

PIPELINE = """version: 1
pipeline: odd
stages:
  text: {plugin: documents, stage: text}
  chunks: {plugin: passages, stage: splitter}
  odd: {plugin: wrong, stage: custom, options: {how: %(custom)s}}
  tokens: {plugin: wrong, stage: tokenizer, options: {how: %(tokenizer)s}}
  vectors: {plugin: wrong, stage: embedder, options: {how: %(embedder)s}}
  evidence: {plugin: wrong, stage: reader, options: {how: %(reader)s}}
ingest: [source, text, %(ingest)schunks, tokens, vectors, commit]
query: [query, %(query)stokens, vectors, search, evidence]
answer: {abstain_below: 0.99}
search: {mode: dense}
"""


def processor_seconds(process):
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        words = file.read().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lectern-wrong-")
        self.addCleanup(self.folder.cleanup)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def pipeline(self, **how):
        values = {"custom": "''", "tokenizer": "''", "embedder": "''", "reader": "''",
                  "ingest": "", "query": "", **how}
        with open(self.path("odd.yaml"), "w", encoding="utf-8") as file:
            file.write(PIPELINE % values)
        return self.path("odd.yaml")

    def program(self, *words):
        return subprocess.run([PROGRAM, *words, "--plugins", PLUGINS], capture_output=True,
                              text=True, timeout=120, check=False)

    def ingest(self, **how):
        """30 documents, of which one has the word."""
        pipeline = self.pipeline(**how)
        os.mkdir(self.path("in"))
        for i in range(30):
            with open(self.path(f"in/{i}.txt"), "w", encoding="utf-8") as file:
                file.write(f"The {'wrong' if i == 7 else 'tenth'} keeper lights lamp {i}.")
        return self.program("ingest", "--pipeline", pipeline, "-c", self.path("notes"),
                            self.path("in"))

    def serve(self, *options, **how):
        server = Server("--no-access-log", "--plugins", PLUGINS, "--pipeline",
                        self.pipeline(**how), *options)
        self.addCleanup(server.remove)
        self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
        status, _, answer = server.request("PUT", "/collections/notes/documents/a",
                                           {"text": "The keeper lights the lamp at dusk."})
        self.assertEqual(status, 201, answer)
        return server

    @staticmethod
    def search(server, query, **more):
        return server.request("POST", "/collections/notes/search", {"query": query, **more})


class Ingest(Case):
    def test_one_bad_item_costs_one_document(self):
        rows = [({"embedder": "nan"}, "stage 'vectors' (plugin wrong) gave a vector that holds"),
                ({"embedder": "throw"}, "stage 'vectors' (plugin wrong): its embed threw"),
                ({"embedder": "zeros"}, "stage 'vectors' (plugin wrong) gave a vector that is"),
                ({"embedder": "long"}, "gave a vector that has the length"),
                ({"tokenizer": "none"}, "stage 'tokens' (plugin wrong) gave no tokens"),
                ({"tokenizer": "twice"}, "(plugin wrong): it gave the tokens of"),
                # The splitter asks for the ends of tokens before the embedder gets them.
                ({"tokenizer": "no_ranges"}, "stage 'tokens' (plugin wrong) gives no ranges of its tokens"),
                ({"tokenizer": "bad_range"}, "gave a token's range that is not in the text"),
                ({"tokenizer": "huge_count"}, "gave 1099511627776 tokens of a text"),
                ({"tokenizer": "neither"}, "gave tokens with neither ids nor words"),
                ({"custom": "throw", "ingest": "odd, "},
                 "stage 'odd' (plugin wrong): its process threw an exception"),
                ({"custom": "throw_int", "ingest": "odd, "}, "its process threw an exception"),
                ({"custom": "endless", "ingest": "odd, "}, "gives more than the limit"),
                ({"custom": "bad_utf8", "ingest": "odd, "}, "not valid UTF-8")]
        for how, message in rows:
            with self.subTest(how=how), tempfile.TemporaryDirectory() as folder:
                self.folder.name = folder
                done = self.ingest(**how)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertIn(message, done.stderr)
                self.assertNotIn("\x1b", done.stderr)
                self.assertRegex(done.stdout + done.stderr, r"\b29 documents")

    def test_an_exit_of_a_plugin_is_no_success(self):
        for how in ("exit", "exit_thread"):
            with self.subTest(how=how), tempfile.TemporaryDirectory() as folder:
                self.folder.name = folder
                done = self.ingest(custom=how, ingest="odd, ")
                self.assertEqual(done.returncode, 1, done.stdout)
                self.assertIn("called exit()", done.stderr)


class Serving(Case):
    def test_what_a_stage_throws_fails_the_request_alone(self):
        for how, message in (("throw", "thrown ?[31mby a plugin"), ("throw_int", "threw")):
            server = self.serve(embedder=how)
            status, _, answer = self.search(server, "wrong")
            self.assertEqual(status, 500, answer)
            self.assertIn("stage 'vectors' (plugin wrong): its embed threw", answer["detail"])
            self.assertIn(message, answer["detail"])
            self.assertEqual(self.search(server, "lamp")[0], 200)
            self.assertEqual(server.stop(), 0)

    def test_a_score_that_is_none_passes_no_threshold(self):
        for how in ("nan", "nine"):
            server = self.serve(reader=how)
            status, _, answer = server.request("POST", "/collections/notes/ask",
                                               {"question": "What is wrong?"})
            self.assertEqual(status, 500, answer)
            self.assertIn("stage 'evidence' (plugin wrong): it gave evidence with the score",
                          answer["detail"])

    def test_a_stage_that_does_not_come_back_ends_its_request_and_not_the_others(self):
        server = self.serve("--read-threads", "1", "--drain", "1", custom="hang", query="odd, ")
        for _ in range(2):
            begun = time.monotonic()
            status, _, answer = self.search(server, "wrong", deadline_milliseconds=200)
            self.assertEqual(status, 504, answer)
            self.assertIn("stage 'odd' (plugin wrong) has not come back from its process",
                          answer["detail"])
            self.assertLess(time.monotonic() - begun, 30)
            self.assertEqual(self.search(server, "lamp")[0], 200)
        begun = time.monotonic()
        self.assertEqual(server.stop(signal.SIGTERM), 1)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertRegex(server.log_text(), "stage 'odd' .plugin wrong. has not come back from its "
                                            "process for [0-9]+ s; the process ends")

    def test_an_ingest_that_does_not_come_back_does_not_keep_the_server(self):
        server = self.serve("--drain", "1", custom="hang", ingest="odd, ")

        def put():
            with contextlib.suppress(OSError, http.client.HTTPException):
                server.request("PUT", "/collections/notes/documents/b", {"text": "wrong"})

        before = processor_seconds(server.process.pid)
        writer = threading.Thread(target=put)
        writer.start()
        # The stage turns in circles: it is there when the process has worked for so long.
        while processor_seconds(server.process.pid) < before + 2:
            time.sleep(0.01)
        self.assertEqual(self.search(server, "lamp")[0], 200)  # others go on
        begun = time.monotonic()
        self.assertEqual(server.stop(signal.SIGTERM), 1)
        self.assertLess(time.monotonic() - begun, 30)
        self.assertRegex(server.log_text(), "stage 'odd' .plugin wrong. has not come back from its process")
        writer.join()

    def test_a_vector_that_is_none_fails_its_query_alone(self):
        for how in ("nan", "zeros", "two"):
            with self.subTest(how=how):
                server = self.serve(embedder=how)
                status, _, answer = self.search(server, "wrong")
                self.assertEqual(status, 500, answer)
                self.assertIn("stage 'vectors' (plugin wrong) gave a vector that", answer["detail"])
                self.assertEqual(self.search(server, "lamp")[0], 200)

    def test_an_exit_ends_the_server_with_a_failure(self):
        server = self.serve(custom="exit", query="odd, ")
        try:
            self.search(server, "wrong")
        except OSError:
            pass  # the connection ends with the process
        self.assertEqual(server.process.wait(timeout=60), 1)
        self.assertIn("stage 'odd' (plugin wrong) called exit() in its process", server.log_text())


if __name__ == "__main__":
    unittest.main()
