"""Who is let in when more comes than can be done: 429 and 503, each with Retry-After, by design."""
import collections
import concurrent.futures
import http.client
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from serving import PROGRAM, Server

# Holds a worker of answers for some seconds.
LONG = {"model": "default", "max_tokens": 150, "stream": True,
        "messages": [{"role": "user", "content": "Tell a very long story about the sea."}]}


class Generation:
    """A streamed generation that is under way when the object is made; read() gives the rest."""

    def __init__(self, server, headers=None):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self.connection.request("POST", "/v1/chat/completions", json.dumps(LONG),
                                {"Content-Type": "application/json", **(headers or {})})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()
        self.begun = self.response.readline()

    def read(self):
        text = self.begun + self.response.read()
        self.connection.close()
        return text.decode()


class Case(unittest.TestCase):
    def serve(self, *options):
        server = Server("--no-access-log", *options)
        self.addCleanup(server.remove)
        return server

    def with_notes(self, *options):
        server = self.serve(*options)
        self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
        status, _, _ = server.request("PUT", "/collections/notes/documents/a",
                                      {"text": "The keeper lights the lamp at dusk."})
        self.assertEqual(status, 201)
        # The models that answer are loaded before anything is limited by time.
        server.request("POST", "/v1/chat/completions", {**LONG, "max_tokens": 1, "stream": False})
        return server

    def expect_turned_away(self, answer, status=429, says=""):
        self.assertEqual(answer[0], status, answer[2])
        self.assertGreaterEqual(int(answer[1]["Retry-After"]), 1)
        self.assertIn(says, json.dumps(answer[2]))


class QueueTest(Case):
    def test_a_burst_is_answered_or_turned_away_and_nobody_hangs(self):
        server = self.with_notes("--read-threads", "1", "--queue", "2", "--max-requests", "6")

        def search(number):
            return server.request("POST", "/collections/notes/search", {"query": f"lamp {number}"})

        with concurrent.futures.ThreadPoolExecutor(32) as clients:
            answers = list(clients.map(search, range(400)))
        seen = collections.Counter(status for status, _, _ in answers)
        self.assertEqual(set(seen), {200, 429}, seen)
        for answer in answers:
            if answer[0] == 429:
                self.expect_turned_away(answer)
        self.assertEqual(search(0)[0], 200)
        text = server.request("GET", "/metrics")[2].decode()
        turned = sum(float(line.split()[-1]) for line in text.splitlines()
                     if line.startswith("lectern_rejected_total"))
        self.assertEqual(turned, seen[429])

    def test_who_waits_too_long_is_told_so_in_time(self):
        server = self.with_notes("--ask-threads", "1", "--queue", "1", "--queue-wait", "200")
        running = Generation(server)
        begin = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(1) as clients:
            waiting = clients.submit(
                server.request, "POST", "/collections/notes/ask", {"question": "Who lights it?"})
            late = waiting.result()
        waited = time.monotonic() - begin
        self.expect_turned_away(late, says="waited too long")
        # It was told while the one before it still ran; that one is whole.
        rest = running.read()
        self.assertLess(waited, time.monotonic() - begin)
        self.assertTrue(rest.rstrip().endswith("data: [DONE]"), rest[-200:])

    def test_generations_fill_their_own_lane_only(self):
        server = self.with_notes("--ask-threads", "1", "--queue", "1", "--queue-wait", "60000")
        running = Generation(server)
        with concurrent.futures.ThreadPoolExecutor(2) as clients:
            ask = ("POST", "/collections/notes/ask", {"question": "Who lights it?", "extractive": True})
            waiting = clients.submit(server.request, *ask)
            while 'lectern_queue_depth{lane="ask"} 1' not in server.request("GET", "/metrics")[2].decode():
                time.sleep(0.01)
            self.expect_turned_away(server.request(*ask), says="wait already")
            for number in range(3):
                status, _, _ = server.request("POST", "/collections/notes/search", {"query": "lamp"})
                self.assertEqual(status, 200)
                status, _, _ = server.request("PUT", f"/collections/notes/documents/b{number}", {"text": "B."})
                self.assertEqual(status, 201)
            self.assertIn("[DONE]", running.read())
            self.assertEqual(waiting.result()[0], 200)


