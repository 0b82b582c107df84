"""A `lectern serve` of its own for a test, and plain requests to it."""
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["LECTERN_PROGRAM"]
SOURCE = os.environ["LECTERN_SOURCE_DIR"]


class Server:
    """Starts the program on a free port over a new data folder; ends it and removes the folder."""

    def __init__(self, *options):
        self.folder = tempfile.mkdtemp(prefix="lectern-serve-")
        self.options = options
        self.start()

    def start(self):
        self.log = open(os.path.join(self.folder, "log"), "ab")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data", os.path.join(self.folder, "data"),
             "--listen", "127.0.0.1:0", *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if not found:
            self.process.wait()
            sys.exit(f"lectern serve did not start: {line!r}\n{self.log_text()}")
        self.port = int(found.group(1))

    def log_text(self):
        with open(os.path.join(self.folder, "log"), encoding="utf-8") as file:
            return file.read()

    def logged(self, wanted, count=1):
        """The lines of the log that are wanted. Waits for as many: a request is logged after its reply."""
        until = time.monotonic() + 100
        while time.monotonic() < until:
            whole = self.log_text().rpartition("\n")[0].splitlines()
            found = [line for line in map(json.loads, whole) if wanted(line)]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"the log has no {count} of these lines: {self.log_text()}")

    def stop(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=60)
        self.log.close()
        return code

    def remove(self):
        self.log.close()
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder)

    def request(self, method, path, body=None, headers=None, raw=False):
        """(status, headers, value): JSON is parsed, problems too."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        if isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            data = response.read()
            if response.getheader("Content-Encoding") == "gzip":
                data = gzip.decompress(data)
            kind = response.getheader("Content-Type", "")
            value = json.loads(data) if not raw and "json" in kind and "ndjson" not in kind else data
            return response.status, response.headers, value
        finally:
            connection.close()
