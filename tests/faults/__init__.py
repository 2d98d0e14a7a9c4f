# How a child of the worker ends that was refused because another process does the work.
REFUSED = 3
