// corpus/values.hpp: the values that go into a corpus and come out of it: documents, chunks, hits,
// where documents came from, hashes. Plain data, the same for every backend. They are written down
// in storage/ and index/, which keep them; who is above corpus/ takes them from here.
#pragma once

#include "index/hits.hpp"
#include "index/metadata/sort_field.hpp"
#include "storage/store/clock.hpp"
#include "storage/store/content_hash.hpp"
#include "storage/store/sources.hpp"
#include "storage/store/types.hpp"
