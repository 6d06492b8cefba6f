package dev.breakmake.engine.pe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Chains of translations by their leaf, against a map of who comes from where. */
class LeafChainsTest {

    private static final int ENTRIES = 64;

    @Test
    void everyEntryIsFoundByItsDescriptorAndByNoneAfterItsRemoval() {
        final SplittableRandom random = new SplittableRandom(20261128);
        final LeafChains chains = new LeafChains(ENTRIES);
        final Map<Integer, Long> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            final int entry = random.nextInt(ENTRIES);
            chains.remove(entry);
            model.remove(entry);
            if (random.nextBoolean()) {
                // Few tables and few entries: many share a descriptor, as 4 KiB translations of a block do.
                final long descriptor = 0x4000_0000L + (random.nextLong(3) << 12) + (random.nextLong(40) << 3);
                chains.add(entry, descriptor);
                model.put(entry, descriptor);
            }
            final long asked = 0x4000_0000L + (random.nextLong(3) << 12) + (random.nextLong(40) << 3);
            assertThat(found(chains, asked, model)).isEqualTo(expected(asked, model));
        }
    }

    /** Entries of a descriptor as a user finds them: all of the chain that come from it. */
    private static List<Integer> found(final LeafChains chains, final long descriptor, final Map<Integer, Long> model) {
        final List<Integer> entries = new ArrayList<>();
        for (int at = chains.first(descriptor); at >= 0; at = chains.next(at)) {
            assertThat(model).as("an entry that was removed is in no chain").containsKey(at);
            if (model.getOrDefault(at, -1L) == descriptor) {
                entries.add(at);
            }
        }
        return entries.stream().sorted().toList();
    }

    private static List<Integer> expected(final long descriptor, final Map<Integer, Long> model) {
        return model.entrySet().stream()
                .filter(each -> each.getValue() == descriptor)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }
}
