package dev.breakmake.engine.machine;

import dev.breakmake.engine.pe.PeIdentity;
import dev.breakmake.engine.platform.BootPlan;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.HandOver;
import dev.breakmake.translation.event.TraceHeader;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes the first event of a run from what the machine is. */
final class Headers {

    private Headers() {}

    static TraceHeader of(final BootPlan plan, final PeIdentity identity, final String interleaving) {
        final SortedMap<String, Long> registers = new TreeMap<>();
        identity.identification().forEach((register, value) -> registers.put(register.name(), value));
        return new TraceHeader(
                plan.image().architecture(),
                plan.platform().pes(),
                registers,
                identity.features(),
                0,
                identity.cacheLineBytes(),
                identity.paBits(),
                plan.platform().ram(),
                plan.regions(),
                new HandOver(ExceptionLevel.EL2, true, HandOver.LineState.CLEAN_STALE, HandOver.LineState.UNKNOWN),
                "engine 0.1",
                Set.of(),
                interleaving);
    }
}
