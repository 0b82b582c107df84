"""What `lectern serve` is told: TLS, the configuration file, and the limits, each seen over a socket."""
import http.client
import json
import os
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest
import unittest.mock

from serving import PROGRAM, SOURCE, Server

TESTDATA = os.path.join(SOURCE, "tests/server/testdata")
CERTIFICATE = os.path.join(TESTDATA, "localhost.pem")
MODELS = os.environ["LECTERN_TEST_MODELS"]
KEY = os.path.join(TESTDATA, "localhost.key.pem")


class TlsTest(unittest.TestCase):
    def test_requests_are_answered_over_tls_only(self):
        server = Server("--tls-certificate", CERTIFICATE, "--tls-key", KEY)
        try:
            trusting = ssl.create_default_context(cafile=CERTIFICATE)
            for _ in range(2):
                connection = http.client.HTTPSConnection(
                    "localhost", server.port, timeout=60, context=trusting)
                for _ in range(3):  # on one connection
                    connection.request("GET", "/collections")
                    response = connection.getresponse()
                    self.assertEqual((response.status, json.load(response)), (200, {"collections": []}))
                connection.close()
            with self.assertRaises(ssl.SSLCertVerificationError):
                http.client.HTTPSConnection("localhost", server.port, timeout=60).request("GET", "/")
            old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            old.load_verify_locations(CERTIFICATE)
            old.set_ciphers("ALL:@SECLEVEL=0")
            old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                http.client.HTTPSConnection(
                    "localhost", server.port, timeout=60, context=old).request("GET", "/")
            # What is recorded today stays closed when the key is lost.
            for ciphers, taken in [("AES128-GCM-SHA256", False), ("ECDHE-ECDSA-AES128-SHA", False),
                                   ("ECDHE-ECDSA-AES256-SHA384", False), ("ECDHE+AESGCM", True), ("ECDHE+CHACHA20", True)]:
                one = ssl.create_default_context(cafile=CERTIFICATE)
                one.maximum_version = ssl.TLSVersion.TLSv1_2
                one.set_ciphers(ciphers + ":@SECLEVEL=0")
                connection = http.client.HTTPSConnection("localhost", server.port, timeout=60, context=one)
                if taken:
                    connection.request("GET", "/healthz")
                    self.assertEqual(connection.getresponse().status, 200, ciphers)
                else:
                    with self.assertRaises((ssl.SSLError, ConnectionError)):
                        connection.request("GET", "/healthz")
                connection.close()
            with socket.create_connection(("127.0.0.1", server.port), timeout=60) as plain:
                plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                try:
                    self.assertNotIn(b"200", plain.recv(4096))
                except ConnectionError:
                    pass
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()

    def test_much_goes_both_ways_and_both_say_their_last_word(self):
        server = Server("--tls-certificate", CERTIFICATE, "--tls-key", KEY)
        try:
            # Many records, of which the middle ones fill the buffers of the system.
            text = "The keeper lights the lamp. " * 100_000
            for version in [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]:
                trusting = ssl.create_default_context(cafile=CERTIFICATE)
                trusting.minimum_version = trusting.maximum_version = version
                connection = http.client.HTTPSConnection(
                    "localhost", server.port, timeout=60, context=trusting)
                body = json.dumps({"nothing": text})
                connection.request("POST", "/v1/embeddings", body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                self.assertEqual(response.status, 400)
                response.read()
                for _ in range(20):
                    connection.request("GET", "/openapi.json")
                    self.assertIn("paths", json.load(connection.getresponse()))
                # The server answers the end of the session with its own: otherwise this fails.
                connection.sock.unwrap().close()
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()

    def cost_of_a_thousand(self, options, method, body=None):
        """Bytes of memory for connections that wait; each has got one answer, when there is a method."""
        trusting = ssl.create_default_context(cafile=CERTIFICATE)
        server = Server(*options, "--no-access-log")
        kept = []

        def ask(how, what):
            made = http.client.HTTPSConnection("localhost", server.port, timeout=60, context=trusting) if options \
                else http.client.HTTPConnection("localhost", server.port, timeout=60)
            made.request(how, "/healthz" if what is None else "/v1/embeddings", what)
            response = made.getresponse()
            response.read()
            self.assertEqual(response.status, 200 if what is None else 400)
            return made

        def connect():
            kept.append(socket.create_connection(("127.0.0.1", server.port), timeout=60) if method is None
                        else ask(method, body))

        def memory():
            with open(f"/proc/{server.process.pid}/status", encoding="ascii") as file:
                return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1]) * 1024

        try:
            for _ in range(20):  # what the first ones make for all
                connect()
            before = memory()
            for _ in range(1000):
                connect()
            ask("GET", None).close()  # it is accepted after all of them
            return memory() - before
        finally:
            for one in kept:
                one.close()
            server.remove()

    def test_connections_that_wait_cost_little(self):
        """Whatever they have asked for before, and when they have not said a word yet."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))  # the server has them too
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        secure = ("--tls-certificate", CERTIFICATE, "--tls-key", KEY)
        large = json.dumps({"nothing": "x" * 200_000})
        # What a thousand may cost in MB; beside it what they cost when each kept buffers for whole
        # records, or the room of its last request.
        for name, given, most in [("over TLS", (secure, "GET"), 30),                      # 80
                                  ("after a large request", ((), "POST", large), 20),     # 227
                                  ("after one over TLS", (secure, "POST", large), 40),    # 255
                                  ("before a handshake", (secure, None), 25)]:            # 31
            with self.subTest(name):
                self.assertLess(self.cost_of_a_thousand(*given), most * 1e6)


class WarmTest(unittest.TestCase):
    def test_what_is_named_is_made_ready_and_nobody_waits_for_it(self):
        server = Server()
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            self.assertEqual(server.request("PUT", "/collections/notes/documents/a", {"text": "A lamp."})[0], 201)
            self.assertEqual(server.stop(), 0)
            server.options = ("--warm", "nobody", "--warm", "notes")
            server.start()
            self.assertEqual(server.request("GET", "/readyz")[0], 200)
            ready = server.logged(lambda line: line.get("message") == "a collection is ready")
            self.assertEqual([(line["collection"], line["vectors"]) for line in ready], [("notes", True)])
            failed = server.logged(lambda line: line.get("message") == "a collection was not made ready")
            self.assertEqual([line["collection"] for line in failed], ["nobody"])
            self.assertIn("there is no collection 'nobody'", failed[0]["detail"])
            status, _, found = server.request("POST", "/collections/notes/search", {"query": "a light", "mode": "dense"})
            self.assertEqual((status, found["hits"][0]["document"]), (200, "a"))
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()


class ReloadTest(unittest.TestCase):
    """SIGHUP, as `systemctl reload` sends it."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lectern-reload-")
        self.addCleanup(self.folder.cleanup)
        self.certificate = os.path.join(self.folder.name, "server.pem")
        self.key = os.path.join(self.folder.name, "server.key.pem")

    def put(self, name):
        """The certificate of that name, as a renewal puts it."""
        for kind, to in [("pem", self.certificate), ("key.pem", self.key)]:
            shutil.copy(os.path.join(TESTDATA, f"{name}.{kind}"), to)

    def shown(self, server):
        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        for name in ["localhost", "renewed"]:
            trusting.load_verify_locations(os.path.join(TESTDATA, f"{name}.pem"))
        connection = http.client.HTTPSConnection("localhost", server.port, timeout=60, context=trusting)
        connection.connect()
        self.addCleanup(connection.close)
        return connection, ssl.DER_cert_to_PEM_cert(connection.sock.getpeercert(True))

    def expected(self, name):
        with open(os.path.join(TESTDATA, f"{name}.pem"), encoding="ascii") as file:
            return file.read()

    def test_a_renewed_certificate_is_taken_up(self):
        self.put("localhost")
        server = Server("--tls-certificate", self.certificate, "--tls-key", self.key)
        try:
            first, shown = self.shown(server)
            self.assertEqual(shown, self.expected("localhost"))
            # One that cannot be used changes nothing.
            shutil.copy(os.path.join(TESTDATA, "renewed.pem"), self.certificate)
            server.process.send_signal(signal.SIGHUP)
            server.logged(lambda line: line["level"] == "error" and "cannot be used" in line["message"])
            self.assertEqual(self.shown(server)[1], self.expected("localhost"))
            self.put("renewed")
            server.process.send_signal(signal.SIGHUP)
            server.logged(lambda line: line["message"] == "the certificate was read again")
            self.assertEqual(self.shown(server)[1], self.expected("renewed"))
            first.request("GET", "/healthz")  # a connection that is there goes on
            self.assertEqual(first.getresponse().status, 200)
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()

    def test_signals_that_come_while_one_is_handled_are_neither_lost_nor_deadly(self):
        server = Server()
        try:
            for _ in range(200):
                server.process.send_signal(signal.SIGHUP)
            self.assertEqual(server.request("GET", "/healthz")[0], 200)
            server.process.send_signal(signal.SIGHUP)
            self.assertEqual(server.stop(), 0)  # drains
        finally:
            server.remove()

    def test_a_changed_configuration_is_told_to_wait_for_the_next_start(self):
        file = os.path.join(self.folder.name, "serve.toml")
        with open(file, "w", encoding="utf-8") as config:
            config.write("slow = 5\n")
        server = Server("--config", file)
        try:
            os.utime(file, (1, 1))
            server.process.send_signal(signal.SIGHUP)
            told = server.logged(lambda line: "has changed" in line["message"])
            self.assertIn(file, told[0]["message"])
            self.assertEqual(server.request("GET", "/healthz")[0], 200)
        finally:
            server.remove()


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="lectern-config-")
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "serve.toml")

    def write(self, text):
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(text)

    def test_the_command_line_stands_before_the_file(self):
        self.write('listen = "192.0.2.1:1"\nmax-body = 1000\ninsecure = true\n')
        server = Server("--config", self.file)  # which gives --listen
        try:
            status, _, _ = server.request("POST", "/collections", {"name": "x" * 2000})
            self.assertEqual(status, 413, "the limit is the file's")
        finally:
            server.remove()

    def test_wrong_files_are_refused_with_the_option(self):
        for text, said in [("lisen = 1\n", "lisen"), ("insecure = 7\n", "insecure"),
                           ("max-body = \"much\"\n", "max-body"), ("[a]\nlisten = 1\n", "a.listen")]:
            with self.subTest(text):
                self.write(text)
                ended = subprocess.run(
                    [PROGRAM, "serve", "--data", self.folder.name, "--listen", "127.0.0.1:0",
                     "--config", self.file], capture_output=True, text=True, timeout=60)
                self.assertEqual(ended.returncode, 1, ended.stderr)
                self.assertIn(said, ended.stderr)
                self.assertIn("serve.toml", ended.stderr)


