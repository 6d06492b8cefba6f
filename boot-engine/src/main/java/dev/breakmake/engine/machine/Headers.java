package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.translation.event.TraceHeader;

/** Writes the first event of a run from what the machine is. */
final class Headers {

    private Headers() {}

    static TraceHeader of(final BootPlan plan, final PeIdentity identity, final String interleaving) {
        return identity.header(
                plan.image().architecture(),
                plan.platform().pes(),
                plan.platform().ram(),
                plan.regions(),
                "engine 0.1",
                interleaving);
    }
}
