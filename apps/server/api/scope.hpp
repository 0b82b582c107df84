// apps/server/api/scope.hpp: what a request may see and write whose key is bound to a filter.
//
// Such a key is a tenant's: for it the collection is the documents that fulfil its filter. Routes
// that it may use say so (Route::tenants); all others refuse it, so that a new one is closed until
// somebody has thought of it. A handler of an open one asks here for every filter it uses and every
// id that it is given. Keys that are bound to nothing, and servers without keys, see everything.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/keys.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

class Scope {
 public:
    // nullptr: no keys are required. Borrowed.
    explicit Scope(const Key* key) noexcept
        : filter_(key == nullptr ? std::string_view() : std::string_view(key->filter)) {}

    [[nodiscard]] bool whole() const noexcept { return filter_.empty(); }
    // Makes the condition of a request that of the request and of the key.
    [[nodiscard]] Status narrow(std::string& filter) const;
    // Whether the document is there for this key. Takes the same time for another's document as for
    // one that does not exist: both are looked up among all.
    [[nodiscard]] Result<bool> sees(const Collection& collection, const std::string& id) const;
    // not_found, in the words of a document that does not exist, when the key does not see it.
    [[nodiscard]] Status find(const Collection& collection, std::string_view name,
                              const std::string& id) const;
    // Whether a document as it would be stored is the key's.
    [[nodiscard]] Status may_store(const DocumentInput& document) const;
    // The same, and what is there under its id now must not be another's.
    [[nodiscard]] Status may_store(const Collection& collection,
                                   const DocumentInput& document) const;
    // What a failure and the hints of a search may say: nothing of others' fields.
    [[nodiscard]] Status told(Status status) const;
    void hide(std::vector<std::string>& hints) const {
        if (!whole()) hints.clear();
    }

 private:
    std::string_view filter_;
};

// Collection::each_document of those that fulfil a filter; of all where it is empty.
[[nodiscard]] Status each_document(const Collection& collection, const std::string& filter,
                                   const std::string& after,
                                   const std::function<bool(const Document&)>& visit);

}  // namespace lectern::server
