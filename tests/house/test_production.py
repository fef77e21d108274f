"""What the production files say must be what programs and settings read; and a volume of any age gets its roles."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from tests.own_servers import Database, is_embedded

ROOT = Path(settings.BASE_DIR)
COMPOSE, IMAGE, EXAMPLE = (
    (ROOT / name).read_text() for name in ("docker-compose.yml", "Dockerfile", "docker/environment.example")
)
PASSWORDS = {"OWNER_PASSWORD": "ownersecret", "APP_PASSWORD": "appsecret", "SEAL_PASSWORD": "sealsecret"}
# A volume made before there was a login that seals.
FORMER = """
CREATE ROLE xueji_owner LOGIN CREATEDB PASSWORD 'ownersecret';
CREATE ROLE xueji_app LOGIN PASSWORD 'appsecret';
GRANT xueji_app TO xueji_owner;
CREATE DATABASE xueji OWNER xueji_owner;
\\connect xueji
CREATE EXTENSION btree_gist;
CREATE EXTENSION pg_trgm;
SET ROLE xueji_owner;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO xueji_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO xueji_app;
CREATE TABLE child AS SELECT 'somebody' AS name;
"""
STANDING = """SELECT rolname, rolcanlogin, rolcreatedb, rolsuper,
        array(SELECT roleid::regrole::text FROM pg_auth_members WHERE member = r.oid ORDER BY 1),
        (SELECT count(*) FROM pg_database)
    FROM pg_roles r WHERE rolname ^@ 'xueji' ORDER BY 1"""


# ── the files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def service(name: str) -> str:
    return re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.M)[1]


def application_environment() -> set[str]:
    """The names that web, worker, sealer, beat and migrate are given."""
    common = re.search(r"environment: &environment\n((?:    .*\n)+)", COMPOSE)[1]
    services = "".join(map(service, ("web", "sealer", "migrate")))
    found = (re.findall(r"^    ([A-Z_0-9]+): ", common, re.M), re.findall(r"^      ([A-Z_0-9]+): ", services, re.M))
    return set().union(*found)


def names_read() -> set[str]:
    """Names of the environment that settings and web server ask for."""
    sources = (ROOT / "jianping_xueji/settings.py", ROOT / "docker/gunicorn.py")
    asked = r"""(?:environ(?:\.get\(|\[)|environment\.(?:required|switch|words)\()"([A-Z_0-9]+)\""""
    return set(re.findall(asked, "".join(path.read_text() for path in sources)))


def test_settings_read_every_name_that_the_containers_are_given():
    assert application_environment() - names_read() == set()


def test_the_containers_are_given_every_name_that_settings_read():
    """Apart from switches that no production site turns."""
    unturned = {"DEBUG", "DEMO", "LEGAL_DATE", "COLLECTED_STATIC", "SECOND_FACTOR_REQUIRED", "REAUTHENTICATE"}
    unturned |= {"ONE_ACTIVE_SESSION", "SECURE_SSL_REDIRECT"}
    of_the_image = set(re.findall(r"\b([A-Z_]+)=", IMAGE))
    assert names_read() - application_environment() - of_the_image == unturned


def test_whoever_fills_in_the_example_has_filled_in_everything():
    given = set(re.findall(r"^(?:# )?([A-Z_0-9]+)=", EXAMPLE, re.M))
    used = set(re.findall(r"\$\{([A-Z_0-9]+)", COMPOSE))
    assert used == given
    needed = set(re.findall(r"\$\{([A-Z_0-9]+):\?", COMPOSE))
    assert needed <= set(re.findall(r"^([A-Z_0-9]+)=", EXAMPLE, re.M))


def test_only_sealer_and_migration_know_the_sealing_login():
    told = {name for name in ("web", "worker", "sealer", "beat", "migrate") if "DATABASE_SEAL_URL" in service(name)}
    assert told == {"sealer", "migrate"}


def test_every_command_and_file_is_there():
    commands = re.findall(r"^    command: (?!>)(\S+) (.*)$", COMPOSE, re.M)
    assert len(commands) == 5
    for program, arguments in commands:
        assert (Path(sys.executable).parent / program).exists(), program
        assert program != "python" or (ROOT / arguments.split()[0]).exists(), arguments
    for path in re.findall(r"- \./(\S+?):", COMPOSE):
        assert os.access(ROOT / path, os.R_OK), path
    for path in re.findall(r"\"(docker/\S+?)\"", IMAGE):
        assert (ROOT / path).exists(), path


def test_every_folder_that_is_written_is_a_volume_and_belongs_to_the_account_of_the_image():
    volumes = dict(re.findall(r"- (\w+):(/[^\s:]+)", COMPOSE))
    declared = re.search(r"^volumes:\n((?:  \w+:\n)+)", COMPOSE, re.M)[1]
    assert set(volumes) == set(re.findall(r"(\w+):", declared))
    ours = {path for path in volumes.values() if path.startswith("/srv/")}
    made = set(re.search(r"RUN mkdir -p (.*?) \\", IMAGE)[1].split())
    assert ours == made and "chown -R xueji: /srv" in IMAGE
    assert volumes["scratch"] == "/app/var" and "WORKDIR /app" in IMAGE and "install -d -o xueji" in IMAGE
    assert {"/srv/media", "/srv/anchors"} <= ours  # MEDIA_DIR of the image, AUDIT_ANCHOR_DIR of the containers


def test_the_image_collects_the_static_files_without_keys_or_database(tmp_path):
    step = re.search(r"&& (SECRET_KEY=.*?) \\\n\s+(DATABASE_URL=\S+) python (.*?) \\", IMAGE, re.S)
    words = " ".join(step.groups()[:2]).replace("\\\n", " ").split()
    environment = dict(word.split("=", 1) for word in words) | {"STATIC_ROOT": str(tmp_path)}
    environment |= {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "jianping_xueji.settings"}
    command = [sys.executable, *step[3].split()]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "staticfiles.json").exists()


# ── roles of a volume ────────────────────────────────────────────────────────────────────────────────────────────────


class Volume(Database):
    """A server as its image starts it: a superuser and nothing else."""

    def __init__(self):
        super().__init__()
        self._create()
        self._start()

    def as_superuser(self, words: list, told: str = "", **passwords) -> None:
        place = {"PGHOST": "127.0.0.1", "PGPORT": str(self.port), "PGUSER": "xueji_admin"}
        place |= {"PGPASSWORD": self.secrets["postgres_admin"], "PATH": f"{self.programs}:{os.environ['PATH']}"}
        done = subprocess.run(words, input=told, env=place | PASSWORDS | passwords, capture_output=True, text=True)
        assert done.returncode == 0 and not done.stderr, done.stderr
        assert not any(secret in done.stdout for secret in PASSWORDS.values())

    def start_roles(self, **passwords) -> None:
        """As the service `roles` does."""
        assert re.search(r"entrypoint: (.*)", service("roles"))[1] == '["sh", "/roles.sh"]'
        self.as_superuser(["sh", ROOT / "docker/roles.sh"], **passwords)

    def enter(self, role: str, password: str) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname="xueji", user=role, password=password, autocommit=True
        )


@pytest.fixture
def volume():
    if not is_embedded() or not shutil.which("sh"):
        pytest.skip("needs the server programs of the wheel")
    made = Volume()
    yield made
    made.end()


def standing(volume) -> list:
    with volume.enter("xueji_owner", PASSWORDS["OWNER_PASSWORD"]) as owner:
        return owner.execute(STANDING).fetchall()


def can_be_lived_in(volume) -> None:
    """The owner makes, the application writes but does not own, the sealer has nothing until it is given something."""
    with volume.enter("xueji_owner", PASSWORDS["OWNER_PASSWORD"]) as owner:
        owner.execute("CREATE TABLE school (id int GENERATED ALWAYS AS IDENTITY, name text)")
        owner.execute("CREATE INDEX ON school USING gin (name gin_trgm_ops)")
        owner.execute("GRANT SELECT ON school TO xueji_seal")
        owner.execute("SET ROLE xueji_seal")
    with volume.enter("xueji_app", PASSWORDS["APP_PASSWORD"]) as application:
        application.execute("INSERT INTO school (name) VALUES ('no1')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DROP TABLE school")
    with volume.enter("xueji_seal", PASSWORDS["SEAL_PASSWORD"]) as sealer:
        assert sealer.execute("SELECT name FROM school").fetchone() == ("no1",)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sealer.execute("INSERT INTO school (name) VALUES ('no2')")


def test_an_empty_volume_gets_roles_database_and_extensions(volume):
    volume.start_roles()
    before = standing(volume)
    assert [(name, createdb) for name, _, createdb, *_ in before] == [
        ("xueji_admin", True), ("xueji_app", False), ("xueji_owner", True), ("xueji_seal", False),
    ]  # fmt: skip
    assert [name for name, _, _, superuser, *_ in before if superuser] == ["xueji_admin"]
    volume.start_roles()
    assert standing(volume) == before
    can_be_lived_in(volume)


def test_a_volume_from_before_the_sealing_login_gets_it_and_keeps_what_it_has(volume):
    volume.as_superuser(["psql", "-qd", "postgres", "-v", "ON_ERROR_STOP=1"], FORMER)
    with pytest.raises(psycopg.OperationalError):
        volume.enter("xueji_seal", PASSWORDS["SEAL_PASSWORD"])
    volume.start_roles()
    can_be_lived_in(volume)
    with volume.enter("xueji_app", PASSWORDS["APP_PASSWORD"]) as application:
        assert application.execute("SELECT name FROM child").fetchall() == [("somebody",)]
    volume.start_roles()  # and at every start


def test_a_new_password_in_the_environment_is_the_password(volume):
    volume.start_roles()
    volume.start_roles(APP_PASSWORD="it's another")
    volume.enter("xueji_app", "it's another").close()
    with pytest.raises(psycopg.OperationalError):
        volume.enter("xueji_app", PASSWORDS["APP_PASSWORD"])
