// storage/store/derived.hpp: rows that an index derives from documents and keeps beside them.
//
// The column `postings` holds keys and values that only index/lexical understands. They are written
// in the same batch as the documents they come from (Store::commit with a Derive), so they are
// there when the documents are, and not otherwise; and they can always be built again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/status.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

class Reader;

// Changes of the column. Ranges are removed first, then single rows, then rows are put.
struct DerivedRows {
    std::vector<std::pair<std::string, std::string>> remove_ranges{};  // [begin, end)
    std::vector<std::string> removes{};
    std::vector<std::pair<std::string, std::string>> puts{};

    [[nodiscard]] bool empty() const noexcept {
        return remove_ranges.empty() && removes.empty() && puts.empty();
    }
};

// Called by Store::commit when the commit's ids are known and nothing is written yet. `before` is
// the collection without the commit: what is removed can still be read. A failure ends the commit,
// and nothing is written.
using Derive =
    std::function<Status(const CommitResult& commit, const Reader& before, DerivedRows& rows)>;

// Rows of the column in byte order of their keys. One thread; must not outlive its Reader.
class DerivedCursor {
 public:
    ~DerivedCursor();
    DerivedCursor(DerivedCursor&& other) noexcept;
    DerivedCursor& operator=(DerivedCursor&& other) noexcept;

    // False at the end, and after a failure: then status() says which.
    [[nodiscard]] bool valid() const;
    [[nodiscard]] std::string_view key() const;    // until next() or seek()
    [[nodiscard]] std::string_view value() const;  // until next() or seek()
    void next();
    void seek(std::string_view key);  // the first row that is not before it
    [[nodiscard]] Status status() const;

 private:
    friend class Reader;
    class Rows;
    explicit DerivedCursor(std::unique_ptr<Rows> rows);
    std::unique_ptr<Rows> rows_;
};

}  // namespace lectern::storage
