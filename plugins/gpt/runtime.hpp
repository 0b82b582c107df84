// llama.cpp as a process-wide runtime: its CPU backend, its log, its thread pool.
#pragma once

#include <llama.h>

#include <memory>
#include <string>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::gpt {

// Sends llama.cpp's log to the host and loads ggml's CPU backend that fits this processor best. The
// folder of the backends is, in this order: the environment variable LECTERN_GGML_DIR; `ggml`
// beside this plugin; beside libllama.so; what the build has found. Only the first successful call
// does anything. Throws Failure(LECTERN_UNAVAILABLE). [any thread]
void start_runtime(const plugin::Host& host);

// Ends the log's use of the host, before the plugin is unloaded.
void forget_host() noexcept;

// Collects, while it lives, the warnings and errors that llama.cpp logs on this thread, instead of
// sending them to the host: they become the reason in an error message. They do not nest.
class LogCapture {
 public:
    LogCapture();
    ~LogCapture();
    LogCapture(const LogCapture&) = delete;
    LogCapture& operator=(const LogCapture&) = delete;

    // The last lines, the cause first: "a; b", or "no reason given".
    [[nodiscard]] std::string reason() const;
    void add(std::string line) { lines_.push_back(std::move(line)); }

 private:
    std::vector<std::string> lines_;
};

// ggml's worker threads, used by one context. They sleep within about two milliseconds when there
// is nothing to do, so that they do not take a core from other pools of the process. (A ggml that
// was built with OpenMP takes only the number of threads from it; libgomp's threads do the work.)
class ThreadPool {
 public:
    explicit ThreadPool(unsigned threads);
    [[nodiscard]] ggml_threadpool_t get() const noexcept { return pool_.get(); }

 private:
    // Null: ggml makes its threads by itself.
    std::unique_ptr<ggml_threadpool, void (*)(ggml_threadpool*)> pool_{nullptr, nullptr};
};

}  // namespace lectern::gpt
