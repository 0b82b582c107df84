#include "bindings/sqlite/following.hpp"

#include <cerrno>
#include <charconv>
#include <system_error>
#include <unordered_map>
#include <unordered_set>

#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/interrupt.hpp"

namespace lectern::sqlite {
namespace {

namespace json = boost::json;

// Of one call of the engine: enough that its batches are full.
constexpr std::size_t batch_bytes = 8U << 20;
constexpr std::size_t batch_removals = 10'000;
constexpr std::size_t few_bytes = 16U << 10;
// Batches that wait in memory; further ones go to a file.
constexpr std::size_t waiting_in_memory = 4;
constexpr std::size_t most_differences = 20;

Status file_failure(const char* doing) {
    return {Code::resource_exhausted, std::string(doing) + " a temporary file for the changes: " +
                                          std::generic_category().message(errno)};
}

Status put_in(Batch& batch, Index& index, const Shadow& shadow, const Shadow::Change& change) {
    batch.add(shadow.definition(), change);
    return batch.full() ? batch.apply(index, shadow.db()) : Status{};
}

// Compares every document's version with its row's, and changes what differs.
Status compare_everything(Index& index, Shadow& shadow) {
    std::unordered_map<std::int64_t, std::int64_t> rows;
    LECTERN_TRY(shadow.each_indexed([&](Shadow::Change change) -> Status {
        rows.emplace(change.rowid, change.version);
        return {};
    }));
    std::vector<std::string> gone;
    LECTERN_TRY(index.each([&](const json::object& document) -> Status {
        const auto& id = document.at("document").as_string();
        const auto rowid = rowid_of(std::string_view(id.data(), id.size()));
        const auto at = rowid ? rows.find(*rowid) : rows.end();
        if (at == rows.end())
            gone.emplace_back(id);
        else if (at->second == version_of(document.at("metadata")))
            rows.erase(at);  // as it should be
        return {};
    }));
    LECTERN_TRY(index.take_out(gone));
    Batch batch;
    for (const auto& [rowid, version] : rows) {
        LECTERN_ASSIGN(const Shadow::Change change, shadow.now(rowid));
        LECTERN_TRY(put_in(batch, index, shadow, change));
    }
    return batch.apply(index, shadow.db());
}

}  // namespace

// --------------------------------------------------------------------- batches

bool Batch::full() const {
    return in_.size() >= batch_bytes || out_.size() >= batch_removals;
}

void Batch::add(const Definition& definition, const Shadow::Change& change) {
    auto document = change.row.empty()
                        ? std::nullopt
                        : document_of(definition, change.rowid, change.version, change.row);
    if (!document) {
        out_.push_back(std::to_string(change.rowid));
        return;
    }
    if (in_.size() > 1) in_ += ',';
    in_ += json::serialize(*document);
}

Status Batch::apply(Index& index, sqlite3* db) {
    const auto put = [&](const lectern_watch* watch) { return index.put(in_ + "]", watch); };
    // A few rows are in before anybody could interrupt.
    if (in_.size() > few_bytes)
        LECTERN_TRY(unless_interrupted(db, put));
    else if (in_.size() > 1)
        LECTERN_TRY(put(nullptr));
    in_ = "[";
    LECTERN_TRY(index.take_out(out_));
    out_.clear();
    return {};
}

Status Changes::add(const Definition& definition, const Shadow::Change& change) {
    last_.add(definition, change);
    if (!last_.full()) return {};
    full_.push_back(std::exchange(last_, {}));
    return full_.size() < waiting_in_memory ? Status{} : spill();
}

Status Changes::spill() {
    if (file_ == nullptr) file_.reset(std::tmpfile());
    if (file_ == nullptr) return file_failure("making");
    for (Batch& batch : full_) {
        std::string ids;
        for (const std::string& id : batch.out_) ids += id + ' ';
        for (const std::string& text : {batch.in_, ids}) {
            const std::uint64_t size = text.size();
            if (std::fwrite(&size, sizeof size, 1, file_.get()) != 1 ||
                std::fwrite(text.data(), 1, size, file_.get()) != size)
                return file_failure("writing");
        }
        ++in_file_;
    }
    full_.clear();
    return {};
}

Status Changes::apply(Index& index, sqlite3* db) {
    if (file_ != nullptr &&
        (std::fflush(file_.get()) != 0 || std::fseek(file_.get(), 0, SEEK_SET) != 0))
        return file_failure("reading");
    for (std::uint64_t i = 0; i < in_file_; ++i) {
        Batch batch;
        std::string ids;
        for (std::string* text : {&batch.in_, &ids}) {
            std::uint64_t size = 0;
            if (std::fread(&size, sizeof size, 1, file_.get()) != 1) return file_failure("reading");
            text->resize(size);
            if (std::fread(text->data(), 1, size, file_.get()) != size)
                return file_failure("reading");
        }
        for (std::size_t at = 0, end = 0; (end = ids.find(' ', at)) != std::string::npos;
             at = end + 1)
            batch.out_.push_back(ids.substr(at, end - at));
        LECTERN_TRY(batch.apply(index, db));
    }
    for (Batch& batch : full_) LECTERN_TRY(batch.apply(index, db));
    return last_.apply(index, db);
}

// --------------------------------------------------------------------- in step

Status follow(Index& index, Shadow& shadow, const Index::Made& made, bool newest) {
    LECTERN_ASSIGN(std::int64_t last, shadow.last_version());
    if (index.followed() == last) return {};
    const auto alone = index.following();
    LECTERN_ASSIGN(last, shadow.last_version());
    const auto followed = index.followed();
    if (followed == last) return {};
    // A reader that began before the index went on: what it must not see is told by its version.
    if (followed && last < *followed && !newest && index.was_in_step()) return {};
    LECTERN_ASSIGN(const std::string rebuild, shadow.config("rebuild"));
    std::int64_t rebuilt = 0;
    std::from_chars(rebuild.data(), rebuild.data() + rebuild.size(), rebuilt);
    bool known = false;
    if (followed && *followed >= rebuilt) {
        LECTERN_ASSIGN(known, shadow.has_version(*followed));
    }
    if (followed && *followed < rebuilt) LECTERN_TRY(index.reset(made));
    if (known) {
        Batch batch;
        LECTERN_TRY(shadow.changed_after(*followed, [&](Shadow::Change change) {
            return put_in(batch, index, shadow, change);
        }));
        LECTERN_TRY(batch.apply(index, shadow.db()));
    } else {
        LECTERN_TRY(compare_everything(index, shadow));
    }
    return index.set_followed(last);
}

Result<std::vector<std::string>> differences(Index& index, Shadow& shadow) {
    const Definition& definition = shadow.definition();
    std::vector<std::string> out;
    const auto differs = [&](const std::string& what) {
        if (out.size() < most_differences) out.push_back(what);
    };
    const auto alone = index.following();
    const auto refused = index.refused();
    std::unordered_set<std::int64_t> found;
    LECTERN_TRY(index.each([&](const json::object& document) -> Status {
        const std::string id(document.at("document").as_string());
        const auto rowid = rowid_of(id);
        if (!rowid) {
            differs("the index has a document '" + id + "' that is no row");
            return {};
        }
        LECTERN_ASSIGN(const Shadow::Change row, shadow.now(*rowid));
        const auto wanted =
            row.row.empty() ? std::nullopt : document_of(definition, *rowid, row.version, row.row);
        if (!wanted)
            differs("row " + id + " is in the index and not in the table");
        else if (row.version != version_of(document.at("metadata")))
            differs("row " + id + " is in the index in another version");
        else if (document.at("text") != wanted->at("text") ||
                 document.at("title") != wanted->at("title"))
            differs("row " + id + " has another text in the index");
        found.insert(*rowid);
        return {};
    }));
    LECTERN_TRY(shadow.each_indexed([&](Shadow::Change change) -> Status {
        if (found.contains(change.rowid)) return {};
        LECTERN_ASSIGN(const Shadow::Change row, shadow.now(change.rowid));
        if (row.row.empty())
            differs("row " + std::to_string(change.rowid) +
                    " was put into the index and is not in the table that has the rows");
        else if (const auto at = refused.find(change.rowid);
                 (at == refused.end() || at->second.version != row.version) &&
                 document_of(definition, change.rowid, row.version, row.row))
            differs("row " + std::to_string(change.rowid) + " is not in the index");
        return {};
    }));
    LECTERN_ASSIGN(const json::object report, index.verify());
    for (const json::value& finding : report.at("findings").as_array())
        differs("the index, " + std::string(finding.at("where").as_string()) + ": " +
                std::string(finding.at("what").as_string()));
    return out;
}

}  // namespace lectern::sqlite
