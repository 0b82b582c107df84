#include "documents/places.hpp"

#include <algorithm>
#include <utility>

#include "documents/charset.hpp"
#include "documents/payloads.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

// Each stretch between two places alone.
void make_valid(Extracted& found) {
    if (text::invalid_utf8_at(found.text) == std::string_view::npos) return;
    const std::string before = std::exchange(found.text, {});
    std::size_t done = 0;
    const auto copy_to = [&](std::size_t end) {
        const std::string_view stretch = std::string_view(before).substr(done, end - done);
        found.text += to_utf8(stretch, encoding_of("utf-8"));
        done = end;
    };
    for (Place& place : found.places) {
        copy_to(std::max(done, std::min(place.begin, before.size())));
        place.begin = found.text.size();
    }
    copy_to(before.size());
}

}  // namespace

void clean_text(Extracted& found) {
    make_valid(found);
    std::string storage;
    std::vector<Cut> cuts;
    const std::string_view kept = without_payloads(found.text, storage, &cuts);
    if (kept.data() == found.text.data()) return;
    std::size_t gone = 0;  // bytes of the cuts before `next`
    std::size_t next = 0;
    for (Place& place : found.places) {
        for (; next < cuts.size() && cuts[next].end <= place.begin; ++next)
            gone += cuts[next].end - cuts[next].begin;
        // One that begins within a cut begins where that was.
        const std::size_t begin =
            next < cuts.size() ? std::min(place.begin, cuts[next].begin) : place.begin;
        place.begin = begin - gone;
    }
    found.text = std::move(storage);
}

std::vector<plugin::Place> views_of(const std::vector<Place>& places) {
    std::vector<plugin::Place> out;
    out.reserve(places.size());
    for (const Place& place : places)
        out.push_back({place.kind, place.begin, place.number, place.first_column, place.last_column,
                       place.name});
    return out;
}

void give(const Extracted& found, const plugin::DocumentSink& sink) {
    const std::string metadata =
        found.metadata.empty() ? std::string{} : "{" + found.metadata + "}";
    sink.document({.title = found.title,
                   .text = found.text,
                   .metadata = metadata,
                   .places = views_of(found.places)});
}

}  // namespace lectern::documents
