#!/usr/bin/env python3
"""核验学籍证据包 / verify an evidence pack, offline.

    python3 verify_pack.py 证据包.zip        (or the folder into which it was unpacked)

Needs Python 3.8 or later and nothing else. Exit status 0: every byte is as it was when the pack was made; 1: something
was altered, and the lines above say which file; 2: there is no such file. Compare the printed SHA-256 of the
manifest with the one that the register shows for this pack number: a pack forged as a whole would agree with itself.

The container is laid down by this file as well: stored entries in the order of the manifest, fixed header fields, so
that there is exactly one right byte at every place of the ZIP.
"""

import hashlib
import io
import json
import struct
import sys
import zipfile
import zlib
from pathlib import Path

FORMAT = "jianping-evidence/1"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
FIXED = (20, 0x0800, 0, 0, 0x21)  # version, UTF-8 names, stored, 00:00, 1 January 1980
BLOCK = 1 << 20
# What reading a damaged container or file raises.
DAMAGED = (zipfile.BadZipFile, OSError, NotImplementedError, zlib.error, RuntimeError, UnicodeError, EOFError)


def canonical(value) -> bytes:
    """The one byte form of a JSON value: sorted keys, UTF-8, no spaces."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def local_header(name: str, crc: int, size: int) -> bytes:
    raw = name.encode()
    return struct.pack("<4s5H3L2H", b"PK\x03\x04", *FIXED, crc, size, size, len(raw), 0) + raw


def central_header(name: str, crc: int, size: int, offset: int) -> bytes:
    raw = name.encode()
    head = struct.pack("<4s6H3L", b"PK\x01\x02", 20, *FIXED, crc, size, size)
    return head + struct.pack("<5H2L", len(raw), 0, 0, 0, 0, 0, offset) + raw


def end_record(entries: int, size: int, offset: int) -> bytes:
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, entries, entries, size, offset, 0)


def link(before: str, content: bytes) -> str:
    """The next link of the chain of signatures: the former link, and what was signed."""
    return hashlib.sha256(bytes.fromhex(before) + hashlib.sha256(content).digest()).hexdigest()


START = "0" * 64


class Folder:
    """A pack that was unpacked: only the files themselves can be held against the manifest."""

    def __init__(self, path):
        self.path = path

    def read(self, name):
        try:
            return (self.path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise KeyError(name) from error

    def layout(self, files):
        known = {entry["path"] for entry in files} | {MANIFEST, SEAL}
        here = {str(p.relative_to(self.path)).replace("\\", "/") for p in self.path.rglob("*") if p.is_file()}
        return [f"{name}：清单之外的文件" for name in sorted(here - known)]


class Archive:
    """The pack as one ZIP: every byte of the container is checked too."""

    def __init__(self, path):
        self.path = path

    def read(self, name):
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def layout(self, files):
        """What the container adds to its files, and where it is not byte for byte as it was laid down."""
        sizes = [(entry["path"], entry["size"]) for entry in files]
        sizes += [(name, len(self.read(name))) for name in (MANIFEST, SEAL)]
        return self.strangers({name for name, _ in sizes}) + self.displaced(sizes)

    def strangers(self, known):
        with zipfile.ZipFile(self.path) as archive:
            names = archive.namelist()
        faults = [f"{name}：清单之外的文件" for name in sorted(set(names) - known)]
        return faults + [f"{name}：包内有几个同名的文件" for name in sorted(known) if names.count(name) > 1]

    def displaced(self, sizes):
        central, offset, heads = b"", 0, []
        with open(self.path, "rb") as raw:
            for name, size in sizes:
                head = raw.read(30 + len(name.encode()))
                crc = crc_of(raw, size)
                if head != local_header(name, crc, size):
                    heads.append(name)
                central += central_header(name, crc, size, offset)
                offset += len(head) + size
            if not heads and raw.read() != central + end_record(len(sizes), len(central), offset):
                return ["压缩包目录被改动，或包尾有多余内容"]
        if len(heads) == 1:
            return [f"{heads[0]}：内容或文件头被改动"]
        return [f"压缩包不是制作时的原样：从 {heads[0]} 起，重新压缩过或有文件增减、改名、调换"] if heads else []


def crc_of(raw, size):
    crc = 0
    while size > 0:
        block = raw.read(min(BLOCK, size))
        if not block:
            break
        crc, size = zlib.crc32(block, crc), size - len(block)
    return crc


def check_file(pack, entry):
    """What is wrong with one file of the manifest; nothing when it is whole."""
    try:
        content = pack.read(entry["path"])
    except KeyError:
        return f"{entry['path']}：不在包内（被删去或改名）"
    except DAMAGED:
        return f"{entry['path']}：打不开，已被改动"
    if len(content) != entry["size"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
        return f"{entry['path']}：内容被改动（SHA-256 与清单不符）"
    return ""


def check_steps(pack, manifest):
    """The signatures: each in its one byte form, saying what the manifest says, linked in order."""
    faults, chain = [], START
    for step in manifest["steps"]:
        try:
            content = pack.read(step["path"])
            said = json.loads(content.decode())
        except Exception:  # whatever a damaged file raises, it is no signature
            faults.append(f"{step['path']}：签署读不出来")
            continue
        if canonical(said) != content:
            faults.append(f"{step['path']}：签署不是规范字节")
        for key, value in step["says"].items():
            if said.get(key) != value:
                faults.append(f"{step['path']}：签署的“{key}”与清单不符")
        chain = link(chain, content)
        if chain != step["chain"]:
            faults.append(f"{step['path']}：签署链在此断开")
            chain = step["chain"]
    if chain != manifest["chain_head"]:
        faults.append("签署链的末端与清单不符")
    return faults


def read_manifest(pack):
    """The manifest, its bytes, and what is wrong with it; None for a manifest that cannot be read."""
    found = {}
    for name in (MANIFEST, SEAL):
        try:
            found[name] = pack.read(name)
        except KeyError:
            return None, b"", [f"{name}：不在包内（被删去或改名，或者这不是证据包）"]
        except DAMAGED:
            return None, b"", [f"{name}：打不开（不是完整的证据包：下载不全、被截断，或压缩包目录被改动）"]
    raw, seal = found[MANIFEST], found[SEAL]
    faults = []
    digest = hashlib.sha256(raw).hexdigest()
    if seal != (digest + "  " + MANIFEST + "\n").encode():
        faults.append(f"{MANIFEST}：清单被改动（与 {SEAL} 不符）")
    try:
        manifest = json.loads(raw.decode())
        if canonical(manifest) != raw:
            faults.append(f"{MANIFEST}：清单不是规范字节")
        if manifest["format"] != FORMAT:
            raise ValueError("不认识的格式")
    except (ValueError, KeyError, TypeError):
        return None, raw, faults or [f"{MANIFEST}：清单读不出来"]
    return manifest, raw, faults


def verify(path):
    """(manifest or None, manifest's SHA-256, faults)."""
    path = Path(path)
    if not path.exists():
        raise ValueError(f"没有 {path}")
    pack = Folder(path) if path.is_dir() else Archive(path)
    manifest, raw, faults = read_manifest(pack)
    if manifest is not None:
        try:
            faults += [fault for entry in manifest["files"] if (fault := check_file(pack, entry))]
            faults += check_steps(pack, manifest)
            faults += pack.layout(manifest["files"])
        except (KeyError, TypeError, AttributeError, struct.error) as error:
            faults.append(f"{MANIFEST}：清单不完整（{error}）")
        except DAMAGED:
            faults.append("压缩包目录被改动，打不开")
    return manifest, hashlib.sha256(raw).hexdigest(), list(dict.fromkeys(faults))


def main(arguments):
    path = arguments[0] if arguments else str(Path(__file__).resolve().parent)
    try:
        manifest, digest, faults = verify(path)
    except ValueError as error:
        print(f"无法核验：{error}")
        return 2
    for fault in faults:
        print("不符  " + fault)
    if faults:
        print(f"核验不通过：{len(faults)} 处不符。请不要采信，向制作单位重新索取。")
        return 1
    print(f"证据包 {manifest['pack']}：{manifest['subject']['title']}")
    print(f"{manifest['made_at']} 由{manifest['made_by']}制作，用途：{manifest['purpose']}")
    print(f"核验通过：{len(manifest['files'])} 个文件、{len(manifest['steps'])} 次签署逐字节相符，签署链完整。")
    print(f"清单 SHA-256：{digest}")
    print("请与学籍系统中该证据包编号所示的清单散列对照。")
    return 0


if __name__ == "__main__":
    sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
