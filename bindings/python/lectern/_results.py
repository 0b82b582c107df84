"""What calls give, as objects with attributes.

Every ``begin`` and ``end`` is an offset into the UTF-8 bytes of the document's text:
``document.text.encode()[hit.begin:hit.end].decode() == hit.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import (
    Any,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
    Type,
    TypeVar,
    Union,
    overload,
)

from . import _html

__all__ = [
    "Answer",
    "AnswerSpan",
    "Backup",
    "Change",
    "ChunkRange",
    "Citation",
    "CopyReport",
    "Document",
    "FacetValue",
    "Failure",
    "Finding",
    "Generated",
    "Hit",
    "IngestReport",
    "LeftOut",
    "Place",
    "Progress",
    "ReembedReport",
    "RepairReport",
    "SearchResult",
    "Source",
    "StageTime",
    "Stats",
    "Summary",
    "SyncReport",
    "VerifyReport",
]

Json = Mapping[str, Any]
T = TypeVar("T")


def made(kind: Type[T], json: Json, **others: Any) -> T:
    """A result from its JSON; what a later library says besides is passed over."""
    known = kind.__dataclass_fields__  # type: ignore[attr-defined]
    return kind(**{**{name: json[name] for name in known if name in json}, **others})


def all_made(kind: Type[T], json: Sequence[Json]) -> List[T]:
    """Results from theirs."""
    return [made(kind, one) for one in json]


@dataclass(frozen=True)
class Place:
    """Where in its file a text comes from.

    Attributes:
        text: For people: ``"page 3"``, ``"Prices!A2:C9"``.
        kind: ``"page"``, ``"slide"``, ``"cells"``, ``"chapter"``, ``"time"``, ``"notebook_cell"``,
            ``"section"`` or ``"part"``.
        first: Page, slide, row, chapter or cell of a notebook, counted from 1, or milliseconds;
            0: none.
        last: The same as ``first`` where the text lies in one.
        name: Of the sheet or the chapter; what is printed on the page.
        cells: ``"A2:C9"``.
        part: Path of the part of an archive or a mail.
        section: The headings above, highest first, without the document's title:
            ``"Setup > Linux"``.
    """

    text: str
    kind: str
    first: int = 0
    last: int = 0
    name: str = ""
    cells: str = ""
    part: str = ""
    section: str = ""


@dataclass(frozen=True)
class Hit:
    """A passage that a search found.

    Attributes:
        document: The id of its document.
        chunk: The passage's number.
        score: Larger is better; 0 to 1 for a hybrid search.
        dense_score: Cosine to the query, or None.
        lexical_score: BM25; 0 when it has none of the words, or None.
        title: Of the document.
        text: Of the passage.
        begin: Where the passage begins in the document's text, in bytes.
        end: Where it ends.
        metadata: Of the document.
        context: The header of the table that the passage begins within, or ``""``.
        place: Where in its file the text comes from, or None.
        highlights: Where words of the query stand, as ``(begin, end)`` of the document's bytes.
    """

    document: str
    chunk: int
    score: float
    dense_score: Optional[float]
    lexical_score: Optional[float]
    title: str
    text: str
    begin: int
    end: int
    metadata: Dict[str, Any] = field(default_factory=dict)
    context: str = ""
    place: Optional[Place] = None
    highlights: List[Tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Citation:
    """A quotation that an answer stands on.

    Attributes:
        n: Its mark in the text: ``[n]``.
        document: The id of the document.
        title: Of the document.
        begin: Where it begins in the document's text, in bytes.
        end: Where it ends.
        quote: These bytes.
        translation: What was read instead, where the collection keeps a translation, or ``""``.
        place: Where in its file the quote comes from, or None.
    """

    n: int
    document: str
    title: str
    begin: int
    end: int
    quote: str
    translation: str = ""
    place: Optional[Place] = None


@dataclass(frozen=True)
class AnswerSpan:
    """The shortest bytes that answer."""

    document: str
    begin: int
    end: int
    text: str


@dataclass(frozen=True)
class FacetValue:
    """How many documents have a value of a field."""

    value: str
    count: int


@dataclass(frozen=True)
class StageTime:
    """What one stage did (``explain=True``)."""

    stage: str
    calls: int
    items: int
    tokens: int
    batch_fill: float
    wait_milliseconds: float
    busy_milliseconds: float


@dataclass(frozen=True)
class Summary:
    """What a document, or a list of hits, is about.

    Attributes:
        text: A few sentences, each checked against what it cites.
        status: ``"answered"`` when the generator wrote it, ``"extractive"`` when it is quotations,
            ``"unverified"`` when it was written by a pipeline without the step ``verify``.
        citations: What the marks ``[n]`` stand for.
    """

    text: str
    status: str
    citations: List[Citation]

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return _html.answer(self.text, self.status, self.citations)


class SearchResult(Sequence[Hit]):
    """The hits of a search, best first, with what came with them.

    Attributes:
        hits: The same as a list.
        facets: The values of each field that was asked for, most frequent first.
        facet_statistics: Of the fields with numbers: count, least, most, sum and mean.
        summaries: One, or one a hit, where summaries were asked for.
        hints: What may be a mistake, such as a field that no document has.
        milliseconds: How long it took.
        stages: What each stage did, with ``explain=True``.
    """

    def __init__(self, json: Json) -> None:
        self.hits: List[Hit] = hits_of(json["hits"])
        self.facets: Dict[str, List[FacetValue]] = {
            name: all_made(FacetValue, values)
            for name, values in json.get("facets", {}).items()
        }
        self.facet_statistics: Dict[str, Dict[str, float]] = dict(json.get("facet_statistics", {}))
        self.summaries: List[Summary] = [summary_of(one) for one in json.get("summaries", [])]
        self.hints: List[str] = list(json.get("hints", []))
        self.milliseconds: float = json["milliseconds"]
        self.stages: List[StageTime] = stages_of(json)

    @overload
    def __getitem__(self, index: int) -> Hit: ...

    @overload
    def __getitem__(self, index: slice) -> List[Hit]: ...

    def __getitem__(self, index: Union[int, slice]) -> Union[Hit, List[Hit]]:
        return self.hits[index]

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)

    def __repr__(self) -> str:
        return f"SearchResult({self.hits!r})"

    def _repr_html_(self) -> str:
        return _html.hits(self.hits)


@dataclass(frozen=True)
class Answer:
    """An answer in which every sentence points at the bytes that support it.

    Attributes:
        text: ``""`` when the collection does not say.
        status: ``"answered"`` (written and checked), ``"extractive"`` (quotations) or
            ``"abstained"`` (the collection does not say), or ``"unverified"`` (written, by a pipeline
            without the step ``verify``).
        citations: What the marks ``[n]`` stand for.
        hits: The passages that were found.
        span: The shortest bytes that answer, or None.
        confidence: The reader's probability that the best evidence answers, 0 to 1.
        hints: What may be a mistake in the request.
        milliseconds: Busy time of each stage, and ``"total"``.
        stages: What each stage did, with ``explain=True``.
        question: What was asked of the collection, where there was a history.
        language: Of the text, where one was asked for.
        original: The verified text that ``text`` is a translation of.
    """

    text: str
    status: str
    citations: List[Citation]
    hits: List[Hit]
    span: Optional[AnswerSpan]
    confidence: float
    hints: List[str]
    milliseconds: Dict[str, float]
    stages: List[StageTime]
    question: str = ""
    language: str = ""
    original: str = ""

    @property
    def abstained(self) -> bool:
        """The collection does not say."""
        return self.status == "abstained"

    def __str__(self) -> str:
        return self.text or "The collection does not say."

    def _repr_html_(self) -> str:
        return _html.answer(str(self), self.status, self.citations)


@dataclass(frozen=True)
class ChunkRange:
    """Where a passage lies in its document's text, in bytes."""

    chunk: int
    begin: int
    end: int
    tokens: int


