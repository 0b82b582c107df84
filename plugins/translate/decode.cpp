#include "plugins/translate/decode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace lectern::translate {
namespace {

using Tokens = std::vector<std::uint32_t>;

// One translation that is being written.
struct Draft {
    std::size_t sentence = 0;
    Tokens tokens;
    double score = 0;  // sum of the logarithms
};

struct Candidate {
    std::size_t draft = 0;
    std::uint32_t word = 0;
    double score = 0;
};

// What is known of one sentence.
struct Goal {
    std::size_t most = 0;  // tokens
    std::uint32_t open = 0;
    Tokens best;
    double best_score = -std::numeric_limits<double>::infinity();
};

double normalised(double score, std::size_t tokens, float power) {
    return score / std::pow(static_cast<double>(tokens), static_cast<double>(power));
}

// The most of `count` candidates that have the highest scores, best first; of equal ones the first.
void keep_best(std::vector<Candidate>& candidates, std::size_t count) {
    const auto better = [](const Candidate& a, const Candidate& b) {
        return a.score != b.score   ? a.score > b.score
               : a.draft != b.draft ? a.draft < b.draft
                                    : a.word < b.word;
    };
    count = std::min(count, candidates.size());
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                      candidates.end(), better);
    candidates.resize(count);
}

class Search {
 public:
    Search(const Network& network, std::span<const Tokens> sentences, std::span<const Tokens> words,
           const DecodeOptions& options)
        : network_(network), words_(words), options_(options), goals_(sentences.size()) {
        for (std::size_t i = 0; i < sentences.size(); ++i) {
            goals_[i].most = static_cast<std::size_t>(options.length_factor *
                                                      static_cast<float>(sentences[i].size())) +
                             1;
            goals_[i].open = options.beam;
            drafts_.push_back({i, {}, 0});
        }
    }

    std::vector<Tokens> run(const Memory& memory, const Check& check) {
        States states = network_.start(drafts_.size());
        Rows out;
        std::vector<Line> lines;
        for (std::size_t position = 0; !drafts_.empty(); ++position) {
            check();
            lines.clear();
            for (const Draft& draft : drafts_)
                lines.push_back({draft.sentence, draft.tokens.empty()
                                                     ? std::nullopt
                                                     : std::optional(draft.tokens.back())});
            network_.step(memory, lines, position, states, out);
            advance(out, states);
        }
        std::vector<Tokens> best;
        for (Goal& goal : goals_) best.push_back(std::move(goal.best));
        return best;
    }

 private:
    // The drafts after one more token, and their states in their order.
    void advance(const Rows& rows, States& states) {
        std::vector<Draft> next;
        std::vector<std::size_t> from;
        for (std::size_t begin = 0; begin < drafts_.size();) {
            std::size_t end = begin + 1;
            while (end < drafts_.size() && drafts_[end].sentence == drafts_[begin].sentence) ++end;
            extend(rows, begin, end, next, from);
            begin = end;
        }
        for (Rows& layer : states) {
            Rows moved(next.size(), layer.columns());
            for (std::size_t i = 0; i < next.size(); ++i)
                std::copy_n(layer.row(from[i]), layer.stride(), moved.row(i));
            layer = std::move(moved);
        }
        drafts_ = std::move(next);
    }

    // The drafts [begin, end) of one sentence.
    void extend(const Rows& rows, std::size_t begin, std::size_t end, std::vector<Draft>& next,
                std::vector<std::size_t>& from) {
        Goal& goal = goals_[drafts_[begin].sentence];
        candidates_.clear();
        for (std::size_t i = begin; i < end; ++i) score(rows.row(i), i, goal.open);
        keep_best(candidates_, goal.open);
        for (const Candidate& one : candidates_) {
            const Draft& draft = drafts_[one.draft];
            if (one.word == options_.end) {
                finish(goal, draft.tokens, one.score, draft.tokens.size() + 1);
                --goal.open;
                continue;
            }
            Draft longer = draft;
            longer.tokens.push_back(one.word);
            longer.score = one.score;
            if (longer.tokens.size() >= goal.most) {
                finish(goal, longer.tokens, longer.score, longer.tokens.size());
                continue;
            }
            next.push_back(std::move(longer));
            from.push_back(one.draft);
        }
    }

    void finish(Goal& goal, const Tokens& tokens, double score, std::size_t length) const {
        const double value = normalised(score, length, options_.normalise);
        if (value <= goal.best_score) return;
        goal.best_score = value;
        goal.best = tokens;
    }

    // The best continuations of one draft, at most `count`.
    void score(const float* row, std::size_t draft, std::size_t count) {
        const Tokens& words = words_[drafts_[draft].sentence];
        logits_.resize(words.size());
        network_.logits(row, words, logits_.data());
        if (options_.beam == 1) {
            std::size_t best = words.size();
            for (std::size_t i = 0; i < words.size(); ++i)
                if (words[i] != options_.unknown &&
                    (best == words.size() || logits_[i] > logits_[best]))
                    best = i;
            if (best < words.size()) candidates_.push_back({draft, words[best], 0});
            return;
        }
        double total = 0;
        const float most = *std::max_element(logits_.begin(), logits_.end());
        for (const float logit : logits_) total += std::exp(static_cast<double>(logit - most));
        const double norm = static_cast<double>(most) + std::log(total);
        own_.clear();
        for (std::size_t i = 0; i < words.size(); ++i)
            if (words[i] != options_.unknown && std::isfinite(logits_[i]))
                own_.push_back({draft, words[i],
                                drafts_[draft].score + static_cast<double>(logits_[i]) - norm});
        keep_best(own_, count);
        candidates_.insert(candidates_.end(), own_.begin(), own_.end());
    }

    const Network& network_;
    std::span<const Tokens> words_;
    const DecodeOptions& options_;
    std::vector<Goal> goals_;
    std::vector<Draft> drafts_;  // those of a sentence stand together
    std::vector<Candidate> candidates_;
    std::vector<Candidate> own_;
    std::vector<float> logits_;
};

}  // namespace

std::vector<Tokens> decode(const Network& network, std::span<const Tokens> sentences,
                           std::span<const Tokens> words, const DecodeOptions& options,
                           const Check& check) {
    if (sentences.empty()) return {};
    const Rows encoded = network.encode(sentences, check);
    const Memory memory = network.memory(encoded, starts_of(sentences));
    return Search(network, sentences, words, options).run(memory, check);
}

}  // namespace lectern::translate
