// The same as kinds.c through plugin.hpp, which keeps the rules for its users: they step through
// arrays by index and fill structs of their own.
#include <string>
#include <vector>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Twice : public Custom {
 public:
    explicit Twice(const Config&) {}
    void process(const Call&, const Document& record, const DocumentSink& sink) const override {
        for (int i = 0; i < 2; ++i) sink.document(record);
    }
};

class Halves : public Splitter {
 public:
    explicit Halves(const Config&) {}
    void split(const Call&, const Document& document, const ChunkSink& sink) const override {
        const std::size_t middle = document.text.size() / 2;
        sink.chunk(0, middle, 0);
        sink.chunk(middle, document.text.size(), 0, {0, 1});
    }
};

class Bytes : public Tokenizer {
 public:
    explicit Bytes(const Config&) {}
    [[nodiscard]] std::string fingerprint() const override { return "bytes:1"; }
    void tokenize(const Call&, const lectern_text* texts, std::uint64_t count, bool, std::uint32_t,
                  const TokenSink& sink) const override {
        for (std::uint64_t i = 0; i < count; ++i) {
            Tokens tokens;  // ids alone
            for (const char c : view(texts[i])) tokens.ids.push_back(static_cast<unsigned char>(c));
            sink.tokens(i, tokens);
        }
    }
};

class Letters : public Embedder {
 public:
    explicit Letters(const Config&) {
        info_.dimension = 2;
        info_.max_tokens = 16;
        info_.batch_tokens = 64;
        info_.fingerprint = "letters:1";
        info_.tokens_fingerprint = "bytes:1";
    }
    [[nodiscard]] const EmbedderInfo& info() const override { return info_; }
    void embed(const Call&, const lectern_tokens* sequences, std::uint64_t count, std::uint32_t,
               float* out) const override {
        for (std::uint64_t i = 0; i < count; ++i) {
            out[2 * i] = out[2 * i + 1] = 0;
            out[2 * i + static_cast<std::uint64_t>(sequences[i].ids[0] % 2)] = 1;
        }
    }

 private:
    EmbedderInfo info_;
};

class Longer : public HitReranker {
 public:
    explicit Longer(const Config&) {}
    void rerank(const Call&, std::string_view, const std::vector<Hit>& hits,
                float* scores) const override {
        for (std::size_t i = 0; i < hits.size(); ++i)
            scores[i] = static_cast<float>(hits[i].text.size());
    }
};

class Whole : public Reader {
 public:
    explicit Whole(const Config&) {}
    void read(const Call&, std::string_view, const lectern_passage* passages, std::uint64_t count,
              std::uint32_t max_evidence, const EvidenceSink& sink) const override {
        for (std::uint64_t i = 0; i < count && i < max_evidence; ++i)
            sink.evidence(i, 0, passages[i].text.size, passages[i].score);
    }
};

class Echo : public Generator {
 public:
    explicit Echo(const Config&) {
        info_.context_tokens = 100;
        info_.fingerprint = "echo:1";
        info_.model = "echo";
    }
    [[nodiscard]] const GeneratorInfo& info() const override { return info_; }
    [[nodiscard]] std::uint64_t count_tokens(const Call&, const lectern_message* messages,
                                             std::uint64_t count) const override {
        std::uint64_t out = 0;
        for (std::uint64_t i = 0; i < count; ++i) out += messages[i].text.size;
        return out;
    }
    void generate(const Call& call, const lectern_generation& request, const TextSink& sink,
                  lectern_generation_report& report) const override {
        // As careless as a later plugin may be with what it takes for its own struct.
        report = {};
        report.prompt_tokens =
            static_cast<std::uint32_t>(count_tokens(call, request.messages, request.message_count));
        for (std::uint64_t i = 0; i < request.message_count; ++i) {
            if (!sink.text(view(request.messages[i].text))) return;
            ++report.answer_tokens;
        }
    }

 private:
    GeneratorInfo info_;
};

}  // namespace

LECTERN_PLUGIN("every-kind", "1.0.0", "One stage of every kind", "Apache-2.0",
               stage<Twice>("custom", "A fixture"), stage<Halves>("splitter", "A fixture"),
               stage<Bytes>("tokenizer", "A fixture"), stage<Letters>("embedder", "A fixture"),
               stage<Longer>("reranker", "A fixture"), stage<Whole>("reader", "A fixture"),
               stage<Echo>("generator", "A fixture"))
