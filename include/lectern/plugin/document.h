/*
 * lectern/plugin/document.h: documents with their places, and the sources they are extracted from.
 * What extractors, splitters and custom stages take and give.
 */
#ifndef LECTERN_PLUGIN_DOCUMENT_H
#define LECTERN_PLUGIN_DOCUMENT_H

#include "lectern/plugin/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes to extract documents from. */
typedef struct lectern_source {
    uint32_t struct_size;
    uint32_t reserved;
    lectern_text name;       /* the path as given, or "-" */
    lectern_text media_type; /* may be empty */
    lectern_text bytes;      /* any bytes; may be a mapped file of many gigabytes */
    /* Since 1.3. A JSON object, or empty: what each document of this source gets into its metadata,
     * where it has no member of that name. Of a source that an extractor hands on; the host gives
     * an extractor none, and puts them in itself. */
    lectern_text metadata;
} lectern_source;

/* Since 1.3. Where in its source a part of a document's text comes from. */
enum {
    LECTERN_PLACE_NONE = 0,    /* not known, from here on */
    LECTERN_PLACE_PAGE = 1,    /* number: counted from 1; name: what is printed on it ("iv") */
    LECTERN_PLACE_SLIDE = 2,   /* number: counted from 1 */
    LECTERN_PLACE_CELLS = 3,   /* name: the sheet, or empty; number: the row, counted from 1 */
    LECTERN_PLACE_CHAPTER = 4, /* of a book. number: counted from 1; name: its title */
    LECTERN_PLACE_TIME = 5,    /* number: milliseconds from the begin of a recording */
    LECTERN_PLACE_PART = 6,    /* name: the path of a part of an archive or a mail. Holds beside a
                                  place of the other kinds, until the next one of this kind */
    LECTERN_PLACE_NOTEBOOK_CELL = 7, /* number: of all cells, counted from 1 */
    LECTERN_PLACE_SECTION = 8 /* name: the headings above, highest first ("Setup > Linux"); empty:
                                 none. Holds beside the other kinds, as a part does. Of a document
                                 without any the host finds them by its Markdown */
};

/* Since 1.3. A place holds from `begin` on, until the next one. */
typedef struct lectern_place {
    uint32_t struct_size;
    uint32_t kind;   /* LECTERN_PLACE_*; one that the host does not know is LECTERN_PLACE_NONE */
    uint64_t begin;  /* bytes into the document's text, at a character boundary */
    uint64_t number; /* 0: none */
    uint32_t first_column; /* of cells, counted from 1; 0: not known */
    uint32_t last_column;
    lectern_text name; /* may be empty */
} lectern_place;

/* A document, and what custom stages take and give (a record). */
typedef struct lectern_document {
    uint32_t struct_size;
    uint32_t reserved;
    lectern_text id;       /* empty: the source's name */
    lectern_text title;    /* may be empty */
    lectern_text text;     /* valid UTF-8 */
    lectern_text metadata; /* a JSON object, or empty */
    /* Since 1.3. In order of begin; NULL with a count of 0: not known. A custom stage gets those of
     * its record. One that says none, and gives the text as it was, leaves them as they were. */
    const lectern_place* places;
    uint64_t place_count;
} lectern_document;

typedef struct lectern_document_sink {
    uint32_t struct_size;
    uint32_t reserved;
    void* host_data;
    /* Takes one document; may block until there is room. Anything but LECTERN_OK: stop, and return
     * that code. [thread of the call] */
    lectern_code (*document)(const struct lectern_document_sink* sink,
                             const lectern_document* document);
    /* One document of a source with many failed ("row 17"). [thread of the call] */
    void (*failed)(const struct lectern_document_sink* sink, lectern_text what, lectern_code code,
                   lectern_text message);
    /* Since 1.3; NULL where there are no extractors (custom stages). Hands on a source within this
     * one, a member of an archive or an attachment: the extractors of the pipeline read it. Its
     * name is "archive.zip#docs/report.docx", the id of a document that has none of its own; what
     * stands behind the name of the outer source and the '#' is the part (LECTERN_PLACE_PART).
     * What fails in it is reported. LECTERN_UNSUPPORTED: no extractor takes it, which is for the
     * caller to report or not. Anything else but LECTERN_OK, as when sources lie too deep in each
     * other or are too much together: stop, and return that code. [thread of the call] */
    lectern_code (*source)(const struct lectern_document_sink* sink, const lectern_source* inner);
} lectern_document_sink;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* LECTERN_PLUGIN_DOCUMENT_H */
