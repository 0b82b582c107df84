#include "engine/pipeline/embedding.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/call_context.hpp"

namespace lectern {
namespace {

using host::CallContext;

// Collects what a tokenizer gives into a batch.
class TokenCollector {
 public:
    explicit TokenCollector(TokenBatch& batch) : batch_(batch) {
        face_ = {sizeof(lectern_token_sink), 0, this, &take};
    }
    [[nodiscard]] const lectern_token_sink* get() const { return &face_; }

 private:
    static lectern_code take(const lectern_token_sink* sink, std::uint64_t index,
                             const lectern_tokens* tokens) {
        auto& self = *static_cast<TokenCollector*>(sink->host_data);
        if (index >= self.batch_.size()) return LECTERN_INTERNAL;
        self.batch_.set(index, *tokens);
        return LECTERN_OK;
    }
    TokenBatch& batch_;
    lectern_token_sink face_{};
};

}  // namespace

Embedding::Embedding() {
    face_ = {sizeof(lectern_pipeline),
             0,
             this,
             &service_max_tokens,
             &service_count_tokens,
             &service_dimension,
             &service_embed,
             &service_fingerprint};
}

Result<std::unique_ptr<Embedding>> Embedding::open(const MakeStage& tokenizer,
                                                   const MakeStage& embedder) {
    std::unique_ptr<Embedding> made(new Embedding);
    LECTERN_ASSIGN(host::Stage first, tokenizer(&made->face_));
    made->tokenizer_ = std::make_unique<const host::Stage>(std::move(first));
    LECTERN_ASSIGN(host::Stage second, embedder(&made->face_));
    made->embedder_ = std::make_unique<const host::Stage>(std::move(second));
    LECTERN_TRY(made->read_info());
    made->ready_ = true;
    return made;
}

Status Embedding::read_info() {
    lectern_embedder_info info{};
    info.struct_size = sizeof info;
    CallContext call;
    LECTERN_TRY(call.status(embedder_->table<lectern_embedder>()->info(embedder_->get(), &info),
                            embedder_->describe()));
    if (info.dimension == 0 || info.fingerprint == nullptr)
        return {Code::internal,
                embedder_->describe() + " gives no dimension or fingerprint of its vectors"};
    const auto text = [](const char* value) { return std::string(value == nullptr ? "" : value); };
    info_ = {info.dimension,
             info.max_tokens,
             std::max(info.batch_tokens, 1U),
             std::max(info.concurrency, 1U),
             info.special_tokens,
             text(info.fingerprint),
             text(info.query_prefix),
             text(info.passage_prefix),
             text(info.precision)};
    queries_ = std::make_unique<QueryBatcher>(
        info_.dimension, info_.concurrency, info_.batch_tokens,
        [this](std::span<const lectern_tokens> sequences, const host::Interrupt& interrupt,
               float* out, std::vector<host::ItemError>& failed) {
            return embed(sequences, Purpose::query, interrupt, out, failed);
        });
    return {};
}

Result<TokenBatch> Embedding::tokenize(std::span<const std::string_view> texts, Purpose purpose,
                                       const host::Interrupt& interrupt) const {
    const std::string& prefix =
        purpose == Purpose::query ? info_.query_prefix : info_.passage_prefix;
    std::vector<std::string> prefixed;
    std::vector<lectern_text> spans;
    spans.reserve(texts.size());
    if (prefix.empty()) {
        for (const std::string_view text : texts) spans.push_back(span(text));
    } else {
        prefixed.reserve(texts.size());
        for (const std::string_view text : texts)
            spans.push_back(span(prefixed.emplace_back(prefix + std::string(text))));
    }
    TokenBatch batch(texts.size());
    TokenCollector collector(batch);
    CallContext call(interrupt);
    LECTERN_TRY(call.status(tokenizer_->table<lectern_tokenizer>()->tokenize(
                                tokenizer_->get(), call.get(), spans.data(), spans.size(),
                                LECTERN_ADD_SPECIAL, info_.max_tokens, collector.get()),
                            tokenizer_->describe()));
    return batch;
}

Result<std::vector<std::uint64_t>> Embedding::count_tokens(std::span<const std::string_view> texts,
                                                           const host::Interrupt& interrupt) const {
    std::vector<lectern_text> spans;
    spans.reserve(texts.size());
    for (const std::string_view text : texts) spans.push_back(span(text));
    std::vector<std::uint64_t> counts(texts.size());
    const lectern_token_sink sink{
        sizeof(lectern_token_sink), 0, &counts,
        [](const lectern_token_sink* face, std::uint64_t index,
           const lectern_tokens* tokens) -> lectern_code {
            auto& to = *static_cast<std::vector<std::uint64_t>*>(face->host_data);
            if (index >= to.size()) return LECTERN_INTERNAL;
            to[index] = tokens->count;
            return LECTERN_OK;
        }};
    CallContext call(interrupt);
    LECTERN_TRY(call.status(tokenizer_->table<lectern_tokenizer>()->tokenize(
                                tokenizer_->get(), call.get(), spans.data(), spans.size(),
                                LECTERN_ADD_SPECIAL, 0, &sink),
                            tokenizer_->describe()));
    return counts;
}

Status Embedding::embed(std::span<const lectern_tokens> sequences, Purpose purpose,
                        const host::Interrupt& interrupt, float* out,
                        std::vector<host::ItemError>& failed) const {
    CallContext call(interrupt);
    LECTERN_TRY(call.status(embedder_->table<lectern_embedder>()->embed(
                                embedder_->get(), call.get(), sequences.data(), sequences.size(),
                                static_cast<std::uint32_t>(purpose), out),
                            embedder_->describe()));
    failed = call.take_item_errors();
    return {};
}

Status Embedding::embed_query(const lectern_tokens& sequence, const host::Interrupt& interrupt,
                              float* out) const {
    return queries_->embed(sequence, interrupt, out);
}

Result<std::vector<float>> Embedding::embed_texts(std::span<const std::string_view> texts,
                                                  Purpose purpose, const host::Interrupt& interrupt,
                                                  EmbedCounters counters) const {
    Counters unused;
    StageCounter& token_counter = counters.tokens ? *counters.tokens : unused.add("tokens");
    StageCounter& vector_counter = counters.vectors ? *counters.vectors : unused.add("vectors");

    TokenBatch tokens(0);
    {
        const Busy busy(token_counter, texts.size());
        LECTERN_ASSIGN(tokens, tokenize(texts, purpose, interrupt));
    }
    std::vector<std::size_t> order(texts.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return tokens.count(a) > tokens.count(b);
    });

