// lectern/plugin.hpp: write a plugin in C++17. A header-only wrapper over plugin.h.
//
// Derive from one of the stage classes below, give it a constructor that takes `const Config&`,
// and name it once at the end of one source file:
//
//     class Upper : public lectern::plugin::Custom { ... };
//     LECTERN_PLUGIN("upper", "1.0.0", "Upper-cases documents", "Apache-2.0",
//                    lectern::plugin::stage<Upper>("upper", "Upper-cases a document's text"))
//
// Inside a stage, fail by throwing: `Failure` carries a code of plugin.h; any other exception
// becomes LECTERN_INTERNAL. The wrapper catches everything before the boundary. Threads: member
// functions are called from any thread, also at the same time, as plugin.h says for each kind.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lectern/plugin.h"

namespace lectern::plugin {

inline std::string_view view(lectern_text text) noexcept {
    return text.size == 0 ? std::string_view{}
                          : std::string_view{text.data, static_cast<std::size_t>(text.size)};
}
inline lectern_text text(std::string_view value) noexcept {
    return {value.data(), value.size()};
}

// An expected failure: thrown inside a stage, a code and a message at the boundary.
class Failure : public std::runtime_error {
 public:
    Failure(lectern_code code, const std::string& message)
        : std::runtime_error(message), code_(code) {}
    [[nodiscard]] lectern_code code() const noexcept { return code_; }

 private:
    lectern_code code_;
};

inline void require(lectern_code code, const char* what) {
    if (code != LECTERN_OK) throw Failure(code, what);
}

// ------------------------------------------------- structs of another version

// The host may be older or newer than this header, and its structs smaller or larger.

// A struct of the host as one of ours: fields that the host does not know are zeros.
template <typename T>
T ours(const T& theirs) noexcept {
    T out{};
    std::memcpy(&out, &theirs, std::min<std::size_t>(theirs.struct_size, sizeof(T)));
    out.struct_size = sizeof(T);
    return out;
}

// Writes to a struct of the host what it has room for, and says how much that was.
template <typename T>
void fill(const T& from, T* to) noexcept {
    const std::size_t bytes = std::min<std::size_t>(to->struct_size, sizeof(T));
    std::memcpy(to, &from, bytes);
    to->struct_size = static_cast<std::uint32_t>(bytes);
}

// An array of the host's structs as one of ours: the host's own when its structs have our size.
template <typename T>
class Ours {
 public:
    Ours(const T* theirs, std::uint64_t count) : items_(theirs) {
        if (count == 0 || theirs->struct_size == sizeof(T)) return;
        copies_.reserve(static_cast<std::size_t>(count));
        for (std::uint64_t i = 0; i < count; ++i)
            copies_.push_back(ours(*LECTERN_ITEM(T, theirs, i)));
        items_ = copies_.data();
    }
    Ours(const Ours&) = delete;
    Ours& operator=(const Ours&) = delete;
    [[nodiscard]] const T* data() const noexcept { return items_; }

 private:
    const T* items_;
    std::vector<T> copies_;
};

// The context of one call: cancellation, and failures of single items.
class Call {
 public:
    explicit Call(const lectern_call* call) noexcept : call_(call) {}
    [[nodiscard]] bool cancelled() const noexcept { return call_->is_cancelled(call_) != 0; }
    void check() const {
        if (cancelled()) throw Failure(LECTERN_CANCELLED, "cancelled");
    }
    void item_error(std::uint64_t index, lectern_code code, std::string_view message) const {
        call_->item_error(call_, index, code, text(message));
    }
    [[nodiscard]] const lectern_call* get() const noexcept { return call_; }

 private:
    const lectern_call* call_;
};

// The host's services. Copies are cheap; valid as long as the plugin is loaded.
class Host {
 public:
    Host() = default;
    explicit Host(const lectern_host* host) noexcept : host_(host) {}

    template <typename Table>
    [[nodiscard]] const Table* capability(const char* id) const noexcept {
        return host_ == nullptr ? nullptr
                                : static_cast<const Table*>(host_->get_capability(host_, id));
    }
    void log(std::int32_t level, std::string_view message) const noexcept {
        if (const auto* table = capability<lectern_host_log>(LECTERN_HOST_LOG))
            table->log(host_, level, text(message));
    }
    // Threads this plugin may keep busy at once.
    [[nodiscard]] unsigned threads() const noexcept {
        const auto* table = capability<lectern_host_threads>(LECTERN_HOST_THREADS);
        return table == nullptr ? 1 : table->budget(host_);
    }
    [[nodiscard]] std::string models_folder() const {
        const auto* table = capability<lectern_host_folders>(LECTERN_HOST_FOLDERS);
        return table == nullptr ? std::string{} : table->models(host_);
    }
    // A folder for derived files, or "" when the host has none.
    [[nodiscard]] std::string cache_folder() const {
        const auto* table = capability<lectern_host_folders>(LECTERN_HOST_FOLDERS);
        return table == nullptr ? std::string{} : table->cache(host_);
    }

