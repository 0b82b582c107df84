#include "storage/maintenance/notes.hpp"

#include <string>
#include <system_error>

#include "storage/store/files.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

std::string model_of(const Generation& generation) {
    return (generation.note.empty() ? std::string("a model") : generation.note) + " (" +
           generation.fingerprint + ")";
}

void note_generation(const Generation& generation, std::uint64_t vectors, const Moment& moment,
                     StoreCheck& report) {
    const CollectionMeta& meta = *moment.meta;
    const std::string where = "generation " + std::to_string(generation.number);
    if (generation.number < meta.serving) {
        report.notes.push_back(
            {where, std::to_string(vectors) + " vectors of the model before, " +
                        model_of(generation) +
                        ", are left of a finished change of model; the next open with its models "
                        "deletes them"});
        return;
    }
    report.notes.push_back(
        {where, "a change of model to " + model_of(generation) +
                    " is not finished: " + std::to_string(vectors) + " of " +
                    std::to_string(moment.state.counters.chunks) +
                    " chunks have its vector, and searches use the model before; 'lectern reembed' "
                    "to that pipeline goes on with it, to the present one (" +
                    in_quotes(meta.pipeline_name) + ") drops it"});
}

}  // namespace

void note_contents(const Moment& moment, const WalkCounts& found, StoreCheck& report) {
    const CollectionMeta& meta = *moment.meta;
    if (meta.format < format_version)
        report.notes.push_back({"format", "the collection has on-disk format " +
                                              std::to_string(meta.format) +
                                              "; the next open to write brings it to " +
                                              std::to_string(format_version)});
    if (meta.serving == 0 && found.counters.chunks > 0)
        report.notes.push_back({"generation 0",
                                "no chunk has a vector since a repair, or from a pipeline without "
                                "an embedder; 'lectern reembed' to one that has makes them"});
    // Without the one that serves, which is a finding, nobody knows what the others are.
    if (meta.generation(meta.serving) == nullptr) return;
    for (std::size_t i = 0; i < meta.generations.size(); ++i) {
        const std::uint64_t vectors = found.by_generation[i];
        const std::uint64_t chunks = found.counters.chunks;
        if (meta.generations[i].number != meta.serving)
            note_generation(meta.generations[i], vectors, moment, report);
        else if (vectors < chunks)
            report.notes.push_back(
                {"generation " + std::to_string(meta.serving),
                 std::to_string(chunks - vectors) + " of " + std::to_string(chunks) +
                     " chunks have no vector since a repair, and are found by their words only; "
                     "'lectern reembed' to the present pipeline (" +
                     in_quotes(meta.pipeline_name) + ") makes them"});
    }
}

void note_folders(const fs::path& collection, StoreCheck& report) {
    std::error_code error;
    const auto note = [&](const char* name, const char* what) {
        if (fs::exists(collection / name, error))
            report.notes.push_back({std::string("folder ") + name, what});
    };
    note("restoring", "left by a restore that is finished; the next open to write removes it");
    for (const char* left : {"repairing", "repaired", "repair-clone"})
        note(left, "left by a repair that was cut off; the next repair removes it");
    if (fs::exists(collection / "damaged", error))
        report.notes.push_back(
            {"folder damaged", "what repairs set aside, " +
                                   std::to_string(folder_bytes(collection / "damaged")) +
                                   " bytes; remove it when you no longer need it"});
}

}  // namespace lectern::storage
