"""打印登记: every paper that left the printer, whether it still stands, and the act that declares one void."""
