#include "storage/maintenance/document_walk.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string_view>

#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace {

rocksdb::ReadOptions scan_options(const rocksdb::Snapshot* snapshot) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    options.fill_cache = false;
    options.readahead_size = 1u << 20;
    options.auto_prefix_mode = false;
    return options;
}

// Moves over one column in the order of its keys, and over what cannot be read.
class RowCursor {
 public:
    // From the key `start` on; from the first one when it is empty.
    RowCursor(const Database& database, Column column, const rocksdb::Snapshot* snapshot,
              std::string_view start = {})
        : database_(database), column_(column), snapshot_(snapshot), start_(start) {}

    // The rows [from, to) into `rows`. Rows before `from` belong to nobody and are counted. The
    // result is what went wrong.
    rocksdb::Status read(std::string_view from, std::string_view to, std::vector<WalkedRow>& rows) {
        if (rows_ == nullptr) seek(lost_ ? from : start_);
        for (; rows_->Valid() && view(rows_->key()) < from; rows_->Next()) stray();
        for (; rows_->Valid() && view(rows_->key()) < to; rows_->Next())
            rows.push_back({rows_->key().ToString(), rows_->value().ToString()});
        return settle();
    }
    // The rows behind the last one read: they belong to nobody.
    rocksdb::Status read_rest() {
        if (rows_ == nullptr && lost_) return {};
        if (rows_ == nullptr) seek(start_);
        for (; rows_->Valid(); rows_->Next()) stray();
        return settle();
    }
    [[nodiscard]] std::uint64_t strays() const { return strays_; }
    [[nodiscard]] const std::string& first_stray() const { return first_stray_; }

 private:
    void seek(std::string_view from) {
        rows_.reset(database_.db().NewIterator(scan_options(snapshot_), database_.handle(column_)));
        if (from.empty())
            rows_->SeekToFirst();
        else
            rows_->Seek(slice(from));
    }
    void stray() {
        if (strays_++ == 0) first_stray_ = rows_->key().ToString(true);
    }
    rocksdb::Status settle() {
        rocksdb::Status status = rows_->status();
        if (!status.ok()) {
            rows_.reset();
            lost_ = true;
        }
        return status;
    }

    const Database& database_;
    const Column column_;
    const rocksdb::Snapshot* snapshot_;
    const std::string start_;
    std::unique_ptr<rocksdb::Iterator> rows_;
    bool lost_ = false;
    std::uint64_t strays_ = 0;
    std::string first_stray_;
};

struct Id {
    Ordinal ordinal = 0;
    std::size_t hash = 0;  // of the id
    bool seen = false;
    bool operator<(const Id& other) const { return ordinal < other.ordinal; }
};

std::size_t hash(std::string_view id) {
    return std::hash<std::string_view>{}(id);
}

class Walk {
 public:
    Walk(const Database& database, const rocksdb::Snapshot* snapshot, const CollectionMeta& meta,
         Ordinal next_ordinal, const WalkVisitor& visitor)
        : database_(database),
          snapshot_(snapshot),
          meta_(meta),
          next_ordinal_(next_ordinal),
          visitor_(visitor),
          text_(database, Column::text, snapshot),
          chunks_(database, Column::chunks, snapshot) {
        for (const Generation& generation : meta.generations)
            vectors_.push_back(std::make_unique<RowCursor>(
                database, Column::vectors, snapshot, vector_key(generation.number, 0).bytes()));
        counts_.by_generation.resize(meta.generations.size());
    }

    Result<WalkCounts> run() {
        read_ids();
        LECTERN_TRY(read_documents());
        read_rest();
        name_the_unreadable();
        return counts_;
    }

 private:
    void finding(const std::string& where, const std::string& what) {
        visitor_.finding(where, what);
    }

