/*
 * lectern/plugin.h: the plugin ABI of Lectern, version 1. Plain C (C99 and later, C++11 and later).
 *
 * A plugin is one shared object that exports one constant, `lectern_plugin_entry`. The host reads
 * the ABI version from that constant before it runs any code of the plugin. The plugin offers
 * stage types; the host creates stages (instances) from them and asks each stage for the function
 * table of its kind by a string id ("lectern.embedder/1").
 *
 * Rules that hold for every function here:
 *
 *  - Size first. Every struct that crosses the boundary starts with `struct_size`, set by whoever
 *    allocates it to the bytes that are there. Structs only grow, at the end, so the other side's
 *    may be smaller or larger than yours. Four rules follow:
 *     - Reading: a field that came after 1.0 is used only when LECTERN_HAS(pointer, field).
 *     - Filling a struct that the caller allocated (an `out` of these functions, a `report`): only
 *       fields that LECTERN_HAS says are there are written. It came filled with zeros; what is left
 *       alone is not said. Never assign the whole struct.
 *     - Copying a struct of the other side by assignment reads past its end when yours is larger,
 *       and takes its `struct_size` along. Make one of your own, set struct_size to its sizeof, and
 *       copy the fields.
 *     - Arrays of structs are walked by the first element's `struct_size`, not by sizeof:
 *       LECTERN_ITEM(type, array, index).
 *    The host hands a plugin every struct in the size of the plugin's own minor version, when that
 *    is the older one: what was right for its header stays right.
 *  - Borrowed spans. Every pointer passed into a call is valid until that call returns and no
 *    longer; whoever wants to keep the bytes copies them. Nothing is freed on the other side.
 *  - Text is UTF-8 with an explicit size; it is not NUL-terminated, and may contain NUL bytes.
 *    `const char*` fields marked "string" are NUL-terminated UTF-8.
 *  - Errors are codes. A function that can fail returns a lectern_code; on anything but LECTERN_OK
 *    it should first leave a message through call->set_error. Nothing may throw across the
 *    boundary, and nothing may exit or abort the process.
 *  - Threads. Functions marked [any thread] are called from any thread, also at the same time, for
 *    one stage. Functions marked [one at a time] are called from any thread but never twice at once
 *    for one stage. init and deinit are called once, on one thread.
 *  - Versions. A host loads plugins of its own ABI major. A plugin built for a later minor version
 *    is loaded too: it can tell from host->abi_minor what the host does not know.
 *
 * The layout is frozen: engine/plugin_host/abi_layout.c asserts every size and offset.
 *
 * This header includes all of the ABI, and a plugin needs no other. To read about one kind of
 * stage, read the header of its name in lectern/plugin/ and, for what all kinds share, stage.h
 * there:
 *
 *  - base.h: version, sizes, texts, calls; host.h: what the host offers; pipeline.h: what a stage
 *    may ask of the pipeline; stage.h: ports, options, create; entry.h: what is exported
 *  - document.h with extractor.h, custom.h, splitter.h
 *  - tokenizer.h, embedder.h
 *  - reranker.h, reader.h, generator.h, verifier.h
 *  - trainer.h
 */
#ifndef LECTERN_PLUGIN_H
#define LECTERN_PLUGIN_H

#include "lectern/plugin/base.h"
#include "lectern/plugin/custom.h"
#include "lectern/plugin/document.h"
#include "lectern/plugin/embedder.h"
#include "lectern/plugin/entry.h"
#include "lectern/plugin/extractor.h"
#include "lectern/plugin/generator.h"
#include "lectern/plugin/host.h"
#include "lectern/plugin/pipeline.h"
#include "lectern/plugin/reader.h"
#include "lectern/plugin/reranker.h"
#include "lectern/plugin/splitter.h"
#include "lectern/plugin/stage.h"
#include "lectern/plugin/tokenizer.h"
#include "lectern/plugin/trainer.h"
#include "lectern/plugin/verifier.h"

#endif /* LECTERN_PLUGIN_H */
