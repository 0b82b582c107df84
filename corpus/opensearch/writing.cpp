// Documents that are written: their versions, then the heads that name them.
#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <utility>

#include "corpus/opensearch/cluster_corpus.hpp"
#include "corpus/opensearch/json_build.hpp"
#include "text/text.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;

constexpr int most_conflicts = 20;
constexpr std::chrono::seconds between_commits{10};
constexpr std::uint64_t pause_of_a_loser = 20;  // milliseconds at most, for each time

}  // namespace

Status ClusterCorpus::accepts(const storage::PutDocument& document) const {
    if (document.text.size() > longest_text)
        return {Code::resource_exhausted,
                "the OpenSearch backend keeps texts of at most " +
                    std::to_string(longest_text >> 20U) + " MiB, and this one has " +
                    std::to_string(document.text.size() >> 20U) + "; split it"};
    if (document.title.size() > longest_value)
        return {Code::unsupported, "the OpenSearch backend keeps titles of at most " +
                                       std::to_string(longest_value) + " bytes"};
    return check_fields(document.metadata);
}

std::chrono::milliseconds ClusterCorpus::commit_every() const noexcept {
    return between_commits;
}

Status ClusterCorpus::write_version(const storage::PutDocument& put, Wish& wish, Bulk& bulk) const {
    storage::DocumentHeader& header = wish.header;
    header = {};
    header.id = put.id;
    header.ordinal = fresh_number();
    header.title = put.title;
    header.metadata = put.metadata;
    header.content_hash = put.content_hash;
    header.chunks = {fresh_number(), put.chunks.size()};
    header.text_bytes = put.text.size();
    header.source_bytes = put.source_bytes;
    header.committed_at = storage::now_milliseconds();
    std::vector<std::string> texts;
    for (const storage::PutChunk& chunk : put.chunks) {
        header.tokens += chunk.tokens;
        if (chunk.begin > chunk.end || chunk.end > put.text.size() ||
            chunk.context_begin > chunk.context_end || chunk.context_end > chunk.begin)
            return {Code::invalid_argument,
                    "document '" + put.id + "': a chunk does not lie in its text"};
        std::string text = put.text.substr(chunk.begin, chunk.end - chunk.begin);
        if (text::invalid_utf8_at(text) != std::string_view::npos)
            return {Code::unsupported, "document '" + put.id +
                                           "': a chunk ends within a character, which the "
                                           "OpenSearch backend does not keep"};
        if (chunk.context_end > chunk.context_begin)
            text = put.text.substr(chunk.context_begin, chunk.context_end - chunk.context_begin) +
                   "\n" + text;
        texts.push_back(std::move(text));
    }
    for (const storage::PutVectors& vectors : put.vectors) {
        if (put.chunks.empty()) break;
        const std::size_t dimension = vectors.values.size() / put.chunks.size();
        for (std::size_t i = 0; i < put.chunks.size(); ++i)
            LECTERN_TRY(check_length(std::span(vectors.values).subspan(i * dimension, dimension)));
    }
    const Version version{header, &put};
    bulk.put(text_id(header.ordinal), json::serialize(text_row(version)));
    const auto words = this->words();
    const std::vector<std::string> terms = words == nullptr
                                               ? std::vector<std::string>(put.chunks.size())
                                               : words->words_of(put.title, put.text, texts);
    for (std::size_t i = 0; i < put.chunks.size(); ++i)
        bulk.put(chunk_id(header.chunks.first + i), chunk_row(version, i, terms[i]));
    wish.head = json::serialize(head_row(version));
    return {};
}

Status ClusterCorpus::write_versions_anew(const storage::WriteGroup& group,
                                          const std::vector<Wish*>& wishes) const {
    Bulk versions(cluster_);
    for (Wish* const wish : wishes) {
        wish->dead.push_back(wish->header);
        LECTERN_TRY(write_version(group.puts[*wish->put], *wish, versions));
    }
    if (versions.empty()) return {};
    LECTERN_TRY(versions.send().status());
    return cluster_.refresh();
}

