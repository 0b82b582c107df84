"""python3 -m unittest rows_test"""
from __future__ import annotations

import json
import random
import tempfile
import unittest
from pathlib import Path

import asked
import made
import written
from prepare import Maker, held_out
from text import changed_number, changed_passage, changed_question, sentences, window_around, windows_without

PASSAGE = ("The bridge was opened in 1932 by Anna Weber. It crosses the river near Lisbon and carries two lines of trams. "
           "The largest ship that passed under it was the Aurora. Repairs took three years.")
ROW = {"id": "1", "question": "Who opened the bridge near Lisbon in 1932?", "passage": PASSAGE, "title": "Bridge", "source": "squad11",
       "answers": [{"text": "Anna Weber", "start": PASSAGE.index("Anna")}], "answerable": True,
       "neg_passage": "A bridge is a structure. Many bridges were opened by mayors."}


class Rows(unittest.TestCase):
    def test_sentences_cover_the_text(self) -> None:
        parts = sentences(PASSAGE)
        self.assertEqual(4, len(parts))
        self.assertEqual(PASSAGE, "".join(PASSAGE[b:e] for b, e in parts))

    def test_a_window_keeps_the_answer(self) -> None:
        for seed in range(50):
            begin = PASSAGE.index("Lisbon")
            b, e = window_around(PASSAGE, begin, begin + 6, 60 + seed * 5, random.Random(seed))
            self.assertIn("Lisbon", PASSAGE[b:e])

    def test_what_lies_beside_lacks_the_answer(self) -> None:
        a = ROW["answers"][0]
        found = windows_without(ROW["question"], PASSAGE, [a["text"]], a["start"], a["start"] + 10, 200, random.Random(1))
        self.assertIsNotNone(found)
        self.assertNotIn("Anna Weber", PASSAGE[found[0]:found[1]])

    def test_changed_questions_and_passages_are_others(self) -> None:
        for seed in range(50):
            rng = random.Random(seed)
            asked = changed_question(ROW["question"], PASSAGE, "Anna Weber", ["Riga", "Tom Hughes"], rng)
            self.assertNotEqual(ROW["question"], asked)
            shown = changed_passage(ROW["question"], PASSAGE, PASSAGE.index("Anna"), PASSAGE.index("Anna") + 10, ["Riga"], rng)
            self.assertNotEqual(PASSAGE, shown)
            self.assertNotEqual("1932", changed_number("1932", rng))

    def test_answers_stand_where_the_rows_say(self) -> None:
        maker = Maker([ROW], 3)
        for _ in range(100):
            maker.positive(ROW)
        for row in maker.out:
            self.assertEqual("Anna Weber", row["passage"][row["start"]:row["end"]])

    def test_composed_rows(self) -> None:
        rows = made.rows([{**ROW, "id": str(i)} for i in range(5)], 7)
        self.assertEqual(rows, made.rows([{**ROW, "id": str(i)} for i in range(5)], 7))
        for row in rows:
            self.assertTrue(row["question"] and row["passage"])
            self.assertEqual(row["kind"].endswith("-no"), row["start"] < 0)
            if row["start"] >= 0:
                answer = row["passage"][row["start"]:row["end"]]
                self.assertTrue(answer and answer == answer.strip(), row)

    def test_questions_asked_anew_stand_on_their_passages(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "asked.jsonl"
            file.write_text("".join(json.dumps(line) + "\n" for line in (
                {"id": "1", "q": "By whom was it opened?", "a": "Anna Weber"}, {"id": "1", "q": "Who closed the bridge?", "a": None},
                {"id": "of another set", "q": "Who?", "a": "x"})))
            rows = asked.rows([ROW], file)
        self.assertEqual([("By whom was it opened?", True), ("Who closed the bridge?", False)], [(r["question"], r["answerable"]) for r in rows])
        self.assertEqual([{"text": "Anna Weber", "start": PASSAGE.index("Anna")}], rows[0]["answers"])

    def test_questions_asked_anew_are_whole(self) -> None:
        lines = [json.loads(line) for line in asked.FILE.read_text().splitlines()]
        self.assertGreater(len(lines), 1500)
        self.assertEqual(len(lines), len({(line["id"], line["q"]) for line in lines}))
        for line in lines:
            self.assertTrue(line["q"].strip() and (line["a"] is None or line["a"] == line["a"].strip() != ""), line)

    def test_whole_passages_are_held_out(self) -> None:
        rows = [{"passage": f"p{i // 5}", "source": "squad20-dev"} for i in range(2000)]
        out = held_out(rows)
        self.assertGreaterEqual(sum(r["passage"] in out for r in rows), 300)
        self.assertLess(sum(r["passage"] in out for r in rows), 310)


DOCUMENT = {"kind": "memo", "title": "Bridge", "text": PASSAGE + " The bridge is painted every ten years.", "questions": [
    {"q": "Who opened the bridge?", "a": "Anna Weber"}, {"q": "Near which river city is it?", "a": "i", "at": 2}, {"q": "Who repaired the bridge?", "a": None}]}


class WrittenRows(unittest.TestCase):
    def test_the_place_is_the_occurrence_that_is_named(self) -> None:
        self.assertEqual(PASSAGE.index("Anna"), written.place(DOCUMENT, DOCUMENT["questions"][0]))
        third = [i for i, c in enumerate(PASSAGE) if c == "i"][2]
        self.assertEqual(third, written.place(DOCUMENT, DOCUMENT["questions"][1]))

    def test_rows_have_the_answer_or_none(self) -> None:
        other = {**DOCUMENT, "title": "Ferry", "text": "A bridge was planned in 1840 by the town. A ferry crosses there today, twice an hour, and takes cars."}
        made_here = written.Written([DOCUMENT, {**other, "questions": []}], 3)
        for _ in range(60):
            for question in DOCUMENT["questions"]:
                made_here.question(DOCUMENT, question)
        kinds = {row["kind"] for row in made_here.out}
        self.assertEqual({"written", "written-no", "written-beside", "written-other"}, kinds)
        for row in made_here.out:
            if row["kind"] == "written":
                self.assertIn(row["passage"][row["start"]:row["end"]], ("Anna Weber", "i"))
            else:
                self.assertEqual(-1, row["start"])
            if row["kind"] in ("written-beside", "written-other") and row["question"].lower().startswith("who opened"):
                self.assertNotIn("Anna Weber", row["passage"])

    def test_every_document_is_whole(self) -> None:
        found = written.documents()
        self.assertGreater(len(found), 500)
        for document in found:
            for question in document["questions"]:
                with self.subTest(title=document["title"], question=question["q"]):
                    if question["a"] is None:
                        continue
                    begin = written.place(document, question)
                    self.assertEqual(question["a"].strip(), document["text"][begin:begin + len(question["a"])])

    def test_what_judges_is_not_trained_on(self) -> None:
        found = written.documents()
        held = {d["text"] for d in found if written.is_held_out(d)}
        self.assertTrue(len(found) / 12 < len(held) < len(found) / 5)
        yes, no = written.sets(found)["written (held out)"]
        self.assertTrue({r["passage"] for r in yes} <= held)
        self.assertTrue(yes and no)


if __name__ == "__main__":
    unittest.main()
