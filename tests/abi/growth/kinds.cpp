// The same as kinds.c through plugin.hpp, which keeps the rules for its users: they step through
// arrays by index and fill structs of their own.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Lines : public Extractor {
 public:
    explicit Lines(const Config&) {}
    [[nodiscard]] unsigned fits(std::string_view name, std::string_view) const override {
        return name.size() > 4 && name.substr(name.size() - 4) == ".abi" ? 90 : 0;
    }
    void extract(const Call&, const Source& source, const DocumentSink& sink) const override {
        std::string_view rest = source.bytes;
        while (!rest.empty()) {
            const std::string_view line = rest.substr(0, rest.find('\n'));
            Document document;
            document.text = line;
            if (line.empty())
                sink.failed("a line", LECTERN_INVALID_ARGUMENT, "it is empty");
            else
                sink.document(document);
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        }
        Source inner;
        inner.name = "notes.abi#inner";
        inner.bytes = "within";
        inner.metadata = "{\"deep\":1}";
        (void)sink.source(inner);
    }
};

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
            sink.evidence(i, 0, passages[i].text.size, passages[i].score, 0, 1, 0.5F, 0.25F);
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

class EquallyLong : public Verifier {
 public:
    explicit EquallyLong(const Config&) {}
    void infer(const Call&, const lectern_text* premises, const lectern_text* hypotheses,
               std::uint64_t count, float* out) const override {
        for (std::uint64_t i = 0; i < count; ++i) {
            const bool same = premises[i].size == hypotheses[i].size;
            out[3 * i] = same ? 0.75F : 0.25F;
            out[3 * i + 1] = 0;
            out[3 * i + 2] = same ? 0.25F : 0.75F;
        }
    }
};

class Count : public Trainer {
 public:
    explicit Count(const Config&) {}
    [[nodiscard]] std::string train(const Call&, const TextSource& texts, const std::string&,
                                    const ProgressSink& progress) const override {
        int count = 0;
        while (texts.next()) ++count;
        progress.progress(1.0, "count", "");
        return "{\"texts\":" + std::to_string(count) + "}";
    }
    [[nodiscard]] std::string evaluate(const Call&, const std::string&, const std::string&,
                                       const ProgressSink&) const override {
        throw Failure(LECTERN_UNSUPPORTED, "it cannot be measured");
    }
};

}  // namespace

LECTERN_PLUGIN("every-kind", "1.0.0", "One stage of every kind", "Apache-2.0",
               stage<Lines>("extractor", "A fixture"), stage<EquallyLong>("verifier", "A fixture"),
               stage<Count>("trainer", "A fixture"), stage<Twice>("custom", "A fixture"),
               stage<Halves>("splitter", "A fixture"), stage<Bytes>("tokenizer", "A fixture"),
               stage<Letters>("embedder", "A fixture"), stage<Longer>("reranker", "A fixture"),
               stage<Whole>("reader", "A fixture"), stage<Echo>("generator", "A fixture"))
