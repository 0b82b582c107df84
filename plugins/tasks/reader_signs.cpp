// What a reader sees, for those who fit its calibration (training/README.md):
//
//     reader_signs MODELS READER < pairs.jsonl > signs.jsonl
//
// Each line in: {"question", "passage", "title" (may be left out), "score" (of the search, may
// be)}. Each line out, in the same order: the signs of AnswerSentence, its bytes in the passage,
// and those of the span with its text.
#include <boost/json.hpp>
#include <exception>
#include <iostream>
#include <string>
#include <thread>

#include "plugins/tasks/answer_spans.hpp"

namespace {

namespace json = boost::json;

std::string text_of(const json::object& row, const char* key) {
    const auto* const value = row.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

void run(const char* models, const char* folder) {
    lectern::tasks::TaskOptions options;
    options.model = folder;
    options.models = models;
    options.precision = lectern::bert::Precision::f32;
    options.threads = std::thread::hardware_concurrency();
    const lectern::tasks::AnswerReader reader(options, {}, {.min_score = 0});
    for (std::string line; std::getline(std::cin, line);) {
        const json::object row = json::parse(line).as_object();
        const std::string passage = text_of(row, "passage");
        const std::string title = text_of(row, "title");
        const auto* const score = row.if_contains("score");
        const lectern::tasks::AnswerPassage read{title, passage,
                                                 score == nullptr ? 0 : score->to_number<double>()};
        const auto found = reader.read(text_of(row, "question"), {&read, 1}, 1, [] {});
        json::object out;
        if (!found.empty()) {
            const auto& signs = found[0].signs;
            out = {{"answers", signs.answers},
                   {"sureness", signs.sureness},
                   {"similarity", signs.similarity},
                   {"overlap", signs.overlap},
                   {"sentence_overlap", signs.sentence_overlap},
                   {"missing", signs.missing},
                   {"score", found[0].score},
                   {"begin", found[0].begin},
                   {"end", found[0].end},
                   {"span_begin", found[0].span_begin},
                   {"span_end", found[0].span_end},
                   {"span_probability", found[0].span_probability},
                   {"other_probability", found[0].other_probability},
                   {"text",
                    passage.substr(found[0].span_begin, found[0].span_end - found[0].span_begin)}};
        }
        std::cout << json::serialize(out) << '\n';
    }
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "usage: reader_signs MODELS READER < pairs.jsonl\n";
        return 1;
    }
    try {
        run(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::cerr << "reader_signs: " << error.what() << '\n';
        return 1;
    }
}
