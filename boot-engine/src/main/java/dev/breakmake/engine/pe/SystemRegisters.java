package dev.breakmake.engine.pe;

import static dev.breakmake.engine.pe.SystemRegister.*;

import dev.breakmake.translation.event.PeState;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.Arrays;

/**
 * The system registers of a PE: a table of values, and the effects of those that have some. Writes that change a translation regime
 * become events here.
 */
public final class SystemRegisters {

    private static final long HCR_VM = 1;
    private static final long HCR_DC = 1L << 12;
    private static final long HCR_TGE = 1L << 27;

    /** SCTLR value after reset, as QEMU's cortex-a57 has it. */
    private static final long SCTLR_RESET = 0x00c5_0838L;

    private static final int[] OUTPUT_BITS = {32, 36, 40, 42, 44, 48, 52, 48};

    private final ProcessingElement pe;
    private final long[] values = new long[SystemRegister.values().length];
    private ExternalRegisters external = ExternalRegisters.NONE;
    private long affinity;
    private Runnable decoder = this::configure;

    SystemRegisters(final ProcessingElement pe) {
        this.pe = pe;
        this.affinity = pe.id;
    }

    /** Installs the registers that live outside. */
    public void setExternal(final ExternalRegisters outside) {
        external = outside;
    }

    /** Sets the affinity fields MPIDR_EL1 shows. */
    public void setAffinity(final long mpidr) {
        affinity = mpidr;
    }

    /** The affinity fields of MPIDR_EL1. */
    public long affinity() {
        return affinity;
    }

    /** Puts every register into its reset state. */
    void reset() {
        Arrays.fill(values, 0);
        pe.model().identification().forEach((register, value) -> values[register.ordinal()] = value);
        set(MPIDR_EL1, 0x8000_0000L | affinity);
        set(VMPIDR_EL2, get(MPIDR_EL1));
        set(VPIDR_EL2, get(MIDR_EL1));
        set(SCTLR_EL1, SCTLR_RESET);
        set(SCTLR_EL2, SCTLR_RESET);
        set(CPTR_EL2, 0x33ffL);
        set(OSLSR_EL1, 10);
        set(PMCR_EL0, 0x4101_3000L);
        configure();
    }

    /** Raw value of a register. */
    public long get(final SystemRegister register) {
        return values[register.ordinal()];
    }

    /** Sets the raw value of a register, without effects. */
    public void set(final SystemRegister register, final long value) {
        values[register.ordinal()] = value;
    }

    /** All raw values, in the order of {@link SystemRegister}. */
    public long[] save() {
        return values.clone();
    }

    /** Takes back what {@link #save()} gave. */
    public void restore(final long[] saved) {
        System.arraycopy(saved, 0, values, 0, values.length);
        decoder.run();
    }

    /**
     * Reads a register as MRS does.
     *
     * @param key encoding as {@link SystemRegister#key()}
     * @throws GuestFault if the current level may not read it
     * @throws UnimplementedException if the engine does not model it
     */
    public long read(final int key) {
        final SystemRegister register = SystemRegister.of(key);
        if (register == null) {
            return readUnnamed(key);
        }
        if (pe.el < register.level() || register.access() == Access.WO) {
            throw GuestFault.undefined();
        }
        if (external.has(key)) {
            return external.read(pe, key);
        }
        return switch (register) {
            case MIDR_EL1 -> pe.el == 1 ? get(VPIDR_EL2) : get(MIDR_EL1);
            case MPIDR_EL1 -> pe.el == 1 ? get(VMPIDR_EL2) : get(MPIDR_EL1);
            case CURRENTEL -> (long) pe.el << 2;
            case DAIF -> (long) pe.daif << 6;
            case NZCV -> (long) pe.nzcv << 28;
            case SPSEL -> pe.ownStack ? 1 : 0;
            case SP_EL0 -> {
                requireOwnStack();
                yield pe.stackPointer(0);
            }
            case SP_EL1 -> pe.stackPointer(1);
            case ISR_EL1 -> pe.interruptPending() ? 1L << 7 : 0;
            case DCZID_EL0 -> get(DCZID_EL0) | (zeroingTraps() ? 1 << 4 : 0);
            case CCSIDR_EL1 -> cacheSize((int) get(CSSELR_EL1));
            default -> get(register);
        };
    }

    /** While SP_EL0 is the stack pointer it is no system register. */
    private void requireOwnStack() {
        if (!pe.ownStack) {
            throw GuestFault.undefined();
        }
    }

    /** Whether DC ZVA would trap at the current level: DCZID_EL0.DZP. */
    private boolean zeroingTraps() {
        final boolean byHypervisor = pe.el < 2 && (get(HCR_EL2) & 1L << 28) != 0;
        return byHypervisor || pe.el == 0 && (get(SCTLR_EL1) & 1L << 14) == 0;
    }

