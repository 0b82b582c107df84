#include "plugins/shared/safetensors.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "plugins/shared/failure.hpp"

namespace lectern::shared {
namespace {

namespace json = boost::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t max_header_bytes = 100'000'000;  // as the reference implementation

// Bits of one element; nothing for a dtype newer than this reader, whose size is not checked.
std::optional<std::uint64_t> element_bits(std::string_view dtype) {
    static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 16> known{{
        {"F64", 64},
        {"I64", 64},
        {"U64", 64},
        {"F32", 32},
        {"I32", 32},
        {"U32", 32},
        {"F16", 16},
        {"BF16", 16},
        {"I16", 16},
        {"U16", 16},
        {"F8_E4M3", 8},
        {"F8_E5M2", 8},
        {"I8", 8},
        {"U8", 8},
        {"BOOL", 8},
        {"C64", 64},
    }};
    for (const auto& [name, bits] : known)
        if (name == dtype) return bits;
    return std::nullopt;
}

class Reader {
 public:
    Reader(std::span<const std::byte> file, const std::string& name) : file_(file), name_(name) {}

    std::vector<TensorEntry> read() {
        const json::object header = parse_header();
        std::vector<TensorEntry> entries;
        entries.reserve(header.size());
        for (const auto& member : header) {
            if (member.key() == "__metadata__") continue;
            entries.push_back(entry(std::string(member.key()), member.value()));
        }
        std::sort(entries.begin(), entries.end(),
                  [](const TensorEntry& a, const TensorEntry& b) { return a.name < b.name; });
        return entries;
    }

 private:
    [[noreturn]] void corrupt(const std::string& what) const {
        fail(LECTERN_CORRUPT, name_ + ": " + what);
    }

    json::object parse_header() {
        if (file_.size() < length_bytes)
            corrupt("has " + std::to_string(file_.size()) +
                    " bytes, too few for a safetensors file; fetch it again");
        std::uint64_t length = 0;
        for (std::size_t i = 0; i < length_bytes; ++i)
            length |= std::to_integer<std::uint64_t>(file_[i]) << (8 * i);
        if (length > max_header_bytes)
            corrupt("says that its header has " + std::to_string(length) +
                    " bytes; this is no safetensors file (a Git LFS pointer or a page instead of "
                    "the file?)");
        if (length > file_.size() - length_bytes)
            corrupt("is truncated: its header ends at byte " +
                    std::to_string(length_bytes + length) + ", the file has " +
                    std::to_string(file_.size()) + "; fetch it again");
        data_ = length_bytes + length;
        const std::string_view text(reinterpret_cast<const char*>(file_.data()) + length_bytes,
                                    static_cast<std::size_t>(length));
        boost::system::error_code error;
        json::value header = json::parse(text, error);
        if (error) corrupt("its header is not JSON: " + error.message());
        if (!header.is_object()) corrupt("its header is not a JSON object");
        return std::move(header.get_object());
    }

    // A JSON integer that is not negative.
    static std::optional<std::uint64_t> natural(const json::value& value) {
        if (value.is_uint64()) return value.get_uint64();
        if (value.is_int64() && value.get_int64() >= 0)
            return static_cast<std::uint64_t>(value.get_int64());
        return std::nullopt;
    }

    std::vector<std::uint64_t> naturals(const std::string& tensor, const json::object& fields,
                                        const char* key) const {
        const json::value* const value = fields.if_contains(key);
        const json::array* const items = value == nullptr ? nullptr : value->if_array();
        if (items == nullptr) corrupt("tensor '" + tensor + "' has no array '" + key + "'");
        std::vector<std::uint64_t> out;
        out.reserve(items->size());
        for (const json::value& item : *items) {
            const auto number = natural(item);
            if (!number)
                corrupt("tensor '" + tensor + "': '" + key +
                        "' holds something else than whole numbers from 0 on");
            out.push_back(*number);
        }
        return out;
    }

    TensorEntry entry(std::string tensor, const json::value& value) const {
        const json::object* const fields = value.if_object();
        if (fields == nullptr) corrupt("tensor '" + tensor + "' is not described by an object");
        const json::value* const dtype = fields->if_contains("dtype");
        if (dtype == nullptr || !dtype->is_string())
            corrupt("tensor '" + tensor + "' has no dtype");

        TensorEntry out;
        out.dtype = std::string(dtype->get_string());
        out.shape = naturals(tensor, *fields, "shape");
        const auto offsets = naturals(tensor, *fields, "data_offsets");
        if (offsets.size() != 2 || offsets[0] > offsets[1])
            corrupt("tensor '" + tensor + "': 'data_offsets' is not [begin, end]");
        const std::uint64_t data_size = file_.size() - data_;
        if (offsets[1] > data_size)
            corrupt("is truncated: tensor '" + tensor + "' ends at byte " +
                    std::to_string(offsets[1]) + " of the data, the file has " +
                    std::to_string(data_size) + "; fetch it again");
        check_size(tensor, out, offsets[1] - offsets[0]);
        out.begin = data_ + offsets[0];
        out.end = data_ + offsets[1];
        out.name = std::move(tensor);
        return out;
    }

    void check_size(const std::string& tensor, const TensorEntry& entry,
                    std::uint64_t bytes) const {
        const auto bits = element_bits(entry.dtype);
        if (!bits) return;
        std::uint64_t expected = *bits / 8;
        for (const std::uint64_t side : entry.shape)
            if (__builtin_mul_overflow(expected, side, &expected))
                corrupt("tensor '" + tensor + "': its shape is larger than any file");
        if (expected != bytes)
            corrupt("tensor '" + tensor + "' has " + std::to_string(bytes) +
                    " bytes, its shape and dtype " + entry.dtype + " need " +
                    std::to_string(expected));
    }

    std::span<const std::byte> file_;
    const std::string& name_;
    std::uint64_t data_ = 0;  // where the data begin
};

}  // namespace

std::vector<TensorEntry> parse_safetensors(std::span<const std::byte> file,
                                           const std::string& name) {
    return Reader(file, name).read();
}

}  // namespace lectern::shared
