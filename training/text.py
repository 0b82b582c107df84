"""Sentences, windows and small edits of text, with the places of answers kept."""
from __future__ import annotations

import random
import re

STOP = frozenset("""a an the of in on at to for from by with and or but is are was were be been being do does did has have had what which
who whom whose when where why how many much that this these those it its he she they his her their as not can could would will should
may might there than then also into about between during after before over under you your i we our""".split())
ENDS = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Begin and end of each sentence; between them lies only white space."""
    out, at = [], 0
    for m in ENDS.finditer(text):
        if m.start() - at >= 15:
            out.append((at, m.end()))
            at = m.end()
    if at < len(text):
        out.append((at, len(text)))
    return out


def words(text: str) -> list[str]:
    return [w for w in re.findall(r"[a-z0-9]+", text.lower()) if w not in STOP]


def overlap(question: str, text: str) -> float:
    """Share of the question's words that the text has, by their first five letters."""
    q, t = {w[:5] for w in words(question)}, {w[:5] for w in words(text)}
    return len(q & t) / max(1, len(q))


def grow(parts: list[tuple[int, int]], first: int, last: int, chars: int, rng: random.Random) -> tuple[int, int]:
    """Sentences around first..last, until about `chars` characters are reached."""
    while parts[last][1] - parts[first][0] < chars and (first > 0 or last + 1 < len(parts)):
        back = first > 0 and (last + 1 == len(parts) or rng.random() < 0.5)
        longer = parts[last][1] - parts[first - 1][0] if back else parts[last + 1][1] - parts[first][0]
        if longer > chars * 1.5:
            break
        first, last = (first - 1, last) if back else (first, last + 1)
    return parts[first][0], parts[last][1]


def window_around(text: str, begin: int, end: int, chars: int, rng: random.Random) -> tuple[int, int]:
    parts = sentences(text)
    first = next(i for i, p in enumerate(parts) if p[1] > begin)
    last = next((i for i, p in enumerate(parts) if p[1] >= end), len(parts) - 1)
    return grow(parts, first, last, chars, rng)


def window_like(question: str, text: str, chars: int, rng: random.Random) -> tuple[int, int]:
    """A window around the sentence that is most like the question."""
    parts = sentences(text)
    best = max(range(len(parts)), key=lambda i: overlap(question, text[parts[i][0]:parts[i][1]]) + 0.05 * rng.random())
    return grow(parts, best, best, chars, rng)


def windows_without(question: str, text: str, answers: list[str], begin: int, end: int, chars: int, rng: random.Random) -> tuple[int, int] | None:
    """The same passage's window that is most like the question and has neither the answer nor its sentence."""
    parts, best = sentences(text), None
    held = [any(a.lower() in text[b:e].lower() for a in answers) or (b < end and e > begin) for b, e in parts]
    i = 0
    while i < len(parts):
        if held[i]:
            i += 1
            continue
        j = i
        while j + 1 < len(parts) and not held[j + 1]:
            j += 1
        run = parts[i:j + 1]
        b, e = run[0][0], run[-1][1]
        if e - b > chars:
            rb, re_ = window_like(question, text[b:e], chars, rng)
            b, e = b + rb, b + re_
        score = overlap(question, text[b:e])
        if e - b >= 30 and (best is None or score > best[0]):
            best = (score, b, e)
        i = j + 1
    return best and best[1:]


