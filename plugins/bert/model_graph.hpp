// bert/model_graph.hpp: a model path as one OpenVINO graph from token ids to text vectors.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <openvino/core/model.hpp>
#include <openvino/runtime/core.hpp>
#include <optional>
#include <string>
#include <vector>

#include "model_folder.hpp"
#include "small_encoder.hpp"

namespace lectern::bert {

struct ModelGraph {
    // Inputs input_ids and attention_mask, i32 [batch, tokens]; one output, f32 [batch, dimension].
    std::shared_ptr<ov::Model> model;
    std::uint32_t dimension = 0;
    std::uint64_t vocabulary = 0;  // ids are below; 0: not known
    std::uint64_t max_tokens = 0;  // of the position table; 0: not known
    std::string pooling;           // "mean", "cls+max", ..., or "model": pooled by itself
    // The steps behind the pooling, one line each; "" for a model that has none.
    std::string steps;
    std::vector<std::filesystem::path> files;  // all that the vectors depend on
    // The same vectors for a few short texts, or null: of a graph that others exported, and where
    // layers come behind the pooling. Throws Failure where the weights do not allow it.
    std::function<std::unique_ptr<SmallEncoder>(Team&)> small;
};

// Nothing for `pooling` takes what the files say, and mean when they say nothing. `folder` comes
// from open_model_folder(). Throws Failure.
[[nodiscard]] ModelGraph build_model_graph(ov::Core& core, const ModelFolder& folder,
                                           std::optional<Pooling> pooling, bool normalise);

}  // namespace lectern::bert
