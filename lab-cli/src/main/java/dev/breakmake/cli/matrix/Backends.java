package dev.breakmake.cli.matrix;

import dev.breakmake.lab.runner.backend.CellBackend;
import dev.breakmake.lab.runner.backend.EngineBackend;
import dev.breakmake.lab.runner.backend.FlowBackend;
import dev.breakmake.lab.runner.backend.QemuBackend;
import dev.breakmake.lab.v1.Backend;
import dev.breakmake.lab.v1.BootSpec;
import dev.breakmake.qemu.process.QemuInstallation;
import dev.breakmake.translation.event.Architecture;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The backends of this machine: the engine always, QEMU where it is installed. */
public final class Backends {

    /** As a runner's default. */
    private static final long INSTRUCTIONS = 5_000_000_000L;

    private static final long ANY_MEMORY = 1L << 30;
    private static final String ENGINE = "engine";

    private Backends() {}

    /** What this machine can execute cells on. */
    public static Map<Backend, CellBackend> ofThisMachine() {
        Map<Backend, CellBackend> backends = new EnumMap<>(Backend.class);
        backends.put(Backend.BACKEND_ENGINE, new EngineBackend(ENGINE, INSTRUCTIONS));
        String version = qemu();
        if (version != null) {
            backends.put(Backend.BACKEND_QEMU, new QemuBackend(version));
        }
        return backends;
    }

    /** The backend a cell asks for, or null if this machine lacks it; flows have one of their own. */
    static @Nullable CellBackend of(BootSpec boot, Map<Backend, CellBackend> backends) {
        if (!boot.getFlow().isEmpty()) {
            return new FlowBackend(ENGINE);
        }
        return backends.get(
                boot.getBackend() == Backend.BACKEND_UNSPECIFIED ? Backend.BACKEND_ENGINE : boot.getBackend());
    }

    private static @Nullable String qemu() {
        try {
            return QemuInstallation.find(Architecture.AARCH64, ANY_MEMORY, System.getenv("PATH"))
                    .version();
        } catch (IOException e) {
            return null; // none here: cells that need it say so
        }
    }
}
