"""套打 of the 毕业证书 (第三十二条): the city prints and numbers the paper, the school prints the child onto it.

Every value has its place in millimetres from the upper left corner of the paper; what a printer is off by is measured
on the test page and kept per school and printer. The certificate itself is never drawn.
"""
