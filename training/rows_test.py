"""python3 -m unittest rows_test"""
from __future__ import annotations

import random
import unittest

import made
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

    def test_whole_passages_are_held_out(self) -> None:
        rows = [{"passage": f"p{i // 5}", "source": "squad20-dev"} for i in range(2000)]
        out = held_out(rows)
        self.assertGreaterEqual(sum(r["passage"] in out for r in rows), 300)
        self.assertLess(sum(r["passage"] in out for r in rows), 310)


if __name__ == "__main__":
    unittest.main()
