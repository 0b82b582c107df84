// A custom stage in C++17: documents and questions in capital letters, with a mark behind.
#include <string>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Shout : public Custom {
 public:
    explicit Shout(const Config& config) : mark_(config.string("mark").value_or("!")) {
        if (mark_.find('\n') != std::string::npos)
            throw Failure(LECTERN_INVALID_ARGUMENT, "the option 'mark' must be a single line");
    }

    // Called from many threads at once, so it changes nothing in the object.
    void process(const Call& call, const Document& record,
                 const DocumentSink& sink) const override {
        call.check();  // ends here when the work is no longer wanted
        std::string text(record.text);
        for (char& c : text)
            if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
        text += mark_;
        sink.document({record.id, record.title, text, record.metadata});
    }

 private:
    std::string mark_;
};

constexpr const char* options = R"({
  "type": "object",
  "properties": {
    "mark": {"type": "string", "default": "!", "description": "put behind the text"}
  }
})";

}  // namespace

LECTERN_PLUGIN("shout", "1.0.0", "Capital letters", "Apache-2.0",
               stage<Shout>("shout", "Writes a text in capital letters", options))
