package dev.breakmake.translation.tlb;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Implementation;
import dev.breakmake.translation.register.Regime;
import dev.breakmake.translation.register.RegimeConfiguration;
import dev.breakmake.translation.register.RegisterFile;
import java.util.Objects;
import java.util.Set;

/**
 * Small trees for tests of the state: 25 bits of input (32 MiB), a level 2 root of 16 entries whose first one leads to a table of pages
 * in the next page of memory.
 */
final class TestTrees {
    /** nG of a stage 1 leaf. */
    static final long NOT_GLOBAL = 1L << 11;

    static final long CONTIGUOUS = 1L << 52;
    private static final int T0SZ = 39;

    private TestTrees() {}

    /** What the registers of a regime say of a root. */
    static RegimeConfiguration configuration(Regime regime, int vmid, int asid, long root) {
        RegisterFile file = new RegisterFile(new Implementation(Architecture.AARCH64, 40, Set.of(), true));
        switch (regime) {
            case EL2 -> {
                file.set(TranslationRegister.MAIR_EL2, 0xff);
                file.set(TranslationRegister.TCR_EL2, 0x8082_3500L | T0SZ);
                file.set(TranslationRegister.TTBR0_EL2, root);
                file.set(TranslationRegister.SCTLR_EL2, 5);
            }
            case EL1_0 -> {
                file.set(TranslationRegister.MAIR_EL1, 0xff);
                file.set(TranslationRegister.TCR_EL1, 0x2_8080_3500L | T0SZ);
                file.set(TranslationRegister.TTBR0_EL1, root | (long) asid << 48);
                file.set(TranslationRegister.VTTBR_EL2, (long) vmid << 48);
                file.set(TranslationRegister.SCTLR_EL1, 5);
            }
            default -> {
                file.set(TranslationRegister.VTCR_EL2, 0x8002_3500L | T0SZ);
                file.set(TranslationRegister.VTTBR_EL2, root | (long) vmid << 48);
                file.set(TranslationRegister.HCR_EL2, 1);
            }
        }
        return file.configuration(regime);
    }

    /** A tree nobody walks yet; its level 3 table lies at {@code root + 0x1000}. */
    static Tree tree(MayHold state, Regime regime, int vmid, int asid, long root) {
        state.memory().frame(root).store(0, pages(root) | 3, 1, 0, 0);
        return again(state, regime, vmid, asid, root);
    }

    /** The same root once more: nothing is stored. */
    static Tree again(MayHold state, Regime regime, int vmid, int asid, long root) {
        RegimeConfiguration configuration = configuration(regime, vmid, asid, root);
        return state.tree(configuration, configuration.roots().getFirst());
    }

    /** Address of the level 3 table of a root. */
    static long pages(long root) {
        return root + 0x1000;
    }

    /** The newest slice in the page of an address, which must be a table. */
    static TableSlice slice(MayHold state, long address) {
        return Objects.requireNonNull(
                state.memory().frame(address).firstSlice(), () -> "no table at 0x" + Long.toHexString(address));
    }

    /** A valid page or block. */
    static long leaf(long output, int level) {
        return output | 1L << 10 | (level == 3 ? 3 : 1);
    }

    /** Stores a word and tells the state, as the judge of stores does; returns the stale version or -1. */
    static int store(MayHold state, long address, long value, long time, int pe) {
        Frame frame = state.memory().frame(address);
        int word = (int) (address >>> 3) & (Frame.WORDS - 1);
        long old = frame.word(word);
        long stored = frame.storedAt(word);
        frame.store(word, value, time, pe, 0x500);
        int version = -1;
        TableSlice next;
        for (TableSlice slice = frame.firstSlice(); slice != null; slice = next) {
            next = slice.nextOnFrame();
            if (slice.holds(word)) {
                version = state.replaced(slice, word, old, stored, value, time, pe, 0x500);
                state.linked(slice, word, value);
            }
        }
        return version;
    }
}
