package dev.breakmake.cli.boot;

import java.util.List;

/** Which backends a boot shall run on. */
public enum BackendChoice {
    ENGINE(Backend.ENGINE),
    QEMU(Backend.QEMU),
    /** The engine first, then QEMU, each with a report of its own. */
    BOTH(Backend.ENGINE, Backend.QEMU);

    private final List<Backend> backends;

    BackendChoice(Backend... backends) {
        this.backends = List.of(backends);
    }

    /** The backends in the order in which they run. */
    public List<Backend> backends() {
        return backends;
    }
}
