// translate/settings.hpp: the settings of a model, out of the YAML of its files.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::translate {

// Keys of the outermost map, each with its value or the values of its list. What else YAML can say
// is not in the files that Marian writes, and is passed over.
using Settings = std::map<std::string, std::vector<std::string>, std::less<>>;

// Of any bytes; keys that are not understood are left out.
[[nodiscard]] Settings parse_settings(std::string_view yaml);

// The one value of a key, or `otherwise`.
[[nodiscard]] std::string setting(const Settings& settings, std::string_view key,
                                  std::string_view otherwise = "");

// What a network is built of.
struct Shape {
    std::uint32_t size = 0;  // of a token's vector
    std::uint32_t heads = 0;
    std::uint32_t encoder_layers = 0;
    std::uint32_t decoder_layers = 0;
    bool shared_vocabulary = true;  // one table of embeddings for both languages
};

// Throws shared::Failure (LECTERN_UNSUPPORTED), by the setting's name, where the model is another
// than a Transformer with simpler recurrent units in the decoder. `name` is for messages.
[[nodiscard]] Shape shape_of(const Settings& settings, const std::string& name);

}  // namespace lectern::translate
