# What needs speculation, or several threads that use the same tables, is a warning.
lint = off
single-pe = warning
LIFE-LOCK = off : lock discipline belongs to the software under test, not to the architecture
CMO-PRE = off : most boot loaders leave caches clean in practice
ENC-WX = off : boot maps are writable and executable on purpose
