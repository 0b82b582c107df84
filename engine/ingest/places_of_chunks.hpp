// engine/ingest/places_of_chunks.hpp: the places of a document, cut for its chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "corpus/values.hpp"
#include "lectern/plugin.h"

namespace lectern {

// For chunks in order of begin, which may overlap.
class PlacesOfChunks {
 public:
    // In order of begin; outlives this.
    explicit PlacesOfChunks(const std::vector<storage::Place>& places) : places_(places) {}

    // What holds in the bytes [begin, end) of the text; each place's begin counts from `begin`.
    [[nodiscard]] std::vector<storage::Place> of(std::uint64_t begin, std::uint64_t end) {
        for (; next_ < places_.size() && places_[next_].begin <= begin; ++next_)
            holder(places_[next_].kind) = &places_[next_];
        std::vector<storage::Place> out;
        for (const storage::Place* holds : {section_, part_, other_}) {
            if (holds == nullptr || holds->kind == LECTERN_PLACE_NONE) continue;
            if (holds == section_ && holds->name.empty()) continue;
            out.push_back(*holds);
            out.back().begin = 0;
        }
        for (std::size_t i = next_; i < places_.size() && places_[i].begin < end; ++i) {
            out.push_back(places_[i]);
            out.back().begin -= begin;
        }
        return out;
    }

 private:
    // Parts and sections hold beside the other kinds.
    const storage::Place*& holder(std::uint32_t kind) {
        if (kind == LECTERN_PLACE_SECTION) return section_;
        return kind == LECTERN_PLACE_PART ? part_ : other_;
    }

    const std::vector<storage::Place>& places_;
    std::size_t next_ = 0;  // the first that begins behind the last chunk's begin
    const storage::Place* section_ = nullptr;
    const storage::Place* part_ = nullptr;
    const storage::Place* other_ = nullptr;
};

}  // namespace lectern
