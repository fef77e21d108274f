from django.db import connection
from django.test.utils import CaptureQueriesContext
from collections import Counter
from tests.importing import *
from tests.workbooks import *
def test_q(no1):
    res=[]
    for rows, first in ((1,900),(10, 0), (200, 500)):
        with CaptureQueriesContext(connection) as q:
            imported(workbook([pupil(first + n) for n in range(rows)]), no1)
        res.append(Counter(str(x["sql"])[:90] for x in q.captured_queries))
    print((res[2]-res[1]), "\n\n", res[1]-res[2])
