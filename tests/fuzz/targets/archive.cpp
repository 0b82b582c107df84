// Archives, and what tesseract writes of a picture; the first byte chooses what the file is called.
#include "plugins/archive/members.hpp"
#include "plugins/documents/ocr.hpp"
#include "tests/fuzz/refusal.hpp"
#include "text/text.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    if (input.empty()) return;
    constexpr std::string_view names[] = {"a.zip", "a.tar", "a.txt.gz", "a.txt.zst", "-"};
    const auto kind = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    if (kind == 255) {
        static_cast<void>(documents::parse_tsv(input));
        return;
    }
    archive::MemberLimits limits;
    limits.member_bytes = std::size_t{1} << 20;
    limits.all_bytes = std::size_t{8} << 20;
    limits.members = 1000;
    const auto check_path = [](const std::string& path) {
        must(text::invalid_utf8_at(path) == std::string_view::npos, "a path is UTF-8");
        must(("/" + path + "/").find("/../") == std::string::npos, "it stays in the archive");
        must(!path.empty() && path.front() != '/', "it is relative");
    };
    static_cast<void>(archive::archive_fits(names[kind % std::size(names)], input.substr(0, 4096)));
    may_refuse([&] {
        archive::read_members(input, names[kind % std::size(names)], limits,
                              {[&](const std::string& path, std::string_view bytes) {
                                   check_path(path);
                                   must(bytes.size() <= limits.member_bytes, "a file is bounded");
                               },
                               [](const std::string& path, const std::string& why) {
                                   must(text::invalid_utf8_at(path + why) == std::string_view::npos,
                                        "a failure is UTF-8");
                               }});
    });
}

}  // namespace lectern::fuzz
