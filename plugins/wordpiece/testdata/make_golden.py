#!/usr/bin/env python3
"""Makes golden.jsonl, variants.jsonl and characters.jsonl with Hugging Face's tokenizers.

    pip install tokenizers==0.23.3
    python make_golden.py FOLDER_OF_ALL_MINILM_L6_V2

The first line of each file says what made it. Cases are [text, ids, [begin, end, ...]] with byte
offsets into the UTF-8 of the text.
"""
import json
import pathlib
import random
import sys

import tokenizers
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import BertProcessing, TemplateProcessing

HERE = pathlib.Path(__file__).parent
random.seed(20180)

SENTENCES = """Why is BERT not GPT?|Attention is all you need.|The quick brown fox can't jump, won't it?
Die Größe der Straße im Übermaß: äöüß ÄÖÜẞ|L'élève déjà naïf à Noël, œuvre, Œdipe, ça va ?|¿Qué tal, señor? ¡Mañana será otro día!
São Paulo, coração, avô, pão|Příliš žluťoučký kůň úpěl ďábelské ódy|Zażółć gęślą jaźń|Árvíztűrő tükörfúrógép
İstanbul'da ığdır ILIK ılık İİ|Ο Σίσυφος ΣΊΣΥΦΟΣ ΌΣΟΣ ὁ ἄνθρωπος ᾳ ᾼ Ὀδυσσεύς|Съешь же ещё этих мягких французских булок Й й Ё ё
שלום עולם שָׁלוֹם|اللغة العربية جميلة، أليس كذلك؟ مُحَمَّد ـــ|فارسی می‌خواهم نیم‌فاصله|हिन्दी भाषा में लिखा हुआ क़ ज़|বাংলা ভাষা কো কৌ
தமிழ் மொழி கொ|తెలుగు భాష|ಕನ್ನಡ ಭಾಷೆ ಕೋ|മലയാളം ഭാഷ|ภาษาไทยไม่มีช่องว่าง กำ|ພາສາລາວ|မြန်မာဘာသာ|ភាសាខ្មែរ|ქართული ენა ᲥᲐᲠᲗᲣᲚᲘ|Հայերեն լեզու և|አማርኛ ቋንቋ።
我爱自然语言处理。词向量，很好！|自然言語処理は楽しいですか？カタカナ　ガギグ ｶﾞｷﾞ|한국어 처리 각 힣 ᄒᆞᆫ글|繁體中文與English混排2024年|㐀㐁 𠀀𠀁 𪜀 𫝀 𫠠 𬺰 豈更車 丽
👩‍🔬 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ 🙂🙃 🇩🇪🇫🇷 ☃ ☺︎ 👍🏽|①②③ ⅣⅫ ½ ¾ ² ³ ₂ ㎏ ㍿ ﷺ|ﬁne ﬂow oﬃce ﬀ ﬆ|ＦＵＬＬ ｗｉｄｔｈ １２３ ！？（）|ℌ ℝ ℵ ∑ ∫ √ ≠ ≤ ≮ → ⇒ ∀ ∃
https://example.com/a?b=C&d=%20e#f|mailto:jane.doe+tag@example.co.uk|C:\\\\Users\\\\me\\\\x.txt|foo_bar-baz/qux~quux|x86-64 3.14159 1,000,000 -5e-10 0xDEADBEEF|#hashtag @user $9.99 €5 £3 ¥100 ₿1
[CLS] [SEP] [MASK] [PAD] [UNK]|a[MASK]b [mask] [ MASK ] [[MASK]] [MASK[MASK]]|[CLS][CLS]x[SEP]|[unused0] [UNUSED1] ##ing ## #|[MASK].|[MAS K] [MASK [SEP
e\u0301 a\u0308\u0323 o\u0302\u0301 n\u0303 \u0301alone x\u0336y|I\u0307 i\u0307 \u0130|\u1e9b\u0323 \u212b \u2126 \u00c5 A\u030a|\u1100\u1161\u11a8 \uac01|\u0958 \u0915\u093c
a\u00adb co\u00adoperate|zero\u200bwidth\u200cnon\u200djoin\ufeffbom\u2060word|nb\u00a0sp\u2003em\u2009thin\u3000ideo\u202fnarrow\u205fmath\u1680ogham|line\u2028sep\u2029par\u0085nel|tab\there\nnew\r\nline\x0bvt\x0cff
nul\x00byte bell\x07 esc\x1b[31m del\x7f c1\x9b end|\ufffd bad \ufffdx|\ue000\uf8ff private \U000f0000 \U0010fffd|\u202eright\u202c left\u2066iso\u2069|\ufff9a\ufffab\ufffb|\ufdd0 \uffff \U0001ffff nonchar
“quotes” ‘single’ „deutsch“ «guillemets» ‹a› 「日本」 『』 《》 【】 …—–‐‑‒― · • ‣|!!! ??? ... ,,, ;;; ::: --- ___ ``` ~~~ ^^^ ||| <<< >>> === +++|(a) [b] {c} <d> "e" 'f' `g`|don't it's we're I'd o'clock rock'n'roll
\u05be \u060c \u061b \u061d \u0964 \u0e2f \u1361 \u166d \u2e43 \u2e5d \U000111c9 \U00011c41 \u0a76 \u0c77 \u1b7d|\u1734 \u1885 \u1886 \ua9bd \u08d4 \u0898 \U00011938 \u302e\U0001d165 \U0001d165\u302e x\u302e\U0001d165\u0301y""".split("\n")
SENTENCES = [s.encode("ascii", "backslashreplace").decode("unicode_escape") if "\\" in s else s
             for line in SENTENCES for s in line.split("|") if s]

