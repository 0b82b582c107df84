"""A client that goes away ends the work on its request: with stages that never end by themselves."""
import json
import os
import socket
import tempfile
import time
import unittest

from serving import Server

PIPELINE = """
version: 1
pipeline: endless
stages:
  text: {plugin: documents, stage: text}
  held: {plugin: slow, stage: wait}
  chunks: {plugin: passages, stage: splitter}
  tokens: {plugin: words}
  vectors: {plugin: word2vec, options: {model: MODEL}}
  evidence: {plugin: passages, stage: reader}
  answer: {plugin: slow, stage: endless}
ingest: [source, text, chunks, tokens, vectors, commit]
query: [query, held, tokens, vectors, search, evidence, answer, verify]
answer: {abstain_below: 0, writing: free}
"""
TEXT = ("The moon raises the tides of the sea every day of the year. "
        "The sun raises the tides of the sea too, but less than the moon does.")
WITHIN = 100  # seconds; the server's own limit of an answer is 120


class DisconnectTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="lectern-disconnect-")
        model = os.path.join(cls.folder.name, "words.vec")
        words = ["moon", "sun", "sea", "tides", "raises", "wait", "day", "year"]
        with open(model, "w", encoding="utf-8") as file:
            file.write(f"{len(words)} 8\n")
            for i, word in enumerate(words):
                file.write(word + " " + " ".join("1" if k == i else "0.1" for k in range(8)) + "\n")
        pipeline = os.path.join(cls.folder.name, "endless.yaml")
        with open(pipeline, "w", encoding="utf-8") as file:
            file.write(PIPELINE.replace("MODEL", model))
        cls.server = Server("--plugins", os.environ["LECTERN_SLOW_PLUGIN"], "--pipeline", pipeline)
        assert cls.server.request("PUT", "/collections/sea")[0] == 201
        assert cls.server.request("PUT", "/collections/sea/documents/tides", {"text": TEXT})[0] == 201

    @classmethod
    def tearDownClass(cls):
        cls.server.remove()
        cls.folder.cleanup()

    def busy(self, lane):
        text = self.server.request("GET", "/metrics")[2].decode()
        name = f'lectern_workers_busy{{lane="{lane}"}} '
        return int(float(next(line for line in text.splitlines() if line.startswith(name)).rsplit(" ", 1)[1]))

    def until_busy(self, lane, count):
        end = time.monotonic() + WITHIN
        while self.busy(lane) != count:
            self.assertLess(time.monotonic(), end, f"the workers of {lane} are never {count}")

    def send(self, path, body, more=b"", accept="application/json"):
        connection = socket.create_connection(("127.0.0.1", self.server.port))
        data = json.dumps(body).encode()
        connection.sendall(f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: {accept}\r\n"
                           f"Content-Length: {len(data)}\r\n\r\n".encode() + data + more)
        return connection

    def test_work_ends_with_its_client(self):
        question = {"question": "What raises the tides of the sea?"}
        chat = {"model": "default", "messages": [{"role": "user", "content": "a"}]}
        cases = [
            ("ask", "/collections/sea/ask", question, b""),
            ("ask", "/collections/sea/summarize", {"document": "tides"}, b""),
            ("ask", "/collections/sea/search", {"query": "tides of the sea", "summarize": "list"}, b""),
            ("ask", "/v1/chat/completions", chat, b""),
            # A request behind it, which nobody waits for either.
            ("ask", "/collections/sea/ask", question, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"),
        ]
        for lane, path, body, more in cases:
            with self.subTest(path):
                connection = self.send(path, body, more)
                self.until_busy(lane, 1)
                connection.close()
                self.until_busy(lane, 0)

    def test_a_search_ends_with_its_client(self):
        connection = self.send("/collections/sea/search", {"query": "wait"})
        # The other one is the look itself.
        self.until_busy("read", 2)
        connection.close()
        self.until_busy("read", 1)

    def test_the_log_says_so(self):
        connection = self.send("/collections/sea/ask", {"question": "wait"})
        self.until_busy("ask", 1)
        connection.close()
        self.until_busy("ask", 0)
        self.server.logged(lambda line: line.get("status") == 499)

    def test_a_client_that_stays_gets_its_answer_later(self):
        with self.send("/collections/sea/ask",
                       {"question": "wait", "deadline_milliseconds": 1500}) as connection:
            self.assertTrue(connection.recv(100).startswith(b"HTTP/1.1 504 "))


if __name__ == "__main__":
    unittest.main()