 private:
    const lectern_host* host_ = nullptr;
};

// The pipeline a stage stands in. Not usable during create.
class Pipeline {
 public:
    Pipeline() = default;
    explicit Pipeline(const lectern_pipeline* pipeline) noexcept : pipeline_(pipeline) {}

    [[nodiscard]] std::uint32_t max_tokens() const {
        std::uint32_t out = 0;
        require(pipeline_->max_tokens(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }
    // Byte offsets just behind each token of the embedder's tokenizer, without special tokens.
    [[nodiscard]] std::vector<std::uint64_t> token_ends(std::string_view value) const {
        std::vector<std::uint64_t> ends(value.size() + 1);
        std::uint64_t count = 0;
        require(pipeline_->count_tokens(pipeline_, text(value), ends.data(), ends.size(), &count),
                "the pipeline has no tokenizer");
        ends.resize(static_cast<std::size_t>(count));
        return ends;
    }
    [[nodiscard]] std::uint32_t dimension() const {
        std::uint32_t out = 0;
        require(pipeline_->dimension(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }
    // count x dimension() floats, each vector of length 1.
    [[nodiscard]] std::vector<float> embed(const Call& call,
                                           const std::vector<std::string_view>& texts,
                                           std::uint32_t purpose) const {
        std::vector<lectern_text> spans;
        spans.reserve(texts.size());
        for (auto value : texts) spans.push_back(text(value));
        std::vector<float> out(texts.size() * dimension());
        require(pipeline_->embed(pipeline_, call.get(), spans.data(), spans.size(), purpose,
                                 out.data()),
                "embedding failed");
        return out;
    }
    // The name of embed()'s vector space.
    [[nodiscard]] std::string fingerprint() const {
        if (!LECTERN_HAS(pipeline_, fingerprint))
            throw Failure(LECTERN_UNSUPPORTED, "this engine does not name its vectors");
        const char* out = nullptr;
        require(pipeline_->fingerprint(pipeline_, &out), "the pipeline has no embedder");
        return out;
    }

    // The embedder as it reads tokens. Ids below this are words to it.
    [[nodiscard]] std::uint32_t vocabulary() const {
        require_tokens();
        std::uint32_t out = 0;
        require(pipeline_->vocabulary(pipeline_, &out), "the embedder reads no ids of tokens");
        return out;
    }
    // Equal for tokenizers that give equal tokens.
    [[nodiscard]] std::string tokens_fingerprint() const {
        require_tokens();
        const char* out = nullptr;
        require(pipeline_->tokens_fingerprint(pipeline_, &out), "the pipeline has no tokenizer");
        return out;
    }
    // Ids of each text's tokens. max_tokens: 0 for no limit.
    [[nodiscard]] std::vector<std::vector<std::int32_t>> token_ids(
        const Call& call, const std::vector<std::string_view>& texts, bool add_special,
        std::uint32_t max_tokens) const;
    // A row of dimension() floats for each sequence of ids.
    [[nodiscard]] std::vector<float> embed_ids(
        const Call& call, const std::vector<std::vector<std::int32_t>>& sequences,
        std::uint32_t purpose) const;

 private:
    void require_tokens() const {
        if (!LECTERN_HAS(pipeline_, embed_tokens))
            throw Failure(LECTERN_UNSUPPORTED, "this engine does not show its embedder's tokens");
    }
    const lectern_pipeline* pipeline_ = nullptr;
};

// What a stage is made from. Lives only during the stage's constructor.
class Config {
 public:
    explicit Config(const lectern_stage_config* config) noexcept : config_(config) {}

    [[nodiscard]] Host host() const noexcept { return Host(config_->host); }
    [[nodiscard]] Pipeline pipeline() const noexcept { return Pipeline(config_->pipeline); }
    [[nodiscard]] std::string stage() const { return config_->stage; }
    [[nodiscard]] std::string_view json() const noexcept { return view(config_->options); }

    [[nodiscard]] std::optional<std::string> string(const char* path) const {
        lectern_text out{};
        if (!found(config_->get_string(config_, path, &out), path)) return std::nullopt;
        return std::string(view(out));
    }
    [[nodiscard]] std::optional<double> number(const char* path) const {
        double out = 0;
        if (!found(config_->get_number(config_, path, &out), path)) return std::nullopt;
        return out;
    }
    [[nodiscard]] std::optional<std::int64_t> integer(const char* path) const {
        std::int64_t out = 0;
        if (!found(config_->get_integer(config_, path, &out), path)) return std::nullopt;
        return out;
    }
    [[nodiscard]] std::optional<bool> boolean(const char* path) const {
        std::int32_t out = 0;
        if (!found(config_->get_boolean(config_, path, &out), path)) return std::nullopt;
        return out != 0;
    }
    [[nodiscard]] std::vector<std::string> strings(const char* path) const {
        std::uint64_t count = 0;
        if (!found(config_->get_count(config_, path, &count), path)) return {};
        std::vector<std::string> out;
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::string item = std::string(path) + "/" + std::to_string(i);
            out.push_back(string(item.c_str()).value_or(""));
        }
        return out;
    }
    // The absolute path of a path option; fails when the option is not set.
    [[nodiscard]] std::string path(const char* option) const {
        const auto value = string(option);
        if (!value)
            throw Failure(LECTERN_INVALID_ARGUMENT,
                          "the option '" + std::string(option) + "' is required");
        return config_->resolve_path(config_, text(*value));
    }

 private:
    static bool found(lectern_code code, const char* path) {
        if (code == LECTERN_OK) return true;
        if (code == LECTERN_NOT_FOUND) return false;
        throw Failure(code, "the option '" + std::string(path) + "' has another type");
    }
    const lectern_stage_config* config_;
};

// A port: dimension 0 and fingerprint "" fit anything of the same type.
struct Port {
    std::uint32_t type = LECTERN_PORT_TEXT;
    std::uint32_t dimension = 0;
    std::string fingerprint = {};
};

class Stage {
 public:
    Stage() = default;
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    virtual ~Stage() = default;
    // Asked once, right after construction.
    [[nodiscard]] virtual Port input() const = 0;
    [[nodiscard]] virtual Port output() const = 0;
};

// ------------------------------------------------------------------ documents

// Where the text from `begin` on comes from, until the next place; see lectern_place.
struct Place {
    std::uint32_t kind = LECTERN_PLACE_NONE;
    std::uint64_t begin = 0;
    std::uint64_t number = 0;
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;
    std::string_view name = {};
};

struct Document {
    std::string_view id = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};  // a JSON object, or empty
    std::vector<Place> places = {};  // in order of begin
};

struct Source {
    std::string_view name;
    std::string_view media_type = {};  // as HTTP's Content-Type has it; may be empty
    std::string_view bytes = {};
    std::string_view metadata = {};  // of one that is handed on: a JSON object for its documents
};

class DocumentSink {
 public:
    explicit DocumentSink(const lectern_document_sink* sink) noexcept : sink_(sink) {}
    // May block until there is room.
    void document(const Document& value) const {
        lectern_document out{};
        out.struct_size = sizeof out;
        out.id = plugin::text(value.id);
        out.title = plugin::text(value.title);
        out.text = plugin::text(value.text);
        out.metadata = plugin::text(value.metadata);
        std::vector<lectern_place> places;
        places.reserve(value.places.size());
        for (const Place& place : value.places)
            places.push_back({sizeof(lectern_place), place.kind, place.begin, place.number,
                              place.first_column, place.last_column, plugin::text(place.name)});
        out.places = places.data();
        out.place_count = places.size();
        require(sink_->document(sink_, &out), "stopped by the host");
    }
    // Hands on a source within this one; false when no extractor of the pipeline takes it.
    [[nodiscard]] bool source(const Source& value) const {
        if (!LECTERN_HAS(sink_, source) || sink_->source == nullptr) return false;
        lectern_source out{};
        out.struct_size = sizeof out;
        out.name = plugin::text(value.name);
        out.media_type = plugin::text(value.media_type);
        out.bytes = plugin::text(value.bytes);
        out.metadata = plugin::text(value.metadata);
        const lectern_code code = sink_->source(sink_, &out);
        if (code == LECTERN_UNSUPPORTED) return false;
        require(code, "stopped by the host");
        return true;
    }
    void failed(std::string_view what, lectern_code code, std::string_view message) const {
        sink_->failed(sink_, plugin::text(what), code, plugin::text(message));
    }

 private:
    const lectern_document_sink* sink_;
};

inline Document document(const lectern_document& value) {
    Document out{view(value.id), view(value.title), view(value.text), view(value.metadata), {}};
    if (!LECTERN_HAS(&value, place_count)) return out;
    for (std::uint64_t i = 0; i < value.place_count; ++i) {
        const lectern_place place = ours(*LECTERN_ITEM(lectern_place, value.places, i));
        out.places.push_back({place.kind, place.begin, place.number, place.first_column,
                              place.last_column, view(place.name)});
    }
    return out;
}

class Extractor : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_SOURCE}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    // 0 (not at all) to 100; `head` is the first 4096 bytes or less.
    [[nodiscard]] virtual unsigned fits(std::string_view name, std::string_view head) const = 0;
    virtual void extract(const Call& call, const Source& source,
                         const DocumentSink& sink) const = 0;
};

class Custom : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    virtual void process(const Call& call, const Document& record,
                         const DocumentSink& sink) const = 0;
};

