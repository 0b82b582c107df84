#include "api/requests.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

namespace lectern::api {
namespace {

constexpr std::uint64_t most_candidates = 10'000;
constexpr std::size_t most_summaries = 20;  // each is a generation

// The one of `all` whose name the field has.
template <typename Choice>
std::optional<Choice> read_choice(Fields& fields, std::string_view field,
                                  std::initializer_list<Choice> all, std::string_view must) {
    const std::string text = fields.text(field);
    if (text.empty()) return {};
    for (const Choice one : all)
        if (name(one) == text) return one;
    fields.wrong(field, must);
    return {};
}

Summaries read_summaries(Fields& fields) {
    const std::string text = fields.text("summarize");
    if (text == "list") return Summaries::list;
    if (text == "each") return Summaries::each;
    if (!text.empty()) fields.wrong("summarize", "must be list or each");
    return Summaries::none;
}

}  // namespace

std::optional<std::chrono::milliseconds> read_deadline(
    Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    constexpr auto no_limit = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    const std::int64_t most = longest ? longest->count() : no_limit;
    if (fields.any("deadline_milliseconds") == nullptr) return longest;
    return std::chrono::milliseconds(fields.count("deadline_milliseconds",
                                                  static_cast<std::uint64_t>(most), 1,
                                                  static_cast<std::uint64_t>(most)));
}

void read_ranking(Fields& fields, SearchOptions& options) {
    options.mode =
        read_choice(fields, "mode", {SearchMode::hybrid, SearchMode::dense, SearchMode::lexical},
                    "must be hybrid, dense or lexical");
    options.fusion =
        read_choice(fields, "fusion", {Fusion::convex, Fusion::rrf}, "must be convex or rrf");
    if (fields.any("weight") != nullptr) options.weight = fields.number("weight", 0, 0, 1);
    if (fields.any("feedback") != nullptr) options.feedback = fields.number("feedback", 0, 0, 1);
    if (fields.any("candidates") != nullptr)
        options.candidates = fields.count("candidates", 1, 1, most_candidates);
}

SearchRequest read_search(Fields& fields, const SearchLimits& limits) {
    SearchRequest out;
    SearchOptions& options = out.options;
    out.query = fields.text("query");
    options.vector = fields.numbers("vector");
    read_ranking(fields, options);
    options.k = fields.count("k", std::min(options.k, limits.k), 1, limits.k);
    options.chunks = fields.flag("chunks");
    options.filter = fields.text("filter");
    options.facets = fields.texts("facets");
    options.sort = fields.text("sort");
    options.summaries = read_summaries(fields);
    if (options.summaries == Summaries::each && options.k > most_summaries)
        fields.wrong("k", "must be at most " + std::to_string(most_summaries) +
                              " where each hit is summarized");
    options.deadline = read_deadline(
        fields, options.summaries == Summaries::none ? limits.search_time : limits.answer_time);
    return out;
}

AskRequest read_ask(Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    AskRequest out;
    out.question = fields.text("question");
    out.options.history = read_history(fields);
    out.options.extractive = fields.flag("extractive");
    out.options.filter = fields.text("filter");
    out.options.deadline = read_deadline(fields, longest);
    return out;
}

std::vector<Turn> read_history(Fields& fields) {
    constexpr std::string_view must =
        "must be a list of objects with a 'question' and, where there was one, an 'answer'";
    std::vector<Turn> out;
    for (const boost::json::object& object : fields.objects("history")) {
        Turn turn;
        for (const auto& [key, value] : object) {
            const bool question = key == "question";
            if ((!question && key != "answer") || !value.is_string())
                return fields.wrong("history", must), out;
            (question ? turn.question : turn.answer) = value.get_string();
        }
        if (turn.question.empty()) return fields.wrong("history", must), out;
        out.push_back(std::move(turn));
    }
    return out;
}

SummarizeRequest read_summarize(Fields& fields, std::optional<std::chrono::milliseconds> longest) {
    SummarizeRequest out;
    out.document = fields.text("document");
    out.options.extractive = fields.flag("extractive");
    out.options.deadline = read_deadline(fields, longest);
    return out;
}

}  // namespace lectern::api
