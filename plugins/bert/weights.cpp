#include "weights.hpp"

#include <algorithm>
#include <cstring>
#include <openvino/core/type/bfloat16.hpp>
#include <openvino/core/type/float16.hpp>
#include <openvino/runtime/tensor.hpp>
#include <set>
#include <string_view>

#include "json_fields.hpp"

namespace lectern::bert {
namespace {

using ov::op::v0::Constant;

constexpr std::string_view anchor = "embeddings.word_embeddings.weight";

std::string text_of(const std::vector<std::uint64_t>& shape) {
    std::string out = "[";
    for (const std::uint64_t side : shape) {
        if (out.size() > 1) out += ", ";
        out += std::to_string(side);
    }
    return out + "]";
}

// The names of checkpoints that were made before PyTorch.
std::string modern(std::string name) {
    const auto replace_end = [&name](std::string_view from, std::string_view to) {
        if (name.ends_with(from)) name.replace(name.size() - from.size(), from.size(), to);
    };
    replace_end("LayerNorm.gamma", "LayerNorm.weight");
    replace_end("LayerNorm.beta", "LayerNorm.bias");
    return name;
}

std::set<std::string> shards(const std::filesystem::path& index) {
    const JsonFields fields(shared::read_text_file(index), index.string());
    const auto* const map = fields.object("weight_map");
    if (map == nullptr || map->empty()) fields.wrong("weight_map", "names no file");
    std::set<std::string> names;
    for (const auto& member : *map) {
        const auto* const name = member.value().if_string();
        if (name == nullptr || name->empty() ||
            std::filesystem::path(name->c_str()).filename() != name->c_str())
            fields.wrong("weight_map", "holds something else than names of files beside it");
        names.emplace(*name);
    }
    return names;
}

template <typename Half>
std::shared_ptr<Constant> widened(const ov::Shape& shape, const std::byte* data) {
    ov::Tensor tensor(ov::element::f32, shape);
    auto* const out = tensor.data<float>();
    for (std::size_t i = 0, count = ov::shape_size(shape); i < count; ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, data + i * sizeof bits, sizeof bits);
        out[i] = static_cast<float>(Half::from_bits(bits));
    }
    return std::make_shared<Constant>(tensor);
}

}  // namespace

Weights Weights::open(const std::filesystem::path& folder) {
    Weights weights = open_layer(folder);
    weights.strip_prefix();
    return weights;
}

Weights Weights::open_over(const std::filesystem::path& base, const std::filesystem::path& folder) {
    constexpr std::string_view prefix = "bert.";  // as Hugging Face names what is below a head
    Weights weights = open(base);
    Weights over = open_layer(folder);
    weights.folder_ = folder;
    for (auto& [name, tensor] : over.tensors_) {
        tensor.file_index += weights.files_.size();
        weights.tensors_[name.starts_with(prefix) ? name.substr(prefix.size()) : name] =
            std::move(tensor);
    }
    weights.files_.insert(weights.files_.end(), over.files_.begin(), over.files_.end());
    return weights;
}

Weights Weights::open_layer(const std::filesystem::path& folder) {
    Weights weights;
    weights.folder_ = folder;
    const auto single = folder / "model.safetensors";
    const auto index = folder / "model.safetensors.index.json";
    if (std::filesystem::exists(single)) {
        weights.add(single);
    } else if (std::filesystem::exists(index)) {
        for (const std::string& name : shards(index)) weights.add(folder / name);
    } else {
        fail(LECTERN_NOT_FOUND,
             folder.string() +
                 " has no model.safetensors (nor model.safetensors.index.json, model.onnx or "
                 "openvino_model.xml). Weights in pytorch_model.bin must be converted to "
                 "safetensors first");
    }
    return weights;
}

void Weights::add(const std::filesystem::path& path) {
    const auto file = std::make_shared<const sys::Mapping>(shared::map_file(path));
    for (shared::TensorEntry& entry : shared::parse_safetensors(file->bytes(), path.string())) {
        std::string name = modern(entry.name);
        tensors_[std::move(name)] = Tensor{file, files_.size(), std::move(entry)};
    }
    files_.push_back(path);
}

void Weights::strip_prefix() {
    const std::string* shortest = nullptr;
    for (const auto& [name, tensor] : tensors_)
        if (name.ends_with(anchor) && (shortest == nullptr || name.size() < shortest->size()))
            shortest = &name;
    if (shortest == nullptr) fail_missing(std::string(anchor));
    const std::string prefix = shortest->substr(0, shortest->size() - anchor.size());
    if (prefix.empty()) return;
    std::map<std::string, Tensor> stripped;
    for (auto& [name, tensor] : tensors_)
        stripped[name.starts_with(prefix) ? name.substr(prefix.size()) : name] = std::move(tensor);
    tensors_ = std::move(stripped);
}

void Weights::fail_missing(const std::string& name) const {
    fail(LECTERN_CORRUPT, folder_.string() + ": the weights have no tensor '" + name +
                              "', which config.json asks for; the two files do not belong together "
                              "or this is no encoder");
}

const std::vector<std::uint64_t>& Weights::shape_of(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) fail_missing(name);
    return found->second.entry.shape;
}

std::shared_ptr<Constant> Weights::constant(const std::string& name, const ov::Shape& shape) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end()) fail_missing(name);
    const auto& [file, file_index, entry] = found->second;
    const std::string where = files_[file_index].string() + ": tensor '" + entry.name + "'";
    if (!std::equal(shape.begin(), shape.end(), entry.shape.begin(), entry.shape.end()))
        fail(LECTERN_CORRUPT, where + " has the shape " + text_of(entry.shape) +
                                  ", config.json asks for " +
                                  text_of({shape.begin(), shape.end()}));
    const std::byte* const data = file->bytes().data() + entry.begin;
    if (entry.dtype == "F16") return widened<ov::float16>(shape, data);
    if (entry.dtype == "BF16") return widened<ov::bfloat16>(shape, data);
    if (entry.dtype != "F32")
        fail(LECTERN_UNSUPPORTED,
             where + " has the dtype " + entry.dtype + "; F32, F16 and BF16 are read");
    if (entry.begin % alignof(float) != 0)  // allowed by the format, done by no writer
        return std::make_shared<Constant>(ov::element::f32, shape, data);
    return std::make_shared<Constant>(
        ov::element::f32, shape, data,
        std::const_pointer_cast<void>(std::shared_ptr<const void>(file)));
}

}  // namespace lectern::bert
