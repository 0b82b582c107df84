"""Webhooks of jobs as a receiver of its own sees them, and what is never sent."""
import base64
import hashlib
import hmac
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from serving import PROGRAM, Server

TINY = os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml")
SECRET = b"a secret of the two of us alone"


class Receiver:
    """A web server that keeps what it is sent; the first response is 503."""

    def __init__(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.messages.append((self.path, dict(self.headers), body))
                self.send_response(503 if len(receiver.messages) == 1 else 204)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.messages = []
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class WebhooksTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lectern-webhooks-")
        self.addCleanup(self.folder.cleanup)
        self.secret = os.path.join(self.folder.name, "secret")
        with open(self.secret, "wb") as file:
            file.write(SECRET + b"\n")

    def job_until_told(self, server, job, collection="notes"):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            now = server.request("GET", f"/collections/{collection}/jobs/{job}")[2]
            if "webhooks" in now and all(one["state"] != "waiting" for one in now["webhooks"]):
                return now
            time.sleep(0.05)
        raise AssertionError(now)

    def test_a_job_tells_its_end_signed_and_again_when_it_was_not_taken(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        server = Server("--pipeline", TINY, "--webhook", receiver.url + "/jobs", "--webhook-secret", self.secret)
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            status, _, job = server.request("POST", "/collections/notes/verify", {"webhook": receiver.url + "/jobs/7"})
            self.assertEqual((status, job["settings"]), (202, {"webhook": receiver.url + "/jobs/7"}))
            told = self.job_until_told(server, job["job"])["webhooks"]
            self.assertEqual(told, [{"url": receiver.url + "/jobs/7", "state": "delivered", "attempts": 2, "status": 204}])
            self.assertEqual(len(receiver.messages), 2)
            for path, headers, body in receiver.messages:
                self.assertEqual(path, "/jobs/7")
                signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
                expected = base64.b64encode(hmac.new(SECRET, signed, hashlib.sha256).digest()).decode()
                self.assertEqual(headers["webhook-signature"], "v1," + expected)
                self.assertLess(abs(time.time() - int(headers["webhook-timestamp"])), 300)
            message = json.loads(receiver.messages[1][2])
            self.assertEqual((message["type"], message["data"]["job"]), ("job.done", job["job"]))
            self.assertEqual(message["data"]["kind"], "verify")

            # What the operator has not named is refused when it is asked, and nothing is begun.
            for url in ["http://127.0.0.1:1/jobs", receiver.url, receiver.url + "/jobsx", receiver.url + "/jobs/../x",
                        receiver.url.replace("127.0.0.1", "user@127.0.0.1") + "/jobs", "file:///etc/passwd", ""]:
                status, _, problem = server.request("POST", "/collections/notes/verify", {"webhook": url})
                self.assertEqual(status, 400, url)
                self.assertIn("'webhook'", problem["detail"])
            self.assertEqual(len(server.request("GET", "/collections/notes/jobs")[2]["jobs"]), 1)
            self.assertEqual(len(receiver.messages), 2)

            # What begins a job by another path tells its end too: a restore of a set, and an upload.
            job = server.request("POST", "/collections/notes/backups", {"webhook": receiver.url + "/jobs/8"})[2]
            self.assertEqual(self.job_until_told(server, job["job"])["state"], "done")
            (kept,) = server.request("GET", "/backups")[2]["sets"]
            restore = f"/backups/{kept['set']}/1/restore"
            upload = lambda name, url: server.request(
                "POST", f"/backups?as={name}&webhook={urllib.parse.quote(url, safe='')}",
                server.request("GET", "/collections/notes/backups/1", raw=True)[2], {"Content-Type": "application/x-tar"})
            for begin in [lambda name, url: server.request("POST", restore, {"as": name, "webhook": url}), upload]:
                status, _, problem = begin("again", receiver.url + "/jobsx")
                self.assertEqual(status, 400, problem)
                status, _, job = begin("again", receiver.url + "/jobs/9")
                self.assertEqual(status, 202, job)
                self.assertEqual(self.job_until_told(server, job["job"], "again")["state"], "done")
                self.assertEqual(server.request("DELETE", "/collections/again")[0], 204)
            self.assertEqual([path for path, _, _ in receiver.messages[2:]], ["/jobs/8", "/jobs/9", "/jobs/9"])
        finally:
            server.remove()

    def test_the_operators_address_is_told_of_every_job(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        receiver.messages.append(None)  # nothing is refused
        server = Server("--pipeline", TINY, "--webhook-always", receiver.url + "/all", "--webhook-secret", self.secret)
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            job = server.request("POST", "/collections/notes/backups")[2]
            told = self.job_until_told(server, job["job"])["webhooks"]
            self.assertEqual([one["state"] for one in told], ["delivered"])
            self.assertEqual(json.loads(receiver.messages[1][2])["data"]["kind"], "backup")
        finally:
            server.remove()

    def test_documents_are_stored_by_a_job(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        receiver.messages.append(None)  # nothing is refused
        server = Server("--pipeline", TINY, "--webhook", receiver.url, "--webhook-secret", self.secret)
        documents = "/collections/notes/documents"
        later = {"Prefer": "respond-async"}
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            lines = "".join(json.dumps({"id": f"d{i}", "text": f"Encoder number {i}."}) + "\n" for i in range(300))
            lines += '{"delete": "d7"}\n{"id": "..", "text": "x"}\nno json\n'
            status, headers, job = server.request("POST", f"{documents}?webhook={receiver.url}/done", lines, later)
            self.assertEqual((status, job["kind"], headers["Preference-Applied"]), (202, "ingest", "respond-async"))
            self.assertEqual(headers["Location"], f"/collections/notes/jobs/{job['job']}")
            ended = self.job_until_told(server, job["job"])
            self.assertEqual((ended["state"], ended["percent"]), ("done", 100))
            self.assertEqual({name: ended["result"][name] for name in ("stored", "deleted", "failed")},
                             {"stored": 300, "deleted": 1, "failed": 2})
            self.assertEqual([error["line"] for error in ended["result"]["errors"]], [302, 303])
            self.assertEqual(server.request("POST", "/collections/notes/count", {})[2]["documents"], 299)
            self.assertEqual(json.loads(receiver.messages[1][2])["data"]["result"]["stored"], 300)
            self.assertEqual(os.listdir(os.path.join(server.folder, "data", ".uploads")), [])
            # What is refused is kept nowhere.
            for path, expected in [("/collections/none/documents", 404), (documents + "?webhook=http://127.0.0.1:1/", 400)]:
                self.assertEqual(server.request("POST", path, lines, later)[0], expected)
            self.assertEqual(os.listdir(os.path.join(server.folder, "data", ".uploads")), [])
        finally:
            server.remove()

    def test_a_sync_tells_its_end(self):
        receiver = Receiver()
        self.addCleanup(receiver.close)
        receiver.messages.append(None)  # nothing is refused
        manuals = tempfile.TemporaryDirectory(prefix="lectern-manuals-")
        self.addCleanup(manuals.cleanup)
        for i in range(3):
            with open(os.path.join(manuals.name, f"{i}.md"), "w", encoding="utf-8") as file:
                file.write(f"# Encoder\n\nThe encoder reads words.\n{i}\n")
        server = Server("--pipeline", TINY, "--webhook", receiver.url, "--webhook-secret", self.secret,
                        "--source", "manuals=" + manuals.name)
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            path = "/collections/notes/sync"
            status, _, job = server.request("POST", path, {"sources": ["manuals"], "webhook": receiver.url + "/synced"})
            self.assertEqual((status, job["kind"], job["state"]), (202, "sync", "running"), job)
            ended = self.job_until_told(server, job["job"])
            self.assertEqual((ended["state"], ended["percent"], ended["result"]["documents"]), ("done", 100, 3))
            # Bytes of the files, all of them.
            self.assertGreater(ended["total"], 0)
            self.assertEqual(ended["done"], ended["total"])
            (where, _, body), = receiver.messages[1:]
            message = json.loads(body)
            self.assertEqual((where, message["type"], message["data"]["result"]["documents"]), ("/synced", "job.done", 3))
            self.assertEqual(server.request("POST", path, {"sources": ["manuals"], "webhook": "http://127.0.0.1:1/"})[0], 400)
        finally:
            server.remove()

    def test_webhooks_are_never_unsigned(self):
        ended = subprocess.run([PROGRAM, "serve", "--data", self.folder.name, "--listen", "127.0.0.1:0",
                                "--webhook", "http://127.0.0.1:9/"], check=False, capture_output=True, text=True)
        self.assertEqual(ended.returncode, 1)
        self.assertIn("--webhook-secret", ended.stderr)


if __name__ == "__main__":
    unittest.main()
