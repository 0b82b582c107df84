// bert/weights.hpp: the tensors of a model folder as constants of an OpenVINO graph.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <openvino/op/constant.hpp>
#include <string>
#include <vector>

#include "plugins/shared/read_file.hpp"
#include "plugins/shared/safetensors.hpp"

namespace lectern::bert {

// Tensors of model.safetensors, or of the shards that model.safetensors.index.json names. Names are
// canonical: without what comes before "embeddings." and "encoder." ("bert.", "0.auto_model."), and
// "LayerNorm.gamma" and ".beta" are "LayerNorm.weight" and ".bias". Tensors beside the encoder (the
// head of a task, "classifier.weight") keep their names.
class Weights {
 public:
    // Throws Failure when a file is missing, truncated or inconsistent.
    static Weights open(const std::filesystem::path& folder);
    // Of a layer in a folder of its own: all names as they are.
    static Weights open_layer(const std::filesystem::path& folder);

    // The tensors of `folder`, and of `base` those that `folder` lacks: a model that was trained
    // from another one need not repeat what did not change. Throws Failure.
    static Weights open_over(const std::filesystem::path& base,
                             const std::filesystem::path& folder);

    // The files read, sorted by name.
    [[nodiscard]] const std::vector<std::filesystem::path>& files() const noexcept {
        return files_;
    }
    [[nodiscard]] bool contains(const std::string& name) const { return tensors_.contains(name); }
    // Throws Failure when the tensor is missing.
    [[nodiscard]] const std::vector<std::uint64_t>& shape_of(const std::string& name) const;

    // A f32 constant. F32 data are used in place (the mapping lives as long as the constant), F16
    // and BF16 are converted. Throws Failure when the tensor is missing, has another shape than
    // config.json asks for, or another dtype.
    [[nodiscard]] std::shared_ptr<ov::op::v0::Constant> constant(const std::string& name,
                                                                 const ov::Shape& shape) const;

 private:
    struct Tensor {
        std::shared_ptr<const sys::Mapping> file;
        std::size_t file_index = 0;
        shared::TensorEntry entry;
    };
    void add(const std::filesystem::path& path);
    void strip_prefix();
    [[noreturn]] void fail_missing(const std::string& name) const;

    std::filesystem::path folder_;
    std::vector<std::filesystem::path> files_;
    std::map<std::string, Tensor> tensors_;
};

}  // namespace lectern::bert
