#include "lectern/lectern.hpp"

namespace lectern {

std::string_view name(FileChange change) noexcept {
    switch (change) {
        case FileChange::added: return "added";
        case FileChange::changed: return "changed";
        case FileChange::renamed: return "renamed";
        case FileChange::removed: return "removed";
    }
    return "unknown";
}

}  // namespace lectern