// --------------------------------------------------------------------- chunks

class ChunkSink {
 public:
    explicit ChunkSink(const lectern_chunk_sink* sink) noexcept : sink_(sink) {}
    // context: see lectern_chunk.
    void chunk(std::uint64_t begin, std::uint64_t end, std::uint32_t tokens,
               lectern_range context = {0, 0}) const {
        lectern_chunk out{};
        out.struct_size = sizeof out;
        out.tokens = tokens;
        out.begin = begin;
        out.end = end;
        out.context_begin = context.begin;
        out.context_end = context.end;
        require(sink_->chunk(sink_, &out), "stopped by the host");
    }

 private:
    const lectern_chunk_sink* sink_;
};

class Splitter : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_CHUNKS}; }
    virtual void split(const Call& call, const Document& document, const ChunkSink& sink) const = 0;
};

// --------------------------------------------------------------------- tokens

// Fill the vectors that the tokenizer has, each with an item a token; `words` may view into the
// text or into storage of the tokenizer.
struct Tokens {
    std::vector<std::int32_t> ids;
    std::vector<lectern_range> ranges;
    std::vector<lectern_text> words;
    // Fails when they do not agree.
    [[nodiscard]] std::size_t size() const {
        const std::size_t out = std::max({ids.size(), ranges.size(), words.size()});
        for (const std::size_t one : {ids.size(), ranges.size(), words.size()})
            if (one != 0 && one != out)
                throw Failure(LECTERN_INTERNAL, "ids, ranges and words differ in their number");
        return out;
    }
    void clear() {
        ids.clear();
        ranges.clear();
        words.clear();
    }
};

