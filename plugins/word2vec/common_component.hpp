// common_component.hpp: the direction that all passages share, and the file it is kept in.
//
// Arora, Liang, Ma (2017), "A simple but tough-to-beat baseline for sentence embeddings": the first
// singular vector of the passage vectors carries syntax rather than meaning and is taken out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::word2vec {

struct CommonComponent {
    std::vector<float> direction;  // of length 1
    std::uint64_t model_hash = 0;  // hash_file() of the model it belongs to
    std::uint64_t passages = 0;    // that it was computed from
    double sif_a = 0;              // weight constant of those passages
    double share = 0;              // of the passages' energy along the direction, 0 to 1
};

// Gathers passage vectors and finds their first right singular vector (about the origin, not the
// mean) by power iteration. Memory: dimension squared doubles.
class PrincipalDirection {
 public:
    explicit PrincipalDirection(std::size_t dimension);
    void add(std::span<const float> passage);
    [[nodiscard]] std::uint64_t passages() const noexcept { return passages_; }
    // direction, passages and share are set. Nothing when all passages were zero.
    [[nodiscard]] std::optional<CommonComponent> direction() const;

 private:
    std::size_t dimension_;
    std::vector<double> products_;  // upper triangle of sum v v^T, by rows of the whole square
    std::uint64_t passages_ = 0;
};

// File format, little endian: 8 bytes "LECTSIF\n"; uint32 version 1; uint32 dimension; uint64 model
// hash; uint64 passages; double sif_a; double share; float32 direction[dimension]; uint32 CRC-32C
// of all before.
[[nodiscard]] std::string encode(const CommonComponent& component);
// Fails with LECTERN_CORRUPT; `name` is for messages.
[[nodiscard]] CommonComponent decode(std::string_view bytes, const std::string& name);

// "<model>.sif".
[[nodiscard]] std::string component_path(const std::string& model);
// The component beside the model; nothing when there is no such file. Fails when it is damaged or
// was made for another model.
[[nodiscard]] std::optional<CommonComponent> load_component(const std::string& model,
                                                            std::uint64_t model_hash,
                                                            std::size_t dimension);

}  // namespace lectern::word2vec
