import os
import stat

import pytest

from jianping_xueji import vault
from jianping_xueji.vault import VaultError, files

DATA = b"%PDF-1.7 \xe5\xad\xa6\xe7\xb1\x8d" * 1000
PLACE = "scan:12"


def on_disk(settings):
    return [path for path in settings.MEDIA_DIR.rglob("*") if path.is_file()]


def test_a_stored_file_comes_back_whole(child_key):
    stored = files.store(child_key, DATA, PLACE)
    assert stored.size == len(DATA)
    assert files.load(child_key, stored.name, PLACE, stored.sha256) == DATA


def test_the_disk_shows_neither_name_nor_content_to_others(settings, child_key):
    stored = files.store(child_key, DATA, PLACE)
    (path,) = on_disk(settings)
    assert path.relative_to(settings.MEDIA_DIR).parts == (stored.name[:2], stored.name[2:4], stored.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DATA[:20] not in path.read_bytes()


def test_altered_missing_swapped_and_foreign_files_are_refused(settings, child_key):
    stored, other = files.store(child_key, DATA, PLACE), files.store(child_key, b"other", PLACE)
    for key, name, place, sha256 in [
        (vault.new_child_key(), stored.name, PLACE, stored.sha256),
        (child_key, stored.name, "scan:13", stored.sha256),
        (child_key, other.name, PLACE, stored.sha256),
        (child_key, "0" * 32, PLACE, stored.sha256),
    ]:
        with pytest.raises(VaultError):
            files.load(key, name, place, sha256)
    path = settings.MEDIA_DIR / stored.name[:2] / stored.name[2:4] / stored.name
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    with pytest.raises(VaultError):
        files.load(child_key, stored.name, PLACE, stored.sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 32, "0" * 31 + "/", "0" * 32 + "\n"])
def test_a_forged_name_never_leaves_the_folder(child_key, name):
    with pytest.raises(VaultError, match="不合规"):
        files.load(child_key, name, PLACE, "")


def test_a_full_disk_leaves_nothing_behind(settings, child_key, monkeypatch):
    def no_space(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(VaultError, match="磁盘空间"):
        files.store(child_key, DATA, PLACE)
    assert on_disk(settings) == []


def test_a_file_without_a_row_can_be_discarded_twice(settings, child_key):
    stored = files.store(child_key, DATA, PLACE)
    files.discard(stored.name)
    files.discard(stored.name)
    assert on_disk(settings) == []