    void read_ids() {
        const std::unique_ptr<rocksdb::Iterator> row(
            database_.db().NewIterator(scan_options(snapshot_), database_.handle(Column::ids)));
        for (row->SeekToFirst(); row->Valid(); row->Next()) {
            if (row->value().size() != number_key_size) {
                finding("document " + in_quotes(view(row->key())), "its id row is malformed");
                continue;
            }
            ids_.push_back({key_integer<Ordinal>(view(row->value()), 0), hash(view(row->key()))});
        }
        if (!row->status().ok()) {
            counts_.ids_damaged = true;
            finding("column ids", row->status().ToString());
        }
        std::sort(ids_.begin(), ids_.end());
    }

    // Whether the id leads to this version of the document.
    bool id_leads_to(const DocumentHeader& header) {
        const auto at = std::lower_bound(ids_.begin(), ids_.end(), Id{header.ordinal});
        if (at != ids_.end() && at->ordinal == header.ordinal) {
            at->seen = true;
            if (at->hash == hash(header.id)) return true;
        }
        if (!counts_.ids_damaged) return false;
        const auto key = database_.get(Column::ids, header.id, snapshot_);
        return key.ok() && *key && **key == number_key(header.ordinal).bytes();
    }

    Status read_documents() {
        std::unique_ptr<rocksdb::Iterator> row;
        Ordinal next = 0;  // none before it is left
        const auto seek = [&] {
            row.reset(database_.db().NewIterator(scan_options(snapshot_),
                                                 database_.handle(Column::documents)));
            row->Seek(slice(number_key(next).bytes()));
        };
        for (seek();;) {
            if (row->Valid()) {
                if (row->key().size() != number_key_size) {
                    finding("column documents", "a key is malformed");
                    row->Next();
                    continue;
                }
                const auto ordinal = key_integer<Ordinal>(view(row->key()), 0);
                next = ordinal + 1;
                LECTERN_TRY(document(ordinal, {row->key().ToString(), row->value().ToString()}));
                row->Next();
                continue;
            }
            if (row->status().ok()) return {};
            // One ordinal after the other until a block can be read again.
            if (unreadable_.empty() || unreadable_.back().second != next) {
                finding("column documents", row->status().ToString());
                unreadable_.emplace_back(next, next);
            }
            unreadable_.back().second = ++next;
            if (next >= next_ordinal_) return {};
            seek();
        }
    }

    Status document(Ordinal ordinal, WalkedRow row) {
        counts_.last_ordinal = ordinal;
        auto header = decode_header(row.value);
        if (!header || header->ordinal != ordinal) {
            finding("document number " + std::to_string(ordinal),
                    "its record cannot be understood");
            unreadable_.emplace_back(ordinal, ordinal + 1);
            return {};
        }
        WalkedDocument found;
        found.header = std::move(*header);
        found.row = std::move(row);
        found.has_id = id_leads_to(found.header);
        if (!found.has_id) found.problems.emplace_back("its id does not lead to it");
        read_text(found);
        read_chunks(found);
        std::vector<std::size_t> counted;
        for (std::size_t i = 0; i < vectors_.size(); ++i)
            counted.push_back(read_vectors(found, meta_.generations[i], *vectors_[i]));
        if (found.header.chunks.count > 0)
            counts_.last_chunk = std::max(counts_.last_chunk, found.header.chunks.end() - 1);
        if (found.problems.empty() && found.vector_problems.empty()) {
            counts_.counters.documents += 1;
            counts_.counters.chunks += found.header.chunks.count;
            counts_.counters.tokens += found.header.tokens;
            counts_.counters.text_bytes += found.header.text_bytes;
            counts_.vectors += found.vectors.size();
            for (std::size_t i = 0; i < counted.size(); ++i) counts_.by_generation[i] += counted[i];
        }
        return visitor_.document(found);
    }