class MissingModelTest(unittest.TestCase):
    def test_a_missing_model_is_named_and_looked_for_again(self):
        with tempfile.TemporaryDirectory(prefix="lectern-models-") as models:
            with unittest.mock.patch.dict(os.environ, {"LECTERN_MODELS": models}):
                server = Server()
            try:
                self.assertEqual(server.request("GET", "/readyz")[0], 200)
                status, _, problem = server.request("PUT", "/collections/notes")
                self.assertEqual((status, problem["code"]), (503, "unavailable"))
                self.assertIn(models, problem["detail"])
                # The operator reads it in the log.
                self.assertIn(models, server.logged(lambda line: "detail" in line)[-1]["detail"])
                for model in os.listdir(MODELS):
                    os.symlink(os.path.join(MODELS, model), os.path.join(models, model))
                self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            finally:
                server.remove()


class KeyCommandTest(unittest.TestCase):
    def test_keys_are_made_listed_and_taken_out(self):
        with tempfile.TemporaryDirectory(prefix="lectern-keys-") as folder:
            def key(*words, expect=0):
                done = subprocess.run([PROGRAM, "key", "--keys", os.path.join(folder, "keys.json"), *words],
                                      capture_output=True, text=True)
                self.assertEqual(done.returncode, expect, done.stderr)
                return done.stdout if expect == 0 else done.stderr
            made = [key("old", "--right", "admin").strip(), key("new", "--collection", "notes").strip()]
            listed = key("--list")
            self.assertEqual(listed, "old\tadmin\tall collections\nnew\tread\tnotes\n")
            self.assertEqual(json.loads(key("--list", "--json")), {"keys": [
                {"name": "old", "right": "admin"},
                {"name": "new", "right": "read", "collections": ["notes"]}]})
            for text in made:
                self.assertNotIn(text, listed)
            self.assertIn("--remove", key("old", expect=1))
            self.assertEqual(json.loads(key("old", "--remove", "--json")), {"removed": "old"})
            self.assertIn("last key", key("new", "--remove", expect=1))
            self.assertIn("needs a NAME", key(expect=1))


