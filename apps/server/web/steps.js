// What a pipeline's steps do, in words that need no manual. A step that somebody has added keeps its own name.

const words = {
  query: "Read the question", filter: "Apply the filter", language: "Tell the language", translate: "Translate",
  lexical: "Look for its words", tokens: "Cut into word pieces", vectors: "Turn into meaning", dense: "Compare meanings",
  search: "Put in order", rerank: "Compare closely", rank: "Compare closely",
  evidence: "Choose the evidence", answer: "Write the answer", write: "Write the answer", quote: "Quote",
  verify: "Check each sentence", summary: "Summarise", summaries: "Summarise",
  extract: "Read the file", chunks: "Cut into passages", commit: "Store",
};
export const stepName = (stage) => (Object.hasOwn(words, stage) ? words[stage] : stage);