// The heads, each only in the place of the version that was read: who comes second reads again.
//
// A head that was sent may have been written although nothing said so, and another program may have
// taken its place since and removed what it named. So a version whose head was sent and does not
// stand there is written anew, under other names, before its head is sent again.
Status ClusterCorpus::write_heads(const storage::WriteGroup& group,
                                  std::vector<Wish>& wishes) const {
    for (int attempt = 0; attempt < most_conflicts; ++attempt) {
        std::vector<std::string> ids;
        std::vector<Wish*> open;
        for (Wish& wish : wishes)
            if (!wish.done) {
                ids.push_back(wish.id);
                open.push_back(&wish);
            }
        if (open.empty()) return {};
        // Who has lost keeps out of the way of who has won.
        if (attempt > 0)
            std::this_thread::sleep_for(std::chrono::milliseconds(
                fresh_number() % (pause_of_a_loser * static_cast<std::uint64_t>(attempt))));
        LECTERN_ASSIGN(auto heads, heads_of(cluster_, ids));
        const auto is_mine = [&](std::size_t i) {
            return heads[i] && open[i]->put && heads[i]->header.ordinal == open[i]->header.ordinal;
        };
        std::vector<Wish*> anew;
        for (std::size_t i = 0; i < open.size(); ++i)
            if (open[i]->put && open[i]->tried && !is_mine(i)) anew.push_back(open[i]);
        if (!anew.empty()) {
            LECTERN_TRY(write_versions_anew(group, anew));
            LECTERN_ASSIGN(heads, heads_of(cluster_, ids));
        }
        Bulk bulk(cluster_);
        std::map<std::string, Wish*> sent;
        for (std::size_t i = 0; i < open.size(); ++i) {
            Wish& wish = *open[i];
            if (!wish.put && !heads[i] && !wish.tried) {
                wish.done = true;
                continue;
            }
            const std::string name = head_id(wish.id);
            if (heads[i] && !is_mine(i)) {
                wish.existed = true;
                wish.dead.push_back(heads[i]->header);
            }
            // Also what stands there already, by a request whose answer was lost: then it is on a
            // majority.
            const std::int64_t sequence = heads[i] ? heads[i]->sequence : -1;
            const std::int64_t term = heads[i] ? heads[i]->term : 0;
            if (wish.put)
                bulk.put_after(name, wish.head, sequence, term);
            else if (heads[i])
                bulk.remove_after(name, sequence, term);
            else
                bulk.remove(name);
            wish.tried = true;
            sent[name] = &wish;
        }
        LECTERN_ASSIGN(const std::vector<std::string> conflicts, bulk.send());
        for (const std::string& name : conflicts) sent.erase(name);
        for (const auto& [name, wish] : sent) wish->done = true;
    }
    return {Code::unavailable,
            "a document is written by others all the time; do it again when they are done"};
}

Result<storage::GenerationNumber> ClusterCorpus::check_writes(
    const storage::WriteGroup& group) const {
    LECTERN_ASSIGN(const Served now, cluster_.served());
    // A write would make an index that is nobody's.
    if (!now.there)
        return Status{Code::not_found, "the collection '" + where_ + "' was deleted meanwhile"};
    // One that was made anew begins with the same number, perhaps of another model.
    if (!cluster_.is_same(now))
        return Status{Code::unavailable, "the collection '" + where_ +
                                             "' was deleted meanwhile and made again; open it "
                                             "again"};
    for (const storage::PutDocument& put : group.puts) {
        if (put.vectors.empty()) continue;
        if (std::none_of(put.vectors.begin(), put.vectors.end(),
                         [&](const auto& vectors) { return vectors.generation == now.serving; }))
            return Status{Code::unavailable,
                          "the model of the collection was changed by another program meanwhile; "
                          "do it again, and the documents are read with the new one"};
    }
    return now.serving;
}

// Documents whose vectors are of a model that no longer serves: the next ingest takes them for
// changed.
Status ClusterCorpus::forget_hashes(const std::vector<Wish>& wishes) const {
    std::vector<std::string> ids;
    for (const Wish& wish : wishes)
        if (wish.put) ids.push_back(wish.id);
    LECTERN_ASSIGN(const auto heads, heads_of(cluster_, ids));
    Bulk bulk(cluster_);
    std::size_t place = 0;
    for (const Wish& wish : wishes) {
        if (!wish.put) continue;
        const std::optional<Head>& head = heads[place++];
        if (!head || head->header.ordinal != wish.header.ordinal) continue;
        json::value row = json::parse(wish.head);
        row.as_object()["hash"] = text_value(storage::to_hex(storage::Hash128{}));
        bulk.put_after(head_id(wish.id), json::serialize(row), head->sequence, head->term);
    }
    if (!bulk.empty()) LECTERN_TRY(bulk.send().status());
    return {};
}

