// engine/sync/folder_watch.hpp: waits until something changes in folders (inotify).
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <utility>

#include "lectern/status.hpp"
#include "system/descriptor.hpp"

namespace lectern {

// Says that something has changed, never what: whoever waits looks at the folders again. One
// thread.
class FolderWatch {
 public:
    [[nodiscard]] static Result<FolderWatch> make();

    // From now on, what is written, made, removed or renamed in the folder wakes, not below it. A
    // folder is added before it is read, so that nothing is missed; adding it again costs nothing.
    // A folder that is gone is passed over.
    [[nodiscard]] Status add(const std::filesystem::path& folder);

    // Returns true when something has changed and then nothing for `quiet` (at most ten times as
    // long), or when `at_most` has passed; false when stopped.
    [[nodiscard]] bool wait(std::chrono::milliseconds quiet, std::chrono::milliseconds at_most,
                            const std::stop_token& stop);

 private:
    FolderWatch(sys::Descriptor notify, sys::Descriptor wake) noexcept
        : notify_(std::move(notify)), wake_(std::move(wake)) {}
    void drain() const;
    sys::Descriptor notify_;
    sys::Descriptor wake_;  // an eventfd
};

}  // namespace lectern
