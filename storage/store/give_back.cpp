#include "storage/store/give_back.hpp"

#include <cstdlib>  // defines __GLIBC__ where it is so
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lectern::storage {

void give_back_memory() noexcept {
#ifdef __GLIBC__
    (void)::malloc_trim(0);
#endif
}

}  // namespace lectern::storage
