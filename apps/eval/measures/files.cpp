#include "apps/eval/measures/files.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <unordered_set>

#include "apps/eval/measures/metrics.hpp"
#include "text/text.hpp"

namespace lectern::evaluation {
namespace {

namespace json = boost::json;

constexpr std::string_view spaces = " \t\r\n\v\f";

// One file, line by line, with its place for messages.
class Lines {
 public:
    Lines(std::istream& in, std::string_view name) : in_(in), name_(name) {}

    // The next line that is not blank.
    bool next(std::string& line) {
        while (std::getline(in_, line)) {
            ++number_;
            if (number_ == 1 && line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
            while (!line.empty() && line.back() == '\r') line.pop_back();
            if (line.find_first_not_of(spaces) != std::string::npos) return true;
        }
        return false;
    }
    [[nodiscard]] std::size_t number() const { return number_; }
    [[nodiscard]] Status wrong(const std::string& what) const {
        return {Code::invalid_argument,
                std::string(name_) + ":" + std::to_string(number_) + ": " + what};
    }
    [[nodiscard]] Status end() const {
        if (in_.bad())
            return {Code::internal,
                    std::string(name_) + ": reading failed after line " + std::to_string(number_)};
        return {};
    }

 private:
    std::istream& in_;
    std::string_view name_;
    std::size_t number_ = 0;
};

std::vector<std::string_view> columns(std::string_view line) {
    std::vector<std::string_view> out;
    std::size_t at = 0;
    while ((at = line.find_first_not_of(spaces, at)) != std::string_view::npos) {
        const std::size_t end = std::min(line.find_first_of(spaces, at), line.size());
        out.push_back(line.substr(at, end - at));
        at = end;
    }
    return out;
}

// BEIR's columns are set apart by tabs, so ids may have spaces in them.
std::vector<std::string_view> judgement_columns(std::string_view line) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0;;) {
        const std::size_t tab = line.find('\t', at);
        out.push_back(line.substr(at, tab - at));
        if (tab == std::string_view::npos) break;
        at = tab + 1;
    }
    return out.size() >= 3 ? out : columns(line);
}

template <typename Number>
bool parse_number(std::string_view text, Number& value) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

std::string in_quotes(std::string_view text) {
    return "'" + std::string(text::prefix(text, 60)) + "'";
}

template <typename T, typename Parse>
Result<T> read(const std::filesystem::path& file, Parse parse) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error))
        return Status{Code::invalid_argument,
                      "'" + file.string() + "' is a folder; a file is expected"};
    std::ifstream in(file, std::ios::binary);
    if (!in)
        return Status{Code::not_found,
                      "cannot read '" + file.string() + "': " + std::strerror(errno)};
    return parse(in, file.string());
}

const json::value* find(const json::object& object, std::string_view key) {
    const auto at = object.find(key);
    return at == object.end() ? nullptr : &at->value();
}

// Ids may be numbers in other people's files.
Result<std::string> query_id(const json::object& object, const Lines& lines) {
    const json::value* id = find(object, "_id");
    if (id == nullptr) id = find(object, "id");
    if (id == nullptr) return lines.wrong(R"(the query has no "_id")");
    if (id->is_int64() || id->is_uint64()) return json::serialize(*id);
    if (!id->is_string() || id->get_string().empty())
        return lines.wrong(R"("_id" must be a string that is not empty)");
    return std::string(id->get_string());
}

Status answers_of(const json::object& object, const Lines& lines, Query& to) {
    if (const json::value* answers = find(object, "answers"); answers != nullptr) {
        if (!answers->is_array()) return lines.wrong(R"("answers" must be an array of strings)");
        to.answers.emplace();
        for (const json::value& answer : answers->get_array()) {
            if (!answer.is_string())
                return lines.wrong(R"("answers" must hold strings, not )" +
                                   in_quotes(json::serialize(answer)));
            to.answers->emplace_back(answer.get_string());
        }
    }
    if (const json::value* starts = find(object, "answer_starts"); starts != nullptr) {
        if (!starts->is_array())
            return lines.wrong(R"("answer_starts" must be an array of whole numbers)");
        for (const json::value& start : starts->get_array()) {
            if (!start.is_int64() || start.get_int64() < 0)
                return lines.wrong(R"("answer_starts" must hold whole numbers from 0, not )" +
                                   in_quotes(json::serialize(start)));
            to.answer_starts.push_back(static_cast<std::uint64_t>(start.get_int64()));
        }
        const std::size_t wanted = to.answers ? to.answers->size() : 0;
        if (to.answer_starts.size() != wanted)
            return lines.wrong("\"answer_starts\" has " + std::to_string(to.answer_starts.size()) +
                               " entries, but \"answers\" has " + std::to_string(wanted));
    }
    if (const json::value* history = find(object, "history"); history != nullptr) {
        static const std::string must =
            R"("history" must be an array of objects with a "question" and an "answer", strings)";
        if (!history->is_array()) return lines.wrong(must);
        for (const json::value& turn : history->get_array()) {
            const json::object* both = turn.if_object();
            const json::value* question = both == nullptr ? nullptr : find(*both, "question");
            const json::value* answer = both == nullptr ? nullptr : find(*both, "answer");
            if (question == nullptr || !question->is_string() ||
                (answer != nullptr && !answer->is_string()))
                return lines.wrong(must);
            to.history.emplace_back(question->get_string(),
                                    answer == nullptr ? "" : answer->get_string());
        }
    }
    if (const json::value* document = find(object, "doc"); document != nullptr) {
        if (!document->is_string()) return lines.wrong(R"("doc" must be a string)");
        to.document = document->get_string();
    }
    return {};
}

}  // namespace

