// engine/plugin_host/verdict.hpp: what trying a plugin has shown, and its form in JSON.
#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "engine/plugin_host/plugin_info.hpp"

namespace lectern::host {

struct Verdict {
    bool usable = false;
    UsablePlugin info = {};  // when usable
    // When not:
    std::string name = {};     // of the plugin, "" when unknown
    std::string reason = {};   // "what; what to do"
    bool quarantined = false;  // it crashed, hung or exited: never load it
    bool lasting = false;      // holds until the file changes; else try again next time
};

[[nodiscard]] boost::json::object to_json(const Verdict& verdict);
// Nothing when the object is not one that to_json made. `path` goes into the info.
[[nodiscard]] std::optional<Verdict> verdict_from_json(const boost::json::value& json,
                                                       const std::filesystem::path& path);

// What a file holds, in a few letters; "" when it cannot be read. Tells files apart that were
// replaced by accident, and withstands no one who makes two alike on purpose: who can write there
// needs no such way.
[[nodiscard]] std::string content_key(const std::filesystem::path& path);

// A folder of verdicts, one small JSON file for each plugin file. A verdict holds while the file's
// path and content, the engine's version and the probe program are the same. Damaged files count
// as none. One host at a time writes one file (under a temporary name, then renamed).
class VerdictCache {
 public:
    // "": remembers nothing. `probe`: the program that gives the verdicts.
    VerdictCache(std::filesystem::path folder, const std::filesystem::path& probe);

    [[nodiscard]] std::optional<Verdict> find(const std::filesystem::path& plugin) const {
        return find(plugin, content_key(plugin));
    }
    // `content`: the plugin's content_key, for who has it: all that the file holds is read for it.
    [[nodiscard]] std::optional<Verdict> find(const std::filesystem::path& plugin,
                                              const std::string& content) const;
    // Failing to write is no failure: the plugin is tried again next time.
    void keep(const std::filesystem::path& plugin, const Verdict& verdict) const;
    // Where the plugin's verdict is kept; "" when nothing is remembered.
    [[nodiscard]] std::filesystem::path file_of(const std::filesystem::path& plugin) const;

 private:
    std::filesystem::path folder_;
    std::string probe_key_;
};

}  // namespace lectern::host
