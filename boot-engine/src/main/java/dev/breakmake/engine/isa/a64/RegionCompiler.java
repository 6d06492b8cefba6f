package dev.breakmake.engine.isa.a64;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.translate.Region;
import dev.breakmake.engine.translate.RegionLoader;
import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/** Translates hot code to JVM bytecode, as much at a time as HotSpot still compiles. */
final class RegionCompiler {

    /** Instructions of a region at most. */
    static final int LARGEST = 120;

    private RegionCompiler() {}

    /** Translates a region, or the part of it that is not too large; null if nothing is left. */
    static @Nullable Region compile(final RegionPlan plan) {
        RegionPlan attempt = plan;
        for (int size = LARGEST / 2; attempt != null && size >= 8; size /= 2) {
            final RegionPlan current = attempt;
            final Region region = RegionLoader.load(
                    MethodHandles.lookup(),
                    Region.class,
                    ProcessingElement.class,
                    body -> new RegionAssembler(body, RegionLoader.name(MethodHandles.lookup()), current).assemble());
            if (region != null) {
                return region;
            }
            attempt = plan.smaller(size);
        }
        return null;
    }
}
