#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <limits>

#include "api/request_fields.hpp"
#include "apps/cli/common.hpp"
#include "apps/cli/described.hpp"

namespace lectern::app {
namespace {

struct Search {
    Common common;
    std::string text;
    std::string vector;             // a file
    std::vector<std::string> also;  // collections
    SearchOptions options;
};

// A JSON array of numbers.
Result<std::vector<float>> read_vector(const std::string& file) {
    const auto wrong = [&file](const std::string& what) {
        return Status{Code::invalid_argument, "the vector in '" + file + "' " + what};
    };
    std::ifstream opened;
    if (file != "-") opened.open(file, std::ios::binary);
    std::istream& in = file == "-" ? std::cin : opened;
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in || in.bad()) return wrong("cannot be read");
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(text, error);
    if (error || !value.is_array()) return wrong("is not a JSON array of numbers");
    std::vector<float> out;
    for (const boost::json::value& item : value.get_array()) {
        const double number = item.is_number() ? item.to_number<double>(error) : std::nan("");
        if (error || !(std::abs(number) <= std::numeric_limits<float>::max()))
            return wrong("has no number at position " + std::to_string(out.size()));
        out.push_back(static_cast<float>(number));
    }
    if (out.empty()) return wrong("is empty");
    return out;
}

void print_facet(const Facet& facet) {
    constexpr std::size_t most = 10;
    std::cout << shown(facet.field) << ':';
    for (std::size_t i = 0; i < facet.values.size() && i < most; ++i)
        std::cout << (i == 0 ? " " : ", ") << snippet(facet.values[i].value, 60) << " ("
                  << facet.values[i].count << ")";
    std::cout << (facet.values.size() > most ? ", …\n" : "\n");
    if (const auto& numbers = facet.statistics)
        std::cout << "  " << numbers->least << " to " << numbers->most << ", mean " << numbers->mean
                  << ", sum " << numbers->sum << " of " << numbers->count << '\n';
}

// The text's beginning, or what is around its first mark, in one line; marks stand out.
std::string marked(const Hit& hit, std::size_t bytes) {
    constexpr std::string_view on = "\uE000";  // until the text is one line; then escapes
    constexpr std::string_view off = "\uE001";
    constexpr std::size_t before_mark = 60;
    std::size_t at = 0;
    if (!hit.highlights.empty() && hit.highlights.front().begin - hit.begin > bytes / 2) {
        at = hit.highlights.front().begin - hit.begin - before_mark;
        at = std::min(hit.text.find(' ', at), hit.text.size());
    }
    std::string text = at == 0 ? "" : "…";
    std::size_t escapes = 0;
    for (const ByteRange& mark : hit.highlights) {
        const std::size_t begin = mark.begin - hit.begin;
        const std::size_t end = mark.end - hit.begin;
        if (begin < at || end > hit.text.size()) continue;
        text.append(hit.text, at, begin - at).append(on);
        text.append(hit.text, begin, end - begin).append(off);
        if (text.size() < bytes) escapes += on.size() + off.size();
        at = end;
    }
    text.append(hit.text, std::min(at, hit.text.size()));
    std::string out = snippet(text, bytes + escapes);
    bool open = false;
    for (std::size_t i = 0; i < out.size();) {
        const bool begins = out.compare(i, on.size(), on) == 0;
        if (!begins && out.compare(i, off.size(), off) != 0) {
            ++i;
            continue;
        }
        const std::string_view escape = begins ? "\x1B[1m" : "\x1B[0m";
        out.replace(i, on.size(), escape);
        i += escape.size();
        open = begins;
    }
    return open ? out + "\x1B[0m" : out;
}

void print_hit(std::size_t rank, const Hit& hit, const std::string& where) {
    const std::string place = hit.place.empty() ? "" : "  " + shown(hit.place.text);
    std::printf("%2zu. %.3f  %s%s  [%llu-%llu]%s\n", rank, static_cast<double>(hit.score),
                where.c_str(), shown(hit.document).c_str(),
                static_cast<unsigned long long>(hit.begin),
                static_cast<unsigned long long>(hit.end), place.c_str());
    if (!hit.title.empty()) std::printf("    %s\n", snippet(hit.title, 100).c_str());
    static const bool marks = terminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
    std::printf("    %s\n", (marks ? marked(hit, 200) : snippet(hit.text, 200)).c_str());
}

// One list of several collections.
int run_joint(const Search& search, const SearchOptions& options, const std::string& text) {
    std::vector<std::string> names{search.common.collection};
    names.insert(names.end(), search.also.begin(), search.also.end());
    std::vector<Collection> open;
    for (const std::string& name : names) {
        Common common = search.common;
        common.collection = name;
        auto collection = open_collection(common, false, true);
        if (!collection) return fail(collection.status());
        open.push_back(std::move(*collection));
    }
    std::vector<const Collection*> all;
    for (const Collection& one : open) all.push_back(&one);
    const auto result = search_all(all, text, options);
    if (!result) return fail(result.status());
    if (search.common.json) {
        print(api::json_of(*result, names));
    } else {
        std::size_t rank = 0;
        for (const JointHit& one : result->hits)
            print_hit(++rank, one.hit, shown(names[one.collection]) + ": ");
        if (result->hits.empty()) std::cout << "nothing found\n";
    }
    print_hints(result->hints);
    return Exit::done;
}

int run(const Search& search) {
    if (search.text == "-" && search.vector == "-")
        return fail({Code::invalid_argument, "the text and the vector cannot both be '-'"});
    SearchOptions options = search.options;
    if (!search.vector.empty()) {
        auto vector = read_vector(search.vector);
        if (!vector) return fail(vector.status());
        options.vector = std::move(*vector);
    }
    const auto text = query_text(search.text);
    if (!text) return fail(text.status());
    if (!search.also.empty()) return run_joint(search, options, *text);
    auto collection = open_collection(search.common, false, true);
    if (!collection) return fail(collection.status());
    const bool streams = options.summaries == Summaries::list && !search.common.json;
    if (streams)
        options.on_summary = [](std::size_t, std::string_view piece) {
            std::cout << shown(piece) << std::flush;
        };
    auto result = collection->search(*text, options);
    if (!result) return fail(result.status());
    if (search.common.json) {
        print(api::json_of(*result));
    } else {
        if (streams && !result->summaries.front().text.empty())
            print_sources(result->summaries.front().citations, result->summaries.front().status);
        std::size_t rank = 0;
        for (const Hit& hit : result->hits) {
            print_hit(++rank, hit, "");
            if (search.options.summaries == Summaries::each)
                std::printf("    > %s\n", snippet(result->summaries[rank - 1].text, 600).c_str());
        }
        if (result->hits.empty()) {
            const auto stats = collection->stats();
            std::cout << "nothing found; "
                      << (stats.ok() && stats->chunks == 0 ? "the collection is empty"
                          : search.options.filter.empty()  ? "no passage has these words"
                                                           : "no document passes the filter")
                      << '\n';
        }
        for (const Facet& facet : result->facets) print_facet(facet);
    }
    print_hints(result->hints);
    explain(search.common, result->timing.stages);
    return Exit::done;
}

}  // namespace

void add_search(CLI::App& program, Run& run_command) {
    auto search = std::make_shared<Search>();
    CLI::App& command = *program.add_subcommand("search", "Find passages by meaning and words");
    add_collection(command, search->common);
    command.add_option("--pipeline", search->common.pipeline,
                       "Another pipeline with the same vectors");
    CLI::Option* text =
        command.add_option("TEXT", search->text, "What to look for; - reads standard input");
    CLI::Option* vector = command.add_option(
        "--vector", search->vector,
        "Search with the vector in this file, a JSON array of numbers, in place of the text's; - "
        "reads standard input. Without TEXT the search is by meaning alone");
    add_described(command, api::search_options(), search->options);
    command
        .add_option("--also", search->also,
                    "Search this collection too, and give one list; may be given again")
        ->type_name("DIR")
        ->allow_extra_args(false);
    command.callback([text, vector, search, &run_command] {
        if (text->count() + vector->count() == 0 && search->options.similar.empty())
            throw CLI::RequiredError("TEXT, --vector or --similar");
        run_command = [search] { return run(*search); };
    });
    add_json(command, search->common);
    add_explain(command, search->common);
}

}  // namespace lectern::app
