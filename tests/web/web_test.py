"""Runs the test of the web page, in headless Chromium, against a server with a few documents."""
import os
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import quote

sys.path.insert(0, os.path.join(os.environ["LECTERN_SOURCE_DIR"], "tests", "server"))

from serving import PROGRAM, Server  # pylint: disable=wrong-import-position

# Characters of one to four bytes stand before the sentences that are looked for.
TIDES = ("Gezeiten – 潮汐 – приливы 🌊\n\nThe sea is never still. 🌔 The moon raises the tides of the sea, "
         "naïve as it sounds, and high water comes twice a day.\n\nSpring tides are the highest.")
BREAD = "Yeast makes the dough of bread rise. The oven is heated to 230 degrees."
HOSTILE = ('The lighthouse </p><script>window.pwned = 1</script> warns ships of the rocks near the coast. '
           '<img src="http://192.0.2.1/x.png" onerror="window.pwned = 2"> <style>* {display: none}</style>')
DOCUMENTS = [("tides.md", "Tides", TIDES, 2021), ("kitchen//bread.txt", "Bread", BREAD, 2009),
             ('evil"><img src=x onerror=window.pwned=3>.html', "<script>window.pwned = 4</script>",
              HOSTILE, 2015)]

keys = os.path.join(tempfile.mkdtemp(prefix="lectern-web-"), "keys.json")
key = subprocess.run([PROGRAM, "key", "admin", "--keys", keys, "--right", "admin"], check=True,
                     capture_output=True, text=True).stdout.strip()
reading = subprocess.run([PROGRAM, "key", "reader", "--keys", keys, "--right", "read"], check=True,
                         capture_output=True, text=True).stdout.strip()
library = os.path.join(os.path.dirname(keys), "library")
os.makedirs(library)
for name in ("kelp", "eel"):
    with open(os.path.join(library, f"{name}.txt"), "w", encoding="utf-8") as file:
        file.write(f"A text about {name}.")
server = Server("--threads", "1", "--source", f"library={library}")
locked = Server("--threads", "1", "--keys", keys)
try:
    assert server.request("PUT", "/collections/notes")[0] == 201
    assert server.request("PUT", "/collections/uploads", {"pipeline": "search-only"})[0] == 201
    for name, title, text, year in DOCUMENTS:
        status, _, said = server.request("PUT", f"/collections/notes/documents/{quote(name, safe='')}",
                                         {"title": title, "text": text, "metadata": {"year": year}})
        assert status == 201, said
    with_key = {"Authorization": f"Bearer {key}"}
    assert locked.request("PUT", "/collections/notes", {"pipeline": "search-only"}, with_key)[0] == 201
    assert locked.request("PUT", "/collections/notes/documents/a.txt", {"text": "A text."}, with_key)[0] == 201
    here = os.path.dirname(os.path.abspath(__file__))
    code = subprocess.run(
        ["node", "--test", "--test-reporter=spec", os.path.join(here, "web_test.mjs")], check=False,
        env={**os.environ, "LECTERN_URL": f"http://127.0.0.1:{server.port}", "LECTERN_TIDES": TIDES,
             "LECTERN_LOCKED_URL": f"http://127.0.0.1:{locked.port}", "LECTERN_KEY": key, "LECTERN_READ_KEY": reading}).returncode
finally:
    server.remove()
    locked.remove()
    shutil.rmtree(os.path.dirname(keys))
sys.exit(code)
