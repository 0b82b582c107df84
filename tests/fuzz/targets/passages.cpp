// Chunks of a text, its outline, and the sentences of it that may be evidence.
#include "plugins/passages/candidates.hpp"
#include "plugins/passages/outline.hpp"
#include "plugins/passages/split.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    const std::string_view question = take_part(input);
    if (text::invalid_utf8_at(input) != std::string_view::npos ||
        text::invalid_utf8_at(question) != std::string_view::npos)
        return;
    for (const passages::Part& part : passages::outline(input))
        must_lie_in(part.range.begin, part.range.end, input, "a part lies in the text");
    const auto token_ends = [](std::string_view text) {
        std::vector<std::uint64_t> ends;
        for (const text::Word& word : text::words(text)) ends.push_back(word.range.end);
        return ends;
    };
    passages::SplitOptions options;
    options.limit = 12;
    options.target = 8;
    options.overlap = question.size() % 3;
    std::size_t last_end = 0;
    passages::split(input, options, token_ends, [&](const passages::Chunk& chunk) {
        must_lie_in(chunk.range.begin, chunk.range.end, input, "a chunk lies in the text");
        must(chunk.range.begin < chunk.range.end, "a chunk is not empty");
        must(chunk.range.end > last_end, "chunks come in order");
        const std::string_view missed = chunk.range.begin > last_end
                                            ? input.substr(last_end, chunk.range.begin - last_end)
                                            : std::string_view{};
        for (const char c : missed)
            must(static_cast<unsigned char>(c) <= ' ' || c < 0,
                 "every character that is no white space is in a chunk");
        last_end = chunk.range.end;
    });
    const std::vector<passages::Passage> list{{"A title", input, 1.0}};
    for (const passages::Candidate& candidate : passages::candidates(question, list)) {
        must(candidate.passage == 0, "a candidate is of the passage");
        must_lie_in(candidate.range.begin, candidate.range.end, input, "it lies in the text");
        must(candidate.context_begin <= candidate.range.begin, "its context begins before it");
    }
}

}  // namespace lectern::fuzz
