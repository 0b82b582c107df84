// storage/store/kill_point.hpp: places in the code where a test can let the process die.
//
//     kill_point("storage.before_write");
//
// Nothing happens unless the environment asked for it when the program started:
// LECTERN_KILL_POINT=storage.before_write@3 ends the process with SIGKILL when it passes that place
// for the third time ("@1" may be left out). Nothing is flushed and no destructor runs. The crash
// harness (apps/crash) uses it; docs/durability.md lists the places.
//
// Any thread. Not armed, it costs one relaxed load.
#pragma once

#include <array>
#include <atomic>
#include <string_view>

namespace lectern::storage {

// Every place there is.
inline constexpr std::array<std::string_view, 22> kill_points{
    "storage.before_write",          // a commit is prepared, nothing of it is in RocksDB
    "storage.after_write",           // it is on disk, the caller does not know yet
    "file.during_write",             // a segment's temporary file is written in part
    "file.before_rename",            // it is whole and synced, under its temporary name
    "file.after_rename",             // it has its name, the folder is not synced
    "vector.during_merge",           // rows of several segments are gathered, none is replaced
    "vector.before_source_removal",  // the merged segment is on disk beside its sources
    "backup.before",                 // a backup is begun
    "backup.during",                 // some of its bytes are copied
    "restore.before",                // nothing of the backup is copied
    "restore.during",                // some of its bytes are
    "restore.before_rename",         // all of them, under another name
    "restore.after_rename",          // the collection is there, its folder is not synced
    "reembed.after_generation",      // a change of model is begun, it has no vectors
    "reembed.after_vectors",         // some more of the new model's vectors are on disk
    "reembed.before_cut_over",       // all of them are, the old model serves
    "reembed.after_cut_over",        // the new one serves, the old one's vectors are still there
    "reembed.after_drop",            // they are gone from the store, not from the index folder
    "sync.after_begin",              // what is changed is no longer taken for stored
    "sync.after_documents",          // some documents are stored, their files are not marked so
    "sync.before_removal",           // all that is new or changed is stored, nothing is removed
    "sync.after_removal",            // some documents of files that are gone are removed
};

namespace detail {
extern std::atomic<bool> kill_point_armed;
void pass_kill_point(std::string_view name) noexcept;
}  // namespace detail

inline void kill_point(std::string_view name) noexcept {
    if (detail::kill_point_armed.load(std::memory_order_relaxed)) detail::pass_kill_point(name);
}

}  // namespace lectern::storage