WORDS = """the of and to in is that for with as on are this be by from which or an at not have model language
retrieval transformer attention embedding tokenization unbelievably antidisestablishmentarianism internationalization
supercalifragilisticexpialidocious Schmetterling Donaudampfschifffahrt Größe naïve café résumé Zürich coöperate 2018
GPT-2 BERT word2vec fastText ELMo T5 H2O COVID-19 don't I'm U.S.A. e.g. et al. pre-training fine-tuned 3.5% $100 10km
λόγος Σωκράτης привет мир Москва שלום سلام مرحبا नमस्ते สวัสดี 你好 世界 こんにちは 東京 안녕하세요 서울 Việt ngữ Tiếng
🙂 🤖 👩‍💻 [MASK] [SEP] <b> </p> &amp; © ® ™ § ¶ † ‡ ° ± × ÷ µ""".split()

RANGES = [(0x20, 0x7e)] * 6 + [(0xa0, 0x24f)] * 3 + [(0x250, 0x36f), (0x370, 0x3ff), (0x400, 0x52f), (0x530, 0x5ff),
          (0x600, 0x6ff), (0x900, 0x97f), (0x980, 0xdff), (0xe00, 0xeff), (0x1000, 0x109f), (0x10a0, 0x10ff),
          (0x1100, 0x11ff), (0x1200, 0x139f), (0x1700, 0x18af), (0x1e00, 0x1fff), (0x2000, 0x206f), (0x2070, 0x2bff),
          (0x2e00, 0x2e7f), (0x3000, 0x30ff), (0x3400, 0x3420), (0x4e00, 0x9fff), (0xac00, 0xd7a3), (0xf900, 0xfaff),
          (0xfb00, 0xfdff), (0xfe00, 0xffef), (0x10000, 0x10fff), (0x11000, 0x11fff), (0x1d100, 0x1d7ff),
          (0x1f300, 0x1faff), (0x20000, 0x20020), (0x2f800, 0x2fa1f), (0xe0000, 0xe01ef)]