class TokenSink {
 public:
    explicit TokenSink(const lectern_token_sink* sink) noexcept : sink_(sink) {}
    void tokens(std::uint64_t index, const Tokens& value) const {
        lectern_tokens out{};
        out.struct_size = sizeof out;
        out.count = value.size();
        out.ids = value.ids.empty() ? nullptr : value.ids.data();
        out.ranges = value.ranges.empty() ? nullptr : value.ranges.data();
        out.words = value.words.empty() ? nullptr : value.words.data();
        require(sink_->tokens(sink_, index, &out), "stopped by the host");
    }

 private:
    const lectern_token_sink* sink_;
};

inline std::vector<std::vector<std::int32_t>> Pipeline::token_ids(
    const Call& call, const std::vector<std::string_view>& texts, bool add_special,
    std::uint32_t max_tokens) const {
    require_tokens();
    std::vector<lectern_text> spans;
    spans.reserve(texts.size());
    for (auto value : texts) spans.push_back(text(value));
    std::vector<std::vector<std::int32_t>> out(texts.size());
    lectern_token_sink sink{};
    sink.struct_size = sizeof sink;
    sink.host_data = &out;
    sink.tokens = [](const lectern_token_sink* self, std::uint64_t index,
                     const lectern_tokens* tokens) -> lectern_code {
        auto& all = *static_cast<std::vector<std::vector<std::int32_t>>*>(self->host_data);
        if (index >= all.size() || (tokens->count > 0 && tokens->ids == nullptr))
            return LECTERN_INVALID_ARGUMENT;
        all[index].assign(tokens->ids, tokens->ids + tokens->count);
        return LECTERN_OK;
    };
    require(pipeline_->tokenize(pipeline_, call.get(), spans.data(), spans.size(),
                                add_special ? LECTERN_ADD_SPECIAL : 0, max_tokens, &sink),
            "tokenizing failed");
    return out;
}

inline std::vector<float> Pipeline::embed_ids(
    const Call& call, const std::vector<std::vector<std::int32_t>>& sequences,
    std::uint32_t purpose) const {
    require_tokens();
    std::vector<lectern_tokens> views(sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        views[i].struct_size = sizeof(lectern_tokens);
        views[i].count = sequences[i].size();
        views[i].ids = sequences[i].data();
    }
    std::vector<float> out(sequences.size() * dimension());
    require(pipeline_->embed_tokens(pipeline_, call.get(), views.data(), views.size(), purpose,
                                    out.data()),
            "embedding failed");
    return out;
}

class Tokenizer : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TOKENS, 0, fingerprint()}; }
    // Equal for two tokenizers that give equal tokens.
    [[nodiscard]] virtual std::string fingerprint() const = 0;
    // max_tokens: 0 for no limit; otherwise special tokens are counted too.
    virtual void tokenize(const Call& call, const lectern_text* texts, std::uint64_t count,
                          bool add_special, std::uint32_t max_tokens,
                          const TokenSink& sink) const = 0;
};

// -------------------------------------------------------------------- vectors

struct EmbedderInfo {
    std::uint32_t dimension = 0;
    std::uint32_t max_tokens = 0;
    std::uint32_t batch_tokens = 4096;
    std::string fingerprint;         // of the vector space
    std::string tokens_fingerprint;  // of its tokenizer; "words:" for a family, "" for any
    std::string query_prefix;
    std::string passage_prefix;
    std::string precision = "f32";
    std::uint32_t concurrency = 1;
    std::uint32_t special_tokens = 0;
    bool any_length = false;  // the vectors have lengths of their own
    // Ids of tokens that it reads are below this; 0: it does not say, or reads words.
    std::uint32_t vocabulary = 0;
};

