package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.translate.RegionLoader;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Translates hot A32 code to JVM bytecode. */
final class RegionCompiler {

    /** Instructions of a region at most. */
    private static final int LARGEST = 160;

    private RegionCompiler() {}

    /**
     * Translates the region at an entry.
     *
     * @param around code by distance in pages; distance 0 is the entry's page
     * @return null if there is nothing worth translating
     */
    static @Nullable Region compile(final Map<Integer, CodePage> around, final int entry) {
        for (int size = LARGEST; size >= 7; size /= 2) {
            final RegionFinder.Blocks blocks = RegionFinder.find(around, entry, size);
            if (blocks == null) {
                return null;
            }
            final Map<Integer, Integer> numbers = new TreeMap<>();
            final List<CodePage> pages = new ArrayList<>();
            for (final int place : blocks.members().keySet()) {
                final int distance = RegionFinder.pageOf(place);
                final CodePage page = around.get(distance);
                if (page != null && numbers.putIfAbsent(distance, pages.size()) == null) {
                    pages.add(page);
                }
            }
            final Region region = RegionLoader.load(MethodHandles.lookup(), Region.class, AArch32.class, body -> {
                new RegionAssembler(body, blocks, numbers).assemble();
                return pages.toArray();
            });
            if (region != null) {
                return region;
            }
        }
        return null;
    }
}
