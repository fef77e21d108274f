"""证据包: whole as made it verifies without the application; altered by one byte it does not, and says where."""

import json
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from accounts.roles import Role
from approvals.errors import NotYourHand, Refused
from approvals.materials import check_paper, hand_in_paper
from approvals.models import Scan
from archives.evidence import packing, services, verify_pack
from archives.models import EvidencePack, PackFile, PackPart
from jianping_xueji.jobs.engine import execute
from jianping_xueji.jobs.models import Job
from reports.forms import FORMS
from reports.models import Print
from reports.services import print_form
from students.intake import filing
from students.models import Application, Look
from tests.archives.test_custody_pages import photo
from tests.archives.test_paper_custody import given, received
from tests.archives.test_scans import entered, photo_with_place
from tests.county import staff_member, walk
from tests.reports.conftest import keep

SITE = "https://xueji.example.gov.cn"
SCRIPT = Path(verify_pack.__file__)
BIN = Path(__file__).resolve().parents[2] / "bin" / "verify_pack"


@pytest.fixture
def moved(transfer, no2):
    """A finished transfer with a scan, a print, and the paper file handed over."""
    registrar = staff_member(Role.REGISTRAR, no2)
    hand_in_paper(transfer.materials.get(code="household_book"), by=registrar, data=photo().read())
    check_paper(transfer.materials.get(code="household_book"), by=registrar, ok=True)
    case = walk(transfer)
    print_form(FORMS["acceptance_receipt"], case, by=registrar, address_of=str)
    received(given(case), files=[(photo().read(), "签收.jpg")])
    return case


def made(by, **about):
    pack = services.ask(by=by, purpose="信访答复", site=SITE, **about)
    execute(pack.job_id)
    assert Job.objects.get(pk=pack.job_id).state == "done", Job.objects.get(pk=pack.job_id).error
    return EvidencePack.objects.get(pk=pack.pk)


@pytest.fixture
def pack(moved, no2):
    return made(staff_member(Role.REGISTRAR, no2), child=moved.child)


@pytest.fixture
def file(pack, tmp_path):
    path = tmp_path / "pack.zip"
    path.write_bytes(b"".join(packing.content_of(pack.file)))
    return path


def run(*command):
    """The script in a process of its own: no project on its path, no packages."""
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", cwd="/", env={"PATH": "/usr/bin:/bin"}
    )
    return done.returncode, done.stdout + done.stderr


def verified(path):
    return run(sys.executable, "-I", "-S", str(SCRIPT), str(path))


# ── whole ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pack_verifies_without_the_application_by_the_script_it_carries(file, pack, tmp_path):
    code, said = verified(file)
    assert code == 0 and "核验通过" in said and pack.file.manifest_sha256 in said
    with zipfile.ZipFile(file) as archive:
        archive.extractall(tmp_path / "unpacked")
    code, said = run(sys.executable, "-I", "-S", str(tmp_path / "unpacked" / "verify_pack.py"))
    assert code == 0 and "核验通过" in said, "unpacked, by its own script"
    assert run(str(BIN), str(file))[0] == 0
    assert "import " in SCRIPT.read_text() and "jianping_xueji" not in SCRIPT.read_text().replace("jianping-", "")


def test_it_holds_every_signature_paper_change_copy_and_receipt(file, moved, pack):
    with zipfile.ZipFile(file) as archive:
        names, manifest = archive.namelist(), json.loads(archive.read("manifest.json"))
        assert archive.testzip() is None
        for step in moved.steps.all():
            path = f"cases/{moved.number}/steps/{step.pk:09d}.json"
            assert archive.read(path) == bytes(step.canonical)
        scan = Scan.objects.get(material__case=moved)
        assert archive.read(f"cases/{moved.number}/papers/household_book-{scan.pk}.jpg") == photo().read()
        keep("evidence_cover", archive.read("cover.pdf"))
        everything = b"".join(archive.read(name) for name in names)
    listed = {entry["path"]: entry for entry in manifest["files"]}
    assert set(listed) | {"manifest.json", "manifest.sha256"} == set(names)
    assert any(name.startswith("copies/") for name in names) is False, "the copy belongs to the school that was left"
    assert len([n for n in names if n.startswith("custody/")]) == 2
    receipt = Print.objects.get(form="acceptance_receipt")
    assert manifest["prints"][0]["pdf_sha256"] == receipt.pdf_sha256
    articles = {each["article"] for each in manifest["articles"]}
    assert {step.article for step in moved.steps.all()} <= articles
    assert manifest["purpose"] == "信访答复" and len(manifest["steps"]) == moved.steps.count()
    for number in moved.child.numbers.all():
        assert number.plain().encode() not in everything, "numbers stay sealed but on the papers themselves"