class Embedder : public Stage {
 public:
    [[nodiscard]] Port input() const override {
        return {LECTERN_PORT_TOKENS, 0, info().tokens_fingerprint};
    }
    [[nodiscard]] Port output() const override {
        return {LECTERN_PORT_VECTORS, info().dimension, info().fingerprint};
    }
    [[nodiscard]] virtual const EmbedderInfo& info() const = 0;
    // out: count x dimension floats.
    virtual void embed(const Call& call, const lectern_tokens* sequences, std::uint64_t count,
                       std::uint32_t purpose, float* out) const = 0;
};

// ----------------------------------------------------------- hits and evidence

class Reranker : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_HITS}; }
    virtual void rerank(const Call& call, std::string_view query, const lectern_text* passages,
                        std::uint64_t count, float* scores) const = 0;
};

struct Hit {
    float score = 0;  // of the search, larger is better
    std::string_view document = {};
    std::string_view title = {};
    std::string_view text = {};
    std::string_view metadata = {};  // a JSON object, or empty
};

// A reranker that looks at more than the text. Since ABI 1.2; an older engine gives the passages
// alone.
class HitReranker : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_HITS}; }
    virtual void rerank(const Call& call, std::string_view query, const std::vector<Hit>& hits,
                        float* scores) const = 0;
};

class EvidenceSink {
 public:
    explicit EvidenceSink(const lectern_evidence_sink* sink) noexcept : sink_(sink) {}
    // Bytes of the passage; [answer_begin, answer_end) of them answer, both 0: not known.
    void evidence(std::uint64_t passage, std::uint64_t begin, std::uint64_t end, float score,
                  std::uint64_t answer_begin = 0, std::uint64_t answer_end = 0) const {
        lectern_evidence out{};
        out.struct_size = sizeof out;
        out.score = score;
        out.passage = passage;
        out.begin = begin;
        out.end = end;
        out.answer_begin = answer_begin;
        out.answer_end = answer_end;
        require(sink_->evidence(sink_, &out), "stopped by the host");
    }

 private:
    const lectern_evidence_sink* sink_;
};

class Reader : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_HITS}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_EVIDENCE}; }
    // Evidence best first, at most max_evidence.
    virtual void read(const Call& call, std::string_view question, const lectern_passage* passages,
                      std::uint64_t count, std::uint32_t max_evidence,
                      const EvidenceSink& sink) const = 0;
};

// ----------------------------------------------------------------- generation

class TextSink {
 public:
    explicit TextSink(const lectern_text_sink* sink) noexcept : sink_(sink) {}
    // False: the host wants no more.
    [[nodiscard]] bool text(std::string_view piece) const {
        return sink_->text(sink_, plugin::text(piece)) == LECTERN_OK;
    }

 private:
    const lectern_text_sink* sink_;
};

struct GeneratorInfo {
    std::uint32_t context_tokens = 0;
    std::string fingerprint;
    std::string model;
};

class Generator : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_EVIDENCE}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_ANSWER}; }
    [[nodiscard]] virtual const GeneratorInfo& info() const = 0;
    [[nodiscard]] virtual std::uint64_t count_tokens(const Call& call,
                                                     const lectern_message* messages,
                                                     std::uint64_t count) const = 0;
    virtual void generate(const Call& call, const lectern_generation& request, const TextSink& sink,
                          lectern_generation_report& report) const = 0;
    virtual void warm(const Call& /*call*/, const lectern_message* /*messages*/,
                      std::uint64_t /*count*/) const {}
};

// ------------------------------------------------------------------- verifying

// Since ABI 1.1.
class Verifier : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_ANSWER}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_ANSWER}; }
    // out: of each pair the probabilities of entailment, neutral and contradiction.
    virtual void infer(const Call& call, const lectern_text* premises,
                       const lectern_text* hypotheses, std::uint64_t count, float* out) const = 0;
};

// ------------------------------------------------------------------- training

class TextSource {
 public:
    explicit TextSource(const lectern_text_source* source) noexcept : source_(source) {}
    // The next text, valid until the next call; nothing at the end.
    [[nodiscard]] std::optional<std::string_view> next() const {
        lectern_text out{};
        const lectern_code code = source_->next(source_, &out);
        if (code == LECTERN_NOT_FOUND) return std::nullopt;
        require(code, "reading the training text failed");
        return view(out);
    }

 private:
    const lectern_text_source* source_;
};

class ProgressSink {
 public:
    explicit ProgressSink(const lectern_progress_sink* sink) noexcept : sink_(sink) {}
    void progress(double fraction, std::string_view step, std::string_view detail) const {
        sink_->progress(sink_, fraction, plugin::text(step), plugin::text(detail));
    }

 private:
    const lectern_progress_sink* sink_;
};

