// apps/server/work/aliases.hpp: other names of collections. Clients use such a name while the
// collection behind it is exchanged for another one.
//
// They are kept in a small JSON file of the data folder: {"aliases": {"notes": "notes-2"}}.
// Threads: everything is safe from any thread.
#pragma once

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

class Aliases {
 public:
    // What the file says; no path: there are none, and none can be made. One that cannot be read is
    // logged and left alone: there are no aliases then, and none can be made.
    explicit Aliases(std::filesystem::path file);

    // The collection by alias, in order.
    [[nodiscard]] std::map<std::string, std::string> all() const;
    // The collection that it stands for; "": it is none.
    [[nodiscard]] std::string target(const std::string& alias) const;
    // Those of a collection, in order.
    [[nodiscard]] std::vector<std::string> of(const std::string& collection) const;

    // On disk when ok; from then on requests go to the collection. One that is there is switched.
    [[nodiscard]] Status set(const std::string& alias, const std::string& collection);
    [[nodiscard]] Status remove(const std::string& alias);
    // A collection has another name: its aliases stand for it still.
    [[nodiscard]] Status follow(const std::string& from, const std::string& to);

 private:
    // With mutex_.
    [[nodiscard]] Status keep(std::map<std::string, std::string> next);

    const std::filesystem::path file_;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> collections_;  // by alias
    Status broken_;                                   // why the file cannot be used
};

}  // namespace lectern::server
