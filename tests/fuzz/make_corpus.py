#!/usr/bin/env python3
"""Writes the corpora's files that are not typed by hand: binary formats, small and valid.

Run it after a format changes: tests/fuzz/make_corpus.py. Needs Python's own library only.
"""
import gzip
import io
import json
import pathlib
import struct
import tarfile
import zipfile

corpus = pathlib.Path(__file__).resolve().parent / "corpus"


def write(target, name, data):
    folder = corpus / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)


def varint(number):
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def text(value):
    return varint(len(value.encode())) + value.encode()


def safetensors(header, data):
    head = json.dumps(header).encode()
    return struct.pack("<Q", len(head)) + head + data


def fasttext():
    """One word, one bucket, two dimensions; plugins/word2vec/fasttext_format.hpp."""
    out = struct.pack("<ii", 793712314, 12)
    out += struct.pack("<12i", 2, 5, 1, 1, 5, 1, 1, 2, 3, 3, 6, 100) + struct.pack("<d", 1e-4)
    out += struct.pack("<iiiqq", 2, 2, 0, 9, -1)
    for word, count in ((b"</s>", 3), (b"word", 6)):
        out += word + b"\0" + struct.pack("<qb", count, 0)
    out += b"\0" + struct.pack("<qq", 2 + 3, 2) + struct.pack("<10f", *range(10))
    return out + b"\0" + struct.pack("<qq", 2, 2) + struct.pack("<4f", *range(4))


def gguf():
    """Version 3, one key, one tensor of four f32."""
    def string(value):
        return struct.pack("<Q", len(value)) + value
    out = b"GGUF" + struct.pack("<IQQ", 3, 1, 1)
    out += string(b"general.architecture") + struct.pack("<I", 8) + string(b"gpt2")
    out += string(b"w") + struct.pack("<IQIQ", 1, 4, 0, 0)
    out += b"\0" * (-len(out) % 32)
    return out + struct.pack("<4f", 1, 2, 3, 4) + b"\0" * 16


vector = [0.5, -1.0]
write("safetensors", "two", safetensors(
    {"__metadata__": {"format": "pt"},
     "a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]},
     "b": {"dtype": "I64", "shape": [], "data_offsets": [8, 16]}}, b"\0" * 16))
write("safetensors", "beyond", safetensors(
    {"a": {"dtype": "F32", "shape": [4294967296, 4294967296], "data_offsets": [0, 8]}}, b"\0" * 8))
write("word_vectors", "binary", b"\x01" + b"2 2\na " + struct.pack("<2f", *vector) + b"\nb "
      + struct.pack("<2f", *vector) + b"\n")
write("word_vectors", "fasttext", b"\x02" + fasttext())
write("word_vectors", "text", b"\x00" + b"2 2\na 0.5 -1\nb 1e3 2\n")
write("word_vectors", "text_of_many", b"\x00" + b"4294967295 4294967295\na 0.5\n")
write("word_vectors", "analogies", b"\x03" + b": capital\nAthens Greece Oslo Norway\n: gram1\na b c d\n")
write("gguf", "one_tensor", gguf())
write("gguf", "cut", gguf()[:40])
write("gguf", "magic", "GGUF")

request = b"POST /collections/notes/documents?q=a%20b HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
body = b'{"id": "a", "text": "b"}'
packed = gzip.compress(body, mtime=0)
for name, piece in (("whole", b"\x3f"), ("pieces", b"\x00")):
    write("http_request", name,
          piece + request + b"Content-Length: %d\r\n\r\n" % len(body) + body)
