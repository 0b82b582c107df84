#include "apps/server/work/tar.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t block_bytes = 512;
constexpr std::size_t piece_bytes = 256U << 10U;
constexpr std::uint64_t most_octal = 077777777777;  // eleven digits

struct HeaderField {
    std::size_t at;
    std::size_t size;
};
constexpr HeaderField name_place{0, 100};
constexpr HeaderField mode_place{100, 8};
constexpr HeaderField size_place{124, 12};
constexpr HeaderField time_place{136, 12};
constexpr HeaderField sum_place{148, 8};
constexpr std::size_t type_at = 156;
constexpr HeaderField magic_place{257, 6};
constexpr HeaderField prefix_place{345, 155};

void put_field(std::string& block, HeaderField place, std::string_view text) {
    block.replace(place.at, text.size(), text);
}

std::string octal(std::uint64_t number, std::size_t digits) {
    std::string out(digits, '0');
    for (std::size_t i = digits; i-- > 0; number /= 8) out[i] = static_cast<char>('0' + number % 8);
    return out;
}

// With its own field as spaces.
std::uint64_t sum_of(std::string_view block) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        const bool of_sum = i >= sum_place.at && i < sum_place.at + sum_place.size;
        out += of_sum ? std::uint64_t{' '} : std::uint64_t{static_cast<unsigned char>(block[i])};
    }
    return out;
}

std::string header_of(const TarWriter::File& file) {
    std::string out(block_bytes, '\0');
    put_field(out, name_place, file.name);
    put_field(out, mode_place, "0000644");
    put_field(out, {108, 8}, "0000000");
    put_field(out, {116, 8}, "0000000");
    if (file.bytes <= most_octal) {
        put_field(out, size_place, octal(file.bytes, size_place.size - 1));
    } else {  // in binary, as GNU's and BSD's tar write it
        out[size_place.at] = '\x80';
        std::uint64_t left = file.bytes;
        for (std::size_t i = size_place.at + size_place.size; i-- > size_place.at + 1; left >>= 8U)
            out[i] = static_cast<char>(left & 0xFFU);
    }
    put_field(out, time_place, octal(0, time_place.size - 1));
    out[type_at] = '0';
    put_field(out, magic_place,
              std::string_view("ustar\0"
                               "00",
                               8));
    put_field(out, sum_place, octal(sum_of(out), 6));
    out[sum_place.at + 6] = '\0';
    out[sum_place.at + 7] = ' ';
    return out;
}

std::string_view text_at(std::string_view block, HeaderField place) {
    const std::string_view field = block.substr(place.at, place.size);
    return field.substr(0, field.find('\0'));
}

std::optional<std::uint64_t> number_at(std::string_view block, HeaderField place) {
    std::string_view field = block.substr(place.at, place.size);
    std::uint64_t out = 0;
    if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) {
        if (field.front() != '\x80') return {};
        for (const char c : field.substr(1)) {
            if (out >> 54U != 0) return {};
            out = out << 8U | static_cast<unsigned char>(c);
        }
        return out;
    }
    while (field.starts_with(' ')) field.remove_prefix(1);
    const std::size_t digits = std::min(field.find_first_not_of("01234567"), field.size());
    for (const char c : field.substr(0, digits))
        out = out * 8 + static_cast<std::uint64_t>(c - '0');
    if (field.substr(digits).find_first_not_of(std::string_view(" \0", 2)) !=
        std::string_view::npos)
        return {};
    return out;
}

std::uint64_t padding_of(std::uint64_t bytes) {
    return (block_bytes - bytes % block_bytes) % block_bytes;
}

Status broken_archive(const std::string& why) {
    return {Code::invalid_argument, "the archive cannot be read: " + why};
}

}  // namespace

