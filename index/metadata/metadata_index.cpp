#include "index/metadata/metadata_index.hpp"

#include <algorithm>
#include <mutex>

#include "index/metadata/facet_request.hpp"
#include "index/metadata/parser.hpp"

namespace lectern {
namespace {

// Removed rows that are put up with before the table is built anew.
constexpr std::size_t few_rows = 10'000;

filter::Record record_of(const storage::DocumentHeader& header) {
    return {header.id,           header.title,
            header.metadata,     header.committed_at,
            header.chunks.first, static_cast<std::uint32_t>(header.chunks.count)};
}

std::optional<FacetStatistics> statistics_of(const filter::Statistics& numbers) {
    if (numbers.count == 0) return {};
    const auto text = [](const filter::Number& number) {
        return filter::to_text({filter::Kind::number, number, 0, {}});
    };
    return FacetStatistics{numbers.count, text(numbers.least), text(numbers.most), numbers.sum,
                           numbers.sum / static_cast<double>(numbers.count)};
}

}  // namespace

Result<SortField> parse_sort(std::string_view text) {
    SortField out{std::string(text), false};
    if (text.starts_with('-')) out = {std::string(text.substr(1)), true};
    if (out.field.empty())
        return Status{Code::invalid_argument,
                      "sort needs a field: 'year' for ascending order, '-year' for descending"};
    return out;
}

Status MetadataIndex::rebuild(const storage::Reader& reader) {
    built_ = false;
    table_ = {};
    LECTERN_TRY(reader.for_each_document([&](const storage::DocumentHeader& header) {
        if (header.chunks.count > 0) table_.add(record_of(header));
        return true;
    }));
    table_.sort();
    sequence_ = reader.sequence();
    built_ = true;
    return {};
}

// Documents that a later commit replaced are not in the reader any more: they are passed over.
Status MetadataIndex::apply(const storage::Reader& reader, const storage::Change& change) {
    for (const storage::ChunkRange& range : change.removed) table_.remove(range.first, range.end());
    for (const storage::ChunkRange& range : change.added)
        for (storage::ChunkId id = range.first; id < range.end();) {
            const auto chunk = reader.chunk(id++);
            if (!chunk) {
                if (chunk.status().code() == Code::not_found) continue;
                return chunk.status();
            }
            const auto header = reader.header(chunk->document);
            if (!header) {
                if (header.status().code() == Code::not_found) continue;
                return header.status();
            }
            table_.add(record_of(*header));
            id = header->chunks.end();
        }
    return {};
}

Status MetadataIndex::follow(const storage::Store& store) {
    {
        const std::shared_lock lock(mutex_);
        if (built_ && sequence_ == store.sequence()) return {};
    }
    const std::unique_lock lock(mutex_);
    const storage::Reader reader = store.reader();
    if (built_ && sequence_ >= reader.sequence()) return {};
    const bool wasteful = table_.removed() > few_rows && 2 * table_.removed() > table_.rows();
    if (!built_ || wasteful) return rebuild(reader);
    const auto changes = reader.changes(sequence_);
    if (!changes) {
        if (changes.status().code() == Code::not_found) return rebuild(reader);
        return changes.status();
    }
    // Half a change in the table would be worse than none.
    built_ = false;
    for (const storage::Change& change : *changes) LECTERN_TRY(apply(reader, change));
    sequence_ = reader.sequence();
    built_ = true;
    return {};
}

Result<Narrowed> MetadataIndex::narrow(const storage::Store& store, std::string_view filter,
                                       const std::vector<std::string>& facets) {
    Narrowed out;
    std::optional<filter::Expression> expression;
    if (!filter.empty()) {
        LECTERN_ASSIGN(expression, filter::parse(filter));
    }
    LECTERN_TRY(follow(store));
    const std::shared_lock lock(mutex_);
    filter::Selection selection;
    if (expression) {
        LECTERN_ASSIGN(selection, table_.select(*expression));
        out.allowed = table_.chunks(selection);
        out.hints = std::move(selection.hints);
    } else {
        selection = table_.everything();
    }
    for (const std::string& wanted : facets) {
        filter::FacetRequest request{wanted, {}};
        if (!table_.has_field(wanted) && filter::has_bounds(wanted)) {
            LECTERN_ASSIGN(request, filter::parse_facet(wanted));
        }
        const std::string& field = request.field;
        if (!table_.has_field(field)) out.hints.push_back(table_.missing_field(field));
        Facet facet{wanted, {}, statistics_of(table_.statistics(field, selection))};
        if (!request.bounds.empty()) {
            for (filter::FacetCount& count : table_.ranges(field, selection, request.bounds))
                facet.values.push_back({std::move(count.value), count.documents});
            out.facets.push_back(std::move(facet));
            continue;
        }
        for (filter::FacetCount& count : table_.facet(field, selection, most_facet_values + 1))
            facet.values.push_back({std::move(count.value), count.documents});
        if (facet.values.size() > most_facet_values) {
            facet.values.pop_back();
            out.hints.push_back("'" + field + "' has more than " +
                                std::to_string(most_facet_values) +
                                " values; the facet has the most frequent ones");
        }
        out.facets.push_back(std::move(facet));
    }
    return out;
}

Result<Selected> MetadataIndex::select(const storage::Store& store, std::string_view filter) {
    LECTERN_ASSIGN(const filter::Expression expression, filter::parse(filter));
    LECTERN_TRY(follow(store));
    Selected out;
    {
        const std::shared_lock lock(mutex_);
        LECTERN_ASSIGN(filter::Selection selection, table_.select(expression));
        out.documents = table_.ids(selection);
        out.hints = std::move(selection.hints);
    }
    std::sort(out.documents.begin(), out.documents.end());
    return out;
}

Status MetadataIndex::sort(const storage::Store& store, const SortField& by, std::vector<Hit>& hits,
                           std::vector<std::string>& hints) {
    LECTERN_TRY(follow(store));
    std::vector<filter::SortKey> keys;
    {
        const std::shared_lock lock(mutex_);
        if (!table_.has_field(by.field)) hints.push_back(table_.missing_field(by.field));
        for (const Hit& hit : hits)
            keys.push_back(table_.sort_key(hit.chunk, by.field, by.descending));
    }
    filter::sort_by_keys(hits, keys, by.descending);
    return {};
}

}  // namespace lectern