    /** Cache geometry of Cortex-A57: 32 KiB data, 48 KiB instruction, 2 MiB unified. */
    private static long cacheSize(final int selector) {
        return switch (selector & 15) {
            case 0 -> 0x701f_e00aL;
            case 1 -> 0x201f_e012L;
            case 2 -> 0x70ff_e07aL;
            default -> 0;
        };
    }

    private long readUnnamed(final int key) {
        if (external.has(key)) {
            return external.read(pe, key);
        }
        final boolean identification = key >>> 7 == (3 << 7) && (key >>> 3 & 15) >= 1 && (key >>> 3 & 15) <= 7;
        if (identification && pe.el >= 1) {
            return 0;
        }
        throw new UnimplementedException("MRS of " + SystemRegister.generic(key));
    }

    /**
     * Writes a register as MSR does.
     *
     * @param key encoding as {@link SystemRegister#key()}
     * @throws GuestFault if the current level may not write it
     * @throws UnimplementedException if the engine does not model it
     */
    public void write(final int key, final long value) {
        final SystemRegister register = SystemRegister.of(key);
        if (register == null) {
            if (external.has(key)) {
                external.write(pe, key, value);
                return;
            }
            throw new UnimplementedException("MSR of " + SystemRegister.generic(key));
        }
        final boolean readOnlyAtEl0 = register == TPIDRRO_EL0 || register == CNTFRQ_EL0;
        if (pe.el < register.level() || register.access() == Access.RO || pe.el == 0 && readOnlyAtEl0) {
            throw GuestFault.undefined();
        }
        if (external.has(key)) {
            external.write(pe, key, value);
            return;
        }
        switch (register) {
            case DAIF -> {
                pe.daif = (int) (value >>> 6) & 15;
                pe.maskChanged();
            }
            case NZCV -> pe.nzcv = (int) (value >>> 28) & 15;
            case SPSEL -> pe.selectStack((value & 1) != 0);
            case SP_EL0 -> {
                requireOwnStack();
                pe.setStackPointer(0, value);
            }
            case SP_EL1 -> pe.setStackPointer(1, value);
            case OSLAR_EL1 -> set(OSLSR_EL1, 8 | (value & 1) << 1);
            default -> {
                final TranslationRegister event = register.event();
                if (event == null) {
                    set(register, value);
                } else {
                    writeTranslation(register, event, value);
                }
            }
        }
    }

    private void writeTranslation(final SystemRegister register, final TranslationRegister event, final long value) {
        set(register, value);
        translationChanged(event, value, register.level() == 2 ? 2 : 1, sharedByGuest(register));
        if (register == HCR_EL2) {
            pe.maskChanged();
        }
    }

    private static boolean sharedByGuest(final SystemRegister register) {
        return register == HCR_EL2 || register == VTTBR_EL2 || register == VTCR_EL2;
    }

    /**
     * A register of a translation regime has its new raw value: decodes the regimes, follows new roots, tells the event.
     *
     * @param level level whose regime the register belongs to, 1 or 2
     * @param guestToo whether it configures the regime of level 1 as well
     */
    public void translationChanged(
            final TranslationRegister event, final long value, final int level, final boolean guestToo) {
        final Regime regime = pe.regime(pe.el);
        final boolean on = regime.on;
        final boolean caches = regime.dataCache;
        decoder.run();
        linkRoots();
        final EventEmitter emitter = pe.cluster().emitter();
        pe.regime(level).stamp = emitter.sequence();
        if (guestToo) {
            pe.regime(1).stamp = emitter.sequence();
        }
        emitter.registerWrite(pe, event, value);
        final TlbAdversary adversary = pe.cluster().adversary();
        if (adversary != null) {
            adversary.regimeChanged(pe);
        }
        pe.mmu.forgetAll();
        if (regime.on != on) {
            emitter.peState(pe, regime.on ? PeState.Change.MMU_ON : PeState.Change.MMU_OFF, 0);
        }
        if (regime.dataCache != caches) {
            emitter.peState(pe, regime.dataCache ? PeState.Change.CACHES_ON : PeState.Change.CACHES_OFF, 0);
        }
    }

    /** What registers mean has changed without a write of them: regimes are decoded again, translations forgotten. */
    public void decodeAgain() {
        decoder.run();
        pe.mmu.forgetAll();
    }

    /** Installs another way to decode the regimes from the registers: that of AArch32. */
    public void setDecoder(final Runnable decodesRegimes) {
        decoder = decodesRegimes;
    }

    /** Whether a register lives outside the PE. */
    public boolean isExternal(final SystemRegister register) {
        return external.has(register.key());
    }

