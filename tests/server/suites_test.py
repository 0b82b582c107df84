"""The interface and the metrics under the suites of others: openapi-spec-validator, schemathesis,
promtool. (MCP's is in tests/mcp, axe-core's in tests/web.)"""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from openapi_spec_validator import validate
from serving import SOURCE, Server

BESIDE = os.path.dirname(sys.executable)
# As much as stands beside the other tests; server_suites_long_test gives it a minute.
SECONDS = os.environ.get("LECTERN_SUITE_SECONDS", "12")
# What a deadline of a millisecond gives is 504, as docs/server.md says.
SETTINGS = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 504]
"""
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
          "response_headers_conformance", "response_schema_conformance"]


class InterfaceTest(unittest.TestCase):
    def setUp(self):
        self.server = Server("--threads", "1", "--no-access-log")
        self.addCleanup(self.server.remove)
        self.assertEqual(self.server.request("PUT", "/collections/notes", {"pipeline": "search-only"})[0], 201)
        self.assertEqual(self.server.request("PUT", "/collections/notes/documents/tides.md",
                                             {"text": "The moon raises the tides."})[0], 201)

    def test_the_description_is_openapi(self):
        validate(self.server.request("GET", "/openapi.json")[2])

    def test_every_operation_does_what_it_describes(self):
        with tempfile.TemporaryDirectory(prefix="lectern-schemathesis-") as folder:
            settings = os.path.join(folder, "schemathesis.toml")
            with open(settings, "w", encoding="ascii") as file:
                file.write(SETTINGS)
            ran = subprocess.run(
                [os.path.join(BESIDE, "schemathesis"), "--config-file", settings, "run",
                 f"http://127.0.0.1:{self.server.port}/openapi.json", "--checks", ",".join(CHECKS),
                 "--phases", "examples,coverage,fuzzing", "--max-time", SECONDS, "--seed", "1",
                 "--request-timeout", "30", "--generation-database", "none", "--no-color",
                 # It makes no archive; tests/server/rest_test.py does.
                 "--exclude-operation-id", "upload_backup"],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                text=True, check=False, timeout=240)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        self.assertRegex(ran.stdout, r"[1-9]\d* generated")
        self.assertEqual(self.server.stop(), 0)


class PrometheusTest(unittest.TestCase):
    def setUp(self):
        # setup/steps/clients.sh takes it out of Debian's package; elsewhere that of the system will do.
        ours = os.path.join(os.environ["LECTERN_CLIENTS_DIR"], "promtool")
        self.promtool = ours if os.path.exists(ours) else shutil.which("promtool")
        if self.promtool is None:
            self.skipTest("there is no promtool here")

    def check(self, what, *arguments, given=None):
        ran = subprocess.run([self.promtool, "check", what, *arguments], input=given, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=60)
        return ran.returncode, ran.stdout

    def test_metrics(self):
        server = Server("--threads", "1", "--no-access-log", "--recall-every", "1")
        try:
            server.request("PUT", "/collections/notes", {"pipeline": "search-only"})
            server.request("PUT", "/collections/notes/documents/a", {"text": "The moon raises the tides."})
            for path in ["/collections/notes/search", "/collections/none/search", "/v1/embeddings"]:
                server.request("POST", path, {"query": "tides"})
            text = server.request("GET", "/metrics", raw=True)[2].decode()
        finally:
            server.remove()
        self.assertEqual(self.check("metrics", given=text), (0, ""))
        wrong = "# TYPE a counter\na 1\n"
        self.assertNotEqual(self.check("metrics", given=wrong)[0], 0, "it finds nothing wrong with anything")

    def test_alert_rules(self):
        code, said = self.check("rules", os.path.join(SOURCE, "packaging", "monitoring", "lectern.rules.yml"))
        self.assertEqual(code, 0, said)


if __name__ == "__main__":
    unittest.main()
