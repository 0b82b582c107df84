#include "plugins/translate/settings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "plugins/shared/failure.hpp"

namespace lectern::translate {
namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) return {};
    text = text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
        text.back() == text.front())
        text = text.substr(1, text.size() - 2);
    return text;
}

std::uint32_t count(const Settings& settings, const char* key, std::uint32_t most,
                    const std::string& name) {
    const std::string text = setting(settings, key);
    std::uint32_t out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (text.empty() || error != std::errc() || end != text.data() + text.size() || out == 0 ||
        out > most)
        shared::fail(LECTERN_CORRUPT, name + ": the setting '" + key + "' is '" + text +
                                          "'; it must be a number from 1 to " +
                                          std::to_string(most));
    return out;
}

// The settings that the network is built for: what a file means that does not have it, and what it
// may be.
struct Known {
    const char* key;
    std::string_view otherwise;
    std::vector<std::string_view> values;
};

const std::vector<Known>& known() {
    static const std::vector<Known> all{
        {"type", "", {"transformer"}},
        {"transformer-decoder-autoreg", "self-attention", {"rnn"}},
        {"dec-cell", "gru", {"ssru"}},
        {"transformer-ffn-activation", "swish", {"relu"}},
        {"transformer-ffn-depth", "2", {"2"}},
        {"transformer-preprocess", "", {""}},
        {"transformer-postprocess", "dan", {"dan", "an"}},
        {"transformer-postprocess-emb", "d", {"d", ""}},
        {"transformer-postprocess-top", "", {""}},
        {"transformer-no-projection", "false", {"false"}},
        {"transformer-train-position-embeddings", "false", {"false"}},
        {"transformer-tied-layers", "", {"", "[]"}},
        {"transformer-pool", "false", {"false"}},
        {"output-omit-bias", "false", {"false"}},
        {"lemma-dim-emb", "0", {"0"}},
        {"ulr", "false", {"false"}},
        {"right-left", "false", {"false"}},
    };
    return all;
}

void check(const Settings& settings, const std::string& name) {
    for (const Known& one : known()) {
        const std::string value = setting(settings, one.key, one.otherwise);
        if (std::find(one.values.begin(), one.values.end(), value) != one.values.end()) continue;
        shared::fail(
            LECTERN_UNSUPPORTED,
            name + ": the setting '" + one.key + "' is '" + value + "', and '" +
                std::string(one.values.front()) +
                "' is read: models are Transformers with simpler recurrent units in the decoder "
                "(SSRU), as Firefox's are");
    }
}

}  // namespace

Settings parse_settings(std::string_view yaml) {
    Settings out;
    std::string list;  // the key whose items follow
    while (!yaml.empty()) {
        const std::size_t end = yaml.find('\n');
        std::string_view line = yaml.substr(0, end);
        yaml = end == std::string_view::npos ? std::string_view() : yaml.substr(end + 1);
        if (const std::size_t nul = line.find('\0'); nul != std::string_view::npos)
            line = line.substr(0, nul);
        const std::string_view content = trimmed(line);
        if (content.empty() || content.front() == '#') continue;
        if (content.starts_with("- ")) {
            if (!list.empty()) out[list].emplace_back(trimmed(content.substr(2)));
            continue;
        }
        list.clear();
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || line.front() == ' ' || line.front() == '\t')
            continue;
        std::string key(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        auto& values = out[key];
        values.clear();
        if (line.find_first_not_of(" \t\r", colon + 1) == std::string_view::npos)
            list = std::move(key);
        else
            values.emplace_back(value);
    }
    return out;
}

std::string setting(const Settings& settings, std::string_view key, std::string_view otherwise) {
    const auto found = settings.find(key);
    if (found == settings.end() || found->second.size() != 1) return std::string(otherwise);
    return found->second.front();
}

Shape shape_of(const Settings& settings, const std::string& name) {
    if (settings.empty()) shared::fail(LECTERN_CORRUPT, name + ": its settings are no YAML");
    check(settings, name);
    Shape out;
    out.size = count(settings, "dim-emb", 8192, name);
    out.heads = count(settings, "transformer-heads", 256, name);
    out.encoder_layers = count(settings, "enc-depth", 64, name);
    out.decoder_layers = count(settings, "dec-depth", 64, name);
    if (out.size % out.heads != 0)
        shared::fail(LECTERN_CORRUPT, name + ": 'dim-emb' is " + std::to_string(out.size) +
                                          ", which " + std::to_string(out.heads) +
                                          " heads cannot share");
    if (out.size % 2 != 0 || out.size < 4)
        shared::fail(LECTERN_CORRUPT, name + ": 'dim-emb' is " + std::to_string(out.size) +
                                          "; it must be even, and 4 at least");
    out.shared_vocabulary = setting(settings, "tied-embeddings-all", "false") == "true";
    if (!out.shared_vocabulary && setting(settings, "tied-embeddings", "false") != "true")
        shared::fail(
            LECTERN_UNSUPPORTED,
            name +
                ": neither 'tied-embeddings-all' nor 'tied-embeddings' is true, and a decoder "
                "with an output matrix of its own is not read");
    return out;
}

}  // namespace lectern::translate