class LimitTest(unittest.TestCase):
    def half_of_a_bulk_request(self, port, body, headers=""):
        """A request that runs until the rest of its body comes."""
        client = socket.create_connection(("127.0.0.1", port), timeout=60)
        client.sendall((f"POST /collections/notes/documents HTTP/1.1\r\nHost: localhost\r\n{headers}"
                        f"Content-Length: {len(body)}\r\nExpect: 100-continue\r\n"
                        "Connection: close\r\n\r\n").encode())
        self.assertIn(b"100 Continue", client.recv(4096))
        return client

    def expect_one_too_many(self, server, headers, text_headers):
        body = json.dumps({"id": "a", "text": "Here."}).encode()
        client = self.half_of_a_bulk_request(server.port, body, text_headers)
        status, got, problem = server.request("GET", "/collections", None, headers)
        self.assertEqual((status, problem["code"]), (429, "rate_limited"))
        self.assertGreaterEqual(int(got["Retry-After"]), 1)
        client.sendall(body)
        answered = b""
        while piece := client.recv(4096):
            answered += piece
        client.close()
        self.assertIn(b'"stored"', answered)
        self.assertEqual(server.request("GET", "/collections", None, headers)[0], 200)

    def test_pages_of_known_origins_may_call(self):
        origin = "https://app.example"
        server = Server("--cors-origin", origin)
        try:
            status, headers, _ = server.request("GET", "/collections", None, {"Origin": origin})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, origin))
            # What a browser asks before a request with headers of its own.
            asked = "authorization,content-type,x-stainless-os"
            status, headers, _ = server.request("OPTIONS", "/collections/notes/documents/a/b.md", None, {
                "Origin": origin, "Access-Control-Request-Method": "PUT",
                "Access-Control-Request-Headers": asked})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (204, origin))
            self.assertEqual(headers["Access-Control-Allow-Headers"], asked)
            self.assertIn("PUT", headers["Access-Control-Allow-Methods"])
            # A failure is readable, too.
            status, headers, _ = server.request("GET", "/collections/none", None, {"Origin": origin})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (404, origin))
            status, headers, _ = server.request("GET", "/collections", None, {"Origin": "https://other.example"})
            self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (403, None))
        finally:
            server.remove()

    def test_a_coding_that_is_not_known_is_told(self):
        server = Server()
        try:
            status, headers, problem = server.request(
                "POST", "/collections", b"x", {"Content-Encoding": "br"})
            self.assertEqual((status, problem["code"], headers["Accept-Encoding"]),
                             (415, "unsupported_coding", "gzip"))
        finally:
            server.remove()

    def test_more_requests_than_may_run_are_told_to_wait(self):
        server = Server("--max-requests", "1")
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            self.expect_one_too_many(server, {}, "")
        finally:
            server.remove()

    def test_a_key_is_told_of_its_requests_in_a_minute(self):
        with tempfile.TemporaryDirectory(prefix="lectern-keys-") as folder:
            keys = os.path.join(folder, "keys.json")
            made = [subprocess.run([PROGRAM, "key", name, "--keys", keys, "--right", "admin", *options],
                                   check=True, capture_output=True, text=True).stdout.strip()
                    for name, options in [("one", ["--max-per-minute", "3"]), ("two", [])]]
            server = Server("--keys", keys, "--max-requests-per-minute", "100")
            try:
                one, two = ({"Authorization": f"Bearer {key}"} for key in made)
                for left in [2, 1, 0]:
                    status, headers, _ = server.request("GET", "/collections", None, one)
                    self.assertEqual(status, 200)
                    self.assertEqual(headers["RateLimit-Policy"], '"key";q=3;w=60')
                    self.assertRegex(headers["RateLimit"], rf'^"key";r={left};t=\d+$')
                status, headers, problem = server.request("POST", "/v1/embeddings", {"input": "x"}, one)
                self.assertEqual((status, problem["error"]["code"]), (429, "rate_limited"))
                self.assertIn(int(headers["Retry-After"]), range(1, 61))
                self.assertRegex(headers["RateLimit"], r'^"key";r=0;t=\d+$')
                # What nobody needs a right for, and other keys, go on.
                self.assertEqual(server.request("GET", "/readyz", None, one)[0], 200)
                status, headers, _ = server.request("GET", "/collections", None, two)
                self.assertEqual((status, headers["RateLimit-Policy"]), (200, '"key";q=100;w=60'))
                self.assertIn('"max_per_minute": 3', json.dumps(server.request("GET", "/keys", None, two)[2]))
            finally:
                server.remove()

    def test_a_key_has_a_limit_of_its_own(self):
        with tempfile.TemporaryDirectory(prefix="lectern-keys-") as folder:
            keys = os.path.join(folder, "keys.json")
            made = [subprocess.run(
                [PROGRAM, "key", name, "--keys", keys, "--right", "admin", "--max-concurrent", "1"],
                check=True, capture_output=True, text=True).stdout.strip() for name in ["one", "two"]]
            server = Server("--keys", keys)
            try:
                one, two = ({"Authorization": f"Bearer {key}"} for key in made)
                self.assertEqual(server.request("GET", "/collections")[0], 401)
                self.assertEqual(server.request("PUT", "/collections/notes", None, one)[0], 201)
                body = json.dumps({"id": "b", "text": "There."}).encode()
                client = self.half_of_a_bulk_request(
                    server.port, body, f"Authorization: {one['Authorization']}\r\n")
                self.assertEqual(server.request("GET", "/collections", None, one)[0], 429)
                self.assertEqual(server.request("GET", "/collections", None, two)[0], 200)
                client.close()
                self.expect_one_too_many(server, two, f"Authorization: {two['Authorization']}\r\n")
                for key in made:
                    self.assertNotIn(key, server.log_text())
            finally:
                server.remove()


if __name__ == "__main__":
    unittest.main()
