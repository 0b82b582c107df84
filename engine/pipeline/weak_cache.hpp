// engine/pipeline/weak_cache.hpp: what lives once for all who want the same.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lectern/status.hpp"

namespace lectern {

// Objects by a key that says all that makes one different from another. Each lives as long as
// somebody holds it. Any thread; of two that want the same one at once, one makes it and the other
// waits.
template <typename T>
class WeakCache {
 public:
    // The object of the key. When there is none, what `make` gives (Result<std::shared_ptr<T>>).
    template <typename Make>
    [[nodiscard]] Result<std::shared_ptr<T>> get(const std::string& key, const Make& make) {
        const std::shared_ptr<Entry> entry = entry_of(key);
        const std::lock_guard lock(entry->making);
        if (auto there = entry->object.lock()) return there;
        LECTERN_ASSIGN(std::shared_ptr<T> made, make());
        entry->object = made;
        return made;
    }

 private:
    struct Entry {
        std::mutex making;
        std::weak_ptr<T> object;
    };

    // Made when it is not there; those of objects that are gone are dropped.
    std::shared_ptr<Entry> entry_of(const std::string& key) {
        const std::lock_guard lock(mutex_);
        std::erase_if(entries_, [&key](const auto& entry) {
            return entry.first != key && entry.second.use_count() == 1 &&
                   entry.second->object.expired();
        });
        std::shared_ptr<Entry>& entry = entries_[key];
        if (entry == nullptr) entry = std::make_shared<Entry>();
        return entry;
    }

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Entry>> entries_;
};

}  // namespace lectern
