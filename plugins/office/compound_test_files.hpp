// office/compound_test_files.hpp: files of Word, Excel and PowerPoint of 1997 to 2003 for tests, as
// small as their programs' readers allow. Sections: [MS-CFB], [MS-DOC], [MS-XLS], [MS-PPT].
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace lectern::office {

// Little-endian numbers, one behind the other.
class Bytes {
 public:
    template <typename Number>
    Bytes& add(std::type_identity_t<Number> number) {
        for (std::size_t i = 0; i < sizeof(Number); ++i)
            out_ += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * i));
        return *this;
    }
    Bytes& u8(std::uint8_t number) { return add<std::uint8_t>(number); }
    Bytes& u16(std::uint16_t number) { return add<std::uint16_t>(number); }
    Bytes& u32(std::uint32_t number) { return add<std::uint32_t>(number); }
    Bytes& f64(double number) { return add<std::uint64_t>(std::bit_cast<std::uint64_t>(number)); }
    Bytes& utf16(std::u16string_view text) {
        for (const char16_t c : text) u16(c);
        return *this;
    }
    Bytes& bytes(std::string_view bytes) {
        out_ += bytes;
        return *this;
    }
    Bytes& to(std::size_t size, char with = '\0') {
        out_.resize(size, with);
        return *this;
    }
    [[nodiscard]] std::size_t size() const noexcept { return out_.size(); }
    [[nodiscard]] std::string take() { return std::move(out_); }

 private:
    std::string out_;
};

// A compound file of up to three streams, which have no room in a mini stream.
inline std::string compound_file(std::vector<std::pair<std::u16string, std::string>> streams) {
    constexpr std::size_t sector = 512;
    constexpr std::size_t smallest = 4096;  // of a stream with sectors of its own
    constexpr std::uint32_t none = 0xFFFFFFFF;
    constexpr std::uint32_t end = 0xFFFFFFFE;
    std::vector<std::uint32_t> next{0xFFFFFFFD, end};  // of the table itself, and the directory
    Bytes directory;
    const auto entry = [&](std::u16string_view name, std::uint8_t kind, std::uint32_t right,
                           std::uint32_t child, std::uint32_t first, std::size_t size) {
        const std::size_t begin = directory.size();
        directory.utf16(name).to(begin + 64);
        directory.u16(static_cast<std::uint16_t>(2 * name.size() + 2)).u8(kind).u8(1);
        directory.u32(none).u32(right).u32(child).to(begin + 116);
        directory.u32(first).u32(static_cast<std::uint32_t>(size)).to(begin + 128);
    };
    entry(u"Root Entry", 5, none, 1, end, 0);
    std::string all;
    for (std::size_t i = 0; i < streams.size(); ++i) {
        std::string& bytes = streams[i].second;
        bytes.resize(std::max(smallest, (bytes.size() + sector - 1) / sector * sector));
        const auto first = static_cast<std::uint32_t>(next.size());
        for (std::size_t at = sector; at < bytes.size(); at += sector)
            next.push_back(static_cast<std::uint32_t>(next.size() + 1));
        next.push_back(end);
        entry(streams[i].first, 2,
              i + 1 < streams.size() ? static_cast<std::uint32_t>(i + 2) : none, none, first,
              bytes.size());
        all += bytes;
    }
    Bytes out;
    out.bytes("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").to(24);
    out.u16(0x3E).u16(3).u16(0xFFFE).u16(9).u16(6).to(40);
    out.u32(0).u32(1).u32(1).u32(0).u32(smallest).u32(end).u32(0).u32(end).u32(0);
    out.u32(0).to(sector, '\xFF');
    for (const std::uint32_t one : next) out.u32(one);
    out.to(2 * sector, '\xFF').bytes(directory.take()).to(3 * sector);
    return out.bytes(all).take();
}

// "\r" ends a paragraph, "\a" a cell, two of them a row.
inline std::string word_file(std::u16string_view text, bool encrypted = false) {
    constexpr std::uint32_t begin = 1536;
    const auto end = static_cast<std::uint32_t>(begin + 2 * text.size());
    Bytes out;
    out.u16(0xA5EC).u16(0xC1).u16(0).u16(0x409).u16(0).u16(encrypted ? 0x1100 : 0x1000).to(24);
    out.u32(begin).u32(end).to(76).u32(static_cast<std::uint32_t>(text.size())).to(begin);
    return compound_file({{u"WordDocument", out.utf16(text).take()}, {u"1Table", ""}});
}

