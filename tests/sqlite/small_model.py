"""A model of a few words whose meanings are three topics: what is found by meaning can be told by hand."""

PIPELINE = """version: 1
pipeline: small
stages:
  text: {plugin: documents, stage: text}
  chunks: {plugin: passages, stage: splitter, options: {max_tokens: 40}}
  tokens: {plugin: words}
  vectors: {plugin: word2vec, options: {model: words.vec}}
  evidence: {plugin: passages, stage: reader}
ingest: [source, text, chunks, tokens, vectors, commit]
query: [query, tokens, vectors, search, evidence]
search: {feedback: 0}
answer: {abstain_below: 0.3}
"""

TOPICS = {
    (9, 1, 0): "moon tides sea ocean water wave ships",
    (0, 9, 1): "bread oven flour dough baked baker loaf",
    (1, 0, 9): "cheese milk cow goat dairy butter cream",
    (1, 1, 1): "the a of is in and by what raises made from one two old new row",
}


def write(folder):
    """small.yaml and words.vec."""
    rows = []
    for place, (topic, words) in enumerate(TOPICS.items()):
        for number, word in enumerate(words.split()):
            # No two words are alike.
            lean = [0.0, 0.0, 0.0, 0.02 * number if place < 3 else 0.5]
            rows.append(" ".join([word, *(f"{a + b:.3f}" for a, b in zip((*topic, 0), lean))]))
    (folder / "words.vec").write_text(f"{len(rows)} 4\n" + "\n".join(rows) + "\n", encoding="utf-8")
    (folder / "small.yaml").write_text(PIPELINE, encoding="utf-8")