    /** Tells the tracker about every root that a register names now. */
    private void linkRoots() {
        final TableTracker tables = pe.cluster().tables();
        final Regime own = pe.regime(2);
        if (own.root[0] != 0) {
            tables.linkRoot(pe, own.root[0], own.rootBytes(0), own.startLevel(0), own.granule[0], false);
        }
        final Regime guest = pe.regime(1);
        if (guest.root2 != 0 && get(VTCR_EL2) != 0) {
            tables.linkRoot(pe, guest.root2, guest.rootBytes2(), guest.startLevel2, guest.granule2, true);
        }
        if (!guest.stage2 && guest.on && !guest.shortDescriptors) {
            for (int range = 0; range < 2; range++) {
                if (guest.root[range] != 0 && !guest.disabled[range]) {
                    tables.linkRoot(
                            pe,
                            guest.root[range],
                            guest.rootBytes(range),
                            guest.startLevel(range),
                            guest.granule[range],
                            false);
                }
            }
        }
    }

    /** Decodes the regimes from the registers. */
    private void configure() {
        final Regime own = pe.regime(2);
        control(own, get(SCTLR_EL2));
        final long tcr = get(TCR_EL2);
        own.twoRanges = false;
        own.privileged = false;
        own.inputBits[0] = inputBits(tcr);
        own.granule[0] = granule((int) (tcr >>> 14) & 3);
        own.topByteIgnored[0] = (tcr & 1L << 20) != 0;
        own.outputBits =
                Math.min(OUTPUT_BITS[(int) (tcr >>> 16) & 7], pe.model().paBits());
        own.mair = get(MAIR_EL2);
        own.root[0] = root(get(TTBR0_EL2), own.rootBytes(0));

        final Regime guest = pe.regime(1);
        control(guest, get(SCTLR_EL1));
        final long hcr = get(HCR_EL2);
        if ((hcr & (HCR_TGE | HCR_DC)) != 0) {
            guest.on = false;
        }
        guest.defaultCacheable = (hcr & HCR_DC) != 0;
        guest.twoRanges = true;
        guest.privileged = true;
        final long tcr1 = get(TCR_EL1);
        guest.inputBits[0] = inputBits(tcr1);
        guest.inputBits[1] = inputBits(tcr1 >>> 16);
        guest.granule[0] = granule((int) (tcr1 >>> 14) & 3);
        final int upper = (int) (tcr1 >>> 30) & 3;
        guest.granule[1] = upper == 1 ? 14 : upper == 3 ? 16 : 12;
        guest.disabled[0] = (tcr1 & 1L << 7) != 0;
        guest.disabled[1] = (tcr1 & 1L << 23) != 0;
        guest.topByteIgnored[0] = (tcr1 & 1L << 37) != 0;
        guest.topByteIgnored[1] = (tcr1 & 1L << 38) != 0;
        guest.outputBits =
                Math.min(OUTPUT_BITS[(int) (tcr1 >>> 32) & 7], pe.model().paBits());
        guest.mair = get(MAIR_EL1);
        guest.root[0] = root(get(TTBR0_EL1), guest.rootBytes(0));
        guest.root[1] = root(get(TTBR1_EL1), guest.rootBytes(1));
        guest.stage2 = (hcr & (HCR_VM | HCR_DC)) != 0 && (hcr & HCR_TGE) == 0;
        final long vtcr = get(VTCR_EL2);
        guest.inputBits2 = 64 - (int) (vtcr & 63);
        guest.granule2 = granule((int) (vtcr >>> 14) & 3);
        final int start = (int) (vtcr >>> 6) & 3;
        guest.startLevel2 = guest.granule2 == 12 ? Math.max(0, 2 - start) : 3 - start;
        guest.outputBits2 =
                Math.min(OUTPUT_BITS[(int) (vtcr >>> 16) & 7], pe.model().paBits());
        guest.root2 = root(get(VTTBR_EL2), guest.rootBytes2());
    }

    private static void control(final Regime regime, final long sctlr) {
        regime.on = (sctlr & 1) != 0;
        regime.alignmentCheck = (sctlr & 2) != 0;
        regime.dataCache = (sctlr & 4) != 0;
        regime.wxn = (sctlr & 1L << 19) != 0;
    }

    private static int inputBits(final long sizeOffset) {
        return 64 - Math.min(39, Math.max(16, (int) (sizeOffset & 63)));
    }

    private static int granule(final int field) {
        return field == 1 ? 16 : field == 2 ? 14 : 12;
    }

    private static long root(final long ttbr, final int bytes) {
        return ttbr & 0xffff_ffff_fffeL & -(long) bytes;
    }
}