NAME = re.compile(r"(?<![.?!\w] )(?<!^)\b[A-Z][a-z]+(?: (?:of |the |de |von )?[A-Z][a-z]+)*\b")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
OPPOSITES = dict(p.split("/") for p in """first/last largest/smallest biggest/smallest highest/lowest most/least more/fewer before/after
increase/decrease increased/decreased north/south northern/southern east/west eastern/western best/worst oldest/youngest earliest/latest
win/lose won/lost winner/loser older/younger longest/shortest upper/lower begin/end began/ended start/stop started/stopped open/close
opened/closed minimum/maximum major/minor male/female male/female men/women man/woman father/mother son/daughter brother/sister
husband/wife good/bad positive/negative hot/cold high/low large/small big/small long/short old/new early/late many/few left/right
inside/outside above/below always/never allow/prevent allowed/prevented support/oppose supported/opposed include/exclude
included/excluded import/export accept/reject accepted/rejected like/dislike cheap/expensive strong/weak fast/slow success/failure
successful/unsuccessful common/rare public/private rich/poor same/different enable/disable enabled/disabled add/remove
added/removed buy/sell bought/sold import/export attack/defend arrived/departed rise/fall rose/fell gain/lose""".split())
OPPOSITES.update({b: a for a, b in list(OPPOSITES.items())})


def changed_number(number: str, rng: random.Random) -> str:
    if re.fullmatch(r"1[5-9]\d\d|20[0-2]\d", number):
        return str(int(number) + rng.choice([-31, -12, -7, -4, -3, -2, -1, 1, 2, 3, 5, 9, 14, 27]))
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    i = rng.choice(digits)
    return number[:i] + rng.choice([d for d in "123456789" if d != number[i]]) + number[i + 1:]


def changed_question(question: str, passage: str, answer: str, names: list[str], rng: random.Random) -> str | None:
    """The question with another name, number or an opposite, so that the passage does not answer it."""
    kinds = ["name", "number", "opposite", "not"]
    rng.shuffle(kinds)
    kinds.sort(key=lambda k: k == "not")
    for kind in kinds:
        if kind == "name":
            found = [m for m in NAME.finditer(question) if m.group().lower() in passage.lower() and m.group() not in answer]
            if not found:
                continue
            m = rng.choice(found)
            near = [n for n in NAME.findall(passage) if n not in question and n not in answer and m.group() not in n]
            other = rng.choice(near) if near and rng.random() < 0.5 else rng.choice(names)
            if other.lower() in question.lower() or m.group().lower() in other.lower():
                continue
            return question[:m.start()] + other + question[m.end():]
        if kind == "number":
            found = [m for m in NUMBER.finditer(question) if m.group() in passage]
            if not found:
                continue
            m = rng.choice(found)
            return question[:m.start()] + changed_number(m.group(), rng) + question[m.end():]
        if kind == "opposite":
            found = [m for m in re.finditer(r"[a-z]+", question) if m.group() in OPPOSITES and f"how {m.group()}" not in question.lower()]
            if not found:
                continue
            m = rng.choice(found)
            if OPPOSITES[m.group()] in passage.lower():
                continue
            return question[:m.start()] + OPPOSITES[m.group()] + question[m.end():]
        if rng.random() < 0.12:
            m = re.search(r"\b(did|does|do|is|are|was|were|can|could|has|have|had|would|will)\b", question)
            if m and not re.search(r"\bnot\b|n't\b|\bnever\b", question) and len(question.split()) > 5:
                parts = question[m.end():].split(" ")
                if m.group() in ("did", "does", "do"):        # after the subject, if it is one word or a name
                    k = next((i for i, w in enumerate(parts) if w and w[0].islower() and w not in STOP and i > 1), None)
                    if k is None:
                        continue
                    return question[:m.end()] + " ".join(parts[:k] + ["not"] + parts[k:])
                return question[:m.end()] + " " + rng.choice(["not", "never"]) + question[m.end():]
    return None


def changed_passage(question: str, window: str, begin: int, end: int, names: list[str], rng: random.Random) -> str | None:
    """The window with the question's name or number changed to another one wherever it stands."""
    answer = window[begin:end]
    found = [m.group() for m in NAME.finditer(question) if m.group() in window and m.group() not in answer]
    found += [m.group() for m in NUMBER.finditer(question) if m.group() in window and m.group() not in answer]
    if not found:
        return None
    old = rng.choice(found)
    new = changed_number(old, rng) if old[0].isdigit() else rng.choice(names)
    if new in question or old in new:
        return None
    return re.sub(rf"\b{re.escape(old)}\b", lambda _: new, window)
