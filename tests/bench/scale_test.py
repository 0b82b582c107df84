"""That the command runs and prints what it promises; how fast it is, is no test's business."""
import contextlib
import io
import json
import os
import pathlib
import struct
import tempfile
import unittest

import scale


class Scale(unittest.TestCase):
    def test_all_kinds_are_measured_and_compared(self):
        with tempfile.TemporaryDirectory() as folder:
            figures = pathlib.Path(folder) / "figures.json"
            given = pathlib.Path(folder) / "given.f32"
            # 64 vectors of 16 numbers, each with one that is large.
            given.write_bytes(b"".join(struct.pack("<16f", *[4.0 if i == j % 16 else (i * j % 7) / 7 for i in range(16)])
                                       for j in range(64)))
            out = io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
                scale.main(["--build", os.environ["LECTERN_BUILD"], "--rows", "2000,6000", "--kind", "f32,int8,pq",
                            "--from", str(given), "--dimension", "16", "--seal-at", "1000", "--folder", folder,
                            "--json", str(figures)])
            measured = json.loads(figures.read_text())
        self.assertEqual([(one["kind"], one["rows"]) for one in measured],
                         [(kind, rows) for kind in ("f32", "int8", "pq") for rows in (2000, 6000)])
        for one in measured:
            self.assertEqual(one["tail_rows"], 0, "not all rows are in segments")
            self.assertEqual([search["passes"] for search in one["searches"]], [1, .5, .05, .005, .0005])
            for search in one["searches"]:
                self.assertGreaterEqual(search["recall"], .9, (one["kind"], one["rows"], search))
        text = out.getvalue()
        for words in ("made of 64 real vectors", "recall@10", "How it grows", "2000 to 6000", "0.05%"):
            self.assertIn(words, text)

    def test_what_makes_no_sense_is_refused(self):
        for arguments in (["--rows", "0"], ["--kind", "f64"], ["--rows", "many"]):
            with contextlib.redirect_stderr(io.StringIO()), self.assertRaises(SystemExit):
                scale.options(arguments)


if __name__ == "__main__":
    unittest.main()
