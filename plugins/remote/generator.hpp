// A generator that another server runs. See docs/remote.md.
#pragma once

#include <string>

#include "lectern/plugin.hpp"
#include "plugins/remote/chat.hpp"
#include "plugins/remote/connection.hpp"

namespace lectern::remote {

struct RemoteOptions {
    std::string url;      // of the API: ".../v1"
    std::string key;      // "": none
    std::string ca_file;  // "": the system's
    std::uint32_t context_tokens = 8192;
    std::uint32_t connect_seconds = 5;
    std::uint32_t timeout_seconds = 60;
    ChatOptions chat;
};

// The address of the completions below that of the API. Throws plugin::Failure
// (LECTERN_INVALID_ARGUMENT) for one that is not http or https, or that holds a name and password.
std::string completions_url(const std::string& url);

// A key from a file's first line or an environment variable, whichever is named; "" when neither
// is. Throws plugin::Failure when the one that is named holds none.
std::string read_key(const std::string& file, const std::string& variable);

class RemoteGenerator {
 public:
    RemoteGenerator(RemoteOptions options, plugin::Host host);

    [[nodiscard]] const plugin::GeneratorInfo& info() const noexcept { return info_; }
    // Throws plugin::Failure. Any number of threads at once.
    void generate(const plugin::Call& call, const lectern_generation& request,
                  const plugin::TextSink& sink, lectern_generation_report& report) const;

 private:
    RemoteOptions options_;
    plugin::GeneratorInfo info_;
    Connection connection_;
};

}  // namespace lectern::remote
