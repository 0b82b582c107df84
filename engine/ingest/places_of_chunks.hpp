// engine/ingest/places_of_chunks.hpp: the places of a document, cut for its chunks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lectern/plugin.h"
#include "corpus/values.hpp"

namespace lectern {

// For chunks in order of begin, which may overlap.
class PlacesOfChunks {
 public:
    // In order of begin; outlives this.
    explicit PlacesOfChunks(const std::vector<storage::Place>& places) : places_(places) {}

    // What holds in the bytes [begin, end) of the text; each place's begin counts from `begin`.
    [[nodiscard]] std::vector<storage::Place> of(std::uint64_t begin, std::uint64_t end) {
        for (; next_ < places_.size() && places_[next_].begin <= begin; ++next_)
            (places_[next_].kind == LECTERN_PLACE_PART ? part_ : other_) = &places_[next_];
        std::vector<storage::Place> out;
        for (const storage::Place* holds : {part_, other_}) {
            if (holds == nullptr || holds->kind == LECTERN_PLACE_NONE) continue;
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
    const std::vector<storage::Place>& places_;
    std::size_t next_ = 0;  // the first that begins behind the last chunk's begin
    const storage::Place* part_ = nullptr;
    const storage::Place* other_ = nullptr;
};

}  // namespace lectern
