// A segment file of the vector index with some of its bytes changed, cut off or added.
//
// The input is edits of three bytes: where (two bytes, little endian) and by what to xor; edits
// behind the end lengthen the file. The first byte: what else is done. FAISS is given only what its
// checksum vouches for, so whatever is loaded must be what was saved.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "index/vector/segment.hpp"
#include "system/crc32c.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {
namespace {

constexpr std::size_t stamp_size = 128;
constexpr std::uint32_t dimension = 4;
constexpr storage::Sequence sequence = 3;

index::SegmentOwner owner() {
    index::SegmentOwner out;
    out.collection.bytes.fill(1);
    out.fingerprint.bytes.fill(2);
    out.generation = 1;
    out.dimension = dimension;
    return out;
}

std::string saved() {
    std::vector<storage::ChunkId> ids;
    std::vector<float> rows;
    for (std::uint32_t i = 0; i < 12; ++i) {
        ids.push_back(10 + 2 * i);
        for (std::uint32_t k = 0; k < dimension; ++k)
            rows.push_back(static_cast<float>((i * 7 + k * 3) % 11) / 11.0F);
    }
    const std::atomic<bool> stop = false;
    index::VectorIndexOptions options;
    options.threads = 1;
    const auto segment = index::build_segment(nullptr, ids, rows, dimension, options, stop);
    std::string folder = (std::filesystem::temp_directory_path() / "lectern-fuzz-XXXXXX").string();
    must(::mkdtemp(folder.data()) != nullptr, "there is a folder for the file");
    const std::string name = folder + "/segment";
    must(index::save_segment(*segment, owner(), sequence, name).ok(), "a segment is saved");
    std::ifstream in(name, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::filesystem::remove_all(folder);
    return bytes;
}

}  // namespace

void run(std::string_view input) {
    static const std::string original = saved();
    std::string bytes = original;
    const unsigned choice = take_choice(input, 4);
    for (; input.size() >= 3; input.remove_prefix(3)) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(input[i]); };
        const std::size_t at = byte(0) + 256U * byte(1);
        if (at >= bytes.size()) bytes.resize(at + 1);
        bytes[at] = static_cast<char>(byte(2) ^ static_cast<unsigned char>(bytes[at]));
    }
    if (choice == 1 && !input.empty())
        bytes.resize(bytes.size() * static_cast<unsigned char>(input.front()) / 256);
    // With a right checksum of the stamp, the checks of what it says are reached.
    if (choice >= 2 && bytes.size() >= stamp_size) {
        const std::uint32_t crc = sys::crc32c(bytes.data(), stamp_size - 4);
        for (std::size_t i = 0; i < 4; ++i)
            bytes[stamp_size - 4 + i] = static_cast<char>(crc >> (8 * i));
    }
    const MemoryFile file(bytes);
    const auto loaded = index::load_segment(file.path(), owner(), sequence);
    if (!loaded) {
        must(bytes != original, "a segment that was saved can be loaded");
        must(!loaded.status().message().empty(), "a refusal says why");
        return;
    }
    // Only what no reader uses may differ.
    must(bytes.substr(stamp_size) == original.substr(stamp_size), "a changed payload is found out");
    must(choice >= 2 || bytes == original, "a changed file is found out");
    must((*loaded)->ids.size() == 12 && (*loaded)->ids.front() == 10, "it is the segment");
}

}  // namespace lectern::fuzz