# ── altered ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def altered(file, tmp_path, position):
    raw = bytearray(file.read_bytes())
    raw[position] ^= 1
    path = tmp_path / "altered.zip"
    path.write_bytes(raw)
    return path


def test_one_byte_of_any_file_is_found_and_the_file_is_named(file, tmp_path):
    with zipfile.ZipFile(file) as archive:
        places = [
            (info.filename, info.header_offset + 30 + len(info.filename.encode()), info.file_size)
            for info in archive.infolist()
        ]
    for name, start, size in places:
        for position in {start, start + size // 2, start + size - 1}:
            _, _, faults = verify_pack.verify(altered(file, tmp_path, position))
            assert any(fault.startswith(name) for fault in faults) or name == "manifest.sha256" and faults, name
    code, said = verified(altered(file, tmp_path, places[0][1]))
    assert code == 1 and places[0][0] in said and "核验不通过" in said


def test_one_byte_anywhere_in_the_container_is_found(file, tmp_path):
    size = file.stat().st_size
    for position in [*range(0, size, max(1, size // 80)), *range(size - 60, size)]:
        code = verify_pack.main([str(altered(file, tmp_path, position))])
        assert code == 1, position


def test_one_byte_of_the_directory_is_told_in_words(file, tmp_path, capsys):
    size = file.stat().st_size
    with zipfile.ZipFile(file) as archive:
        start = archive.start_dir
    for position in range(start, size, 17):
        raw = bytearray(file.read_bytes())
        raw[position] ^= 0x80  # no UTF-8 any more, where a name stands
        (tmp_path / "altered.zip").write_bytes(raw)
        assert verify_pack.main([str(tmp_path / "altered.zip")]) == 1, position
    said = capsys.readouterr().out
    assert "无法核验" not in said and "codec" not in said


def packed_anew(file, path, change):
    """The files of a pack through an ordinary ZIP program, after `change` to its list of (name, content)."""
    with zipfile.ZipFile(file) as archive:
        entries = change([(name, archive.read(name)) for name in archive.namelist()])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def test_what_was_done_to_a_pack_packed_anew_is_not_lost_among_other_lines(file, tmp_path):
    with zipfile.ZipFile(file) as archive:
        first = archive.namelist()[0]
    gone = f"{first}：不在包内（被删去或改名）"
    for change, said in (
        (lambda files: [*files, ("extra.txt", b"x")], ["extra.txt：清单之外的文件"]),
        (lambda files: files[1:], [gone]),
        (lambda files: [("a.json", files[0][1]), *files[1:]], [gone, "a.json：清单之外的文件"]),
        (lambda files: [(first, b"{}"), *files[1:]], [f"{first}：内容被改动"]),
        (lambda files: [each for each in files if each[0] != "manifest.json"], ["manifest.json：不在包内"]),
        (lambda files: [each for each in files if each[0] != "manifest.sha256"], ["manifest.sha256：不在包内"]),
    ):
        code, told = verified(packed_anew(file, tmp_path / "anew.zip", change))
        assert code == 1 and all(sentence in told for sentence in said), told
        assert len(told.splitlines()) <= len(said) + 2, told


def test_the_command_can_be_taken_along(file, tmp_path):
    alone = tmp_path / "usb"
    alone.mkdir()
    shutil.copy(BIN, alone)
    code, said = run(str(alone / BIN.name), str(file))
    assert code == 2 and "找不到核验程序 verify_pack.py" in said
    shutil.copy(SCRIPT, alone)
    assert run(str(alone / BIN.name), str(file))[0] == 0


def test_something_added_or_left_out_is_found(file, tmp_path):
    (tmp_path / "more.zip").write_bytes(file.read_bytes() + b"x")
    assert verified(tmp_path / "more.zip")[0] == 1
    (tmp_path / "less.zip").write_bytes(file.read_bytes()[:-1])
    assert verified(tmp_path / "less.zip")[0] == 1
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(file) as archive:
        archive.extractall(folder)
        gone = archive.namelist()[0]
    (folder / "added.txt").write_text("x")
    (folder / gone).unlink()
    code, said = verified(folder)
    assert code == 1 and "added.txt：清单之外" in said and f"{gone}：不在包内" in said
    assert verified(tmp_path / "nothing.zip")[0] == 2


def rebuilt(file, path, change):
    """A pack forged with care: contents changed, list and seal made anew, chain left as it was."""
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        contents = {entry["path"]: archive.read(entry["path"]) for entry in manifest["files"]}
    change(manifest, contents)
    packer = packing.Packer(type("Plain", (bytearray,), {"size": property(len), "write": bytearray.extend})())
    for entry in manifest.pop("files"):
        about = {key: entry[key] for key in ("kind", "title", "article")}
        packer.add(entry["path"], contents[entry["path"]], **about)
    packer.close(manifest)
    path.write_bytes(packer.parts)
    return path


def test_a_signature_forged_together_with_the_list_breaks_the_chain(file, tmp_path):
    def forge(manifest, contents):
        path = manifest["steps"][2]["path"]
        contents[path] = contents[path].replace(b'"round":1', b'"round":2')

    assert verified(rebuilt(file, tmp_path / "same.zip", lambda m, c: None))[0] == 0
    code, said = verified(rebuilt(file, tmp_path / "forged.zip", forge))
    assert code == 1 and "签署链在此断开" in said


def test_a_signature_whose_row_was_altered_disagrees_with_its_bytes(owner, moved, no2, tmp_path):
    owner.execute("ALTER TABLE approvals_step DISABLE TRIGGER USER")
    owner.execute("UPDATE approvals_step SET opinion = '改了' WHERE id = %s", [moved.steps.last().pk])
    pack = made(staff_member(Role.REGISTRAR, no2), case=moved)
    path = tmp_path / "pack.zip"
    path.write_bytes(b"".join(packing.content_of(pack.file)))
    code, said = verified(path)
    assert code == 1 and "“opinion”与清单不符" in said


# ── who, and what stays behind ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("role", "at"), [("registrar", 2), ("headmaster", 2), ("bureau_clerk", 0), ("bureau_leader", 0)]
)
def test_school_and_bureau_may_ask(moved, bureau, no2, role, at):
    assert services.ask(
        by=staff_member(Role(role), no2 if at else bureau), purpose="督导", site=SITE, child=moved.child
    )


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DATA_ADMIN])
def test_who_only_looks_may_not(moved, bureau, role):
    with pytest.raises(NotYourHand):
        services.ask(by=staff_member(role, bureau), purpose="督导", site=SITE, child=moved.child)


def test_no_purpose_no_pack(moved, no2):
    with pytest.raises(Refused, match="用途"):
        services.ask(by=staff_member(Role.REGISTRAR, no2), purpose="  ", site=SITE, child=moved.child)


def test_the_old_school_gets_the_case_and_no_pack_about_the_child(client, moved, no1, no3):
    client.force_login(staff_member(Role.REGISTRAR, no1))
    assert client.get(reverse("evidence:of_child", args=[moved.child.slug])).status_code == 404
    assert client.get(reverse("evidence:of_case", args=[moved.number])).status_code == 200
    client.force_login(staff_member(Role.REGISTRAR, no3))
    assert client.get(reverse("evidence:of_case", args=[moved.number])).status_code == 404


def test_from_the_page_to_the_download_each_with_its_trace(client, moved, no2):
    client.force_login(staff_member(Role.REGISTRAR, no2))
    ask = reverse("evidence:of_child", args=[moved.child.slug])
    assert client.post(ask, {"purpose": ""}).status_code == 422
    page = client.post(ask, {"purpose": "信访答复"}).url
    pack = EvidencePack.objects.get()
    assert "正在制作" in client.get(page).content.decode()
    assert client.post(reverse("evidence:download", args=[pack.number])).status_code == 302
    execute(pack.job_id)
    assert PackFile.objects.get().manifest_sha256 in client.get(page).content.decode()
    assert not Look.objects.filter(reason__contains=pack.number).exclude(reason__startswith="打印").exists()
    answer = client.post(reverse("evidence:download", args=[pack.number]))
    content = b"".join(answer.streaming_content)
    assert len(content) == int(answer.headers["Content-Length"]) == PackFile.objects.get().size
    traces = Look.objects.filter(reason__startswith=f"下载证据包{pack.number}")
    assert {(trace.kind, trace.student_id) for trace in traces} == {("file", None), ("id", moved.child.pk)}
    client.force_login(staff_member(Role.HEADMASTER, no2))
    assert client.get(page).status_code == 404, "a pack carries the mark of whoever ordered it"
    assert client.post(reverse("evidence:download", args=[pack.number])).status_code == 404


def test_whoever_ordered_a_pack_and_left_the_school_does_not_take_it(client, pack, no2):
    registrar = staff_member(Role.REGISTRAR, no2)
    registrar.appointments.update(ends=date(2026, 9, 1))
    client.force_login(registrar)
    client.raise_request_exception = False
    assert client.post(reverse("evidence:download", args=[pack.number])).status_code == 403
    assert not Look.objects.filter(kind="file", reason__contains=f"下载证据包{pack.number}").exists()


def test_an_altered_part_is_not_handed_out(client, pack, no2):
    name = PackPart.objects.get().name
    path = Path(settings.MEDIA_DIR, name[:2], name[2:4], name)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    client.force_login(staff_member(Role.REGISTRAR, no2))
    answer = client.post(reverse("evidence:download", args=[pack.number]), follow=True)
    assert "不能交付" in answer.content.decode() and not Look.objects.filter(kind="file").exists()


def test_a_lost_scan_stops_the_pack_with_a_sentence_and_leaves_nothing(moved, no2):
    Scan.objects.update(sha256="0" * 64)
    pack = services.ask(by=staff_member(Role.REGISTRAR, no2), purpose="督导", site=SITE, case=moved)
    execute(pack.job_id)
    job = Job.objects.get(pk=pack.job_id)
    assert job.state == "failed" and "材料原件打不开" in job.error
    assert not PackFile.objects.exists() and not Print.objects.filter(form="evidence_cover").exists()


def test_a_large_pack_is_cut_into_parts_and_reads_back_whole(monkeypatch, moved, no2, tmp_path):
    monkeypatch.setattr(packing, "PART", 10_000)
    pack = made(staff_member(Role.REGISTRAR, no2), case=moved)
    assert pack.file.parts.count() > 5
    path = tmp_path / "pack.zip"
    path.write_bytes(b"".join(packing.content_of(pack.file)))
    assert path.stat().st_size == pack.file.size and verified(path)[0] == 0


def test_the_seven_parts_go_along_with_what_was_filed(pupil, people, tmp_path):
    data = photo_with_place()
    award = entered(pupil, "award", people["registrar"], data)
    growth = entered(pupil, "growth", people["registrar"], photo_with_place("blue"))
    signed = photo_with_place("green")
    application = Application.objects.create(student=pupil)
    form = filing.file_scan(application, "basics", signed, "签字表.jpg", by=people["registrar"])
    pack = made(people["registrar"], child=pupil)
    path = tmp_path / "pack.zip"
    path.write_bytes(b"".join(packing.content_of(pack.file)))
    with zipfile.ZipFile(path) as archive:
        said = json.loads(archive.read("archive/entries.json"))
        assert [row["id"] for row in said] == [award.pk, growth.pk] and said[0]["values"]
        files = {name: archive.read(name) for name in archive.namelist() if name.endswith(".jpg")}
        assert "第九条" in {each["article"] for each in json.loads(archive.read("manifest.json"))["articles"]}
    proof, picture = (next(c for n, c in files.items() if n.startswith(f"archive/{e.pk}-")) for e in (award, growth))
    assert files[f"archive/registration-basics-{form.pk}.jpg"] == signed, "what the registration rests on goes along"
    assert proof == data and b"119.64E" not in picture, "a proof as it was handed in, the rest without its traces"
    assert verified(path)[0] == 0
