package dev.breakmake.lab.local;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs between the services' start and their stop: says so in the lab's state. */
public final class LabApplication implements QuarkusApplication {

    private static final AtomicReference<@Nullable LabState> STATE = new AtomicReference<>();

    /** The framework makes the instance, so what it needs is left here before. */
    static void use(LabState state) {
        STATE.set(state);
    }

    @Override
    public int run(String... arguments) {
        LabState state = STATE.get();
        if (state == null) {
            throw new IllegalStateException("the lab is started by LabMain");
        }
        state.say(LabState.Phase.READY, "ready");
        Quarkus.waitForExit();
        state.say(LabState.Phase.STOPPING, "stopping");
        return 0;
    }
}
