// The records of a collection. The first byte chooses which.
#include "storage/store/encoding.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {
namespace {

template <typename Record, typename Decode>
void round_trip(const std::optional<Record>& record, Decode&& decode) {
    if (!record) return;
    const std::optional<Record> again = decode(storage::encode(*record));
    must(again && *again == *record, "a record that is written is read as itself");
}

void vector(std::string_view input) {
    for (const std::uint32_t dimension : {1U, 2U, 3U, 384U}) {
        std::vector<float> out;
        if (!storage::decode_vector(input, dimension, out)) continue;
        must(out.size() == dimension, "a vector has its dimension");
    }
}

}  // namespace

void run(std::string_view input) {
    using namespace storage;
    switch (take_choice(input, 11)) {
        case 0: round_trip(decode_state(input), decode_state); break;
        case 1: round_trip(decode_settings(input), decode_settings); break;
        case 2: round_trip(decode_generation(input), decode_generation); break;
        case 3: round_trip(decode_header(input), decode_header); break;
        case 4:
            round_trip(decode_chunk(7, input),
                       [](std::string_view bytes) { return decode_chunk(7, bytes); });
            break;
        case 5:
            round_trip(decode_change(7, input),
                       [](std::string_view bytes) { return decode_change(7, bytes); });
            break;
        case 6: round_trip(decode_backup_note(input), decode_backup_note); break;
        case 8: round_trip(decode_origin(input), decode_origin); break;
        case 9:
            round_trip(decode_synced_file("/a", input),
                       [](std::string_view bytes) { return decode_synced_file("/a", bytes); });
            break;
        case 10:
            round_trip(decode_source("/a", input),
                       [](std::string_view bytes) { return decode_source("/a", bytes); });
            break;
        default: vector(input);
    }
}

}  // namespace lectern::fuzz
