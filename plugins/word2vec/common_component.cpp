#include "plugins/word2vec/common_component.hpp"

#include <cmath>
#include <cstring>
#include <filesystem>

#include "plugins/shared/read_file.hpp"
#include "plugins/word2vec/failure.hpp"
#include "system/crc32c.hpp"

namespace lectern::word2vec {
namespace {

constexpr std::string_view file_magic = "LECTSIF\n";
constexpr std::uint32_t format_version = 1;
constexpr std::size_t header_bytes = 8 + 4 + 4 + 8 + 8 + 8 + 8;

template <typename T>
void put(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
T take(std::string_view& bytes) {
    T out{};
    std::memcpy(&out, bytes.data(), sizeof out);
    bytes.remove_prefix(sizeof out);
    return out;
}

double length(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value * value;
    return std::sqrt(sum);
}

}  // namespace

PrincipalDirection::PrincipalDirection(std::size_t dimension)
    : dimension_(dimension), products_(dimension * dimension) {}

void PrincipalDirection::add(std::span<const float> passage) {
    for (std::size_t i = 0; i < dimension_; ++i) {
        const double value = passage[i];
        double* const row = products_.data() + i * dimension_;
        for (std::size_t j = i; j < dimension_; ++j) row[j] += value * passage[j];
    }
    ++passages_;
}

std::optional<CommonComponent> PrincipalDirection::direction() const {
    constexpr int most_iterations = 1000;
    constexpr double converged = 1e-9;

    double energy = 0;
    std::vector<double> at(dimension_);
    for (std::size_t i = 0; i < dimension_; ++i) energy += products_[i * dimension_ + i];
    if (!(energy > 0) || !std::isfinite(energy)) return std::nullopt;
    // Start from the column of the largest diagonal value: it is not orthogonal to the answer
    // unless the answer is of no weight there.
    std::size_t start = 0;
    for (std::size_t i = 1; i < dimension_; ++i)
        if (products_[i * dimension_ + i] > products_[start * dimension_ + start]) start = i;
    const auto product = [&](std::size_t i, std::size_t j) {
        return i <= j ? products_[i * dimension_ + j] : products_[j * dimension_ + i];
    };
    for (std::size_t i = 0; i < dimension_; ++i) at[i] = product(i, start);
    const double first = length(at);
    for (double& value : at) value /= first;

    double eigenvalue = 0;
    std::vector<double> next(dimension_);
    for (int iteration = 0; iteration < most_iterations; ++iteration) {
        next.assign(dimension_, 0.0);
        for (std::size_t i = 0; i < dimension_; ++i) {
            const double* const row = products_.data() + i * dimension_;
            double sum = row[i] * at[i];
            for (std::size_t j = i + 1; j < dimension_; ++j) {
                sum += row[j] * at[j];
                next[j] += row[j] * at[i];
            }
            next[i] += sum;
        }
        const double norm = length(next);
        double moved = 0;
        for (std::size_t i = 0; i < dimension_; ++i) {
            next[i] /= norm;
            moved += (next[i] - at[i]) * (next[i] - at[i]);
        }
        at.swap(next);
        eigenvalue = norm;
        if (moved < converged * converged) break;
    }
    CommonComponent out;
    out.direction.assign(at.begin(), at.end());
    out.passages = passages_;
    out.share = eigenvalue / energy;
    return out;
}

std::string encode(const CommonComponent& component) {
    std::string out(file_magic);
    put(out, format_version);
    put(out, static_cast<std::uint32_t>(component.direction.size()));
    put(out, component.model_hash);
    put(out, component.passages);
    put(out, component.sif_a);
    put(out, component.share);
    out.append(reinterpret_cast<const char*>(component.direction.data()),
               component.direction.size() * sizeof(float));
    put(out, sys::crc32c(out.data(), out.size()));
    return out;
}

CommonComponent decode(std::string_view bytes, const std::string& name) {
    const std::string remedy = "; delete the file to embed without it, or train the model again";
    if (bytes.substr(0, file_magic.size()) != file_magic)
        corrupt("'" + name + "' is not a common component of passages" + remedy);
    const std::string damaged =
        "the common component '" + name + "' is truncated or damaged" + remedy;
    if (bytes.size() < header_bytes + sizeof(std::uint32_t)) corrupt(damaged);
    std::string_view tail = bytes.substr(bytes.size() - sizeof(std::uint32_t));
    std::string_view in = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
    if (take<std::uint32_t>(tail) != sys::crc32c(in.data(), in.size())) corrupt(damaged);
    in.remove_prefix(file_magic.size());
    const auto version = take<std::uint32_t>(in);
    if (version != format_version)
        throw Failure(LECTERN_UNSUPPORTED, "the common component '" + name + "' has version " +
                                               std::to_string(version) + ", not 1" + remedy);
    CommonComponent out;
    const auto dimension = take<std::uint32_t>(in);
    out.model_hash = take<std::uint64_t>(in);
    out.passages = take<std::uint64_t>(in);
    out.sif_a = take<double>(in);
    out.share = take<double>(in);
    if (in.size() != std::uint64_t{dimension} * sizeof(float)) corrupt(damaged);
    out.direction.resize(dimension);
    std::memcpy(out.direction.data(), in.data(), in.size());
    for (const float value : out.direction)
        if (!std::isfinite(value)) corrupt(damaged);
    return out;
}

std::string component_path(const std::string& model) {
    return model + ".sif";
}

std::optional<CommonComponent> load_component(const std::string& model, std::uint64_t model_hash,
                                              std::size_t dimension) {
    const std::string path = component_path(model);
    if (!std::filesystem::exists(path)) return std::nullopt;
    const sys::Mapping file = shared::map_file(path);
    CommonComponent out = decode(file.text(), path);
    if (out.model_hash != model_hash || out.direction.size() != dimension)
        corrupt("the common component '" + path +
                "' was computed for another model; delete the file to embed without it, or train "
                "the model again");
    return out;
}

}  // namespace lectern::word2vec
