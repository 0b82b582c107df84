#include "plugins/gpt/runtime.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string_view>

namespace lectern::gpt {
namespace {

namespace fs = std::filesystem;

std::mutex host_mutex;      // guards current_host
plugin::Host current_host;  // where the log goes
std::mutex start_mutex;     // guards started
bool started = false;       // the backend is loaded
thread_local LogCapture* capture = nullptr;

std::int32_t log_level(ggml_log_level level) noexcept {
    switch (level) {
        case GGML_LOG_LEVEL_ERROR: return LECTERN_LOG_ERROR;
        case GGML_LOG_LEVEL_WARN: return LECTERN_LOG_WARNING;
        case GGML_LOG_LEVEL_INFO: return LECTERN_LOG_INFO;
        default: return LECTERN_LOG_DEBUG;
    }
}

void log_line(std::int32_t level, std::string line) {
    while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
    if (line.empty()) return;
    if (capture != nullptr) return capture->add(std::move(line));
    const std::scoped_lock lock(host_mutex);
    current_host.log(level, "llama.cpp: " + line);
}

// llama.cpp logs pieces of lines; each thread's pieces belong together.
void on_log(ggml_log_level level, const char* text, void* /*user_data*/) noexcept {
    thread_local std::string line;
    thread_local std::int32_t line_level = LECTERN_LOG_DEBUG;
    try {
        if (level != GGML_LOG_LEVEL_CONT) {
            line.clear();
            line_level = log_level(level);
        }
        if (line_level < LECTERN_LOG_WARNING) return;
        line += text;
        if (line.empty() || line.back() != '\n') return;
        log_line(line_level, std::move(line));
        line.clear();
    } catch (...) {  // out of memory: a lost log line
        line.clear();
    }
}

bool has_cpu() {
    return ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU) != nullptr;
}

// The folder of the shared object (or program) that holds `address`.
std::optional<fs::path> folder_of(const void* address) {
    Dl_info info{};
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return std::nullopt;
    std::error_code error;
    const fs::path file = fs::weakly_canonical(info.dli_fname, error);
    if (error) return std::nullopt;
    return file.parent_path();
}

std::vector<fs::path> backend_folders() {
    std::vector<fs::path> folders;
    // Read once under start_mutex; nobody in the process sets it.
    if (const char* chosen = std::getenv("LECTERN_GGML_DIR");  // NOLINT(concurrency-mt-unsafe)
        chosen != nullptr && *chosen != '\0') {
        return {chosen};
    }
    if (const auto own = folder_of(reinterpret_cast<const void*>(&on_log))) {
        folders.push_back(*own / "ggml");
    }
    if (const auto llama = folder_of(reinterpret_cast<const void*>(&llama_backend_init))) {
        folders.push_back(*llama / "ggml");
        folders.push_back(*llama);
    }
    folders.emplace_back(LECTERN_GGML_DEFAULT_DIR);
    return folders;
}

}  // namespace

void start_runtime(const plugin::Host& host) {
    {
        const std::scoped_lock lock(host_mutex);
        current_host = host;
    }
    const std::scoped_lock lock(start_mutex);
    if (started) return;
    llama_log_set(&on_log, nullptr);
    std::string tried;
    for (const fs::path& folder : has_cpu() ? std::vector<fs::path>{} : backend_folders()) {
        std::error_code error;
        if (!folder.empty() && fs::is_directory(folder, error)) {
            ggml_backend_load_all_from_path(folder.c_str());
            if (has_cpu()) break;
        }
        if (!tried.empty()) tried += ", ";
        tried += folder.string();
    }
    if (!has_cpu()) {
        throw plugin::Failure(LECTERN_UNAVAILABLE,
                              "no CPU backend of ggml (libggml-cpu-*.so) for this processor in " +
                                  tried + "; set LECTERN_GGML_DIR to the folder that has them");
    }
    llama_backend_init();
    started = true;
}

void forget_host() noexcept {
    const std::scoped_lock lock(host_mutex);
    current_host = plugin::Host();
}

LogCapture::LogCapture() {
    capture = this;
}
LogCapture::~LogCapture() {
    capture = nullptr;
}

std::string LogCapture::reason() const {
    constexpr std::size_t most_lines = 3;
    std::string out;
    for (std::size_t i = 0; i < std::min(lines_.size(), most_lines); ++i) {
        if (!out.empty()) out += "; ";
        out += lines_[i];
    }
    return out.empty() ? "no reason given" : out;
}

ThreadPool::ThreadPool(unsigned threads) {
    ggml_backend_reg_t cpu =
        ggml_backend_dev_backend_reg(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
    // The CPU backend is loaded at run time, so its functions are asked for by name.
    const auto make = reinterpret_cast<decltype(&ggml_threadpool_new)>(
        ggml_backend_reg_get_proc_address(cpu, "ggml_threadpool_new"));
    const auto free = reinterpret_cast<decltype(&ggml_threadpool_free)>(
        ggml_backend_reg_get_proc_address(cpu, "ggml_threadpool_free"));
    if (make == nullptr || free == nullptr) return;
    ggml_threadpool_params params{};
    ggml_threadpool_params_init(&params, static_cast<int>(threads));
    // 1 of 100: the workers look for the next token's graph for a moment, then they sleep.
    params.poll = 1;
    pool_ = {make(&params), free};
}

}  // namespace lectern::gpt
