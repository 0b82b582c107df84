#include "plugins/gpt/model_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "lectern/plugin.hpp"
#include "plugins/gpt/handles.hpp"
#include "plugins/gpt/runtime.hpp"

namespace lectern::gpt {
namespace {

namespace fs = std::filesystem;
using plugin::Failure;

constexpr std::uint64_t smallest_file = 24;  // magic, version, two counts

std::string find_in_folder(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
        if (it->path().extension() == ".gguf") found.push_back(it->path());
    }
    if (error) {
        throw Failure(LECTERN_NOT_FOUND,
                      "cannot read the model folder " + folder.string() + ": " + error.message());
    }
    if (found.size() == 1) return found.front().string();
    throw Failure(found.empty() ? LECTERN_NOT_FOUND : LECTERN_INVALID_ARGUMENT,
                  "the model folder " + folder.string() + " has " +
                      (found.empty() ? "no .gguf file" : "several .gguf files") +
                      "; name one file in the option 'model'");
}

void check_tensors(const std::string& path, std::uint64_t bytes) {
    LogCapture log;
    const GgufHandle file(gguf_init_from_file(path.c_str(), {.no_alloc = true, .ctx = nullptr}));
    if (file == nullptr) {
        throw Failure(LECTERN_CORRUPT, "the model file " + path + " (" + std::to_string(bytes) +
                                           " bytes) is cut off or damaged: " + log.reason() +
                                           "; get it again");
    }
    const std::int64_t count = gguf_get_n_tensors(file.get());
    if (count == 0) {
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      "the GGUF file " + path + " has no weights (a vocabulary only?)");
    }
    std::uint64_t end = 0;
    for (std::int64_t i = 0; i < count; ++i) {
        end = std::max<std::uint64_t>(
            end, gguf_get_tensor_offset(file.get(), i) + gguf_get_tensor_size(file.get(), i));
    }
    end += gguf_get_data_offset(file.get());
    if (end > bytes) {
        throw Failure(LECTERN_CORRUPT, "the model file " + path + " is cut off: it has " +
                                           std::to_string(bytes) +
                                           " bytes and its weights end at " + std::to_string(end) +
                                           "; get it again");
    }
}

class Fnv1a {
 public:
    void add(const char* data, std::size_t size) noexcept {
        for (std::size_t i = 0; i < size; ++i) {
            hash_ = (hash_ ^ static_cast<unsigned char>(data[i])) * 0x100000001b3U;
        }
    }
    [[nodiscard]] std::string hex() const {
        std::array<char, 17> out{};
        std::snprintf(out.data(), out.size(), "%016llx", static_cast<unsigned long long>(hash_));
        return out.data();
    }

 private:
    std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace

ModelFile check_model_file(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) {
        throw Failure(LECTERN_NOT_FOUND,
                      "there is no model file or folder " + path +
                          "; put a GGUF file there or name another in the option 'model'");
    }
    ModelFile out;
    out.path = fs::is_directory(status) ? find_in_folder(path) : path;
    out.bytes = fs::file_size(out.path, error);
    std::ifstream file(out.path, std::ios::binary);
    if (error || !file) {
        throw Failure(
            LECTERN_NOT_FOUND,
            "cannot read the model file " + out.path + ": " +
                (error ? error : std::error_code(errno, std::generic_category())).message());
    }
    std::array<char, 4> magic{};
    file.read(magic.data(), magic.size());
    if (std::string_view(magic.data(), magic.size()) != "GGUF") {
        throw Failure(LECTERN_INVALID_ARGUMENT,
                      out.bytes == 0 ? "the model file " + out.path + " is empty"
                                     : out.path +
                                           " is not a GGUF file: it does not begin with "
                                           "'GGUF'; convert the model to GGUF first");
    }
    if (out.bytes < smallest_file) {
        throw Failure(LECTERN_CORRUPT,
                      "the model file " + out.path + " is cut off within its header; get it again");
    }
    check_tensors(out.path, out.bytes);
    out.fingerprint = fingerprint_of(out.path);
    return out;
}

std::string fingerprint_of(const std::string& path) {
    constexpr std::uint64_t head = 1U << 20U;
    constexpr std::uint64_t samples = 64;
    constexpr std::uint64_t sample = 16U << 10U;
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw Failure(LECTERN_NOT_FOUND, "cannot read the model file " + path);
    const auto size = static_cast<std::uint64_t>(file.tellg());
    Fnv1a hash;
    const std::string size_text = std::to_string(size) + "\n";
    hash.add(size_text.data(), size_text.size());
    std::vector<char> buffer(head);
    const auto add = [&](std::uint64_t offset, std::uint64_t length) {
        length = std::min(length, size - offset);
        file.seekg(static_cast<std::streamoff>(offset));
        file.read(buffer.data(), static_cast<std::streamsize>(length));
        if (!file) throw Failure(LECTERN_CORRUPT, "reading the model file " + path + " failed");
        hash.add(buffer.data(), length);
    };
    add(0, head);
    const std::uint64_t rest = size > head ? size - head : 0;
    for (std::uint64_t i = 0; i < samples && rest > 0; ++i) add(head + rest / samples * i, sample);
    if (rest > sample) add(size - sample, sample);
    return "gpt:" + hash.hex();
}

}  // namespace lectern::gpt
