// A document's JSON metadata as fields, facets and sort keys; dates.
#include "index/metadata/metadata.hpp"
#include "index/metadata/date.hpp"
#include "index/metadata/table.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    if (const auto span = filter::parse_date(input)) {
        must(span->begin < span->end, "a date is a stretch of time");
        const auto again = filter::parse_date(filter::format_date(span->begin));
        must(again && again->begin == span->begin, "a date that is written is read as itself");
    }
    const filter::Fields fields = filter::fields_of(input);
    filter::Table table;
    table.add({"id", "title", input, 0, 1, 1});
    table.add({"other", "", R"({"a": 1, "b": "2020"})", 5, 2, 1});
    table.remove(2, 3);
    const filter::Selection all = table.everything();
    for (const auto& [field, values] : fields) {
        for (const filter::Value& value : values) (void)filter::to_text(value);
        (void)table.facet(field, all, 10);
        (void)table.sort_key(1, field, true);
    }
}

}  // namespace lectern::fuzz
