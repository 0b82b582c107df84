#include "apps/cli/train_feed.hpp"

#include <cerrno>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace lectern::app {
namespace {

// Line by line, so that a file of any size is read in little memory.
class FileFeed {
 public:
    explicit FileFeed(std::vector<std::string> files) : files_(files.begin(), files.end()) {}
    Result<std::optional<std::string>> next() {
        std::string line;
        while (true) {
            if (now_ != nullptr && std::getline(*now_, line)) {
                if (line.find('\0') == std::string::npos) return std::optional(std::move(line));
                return Status{Code::invalid_argument,
                              "'" + name_ + "' is no text file: it has a NUL byte"};
            }
            if (files_.empty()) return std::optional<std::string>{};
            name_ = files_.front();
            files_.pop_front();
            now_ = &std::cin;
            if (name_ != "-") {
                file_ = std::ifstream(name_);
                now_ = &file_;
            }
            if (!*now_) return Status{Code::not_found, "cannot read '" + name_ + "'"};
        }
    }

 private:
    std::deque<std::string> files_;
    std::string name_;
    std::ifstream file_;
    std::istream* now_ = nullptr;
};

}  // namespace

Status readable(const std::vector<std::string>& files) {
    for (const std::string& file : files) {
        if (file == "-") continue;
        std::error_code error;
        if (std::filesystem::is_directory(file, error))
            return {Code::invalid_argument, "'" + file +
                                                "' is a folder; name the text files in it, or "
                                                "ingest it and train on the collection with -c"};
        if (!std::ifstream(file))
            return {Code::not_found,
                    "cannot read '" + file + "': " + std::generic_category().message(errno)};
    }
    return {};
}

Result<TextFeed> document_feed(const Common& common, const std::vector<std::string>& files) {
    if (common.collection.empty()) {
        auto lines = std::make_shared<FileFeed>(files);
        return TextFeed([lines] { return lines->next(); });
    }
    LECTERN_ASSIGN(auto collection, open_collection(common, false, false));
    // Ids first: the trainer asks for one text after the other.
    auto ids = std::make_shared<std::deque<std::string>>();
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        ids->push_back(document.id);
        return true;
    }));
    auto shared = std::make_shared<Collection>(std::move(collection));
    return TextFeed([ids, shared]() -> Result<std::optional<std::string>> {
        if (ids->empty()) return std::optional<std::string>{};
        LECTERN_ASSIGN(Document document, shared->get(ids->front()));
        ids->pop_front();
        return std::optional(document.title + "\n" + document.text);
    });
}

Result<TextFeed> passage_feed(const Common& common, const std::vector<std::string>& files) {
    if (common.collection.empty()) return document_feed(common, files);
    LECTERN_ASSIGN(auto collection, open_collection(common, false, false));
    auto passages = std::make_shared<std::deque<std::string>>();
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        for (const ChunkRange& chunk : document.chunks)
            passages->push_back(document.title + "\n" +
                                document.text.substr(chunk.begin, chunk.end - chunk.begin));
        return true;
    }));
    return TextFeed([passages]() -> Result<std::optional<std::string>> {
        if (passages->empty()) return std::optional<std::string>{};
        std::optional<std::string> out = std::move(passages->front());
        passages->pop_front();
        return out;
    });
}

}  // namespace lectern::app
