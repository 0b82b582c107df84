#include "plugins/word2vec/analogies.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "plugins/word2vec/failure.hpp"
#include "plugins/word2vec/nearest.hpp"
#include "text/text.hpp"

namespace lectern::word2vec {
namespace {

std::vector<std::string_view> fields(std::string_view line) {
    constexpr std::string_view spaces = " \t\r";
    std::vector<std::string_view> out;
    for (std::size_t at = line.find_first_not_of(spaces); at != std::string_view::npos;) {
        const std::size_t end = std::min(line.find_first_of(spaces, at), line.size());
        out.push_back(line.substr(at, end - at));
        at = line.find_first_not_of(spaces, end);
    }
    return out;
}

// The first `count` word vectors, each of length 1 (or zero).
std::vector<float> unit_rows(const WordVectors& model, std::size_t count) {
    const std::size_t dimension = model.dimension();
    std::vector<float> out(count * dimension);
    for (std::size_t id = 0; id < count; ++id) {
        const std::span<float> row(out.data() + id * dimension, dimension);
        model.add(static_cast<std::uint32_t>(id), 1, row);
        const double length =
            std::sqrt(std::inner_product(row.begin(), row.end(), row.begin(), 0.0));
        if (length > 0)
            for (float& value : row) value = static_cast<float>(value / length);
    }
    return out;
}

struct Question {
    std::size_t section = 0;
    std::array<std::uint32_t, 4> words{};
};

}  // namespace

std::vector<AnalogySection> parse_analogies(std::string_view text, const std::string& name) {
    std::vector<AnalogySection> out;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        ++number;
        const auto words = fields(line);
        if (words.empty()) continue;
        if (words.front().front() == ':') {
            const std::size_t begin = line.find(':') + 1;
            const auto title = fields(line.substr(begin));
            std::string joined;
            for (const auto part : title) joined.append(joined.empty() ? "" : " ").append(part);
            out.push_back({joined, {}});
            continue;
        }
        const std::string where = "line " + std::to_string(number) + " of '" + name + "'";
        if (words.size() != 4)
            invalid(where + " has " + std::to_string(words.size()) +
                    " words; a question is four words a b c d, a section is ': name'");
        if (out.empty()) invalid(where + " is a question before the first section ': name'");
        out.back().questions.push_back({std::string(words[0]), std::string(words[1]),
                                        std::string(words[2]), std::string(words[3])});
    }
    if (out.empty()) invalid("'" + name + "' has no analogy questions");
    return out;
}

AnalogyReport evaluate(const WordVectors& model, const std::vector<AnalogySection>& sections,
                       const AnalogyOptions& options) {
    const Vocabulary& vocabulary = model.vocabulary();
    const std::size_t limit = options.vocabulary == 0
                                  ? vocabulary.size()
                                  : static_cast<std::size_t>(std::min<std::uint64_t>(
                                        vocabulary.size(), options.vocabulary));
    const auto look_up = [&](const std::string& word) -> std::optional<std::uint32_t> {
        auto id = vocabulary.find(word);
        if (!id || *id >= limit) id = vocabulary.find(text::fold(word));
        return id && *id < limit ? id : std::nullopt;
    };

    AnalogyReport report;
    report.vocabulary = limit;
    std::vector<Question> questions;
    for (std::size_t section = 0; section < sections.size(); ++section) {
        AnalogyScore& score = report.sections.emplace_back();
        score.name = sections[section].name;
        score.questions = sections[section].questions.size();
        for (const auto& words : sections[section].questions) {
            Question question{section, {}};
            bool known = true;
            for (std::size_t i = 0; i < words.size() && known; ++i) {
                const auto id = look_up(words[i]);
                known = id.has_value();
                question.words[i] = id.value_or(0);
            }
            if (known) questions.push_back(question);
        }
    }

    const std::size_t dimension = model.dimension();
    const std::vector<float> rows = unit_rows(model, limit);
    const NearestRows nearest(rows, dimension);
    std::vector<std::uint32_t> answers(questions.size());
    constexpr std::size_t batch = 192;
    std::atomic<std::size_t> next{0};
    std::atomic<bool> stopped{false};
    std::mutex progress;
    const auto work = [&] {
        std::vector<float> queries;
        std::vector<NearestRows::Excluded> excluded;
        for (;;) {
            const std::size_t begin = next.fetch_add(batch);
            if (begin >= questions.size() || stopped) return;
            const std::size_t count = std::min(batch, questions.size() - begin);
            queries.resize(count * dimension);
            excluded.resize(count);
            for (std::size_t i = 0; i < count; ++i) {
                const auto& [a, b, c, d] = questions[begin + i].words;
                excluded[i] = {a, b, c};
                for (std::size_t k = 0; k < dimension; ++k)
                    queries[i * dimension + k] =
                        rows[b * dimension + k] - rows[a * dimension + k] + rows[c * dimension + k];
            }
            nearest.find(queries, excluded, std::span(answers).subspan(begin, count));
            const std::scoped_lock lock(progress);
            if (options.progress && !options.progress(static_cast<double>(begin + count) /
                                                      static_cast<double>(questions.size())))
                stopped = true;
        }
    };
    {
        std::vector<std::jthread> helpers;
        for (unsigned i = 1; i < options.threads; ++i) helpers.emplace_back(work);
        work();
    }

    for (std::size_t i = 0; i < questions.size(); ++i) {
        AnalogyScore& score = report.sections[questions[i].section];
        ++score.answered;
        if (answers[i] == questions[i].words[3]) ++score.correct;
    }
    report.total.name = "total";
    report.semantic.name = "semantic";
    report.syntactic.name = "syntactic";
    for (const AnalogyScore& score : report.sections) {
        AnalogyScore& kind = score.name.starts_with("gram") ? report.syntactic : report.semantic;
        for (AnalogyScore* sum : {&report.total, &kind}) {
            sum->questions += score.questions;
            sum->answered += score.answered;
            sum->correct += score.correct;
        }
    }
    return report;
}

}  // namespace lectern::word2vec
