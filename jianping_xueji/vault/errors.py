"""What can go wrong with confidential data. Messages never carry the data itself."""


class VaultError(Exception):
    """Ciphertext, key or file cannot be opened: wrong key, wrong place, altered or missing."""


class ScanRefused(ValueError):
    """An uploaded scan breaks a rule. The message names file, rule and remedy in Chinese.

    ``rule`` is a stable word for tests and statistics: size, type, pixels, broken, active, encrypted.
    """

    def __init__(self, name: str, rule: str, reason: str, remedy: str):
        self.name, self.rule, self.reason, self.remedy = name, rule, reason, remedy
        super().__init__(f"文件“{name}”未收：{reason}。{remedy}。")
