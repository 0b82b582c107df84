"""A `lectern serve` over a cluster, and requests to it."""
import http.client
import json
import re
import subprocess
import time


class Server:
    """One of several over the same cluster; used with `with`."""

    def __init__(self, program, cluster, log, *options):
        self.arguments = [program, "serve", "--data", f"opensearch://{cluster}", "--listen", "127.0.0.1:0", *options]
        self.log = log

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+), data in opensearch://", line)
        if not found:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"lectern serve did not start: {line!r}\n{self.log_text()}")
        self.port = int(found[1])
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self.process.stdout.close()

    def log_text(self):
        with open(self.log, encoding="utf-8") as file:
            return file.read()

    def request(self, method, path, body=None):
        """(status, value)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            headers = {"Content-Type": "application/json"} if body is not None else {}
            connection.request(method, path, None if body is None else json.dumps(body).encode(), headers)
            response = connection.getresponse()
            data = response.read()
            kind = response.getheader("Content-Type") or ""
            return response.status, json.loads(data) if "json" in kind and data else data.decode()
        finally:
            connection.close()

    def done(self, method, path, body=None):
        """The value of a request that must succeed."""
        status, value = self.request(method, path, body)
        if not 200 <= status < 300:
            raise AssertionError(f"{method} {path}: {status} {value}\n{self.log_text()[-2000:]}")
        return value

    def until(self, wanted, method, path, body=None, seconds=180):
        """The first answer of which `wanted(status, value)` holds."""
        end = time.monotonic() + seconds
        while True:
            status, value = self.request(method, path, body)
            if wanted(status, value):
                return value
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path} gives {status} {value} after {seconds} s")
            time.sleep(0.1)