def texts():
    yield ""
    yield from (" ", "   ", "\n\n", "\t", "\x00", "\u200b", "\u0301", ".", "[", "##")
    yield from SENTENCES
    for s in SENTENCES:
        yield s.upper()
        yield s + s
        yield " " + s.replace(" ", "  ") + "\n"
    for n in (98, 99, 100, 101, 102, 150, 400):
        yield "x" * n
        yield "a" + "é" * (n - 1) + " b"
        yield "각" * (n // 3) + "가" + " " + "中" * n
        yield "ab" * n + ". tail"
        yield "e\u0301" * n
    for word in WORDS:
        yield word
    for _ in range(1000):
        yield random.choice([" ", " ", "", ", ", "\n"]).join(random.choice(WORDS) for _ in range(random.randint(2, 9)))
    for _ in range(1200):
        out = ""
        for _ in range(random.randint(1, 5)):
            low, high = random.choice(RANGES)
            out += "".join(chr(random.randint(low, high)) for _ in range(random.randint(1, 5)))
            out += random.choice(["", " ", "\u0301", "x", "."])
        yield out
    for _ in range(250):
        base = list(random.choice(SENTENCES))
        for _ in range(random.randint(1, 4)):
            low, high = random.choice(RANGES)
            base.insert(random.randint(0, len(base)), chr(random.randint(low, high)))
        yield "".join(base)


def case(tokenizer, text):
    encoding = tokenizer.encode(text)
    at = [0]
    for c in text:
        at.append(at[-1] + len(c.encode()))
    flat = []
    for (begin, end), special in zip(encoding.offsets, encoding.special_tokens_mask):
        flat += [-1, -1] if special and begin == end else [at[begin], at[end]]
    return [text, encoding.ids, flat]


def dump(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def header(**more):
    return dump({"made_by": "make_golden.py", "tokenizers": tokenizers.__version__, **more})


def golden(folder):
    tokenizer = Tokenizer.from_file(f"{folder}/tokenizer.json")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    lines, seen = [header(model="all-MiniLM-L6-v2")], set()
    for text in texts():
        if text not in seen:
            seen.add(text)
            lines.append(dump(case(tokenizer, text)))
    (HERE / "golden.jsonl").write_text("\n".join(lines) + "\n")
    print(len(lines) - 1, "cases")


def vocabulary(prefix):
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    letters = "abcdeÉéiİıßöABCIÖ\u0307\u0301\u0300中가ᄀ\u1161.,[]-'"
    pieces += list(letters) + [prefix + c for c in letters]
    pieces += ["abc", prefix + "bc", prefix + "bcd", "ab", "ccc", "İ", "Bad", prefix + "ad"]
    return {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}


def variants():
    def make(normalizer, added=(), prefix="##", most=100, bert=False):
        tokenizer = Tokenizer(WordPiece(vocabulary(prefix), unk_token="[UNK]", max_input_chars_per_word=most,
                                        continuing_subword_prefix=prefix))
        tokenizer.normalizer = normalizer
        tokenizer.pre_tokenizer = BertPreTokenizer()
        tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
        tokenizer.add_tokens(list(added))
        tokenizer.post_processor = (BertProcessing(("[SEP]", 3), ("[CLS]", 2)) if bert else TemplateProcessing(
            single="[CLS] [CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]))
        return tokenizer

    def bert(**rules):
        return BertNormalizer(**{**dict(clean_text=True, handle_chinese_chars=True, strip_accents=None, lowercase=True),
                                 **rules})

    odd = [AddedToken("<l>", lstrip=True), AddedToken("<r>", rstrip=True), AddedToken("ab", single_word=True),
           AddedToken("<lr>", lstrip=True, rstrip=True), AddedToken("aba", normalized=False)]
    normal = [AddedToken("Bad Éé", normalized=True), AddedToken("CC", normalized=True, single_word=True),
              AddedToken("中a", normalized=True), AddedToken("<N>", normalized=True, lstrip=True, rstrip=True)]
    tokenizers_ = [make(bert()), make(bert(lowercase=False)), make(bert(strip_accents=False)),
                   make(bert(lowercase=False, strip_accents=True)), make(bert(clean_text=False)),
                   make(bert(handle_chinese_chars=False)), make(None), make(bert(), odd), make(bert(lowercase=False), odd),
                   make(bert(), normal), make(bert(lowercase=False), odd + normal), make(None, normal),
                   make(bert(), prefix="@@", most=5, bert=True)]
    parts = ["a", "b", "c", "É", "e\u0301", "İ", "ı", "ß", "中", "가", ".", " ", " ", "\t", "\u00a0", "\x00", "\u200b",
             "\ufffd", "[MASK]", "[SEP]", "<l>", "<r>", "<lr>", "<n>", "<N>", "ab", "aba", "CC", "cc", "Bad Éé", "bad ee",
             "bad  éé", "中a", "-", "'", "abcd", "\u3000", "\x0b"]
    lines = [header()]
    for tokenizer in tokenizers_:
        lines.append(tokenizer.to_str())
        for _ in range(150):
            text = "".join(random.choice(parts) for _ in range(random.randint(0, 9)))
            lines.append(dump(case(tokenizer, text)))
    (HERE / "variants.jsonl").write_text("\n".join(lines) + "\n")


def characters():
    """Runs of code points of one class: [first, last, "flags"]; d dropped, w white space, c Chinese,
    p punctuation, a accent."""
    def rules(**on):
        return BertNormalizer(**{**dict(clean_text=False, handle_chinese_chars=False, strip_accents=False,
                                        lowercase=False), **on})
    clean, chinese, strip = rules(clean_text=True), rules(handle_chinese_chars=True), rules(strip_accents=True)
    pre = BertPreTokenizer()
    runs = []
    for code in range(0x80, 0x110000):
        if 0xd800 <= code < 0xe000:
            continue
        c = chr(code)
        pieces = [piece for piece, _ in pre.pre_tokenize_str("a" + c + "b")]
        flags = ("d" if clean.normalize_str("a" + c + "b") == "ab" else "") + ("w" if pieces == ["a", "b"] else "")
        flags += ("c" if chinese.normalize_str(c) != c else "") + ("p" if pieces == ["a", c, "b"] else "")
        flags += "a" if strip.normalize_str("a" + c) == "a" else ""
        if runs and runs[-1][2] == flags:
            runs[-1][1] = code
        else:
            runs.append([code, code, flags])
    lines = [header()] + [dump(run) for run in runs if run[2]]
    (HERE / "characters.jsonl").write_text("\n".join(lines) + "\n")


golden(sys.argv[1])
variants()
characters()
