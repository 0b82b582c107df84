// bert/layer_names.hpp: what the tensors of one layer are called, behind the layer's own prefix.
#pragma once

#include <cstdint>
#include <string>

#include "bert_config.hpp"

namespace lectern::bert {

struct LayerNames {
    const char* layers;  // before the layer's number
    const char* query;
    const char* key;
    const char* value;
    const char* attention_output;
    const char* attention_norm;
    const char* intermediate;
    const char* output;
    const char* output_norm;

    [[nodiscard]] std::string prefix(std::uint64_t layer) const {
        return layers + std::to_string(layer) + ".";
    }
};

[[nodiscard]] inline const LayerNames& names_of(Naming naming) {
    static constexpr LayerNames bert{
        "encoder.layer.",       "attention.self.query",   "attention.self.key",
        "attention.self.value", "attention.output.dense", "attention.output.LayerNorm",
        "intermediate.dense",   "output.dense",           "output.LayerNorm"};
    static constexpr LayerNames distilbert{
        "transformer.layer.", "attention.q_lin",   "attention.k_lin",
        "attention.v_lin",    "attention.out_lin", "sa_layer_norm",
        "ffn.lin1",           "ffn.lin2",          "output_layer_norm"};
    return naming == Naming::bert ? bert : distilbert;
}

}  // namespace lectern::bert
