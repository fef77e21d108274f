"""Files too large to be held whole: sealed as they grow, opened piece by piece; nothing in them can be exchanged."""

import hashlib

import pytest

from jianping_xueji import vault
from jianping_xueji.vault import VaultError, files
from jianping_xueji.vault.growing import LENGTH, PIECE, growing, pieces
from tests.vault.test_encrypted_files import on_disk

PLACE = "batch:12"
ENDS = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE)


def grown(key: bytes, *writes: bytes) -> files.StoredFile:
    with growing(key, PLACE) as file:
        for data in writes:
            file.write(data)
    return file.stored


def content_of(key: bytes, stored: files.StoredFile, place: str = PLACE) -> bytes:
    return b"".join(pieces(key, stored.name, place, stored.sha256))


def data_of(size: int) -> bytes:
    return b"".join(
        bytes([65 + n % 26]) * min(PIECE // 2, size - at) for n, at in enumerate(range(0, size, PIECE // 2))
    )


@pytest.mark.parametrize("size", ENDS)
def test_what_was_written_bit_by_bit_comes_back_whole(child_key, size):
    data = data_of(size)
    stored = grown(child_key, *(data[at : at + 300_007] for at in range(0, size, 300_007)))
    assert (stored.size, stored.sha256) == (size, hashlib.sha256(data).hexdigest())
    assert content_of(child_key, stored) == data


def test_no_piece_is_large_and_none_lies_in_the_clear(settings, child_key):
    stored = grown(child_key, data_of(3 * PIECE))
    assert max(map(len, pieces(child_key, stored.name, PLACE, stored.sha256))) == PIECE
    (path,) = on_disk(settings)
    assert b"A" * 20 not in path.read_bytes()


def sealed_pieces(raw: bytes) -> list[bytes]:
    """The pieces on disk with their lengths; the mark left out."""
    found, at = [], 1
    while at < len(raw):
        end = at + LENGTH + int.from_bytes(raw[at : at + LENGTH], "big")
        found.append(raw[at:end])
        at = end
    return found


@pytest.mark.parametrize(
    "spoil",
    [
        lambda cut: cut[:-1],  # the end is missing
        lambda cut: cut[:-1] + [cut[-1][:-1]],
        lambda cut: [cut[1], cut[0], *cut[2:]],
        lambda cut: [cut[0], cut[0], *cut[2:]],
        lambda cut: [*cut, cut[-1]],
        lambda cut: [cut[0][:-1] + bytes([cut[0][-1] ^ 1]), *cut[1:]],
        lambda cut: [],
    ],
)
def test_a_file_with_a_piece_taken_exchanged_or_altered_is_not_opened_at_all(settings, child_key, spoil):
    stored = grown(child_key, data_of(3 * PIECE))
    (path,) = on_disk(settings)
    raw = path.read_bytes()
    path.write_bytes(raw[:1] + b"".join(spoil(sealed_pieces(raw))))
    with pytest.raises(VaultError):
        pieces(child_key, stored.name, PLACE, stored.sha256)


def test_a_piece_of_another_file_under_the_same_key_is_refused(settings, child_key):
    stored = grown(child_key, data_of(3 * PIECE))
    (path,) = on_disk(settings)
    other = grown(child_key, data_of(3 * PIECE))
    (foreign,) = set(on_disk(settings)) - {path}
    path.write_bytes(foreign.read_bytes())  # the same content, so only its name tells
    with pytest.raises(VaultError):
        content_of(child_key, stored)
    assert content_of(child_key, other)


def test_missing_foreign_and_another_content_are_refused(child_key):
    stored = grown(child_key, b"content")
    for key, name, place, sha256 in [
        (vault.new_child_key(), stored.name, PLACE, stored.sha256),
        (child_key, stored.name, "batch:13", stored.sha256),
        (child_key, "0" * 32, PLACE, stored.sha256),
        (child_key, stored.name, PLACE, "0" * 64),
    ]:
        with pytest.raises(VaultError):
            pieces(key, name, place, sha256)


def test_a_file_that_was_sealed_whole_is_one_piece(child_key):
    stored = files.store(child_key, b"content", PLACE)
    assert list(pieces(child_key, stored.name, PLACE, stored.sha256)) == [b"content"]


def test_who_gives_up_in_the_middle_leaves_nothing(settings, child_key):
    with pytest.raises(ValueError, match="no pages"), growing(child_key, PLACE) as file:
        file.write(data_of(2 * PIECE))
        raise ValueError("no pages")
    assert on_disk(settings) == [] and file.stored is None