struct Day {
    double days;  // since the last of 1899
};
// Empty, a word, a number, the result of a formula (a double), a day.
using Cell = std::variant<std::monostate, std::u16string, int, double, Day>;
using Sheet = std::pair<std::string, std::vector<std::vector<Cell>>>;

inline std::string excel_file(const std::vector<Sheet>& sheets) {
    const auto record = [](std::uint16_t kind, Bytes body) {
        return Bytes().u16(kind).u16(static_cast<std::uint16_t>(body.size())).bytes(body.take());
    };
    const auto begin = [&](std::uint16_t kind) {
        return record(0x809, Bytes().u16(0x600).u16(kind).u32(0).u32(0).u32(0x600)).take();
    };
    const std::string end = record(0x0A, {}).take();
    Bytes words;
    std::uint32_t count = 0;
    std::vector<std::string> bodies;
    for (const Sheet& sheet : sheets) {
        std::string body = begin(0x10);
        for (std::size_t row = 0; row < sheet.second.size(); ++row)
            for (std::size_t column = 0; column < sheet.second[row].size(); ++column) {
                const Cell& cell = sheet.second[row][column];
                Bytes out;
                out.u16(static_cast<std::uint16_t>(row)).u16(static_cast<std::uint16_t>(column));
                if (const auto* word = std::get_if<std::u16string>(&cell)) {
                    words.u16(static_cast<std::uint16_t>(word->size())).u8(1).utf16(*word);
                    body += record(0xFD, out.u16(0).u32(count++)).take();
                } else if (const int* number = std::get_if<int>(&cell)) {
                    const auto packed = static_cast<std::uint32_t>(*number) << 2U | 2U;
                    body += record(0x27E, out.u16(0).u32(packed)).take();
                } else if (const double* result = std::get_if<double>(&cell)) {
                    body += record(6, out.u16(0).f64(*result).u16(0).u32(0).u16(0)).take();
                } else if (const Day* day = std::get_if<Day>(&cell)) {
                    body += record(0x203, out.u16(1).f64(day->days)).take();
                }
            }
        bodies.push_back(body + end);
    }
    const std::string table = words.take();
    const auto globals = [&](std::size_t first) {
        std::string out = begin(5) + record(0x42, Bytes().u16(1200)).take();
        for (const std::uint16_t format : {0, 14})  // none; the country's date
            out += record(0xE0, Bytes().u16(0).u16(format).to(20)).take();
        for (std::size_t i = 0; i < sheets.size(); first += bodies[i++].size()) {
            const std::string& name = sheets[i].first;
            out += record(0x85, Bytes()
                                    .u32(static_cast<std::uint32_t>(first))
                                    .u16(0)
                                    .u8(static_cast<std::uint8_t>(name.size()))
                                    .u8(0)
                                    .bytes(name))
                       .take();
        }
        return out + record(0xFC, Bytes().u32(count).u32(count).bytes(table)).take() + end;
    };
    std::string out = globals(globals(0).size());
    for (const std::string& body : bodies) out += body;
    return compound_file({{u"Workbook", std::move(out)}});
}

// The placeholders of each slide; "\r" ends a paragraph.
inline std::string powerpoint_file(const std::vector<std::vector<std::u16string>>& slides) {
    const auto record = [](std::uint16_t version, std::uint16_t kind, Bytes body) {
        return Bytes()
            .u16(version)
            .u16(kind)
            .u32(static_cast<std::uint32_t>(body.size()))
            .bytes(body.take())
            .take();
    };
    Bytes texts;
    for (const auto& slide : slides) {
        texts.bytes(record(0, 1011, Bytes().to(20)));
        for (const std::u16string& text : slide) {
            const bool plain = text.find_first_not_of(
                                   u"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                   u"0123456789 .,\r") == std::u16string::npos;
            texts.bytes(record(0, 3999, Bytes().u32(0)));
            Bytes letters;
            for (const char16_t c : text)
                plain ? letters.u8(static_cast<std::uint8_t>(c)) : letters.u16(c);
            texts.bytes(record(0, plain ? 4008 : 4000, std::move(letters)));
        }
    }
    const std::string document = record(15, 1000,
                                        Bytes()
                                            .bytes(record(1, 1001, Bytes().to(40)))
                                            .bytes(record(15, 4080, std::move(texts)))
                                            .bytes(record(0, 1002, {})));
    return compound_file({{u"PowerPoint Document", document}, {u"Current User", ""}});
}

}  // namespace lectern::office
