// A plugin for tests: a custom stage that says in the log when it is made and when it ends.
#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Counting : public Custom {
 public:
    explicit Counting(const Config& config) : host_(config.host()) {
        host_.log(LECTERN_LOG_WARNING, "made");
    }
    Counting(const Counting&) = delete;
    Counting& operator=(const Counting&) = delete;
    ~Counting() override { host_.log(LECTERN_LOG_WARNING, "ended"); }
    void process(const Call&, const Document& record, const DocumentSink& sink) const override {
        sink.document(record);
    }

 private:
    Host host_;
};

}  // namespace

LECTERN_PLUGIN("counting", "1.0.0", "Says when its stage is made", "Apache-2.0",
               stage<Counting>("counting", "Says when it is made", "{\"type\": \"object\"}"))
