#!/usr/bin/env python3
"""notes.py LIBRARY FOLDER PIPELINE PLUGINS: the C interface from Python, by ctypes alone. Ingests,
searches, streams an answer, and ends one from another thread."""

import ctypes
import json
import sys
import threading
from ctypes import byref, c_char_p, c_float, c_int32, c_uint32, c_uint64, c_void_p

ON_TEXT = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_uint64)
ON_EVENT = ctypes.CFUNCTYPE(c_int32, c_void_p, c_char_p, c_char_p)
ON_LOG = ctypes.CFUNCTYPE(None, c_void_p, c_int32, c_char_p, c_char_p)
CANCELLED = 6


class Watch(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_uint32),
        ("reserved", c_uint32),
        ("data", c_void_p),
        ("on_text", ON_TEXT),
        ("on_event", ON_EVENT),
        ("cancel", c_void_p),
    ]


class Failed(Exception):
    def __init__(self, code, word, message, place):
        super().__init__(f"{word}: {message}")
        self.code, self.word, self.place = code, word, place


class Lectern:
    """The functions that the test needs; each gives what its JSON says."""

    def __init__(self, library):
        self.library = ctypes.CDLL(library)
        for name in ("version", "error_word", "error_message", "error_place"):
            getattr(self.library, f"lectern_{name}").restype = c_char_p
        self.library.lectern_cancel_new.restype = c_void_p

    def call(self, name, *arguments):
        """A function whose last parameter is `error`."""
        error = c_void_p()
        code = getattr(self.library, f"lectern_{name}")(*arguments, byref(error))
        if code == 0:
            assert not error.value, "an error where there is none"
            return
        about = [getattr(self.library, f"lectern_error_{part}")(error).decode() for part in ("word", "message", "place")]
        assert self.library.lectern_error_code(error) == code
        self.library.lectern_error_free(error)
        raise Failed(code, *about)

    def text(self, name, *arguments):
        """One that gives text: its JSON; None at the end of a walk."""
        out = c_void_p()
        self.call(name, *arguments, byref(out))
        if not out.value:
            return None
        try:
            return json.loads(ctypes.string_at(out).decode())
        finally:
            self.library.lectern_string_free(out)

    def opened(self, name, *arguments):
        out = c_void_p()
        self.call(name, *arguments, byref(out))
        return out


def as_json(**fields):
    return json.dumps(fields).encode()


def documents(lectern, notes):
    walk = lectern.opened("documents_open", notes, None)
    try:
        while (document := lectern.text("documents_next", walk)) is not None:
            yield document
    finally:
        lectern.library.lectern_documents_close(walk)


def stream(lectern, notes, question, on_piece=lambda piece: 1, cancel=None, on_evidence=None):
    """The answer, and what was streamed of it."""
    pieces, heard = [], []

    @ON_TEXT
    def on_text(_, piece, size):
        pieces.append(ctypes.string_at(piece, size).decode())
        return on_piece(pieces[-1])

    @ON_EVENT
    def on_event(_, name, value):
        heard.append((name.decode(), json.loads(value)))
        if name == b"evidence" and on_evidence is not None:
            on_evidence()
        return 1

    watch = Watch(ctypes.sizeof(Watch), 0, None, on_text, on_event, cancel)
    answer = lectern.text("collection_ask", notes, as_json(question=question), byref(watch))
    return answer, "".join(pieces), heard


def main():
    library, folder, pipeline, plugins = sys.argv[1:]
    lectern = Lectern(library)
    print("version", lectern.library.lectern_version().decode())
    said = []
    log = ON_LOG(lambda _, level, source, message: said.append((level, source, message)))
    options = as_json(plugins=[plugins], cache=f"{folder}/cache")
    engine = lectern.opened("engine_open", options, log, None)
    notes = lectern.opened("collection_open", engine, f"{folder}/python".encode(), as_json(pipeline=pipeline))

    given = [
        {"id": "tides", "text": "The moon raises the tides of the sea.", "metadata": {"year": 2020}},
        {"id": "bread", "text": "Bread is baked in an oven. ☕"},
    ]
    report = lectern.text("collection_add", notes, json.dumps(given).encode(), None)
    assert report["documents"] == 2 and not report["failed"], report
    assert [one["document"] for one in documents(lectern, notes)] == ["bread", "tides"]
    assert lectern.text("collection_get", notes, b"bread")["text"].endswith("☕")

    hits = lectern.text("collection_search", notes, as_json(query="tides", k=1), None)["hits"]
    after = lectern.text("collection_search", notes, as_json(query="tides", k=1, offset=1), None)["hits"]
    assert [hit["chunk"] for hit in after] != [hit["chunk"] for hit in hits], after
    weak = lectern.text("collection_search", notes, as_json(query="tides", min_score=1000), None)["hits"]
    assert weak == [], weak
    assert [hit["document"] for hit in hits] == ["tides"], hits

    answer, text, heard = stream(lectern, notes, "What raises the tides of the sea?")
    assert answer["answer"] == text and "moon raises the tides" in text, (answer, text)
    assert heard[0][0] == "evidence" and heard[0][1]["evidence"][0]["document"] == "tides", heard
    assert answer["citations"][0]["quote"] == given[0]["text"], answer

    try:
        stream(lectern, notes, "What raises the tides of the sea?", on_piece=lambda piece: 0)
        raise AssertionError("the callback had enough")
    except Failed as failed:
        assert failed.code == CANCELLED, failed

    cancel = c_void_p(lectern.library.lectern_cancel_new())
    other = threading.Thread(target=lectern.library.lectern_cancel_request, args=(cancel,))
    try:
        stream(lectern, notes, "What raises the patient tides?", cancel=cancel, on_evidence=other.start)
        raise AssertionError("another thread cancelled it")
    except Failed as failed:
        assert failed.code == CANCELLED, failed
    other.join()
    lectern.library.lectern_cancel_free(cancel)

    dimension = c_uint32()
    texts = (c_char_p * 2)(b"moon", b"tides")
    lectern.call("collection_embed", notes, None, c_uint64(0), 0, None, c_uint64(0), byref(dimension))
    values = (c_float * (2 * dimension.value))()
    lectern.call("collection_embed", notes, texts, c_uint64(2), 1, values, c_uint64(len(values)), None)
    assert any(values), list(values)

    try:
        lectern.text("collection_search", notes, as_json(query="tides", k="many"), None)
        raise AssertionError("k is a number")
    except Failed as failed:
        assert (failed.word, failed.place) == ("invalid_argument", "k"), failed

    removed = c_uint64()
    lectern.call("collection_remove", notes, (c_char_p * 1)(b"tides"), c_uint64(1), byref(removed))
    assert removed.value == 1
    lectern.library.lectern_collection_close(notes)
    lectern.library.lectern_engine_close(engine)
    assert not [line for line in said if line[0] > 1], said
    print("all is well")


if __name__ == "__main__":
    main()
