// A plugin for tests: an extractor and an embedder that wait for each other. The file "last.txt" is
// not extracted before vectors are being made, and the first vectors are not made before that file
// is extracted; both fail when the other does not come.
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include "lectern/plugin.hpp"

namespace {

using namespace lectern::plugin;

class Meeting {
 public:
    void begin() {
        const std::lock_guard lock(mutex_);
        reads_ = embeds_ = extracted_ = false;
    }
    void file_is_read() { say(reads_); }
    void last_file_is_extracted() { say(extracted_); }
    [[nodiscard]] bool wait_for_vectors() { return wait_for(embeds_); }
    // Also when no files are read, or somebody has embedded before.
    [[nodiscard]] bool vectors_are_made() {
        {
            const std::lock_guard lock(mutex_);
            if (!reads_) return true;
        }
        say(embeds_);
        return wait_for(extracted_);
    }

 private:
    // Far more than it takes: only what never comes is waited for so long.
    static constexpr auto longest = std::chrono::seconds(60);

    void say(bool& what) {
        {
            const std::lock_guard lock(mutex_);
            what = true;
        }
        changed_.notify_all();
    }
    bool wait_for(const bool& what) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, longest, [&what] { return what; });
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    bool reads_ = false;
    bool embeds_ = false;
    bool extracted_ = false;
};

Meeting& meeting() {
    static Meeting only;
    return only;
}

class Files : public Extractor {
 public:
    explicit Files(const Config&) { meeting().begin(); }

    [[nodiscard]] unsigned fits(std::string_view, std::string_view) const override { return 100; }

    void extract(const Call&, const Source& source, const DocumentSink& sink) const override {
        constexpr std::string_view last = "last.txt";
        const bool is_last = source.name.size() >= last.size() &&
                             source.name.substr(source.name.size() - last.size()) == last;
        meeting().file_is_read();
        if (is_last && !meeting().wait_for_vectors())
            throw Failure(LECTERN_DEADLINE_EXCEEDED, "no vectors are made while files are read");
        Document out;
        out.id = source.name;
        out.text = source.bytes;
        sink.document(out);
        if (is_last) meeting().last_file_is_extracted();
    }
};

class Vectors : public Embedder {
 public:
    explicit Vectors(const Config&) {
        info_.dimension = 2;
        info_.batch_tokens = 64;
        info_.fingerprint = "meeting:1";
    }
    [[nodiscard]] const EmbedderInfo& info() const override { return info_; }

    void embed(const Call&, const lectern_tokens*, std::uint64_t count, std::uint32_t,
               float* out) const override {
        if (!meeting().vectors_are_made())
            throw Failure(LECTERN_DEADLINE_EXCEEDED, "no file is read while vectors are made");
        for (std::uint64_t i = 0; i < count; ++i) {
            out[2 * i] = 1;
            out[2 * i + 1] = 0;
        }
    }

 private:
    EmbedderInfo info_;
};

}  // namespace

LECTERN_PLUGIN("meeting", "1.0.0", "An extractor and an embedder that wait for each other",
               "Apache-2.0", stage<Files>("files", "Waits for vectors at its last file"),
               stage<Vectors>("vectors", "Waits for the last file"))
