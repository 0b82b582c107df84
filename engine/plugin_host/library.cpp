#include "engine/plugin_host/library.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <system_error>
#include <utility>

#include "engine/plugin_host/entry_check.hpp"

namespace lectern::host {
namespace {

// "" for a 64-bit shared object of this machine; otherwise what the file is. The loader says it
// less clearly.
std::string not_loadable(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, sizeof(Elf64_Ehdr)> bytes{};
    if (!file) return "it cannot be read; check its permissions";
    file.read(bytes.data(), bytes.size());
    if (file.gcount() < static_cast<std::streamsize>(bytes.size()) ||
        std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
        return "it is not a shared object (no ELF file); remove it or build it again";
    Elf64_Ehdr header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_type != ET_DYN)
        return "it is not a 64-bit shared object; build it with -shared for 64 bits";
#if defined(__x86_64__)
    if (header.e_machine != EM_X86_64)
        return "it is built for another processor; build it for x86-64";
#endif
    return {};
}

// What the dynamic symbol table says of the symbol at `address`: its type and size.
struct Symbol {
    unsigned type = STT_NOTYPE;
    std::size_t bytes = 0;  // 0: unknown
};
Symbol look_up(const void* address) {
    Dl_info info{};
    void* extra = nullptr;
    if (::dladdr1(address, &info, &extra, RTLD_DL_SYMENT) == 0 || extra == nullptr) return {};
    const auto* symbol = static_cast<const ElfW(Sym)*>(extra);
    return {static_cast<unsigned>(ELF64_ST_TYPE(symbol->st_info)),
            static_cast<std::size_t>(symbol->st_size)};
}

}  // namespace

Result<Library> open_library(const std::filesystem::path& path, LibraryFailure& failure) {
    const auto fail = [&](std::string reason, bool lasting) {
        failure.reason = reason;
        failure.lasting = lasting;
        return Status(Code::unsupported, std::move(reason));
    };
    if (const std::string reason = not_loadable(path); !reason.empty()) return fail(reason, false);

    // RTLD_LOCAL: two plugins may carry two versions of one library. Not RTLD_DEEPBIND: it gives a
    // plugin an allocator, stdio and exception types of its own, which breaks libstdc++ and the
    // sanitizers. RTLD_NODELETE: libraries below a plugin start threads and register exit handlers
    // that do not survive unmapping.
    using boost::dll::load_mode::type;
    const auto mode = static_cast<type>(boost::dll::load_mode::rtld_now |
                                        boost::dll::load_mode::rtld_local | RTLD_NODELETE);
    Library library;
    std::error_code error;
    library.handle.load(path, error, mode);
    if (error) {
        // dlopen's own words, "libfoo.so.1: cannot open shared object file: ...".
        const char* words = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one per thread in glibc
        return fail("it cannot be loaded: " + (words == nullptr ? error.message() : words) +
                        "; install what is missing or build it again",
                    false);
    }
    if (!library.handle.has(LECTERN_PLUGIN_SYMBOL))
        return fail("it has no symbol " LECTERN_PLUGIN_SYMBOL
                    "; it is no Lectern plugin, or its entry is not exported",
                    true);
    // As bytes first: what stands there may be anything.
    const char& first_byte = library.handle.get<const char>(LECTERN_PLUGIN_SYMBOL);
    const Symbol symbol = look_up(&first_byte);
    if (symbol.type == STT_FUNC)
        return fail("its symbol " LECTERN_PLUGIN_SYMBOL
                    " is a function; export a constant of type lectern_plugin",
                    true);
    const bool aligned =
        reinterpret_cast<std::uintptr_t>(&first_byte) % alignof(lectern_plugin) == 0;
    const bool whole = symbol.bytes == 0 || symbol.bytes >= offsetof(lectern_plugin, name);
    if (!aligned || !whole)
        return fail("its symbol " LECTERN_PLUGIN_SYMBOL " (" + std::to_string(symbol.bytes) +
                        " bytes) cannot be a lectern_plugin; export a constant of that type",
                    true);
    library.entry = reinterpret_cast<const lectern_plugin*>(&first_byte);
    Result<UsablePlugin> info = check_entry(*library.entry, symbol.bytes, path);
    if (!info) {
        failure.name = entry_name(*library.entry);
        return fail(info.status().message(), true);
    }
    library.info = std::move(*info);
    return library;
}

}  // namespace lectern::host
