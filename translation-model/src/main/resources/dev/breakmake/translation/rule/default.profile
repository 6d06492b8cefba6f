# The catalogue as it is: lint rules off, lock discipline not judged.
lint = off
single-pe = error
LIFE-LOCK = off : lock discipline belongs to the software under test, not to the architecture
