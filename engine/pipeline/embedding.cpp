#include "engine/pipeline/embedding.hpp"

#include <algorithm>
#include <new>
#include <numeric>
#include <utility>

#include "engine/plugin_host/abi_text.hpp"
#include "engine/plugin_host/active_calls.hpp"
#include "engine/plugin_host/call_context.hpp"

namespace lectern {
namespace {

// Fails when one item did.
Status first_of(const std::vector<host::ItemError>& failed) {
    return failed.empty() ? Status() : Status{failed.front().code, failed.front().message};
}

// What a service of the pipeline may not do: throw through the stage that asked.
template <typename Function>
lectern_code contained(const lectern_call* call, Function&& function) noexcept {
    const auto fail = [call](Code code, std::string_view message) {
        if (call != nullptr && call->set_error != nullptr) call->set_error(call, span(message));
        return host::to_lectern_code(code);
    };
    try {
        const Status status = std::forward<Function>(function)();
        host::note_service_failure(status);
        return status.ok() ? lectern_code{LECTERN_OK} : fail(status.code(), status.message());
    } catch (const std::bad_alloc&) {
        return fail(Code::resource_exhausted, "out of memory");
    } catch (...) {
        return fail(Code::internal, "a defect of the engine");
    }
}

}  // namespace

Embedding::Embedding() {
    face_ = {sizeof(lectern_pipeline),
             0,
             this,
             &service_max_tokens,
             &service_count_tokens,
             &service_dimension,
             &service_embed,
             &service_fingerprint,
             &service_vocabulary,
             &service_tokens_fingerprint,
             &service_tokenize,
             &service_embed_tokens};
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

std::unique_ptr<Embedding> Embedding::none() {
    return std::unique_ptr<Embedding>(new Embedding);
}

Status Embedding::read_info() {
    LECTERN_ASSIGN(info_, host::embedder_info(*embedder_));
    queries_ = std::make_unique<QueryBatcher>(
        embedder_->describe(), info_.dimension, info_.concurrency, info_.batch_tokens,
        [this](std::span<const lectern_tokens> sequences, const host::Interrupt& interrupt,
               float* out, std::vector<host::ItemError>& failed) {
            return embed(sequences, Purpose::query, interrupt, out, failed);
        });
    return {};
}

Result<TokenBatch> Embedding::tokenize(std::span<const std::string_view> texts, Purpose purpose,
                                       const host::Interrupt& interrupt,
                                       std::vector<host::ItemError>& failed) const {
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
    LECTERN_TRY(host::tokenize(
        *tokenizer_, interrupt, spans, LECTERN_ADD_SPECIAL, info_.max_tokens,
        [&batch](std::size_t index, const lectern_tokens& tokens) { batch.set(index, tokens); },
        failed));
    return batch;
}

Result<TokenBatch> Embedding::tokenize(std::span<const std::string_view> texts, Purpose purpose,
                                       const host::Interrupt& interrupt) const {
    std::vector<host::ItemError> failed;
    LECTERN_ASSIGN(TokenBatch batch, tokenize(texts, purpose, interrupt, failed));
    LECTERN_TRY(first_of(failed));
    return batch;
}

Result<std::vector<std::uint64_t>> Embedding::count_tokens(std::span<const std::string_view> texts,
                                                           const host::Interrupt& interrupt) const {
    std::vector<lectern_text> spans;
    spans.reserve(texts.size());
    for (const std::string_view text : texts) spans.push_back(span(text));
    std::vector<std::uint64_t> counts(texts.size());
    std::vector<host::ItemError> failed;
    LECTERN_TRY(host::tokenize(
        *tokenizer_, interrupt, spans, LECTERN_ADD_SPECIAL, 0,
        [&counts](std::size_t index, const lectern_tokens& tokens) {
            counts[index] = tokens.count;
        },
        failed));
    LECTERN_TRY(first_of(failed));
    return counts;
}

Status Embedding::embed(std::span<const lectern_tokens> sequences, Purpose purpose,
                        const host::Interrupt& interrupt, float* out,
                        std::vector<host::ItemError>& failed) const {
    return host::embed(*embedder_, info_, interrupt, sequences, static_cast<std::uint32_t>(purpose),
                       out, failed);
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
        LECTERN_TRY(first_of(failed));
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

lectern_code Embedding::service_vocabulary(const lectern_pipeline* face, std::uint32_t* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    if (self.info_.vocabulary == 0) return LECTERN_UNSUPPORTED;
    *out = self.info_.vocabulary;
    return LECTERN_OK;
}

lectern_code Embedding::service_tokens_fingerprint(const lectern_pipeline* face, const char** out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.tokenizer_->output().fingerprint.c_str();
    return LECTERN_OK;
}

lectern_code Embedding::service_tokenize(const lectern_pipeline* face, const lectern_call* call,
                                         const lectern_text* texts, std::uint64_t count,
                                         std::uint32_t flags, std::uint32_t max_tokens,
                                         const lectern_token_sink* sink) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    if (call->is_cancelled(call) != 0) return LECTERN_CANCELLED;
    return contained(call, [&]() -> Status {
        std::vector<host::ItemError> failed;
        lectern_code refused = LECTERN_OK;
        LECTERN_TRY(host::tokenize(
            *self.tokenizer_, {}, {texts, count}, flags, max_tokens,
            [&](std::size_t index, const lectern_tokens& tokens) {
                if (refused == LECTERN_OK) refused = sink->tokens(sink, index, &tokens);
            },
            failed));
        if (refused != LECTERN_OK) return {Code::cancelled, "whoever asked took no more tokens"};
        return first_of(failed);
    });
}

lectern_code Embedding::service_embed_tokens(const lectern_pipeline* face, const lectern_call* call,
                                             const lectern_tokens* sequences, std::uint64_t count,
                                             std::uint32_t purpose, float* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    if (call->is_cancelled(call) != 0) return LECTERN_CANCELLED;
    return contained(call, [&]() -> Status {
        // In this host's size of the struct, whatever the caller's is.
        std::vector<lectern_tokens> copies(count);
        for (std::uint64_t i = 0; i < count; ++i) {
            const lectern_tokens& one = *LECTERN_ITEM(lectern_tokens, sequences, i);
            copies[i].struct_size = sizeof(lectern_tokens);
            copies[i].count = one.count;
            copies[i].ids = one.ids;
            copies[i].ranges = one.ranges;
            copies[i].words = one.words;
        }
        std::vector<host::ItemError> failed;
        LECTERN_TRY(self.embed(copies, purpose == LECTERN_QUERY ? Purpose::query : Purpose::passage,
                               {}, out, failed));
        return first_of(failed);
    });
}

lectern_code Embedding::service_count_tokens(const lectern_pipeline* face, lectern_text text,
                                             std::uint64_t* ends, std::uint64_t capacity,
                                             std::uint64_t* count) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    return contained(nullptr, [&]() -> Status {
        std::uint64_t counted = 0;
        bool ranges = true;
        std::vector<host::ItemError> failed;
        LECTERN_TRY(host::tokenize(
            *self.tokenizer_, {}, {&text, 1}, 0, 0,
            [&](std::size_t, const lectern_tokens& tokens) {
                ranges = tokens.ranges != nullptr || tokens.count == 0;
                counted = tokens.count;
                std::uint64_t end = 0;
                for (std::uint64_t i = 0; ranges && ends != nullptr && i < counted; ++i) {
                    end = std::max(end, tokens.ranges[i].end);  // never decreases
                    if (i < capacity) ends[i] = end;
                }
            },
            failed));
        LECTERN_TRY(first_of(failed));
        if (!ranges && ends != nullptr)
            return {Code::unsupported,
                    self.tokenizer_->describe() + " gives no ranges of its tokens"};
        *count = counted;
        return {};
    });
}

lectern_code Embedding::service_embed(const lectern_pipeline* face, const lectern_call* call,
                                      const lectern_text* texts, std::uint64_t count,
                                      std::uint32_t purpose, float* out) {
    const auto& self = *static_cast<const Embedding*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    // Cancellation comes before the batch: an evidence batch takes milliseconds.
    if (call->is_cancelled(call) != 0) return LECTERN_CANCELLED;
    return contained(call, [&]() -> Status {
        std::vector<std::string_view> views;
        views.reserve(count);
        for (std::uint64_t i = 0; i < count; ++i) views.push_back(view(texts[i]));
        LECTERN_ASSIGN(
            const auto vectors,
            self.embed_texts(views, purpose == LECTERN_QUERY ? Purpose::query : Purpose::passage,
                             {}));
        std::copy(vectors.begin(), vectors.end(), out);
        return {};
    });
}

}  // namespace lectern
