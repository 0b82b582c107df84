// storage/store/give_back.hpp: memory that was freed goes back to the system.
#pragma once

namespace lectern::storage {

// malloc keeps what was freed for later calls, in one arena for every few threads: after a large
// ingest that is several times what is in use. This gives the whole pages of it back (glibc; with
// another malloc it does nothing, those do so themselves). Takes some milliseconds for each 100 MB,
// during which other threads may wait for their arena; call it after much has been freed. Any
// thread.
void give_back_memory() noexcept;

}  // namespace lectern::storage