write("http_request", "chunked", b"\x02" + request + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n")
write("http_request", "gzip", b"\x02" + request + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
      % len(packed) + packed)
write("http_request", "climbs", b"\x3fGET /a/%2e%2e/b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

# storage/store/encoding.hpp: a record is its version and its fields.
for kind in range(7):
    write("storage", f"record_{kind}", bytes([kind, 1]) + varint(5) * 4 + text("id") + text("title")
          + text("{}") + bytes(16) + varint(300) * 8)
write("storage", "vector", bytes([7, 0]) + struct.pack("<2f", *vector))
# index/lexical: a stamp, a segment, a list of one block, a list of two.
write("lexical_rows", "segment", bytes([0, 1]) + varint(2) * 8 + bytes(24))
write("lexical_rows", "one_block", bytes([1]) + varint(3) + varint(0) + bytes([1, 0x80, 0, 0]))
write("lexical_rows", "two_blocks", bytes([1]) + varint(200) + varint(0)
      + (varint(127) + varint(3) + bytes([1]) + varint(2) + bytes([9]) + varint(0)) * 2)
write("lexical_rows", "stamp", bytes([2, 1]) + varint(4) * 6)
# tests/fuzz/targets/vector_segment.cpp: edits.
write("vector_segment", "unchanged", b"\x00")
write("vector_segment", "magic", bytes([0, 0, 0, 1]))
write("vector_segment", "payload", bytes([0, 200, 0, 8]))
write("vector_segment", "cut", bytes([1, 0, 0, 0, 200]))
write("vector_segment", "stamp_of_more_rows", bytes([2, 64, 0, 1]))
write("vector_segment", "stamp_of_other_sequence", bytes([2, 56, 0, 2]))
write("vector_segment", "longer", bytes([2, 0, 8, 1]))
write("plain_text", "utf16", "\ufeffTitle\nText".encode("utf-16-le"))
write("plain_text", "latin", "Gr\u00fc\u00dfe".encode("latin-1"))
write("plain_text", "markdown", "---\ntitle: A\n---\n```\n# no\n```\n# Title\ntext\n")
write("html", "latin", '<meta charset="windows-1252"><title>\u00e9</title>'.encode("latin-1"))
write("html", "nested", "<div>" * 300 + "x")

# Office files: whole ones, parts as main parts, RTF.
def office(parts):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts:
            file.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content)
    return b"\x00" + archive.getvalue()


def relations(*all):
    return "<R>%s</R>" % "".join(f'<Relationship Id="{id}" Type="x/{type}" Target="{target}"/>'
                                 for id, type, target in all)


document = office([
    ("_rels/.rels", relations(("a", "officeDocument", "word/document.xml"))),
    ("word/document.xml", "<d><body><p><r><t>x</t></r></p></body></d>")])
write("office", "archive", document)
write("office", "workbook", office([
    ("_rels/.rels", relations(("a", "officeDocument", "xl/workbook.xml"))),
    ("xl/workbook.xml", "<workbook><sheets><sheet name='a' r:id='r'/></sheets></workbook>"),
    ("xl/_rels/workbook.xml.rels", relations(("r", "worksheet", "s.xml"), ("t", "sharedStrings", "t.xml"))),
    ("xl/t.xml", "<sst><si><t>b</t></si></sst>"),
    ("xl/s.xml", "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1'><v>1.5</v></c></row>"
     "</sheetData></worksheet>")]))
write("office", "slides", office([
    ("_rels/.rels", relations(("a", "officeDocument", "ppt/presentation.xml"))),
    ("ppt/presentation.xml", "<p:presentation><p:sldIdLst><p:sldId r:id='r'/></p:sldIdLst></p:presentation>"),
    ("ppt/_rels/presentation.xml.rels", relations(("r", "slide", "s.xml"))),
    ("ppt/s.xml", "<p:sld><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>a</a:t></a:r></a:p></p:txBody></p:sp>"
     "</p:spTree></p:cSld></p:sld>")]))
write("office", "book", office([
    ("mimetype", "application/epub+zip"),
    ("META-INF/container.xml", "<container><rootfiles><rootfile full-path='b.opf'/></rootfiles></container>"),
    ("b.opf", "<package><manifest><item id='c' href='c.xhtml' media-type='application/xhtml+xml'/></manifest>"
     "<spine><itemref idref='c'/></spine></package>"),
    ("c.xhtml", "<html><body><h1>a</h1><p>b</p></body></html>")]))
write("office", "rtf", b"\x00{\\rtf1\\ansi\\ansicpg1251 a\\'cf{\\v b}\\par\\trowd\\intbl c\\cell d\\cell\\row}")
write("office", "word", b"\x05<d><body><tbl><tr><tc><p><r><t>x</t></r></p></tc><tc/></tr></tbl></body></d>")
write("office", "opendocument", b"\x01<d><body><text><h>a</h><list><list-item><p>b<s/>c</p></list-item></list></text></body></d>")
write("mail", "parts", b"\x00Subject: =?utf-8?Q?=C3=A4?=\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\na\n--x\n"
      b"Content-Type: text/html\nContent-Transfer-Encoding: base64\n\nPGI+\n--x--\n")
write("mail", "mailbox", b"\x01From a@b Fri Mar  1 10:00:00 2024\nSubject: a\n\nb\n\nFrom c@d\nSubject: e\n\nf\n")


# A compound file of small streams, as Outlook's: {name: bytes, or the same of a folder}.
def compound(tree):
    sector, free, end, none = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF
    entries, small, small_next = [], b"", []

    def add(name, kind):
        entries.append([name, kind, none, none, end, 0])  # ..., its right neighbour, its child, begin, size
        return len(entries) - 1

    def fill(folder, content):
        nonlocal small
        before = None
        for name, value in content.items():
            entry = add(name, 1 if isinstance(value, dict) else 2)
            entries[folder if before is None else before][3 if before is None else 2] = entry
            before = entry
            if isinstance(value, dict):
                fill(entry, value)
                continue
            first, count = len(small_next), -(-len(value) // 64)
            if count:
                entries[entry][4:] = [first, len(value)]
                small_next.extend([*range(first + 1, first + count), end])
                small += value.ljust(count * 64, b"\0")

    fill(add("Root Entry", 5), tree)
    # Sectors: their own table, the folders, the table of small blocks, the small blocks.
    folders, blocks = -(-len(entries) // 4), -(-len(small) // sector)
    entries[0][4:] = [2 + folders, len(small)]
    chain = [0xFFFFFFFD, *range(2, 1 + folders), end, end, *range(3 + folders, 2 + folders + blocks), end]
    out = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
                      0, 1, 1, 0, 4096, 1 + folders, 1, end, 0, 0)
    out += struct.pack("<I", free) * 108
    out += b"".join(struct.pack("<I", one) for one in chain).ljust(sector, b"\xff")
    listed = b""
    for name, kind, right, child, begin, size in entries:
        wide = (name + "\0").encode("utf-16-le")
        listed += struct.pack("<64sHBBIII16xI16xIII", wide, len(wide), kind, 1, none, right, child, 0, begin, size, 0)
    out += listed.ljust(folders * sector, b"\0")
    out += b"".join(struct.pack("<I", one) for one in small_next).ljust(sector, b"\xff")
    return out + small.ljust(blocks * sector, b"\0")


write("mail", "outlook", b"\x02" + compound({
    "__properties_version1.0": bytes(32) + struct.pack("<IIQ", 0x00390040, 0, 133537572000000000),
    "__substg1.0_0037001F": "Boats".encode("utf-16-le"),
    "__substg1.0_1000001F": "The moon raises the tides.".encode("utf-16-le"),
    "__substg1.0_0C1A001E": b"Ren\xe9",
    "__attach_version1.0_#00000000": {"__substg1.0_3707001F": "a.txt".encode("utf-16-le"),
                                      "__substg1.0_37010102": b"attached"}}))
write("office", "before-2007", b"\x00" + compound({"WordDocument": bytes(64)}))
write("pdf_text", "picture", "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"
      "1\t1\t0\t0\t0\t0\t0\t0\t640\t480\t-1\t\n5\t1\t1\t1\t1\t1\t36\t92\t60\t24\t96.5\tThe\n"
      "5\t1\t1\t1\t1\t2\t109\t92\t90\t24\t95.1\tmoon\n")
write("data", "table", b'\x00a;b\n"c ""d""\ne";1\n')
write("data", "json", b'\x01{"a": [{"b": 1}, 2], "title": "x"}')
write("data", "xml", b"\x02<?xml version='1.0' encoding='latin1'?><a b='c'><d>\xe9</d><p>e<f/>g</p></a>")
write("data", "notebook", b'\x03{"cells": [{"cell_type": "code", "source": ["a"], "outputs": [{"text": "b"}]}]}')
write("data", "subtitles", b"\x051\n00:00:01,000 --> 00:00:02,000\n<v A>b\n")

def tarred(mode):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=tarfile.PAX_FORMAT) as file:
        for name, content in (("docs/a.txt", b"one"), ("../b.txt", b"two"), ("h\u00e4.md", b"three")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            file.addfile(entry, io.BytesIO(content))
    return out.getvalue()


# gzip writes the time into its head: these are the same every time.
write("archive", "zip", document)
write("archive", "tar", b"\x01" + tarred("w"))
write("archive", "gzip", b"\x02" + gzip.compress(b"one\n", mtime=0))
write("archive", "tar_gzip", b"\x02" + gzip.compress(tarred("w"), mtime=0))
write("archive", "words", b"\xff5\t1\t1\t1\t1\t1\t9\t9\t9\t9\t96\tx\n4\t1\n")
tiny = corpus.parents[2] / "plugins/translate/testdata/tiny-shared"
write("marian", "model", b"m" + (tiny / "model.aabb.bin").read_bytes())
write("marian", "shortlist", b"s" + struct.pack("<6Q", 0xF11A48D5013417F5, 0, 1, 2, 4, 3)
      + struct.pack("<4Q", 0, 1, 3, 3) + struct.pack("<3I", 4, 2, 3))
write("marian", "settings", "ytype: transformer\ndim-emb: 8\nlist:\n  - a\n  - \"b\"\n")
