// bert/dense.hpp: a linear layer behind the pooling, the module "Dense" of sentence-transformers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <openvino/core/node.hpp>
#include <string>
#include <vector>

namespace lectern::bert {

enum class DenseActivation { identity, tanh, relu, gelu, sigmoid, silu };

struct DenseLayer {
    std::filesystem::path folder;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
    bool bias = true;
    bool residual = false;  // the input is added to the output
    DenseActivation activation = DenseActivation::tanh;
};

// From the folder's config.json. Throws Failure: LECTERN_UNSUPPORTED for what is not computed here.
[[nodiscard]] DenseLayer read_dense(const std::filesystem::path& folder);

// f32 [batch, in] to f32 [batch, out]; the weights are in the folder's model.safetensors, which is
// added to `files`. Throws Failure.
[[nodiscard]] ov::Output<ov::Node> dense(const ov::Output<ov::Node>& vectors,
                                         const DenseLayer& layer,
                                         std::vector<std::filesystem::path>& files);

// All of the layer but its weights.
[[nodiscard]] std::string description(const DenseLayer& layer);

}  // namespace lectern::bert
