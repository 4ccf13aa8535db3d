"""Read a W&B offline run back: records of LevelDB's log format (github.com/google/leveldb, doc/log_format.md).

wandb 0.31 has no Python reader of its own any more; its protobuf messages are still there.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE_HEADER, BLOCK, RECORD_HEADER = 7, 32768, 7
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def payloads(path: Path) -> Iterator[bytes]:
    data, position, parts = path.read_bytes(), FILE_HEADER, b""
    while position + RECORD_HEADER <= len(data):
        if BLOCK - position % BLOCK < RECORD_HEADER:
            position += BLOCK - position % BLOCK
            continue
        _, length, kind = struct.unpack("<IHB", data[position : position + RECORD_HEADER])
        part = data[position + RECORD_HEADER : position + RECORD_HEADER + length]
        position += RECORD_HEADER + length
        parts = part if kind in {FULL, FIRST} else parts + part
        if kind in {FULL, LAST}:
            yield parts


def read_run(folder: Path) -> dict[str, Any]:
    """id, name, group, tags, notes, config, summary, history (a list of dictionaries), artifacts (by type, the
    path of each file by its name) and the exit code (None: never finished) of a run.
    """
    from wandb.proto import wandb_internal_pb2 as messages

    run: dict[str, Any] = {"history": [], "exit_code": None, "config": {}, "summary": {}, "artifacts": {}}
    for payload in payloads(next(folder.glob("*.wandb"))):
        record = messages.Record()
        record.ParseFromString(payload)
        kind = record.WhichOneof("record_type")
        if kind == "run":
            run |= {"id": record.run.run_id, "name": record.run.display_name, "group": record.run.run_group}
            run |= {"tags": list(record.run.tags), "notes": record.run.notes}
            run["config"] |= {item.key: json.loads(item.value_json) for item in record.run.config.update}
        elif kind == "history":
            row = {item.key or "/".join(item.nested_key): json.loads(item.value_json) for item in record.history.item}
            run["history"].append(row)
        elif kind == "summary":
            run["summary"] |= {item.key: json.loads(item.value_json) for item in record.summary.update if item.key}
        elif kind == "artifact":
            run["artifacts"][record.artifact.type] = {
                content.path: Path(content.local_path) for content in record.artifact.manifest.contents
            }
        elif kind == "exit":
            run["exit_code"] = record.exit.exit_code
    return run
