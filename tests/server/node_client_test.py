"""Runs the test of the Node client against a server."""
import os
import subprocess
import sys

from serving import Server

server = Server()
try:
    assert server.request("PUT", "/collections/notes")[0] == 201
    assert server.request(
        "PUT", "/collections/notes/documents/beacon",
        {"text": "A lighthouse warns ships of the rocks near the coast."})[0] == 201
    here = os.path.dirname(os.path.abspath(__file__))
    code = subprocess.run(["node", os.path.join(here, "openai_test.mjs")], check=False,
                          env={**os.environ, "LECTERN_URL": f"http://127.0.0.1:{server.port}"}).returncode
finally:
    server.remove()
sys.exit(code)
