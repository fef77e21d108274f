"""The rotation as a job: progress, cancel, retry; what a killed worker had rewrapped stays rewrapped."""

from jianping_xueji.jobs import JobFailed, Run, job
from jianping_xueji.vault import VaultError
from jianping_xueji.vault.keys import ring

from .rewrapping import StillHeld, rotate


@job("vault.rotate", label="更换主密钥")
def rotate_keys(run: Run) -> dict:
    try:
        return {"current": ring().current, "rewrapped": rotate(run.progress), "left": 0}
    except (StillHeld, VaultError) as fault:
        raise JobFailed(str(fault)) from fault
