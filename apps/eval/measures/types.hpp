// apps/eval/measures/types.hpp: what is asked, what is right, what was found.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace lectern::evaluation {

struct Query {
    std::string id{};
    std::string text{};
    // The right answers, any of which will do. Empty list: the documents do not answer this
    // question. Nothing: no answers are known.
    std::optional<std::vector<std::string>> answers{};
    // Where answers[i] begins in the gold document's text, in characters (code points) as in SQuAD.
    // As many as answers, or none.
    std::vector<std::uint64_t> answer_starts{};
    std::string document{};  // that holds the answer; "" when not known
    // What was asked before, with its answer ("": none), the oldest first.
    std::vector<std::pair<std::string, std::string>> history{};
};

// query → document → relevance; 1 and more is relevant.
using Judgements = std::map<std::string, std::unordered_map<std::string, int>>;

struct ScoredDocument {
    std::string document{};
    float score = 0;
    friend bool operator==(const ScoredDocument&, const ScoredDocument&) = default;
};

// query → documents, each at most once.
using Run = std::map<std::string, std::vector<ScoredDocument>>;

}  // namespace lectern::evaluation