Result<storage::CommitResult> ClusterCorpus::commit(const storage::WriteGroup& group,
                                                    Vectors* /*vectors*/) {
    LECTERN_ASSIGN(const storage::GenerationNumber serving, check_writes(group));
    storage::CommitResult out;
    out.documents.resize(group.puts.size());
    std::map<std::string_view, std::size_t> last;  // of several puts with one id the last counts
    for (std::size_t i = 0; i < group.puts.size(); ++i) last[group.puts[i].id] = i;
    std::vector<Wish> wishes;
    for (const auto& [id, place] : last) {
        Wish& wish = wishes.emplace_back();
        wish.id = id;
        wish.put = place;
    }
    std::vector<std::size_t> places_of_deletes;
    for (const std::string& id : group.deletes) {
        const auto same = std::find_if(wishes.begin(), wishes.end(),
                                       [&](const Wish& wish) { return wish.id == id; });
        places_of_deletes.push_back(static_cast<std::size_t>(same - wishes.begin()));
        if (same == wishes.end()) wishes.emplace_back().id = id;
    }
    Bulk versions(cluster_);
    for (Wish& wish : wishes)
        if (wish.put) LECTERN_TRY(write_version(group.puts[*wish.put], wish, versions));
    if (!versions.empty()) {
        LECTERN_TRY(versions.send().status());
        // Before the heads: a search then finds the version before, or this one.
        LECTERN_TRY(cluster_.refresh());
    }
    LECTERN_TRY(write_heads(group, wishes));
    if (!group.puts.empty()) {
        LECTERN_ASSIGN(const Served after, cluster_.served());
        if (after.there && after.serving != serving) {
            LECTERN_TRY(forget_hashes(wishes));
            LECTERN_TRY(check_writes(group).status());
        }
    }
    Bulk dead(cluster_);
    for (const Wish& wish : wishes)
        for (const storage::DocumentHeader& before : wish.dead) {
            dead.remove(text_id(before.ordinal));
            for (storage::ChunkId chunk = before.chunks.first; chunk < before.chunks.end(); ++chunk)
                dead.remove(chunk_id(chunk));
        }
    if (!dead.empty()) LECTERN_TRY(dead.send().status());
    if (!wishes.empty()) LECTERN_TRY(cluster_.refresh());
    for (const Wish& wish : wishes)
        if (wish.put)
            out.documents[*wish.put] = {wish.header.ordinal, wish.header.chunks, wish.existed};
    for (const std::size_t place : places_of_deletes) out.deleted.push_back(wishes[place].existed);
    return out;
}

Status ClusterCorpus::write_sources(const storage::SourceRows& rows) {
    if (rows.empty()) return {};
    if (rows.keep_originals.value_or(false))
        return {Code::unsupported,
                "a cluster keeps no original files; keep them where they are, or the collection in "
                "a folder"};
    Bulk removed(cluster_);
    for (const std::string& path : rows.drop_sources) removed.remove(source_id(path));
    for (const std::string& path : rows.drop_files) removed.remove(synced_id(path));
    if (!removed.empty()) LECTERN_TRY(removed.send().status());
    Bulk put(cluster_);
    for (const storage::SourceFolder& folder : rows.put_sources)
        put.put(source_id(folder.path), json::serialize(source_row(folder)));
    for (const storage::SyncedFile& file : rows.put_files)
        put.put(synced_id(file.path), json::serialize(synced_row(file)));
    if (!put.empty()) LECTERN_TRY(put.send().status());
    Bulk changed(cluster_);
    for (const auto& [id, origin] : rows.origins) {
        json::object fields = object_of("file", text_value(origin.file), "synced", origin.synced);
        // What changes nothing is written all the same: else no copy would count as reached.
        changed.update(head_id(id),
                       json::serialize(object_of("doc", std::move(fields), "detect_noop", false)));
    }
    if (!changed.empty()) LECTERN_TRY(changed.send().status());
    return cluster_.refresh();
}

}  // namespace lectern::corpus::opensearch
