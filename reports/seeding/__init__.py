"""演示县：建平县的乡镇与校名，其余全是编造。

Made from a fixed seed, so that two machines show the same county. Every ID number carries the unassigned county code
211399, every telephone the prefix 1390000: no person has either. The county is lived up to SEED_DAY, whatever the
legal date of the machine that loads it.
"""

from datetime import date

SEED_DAY = date(2026, 9, 15)
SEED_YEAR = 2026
SEED = 20260915
BUREAU_NAME = "建平县教育局"
DEMO_PASSWORD = "Xueji-demo-2026"
