// office/docx_numbering.hpp: the numbers of a Word document's lists, which it does not write down.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>

#include "documents/list_mark.hpp"
#include "office/archive.hpp"
#include "office/xml.hpp"

namespace lectern::office {

class DocxNumbering {
 public:
    DocxNumbering(Archive& archive, const std::string& part);

    // Counts one paragraph; its mark ("3.", "2.1", "-"), or "" when its list has none.
    [[nodiscard]] std::string next(std::string_view list, long level);

 private:
    static constexpr long most_levels = 9;
    struct Level {
        std::string format = "decimal";
        std::string text = "%1.";
        long start = 1;
    };
    struct Kind {  // w:abstractNum
        std::array<Level, most_levels> levels;
        std::array<long, most_levels> count{};  // 0: not begun
    };
    struct List {  // w:num
        std::string kind;
        std::map<long, long> start;  // of levels that begin anew in it
        bool begun = false;
    };
    static Level level_of(const Node& node);
    static std::string written(long value, const std::string& format);

    std::map<std::string, Kind, std::less<>> kinds_;
    std::map<std::string, List, std::less<>> lists_;
};

}  // namespace lectern::office
