#include "bindings/sqlite/interrupt.hpp"

#include <chrono>
#include <exception>
#include <future>
#include <memory>

namespace lectern::sqlite {
namespace {

constexpr auto look_every = std::chrono::milliseconds(50);

// sqlite3_is_interrupted came with SQLite 3.41; a statement within the one that runs is told in
// every version.
bool is_interrupted(sqlite3* db) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(db, "SELECT 1", -1, &statement, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_INTERRUPT;
}

}  // namespace

Status unless_interrupted(sqlite3* db,
                          const std::function<Status(const lectern_watch* watch)>& call) {
    const std::unique_ptr<lectern_cancel, decltype(&lectern_cancel_free)> cancel(
        lectern_cancel_new(), lectern_cancel_free);
    lectern_watch watch{};
    watch.struct_size = sizeof watch;
    watch.cancel = cancel.get();
    // The future of std::async waits in its destructor: the watch lives as long as the call.
    auto done = std::async(std::launch::async, [&] { return call(&watch); });
    bool interrupted = false;
    while (done.wait_for(look_every) == std::future_status::timeout) {
        if (interrupted || !is_interrupted(db)) continue;
        interrupted = true;
        lectern_cancel_request(cancel.get());
    }
    Status status = done.get();
    if (interrupted && (status.ok() || status.code() == Code::cancelled))
        return {Code::cancelled, "interrupted"};
    return status;
}

}  // namespace lectern::sqlite
