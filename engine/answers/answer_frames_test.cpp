#include "engine/answers/answer_frames.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>

namespace lectern {
namespace {

struct Framing {
    const char* question;
    const char* evidence;
    const char* answer;
    const char* sentence;  // "": none
};

// Of several frames the first.
void expect_first_frames(std::span<const Framing> cases) {
    for (const Framing& c : cases) {
        const auto frames = answer_frames(c.question, c.evidence, c.answer);
        EXPECT_EQ(frames.empty() ? "" : framed(frames.front(), c.answer), c.sentence)
            << c.question << ' ' << c.evidence << ' ' << c.answer;
    }
}

TEST(AnswerFrames, TheQuestionsOwnWordsAroundTheAnswer) {
    const Framing cases[] = {
        {"When was SentencePiece published?", "SentencePiece was published in 2018 by the two.",
         "2018", "SentencePiece was published in 2018."},
        {"In which year was the vector space model described?",
         "They described the vector space model for indexing in 1975.", "1975",
         "the vector space model was described in 1975."},
        {"When did the first GPT appear?", "The first GPT was published in June 2018 by OpenAI.",
         "June 2018", "the first GPT appeared in June 2018."},
        {"Who invented the LSTM?", "The two of them published the LSTM in the journal in 1997.",
         "The two of them", "the LSTM was invented by The two of them."},
        {"What raises the tides of the sea?", "The moon raises the tides of the sea twice a day.",
         "The moon", "The moon raises the tides of the sea."},
        {"Who came up with HNSW?", "Malkov and Yashunin described it in a preprint of the year.",
         "Malkov and Yashunin", "Malkov and Yashunin came up with HNSW."},
        {"How many gates does a GRU have?", "The GRU has two gates and a memory of its own.", "two",
         "a GRU has two gates."},
        {"How many parameters does the big Transformer have?",
         "The big Transformer has 213 million parameters and 1,024 dimensions.",
         "213 million parameters", "the big Transformer has 213 million parameters."},
        {"How many links does HNSW keep for each vector?",
         "In the graph HNSW has M links for each of the vectors.", "M",
         "HNSW keeps M links for each vector."},
        {"What does efSearch control in HNSW?", "efSearch is the size of the candidate list.",
         "the size of the candidate list",
         "efSearch controls the size of the candidate list in "
         "HNSW."},
        {"Which port does the server listen on?", "The server listens on port 8080 of the host.",
         "port 8080", "the server listens on port 8080."},
        {"Where was Okapi developed?", "It was the Okapi system of City University in the city.",
         "City University", "Okapi was developed at City University."},
        {"What is the budget of the Vega project?",
         "The Vega project has a budget of 4 million euros.", "4 million euros",
         "the budget of the Vega project is 4 million euros."},
        {"What is perplexity?", "Perplexity is two to the power of the cross-entropy in bits.",
         "two to the power of the cross-entropy",
         "perplexity is two to the power of the "
         "cross-entropy."},
    };
    for (const auto& one : cases) {
        const auto frames = answer_frames(one.question, one.evidence, one.answer);
        EXPECT_TRUE(std::any_of(
            frames.begin(), frames.end(),
            [&](const Frame& frame) { return framed(frame, one.answer) == one.sentence; }))
            << one.question
            << (frames.empty() ? std::string() : " -> " + framed(frames.front(), one.answer));
    }
}

TEST(AnswerFrames, ANumberCountsWhatStandsNextToIt) {
    constexpr const char* base =
        "BERT Base has 12 layers, 768 hidden dimensions, 12 attention heads and 110 million "
        "parameters.";
    const Framing cases[] = {
        {"How many parameters does BERT Base have?", base, "12", ""},
        {"How many parameters does BERT Base have?", base, "12 layers, 768 hidden dimensions, 12",
         ""},
        {"How many parameters does BERT Base have?", base, "110 million",
         "BERT Base has 110 million parameters."},
        {"How many heads does BERT Base have?", base, "12", "BERT Base has 12 heads."},
        {"How many cells does a GRU have?", "A GRU has two gates and three cells.", "two", ""},
        {"How many layers does BERT Base have?", "The number of layers of BERT Base is 12.", "12",
         "BERT Base has 12 layers."},
        // 240 chairs are 240 of nothing else.
        {"How many people does the hall seat?", "The hall has 240 chairs.", "240", ""},
        {"How many people does the hall seat?", "The seats of the hall are 240.", "240",
         "the hall seats 240 people."},
        {"How much memory does a vector take?", "A vector takes 48 bytes.", "48", ""},
        {"How tall is the tower?", "The tower is 42 metres tall.", "42", ""},
        {"How tall is the tower?", "The tower is 42 metres tall.", "42 metres",
         "the tower is 42 metres tall."},
        {"Which model is the smallest?", "GPT-2 followed, and is the smallest.", "GPT-2",
         "the smallest is GPT-2."},
        {"How many people does the hall seat?", "In 1990 the hall had 240 chairs.", "240", ""},
    };
    expect_first_frames(cases);
}

TEST(OtherNumber, IsTheOneThatCountsWhatIsAskedFor) {
    constexpr const char* base =
        "BERT Base has 12 layers, 768 hidden dimensions, 12 attention heads and 110 million "
        "parameters.";
    const struct {
        const char* question;
        const char* evidence;
        const char* answer;
        const char* other;  // "": none
    } cases[] = {
        {"How many parameters does BERT Base have?", base, "12", "110 million"},
        {"How many hidden dimensions does BERT Base have?", base, "12 layers", "768"},
        {"How many parameters does BERT Base have?", base, "110 million", ""},
        {"How many parameters does BERT Base have?", base,
         "12 attention heads and 110 million parameters", "110 million parameters"},
        {"How many heads does BERT Base have?", base,
         "12 attention heads and 110 million parameters", "12 attention heads"},
        {"How many parameters does BERT Base have?", base, "110 million parameters", ""},
        {"How many cells does it have?", "A GRU has two gates and three cells.", "two", "three"},
        // Two of them are, and nobody knows which is meant.
        {"How many heads does it have?", "Base has 3 kinds, 12 heads and Large 16 heads.", "3", ""},
        {"What does BERT Base have?", base, "12", ""},
    };
    for (const auto& c : cases) {
        const auto found = other_number(c.question, c.evidence, c.answer);
        const std::string_view evidence = c.evidence;
        EXPECT_EQ(found ? evidence.substr(found->begin, found->end - found->begin) : "", c.other)
            << c.question << ' ' << c.answer;
    }
}

TEST(AnswerFrames, WhatIsASentenceByItselfOrRepeatsTheQuestionIsQuoted) {
    const char* merges = "It merges the pair that most increases the likelihood.";
    EXPECT_TRUE(answer_frames("What distinguishes WordPiece from BPE?", merges,
                              "It merges the pair that most increases the likelihood")
                    .empty());
    const char* okapi = "BM25 was developed in the Okapi system of City University, London.";
    EXPECT_TRUE(answer_frames("Where was Okapi developed?", okapi,
                              "the Okapi system of City University, London")
                    .empty());
    EXPECT_FALSE(
        answer_frames("Where was BM25 developed?", okapi, "City University, London").empty());
}

TEST(AnswerFrames, WhatTheEvidenceGoesOnWith) {
    const auto frames =
        answer_frames("Who proposed the forget gate?",
                      "The forget gate was added by Gers and Cummins in 2000.", "Gers and Cummins");
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(framed(frames.back(), "Gers and Cummins"),
              "the forget gate was proposed by Gers and Cummins in 2000.");
}

TEST(AnswerFrames, YesAndNoWhereTheEvidenceHasTheVerb) {
    const Framing cases[] = {
        {"Does a GRU have a memory cell?",
         "A GRU has two gates, the reset gate and the update gate, and no separate memory cell.",
         "no separate memory cell", "a GRU has no separate memory cell."},
        {"Does BM25 need training?", "BM25 is fast, needs no training and gives scores.",
         "no training", "BM25 needs no training."},
        {"Did Anna Veld build a lighthouse?", "She built the lighthouse at Cape Orrin in 1874.",
         "the lighthouse at Cape Orrin", "Anna Veld built the lighthouse at Cape Orrin."},
        {"Does a GRU have a memory cell?", "A GRU has two gates and is small for a memory cell.",
         "small for a memory cell", ""},
        {"Does BM25 need training?", "BM25 gives scores without training.", "training", ""},
        {"Does BM25 need training?", "BM25 needs word counts.", "word counts", ""},
        {"Is BERT a decoder?", "BERT is an encoder.", "an encoder", ""},
    };
    expect_first_frames(cases);
}

TEST(AnswerFrames, WhatIsDeniedIsNotStated) {
    const Framing cases[] = {
        {"When was the report published?", "It was not published in 2018 by them.", "2018", ""},
        {"When was the report published?", "It was published, but 2018 is not the year.", "2018",
         ""},
        {"When was the report published?", "Nobody doubts it; 2018 was never named.", "2018", ""},
        {"When was the report published?", "It was published in 2018, not in 2017.", "2018",
         "the report was published in 2018."},
        {"Who invented the lamp?", "Without Veld the lamp would be dark.", "Veld", ""},
        // A question that denies is not turned around.
        {"Which model does not need training?", "BM25 needs no training.", "BM25", ""},
        {"Does BM25 need training?", "BM25 is old and needs no training.", "no training",
         "BM25 needs no training."},
    };
    expect_first_frames(cases);
}

TEST(AnswerFrames, WhatHasAVerbOfItsOwnIsNotPutBehindAnother) {
    constexpr const char* rag =
        "Retrieval-augmented generation, RAG, lets a model answer from documents.";
    constexpr const char* wordpiece =
        "WordPiece is close to BPE, but it merges the pair that is likeliest.";
    const Framing cases[] = {
        {"What does RAG stand for?", rag, "lets a model answer from documents", ""},
        {"What does RAG do?", rag, "lets a model answer from documents",
         "RAG lets a model answer from documents."},
        {"What is RAG?", rag, "lets a model answer from documents",
         "RAG lets a model answer from documents."},
        {"What distinguishes WordPiece from BPE?", wordpiece,
         "WordPiece is close to BPE, but it merges the pair that is likeliest", ""},
        {"What distinguishes WordPiece from BPE?", "The merging tells them apart.", "The merging",
         "The merging distinguishes WordPiece from BPE."},
        {"Where was Okapi developed?", "Okapi of London was it.", "Okapi of London", ""},
        {"What share of the tokens does BERT choose?", "In BERT, 15 percent are chosen.",
         "15 percent", "BERT chooses 15 percent of the tokens."},
    };
    expect_first_frames(cases);
}

TEST(AnswerFrames, NoneForOtherQuestions) {
    const char* evidence = "The tokenizer cuts a text into the units that a model reads.";
    for (const char* question :
         {"What is tokenization?", "Why is it cut?", "How does a tokenizer work?",
          "Does the tokenizer cut a text?", "Explain tokenizers.", "", "???"})
        EXPECT_TRUE(answer_frames(question, evidence, "cuts a text into the units").empty())
            << question;
    EXPECT_TRUE(
        answer_frames("When was it published?", "It was not published in 2018 by them.", "2018")
            .empty());
    EXPECT_TRUE(answer_frames("Wann erschien BERT?", "BERT erschien im Oktober 2018 und wurde.",
                              "Oktober 2018")
                    .empty());
}

}  // namespace
}  // namespace lectern
