// bert/bert_graph.hpp: a BERT encoder as an OpenVINO graph, up to the last hidden state.
//
// Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers" (2019); the layer is the
// post-norm encoder of Vaswani et al., "Attention Is All You Need" (2017).
#pragma once

#include <memory>
#include <openvino/core/node.hpp>
#include <openvino/op/parameter.hpp>

#include "bert_config.hpp"
#include "weights.hpp"

namespace lectern::bert {

// Names of the graph's inputs, those of Hugging Face.
inline constexpr const char* input_ids_name = "input_ids";
inline constexpr const char* attention_mask_name = "attention_mask";
inline constexpr const char* token_type_ids_name = "token_type_ids";

struct EncoderGraph {
    std::shared_ptr<ov::op::v0::Parameter> input_ids;       // i32 [batch, tokens]
    std::shared_ptr<ov::op::v0::Parameter> attention_mask;  // i32 [batch, tokens]: 1 or 0 (padding)
    std::shared_ptr<ov::op::v0::Parameter> token_type_ids;  // i32 [batch, tokens], or null
    ov::Output<ov::Node> hidden;                            // f32 [batch, tokens, hidden]
};

// With `token_types` false every token has type 0, and there is one input and one look-up less. A
// task head (questions and answers, classification) wants the types and continues from `hidden`.
// Throws Failure when the weights do not fit the config.
[[nodiscard]] EncoderGraph build_encoder(const BertConfig& config, const Weights& weights,
                                         bool token_types);

}  // namespace lectern::bert
