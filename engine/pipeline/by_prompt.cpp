#include "engine/pipeline/by_prompt.hpp"

#include <boost/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "text/one_line.hpp"
#include "text/sentence_map.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

// A sentence in another language has up to about twice the tokens, and a token three bytes or more.
std::uint32_t most_tokens_for(std::string_view sentence) {
    return static_cast<std::uint32_t>(32 + sentence.size() * 2 / 3);
}

std::string with_text(std::string_view prompt, std::string_view text) {
    constexpr std::string_view place = "{text}";
    std::string out;
    for (std::size_t at = 0;;) {
        const std::size_t found = prompt.find(place, at);
        out.append(prompt, at, found - at);
        if (found == std::string_view::npos) return out;
        out += text;
        at = found + place.size();
    }
}

Result<std::string> ask_for(const host::Stage& generator, std::string_view prompt,
                            std::string_view sentence, const host::Interrupt& interrupt) {
    const std::string asked = with_text(prompt, text::one_line(sentence));
    lectern_message message{};
    message.struct_size = sizeof message;
    message.role = LECTERN_ROLE_USER;
    message.text = {asked.data(), asked.size()};
    lectern_generation generation{};
    generation.struct_size = sizeof generation;
    generation.messages = &message;
    generation.message_count = 1;
    generation.max_tokens = most_tokens_for(sentence);
    std::string said;
    host::Generation report;
    LECTERN_TRY(host::generate(
        generator, interrupt, generation,
        [&said](std::string_view piece) {
            said += piece;
            return true;
        },
        report));
    return text::one_line(said);
}

struct ByPrompt {
    std::string text;
    std::vector<text::SentencePair> sentences;
};

Result<ByPrompt> all_sentences(const host::Stage& generator, std::string_view prompt,
                               std::string_view whole, const host::Interrupt& interrupt) {
    ByPrompt out;
    std::size_t copied = 0;
    for (const text::Range& range : text::sentences(whole)) {
        out.text.append(whole, copied, range.begin - copied);
        const std::string_view sentence = whole.substr(range.begin, range.end - range.begin);
        LECTERN_ASSIGN(std::string said, ask_for(generator, prompt, sentence, interrupt));
        const std::size_t begin = out.text.size();
        out.text += said.empty() ? std::string(sentence) : said;
        out.sentences.push_back({range, {begin, out.text.size()}});
        copied = range.end;
    }
    out.text.append(whole, copied);
    return out;
}

}  // namespace

Status process_by_prompt(const host::Stage& generator, std::string_view prompt,
                         const host::Interrupt& interrupt, const host::Record& record,
                         const host::RecordTaker& taker) {
    LECTERN_ASSIGN(const ByPrompt made, all_sentences(generator, prompt, record.text, interrupt));
    ByPrompt title;
    if (!record.title.empty()) {
        LECTERN_ASSIGN(title, all_sentences(generator, prompt, record.title, interrupt));
    }
    boost::json::object metadata;
    if (!record.metadata.empty()) {
        boost::system::error_code error;
        auto value = boost::json::parse(record.metadata, error);
        if (!error && value.is_object()) metadata = std::move(value.get_object());
    }
    boost::json::object translation{{"to", generator.name()}};
    if (!record.id.empty()) {
        translation["of"] = record.id;
        translation["name"] = text::text_name(record.text);
    }
    translation["sentences"] = text::write_sentence_map(made.sentences);
    metadata["translation"] = std::move(translation);
    const std::string written = boost::json::serialize(metadata);
    const std::string id =
        record.id.empty() ? std::string() : std::string(record.id) + "#" + generator.name();
    if (!record.id.empty()) LECTERN_TRY(taker.take(record));
    return taker.take({.id = id, .title = title.text, .text = made.text, .metadata = written});
}

}  // namespace lectern