    void read_text(WalkedDocument& found) {
        const Ordinal ordinal = found.header.ordinal;
        const rocksdb::Status status =
            text_.read(text_key(ordinal, 0).bytes(), text_key(ordinal + 1, 0).bytes(), found.text);
        if (!status.ok()) found.problems.push_back("its text cannot be read: " + status.ToString());
        std::uint64_t left = found.header.text_bytes;
        std::uint32_t block = 0;
        for (const WalkedRow& row : found.text) {
            const std::uint64_t expected = std::min(left, text_block_bytes);
            if (row.key != text_key(ordinal, block++).bytes() || row.value.size() != expected ||
                expected == 0) {
                found.problems.emplace_back("its text has a block missing or too many");
                return;
            }
            left -= expected;
        }
        if (left > 0 && status.ok())
            found.problems.push_back("the last " + std::to_string(left) +
                                     " bytes of its text are missing");
    }

    // The byte of the text, which is whole.
    static unsigned char byte_at(const WalkedDocument& found, std::uint64_t at) {
        return static_cast<unsigned char>(
            found.text[at / text_block_bytes].value[at % text_block_bytes]);
    }
    static bool splits_a_character(const WalkedDocument& found, std::uint64_t at) {
        return at < found.header.text_bytes && (byte_at(found, at) & 0xC0U) == 0x80U;
    }

    void read_chunks(WalkedDocument& found) {
        const DocumentHeader& header = found.header;
        const bool text_whole =
            found.problems.empty() || (found.problems.size() == 1 && !found.has_id);
        if (header.chunks.count == 0) return;
        const rocksdb::Status status =
            chunks_.read(number_key(header.chunks.first).bytes(),
                         number_key(header.chunks.end()).bytes(), found.chunks);
        if (!status.ok())
            found.problems.push_back("its chunks cannot be read: " + status.ToString());
        else if (found.chunks.size() != header.chunks.count)
            found.problems.push_back("it has " + std::to_string(found.chunks.size()) + " of its " +
                                     std::to_string(header.chunks.count) + " chunks");
        std::uint64_t tokens = 0;
        std::uint64_t begin = 0;
        for (const WalkedRow& row : found.chunks) {
            const auto id = key_integer<ChunkId>(row.key, 0);
            const std::string name = "chunk " + std::to_string(id);
            const auto chunk = decode_chunk(id, row.value);
            if (!chunk || chunk->document != header.ordinal) {
                found.problems.push_back(name + " cannot be understood or is another document's");
                continue;
            }
            if (chunk->begin > chunk->end || chunk->end > header.text_bytes)
                found.problems.push_back(name + " is [" + std::to_string(chunk->begin) + ", " +
                                         std::to_string(chunk->end) + ") of a text of " +
                                         std::to_string(header.text_bytes) + " bytes");
            else if (text_whole && (splits_a_character(found, chunk->begin) ||
                                    splits_a_character(found, chunk->end)))
                found.problems.push_back(name + " begins or ends within a UTF-8 character");
            if (chunk->begin < begin) found.problems.push_back(name + " is not in order");
            begin = chunk->begin;
            tokens += chunk->tokens;
        }
        if (found.chunks.size() == header.chunks.count && tokens != header.tokens)
            found.problems.push_back("its chunks have " + std::to_string(tokens) +
                                     " tokens, its record says " + std::to_string(header.tokens));
    }

    // How many of them are good.
    std::size_t read_vectors(WalkedDocument& found, const Generation& generation,
                             RowCursor& cursor) {
        const ChunkRange& range = found.header.chunks;
        if (range.count == 0) return 0;
        const bool serves = generation.number == meta_.serving;
        std::vector<std::string>& problems = serves ? found.vector_problems : found.spare_problems;
        std::vector<WalkedRow> rows;
        const rocksdb::Status status =
            cursor.read(vector_key(generation.number, range.first).bytes(),
                        vector_key(generation.number, range.end()).bytes(), rows);
        const std::string which = "of generation " + std::to_string(generation.number);
        if (!status.ok())
            problems.push_back("its vectors " + which + " cannot be read: " + status.ToString());
        const std::size_t count = rows.size();
        walked_vectors_ += count;
        if (serves && status.ok() && count != 0 && count != range.count)
            problems.push_back("it has " + std::to_string(count) + " of its " +
                               std::to_string(range.count) + " vectors " + which);
        std::vector<float> values;
        std::size_t good = 0;
        for (WalkedRow& row : rows) {
            values.clear();
            const bool fits = decode_vector(row.value, generation.dimension, values);
            const bool finite = std::all_of(values.begin(), values.end(),
                                            [](float value) { return std::isfinite(value); });
            if (fits && finite) {
                ++good;
                found.vectors.push_back(std::move(row));
                continue;
            }
            problems.push_back(
                "the vector " + which + " of chunk " +
                std::to_string(key_integer<ChunkId>(row.key, 4)) +
                (fits ? " has a component that is not finite" : " is not of its dimension"));
        }
        return good;
    }

