#include "bindings/sqlite/index.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <system_error>

#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t most_refusals = 1000;

// Never ended: connections that a program leaves open reach it after main.
struct Shared {
    std::mutex mutex;
    std::map<fs::path, std::weak_ptr<Index>> indexes;
    std::weak_ptr<lectern_engine> engine;
};

Shared& shared() {
    static auto* const all = std::make_unique<Shared>().release();
    return *all;
}

// A collection that is open when the process ends would be used by its threads while what they
// stand on is taken away.
void close_all() {
    std::vector<std::shared_ptr<Index>> open;
    {
        const std::lock_guard lock(shared().mutex);
        for (const auto& [folder, weak] : shared().indexes)
            if (auto one = weak.lock()) open.push_back(std::move(one));
    }
    for (const auto& one : open) one->close_if_idle();
}

void log(void*, std::int32_t level, const char* source, const char* message) {
    if (level >= 2)
        sqlite3_log(level == 2 ? SQLITE_WARNING : SQLITE_ERROR, "%s: %s", source, message);
}

Result<std::shared_ptr<lectern_engine>> engine() {
    const std::lock_guard lock(shared().mutex);
    if (auto there = shared().engine.lock()) return there;
    static const bool at_exit = std::atexit(close_all) == 0;
    (void)at_exit;
    lectern_engine* made = nullptr;
    lectern_error* error = nullptr;
    if (const lectern_code code = lectern_engine_open(nullptr, log, nullptr, &made, &error);
        code != LECTERN_OK)
        return failure(code, error);
    std::shared_ptr<lectern_engine> out(made, lectern_engine_close);
    shared().engine = out;
    return out;
}

// What a function of lectern.h gave.
class Text {
 public:
    Text() = default;
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    ~Text() { lectern_string_free(text_); }
    [[nodiscard]] char** place() { return &text_; }
    [[nodiscard]] const char* get() const { return text_; }

 private:
    char* text_ = nullptr;
};

Result<json::object> object(const Text& text) {
    boost::system::error_code error;
    json::value value = json::parse(text.get(), error);
    if (error || !value.is_object())
        return Status{Code::internal, "the engine gave something that is no JSON object"};
    return std::move(value.get_object());
}

Status closed() {
    return {Code::unavailable, "the index was closed meanwhile; try again"};
}

template <typename Call>
Result<json::object> asked(const json::object& request, const Call& call) {
    Text out;
    lectern_error* error = nullptr;
    const lectern_code code = call(json::serialize(request).c_str(), out.place(), &error);
    if (code != LECTERN_OK) return failure(code, error);
    return object(out);
}

}  // namespace

Status failure(lectern_code code, lectern_error* error) {
    Status out{static_cast<Code>(code), lectern_error_message(error)};
    lectern_error_free(error);
    return out;
}

std::shared_ptr<Index> Index::of(const fs::path& folder, bool temporary) {
    const std::lock_guard lock(shared().mutex);
    auto& place = shared().indexes[folder];
    if (auto there = place.lock()) return there;
    auto made = std::make_shared<Index>(folder, temporary);
    place = made;
    return made;
}

bool Index::in_use(const fs::path& folder) {
    const std::lock_guard lock(shared().mutex);
    const auto at = shared().indexes.find(folder);
    return at != shared().indexes.end() && !at->second.expired();
}

Index::Index(fs::path folder, bool temporary) : folder_(std::move(folder)), temporary_(temporary) {}

Index::~Index() {
    close_alone();
    std::error_code ignored;
    if (temporary_) fs::remove_all(folder_, ignored);
}

Status Index::open(const Made& made) {
    if (is_open() && !failed_) return {};
    const std::unique_lock lock(use_);
    if (failed_) close_alone();
    return collection_ != nullptr ? Status{} : open_alone(made);
}

bool Index::is_open() const {
    const std::shared_lock lock(use_);
    return collection_ != nullptr;
}

Status Index::open_alone(const Made& made) {
    LECTERN_ASSIGN(engine_, engine());
    std::error_code error;
    fs::remove_all(removed_name(folder_), error);
    const bool fresh = !fs::exists(folder_, error) || fs::is_empty(folder_, error);
    json::object options{{"create", true}};
    // One that is there has its own; not so one whose making was cut off.
    const bool there = fs::exists(folder_ / "store" / "CURRENT", error);
    if (!there && !made.pipeline.empty()) options["pipeline"] = made.pipeline;
    lectern_error* why = nullptr;
    if (const lectern_code code = lectern_collection_open(
            engine_.get(), folder_.c_str(), json::serialize(options).c_str(), &collection_, &why);
        code != LECTERN_OK)
        return failure(code, why);
    failed_ = false;
    const auto found = fresh ? std::optional(Mark{made.table, 0}) : read_mark(folder_);
    {
        const std::lock_guard lock(marking_);
        known_ = found && found->table == made.table;
        mark_ = known_ ? *found : Mark{made.table, 0};
        was_in_step_ = false;
    }
    return fresh ? write_mark(folder_, mark_) : Status{};
}

void Index::close_alone() {
    lectern_collection_close(std::exchange(collection_, nullptr));
    engine_.reset();
}

Status Index::reset(const Made& made) {
    const std::unique_lock lock(use_);
    close_alone();
    if (const std::error_code error = remove_folder(folder_))
        return {Code::unavailable,
                "removing '" + folder_.string() + "' to make it anew: " + error.message()};
    return open_alone(made);
}

void Index::remove() {
    const std::unique_lock lock(use_);
    close_alone();
    (void)remove_folder(folder_);
}