class KeyTest(Case):
    def with_keys(self, *names):
        """A server and, of each name, the header of a key that may do one thing at a time."""
        folder = tempfile.TemporaryDirectory(prefix="lectern-keys-")
        self.addCleanup(folder.cleanup)
        keys = os.path.join(folder.name, "keys.json")
        headers = [{"Authorization": "Bearer " + subprocess.run(
            [PROGRAM, "key", name, "--keys", keys, "--right", "read", "--max-concurrent", "1"],
            check=True, capture_output=True, text=True).stdout.strip()} for name in names]
        return self.serve("--keys", keys, "--ask-threads", "2"), *headers

    def test_one_key_uses_up_nobody_elses_turn(self):
        server, one, two = self.with_keys("one", "two")
        server.request("POST", "/v1/chat/completions", {**LONG, "max_tokens": 1, "stream": False}, one)
        running = Generation(server, one)
        self.expect_turned_away(server.request("GET", "/collections", None, one), says="this key")
        self.assertEqual(server.request("GET", "/collections", None, two)[0], 200)
        self.assertIn("[DONE]", running.read())
        self.assertEqual(server.request("GET", "/collections", None, one)[0], 200)

    def test_who_has_read_an_answer_may_ask_again_at_once(self):
        # Clients of this protocol stop reading at [DONE]; the turn must be given back before it.
        # On one processor, where a client runs before the server has gone on.
        processors = os.sched_getaffinity(0)
        self.addCleanup(os.sched_setaffinity, 0, processors)
        os.sched_setaffinity(0, {min(processors)})
        server, key = self.with_keys("one")
        body = json.dumps({**LONG, "max_tokens": 1})
        for _ in range(40):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
            connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json", **key})
            response = connection.getresponse()
            self.assertEqual(response.status, 200)
            while response.readline() != b"data: [DONE]\n":
                pass
            self.assertEqual(server.request("GET", "/collections", None, key)[0], 200)
            connection.close()


class SlowClientTest(Case):
    def test_slow_senders_and_readers_block_nobody(self):
        server = self.with_notes("--read-threads", "1", "--ask-threads", "1", "--max-requests", "4")
        slow = []
        for number in range(64):
            client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
            self.addCleanup(client.close)
            client.sendall([b"POST /collections/notes/search HTTP/1.1\r\nHost: loc",
                            b"POST /collections/notes/search HTTP/1.1\r\nHost: localhost\r\n"
                            b"Content-Length: 100\r\n\r\n{\"query\": "][number % 2])
            slow.append(client)
        # One that asks for much and never reads: the answers stay in its own connection.
        deaf = socket.create_connection(("127.0.0.1", server.port), timeout=60)
        self.addCleanup(deaf.close)
        deaf.settimeout(1)
        one = b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
        try:
            for _ in range(2000):
                deaf.sendall(one)
        except TimeoutError:
            pass  # its own bytes are not taken any more
        for number in range(20):
            status, _, _ = server.request("POST", "/collections/notes/search", {"query": f"lamp {number}"})
            self.assertEqual(status, 200)


class DrainTest(Case):
    def test_sigterm_ends_what_runs_and_refuses_what_comes(self):
        server = self.with_notes("--drain", "60")
        running = Generation(server)
        kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        kept.request("GET", "/collections")  # a connection that was there before
        self.assertEqual(kept.getresponse().read()[:1], b"{")
        stored = threading.Event()
        answers = []

        def load():
            while True:
                try:
                    answer = server.request("PUT", f"/collections/notes/documents/d{len(answers)}",
                                            {"text": f"Number {len(answers)}."})
                except (ConnectionError, http.client.HTTPException):
                    return
                answers.append(answer)
                stored.set()
                if answer[0] == 503:
                    time.sleep(0.02)

        thread = threading.Thread(target=load)
        thread.start()
        stored.wait()
        server.process.send_signal(signal.SIGTERM)
        while server.request("GET", "/readyz")[0] != 503:
            pass
        self.expect_turned_away(
            server.request("POST", "/collections/notes/search", {"query": "lamp"}), 503, "draining")
        kept.request("GET", "/collections")
        old = kept.getresponse()
        self.assertEqual((old.status, old.headers["Connection"]), (503, "close"))
        self.assertEqual(server.request("GET", "/healthz")[0], 200)
        self.assertIn("[DONE]", running.read())
        self.assertEqual(server.process.wait(timeout=60), 0)
        thread.join()
        self.assertEqual({status for status, _, _ in answers}, {201, 503})
        for answer in answers:
            if answer[0] == 503:
                self.expect_turned_away(answer, 503)
        server.start()
        for number, (status, _, _) in enumerate(answers):
            expected = 200 if status == 201 else 404
            self.assertEqual(server.request("GET", f"/collections/notes/documents/d{number}")[0], expected)


if __name__ == "__main__":
    unittest.main()