@dataclass(frozen=True)
class Document:
    """A stored document."""

    id: str
    title: str
    text: str
    metadata: Dict[str, Any]
    chunks: List[ChunkRange]


@dataclass(frozen=True)
class Failure:
    """A file, or a row of it, that could not be stored."""

    path: str
    error: str


@dataclass(frozen=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        documents: Stored: new and changed.
        chunks: Of these.
        tokens: Of these.
        skipped: Unchanged documents.
        failed: What could not be read; the others were stored.
        seconds: How long it took.
        gone: Stored documents of files that are no longer in the folders.
        replaced: Of ``documents``, those that stand in the place of one of the same id (``put``).
        kept: Ids that ``keep_existing`` left as they were (``put``).
    """

    documents: int
    chunks: int
    tokens: int
    skipped: int
    failed: List[Failure]
    seconds: float
    gone: int = 0
    replaced: int = 0
    kept: List[str] = field(default_factory=list)

    def __add__(self, other: IngestReport) -> IngestReport:
        return IngestReport(
            self.documents + other.documents,
            self.chunks + other.chunks,
            self.tokens + other.tokens,
            self.skipped + other.skipped,
            self.failed + other.failed,
            self.seconds + other.seconds,
            self.gone + other.gone,
            self.replaced + other.replaced,
            self.kept + other.kept,
        )


@dataclass(frozen=True)
class Progress:
    """How far a call is; what does not apply is 0.

    Attributes:
        done: Bytes of an ingest or a backup, chunks of a change of model, documents of a check.
        total: As many as are known so far.
        fraction: Of the whole work, 0 to 1. What an ingest has read is not yet stored.
        documents: Stored so far.
        tokens: Of these.
        seconds: Since the call began.
    """

    done: int
    total: int
    fraction: float = 0.0
    documents: int = 0
    tokens: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Change:
    """What a sync did with a file: ``"added"``, ``"changed"``, ``"renamed"``, ``"removed"``."""

    change: str
    file: str
    from_: str = ""


@dataclass(frozen=True)
class LeftOut:
    """What a folder has and a sync does not take."""

    path: str
    why: str


@dataclass(frozen=True)
class SyncReport:
    """What a sync did, or would do.

    Attributes:
        changes: Every file that was taken up or taken out.
        unchanged: Files.
        documents: Stored: new, changed and renamed.
        removed: Documents that were taken out.
        chunks: Of the stored documents.
        kept_vectors: Of these, those that had vectors already.
        tokens: That were embedded.
        left_out: What the folders have and a sync does not take.
        failed: Files that could not be read; they keep the documents that they had.
        refused: Of a dry run: why the sync would be refused.
        seconds: How long it took.
    """

    changes: List[Change]
    unchanged: int
    documents: int
    removed: int
    chunks: int
    kept_vectors: int
    tokens: int
    left_out: List[LeftOut]
    failed: List[Failure]
    seconds: float
    refused: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A folder that a collection is kept in step with."""

    path: str
    name: str
    include: List[str]
    exclude: List[str]
    files: int
    documents: int


@dataclass(frozen=True)
class Stats:
    """Counts of a collection.

    Attributes:
        documents: How many.
        chunks: Passages.
        tokens: Of these.
        pipeline: Its name.
        fingerprint: Of the vectors: which model made them.
        dimension: Numbers of a vector.
        disk_bytes: On disk.
        sequence: Of the last write.
        collection_id: Tells collections apart, also after a move.
    """

    documents: int
    chunks: int
    tokens: int
    pipeline: str
    fingerprint: str
    dimension: int
    disk_bytes: int
    sequence: int
    collection_id: str


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be."""

    where: str
    what: str


@dataclass(frozen=True)
class VerifyReport:
    """What a check read.

    Attributes:
        clean: Nothing is wrong.
        readable: False: the collection cannot be opened, and the findings say why.
        findings: What is wrong.
        notes: Sound, but worth saying.
        documents: Read and found whole.
        chunks: The same.
        vectors: The same.
        seconds: How long it took.
    """

    clean: bool
    readable: bool
    findings: List[Finding]
    notes: List[Finding]
    documents: int
    chunks: int
    vectors: int
    seconds: float


@dataclass(frozen=True)
class RepairReport:
    """What a repair saved.

    Attributes:
        found: What was wrong.
        lost: What is no longer in the collection, and why.
        documents: That are there.
        chunks: That are there.
        store_rebuilt: False: the store was in order.
        index_files: That were set aside; they are built again.
        kept_aside: Where the damaged files are, or ``""``.
        seconds: How long it took.
    """

    found: List[Finding]
    lost: List[Finding]
    documents: int
    chunks: int
    store_rebuilt: bool
    index_files: int
    kept_aside: str
    seconds: float


@dataclass(frozen=True)
class CopyReport:
    """What was copied, and whether both are equal.

    Attributes:
        documents: That were copied.
        chunks: Of these.
        resumed: Documents that were there already.
        deleted: Documents that the original does not have.
        refused: Documents that the other place does not take, and why.
        same: Documents that were compared in the end and are equal.
        different: What is not.
        seconds: How long it took.
    """

    documents: int
    chunks: int
    resumed: int
    deleted: int
    refused: List[Finding]
    same: int
    different: List[Finding]
    seconds: float


@dataclass(frozen=True)
class Backup:
    """A backup in a folder of backups.

    Attributes:
        id: Its number there.
        created_at: Milliseconds since 1970-01-01 UTC.
        bytes: Files that other backups share included.
        files: How many.
        collection_id: Of the collection.
        sequence: Every write up to this one is in it.
        documents: At that write.
        damaged: Its files are not all there.
    """

    id: int
    created_at: int
    bytes: int
    files: int
    collection_id: str
    sequence: int
    documents: int
    damaged: bool


@dataclass(frozen=True)
class ReembedReport:
    """What a change of model did; see ``Collection.reembed``."""

    pipeline: str
    fingerprint: str
    previous_fingerprint: str
    chunks: int
    resumed: int
    truncated: int
    seconds: float


@dataclass(frozen=True)
class Generated:
    """What the generator said by itself. Nothing of it is verified.

    Attributes:
        text: The text.
        prompt_tokens: Of the messages.
        generated_tokens: Of the text.
        truncated: It ended at ``max_tokens`` or at the end of the context.
    """

    text: str
    prompt_tokens: int
    generated_tokens: int
    truncated: bool

    def __str__(self) -> str:
        return self.text


def _place_of(json: Json) -> Optional[Place]:
    return made(Place, json["place"]) if "place" in json else None


def hits_of(json: Sequence[Json]) -> List[Hit]:
    """Hits from their JSON."""
    return [
        made(
            Hit,
            one,
            place=_place_of(one),
            highlights=[(span["begin"], span["end"]) for span in one.get("highlights", [])],
        )
        for one in json
    ]


def citations_of(json: Sequence[Json]) -> List[Citation]:
    """Citations from theirs."""
    return [made(Citation, one, place=_place_of(one)) for one in json]


def stages_of(json: Json) -> List[StageTime]:
    """The table of ``explain``."""
    return all_made(StageTime, json.get("stages", []))


def summary_of(json: Json) -> Summary:
    """A summary from its JSON."""
    return Summary(json["summary"], json["status"], citations_of(json["citations"]))


def answer_of(json: Json) -> Answer:
    """An answer from its JSON."""
    span = json.get("answer_span")
    return made(
        Answer,
        json,
        text=json["answer"],
        citations=citations_of(json["citations"]),
        hits=hits_of(json["hits"]),
        span=None if span is None else made(AnswerSpan, span),
        hints=list(json.get("hints", [])),
        stages=stages_of(json),
    )


def document_of(json: Json) -> Document:
    """A document from its JSON."""
    return made(Document, json, id=json["document"], chunks=all_made(ChunkRange, json["chunks"]))


def ingest_of(json: Json) -> IngestReport:
    """A report from its JSON."""
    return made(IngestReport, json, failed=all_made(Failure, json["failed"]))


def sync_of(json: Json) -> SyncReport:
    """A report from its JSON."""
    return made(
        SyncReport,
        json,
        changes=[made(Change, one, from_=one.get("from", "")) for one in json["changes"]],
        left_out=all_made(LeftOut, json["left_out"]),
        failed=all_made(Failure, json["failed"]),
    )


def verify_of(json: Json) -> VerifyReport:
    """A report from its JSON, of which the figures of the store's files are left out."""
    findings = {name: all_made(Finding, json[name]) for name in ("findings", "notes")}
    return made(VerifyReport, json, **findings)


def repair_of(json: Json) -> RepairReport:
    """A report from its JSON."""
    findings = {name: all_made(Finding, json[name]) for name in ("found", "lost")}
    return made(RepairReport, json, **findings)


def copy_of(json: Json) -> CopyReport:
    """A report from its JSON."""
    findings = {name: all_made(Finding, json[name]) for name in ("refused", "different")}
    return made(CopyReport, json, **findings)
