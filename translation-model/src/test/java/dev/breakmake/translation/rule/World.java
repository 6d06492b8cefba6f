package dev.breakmake.translation.rule;

import dev.breakmake.translation.descriptor.Descriptor;
import dev.breakmake.translation.descriptor.DescriptorFormat;
import dev.breakmake.translation.event.ExceptionLevel;
import dev.breakmake.translation.event.TlbOperation;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.Granule;
import dev.breakmake.translation.register.Regime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A small address space per regime: input addresses 0 to 2 MiB are pages of one level 3 table, the next 30 MiB blocks of one level
 * 2 table, and the code lies identity-mapped at {@link Scenario#CODE}.
 */
enum World {
    EL2(Regime.EL2, 0, TlbOperation.ALLE2, TlbOperation.VAE2),
    HYP(Regime.HYP, 1, TlbOperation.TLBIALLH, TlbOperation.TLBIMVAH),
    STAGE2(Regime.STAGE2, 1, TlbOperation.ALLE1, TlbOperation.IPAS2E1),
    EL1(Regime.EL1_0, 0, TlbOperation.VMALLE1, TlbOperation.VAE1);

    static final long L0 = 0x4010_0000L;
    static final long L1 = 0x4010_1000L;
    static final long L2 = 0x4010_2000L;
    static final long L3 = 0x4010_3000L;
    static final long L2_CODE = 0x4010_4000L;
    /** Table pages no world uses at first. */
    static final long SPARE = 0x4010_8000L;

    private final Regime regime;
    private final int startLevel;
    private final TlbOperation all;
    private final TlbOperation byAddress;

    World(Regime regime, int startLevel, TlbOperation all, TlbOperation byAddress) {
        this.regime = regime;
        this.startLevel = startLevel;
        this.all = all;
        this.byAddress = byAddress;
    }

    boolean aarch32() {
        return this == HYP;
    }

    int startLevel() {
        return startLevel;
    }

    long root() {
        return startLevel == 0 ? L0 : L1;
    }

    TlbOperation all() {
        return all;
    }

    TlbOperation byAddress() {
        return byAddress;
    }

    ExceptionLevel level() {
        return this == STAGE2 || this == EL1 ? ExceptionLevel.EL1 : ExceptionLevel.EL2;
    }

    /** Operand of a by-address invalidate. */
    long operand(long input) {
        return aarch32() ? input : (input >>> 12) & ((1L << 44) - 1) | (this == EL1 ? 1L << 48 : 0);
    }

    /** Location of the level 3 entry of page {@code i}. */
    static long l3(int i) {
        return L3 + 8L * i;
    }

    /** Location of the level 2 entry of 2 MiB range {@code i}. */
    static long l2(int i) {
        return L2 + 8L * i;
    }

    /** A read-write, never executable page. */
    long page(long pa) {
        return pa | 3 | attributes();
    }

    /** A read-write, never executable block. */
    long block(long pa) {
        return pa | 1 | attributes();
    }

    private long attributes() {
        long common = 1L << 10 | 3L << 8;
        return this == STAGE2
                ? common | 3L << 6 | 0xfL << 2 | 2L << 53
                : common | (this == EL1 ? 0 : 1L << 6) | 1L << 54 | (this == EL1 ? 1L << 11 : 0);
    }

    /** The same leaf, read-only. */
    long readOnly(long leaf) {
        return this == STAGE2 ? leaf & ~(1L << 7) : leaf | 1L << 7;
    }

    /** The same leaf, executable and read-only. */
    long code(long leaf) {
        return readOnly(leaf) & ~(3L << 53);
    }

    /** The same leaf as device memory. */
    long device(long leaf) {
        return this == STAGE2 ? leaf & ~(0xfL << 2) | 1L << 2 : leaf & ~(7L << 2) | 1L << 2;
    }

    static long table(long pa) {
        return pa | 3;
    }

    static long contiguous(long leaf) {
        return leaf | 1L << 52;
    }

    /** Initial tables: location to value. */
    Map<Long, Long> tables() {
        Map<Long, Long> tables = new LinkedHashMap<>();
        for (int i = 0; i < 16; i++) {
            tables.put(l3(i), page(0x5000_0000L + 0x1000L * i));
        }
        tables.put(L2, table(L3));
        for (int i = 1; i < 8; i++) {
            tables.put(l2(i), block(0x6000_0000L + 0x20_0000L * i));
        }
        tables.put(L2_CODE + 8, code(block(Scenario.CODE)));
        tables.put(L1, table(L2));
        tables.put(L1 + 8, table(L2_CODE));
        if (startLevel == 0) {
            tables.put(L0, table(L1));
        }
        return tables;
    }

    List<Long> pages() {
        return List.of(L0, L1, L2, L3, L2_CODE);
    }

    /** Registers of the regime, to be written before its control register. */
    Map<TranslationRegister, Long> registers() {
        Map<TranslationRegister, Long> registers = new LinkedHashMap<>();
        switch (this) {
            case EL2 -> {
                registers.put(TranslationRegister.MAIR_EL2, 0x44_04ffL);
                registers.put(TranslationRegister.TCR_EL2, 0x8082_3510L);
                registers.put(TranslationRegister.TTBR0_EL2, L0);
            }
            case HYP -> {
                registers.put(TranslationRegister.HMAIR0, 0x44_04ffL);
                registers.put(TranslationRegister.HMAIR1, 0L);
                registers.put(TranslationRegister.HTCR, 0x8080_3500L);
                registers.put(TranslationRegister.HTTBR, L1);
            }
            case STAGE2 -> {
                registers.put(TranslationRegister.VTCR_EL2, 0x8002_3559L);
                registers.put(TranslationRegister.VTTBR_EL2, L1 | 1L << 48);
            }
            case EL1 -> {
                registers.put(TranslationRegister.MAIR_EL1, 0x44_04ffL);
                registers.put(TranslationRegister.TCR_EL1, 0x2_8080_3510L);
                registers.put(TranslationRegister.TTBR0_EL1, L0 | 1L << 48);
            }
        }
        return registers;
    }

    TranslationRegister control() {
        return switch (this) {
            case EL2 -> TranslationRegister.SCTLR_EL2;
            case HYP -> TranslationRegister.HSCTLR;
            case STAGE2 -> TranslationRegister.HCR_EL2;
            case EL1 -> TranslationRegister.SCTLR_EL1;
        };
    }

    /** Value of the control register with the MMU (and caches) on. */
    long controlOn() {
        return this == STAGE2 ? 0x8000_0001L : 0x30c5_1835L & ~(1L << 4 | 1L << 5) | 5;
    }

    /** And off. */
    long controlOff() {
        return this == STAGE2 ? 0x8000_0000L : controlOn() & ~5L;
    }

    long index(long input, int level) {
        return input >>> (12 + 9 * (3 - level)) & 511;
    }

    private DescriptorFormat format() {
        return new DescriptorFormat(regime, Granule.K4, 40, 0x44_04ffL, false, false, false, 3, aarch32());
    }

    /** A location by table and index. */
    String name(long pa) {
        long page = pa & -4096L;
        String table = page == L0
                ? "L0"
                : page == L1
                        ? "L1"
                        : page == L2
                                ? "L2"
                                : page == L3 ? "L3" : page == L2_CODE ? "L2code" : "table 0x%x".formatted(page);
        return "%s[%d]".formatted(table, (pa & 4095) / 8);
    }

    /** A value decoded at the level its location stands at. */
    String text(long pa, long value) {
        long page = pa & -4096L;
        int level = page == L0 ? 0 : page == L1 ? 1 : page == L2 || page == L2_CODE ? 2 : 3;
        return Descriptor.decode(format(), level, value).text();
    }
}
