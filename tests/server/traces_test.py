"""Traces as a collector of the test's own sees them; and a collector that is not there."""
import http.server
import json
import os
import socket
import threading
import time
import unittest

from serving import Server

TINY = os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests/format/v1/tiny.yaml")
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


class Collector:
    def __init__(self):
        collector = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                assert self.headers["Content-Type"] == "application/json"
                for resource in body["resourceSpans"]:
                    for scope in resource["scopeSpans"]:
                        collector.spans += [(self.path, span) for span in scope["spans"]]
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.spans = []
        self.server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class TracesTest(unittest.TestCase):
    def test_requests_are_traces_with_their_parts(self):
        collector = Collector()
        self.addCleanup(collector.close)
        server = Server("--pipeline", TINY, "--otlp", collector.url)
        try:
            self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
            self.assertEqual(server.request("PUT", "/collections/notes/documents/a", {"text": "An encoder reads."})[0], 201)
            for flags in ["01", "00"]:  # the second one is not to be seen
                status, headers, _ = server.request("POST", "/collections/notes/search", {"query": "secret encoder"},
                                                    {"traceparent": f"00-{TRACE}-{PARENT}-{flags}"})
                self.assertEqual((status, headers["X-Request-Id"]), (200, TRACE))
            self.assertEqual(server.request("GET", "/healthz")[0], 200)
            self.assertEqual(server.stop(), 0)  # what waits is sent at the end
            self.assertEqual({path for path, _ in collector.spans}, {"/v1/traces"})
            spans = [span for _, span in collector.spans if span["traceId"] == TRACE]
            whole = [span for span in spans if span["kind"] == 2]
            self.assertEqual([(span["name"], span["parentSpanId"]) for span in whole],
                             [("POST /collections/{name}/search", PARENT)])
            by_id = {span["spanId"]: span for span in spans}
            self.assertEqual(len(by_id), len(spans))
            below = {span["name"]: by_id[span["parentSpanId"]]["name"] for span in spans if span["kind"] == 1}
            self.assertEqual(below["wait for read"], whole[0]["name"])
            self.assertEqual(below["read"], whole[0]["name"])
            stages = [name for name, parent in below.items() if parent == "read"]
            self.assertTrue(stages, below)
            for span in spans:
                self.assertLessEqual(int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"]))
                self.assertLess(abs(time.time() - int(span["startTimeUnixNano"]) / 1e9), 300)
            names = {span["name"] for _, span in collector.spans}
            self.assertIn("PUT /collections/{name}/documents/{document+}", names)
            self.assertFalse([name for name in names if "healthz" in name])
            self.assertNotIn("secret", json.dumps(collector.spans))
        finally:
            server.remove()

    def test_a_collector_that_is_away_is_said_once(self):
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            server = Server("--pipeline", TINY, "--otlp", f"http://127.0.0.1:{unused.getsockname()[1]}")
            try:
                self.assertEqual(server.request("PUT", "/collections/notes")[0], 201)
                server.logged(lambda line: "takes no traces" in line["message"])
                self.assertEqual(server.request("GET", "/collections")[0], 200)
                metrics = server.request("GET", "/metrics")[2].decode()
                self.assertIn('lectern_trace_spans_total{outcome="sent"} 0', metrics)
                self.assertEqual(server.stop(), 0)
                told = [line for line in server.log_text().splitlines() if "takes no traces" in line]
                self.assertEqual(len(told), 1)
            finally:
                server.remove()


if __name__ == "__main__":
    unittest.main()
