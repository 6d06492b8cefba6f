package dev.breakmake.engine.flow;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.register.Granule;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Everything a flow depends on.
 *
 * @param architecture AArch64 or AArch32
 * @param patches decisions taken
 * @param loadAddress physical address of the image, a multiple of the granule
 * @param pes number of PEs, 1 to 8
 * @param tables granule and attributes of the translation tables
 */
public record FlowSpecification(
        Architecture architecture, Set<Patch> patches, long loadAddress, int pes, TableOptions tables) {

    /** A usual load address: 2 MiB into the RAM of {@code virt}. */
    public static final long USUAL_LOAD_ADDRESS = 0x4020_0000L;

    public FlowSpecification {
        patches = patches.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(patches));
        final Granule granule = tables.granule();
        if (architecture == Architecture.AARCH32 && granule != Granule.K4) {
            throw new IllegalArgumentException(
                    "AArch32 translation tables have a granule of 4 KiB, not " + TableOptions.id(granule));
        }
        if ((loadAddress & granule.bytes() - 1) != 0) {
            throw new IllegalArgumentException(
                    "load address 0x%x is not a multiple of %d KiB".formatted(loadAddress, granule.bytes() >> 10));
        }
        final long bytes = ImageMap.bytes(granule);
        final int bits = architecture == Architecture.AARCH64 ? 44 : 32;
        if (loadAddress < 0 || loadAddress + bytes > 1L << bits) {
            throw new IllegalArgumentException(
                    "load address 0x%x does not leave room for the image below 2^%d".formatted(loadAddress, bits));
        }
        final long block = tables.blockBytes();
        if (loadAddress / block != (loadAddress + bytes - 1) / block) {
            throw new IllegalArgumentException(
                    "an image of %d bytes at 0x%x crosses a %d MiB boundary; load it at or below 0x%x"
                            .formatted(bytes, loadAddress, block >> 20, (loadAddress & -block) + block - bytes));
        }
        if (pes < 1 || pes > 8) {
            throw new IllegalArgumentException("a flow runs on 1 to 8 PEs, not " + pes);
        }
    }

    /** A flow with tables as Xen has them. */
    public FlowSpecification(
            final Architecture architecture, final Set<Patch> patches, final long loadAddress, final int pes) {
        this(architecture, patches, loadAddress, pes, TableOptions.DEFAULT);
    }

    /** A flow of a preset at the usual load address. */
    public static FlowSpecification of(final Architecture architecture, final Preset preset, final int pes) {
        return new FlowSpecification(architecture, preset.patches(), USUAL_LOAD_ADDRESS, pes);
    }

    /** Level of the root of its translation tables. */
    public int topLevel() {
        return architecture == Architecture.AARCH64 ? tables.topLevel() : 1;
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
        return new FlowSpecification(architecture, changed, loadAddress, pes, tables);
    }

    /** The same at another load address. */
    public FlowSpecification at(final long otherAddress) {
        return new FlowSpecification(architecture, patches, otherAddress, pes, tables);
    }

    /** The same with other tables. */
    public FlowSpecification with(final TableOptions others) {
        return new FlowSpecification(architecture, patches, loadAddress, pes, others);
    }
}