void Index::close_if_idle() {
    const std::unique_lock lock(use_, std::try_to_lock);
    if (!lock) return;
    close_alone();
    std::error_code ignored;
    if (temporary_) fs::remove_all(folder_, ignored);
}

Result<json::object> Index::search(const json::object& request) const {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    return asked(request, [&](const char* text, char** out, lectern_error** error) {
        return lectern_collection_search(collection_, text, nullptr, out, error);
    });
}

Result<json::object> Index::ask(const json::object& request, const lectern_watch* watch) const {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    return asked(request, [&](const char* text, char** out, lectern_error** error) {
        return lectern_collection_ask(collection_, text, watch, out, error);
    });
}

Result<std::vector<float>> Index::embed(std::string_view text, bool query) const {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    const std::string whole(text);
    const char* const texts[] = {whole.c_str()};
    std::uint32_t dimension = 0;
    lectern_error* error = nullptr;
    const auto call = [&](std::uint64_t count, std::vector<float>& out) {
        return lectern_collection_embed(collection_, texts, count,
                                        query ? LECTERN_AS_QUERY : LECTERN_AS_PASSAGE, out.data(),
                                        out.size(), &dimension, &error);
    };
    std::vector<float> out;
    if (const lectern_code code = call(0, out); code != LECTERN_OK) return failure(code, error);
    out.resize(dimension);
    if (const lectern_code code = call(1, out); code != LECTERN_OK) return failure(code, error);
    return out;
}

std::optional<std::int64_t> Index::followed() const {
    const std::lock_guard lock(marking_);
    return known_ ? std::optional(mark_.version) : std::nullopt;
}

Status Index::set_followed(std::int64_t version) {
    const std::shared_lock use(use_);
    if (collection_ == nullptr) return closed();
    const std::lock_guard lock(marking_);
    Mark next = mark_;
    next.version = version;
    if (!known_ || next.version != mark_.version) LECTERN_TRY(write_mark(folder_, next));
    mark_ = std::move(next);
    known_ = true;
    was_in_step_ = true;
    return {};
}

Status Index::written(Status status) {
    if (!status.ok()) failed_ = true;
    return status;
}

Status Index::put(const std::string& documents, const lectern_watch* watch) {
    const auto report_or = [&]() -> Result<json::object> {
        const std::shared_lock lock(use_);
        if (collection_ == nullptr) return closed();
        return asked({}, [&](const char*, char** out, lectern_error** error) {
            return lectern_collection_add(collection_, documents.c_str(), watch, out, error);
        });
    }();
    // What was cancelled has not failed.
    if (report_or.status().code() == Code::cancelled) return report_or.status();
    LECTERN_TRY(written(report_or.status()));
    const json::object& report = *report_or;
    const json::array& failed = report.at("failed").as_array();
    return failed.empty() ? Status{} : refuse(documents, failed);
}

Status Index::refuse(const std::string& documents, const json::array& failed) {
    std::map<std::string, std::string, std::less<>> why;
    for (const json::value& one : failed)
        why.emplace(one.at("path").as_string(), one.at("error").as_string());
    std::vector<std::string> gone;
    const json::value all = json::parse(documents);
    {
        const std::lock_guard lock(marking_);
        for (const json::value& document : all.as_array()) {
            const std::string_view id(document.at("id").as_string());
            const auto at = why.find(id);
            const auto rowid = rowid_of(id);
            if (at == why.end() || !rowid) continue;
            gone.emplace_back(id);
            sqlite3_log(SQLITE_WARNING, "lectern: row %s of %s is not in the index: %s",
                        at->first.c_str(), folder_.c_str(), at->second.c_str());
            // An older refusal than the rows of today have is of no use to anybody.
            if (mark_.refused.size() >= most_refusals && !mark_.refused.contains(*rowid))
                mark_.refused.erase(mark_.refused.begin());
            mark_.refused[*rowid] = {version_of(document.at("metadata")), at->second};
        }
    }
    return take_out(gone);
}

std::map<std::int64_t, Refusal> Index::refused() const {
    const std::lock_guard lock(marking_);
    return mark_.refused;
}

Status Index::take_out(std::span<const std::string> documents) {
    if (documents.empty()) return {};
    std::vector<const char*> ids;
    for (const std::string& id : documents) ids.push_back(id.c_str());
    lectern_error* error = nullptr;
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    const lectern_code code =
        lectern_collection_remove(collection_, ids.data(), ids.size(), nullptr, &error);
    return code == LECTERN_OK ? Status{} : written(failure(code, error));
}

Status Index::each(const std::function<Status(const json::object& document)>& visit) const {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    lectern_documents* walk = nullptr;
    lectern_error* error = nullptr;
    if (const lectern_code code = lectern_documents_open(collection_, nullptr, &walk, &error);
        code != LECTERN_OK)
        return failure(code, error);
    const std::unique_ptr<lectern_documents, decltype(&lectern_documents_close)> ended(
        walk, lectern_documents_close);
    while (true) {
        Text text;
        if (const lectern_code code = lectern_documents_next(walk, text.place(), &error);
            code != LECTERN_OK)
            return failure(code, error);
        if (text.get() == nullptr) return {};
        LECTERN_ASSIGN(const json::object document, object(text));
        LECTERN_TRY(visit(document));
    }
}

Status Index::flush() {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    lectern_error* error = nullptr;
    const lectern_code code = lectern_collection_flush(collection_, &error);
    return code == LECTERN_OK ? Status{} : failure(code, error);
}

Result<json::object> Index::verify() const {
    const std::shared_lock lock(use_);
    if (collection_ == nullptr) return closed();
    return asked({}, [&](const char*, char** out, lectern_error** error) {
        return lectern_collection_verify(collection_, nullptr, out, error);
    });
}

}  // namespace lectern::sqlite
