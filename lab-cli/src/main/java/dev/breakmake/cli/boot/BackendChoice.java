package dev.breakmake.cli.boot;

import java.util.List;

/** Which backends a boot shall run on. */
public enum BackendChoice {
    ENGINE,
    QEMU,
    /** The engine first, then QEMU, each with a report of its own. */
    BOTH;

    /** The backends in the order in which they run. */
    public List<Backend> backends() {
        return switch (this) {
            case ENGINE -> List.of(Backend.ENGINE);
            case QEMU -> List.of(Backend.QEMU);
            case BOTH -> List.of(Backend.ENGINE, Backend.QEMU);
        };
    }
}