class Trainer : public Stage {
 public:
    [[nodiscard]] Port input() const override { return {LECTERN_PORT_TEXT}; }
    [[nodiscard]] Port output() const override { return {LECTERN_PORT_TEXT}; }
    // Both return one JSON object.
    [[nodiscard]] virtual std::string train(const Call& call, const TextSource& texts,
                                            const std::string& model,
                                            const ProgressSink& progress) const = 0;
    [[nodiscard]] virtual std::string evaluate(const Call& call, const std::string& model,
                                               const std::string& test,
                                               const ProgressSink& progress) const = 0;
};

// ----------------------------------------------------------------------- glue

namespace detail {

template <typename Function>
lectern_code guarded(const lectern_call* call, Function&& function) noexcept {
    const auto fail = [call](lectern_code code, std::string_view message) {
        if (call != nullptr) call->set_error(call, text(message));
        return code;
    };
    try {
        std::forward<Function>(function)();
        return LECTERN_OK;
    } catch (const Failure& failure) {
        return fail(failure.code(), failure.what());
    } catch (const std::bad_alloc&) {
        return fail(LECTERN_RESOURCE_EXHAUSTED, "out of memory");
    } catch (const std::exception& error) {
        return fail(LECTERN_INTERNAL, error.what());
    } catch (...) {
        return fail(LECTERN_INTERNAL, "an unknown exception");
    }
}

// A stage with its C face. `object` is the user's class.
template <typename Kind>
struct Box {
    lectern_stage face{};
    std::unique_ptr<Kind> object;
    Port input;
    Port output;
};

template <typename Kind>
const Kind& object(const lectern_stage* stage) noexcept {
    return *static_cast<Box<Kind>*>(stage->self)->object;
}

inline void copy(const Port& from, lectern_port* to) noexcept {
    lectern_port out{};
    out.type = from.type;
    out.dimension = from.dimension;
    out.fingerprint = from.fingerprint.c_str();
    fill(out, to);
}

inline const lectern_extractor extractor_table{
    sizeof(lectern_extractor), 0,
    [](const lectern_stage* stage, lectern_text name, lectern_text head) -> std::uint32_t {
        std::uint32_t out = 0;
        guarded(nullptr, [&] { out = object<Extractor>(stage).fits(view(name), view(head)); });
        return out;
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_source* source,
       const lectern_document_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Extractor>(stage).extract(
                Call(call),
                Source{view(source->name), view(source->media_type), view(source->bytes)},
                DocumentSink(sink));
        });
    }};

inline const lectern_custom custom_table{
    sizeof(lectern_custom), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_document* record,
       const lectern_document_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Custom>(stage).process(Call(call), document(*record), DocumentSink(sink));
        });
    }};

inline const lectern_splitter splitter_table{
    sizeof(lectern_splitter), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_document* record,
       const lectern_chunk_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Splitter>(stage).split(Call(call), document(*record), ChunkSink(sink));
        });
    }};

inline const lectern_tokenizer tokenizer_table{
    sizeof(lectern_tokenizer), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text* texts,
       std::uint64_t count, std::uint32_t flags, std::uint32_t max_tokens,
       const lectern_token_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            object<Tokenizer>(stage).tokenize(Call(call), texts, count,
                                              (flags & LECTERN_ADD_SPECIAL) != 0, max_tokens,
                                              TokenSink(sink));
        });
    }};

inline const lectern_embedder embedder_table{
    sizeof(lectern_embedder), 0,
    [](const lectern_stage* stage, lectern_embedder_info* out) -> lectern_code {
        return guarded(nullptr, [&] {
            const EmbedderInfo& info = object<Embedder>(stage).info();
            lectern_embedder_info filled{};
            filled.dimension = info.dimension;
            filled.max_tokens = info.max_tokens;
            filled.batch_tokens = info.batch_tokens;
            filled.fingerprint = info.fingerprint.c_str();
            filled.query_prefix = info.query_prefix.c_str();
            filled.passage_prefix = info.passage_prefix.c_str();
            filled.precision = info.precision.c_str();
            filled.concurrency = info.concurrency;
            filled.special_tokens = info.special_tokens;
            filled.flags = info.any_length ? LECTERN_ANY_LENGTH : 0;
            filled.vocabulary = info.vocabulary;
            fill(filled, out);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_tokens* sequences,
       std::uint64_t count, std::uint32_t purpose, float* out) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_tokens> all(sequences, count);
            object<Embedder>(stage).embed(Call(call), all.data(), count, purpose, out);
        });
    }};

inline const lectern_reranker reranker_table{
    sizeof(lectern_reranker), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_text* passages, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            object<Reranker>(stage).rerank(Call(call), view(query), passages, count, scores);
        });
    },
    nullptr};

