// corpus/opensearch/cluster.hpp: requests about one index. Internal to corpus/opensearch.
#pragma once

#include <atomic>
#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "corpus/opensearch/rows.hpp"
#include "corpus/opensearch/transport.hpp"

namespace lectern::corpus::opensearch {

struct Row {
    bool found = false;
    boost::json::value source;
    std::int64_t sequence = -1;
    std::int64_t term = 0;
};

// What the index's meta says of its vectors.
struct Served {
    bool there = false;  // false: the index is not
    storage::Hash128 collection{};
    std::vector<storage::GenerationNumber> all;
    storage::GenerationNumber serving = 0;
};

// To which version of a document a chunk belongs. That never changes.
struct Belongs {
    std::string row;  // the head's
    storage::Ordinal ordinal = 0;
};

// Who has searched vectors has asked, at most so long before the end of the search, whether they
// are still named in the index's meta; and they stay in the rows for longer than that after their
// name was taken out. So what a search has found was whole, and most searches need not ask.
inline constexpr auto name_is_good_for = std::chrono::milliseconds(1000);
inline constexpr auto vectors_stay_for = std::chrono::milliseconds(1500);

// How words weigh in a search of several shards: by what all of them hold together.
inline constexpr std::string_view by_all_shards = "dfs_query_then_fetch";

struct Search {
    boost::json::object body;
    std::string_view type = {};  // of the engine's search types; "": its default
};

class Cluster {
 public:
    Cluster(std::unique_ptr<Transport> transport, std::uint32_t replicas)
        : transport_(std::move(transport)), replicas_(replicas) {}

    [[nodiscard]] const std::string& name() const noexcept { return transport_->address().name; }
    [[nodiscard]] const Transport& transport() const noexcept { return *transport_; }
    // Copies of a row that a write must reach.
    [[nodiscard]] std::uint32_t majority() const noexcept { return (replicas_ + 1) / 2 + 1; }
    void set_replicas(std::uint32_t replicas) noexcept { replicas_ = replicas; }

    // A whole answer or a failure: shards that do not answer are one.
    [[nodiscard]] Result<boost::json::value> search(const boost::json::object& body,
                                                    std::string_view type = {}) const;
    // Several in one request; an answer for each, in order.
    [[nodiscard]] Result<std::vector<boost::json::value>> search(
        std::span<const Search> searches) const;
    // How many rows a query finds.
    [[nodiscard]] Result<std::uint64_t> count(boost::json::object query) const;
    // As they are now, also what no search sees yet; one entry for each name, in order. `fields`:
    // what is wanted of them; empty: all.
    [[nodiscard]] Result<std::vector<Row>> rows(std::span<const std::string> names,
                                                std::span<const std::string_view> fields) const;
    // Every hit of a query in the order of a unique field, after `after`; until `visit` returns
    // false. `fields`: as in rows().
    [[nodiscard]] Status each(
        const boost::json::value& query, std::string_view order, boost::json::value after,
        std::size_t page, std::span<const std::string_view> fields,
        const std::function<Result<bool>(const boost::json::array&)>& visit) const;
    [[nodiscard]] Status refresh() const;
    // For what a program has written that died before it made searches see it. Once a second at
    // most.
    [[nodiscard]] Status refresh_now_and_then() const;

    // As the cluster has it now; it is remembered which serves.
    [[nodiscard]] Result<Served> served() const;
    // unavailable when the vectors of this generation are going, or the collection was made anew.
    // Asks the cluster unless it has done so within `name_is_good_for`.
    [[nodiscard]] Status must_have(storage::GenerationNumber generation) const;
    // Which serves, as far as was seen; 0: that was not seen yet.
    [[nodiscard]] storage::GenerationNumber last_serving() const noexcept { return serving_; }
    void note_serving(storage::GenerationNumber number) const noexcept { serving_ = number; }
    // Which collection this was when it was opened.
    void set_collection(const storage::Hash128& id);
    [[nodiscard]] bool knows_collection() const;
    // Whether it is that one still; true when there was none then.
    [[nodiscard]] bool is_same(const Served& now) const;

    // Chunks that searches have given; forgets at will.
    void learn(storage::ChunkId chunk, Belongs belongs) const;
    [[nodiscard]] std::optional<Belongs> known(storage::ChunkId chunk) const;

    // Hits of chunks with their scores, best first; learns to whom they belong.
    [[nodiscard]] std::vector<index::Scored> scored(
        const boost::json::value& answer, const std::function<double(double)>& score) const;

 private:
    const std::unique_ptr<Transport> transport_;
    // A search may find the index that another program has made while somebody writes.
    std::atomic<std::uint32_t> replicas_;
    mutable std::atomic<storage::GenerationNumber> serving_{0};  // as seen last; 0: not yet
    mutable std::mutex mutex_;
    mutable std::unordered_map<storage::ChunkId, Belongs> known_;
    storage::Hash128 collection_{};                              // guarded by mutex_
    mutable std::vector<storage::GenerationNumber> named_;       // guarded by mutex_
    mutable std::chrono::steady_clock::time_point named_at_{};   // guarded by mutex_
    mutable std::chrono::steady_clock::time_point refreshed_{};  // guarded by mutex_
};

// Queries: rows of a kind ("document", "text", "chunk", "source", "synced"), and those that have a
// vector of the generation.
[[nodiscard]] boost::json::object kind_is(std::string_view kind);
[[nodiscard]] boost::json::object having(storage::GenerationNumber generation);

// Asked of every search for chunks.
void want_chunks(boost::json::object& body);

// Rows that are written or removed together.
class Bulk {
 public:
    explicit Bulk(const Cluster& cluster) : cluster_(cluster) {}

    void put(std::string name, std::string row);
    void remove(std::string name);
    // Only when the row is as it was read: (sequence, term); there must be none when sequence < 0.
    void put_after(std::string name, std::string row, std::int64_t sequence, std::int64_t term);
    void remove_after(std::string name, std::int64_t sequence, std::int64_t term);
    // `change`: the body of an update. A row that is gone is left out.
    void update(std::string name, std::string change);
    // Rows that were to be updated and are gone, of all that was sent.
    [[nodiscard]] std::size_t gone() const noexcept { return gone_; }
    [[nodiscard]] bool empty() const noexcept { return operations_.empty(); }

    // In requests of some megabytes; each row on a majority of its copies when ok. The result: the
    // names of rows that were not as they were read, of which nothing was written.
    [[nodiscard]] Result<std::vector<std::string>> send();

 private:
    struct Operation {
        std::string name;
        std::string row;  // "": the row is removed
        bool conditional = false;
        std::int64_t sequence = -1;
        std::int64_t term = 0;
        bool update = false;  // the row is a change of it
    };
    // Why rows have to be sent again.
    struct Refusal {
        std::string why;      // of the last of them
        bool passing = true;  // that of each may pass
    };
    // Leaves in `from` what has to be sent again.
    [[nodiscard]] Status send_some(std::vector<Operation>& from,
                                   std::vector<std::string>& conflicts, Refusal& refusal);

    const Cluster& cluster_;
    std::vector<Operation> operations_;
    std::size_t gone_ = 0;
};

[[nodiscard]] double length_of(std::span<const float> vector);
// Vectors are kept that have length 1, because they are compared by their cosine.
[[nodiscard]] Status check_length(std::span<const float> vector);

}  // namespace lectern::corpus::opensearch
