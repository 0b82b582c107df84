// engine/plugin_host/port.hpp: what flows between stages.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// A lectern_port of our own.
struct Port {
    std::uint32_t type = 0;        // LECTERN_PORT_*
    std::uint32_t dimension = 0;   // of vectors; 0: any
    std::string fingerprint = {};  // "": any; "words:": any that begins so
    friend bool operator==(const Port&, const Port&) = default;
};

// "text", "tokens of words:1", "vectors of dimension 384 of bert:ab12".
[[nodiscard]] std::string describe(const Port& port);

// "text", "chunks", ...; "unknown (17)".
[[nodiscard]] std::string port_type_name(std::uint32_t type);

// What `to` makes of chunks: a tokenizer takes them as the texts they are.
enum class Chunks { are_chunks, are_texts };

// Whether what `from` gives is what `to` takes. The failure names both:
//   "'tokens' gives tokens of wordpiece:ab12, but 'vectors' takes tokens of words:1; ..."
[[nodiscard]] Status check_ports(std::string_view from_name, const Port& from,
                                 std::string_view to_name, const Port& to,
                                 Chunks chunks = Chunks::are_chunks);

}  // namespace lectern::host