inline const lectern_reranker hit_reranker_table{
    sizeof(lectern_reranker), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_text* passages, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            std::vector<Hit> hits(static_cast<std::size_t>(count));
            for (std::size_t i = 0; i < hits.size(); ++i) hits[i].text = view(passages[i]);
            object<HitReranker>(stage).rerank(Call(call), view(query), hits, scores);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, lectern_text query,
       const lectern_hit* theirs, std::uint64_t count, float* scores) -> lectern_code {
        return guarded(call, [&] {
            std::vector<Hit> hits;
            hits.reserve(static_cast<std::size_t>(count));
            for (std::uint64_t i = 0; i < count; ++i) {
                const lectern_hit& hit = *LECTERN_ITEM(lectern_hit, theirs, i);
                hits.push_back({hit.score, view(hit.document), view(hit.title), view(hit.text),
                                view(hit.metadata)});
            }
            object<HitReranker>(stage).rerank(Call(call), view(query), hits, scores);
        });
    }};

inline const lectern_reader reader_table{
    sizeof(lectern_reader), 0,
    [](const lectern_stage* stage, const lectern_call* call, lectern_text question,
       const lectern_passage* passages, std::uint64_t count, std::uint32_t max_evidence,
       const lectern_evidence_sink* sink) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_passage> all(passages, count);
            object<Reader>(stage).read(Call(call), view(question), all.data(), count, max_evidence,
                                       EvidenceSink(sink));
        });
    }};

inline const lectern_generator generator_table{
    sizeof(lectern_generator),
    0,
    [](const lectern_stage* stage, lectern_generator_info* out) -> lectern_code {
        return guarded(nullptr, [&] {
            const GeneratorInfo& info = object<Generator>(stage).info();
            lectern_generator_info filled{};
            filled.context_tokens = info.context_tokens;
            filled.fingerprint = info.fingerprint.c_str();
            filled.model = info.model.c_str();
            fill(filled, out);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_message* messages,
       std::uint64_t count, std::uint64_t* out) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_message> all(messages, count);
            *out = object<Generator>(stage).count_tokens(Call(call), all.data(), count);
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_generation* request,
       const lectern_text_sink* sink, lectern_generation_report* report) -> lectern_code {
        lectern_generation_report filled{};
        filled.struct_size = sizeof filled;
        const lectern_code code = guarded(call, [&] {
            const Ours<lectern_message> all(request->messages, request->message_count);
            lectern_generation mine = ours(*request);
            mine.messages = all.data();
            object<Generator>(stage).generate(Call(call), mine, TextSink(sink), filled);
        });
        if (report != nullptr) fill(filled, report);
        return code;
    },
    [](const lectern_stage* stage, const lectern_call* call, const lectern_message* messages,
       std::uint64_t count) -> lectern_code {
        return guarded(call, [&] {
            const Ours<lectern_message> all(messages, count);
            object<Generator>(stage).warm(Call(call), all.data(), count);
        });
    }};

inline const lectern_entailment entailment_table{
    sizeof(lectern_entailment), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text* premises,
       const lectern_text* hypotheses, std::uint64_t count, float* out) -> lectern_code {
        return guarded(call, [&] {
            object<Verifier>(stage).infer(Call(call), premises, hypotheses, count, out);
        });
    }};

inline void give(const lectern_text_sink* sink, std::string_view value) {
    require(sink->text(sink, text(value)), "stopped by the host");
}

inline const lectern_trainer trainer_table{
    sizeof(lectern_trainer), 0,
    [](const lectern_stage* stage, const lectern_call* call, const lectern_text_source* texts,
       const char* model, const lectern_progress_sink* progress,
       const lectern_text_sink* report) -> lectern_code {
        return guarded(call, [&] {
            give(report, object<Trainer>(stage).train(Call(call), TextSource(texts), model,
                                                      ProgressSink(progress)));
        });
    },
    [](const lectern_stage* stage, const lectern_call* call, const char* model, const char* test,
       const lectern_progress_sink* progress, const lectern_text_sink* report) -> lectern_code {
        return guarded(call, [&] {
            give(report,
                 object<Trainer>(stage).evaluate(Call(call), model, test, ProgressSink(progress)));
        });
    }};

template <typename Kind>
struct KindOf;
#define LECTERN_DETAIL_KIND(Class, value, string, face)       \
    template <>                                               \
    struct KindOf<Class> {                                    \
        static constexpr std::uint32_t kind = value;          \
        static constexpr const char* id = string;             \
        static const void* table() noexcept { return &face; } \
    }