    void report_strays(const RowCursor& cursor, const std::string& column) {
        const std::uint64_t count = cursor.strays();
        if (count == 0) return;
        counts_.rows_of_nobody += count;
        finding("column " + column, std::to_string(count) +
                                        " rows belong to no document, the first has the key " +
                                        cursor.first_stray());
    }

    void read_rest() {
        const auto rest = [&](RowCursor& cursor, const char* column) {
            if (const rocksdb::Status status = cursor.read_rest(); !status.ok())
                finding(std::string("column ") + column, status.ToString());
            report_strays(cursor, column);
        };
        rest(text_, "text");
        rest(chunks_, "chunks");
        count_vectors();
        for (const Id& id : ids_)
            if (!id.seen) unreached_.push_back(id.ordinal);
    }

    // A cursor of one generation passes the rows of the others, so strays are found by counting.
    void count_vectors() {
        std::uint64_t rows = 0;
        const std::unique_ptr<rocksdb::Iterator> row(
            database_.db().NewIterator(scan_options(snapshot_), database_.handle(Column::vectors)));
        for (row->SeekToFirst(); row->Valid(); row->Next()) ++rows;
        if (!row->status().ok()) {
            finding("column vectors", row->status().ToString());
            return;
        }
        if (rows <= walked_vectors_) return;
        counts_.rows_of_nobody += rows - walked_vectors_;
        finding("column vectors",
                std::to_string(rows - walked_vectors_) + " rows belong to no document");
    }

    // The names of documents that cannot be read are known where their ids can.
    void name_the_unreadable() {
        const auto lost = [&](Ordinal ordinal) {
            if (std::binary_search(unreached_.begin(), unreached_.end(), ordinal)) return true;
            return std::any_of(unreadable_.begin(), unreadable_.end(), [&](const auto& range) {
                return ordinal >= range.first && ordinal < range.second;
            });
        };
        if (unreached_.empty() && unreadable_.empty()) return;
        const std::unique_ptr<rocksdb::Iterator> row(
            database_.db().NewIterator(scan_options(snapshot_), database_.handle(Column::ids)));
        for (row->SeekToFirst(); row->Valid(); row->Next()) {
            if (row->value().size() != number_key_size) continue;
            if (!lost(key_integer<Ordinal>(view(row->value()), 0))) continue;
            ++counts_.unreadable_documents;
            finding("document " + in_quotes(view(row->key())),
                    "its record is missing or cannot be read");
        }
    }

    const Database& database_;
    const rocksdb::Snapshot* snapshot_;
    const CollectionMeta& meta_;
    const Ordinal next_ordinal_;
    const WalkVisitor& visitor_;
    RowCursor text_;
    RowCursor chunks_;
    std::vector<std::unique_ptr<RowCursor>> vectors_;      // one a generation
    std::vector<Id> ids_;                                  // by ordinal
    std::vector<std::pair<Ordinal, Ordinal>> unreadable_;  // [first, second)
    std::vector<Ordinal> unreached_;                       // ids that lead to no document
    std::uint64_t walked_vectors_ = 0;
    WalkCounts counts_;
};

}  // namespace

Result<WalkCounts> walk_documents(const Database& database, const rocksdb::Snapshot* snapshot,
                                  const CollectionMeta& meta, Ordinal next_ordinal,
                                  const WalkVisitor& visitor) {
    return Walk(database, snapshot, meta, next_ordinal, visitor).run();
}

}  // namespace lectern::storage
