// documents/test_places.hpp: places of an extracted text as one line, for tests.
#pragma once

#include <string>

#include "documents/extracted.hpp"

namespace lectern::documents {

// "slide 3: # Slide", "cells Prices 2 1-3: Heron": what each place is, and how its text begins.
inline std::string shown_places(const Extracted& found) {
    constexpr const char* kinds[] = {"none", "page", "slide", "cells",  "chapter",
                                     "time", "part", "cell",  "section"};
    std::string out;
    for (const Place& place : found.places) {
        if (!out.empty()) out += " / ";
        out += kinds[place.kind];
        if (!place.name.empty()) out += " " + place.name;
        if (place.number > 0) out += " " + std::to_string(place.number);
        if (place.first_column > 0)
            out +=
                " " + std::to_string(place.first_column) + "-" + std::to_string(place.last_column);
        const std::string rest = found.text.substr(place.begin, 7);
        out += ": " + rest.substr(0, rest.find('\n'));
    }
    return out;
}

}  // namespace lectern::documents
