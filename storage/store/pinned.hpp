// storage/store/pinned.hpp: what a Reader holds. Internal to storage/.
#pragma once

#include <memory>
#include <utility>

#include "storage/store/database.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {

class Reader::Pinned {
 public:
    Pinned(const Database& from, std::shared_ptr<const Moment> at)
        : database(from), moment(std::move(at)) {}

    [[nodiscard]] rocksdb::ReadOptions options() const {
        rocksdb::ReadOptions options;
        options.snapshot = moment->snapshot;
        return options;
    }
    // For reading much of a column once: reads ahead, and leaves the block cache to others.
    [[nodiscard]] rocksdb::ReadOptions scan_options() const {
        rocksdb::ReadOptions options = this->options();
        options.fill_cache = false;
        options.readahead_size = 1u << 20;
        return options;
    }

    const Database& database;
    const std::shared_ptr<const Moment> moment;
};

}  // namespace lectern::storage
