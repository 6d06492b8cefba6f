# Everything on.
lint = on
single-pe = error
TLB-PERM = error : a revoked permission counts as relied on at once
