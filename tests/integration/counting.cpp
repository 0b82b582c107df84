// A plugin for tests: stages that say in the log when they are made and when they end.
#include <string>
#include <utility>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

// Says when it is made and when it ends.
class Life {
 public:
    Life(const Config& config, std::string name) : host_(config.host()), name_(std::move(name)) {
        host_.log(LECTERN_LOG_WARNING, name_ + "made");
    }
    Life(const Life&) = delete;
    Life& operator=(const Life&) = delete;
    ~Life() { host_.log(LECTERN_LOG_WARNING, name_ + "ended"); }

 private:
    Host host_;
    std::string name_;
};

class Counting : public Custom {
 public:
    explicit Counting(const Config& config) : life_(config, "") {}
    void process(const Call&, const Document& record, const DocumentSink& sink) const override {
        sink.document(record);
    }

 private:
    Life life_;
};

// Says how many threads it may use.
class Threads : public Custom {
 public:
    explicit Threads(const Config& config) {
        config.host().log(LECTERN_LOG_WARNING,
                          std::to_string(config.host().threads()) + " threads");
    }
    void process(const Call&, const Document& record, const DocumentSink& sink) const override {
        sink.document(record);
    }
};

class Writer : public Generator {
 public:
    explicit Writer(const Config& config) : life_(config, "writer ") {
        info_.context_tokens = 1U << 20U;
        info_.fingerprint = "writer";
        info_.model = "writer";
    }
    [[nodiscard]] const GeneratorInfo& info() const override { return info_; }
    [[nodiscard]] std::uint64_t count_tokens(const Call&, const lectern_message*,
                                             std::uint64_t count) const override {
        return count;
    }
    void generate(const Call&, const lectern_generation&, const TextSink& sink,
                  lectern_generation_report&) const override {
        if (!sink.text("Tides.")) throw Failure(LECTERN_CANCELLED, "stopped by the host");
    }

 private:
    Life life_;
    GeneratorInfo info_;
};

}  // namespace

LECTERN_PLUGIN("counting", "1.0.0", "Says when its stage is made", "Apache-2.0",
               stage<Counting>("counting", "Says when it is made", "{\"type\": \"object\"}"),
               stage<Threads>("threads", "Says how many it may use", "{\"type\": \"object\"}"),
               stage<Writer>("writer", "Says when it is made", "{\"type\": \"object\"}"))
