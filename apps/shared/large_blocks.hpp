// apps/shared/large_blocks.hpp: large blocks of memory go back to the system when they are freed.
#pragma once

#include <cstdlib>  // defines __GLIBC__ where it is so
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lectern::app {

// glibc maps a large block by itself and unmaps it when it is freed, but each such block that is
// freed raises what it takes for large, up to 32 MB, and doubles what an arena may keep. So after a
// while segments of the vector index lie in arenas, where freed ones stay: of 8,000 rows 7,200
// removed, and the process was as large as before. With fixed limits it was smaller by what the
// rows had taken. For the beginning of main; the engine itself leaves its host's malloc alone.
inline void return_large_blocks() noexcept {
#ifdef __GLIBC__
    constexpr int large = 4 << 20;
    (void)::mallopt(M_MMAP_THRESHOLD, large);
    (void)::mallopt(M_TRIM_THRESHOLD, large);
#endif
}

}  // namespace lectern::app