    const std::size_t dimension = info_.dimension;
    std::vector<float> out(texts.size() * dimension);
    std::vector<float> part;
    std::size_t begin = 0;
    while (begin < order.size()) {
        // Longest first: the first sequence of a batch sets its width.
        const std::uint64_t width = std::max<std::uint64_t>(tokens.count(order[begin]), 1);
        const std::size_t count = std::min<std::size_t>(
            std::max<std::uint64_t>(info_.batch_tokens / width, 1), order.size() - begin);
        std::vector<lectern_tokens> sequences;
        std::uint64_t useful = 0;
        for (std::size_t i = begin; i < begin + count; ++i) {
            sequences.push_back(tokens.view(order[i]));
            useful += sequences.back().count;
        }
        part.assign(count * dimension, 0.0F);
        std::vector<host::ItemError> failed;
        {
            const Busy busy(vector_counter, count);
            LECTERN_TRY(embed(sequences, purpose, interrupt, part.data(), failed));
        }
        token_counter.tokens += useful;
        vector_counter.tokens += useful;
        vector_counter.slots += width * count;
        if (!failed.empty()) return Status{failed.front().code, failed.front().message};
        for (std::size_t i = 0; i < count; ++i)
            std::copy_n(part.data() + i * dimension, dimension,
                        out.data() + order[begin + i] * dimension);
        begin += count;
    }
    return out;
}

lectern_code Embedding::service_max_tokens(const lectern_pipeline* face, std::uint32_t* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.max_tokens;
    return LECTERN_OK;
}

lectern_code Embedding::service_dimension(const lectern_pipeline* face, std::uint32_t* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.dimension;
    return LECTERN_OK;
}

lectern_code Embedding::service_fingerprint(const lectern_pipeline* face, const char** out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.fingerprint.c_str();
    return LECTERN_OK;
}

lectern_code Embedding::service_count_tokens(const lectern_pipeline* face, lectern_text text,
                                             std::uint64_t* ends, std::uint64_t capacity,
                                             std::uint64_t* count) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    struct Ends {
        std::uint64_t* to;
        std::uint64_t capacity;
        std::uint64_t count = 0;
    } state{ends, ends == nullptr ? 0 : capacity};
    const lectern_token_sink sink{sizeof(lectern_token_sink), 0, &state,
                                  [](const lectern_token_sink* s, std::uint64_t,
                                     const lectern_tokens* tokens) -> lectern_code {
                                      auto& to = *static_cast<Ends*>(s->host_data);
                                      std::uint64_t end = 0;
                                      for (std::uint64_t i = 0; i < tokens->count; ++i) {
                                          end = std::max(end,
                                                         tokens->ranges[i].end);  // never decreases
                                          if (to.count < to.capacity) to.to[to.count] = end;
                                          ++to.count;
                                      }
                                      return LECTERN_OK;
                                  }};
    CallContext call;
    const lectern_code code = self.tokenizer_->table<lectern_tokenizer>()->tokenize(
        self.tokenizer_->get(), call.get(), &text, 1, 0, 0, &sink);
    *count = state.count;
    return code;
}

lectern_code Embedding::service_embed(const lectern_pipeline* face, const lectern_call* call,
                                      const lectern_text* texts, std::uint64_t count,
                                      std::uint32_t purpose, float* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    std::vector<std::string_view> views;
    views.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) views.push_back(view(texts[i]));
    // Cancellation comes before the batch: an evidence batch takes milliseconds.
    if (call->is_cancelled(call) != 0) return LECTERN_CANCELLED;
    auto vectors =
        self.embed_texts(views, purpose == LECTERN_QUERY ? Purpose::query : Purpose::passage, {});
    if (!vectors) {
        call->set_error(call, span(vectors.status().message()));
        return host::to_lectern_code(vectors.status().code());
    }
    std::copy(vectors->begin(), vectors->end(), out);
    return LECTERN_OK;
}

}  // namespace lectern
