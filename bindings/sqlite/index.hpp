// bindings/sqlite/index.hpp: the collection of one table, as all connections of this process share
// it. It is opened when it is first needed, and closed with the last connection that used it.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "bindings/sqlite/mark.hpp"
#include "lectern/lectern.h"
#include "lectern/status.hpp"

namespace lectern::sqlite {

// The failure of a function of lectern.h, whose object is freed.
[[nodiscard]] Status failure(lectern_code code, lectern_error* error);

class Index {
 public:
    // That of a folder in this process. `temporary`: the folder goes with the object.
    [[nodiscard]] static std::shared_ptr<Index> of(const std::filesystem::path& folder,
                                                   bool temporary);
    // Whether somebody in this process has it.
    [[nodiscard]] static bool in_use(const std::filesystem::path& folder);

    Index(std::filesystem::path folder, bool temporary);
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;
    ~Index();

    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    struct Made {
        std::string pipeline;  // with which it is made
        std::string table;     // the id that its mark must have to be believed
    };
    // Opens the collection unless it is open, and makes it unless it is there. unavailable: another
    // process has it.
    [[nodiscard]] Status open(const Made& made);
    [[nodiscard]] bool is_open() const;
    // Deletes the folder, and makes it anew where it was open; with nothing in it.
    [[nodiscard]] Status reset(const Made& made);
    // Closes the collection and deletes the folder.
    void remove();
    // Closes the collection unless it is in use at this moment.
    void close_if_idle();

    // ---- reads, from any thread
    [[nodiscard]] Result<boost::json::object> search(const boost::json::object& request) const;
    [[nodiscard]] Result<boost::json::object> ask(const boost::json::object& request,
                                                  const lectern_watch* watch) const;
    [[nodiscard]] Result<std::vector<float>> embed(std::string_view text, bool query) const;

    // ---- following the table: by one thread at a time, which holds `following()`
    [[nodiscard]] std::unique_lock<std::mutex> following() { return std::unique_lock(following_); }
    // Up to which version it has followed; nothing: it is not known, everything is to be compared.
    [[nodiscard]] std::optional<std::int64_t> followed() const;
    // Whether it has been in step with the table since it was opened here.
    [[nodiscard]] bool was_in_step() const { return was_in_step_; }
    [[nodiscard]] Status set_followed(std::int64_t version);
    // Puts a JSON array of documents in. What the engine refuses is taken out, and is in `refused`.
    // Cancelled by the watch (nullptr: none): some may be in.
    [[nodiscard]] Status put(const std::string& documents, const lectern_watch* watch);
    [[nodiscard]] Status take_out(std::span<const std::string> documents);
    // Every document, in order of id.
    [[nodiscard]] Status each(
        const std::function<Status(const boost::json::object& document)>& visit) const;
    [[nodiscard]] std::map<std::int64_t, Refusal> refused() const;
    [[nodiscard]] Status flush();
    [[nodiscard]] Result<boost::json::object> verify() const;

 private:
    [[nodiscard]] Status open_alone(const Made& made);
    void close_alone();
    [[nodiscard]] Status written(Status status);
    [[nodiscard]] Status refuse(const std::string& documents, const boost::json::array& failed);

    const std::filesystem::path folder_;
    const bool temporary_;
    std::mutex following_;
    mutable std::shared_mutex use_;  // shared by what uses the collection
    std::shared_ptr<lectern_engine> engine_;
    lectern_collection* collection_ = nullptr;
    // A write failed: the collection takes no more of them until it has been opened again.
    std::atomic<bool> failed_{false};
    mutable std::mutex marking_;
    Mark mark_;
    bool known_ = false;
    std::atomic<bool> was_in_step_{false};
};

}  // namespace lectern::sqlite
