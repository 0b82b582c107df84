// index/metadata/table.hpp: the metadata of all documents, ready for filters, facets and sorting.
//
// Fields of every document: `id`, `title` and `committed` (when it was stored); all others come
// from its metadata. `metadata.NAME` is the metadata's NAME, also when that is `id`, `title` or
// `committed`.
//
// Rules: a condition on a list holds when one of its values fulfils it. A condition on a field that
// the document does not have does not hold, so its negation does ("x != 1" is "not x = 1"). Strings
// compare byte by byte; a date compares as a stretch of time: 2020-05 is all of May.
//
// Threads: const functions from several at once; add, sort and remove from one, alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "index/metadata/column.hpp"
#include "index/metadata/expression.hpp"
#include "lectern/status.hpp"

namespace lectern::filter {

// What a filter decides on. The chunks of a document are [first_chunk, first_chunk + chunks).
struct Record {
    std::string_view id{};
    std::string_view title{};
    std::string_view metadata{};  // a JSON object, or empty
    std::int64_t committed = 0;   // milliseconds since 1970 UTC
    std::uint64_t first_chunk = 0;
    std::uint32_t chunks = 0;
};

struct Selection {
    std::vector<std::uint8_t> rows{};  // 1: the row passes
    std::vector<std::string> hints{};  // fields that no document has
};

// Of numbers.
struct Statistics {
    std::uint64_t count = 0;
    Number least{};
    Number most{};
    double sum = 0;
};

struct FacetCount {
    std::string value{};
    std::uint64_t documents = 0;
};

// What a row is sorted by; `present` is false where the document has no such field.
struct SortKey {
    bool present = false;
    Value value{};
};
// Missing ones last, whatever the direction.
[[nodiscard]] bool sorts_before(const SortKey& a, const SortKey& b, bool descending);

// By their keys, one for each of them; those with equal keys stay in their order.
template <typename T>
void sort_by_keys(std::vector<T>& items, const std::vector<SortKey>& keys, bool descending) {
    std::vector<std::size_t> order(items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return sorts_before(keys[a], keys[b], descending);
    });
    std::vector<T> sorted;
    sorted.reserve(items.size());
    for (const std::size_t i : order) sorted.push_back(std::move(items[i]));
    items = std::move(sorted);
}

// Strings one after the other in one block of memory.
class Strings {
 public:
    void add(std::string_view text) {
        bytes_.append(text);
        ends_.push_back(bytes_.size());
    }
    [[nodiscard]] std::string_view operator[](std::size_t i) const {
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return std::string_view(bytes_).substr(begin, ends_[i] - begin);
    }

 private:
    std::string bytes_;
    std::vector<std::uint64_t> ends_;
};

class Table {
 public:
    void add(const Record& record);
    // After add() calls whose chunks did not ascend.
    void sort();
    // The documents whose first chunk lies in [begin, end).
    void remove(std::uint64_t begin, std::uint64_t end);

    [[nodiscard]] std::size_t rows() const { return live_.size(); }
    [[nodiscard]] std::size_t removed() const { return removed_; }

    [[nodiscard]] Selection everything() const { return {live_, {}}; }
    // A literal of a kind that the field never holds is an error that names its column; a field
    // that no document has is a hint.
    [[nodiscard]] Result<Selection> select(const Expression& expression) const;
    // Ascending.
    [[nodiscard]] std::vector<std::uint64_t> chunks(const Selection& selection) const;
    // The ids, in the order of the rows.
    [[nodiscard]] std::vector<std::string> ids(const Selection& selection) const;
    // The values of a field with the documents of the selection that have them, most first, equal
    // ones by value; at most `most`. `committed` is counted by day.
    [[nodiscard]] std::vector<FacetCount> facet(std::string_view field, const Selection& selection,
                                                std::size_t most) const;
    // The same in the ranges between bounds (facet_request.hpp), in their order: a document counts
    // once in each range that one of its values lies in.
    [[nodiscard]] std::vector<FacetCount> ranges(std::string_view field, const Selection& selection,
                                                 const std::vector<Literal>& bounds) const;
    // Of all numbers that the documents of the selection have in a field.
    [[nodiscard]] Statistics statistics(std::string_view field, const Selection& selection) const;
    // By what a document is sorted, found by one of its chunks: of a list the smallest value, or
    // for descending order the largest.
    [[nodiscard]] SortKey sort_key(std::uint64_t chunk, std::string_view field,
                                   bool descending) const;
    [[nodiscard]] bool has_field(std::string_view field) const;
    // "no document has the field 'yaer'; there are: committed, id, title, year".
    [[nodiscard]] std::string missing_field(std::string_view field) const;

 private:
    using Rows = std::vector<std::uint8_t>;
    [[nodiscard]] const Column* column(std::string_view field) const;
    // `among`: the rows whose values the condition is about; nullptr: all.
    [[nodiscard]] Status check_kinds(const Condition& condition, const Column* column,
                                     const Rows* among) const;
    Status evaluate(const Expression& expression, Rows& rows, std::vector<std::string>& hints,
                    const Rows* among) const;
    Status evaluate(const Condition& condition, Rows& rows, std::vector<std::string>& hints,
                    const Rows* among) const;

    std::map<std::string, Column, std::less<>> columns_;
    Strings ids_;
    Strings titles_;
    std::vector<std::int64_t> committed_;
    std::vector<std::uint64_t> first_chunk_;
    std::vector<std::uint32_t> chunks_;
    Rows live_;
    std::vector<std::uint32_t> order_;  // rows, by first chunk
    std::size_t removed_ = 0;
};

}  // namespace lectern::filter
