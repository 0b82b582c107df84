// The plugin `archive`: one extractor, which hands on what is in archives.

#include <boost/json.hpp>

#include <string>

#include "archive/members.hpp"
#include "lectern/plugin.hpp"

namespace lectern::archive {
namespace {

class ArchiveExtractor : public plugin::Extractor {
 public:
    explicit ArchiveExtractor(const plugin::Config& config) {
        const auto mebibytes = [&](const char* option, std::size_t otherwise) {
            const auto given = config.integer(option);
            return given ? static_cast<std::size_t>(*given) << 20 : otherwise;
        };
        limits_.member_bytes = mebibytes("member_mib", limits_.member_bytes);
        limits_.all_bytes = mebibytes("unpacked_mib", limits_.all_bytes);
        limits_.members = static_cast<std::size_t>(
            config.integer("members").value_or(static_cast<std::int64_t>(limits_.members)));
    }

    [[nodiscard]] unsigned fits(std::string_view name, std::string_view head) const override {
        return archive_fits(name, head);
    }

    void extract(const plugin::Call& call, const plugin::Source& source,
                 const plugin::DocumentSink& sink) const override {
        MemberLimits limits = limits_;
        limits.cancelled = [&call] { return call.cancelled(); };
        const std::string about =
            boost::json::serialize(boost::json::object{{"archive", source.name}});
        const Members members{
            [&](const std::string& path, std::string_view bytes) {
                const std::string id = std::string(source.name) + "#" + path;
                if (sink.source({.name = id, .bytes = bytes, .metadata = about})) return;
                sink.failed(path, LECTERN_UNSUPPORTED,
                            bytes.empty() ? "the file is empty"
                                          : "no extractor of this pipeline takes this file");
            },
            [&](const std::string& path, const std::string& why) {
                sink.failed(path, LECTERN_INVALID_ARGUMENT, why);
            }};
        read_members(source.bytes, source.name, limits, members);
    }

 private:
    MemberLimits limits_;
};

constexpr const char* options = R"json({
  "type": "object",
  "properties": {
    "member_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 128,
      "description": "Most bytes of one file of an archive, unpacked, in MiB"},
    "unpacked_mib": {"type": "integer", "minimum": 1, "maximum": 1048576, "default": 1024,
      "description": "Most bytes of all files of an archive, unpacked, in MiB"},
    "members": {"type": "integer", "minimum": 1, "maximum": 100000000, "default": 100000,
      "description": "Most files and folders of an archive"}
  }
})json";

}  // namespace
}  // namespace lectern::archive

LECTERN_PLUGIN("archive", "1.0.0", "What is in archives, for the other extractors", "Apache-2.0",
               lectern::plugin::stage<lectern::archive::ArchiveExtractor>(
                   "archive", "ZIP and tar, also packed with gzip, bzip2, xz or Zstandard",
                   lectern::archive::options))
