// Marian's model files with the network they make, their settings, and lexical shortlists. The
// first byte chooses.
#include <vector>

#include "plugins/translate/decode.hpp"
#include "plugins/translate/model_file.hpp"
#include "plugins/translate/network.hpp"
#include "plugins/translate/settings.hpp"
#include "plugins/translate/shortlist.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {
namespace {

using Tokens = std::vector<std::uint32_t>;

// A model that is whole translates something, whatever its weights are.
void run_model(std::span<const std::byte> bytes) {
    const auto items = translate::parse_model_file(bytes, "model.bin");
    std::string_view yaml;
    for (const translate::Item& item : items) {
        must_lie_in(static_cast<std::uint64_t>(item.data.data() - bytes.data()),
                    static_cast<std::uint64_t>(item.data.data() + item.data.size() - bytes.data()),
                    {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                    "an item lies in the file");
        if (item.name == "special:model.yml")
            yaml = {reinterpret_cast<const char*>(item.data.data()), item.data.size()};
    }
    const auto shape = translate::shape_of(translate::parse_settings(yaml), "model.bin");
    const translate::Network network(items, shape, "model.bin");
    const auto last = static_cast<std::uint32_t>(network.source_words() - 1);
    const std::vector<Tokens> sentence{{last, 0}};
    Tokens words;
    for (std::uint32_t word = 0; word < network.target_words() && word < 50; ++word)
        words.push_back(word);
    for (const std::uint32_t beam : {1U, 3U})
        (void)translate::decode(network, sentence, {&words, 1}, {.beam = beam}, [] {});
}

}  // namespace

void run(std::string_view input) {
    if (input.empty()) return;
    const std::string_view rest = input.substr(1);
    const auto bytes = std::as_bytes(std::span(rest.data(), rest.size()));
    may_refuse([&] {
        switch (input.front()) {
            case 'm': run_model(bytes); break;
            case 's': {
                const translate::Shortlist list(bytes, 3, 5, "lex.bin");
                (void)list.of(std::vector<std::uint32_t>{0, 1, 2});
                break;
            }
            default: (void)translate::shape_of(translate::parse_settings(rest), "model.yml");
        }
    });
}

}  // namespace lectern::fuzz