Result<std::vector<Query>> parse_queries(std::istream& in, std::string_view name) {
    std::vector<Query> out;
    std::unordered_set<std::string> seen;
    Lines lines(in, name);
    for (std::string line; lines.next(line);) {
        boost::system::error_code error;
        const json::value value = json::parse(line, error);
        if (error) return lines.wrong("this is not JSON: " + error.message());
        if (!value.is_object())
            return lines.wrong(R"(a JSON object with "_id" and "text" is expected)");
        const json::object& object = value.get_object();
        Query query;
        LECTERN_ASSIGN(query.id, query_id(object, lines));
        const json::value* text = find(object, "text");
        if (text == nullptr || !text->is_string() || text->get_string().empty())
            return lines.wrong("query " + in_quotes(query.id) +
                               R"( has no "text", or it is not a string with something in it)");
        query.text = text->get_string();
        LECTERN_TRY(answers_of(object, lines, query));
        if (!seen.insert(query.id).second)
            return lines.wrong("there is a query " + in_quotes(query.id) + " already");
        out.push_back(std::move(query));
    }
    LECTERN_TRY(lines.end());
    if (out.empty())
        return Status{Code::invalid_argument, std::string(name) + ": there are no queries in it"};
    return out;
}

Result<Judgements> parse_judgements(std::istream& in, std::string_view name) {
    Judgements out;
    Lines lines(in, name);
    bool first = true;
    for (std::string line; lines.next(line);) {
        const auto fields = judgement_columns(line);
        if (fields.size() != 3 && fields.size() != 4)
            return lines.wrong(
                "3 columns (query-id, corpus-id, score) or TREC's 4 (query, iteration, document, "
                "relevance) are expected; there are " +
                std::to_string(fields.size()));
        int relevance = 0;
        const bool number = parse_number(fields.back(), relevance);
        const bool header = first && !number && fields.front().starts_with("query");
        first = false;
        if (header) continue;
        if (!number)
            return lines.wrong("the relevance " + in_quotes(fields.back()) +
                               " is not a whole number");
        const std::string query(fields.front());
        const std::string document(fields[fields.size() - 2]);
        if (query.empty() || document.empty())
            return lines.wrong("the id of the query or the document is empty");
        const auto [at, fresh] = out[query].emplace(document, relevance);
        if (!fresh && at->second != relevance)
            return lines.wrong("document " + in_quotes(document) + " was judged for query " +
                               in_quotes(query) + " before, with " + std::to_string(at->second));
    }
    LECTERN_TRY(lines.end());
    if (out.empty())
        return Status{Code::invalid_argument,
                      std::string(name) + ": there are no judgements in it"};
    return out;
}

Result<Run> parse_run(std::istream& in, std::string_view name) {
    Run out;
    std::unordered_set<std::string> seen;
    Lines lines(in, name);
    for (std::string line; lines.next(line);) {
        const auto fields = columns(line);
        if (fields.size() != 6)
            return lines.wrong(
                "6 columns (query, Q0, document, rank, score, tag) are expected; there are " +
                std::to_string(fields.size()));
        ScoredDocument found{std::string(fields[2]), 0};
        if (!parse_number(fields[4], found.score) || !std::isfinite(found.score))
            return lines.wrong("the score " + in_quotes(fields[4]) + " is not a number");
        const std::string query(fields[0]);
        if (!seen.insert(query + "\n" + found.document).second)
            return lines.wrong("document " + in_quotes(found.document) +
                               " is there twice for query " + in_quotes(query));
        out[query].push_back(std::move(found));
    }
    LECTERN_TRY(lines.end());
    if (out.empty())
        return Status{Code::invalid_argument, std::string(name) + ": there are no results in it"};
    return out;
}

Result<std::vector<Query>> read_queries(const std::filesystem::path& file) {
    return read<std::vector<Query>>(file, parse_queries);
}

Result<Judgements> read_judgements(const std::filesystem::path& file) {
    return read<Judgements>(file, parse_judgements);
}

Result<Run> read_run(const std::filesystem::path& file) {
    return read<Run>(file, parse_run);
}

void write_run(std::ostream& out, const Run& run, std::string_view tag) {
    for (const auto& [query, found] : run) {
        std::size_t rank = 0;
        for (const ScoredDocument& item : ranking(found)) {
            char score[32];
            const auto end = std::to_chars(score, score + sizeof score, item.score).ptr;
            out << query << " Q0 " << item.document << ' ' << ++rank << ' '
                << std::string_view(score, static_cast<std::size_t>(end - score)) << ' ' << tag
                << '\n';
        }
    }
}

Status write_run(const std::filesystem::path& file, const Run& run, std::string_view tag) {
    const auto spaced = [](std::string_view id) {
        return id.empty() || id.find_first_of(spaces) != std::string_view::npos;
    };
    for (const auto& [query, found] : run) {
        if (spaced(query))
            return {Code::invalid_argument,
                    "query " + in_quotes(query) + ": a run file cannot hold an id with spaces"};
        for (const ScoredDocument& item : found)
            if (spaced(item.document))
                return {Code::invalid_argument, "document " + in_quotes(item.document) +
                                                    ": a run file cannot hold an id with spaces"};
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    if (out) write_run(out, run, tag);
    out.close();
    if (!out)
        return {Code::internal, "cannot write '" + file.string() + "': " + std::strerror(errno)};
    return {};
}

}  // namespace lectern::evaluation