Result<std::string> TarWriter::next() {
    std::string out;
    while (out.size() < piece_bytes && !ended_) {
        if (at_ == files_.size()) {
            out.append(2 * block_bytes, '\0');
            ended_ = true;
            break;
        }
        const File& file = files_[at_];
        const auto changed = [&file] {
            return Status{Code::unavailable,
                          "'" + file.from.string() + "' is not there as it was a moment ago"};
        };
        if (!open_) {
            if (file.name.size() > name_place.size)
                return Status{Code::internal, "the name '" + file.name + "' is too long for tar"};
            open_.emplace(file.from, std::ios::binary);
            if (!*open_) return changed();
            left_ = file.bytes;
            out += header_of(file);
        }
        const std::size_t before = out.size();
        const std::uint64_t want = std::min<std::uint64_t>(left_, piece_bytes);
        out.resize(before + want);
        if (!open_->read(out.data() + before, static_cast<std::streamsize>(want))) return changed();
        left_ -= want;
        if (left_ > 0) continue;
        out.append(padding_of(file.bytes), '\0');
        open_.reset();
        ++at_;
    }
    return out;
}

Status TarReader::add(std::string_view bytes) {
    while (!bytes.empty()) {
        if (ended_) return {};  // zeros, up to the size of a tape's record
        if (left_ > 0) {
            const std::size_t take = std::min<std::uint64_t>(left_, bytes.size());
            if (out_.is_open() && !out_.write(bytes.data(), static_cast<std::streamsize>(take)))
                return {Code::unavailable, "'" + path_.string() + "' cannot be written"};
            left_ -= take;
            bytes.remove_prefix(take);
            if (left_ == 0) LECTERN_TRY(close_file());
            continue;
        }
        if (padding_ > 0) {
            const std::size_t take = std::min<std::uint64_t>(padding_, bytes.size());
            padding_ -= take;
            bytes.remove_prefix(take);
            continue;
        }
        const std::size_t take = std::min(block_bytes - block_.size(), bytes.size());
        block_.append(bytes.substr(0, take));
        bytes.remove_prefix(take);
        if (block_.size() < block_bytes) continue;
        LECTERN_TRY(header(block_));
        block_.clear();
    }
    return {};
}

Status TarReader::header(std::string_view block) {
    if (block.find_first_not_of('\0') == std::string_view::npos) {
        ended_ = true;
        return {};
    }
    const auto sum = number_at(block, sum_place);
    const auto size = number_at(block, size_place);
    if (!sum || *sum != sum_of(block)) return broken_archive("it is no tar, or is damaged");
    if (!size) return broken_archive("a file has no size");
    std::string name(text_at(block, name_place));
    const bool ustar = block.substr(magic_place.at, 5) == "ustar";
    if (const std::string_view prefix = text_at(block, prefix_place); ustar && !prefix.empty())
        name = std::string(prefix) + "/" + name;
    while (name.starts_with("./")) name.erase(0, 2);
    const char type = block[type_at];
    left_ = *size;
    padding_ = padding_of(*size);
    // Folders are made with their files; extended headers say nothing that a backup needs.
    if (type == '5' || type == 'x' || type == 'g') return {};
    if (type != '0' && type != '\0') return broken_archive("'" + name + "' is no file");
    if (!may_(name)) return broken_archive("'" + name + "' is no file of a backup");
    path_ = to_ / name;
    std::error_code error;
    fs::create_directories(path_.parent_path(), error);
    if (error || fs::exists(path_, error))
        return broken_archive("'" + name + "' stands in it twice, or cannot be made");
    out_.open(path_, std::ios::binary);
    if (!out_) return {Code::unavailable, "'" + path_.string() + "' cannot be made"};
    ++files_;
    return left_ == 0 ? close_file() : Status{};
}

Status TarReader::close_file() {
    if (!out_.is_open()) return {};
    out_.close();
    if (!out_) return {Code::unavailable, "'" + path_.string() + "' cannot be written"};
    return {};
}

Status TarReader::finish() {
    if (!ended_) return broken_archive("it ends too soon");
    return {};
}

}  // namespace lectern::server
