// engine/collection/copy.hpp: copies one corpus into another, and compares them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "corpus/corpus.hpp"
#include "lectern/copy.hpp"

namespace lectern {

// Both have a serving generation of one model. One thread.
class Copying {
 public:
    // All of them must outlive it. `vectors`: of `to`, those that follow its commits.
    Copying(const corpus::Corpus& from, corpus::Corpus& to, corpus::Vectors& vectors,
            storage::GenerationNumber from_generation, const CopyOptions& options);

    // A failure when the copy has what the original does not have so.
    [[nodiscard]] Status refuse_others() const;
    [[nodiscard]] Status copy();
    [[nodiscard]] Status copy_sources();
    [[nodiscard]] Status compare();

    // Without the seconds.
    [[nodiscard]] CopyReport& report() noexcept { return report_; }

 private:
    // Documents that follow each other in the original and are to be copied.
    struct Run {
        std::string after;  // the id before the first; "": there is none
        std::string last;
        std::size_t documents = 0;
        std::uint64_t bytes = 0;
    };
    [[nodiscard]] Status copy_run(const Run& run);
    [[nodiscard]] Result<storage::PutDocument> put_of(const corpus::Reader& reader,
                                                      const corpus::StoredDocument& document) const;
    // Both in order of id, and of the same ids where nothing is wrong.
    [[nodiscard]] Status compare_some(const std::vector<corpus::StoredDocument>& originals,
                                      const std::vector<corpus::StoredDocument>& copies,
                                      const corpus::Reader& from, const corpus::Reader& to);
    void differs(std::string document, std::string how);
    [[nodiscard]] Status stopped() const;

    const corpus::Corpus& from_;
    corpus::Corpus& to_;
    corpus::Vectors& vectors_;
    const storage::GenerationNumber from_generation_;
    const CopyOptions& options_;
    std::uint64_t total_ = 0;
    CopyReport report_;
};

}  // namespace lectern