LECTERN_DETAIL_KIND(Extractor, LECTERN_EXTRACTOR, LECTERN_EXTRACTOR_1, extractor_table);
LECTERN_DETAIL_KIND(Splitter, LECTERN_SPLITTER, LECTERN_SPLITTER_1, splitter_table);
LECTERN_DETAIL_KIND(Tokenizer, LECTERN_TOKENIZER, LECTERN_TOKENIZER_1, tokenizer_table);
LECTERN_DETAIL_KIND(Embedder, LECTERN_EMBEDDER, LECTERN_EMBEDDER_1, embedder_table);
LECTERN_DETAIL_KIND(Reranker, LECTERN_RERANKER, LECTERN_RERANKER_1, reranker_table);
LECTERN_DETAIL_KIND(HitReranker, LECTERN_RERANKER, LECTERN_RERANKER_1, hit_reranker_table);
LECTERN_DETAIL_KIND(Reader, LECTERN_READER, LECTERN_READER_1, reader_table);
LECTERN_DETAIL_KIND(Generator, LECTERN_GENERATOR, LECTERN_GENERATOR_1, generator_table);
LECTERN_DETAIL_KIND(Custom, LECTERN_CUSTOM, LECTERN_CUSTOM_1, custom_table);
LECTERN_DETAIL_KIND(Trainer, LECTERN_TRAINER, LECTERN_TRAINER_1, trainer_table);
LECTERN_DETAIL_KIND(Verifier, LECTERN_VERIFIER, LECTERN_ENTAILMENT_1, entailment_table);
#undef LECTERN_DETAIL_KIND

template <typename T, typename... Kinds>
struct KindIn;
template <typename T, typename First, typename... Rest>
struct KindIn<T, First, Rest...> {
    using type = typename std::conditional_t<std::is_base_of_v<First, T>,
                                             std::enable_if<true, First>, KindIn<T, Rest...>>::type;
};
template <typename T>
struct KindIn<T> {
    static_assert(sizeof(T) == 0, "a stage derives from one of the stage classes of plugin.hpp");
    using type = void;
};
template <typename T>
using KindFor = typename KindIn<T, Extractor, Splitter, Tokenizer, Embedder, Reranker, HitReranker,
                                Reader, Generator, Custom, Trainer, Verifier>::type;

template <typename T>
lectern_code create(const lectern_call* call, const lectern_stage_config* config,
                    lectern_stage** out) noexcept {
    using Kind = KindFor<T>;
    return guarded(call, [&] {
        auto box = std::make_unique<Box<Kind>>();
        box->object = std::make_unique<T>(Config(config));
        box->input = box->object->input();
        box->output = box->object->output();
        box->face.struct_size = sizeof(lectern_stage);
        box->face.self = box.get();
        box->face.destroy = [](lectern_stage* stage) {
            const std::unique_ptr<Box<Kind>> end(static_cast<Box<Kind>*>(stage->self));
        };
        box->face.input = [](const lectern_stage* stage, lectern_port* port) -> lectern_code {
            copy(static_cast<Box<Kind>*>(stage->self)->input, port);
            return LECTERN_OK;
        };
        box->face.output = [](const lectern_stage* stage, lectern_port* port) -> lectern_code {
            copy(static_cast<Box<Kind>*>(stage->self)->output, port);
            return LECTERN_OK;
        };
        box->face.get_capability = [](const lectern_stage*, const char* id) -> const void* {
            return std::string_view(id) == KindOf<Kind>::id ? KindOf<Kind>::table() : nullptr;
        };
        *out = &box.release()->face;
    });
}

}  // namespace detail

// The stage type of class T. `options` is a JSON Schema (see lectern_stage_type), or nullptr.
template <typename T>
constexpr lectern_stage_type stage(const char* name, const char* description,
                                   const char* options = nullptr) {
    return {sizeof(lectern_stage_type),
            detail::KindOf<detail::KindFor<T>>::kind,
            name,
            description,
            options,
            &detail::create<T>};
}

}  // namespace lectern::plugin

// Exports the plugin. Use once, at file scope, outside any namespace.
#define LECTERN_PLUGIN(plugin_name, plugin_version, plugin_description, plugin_license, ...)  \
    LECTERN_PLUGIN_WITH_INIT(plugin_name, plugin_version, plugin_description, plugin_license, \
                             nullptr, nullptr, __VA_ARGS__)

// The same with init and deinit functions of plugin.h.
#define LECTERN_PLUGIN_WITH_INIT(plugin_name, plugin_version, plugin_description, plugin_license, \
                                 plugin_init, plugin_deinit, ...)                                 \
    namespace {                                                                                   \
    const auto lectern_stage_types = std::array{__VA_ARGS__};                                     \
    const auto lectern_stage_pointers = [] {                                                      \
        std::array<const lectern_stage_type*, std::tuple_size_v<decltype(lectern_stage_types)>>   \
            out{};                                                                                \
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = &lectern_stage_types[i];            \
        return out;                                                                               \
    }();                                                                                          \
    }                                                                                             \
    extern "C" LECTERN_EXPORT const lectern_plugin lectern_plugin_entry = {                       \
        sizeof(lectern_plugin),                                                                   \
        LECTERN_ABI_MAJOR,                                                                        \
        LECTERN_ABI_MINOR,                                                                        \
        plugin_name,                                                                              \
        plugin_version,                                                                           \
        plugin_description,                                                                       \
        plugin_license,                                                                           \
        plugin_init,                                                                              \
        plugin_deinit,                                                                            \
        static_cast<uint32_t>(std::tuple_size_v<decltype(lectern_stage_types)>),                  \
        0,                                                                                        \
        lectern_stage_pointers.data()};
