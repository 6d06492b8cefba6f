package dev.breakmake.qemu.site;

import dev.breakmake.qemu.log.LogEntry;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a PE that stands behind a TLBI or a write of a translation register tells whether it has executed it: nothing but the
 * instruction leads there, or a branch around it does too, and the flags still say whether that was taken. All that there is to tell of these
 * instructions, their operand, is in the general registers behind them as before them.
 */
public final class Passage {

    /** An instruction that is branched around from further away is not told from others. */
    private static final int MAX_DISTANCE = 16;

    private static final int NO_BRANCH = -1;

    /** Registers of EL1&0 and PL1&0: no tables that are looked at depend on them. */
    private static final Set<TranslationRegister> LOWER = EnumSet.of(
            TranslationRegister.SCTLR_EL1,
            TranslationRegister.TTBR0_EL1,
            TranslationRegister.TTBR1_EL1,
            TranslationRegister.TCR_EL1,
            TranslationRegister.MAIR_EL1,
            TranslationRegister.SCTLR,
            TranslationRegister.TTBR0,
            TranslationRegister.TTBR1,
            TranslationRegister.TTBCR,
            TranslationRegister.MAIR0,
            TranslationRegister.MAIR1,
            TranslationRegister.CONTEXTIDR);

    /** Registers of stage 2 and EL2: tables depend on them, which have to be looked at while the PE waits in the log. */
    private static final Set<TranslationRegister> TABLES = EnumSet.of(
            TranslationRegister.VTTBR_EL2,
            TranslationRegister.VTCR_EL2,
            TranslationRegister.HCR_EL2,
            TranslationRegister.SCTLR_EL2,
            TranslationRegister.TTBR0_EL2,
            TranslationRegister.TTBR1_EL2,
            TranslationRegister.TCR_EL2,
            TranslationRegister.MAIR_EL2);

    private final int condition;

    private Passage(int condition) {
        this.condition = condition;
    }

    /** What tells of that instruction, or null if nothing does. */
    public static @Nullable Passage through(CodeRegion region, long address) {
        if (!told(region.stopAt(address)) || !region.contains(address + 4)) {
            return null;
        }
        boolean early = region.stopAt(address) instanceof SiteOperation.WriteRegister write && movesTables(write);
        int index = region.index(address);
        List<Integer> ways = region.predecessors(index + 1);
        if (ways.equals(List.of(index))) {
            return new Passage(NO_BRANCH);
        }
        if (early || ways.size() != 2 || ways.getFirst() != index) {
            return null;
        }
        int branch = ways.getLast();
        int condition = region.decoder().flagCondition(region.wordAt(branch));
        return condition >= 0 && straight(region, branch, index) ? new Passage(condition) : null;
    }

    private static boolean told(SiteOperation.@Nullable Stop operation) {
        return operation instanceof SiteOperation.InvalidateTlb
                || (operation instanceof SiteOperation.WriteRegister write
                        && (LOWER.contains(write.register()) || movesTables(write)));
    }

    /**
     * Whether it writes a register that tables depend on, from one that the log shows while the PE waits. Then nothing else leads behind it: the
     * flags are shown later.
     */
    public static boolean movesTables(SiteOperation.WriteRegister write) {
        return TABLES.contains(write.register())
                && (write.low() < LogEntry.Began.FIRST || write.low() == SiteOperation.ZERO);
    }

    /** Whether only the branch not taken leads to the instruction, with the flags as they were. */
    private static boolean straight(CodeRegion region, int branch, int index) {
        if (branch >= index || index - branch > MAX_DISTANCE) {
            return false;
        }
        for (int i = branch + 1; i <= index; i++) {
            if (!region.predecessors(i).equals(List.of(i - 1))
                    || (i < index && !region.decoder().keepsFlags(region.wordAt(i)))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the instruction has been executed, by the program status right behind it. Its own condition is not looked at. */
    public boolean taken(long programStatus) {
        return condition == NO_BRANCH || !Conditions.hold(condition, programStatus);
    }
}
