"""python3 -m unittest manuals_test: what is chosen of a manual, and the form of the questions. Needs no manual."""
from __future__ import annotations

import collections
import pathlib
import tempfile
import unittest

from manuals import MANUALS, SOURCE, Page, Pages, chosen, laid_out, misses, named_pages, questions_of

QUESTIONS = SOURCE / "tests/data/manuals"


class Text(unittest.TestCase):
    def test_text_is_as_it_is_read(self) -> None:
        page = Page("<head><title>T</title><style>p {}</style></head><p>Set <code>a</code>=<b>1</b>\n  twice.<p>Then<br>go"
                    "<table><tr><td>one<td>two</table><script>x()</script>")
        self.assertEqual("Set a=1 twice. Then go one two", page.text)


class Choice(unittest.TestCase):
    PAGES = {
        "a.html": '<a href="b.html#part">b</a> <a href="sub/c.html">c</a> <a href="a.html">itself</a> <a href="gone.html">-</a>',
        "b.html": '<a href="https://example.org/d.html">away</a> <a href="list.html">list</a> <a href="d.html?x=1">d</a>',
        "sub/c.html": 'The limit is <b>12</b> rows. <a href="../e.html">e</a>',
        "d.html": '<a href="f.html">f</a>',
        "e.html": "", "f.html": "twelve", "list.html": '<a href="f.html">f</a>', "lonely.html": "",
    }

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for name, text in self.PAGES.items():
            (self.root / name).parent.mkdir(exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")
        self.pages = Pages(self.root, ("list.",))

    def test_links_are_pages_of_the_manual(self) -> None:
        self.assertEqual(["b.html", "sub/c.html"], self.pages.neighbours("a.html"))
        self.assertEqual(["d.html"], self.pages.neighbours("b.html"))
        self.assertEqual(["e.html"], self.pages.neighbours("sub/c.html"))

    def test_named_pages_come_first_then_a_link_of_each_in_turn(self) -> None:
        for most, wanted in ((2, ["a.html", "sub/c.html"]), (3, ["a.html", "sub/c.html", "b.html"]),
                             (4, ["a.html", "sub/c.html", "b.html", "e.html"]),
                             (99, ["a.html", "sub/c.html", "b.html", "e.html", "d.html", "f.html"])):
            with self.subTest(most=most):
                self.assertEqual(wanted, chosen(self.pages, ["a.html", "sub/c.html"], most))

    def test_answers_must_stand_where_the_questions_say(self) -> None:
        def asked(page: str, *answers: str) -> list[str]:
            return misses("m", self.pages, [{"_id": "q", "doc": "m/" + page, "answers": list(answers)}])
        self.assertEqual([], asked("sub/c.html", "12 rows"))
        self.assertEqual([], asked("sub/c.html", "12 rows", "twelve"))
        self.assertEqual([], asked("no.html"))
        self.assertEqual(['q: "twelve" does not stand in sub/c.html'], asked("sub/c.html", "twelve"))
        self.assertEqual(['q: "13" does not stand in the manual'], asked("sub/c.html", "12", "13"))
        self.assertEqual(["q: the manual has no page no.html"], asked("no.html", "12"))

    def test_only_what_was_chosen_is_laid_out(self) -> None:
        place = self.root / "out" / "m"
        laid_out(self.pages, ["a.html", "b.html"], place)
        laid_out(self.pages, ["sub/c.html"], place)
        self.assertEqual(["sub/c.html"], [path.relative_to(place).as_posix() for path in place.rglob("*.html")])


class Questions(unittest.TestCase):
    def test_of_each_manual_forty_of_either_kind_in_turn(self) -> None:
        self.assertEqual({manual.name for manual in MANUALS}, {file.stem for file in QUESTIONS.glob("*.jsonl")})
        for manual in MANUALS:
            with self.subTest(manual.name):
                questions = questions_of(QUESTIONS / f"{manual.name}.jsonl")
                self.assertEqual([f"{manual.name}-{kind}{number:02d}" for number in range(1, 41) for kind in "an"],
                                 [question["_id"] for question in questions])
                self.assertEqual([], [text for text, times in collections.Counter(q["text"] for q in questions).items() if times > 1])
                for question in questions:
                    answerable = question["_id"].startswith(f"{manual.name}-a")
                    self.assertEqual(answerable, bool(question["answers"]), question)
                    self.assertEqual(answerable, question.get("doc", "").startswith(manual.name + "/"), question)
                    self.assertTrue(all(answer == " ".join(answer.split()) != "" for answer in question["answers"]), question)
                    self.assertTrue(question["text"].endswith("?") and question["kind"], question)
                self.assertGreater(len(named_pages(manual.name, questions)), 20)


if __name__ == "__main__":
    unittest.main()
