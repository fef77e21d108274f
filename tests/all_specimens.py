"""Every specimen registered: whoever parametrises over `SPECIMENS` imports this, so that a lone run sees them all."""

import tests.students.specimens  # noqa: F401
import tests.students.specimens_classes  # noqa: F401
import tests.students.specimens_intake  # noqa: F401
import tests.students.specimens_numbering  # noqa: F401
import tests.students.specimens_problems  # noqa: F401
import tests.students.specimens_schooling_proof  # noqa: F401
import tests.suspensions.dropout_specimens  # noqa: F401
import tests.suspensions.specimens  # noqa: F401
import tests.transfers.specimens  # noqa: F401
