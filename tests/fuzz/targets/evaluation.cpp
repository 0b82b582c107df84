// Files of queries, judgements and runs; answers. The first byte chooses.
#include "apps/eval/measures/answers.hpp"
#include "apps/eval/measures/files.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cmath>
#include <sstream>

namespace lectern::fuzz {
namespace {

void run_file(std::istream& in) {
    const auto first = evaluation::parse_run(in, "run");
    if (!first) return;
    std::ostringstream out;
    evaluation::write_run(out, *first, "tag");
    std::istringstream back(out.str());
    const auto second = evaluation::parse_run(back, "again");
    must(second.ok(), "a run that is written can be read");
    for (const auto& [query, documents] : *first) {
        const auto found = second->find(query);
        must(found != second->end() && found->second.size() == documents.size(),
             "a run that is written is read as itself");
    }
}

void answers(std::string_view input) {
    const std::string right(take_part(input));
    const std::vector<std::string> list{right};
    (void)evaluation::exact_match(input, list);
    const double f1 = evaluation::token_f1(input, list);
    must(f1 >= 0 && f1 <= 1, "a token F1 lies in 0 to 1");
    (void)evaluation::answer_in_text(input, list);
    must(evaluation::byte_of_character(input, right.size()) <= input.size(),
         "a character's byte lies in the text");
}

}  // namespace

void run(std::string_view input) {
    const unsigned choice = take_choice(input, 4);
    std::istringstream in{std::string(input)};
    switch (choice) {
        case 0: (void)evaluation::parse_queries(in, "queries"); break;
        case 1: (void)evaluation::parse_judgements(in, "judgements"); break;
        case 2: run_file(in); break;
        default: answers(input);
    }
}

}  // namespace lectern::fuzz
