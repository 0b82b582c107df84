"""Semantic search and cited answers over your own documents, in this process.

    import lectern

    notes = lectern.open("notes")
    notes.ingest(["~/Documents"], progress=True)
    for hit in notes.search("how machines read", filter="year > 2015", k=5):
        print(hit.title, hit.text)
    answer = notes.ask("Why is BERT not GPT?")
    print(answer, answer.citations[0].quote)

Everything runs locally, on the CPU. Failures are exceptions below ``LecternError``, one class for
each code.
"""

from __future__ import annotations

from ._aio import AsyncCollection
from ._collection import Collection, open  # pylint: disable=redefined-builtin
from ._engine import Engine, Folders
from ._errors import (
    Cancelled,
    Corrupt,
    DeadlineExceeded,
    Internal,
    InvalidArgument,
    LecternError,
    NotFound,
    ResourceExhausted,
    Unavailable,
    Unsupported,
)
from ._folders import backups, copy, delete_backup, repair, restore, verify
from ._library import version as _version
from ._results import (
    Answer,
    AnswerSpan,
    Backup,
    Change,
    ChunkRange,
    Citation,
    CopyReport,
    Document,
    FacetValue,
    Failure,
    Finding,
    Generated,
    Hit,
    IngestReport,
    LeftOut,
    Place,
    Progress,
    ReembedReport,
    RepairReport,
    SearchResult,
    Source,
    StageTime,
    Stats,
    Summary,
    SyncReport,
    VerifyReport,
)
from ._stage import (
    CustomStage,
    GenerationRequest,
    GeneratorStage,
    Record,
    RerankerStage,
    StageHit,
    stage,
)
from ._streams import AsyncStream, Stream

__version__ = _version()

__all__ = [
    "Answer",
    "AnswerSpan",
    "AsyncCollection",
    "AsyncStream",
    "Backup",
    "Cancelled",
    "Change",
    "ChunkRange",
    "Citation",
    "CopyReport",
    "Collection",
    "Corrupt",
    "CustomStage",
    "DeadlineExceeded",
    "Document",
    "Engine",
    "FacetValue",
    "Failure",
    "Finding",
    "Folders",
    "Generated",
    "GenerationRequest",
    "GeneratorStage",
    "Hit",
    "IngestReport",
    "Internal",
    "InvalidArgument",
    "LecternError",
    "LeftOut",
    "NotFound",
    "Place",
    "Progress",
    "Record",
    "ReembedReport",
    "RepairReport",
    "RerankerStage",
    "ResourceExhausted",
    "SearchResult",
    "Source",
    "StageHit",
    "StageTime",
    "Stats",
    "Stream",
    "Summary",
    "SyncReport",
    "Unavailable",
    "Unsupported",
    "VerifyReport",
    "backups",
    "copy",
    "delete_backup",
    "open",
    "repair",
    "restore",
    "stage",
    "verify",
]
