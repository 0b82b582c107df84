// apps/crash/backups.hpp: the backups that workers have made, and what each of them must hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <list>
#include <map>
#include <string>
#include <vector>

#include "apps/crash/model.hpp"

namespace lectern::crash {

// Where the backups of a collection are: beside it.
[[nodiscard]] std::filesystem::path backups_of(const std::filesystem::path& collection);

class Backups {
 public:
    // `scratch`: a folder that backups are restored to; made and removed.
    Backups(std::filesystem::path collection, std::filesystem::path scratch)
        : collection_(std::move(collection)), scratch_(std::move(scratch)) {}

    // The worker has begun a backup of a collection in this state; it may be there or not.
    void begin(const Model& model) { pending_.push_back({model, false}); }
    // It is done.
    void acknowledge() { pending_.back().acknowledged = true; }

    // After a kill: which backups there are. `during`: the kill was at work on one; then the next
    // one must succeed and is made here. Restores one that is drawn, and that one, and compares
    // them with what was in the collection then. Gives what is wrong.
    [[nodiscard]] Result<std::vector<std::string>> check(const std::filesystem::path& pipeline,
                                                         const Model& now, bool during,
                                                         std::uint64_t draw);

    // Restores a backup that is drawn in a process that is killed at `place`; looks at what it has
    // left, restores again to the same folder, and compares that with what was in the collection
    // when the backup was made. Gives what is wrong.
    [[nodiscard]] Result<std::vector<std::string>> kill_restore(
        const std::filesystem::path& pipeline, const Model& now, const std::string& place,
        std::uint64_t draw);

    [[nodiscard]] std::uint64_t made() const { return made_; }
    [[nodiscard]] std::uint64_t restored() const { return restored_; }

 private:
    struct Pending {
        Model model;
        bool acknowledged = false;
    };
    Status find_new(std::vector<std::string>& problems);
    Status make_next(const std::filesystem::path& pipeline, const Model& now);
    // `scratch_` with what was in the collection when the backup was made.
    Status compare(std::uint32_t id, const std::filesystem::path& pipeline,
                   std::vector<std::string>& problems);
    Status restore(std::uint32_t id);
    [[nodiscard]] std::uint32_t drawn(std::uint64_t draw) const;

    const std::filesystem::path collection_;
    const std::filesystem::path scratch_;
    std::list<Pending> pending_;           // since the last check; the last one may be in flight
    std::map<std::uint32_t, Model> kept_;  // by the backup's id
    std::uint64_t made_ = 0;
    std::uint64_t restored_ = 0;
};

}  // namespace lectern::crash
