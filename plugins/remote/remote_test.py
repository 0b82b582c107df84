"""`lectern ask` whose writer is another server: one that a test plays, good and bad, and Lectern's own."""
import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import unittest

PROGRAM = os.environ["LECTERN_PROGRAM"]
TEXT = "The Orion project started in March 2019. It is led by Dr. Amara Okafor.\n"
QUESTION = "When did the Orion project start?"
TRUE = "The Orion project started in March 2019 [1]."


class Player(http.server.BaseHTTPRequestHandler):
    """A chat server that behaves as `self.server.script` says."""
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((self.path, dict(self.headers), body))
        self.server.script(self)

    def reply(self, status, text, media_type="application/json"):
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, pieces, done=True):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"data: " + json.dumps({"choices": [{"delta": {"content": piece}}]}).encode() + b"\n\n")
            self.wfile.flush()
        if done:
            self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True


def whole(text):
    return json.dumps({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]})


class Remote(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="lectern-remote-")
        with open(os.path.join(cls.folder, "orion.txt"), "w", encoding="utf-8") as file:
            file.write(TEXT)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Player)
        cls.server.daemon_threads = True
        cls.server.seen = []
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{cls.server.server_port}/v1"

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        shutil.rmtree(cls.folder)

    def ask(self, url, options="", environment=None, fails=False):
        source = os.path.join(os.environ["LECTERN_SOURCE_DIR"], "config", "pipelines", "bert.yaml")
        with open(source, encoding="utf-8") as file:
            pipeline = file.read()
        pipeline, count = re.subn(r"(?m)^  answer: .*$",
                                  f"  answer: {{plugin: remote, options: {{url: \"{url}\"{options}}}}}", pipeline)
        self.assertEqual(count, 1)
        path = os.path.join(self.folder, "remote.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(pipeline)
        collection = os.path.join(self.folder, "collection")
        shutil.rmtree(collection, ignore_errors=True)
        subprocess.run([PROGRAM, "ingest", "-c", collection, "--pipeline", path,
                        os.path.join(self.folder, "orion.txt")], check=True, capture_output=True)
        done = subprocess.run([PROGRAM, "ask", "-c", collection, "--json", QUESTION],
                              capture_output=True, text=True, env={**os.environ, **(environment or {})}, timeout=120)
        if fails:
            self.assertNotEqual(done.returncode, 0, done.stdout)
            return done.stderr
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def play(self, script, **more):
        self.server.seen.clear()
        self.server.script = script
        return self.ask(self.url, **more)

    def quoted(self, answer, hint):
        self.assertEqual(answer["status"], "extractive")
        self.assertIn("March 2019", answer["answer"])
        self.assertTrue(any(hint in one for one in answer.get("hints", [])), answer)

    def test_a_stream_is_the_answer(self):
        answer = self.play(lambda s: s.stream(["The Orion pro", "ject started in Mar", "ch 2019 [1]."]),
                           options=", model: tiny, key_variable: ORION_KEY", environment={"ORION_KEY": "sk-7"})
        self.assertEqual((answer["status"], answer["answer"]), ("answered", TRUE))
        path, headers, body = self.server.seen[-1]
        self.assertEqual(path, "/v1/chat/completions")
        self.assertEqual(headers["Authorization"], "Bearer sk-7")
        self.assertEqual((body["model"], body["stream"]), ("tiny", True))
        self.assertIn("March 2019", body["messages"][-1]["content"])

    def test_an_answer_in_one_piece_is_one_too(self):
        self.assertEqual(self.play(lambda s: s.reply(200, whole(TRUE)))["answer"], TRUE)

    def test_what_the_evidence_does_not_say_is_not_said(self):
        answer = self.play(lambda s: s.stream(["The Orion project started in May 2023 [1]."]))
        self.assertEqual(answer["status"], "extractive")
        self.assertIn("March 2019", answer["answer"])

    def test_a_server_that_is_away_costs_the_phrasing_only(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.quoted(self.ask(f"http://127.0.0.1:{port}/v1"), "the writer is away")

    def test_so_does_one_that_is_overloaded_or_ends_too_early_or_is_silent(self):
        over = threading.Event()
        self.addCleanup(over.set)

        def broken(server):
            server.send_response(200)
            server.send_header("Content-Type", "text/event-stream")
            server.send_header("Content-Length", "1000")
            server.end_headers()
            server.wfile.write(b"data: {\"choices\"")
            server.close_connection = True

        for script, hint in [(lambda s: s.reply(503, '{"error":{"message":"too busy"}}'), "too busy"),
                             (broken, "the writer is away"),
                             (lambda s: over.wait(60), "silent")]:
            self.quoted(self.play(script, options=", timeout_seconds: 1"), hint)

    def test_a_wrong_key_or_model_is_an_error_that_says_so(self):
        said = self.play(lambda s: s.reply(401, '{"error":{"message":"no such key"}}'), fails=True)
        self.assertIn("no such key", said)
        self.assertIn("key_file", said)
        self.assertIn("'url' and 'model'", self.play(lambda s: s.reply(404, "{}"), fails=True))
        self.assertIn("no JSON", self.play(lambda s: s.reply(200, "<html>"), fails=True))
        # Another server is not followed to: it would be given the key.
        self.assertIn("302", self.play(lambda s: (s.send_response(302), s.send_header("Location", "/other"),
                                                  s.send_header("Content-Length", "0"), s.end_headers()), fails=True))
        self.assertEqual(len(self.server.seen), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
