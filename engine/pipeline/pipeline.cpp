#include "engine/pipeline/pipeline.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "text/text.hpp"

namespace lectern {
namespace {

using host::CallContext;
using host::Port;
using host::StageKind;

constexpr bool answers(StageKind kind) {
    return kind == StageKind::reranker || kind == StageKind::reader ||
           kind == StageKind::generator || kind == StageKind::verifier;
}

Status at(const config::Place& place, Status status) {
    return status.within(place.text());
}

lectern_text span(std::string_view value) {
    return {value.data(), value.size()};
}
std::string_view view(lectern_text value) {
    return value.size == 0 ? std::string_view{}
                           : std::string_view{value.data, static_cast<std::size_t>(value.size)};
}

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

Pipeline::Pipeline(config::PipelineConfig config, host::PluginHost& host)
    : config_(std::move(config)), host_(host) {
    face_ = {sizeof(lectern_pipeline),
             0,
             this,
             &service_max_tokens,
             &service_count_tokens,
             &service_dimension,
             &service_embed,
             &service_fingerprint};
}

Result<std::unique_ptr<Pipeline>> Pipeline::open(config::PipelineConfig config,
                                                 host::PluginHost& host) {
    std::unique_ptr<Pipeline> pipeline(new Pipeline(std::move(config), host));
    LECTERN_TRY(pipeline->build());
    return pipeline;
}

const host::Stage* Pipeline::find(std::string_view stage) const noexcept {
    for (const auto& item : stages_)
        if (item->name() == stage) return item.get();
    return nullptr;
}

Status Pipeline::make(std::string_view stage) {
    if (find(stage) != nullptr) return {};
    const config::StageConfig& wanted = *config_.find(stage);
    auto made = host_.create({.plugin = wanted.plugin,
                              .type = wanted.stage,
                              .name = wanted.name,
                              .options = wanted.options,
                              .base_folder = config_.base_folder,
                              .pipeline = &face_,
                              .place = [&wanted](std::string_view option) {
                                  return wanted.option_place(option).text();
                              }});
    if (!made) return made.status();
    stages_.push_back(std::make_unique<host::Stage>(std::move(*made)));
    return {};
}

Status Pipeline::build() {
    // Kinds are known before anything is loaded, so a step in the wrong flow costs no model.
    const auto kind_of = [this](const std::string& stage) -> Result<StageKind> {
        const config::StageConfig& wanted = *config_.find(stage);
        auto info = host_.find(wanted.plugin, wanted.stage);
        if (!info) return at(wanted.plugin_place, info.status());
        return info->kind;
    };
    const auto once = [](const host::Stage*& slot, const host::Stage* stage,
                         const config::Step& step) -> Status {
        if (slot != nullptr && slot != stage)
            return at(step.place,
                      {Code::invalid_argument, "'" + stage->name() + "' is a second " +
                                                   std::string(host::name(stage->kind())) +
                                                   " in this flow; one is enough"});
        slot = stage;
        return {};
    };

    for (const config::Step& step : config_.ingest) {
        for (const std::string& name : step.stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            if (answers(kind) || kind == StageKind::trainer)
                return at(step.place, {Code::invalid_argument,
                                       "'" + name + "' is a " + std::string(host::name(kind)) +
                                           ", which has no place in 'ingest'"});
            LECTERN_TRY(make(name));
            const host::Stage* stage = find(name);
            switch (kind) {
                case StageKind::extractor: extractors_.push_back(stage); break;
                case StageKind::custom: ingest_customs_.push_back(stage); break;
                case StageKind::splitter: LECTERN_TRY(once(splitter_, stage, step)); break;
                case StageKind::tokenizer: LECTERN_TRY(once(tokenizer_, stage, step)); break;
                case StageKind::embedder: LECTERN_TRY(once(embedder_, stage, step)); break;
                default: break;
            }
        }
    }
    const auto missing = [this](const char* what) {
        return Status{Code::invalid_argument, config_.file + ": 'ingest' has no " + what};
    };
    if (extractors_.empty()) return missing("extractor");
    if (splitter_ == nullptr) return missing("splitter");
    if (tokenizer_ == nullptr) return missing("tokenizer");
    if (embedder_ == nullptr) return missing("embedder");

    const host::Stage* query_tokenizer = nullptr;
    const host::Stage* query_embedder = nullptr;
    for (const config::Step& step : config_.query) {
        for (const std::string& name : step.stages) {
            LECTERN_ASSIGN(const StageKind kind, kind_of(name));
            switch (kind) {
                case StageKind::reranker: has_reranker_ = true; break;
                case StageKind::reader: has_reader_ = true; break;
                case StageKind::generator: generator_name_ = name; break;
                case StageKind::verifier: verifier_name_ = name; break;
                case StageKind::tokenizer:
                case StageKind::embedder:
                case StageKind::custom: {
                    LECTERN_TRY(make(name));
                    const host::Stage* stage = find(name);
                    if (kind == StageKind::custom) query_customs_.push_back(stage);
                    if (kind == StageKind::tokenizer)
                        LECTERN_TRY(once(query_tokenizer, stage, step));
                    if (kind == StageKind::embedder) LECTERN_TRY(once(query_embedder, stage, step));
                    break;
                }
                default:
                    return at(step.place, {Code::invalid_argument,
                                           "'" + name + "' is a " + std::string(host::name(kind)) +
                                               ", which has no place in 'query'"});
            }
        }
    }
    // One tokenizer and one embedder serve both flows: what is searched is what was stored.
    if (query_tokenizer != tokenizer_ || query_embedder != embedder_)
        return {Code::invalid_argument, config_.file + ": 'query' must use the tokenizer '" +
                                            tokenizer_->name() + "' and the embedder '" +
                                            embedder_->name() + "' of 'ingest'"};
    LECTERN_TRY(check_flow(config_.ingest, false));
    LECTERN_TRY(check_flow(config_.query, false));
    LECTERN_TRY(read_info());
    ready_ = true;
    return {};
}

// Walks the steps and checks each against the one before it. Stages that answer are checked by
// prepare_answers, when they exist.
Status Pipeline::check_flow(const std::vector<config::Step>& steps, bool with_answers) const {
    struct End {
        std::string name;
        Port port;
        host::Chunks chunks = host::Chunks::are_chunks;  // what it makes of them
    };
    std::vector<End> given;
    const Port vectors = embedder_->output();
    for (const config::Step& step : steps) {
        std::vector<End> takes;
        std::vector<End> gives;
        const auto builtin = [&](const char* name, std::uint32_t in, std::uint32_t out) {
            if (in != 0) takes.push_back({name, Port{in, 0, {}}});
            if (out != 0) gives.push_back({name, Port{out, 0, {}}});
        };
        switch (step.kind) {
            case config::StepKind::source: builtin("source", 0, LECTERN_PORT_SOURCE); break;
            case config::StepKind::query: builtin("query", 0, LECTERN_PORT_TEXT); break;
            case config::StepKind::commit: takes.push_back({"commit", vectors}); break;
            case config::StepKind::search:
                takes.push_back({"search", vectors});
                gives.push_back({"search", Port{LECTERN_PORT_HITS, 0, {}}});
                break;
            case config::StepKind::verify:
                builtin("verify", LECTERN_PORT_ANSWER, LECTERN_PORT_ANSWER);
                break;
            case config::StepKind::stage:
            case config::StepKind::choice:
                for (const std::string& name : step.stages) {
                    const host::Stage* stage = find(name);
                    if (stage == nullptr) return {};  // from here on: stages that answer
                    takes.push_back({name, stage->input(),
                                     stage->kind() == StageKind::tokenizer
                                         ? host::Chunks::are_texts
                                         : host::Chunks::are_chunks});
                    gives.push_back({name, stage->output()});
                }
                break;
        }
        for (const End& from : given)
            for (const End& to : takes)
                if (Status fit =
                        host::check_ports(from.name, from.port, to.name, to.port, to.chunks);
                    !fit)
                    return at(step.place, fit);
        given = std::move(gives);
        if (!with_answers && step.kind == config::StepKind::search) return {};
    }
    return {};
}

Status Pipeline::read_info() {
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

Status Pipeline::prepare_answers(Answers answers) {
    const std::lock_guard lock(answers_mutex_);
    if (answers_ready_ == Answers::written || answers_ready_ == answers) return {};
    for (const config::Step& step : config_.query) {
        for (const std::string& name : step.stages) {
            const bool writes = name == generator_name_ || name == verifier_name_;
            if (answers == Answers::quoted && writes) continue;
            if (find(name) != nullptr) continue;  // other threads use it already
            LECTERN_TRY(make(name));
            const host::Stage* stage = find(name);
            switch (stage->kind()) {
                case StageKind::reranker: reranker_ = stage; break;
                case StageKind::reader: reader_ = stage; break;
                case StageKind::generator: generator_ = stage; break;
                case StageKind::verifier: verifier_ = stage; break;
                default: break;
            }
        }
    }
    LECTERN_TRY(check_flow(config_.query, true));
    answers_ready_ = answers;
    return {};
}

Result<TokenBatch> Pipeline::tokenize(std::span<const std::string_view> texts, Purpose purpose,
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

Result<std::vector<std::uint64_t>> Pipeline::count_tokens(std::span<const std::string_view> texts,
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

Status Pipeline::embed(std::span<const lectern_tokens> sequences, Purpose purpose,
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

Status Pipeline::embed_query(const lectern_tokens& sequence, const host::Interrupt& interrupt,
                             float* out) const {
    return queries_->embed(sequence, interrupt, out);
}

Result<std::vector<float>> Pipeline::embed_texts(std::span<const std::string_view> texts,
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

lectern_code Pipeline::service_max_tokens(const lectern_pipeline* face, std::uint32_t* out) {
    const auto& self = *static_cast<const Pipeline*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.max_tokens;
    return LECTERN_OK;
}

lectern_code Pipeline::service_dimension(const lectern_pipeline* face, std::uint32_t* out) {
    const auto& self = *static_cast<const Pipeline*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.dimension;
    return LECTERN_OK;
}

lectern_code Pipeline::service_fingerprint(const lectern_pipeline* face, const char** out) {
    const auto& self = *static_cast<const Pipeline*>(face->host_data);
    if (!self.ready_) return LECTERN_UNAVAILABLE;
    *out = self.info_.fingerprint.c_str();
    return LECTERN_OK;
}

lectern_code Pipeline::service_count_tokens(const lectern_pipeline* face, lectern_text text,
                                            std::uint64_t* ends, std::uint64_t capacity,
                                            std::uint64_t* count) {
    const auto& self = *static_cast<const Pipeline*>(face->host_data);
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

lectern_code Pipeline::service_embed(const lectern_pipeline* face, const lectern_call* call,
                                     const lectern_text* texts, std::uint64_t count,
                                     std::uint32_t purpose, float* out) {
    const auto& self = *static_cast<const Pipeline*>(face->host_data);
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
