// office/before_2007.hpp: .doc, .xls and .ppt, by the programs of the package catdoc.
//
// They are licensed under the GPL and parse hostile input, so they stay behind a process with
// limits (documents/child_process.hpp).
#pragma once

#include <string>
#include <string_view>

#include "documents/child_process.hpp"
#include "documents/extracted.hpp"

namespace lectern::office {

struct Converters {
    std::string doc = "catdoc";
    std::string xls = "xls2csv";
    std::string ppt = "catppt";
    documents::ProcessLimits limits = {};
};

// A compound file (as all of these are). Fails with LECTERN_UNSUPPORTED for one of another kind,
// and with LECTERN_UNAVAILABLE when the program is not there, with what to install.
[[nodiscard]] documents::Extracted before_2007_text(std::string_view bytes,
                                                    const Converters& converters);

}  // namespace lectern::office
