package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Architecture;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Everything a flow depends on.
 *
 * @param architecture AArch64 or AArch32
 * @param patches decisions taken
 * @param loadAddress physical address of the image, 4 KiB aligned
 * @param pes number of PEs, 1 to 8
 */
public record FlowSpecification(Architecture architecture, Set<Patch> patches, long loadAddress, int pes) {

    /** A usual load address: 2 MiB into the RAM of {@code virt}. */
    public static final long USUAL_LOAD_ADDRESS = 0x4020_0000L;

    public FlowSpecification {
        patches = patches.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(patches));
        if ((loadAddress & 0xfff) != 0) {
            throw new IllegalArgumentException("load address 0x%x is not a multiple of 4 KiB".formatted(loadAddress));
        }
        final int bits = architecture == Architecture.AARCH64 ? 44 : 32;
        if (loadAddress < 0 || loadAddress + ImageMap.BYTES > 1L << bits) {
            throw new IllegalArgumentException(
                    "load address 0x%x does not leave room for the image below 2^%d".formatted(loadAddress, bits));
        }
        if (loadAddress >>> 21 != loadAddress + ImageMap.BYTES - 1 >>> 21) {
            throw new IllegalArgumentException(
                    "an image of %d bytes at 0x%x crosses a 2 MiB boundary; load it at or below 0x%x"
                            .formatted(
                                    ImageMap.BYTES,
                                    loadAddress,
                                    (loadAddress & -(2L << 20)) + (2L << 20) - ImageMap.BYTES));
        }
        if (pes < 1 || pes > 8) {
            throw new IllegalArgumentException("a flow runs on 1 to 8 PEs, not " + pes);
        }
    }

    /** A flow of a preset at the usual load address. */
    public static FlowSpecification of(final Architecture architecture, final Preset preset, final int pes) {
        return new FlowSpecification(architecture, preset.patches(), USUAL_LOAD_ADDRESS, pes);
    }

    /** Whether a decision is taken. */
    public boolean has(final Patch patch) {
        return patches.contains(patch);
    }

    /** The same with one decision turned over. */
    public FlowSpecification with(final Patch patch, final boolean taken) {
        final EnumSet<Patch> changed = EnumSet.noneOf(Patch.class);
        changed.addAll(patches);
        if (taken) {
            changed.add(patch);
        } else {
            changed.remove(patch);
        }
        return new FlowSpecification(architecture, changed, loadAddress, pes);
    }

    /** The same at another load address. */
    public FlowSpecification at(final long otherAddress) {
        return new FlowSpecification(architecture, patches, otherAddress, pes);
    }
}
