package dev.breakmake.engine.isa.a32;

import dev.breakmake.engine.pe.ProcessingElement;
import dev.breakmake.engine.pe.Regime;
import dev.breakmake.engine.pe.SystemRegister;
import dev.breakmake.engine.pe.SystemRegisters;
import dev.breakmake.engine.pe.UnimplementedException;
import dev.breakmake.translation.event.TranslationRegister;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of coprocessor 15 of a PE, and the translation regimes they configure: Hyp (long descriptors), PL1&0 and stage 2 (DDI 0406C
 * B3.6, DDI 0487 G5.5).
 */
final class SystemState {

    /** SCTLR reset value as QEMU's cortex-a15 has it; HSCTLR has the same RES1 bits. */
    private static final int SCTLR_RESET = 0x00c5_0078;

    private static final int HSCTLR_RESET = 0;
    private static final int TTBCR_EAE = 1 << 31;
    private static final long ADDRESS = 0xff_ffff_ffffL;

    /** Registers that Secure and Non-secure state have each for itself (DDI 0406C B3.15.3). */
    private static final List<Cp15> BANKED = List.of(
            Cp15.CSSELR,
            Cp15.SCTLR,
            Cp15.ACTLR,
            Cp15.TTBR0,
            Cp15.TTBR1,
            Cp15.TTBCR,
            Cp15.DACR,
            Cp15.DFSR,
            Cp15.IFSR,
            Cp15.ADFSR,
            Cp15.AIFSR,
            Cp15.DFAR,
            Cp15.IFAR,
            Cp15.PAR,
            Cp15.MAIR0,
            Cp15.MAIR1,
            Cp15.AMAIR0,
            Cp15.AMAIR1,
            Cp15.VBAR,
            Cp15.FCSEIDR,
            Cp15.CONTEXTIDR,
            Cp15.TPIDRURW,
            Cp15.TPIDRURO,
            Cp15.TPIDRPRW);

    private final AArch32 state;
    private final ProcessingElement pe;
    private final SystemRegisters shared;
    private final int[] own = new int[Cp15.values().length];

    /** The banks that SCR.NS does not select now, in the order of {@link #BANKED}. */
    private final long[] hidden = new long[BANKED.size()];

    SystemState(final AArch32 state) {
        this.state = state;
        this.pe = state.pe();
        this.shared = pe.system;
        shared.setDecoder(this::configure);
    }

    void reset() {
        java.util.Arrays.fill(own, 0);
        java.util.Arrays.fill(hidden, 0);
        hidden[BANKED.indexOf(Cp15.SCTLR)] = SCTLR_RESET;
        shared.set(SystemRegister.SCTLR_EL1, SCTLR_RESET);
        shared.set(SystemRegister.SCTLR_EL2, HSCTLR_RESET);
        shared.set(SystemRegister.CPTR_EL2, 0x33ff);
        own[Cp15.L2CTLR.slot()] = pe.cluster().size() - 1 << 24 | 1 << 23;
        configure();
    }

    /** Values that the PE's own table of registers does not hold. */
    record Saved(int[] own, long[] hidden) {}

    /** The values that are not the PE's own. */
    Saved save() {
        return new Saved(own.clone(), hidden.clone());
    }

    /** Takes back what {@link #save} gave; the regimes are decoded again. */
    void restore(final Saved saved) {
        System.arraycopy(saved.own, 0, own, 0, own.length);
        System.arraycopy(saved.hidden, 0, hidden, 0, hidden.length);
        configure();
    }

    /** Shows the banks of the other security state. */
    void swapBanks() {
        for (int i = 0; i < hidden.length; i++) {
            final Cp15 register = BANKED.get(i);
            final SystemRegister mapped = register.mapped();
            final long shown = mapped == null ? own[register.slot()] : shared.get(mapped);
            if (mapped == null) {
                own[register.slot()] = (int) hidden[i];
            } else {
                shared.set(mapped, hidden[i]);
            }
            hidden[i] = shown;
        }
        shared.decodeAgain();
    }

    /** Raw value of a 32-bit register. */
    int get(final Cp15 register) {
        final SystemRegister mapped = register.mapped();
        return mapped == null ? own[register.slot()] : (int) shared.get(mapped);
    }

    /** Sets the raw value of a 32-bit register without effects; the upper half of a wider one is kept. */
    void set(final Cp15 register, final int value) {
        final SystemRegister mapped = register.mapped();
        if (mapped == null) {
            own[register.slot()] = value;
        } else {
            final long upper = keepsUpperHalf(register) ? shared.get(mapped) & 0xffff_ffff_0000_0000L : 0;
            shared.set(mapped, upper | value & 0xffff_ffffL);
        }
    }

    private static boolean keepsUpperHalf(final Cp15 register) {
        return register == Cp15.TTBR0 || register == Cp15.TTBR1 || register == Cp15.PAR;
    }

    /** Writes a 32-bit register with its effects. */
    void write(final Cp15 register, final int value) {
        set(register, value);
        final TranslationRegister event = register.event();
        if (event != null) {
            translationChanged(event, value & 0xffff_ffffL);
        }
    }

    /** Writes a 64-bit register with its effects. */
    void write(final Cp15.Wide register, final long value) {
        shared.set(register.mapped(), value);
        final TranslationRegister event = register.event();
        if (event != null) {
            translationChanged(event, value);
        }
    }

    private void translationChanged(final @Nullable TranslationRegister event, final long value) {
        if (event != null && state.security().secure() && !ofNonSecure(event)) {
            // Secure regimes are no part of the event vocabulary: firmware runs there with its MMU off.
            if (event == TranslationRegister.SCTLR && (value & 1) != 0) {
                throw new UnimplementedException("MMU switched on in Secure state, SCTLR 0x%08x".formatted(value));
            }
            configure();
        } else if (event != null) {
            final boolean guestToo = switch (event) {
                case HCR, VTTBR, VTCR -> true;
                default -> false;
            };
            final boolean guest = switch (event) {
                case SCTLR, TTBR0, TTBR1, TTBCR, MAIR0, MAIR1 -> true;
                default -> false;
            };
            shared.translationChanged(event, value, guest ? 1 : 2, guestToo);
        }
    }

    /** Hyp mode and stage 2 are Non-secure, and so are all banks that Monitor mode sees with SCR.NS set. */
    private boolean ofNonSecure(final TranslationRegister event) {
        return state.security().monitorOverNonSecure()
                || switch (event) {
                    case SCTLR, TTBR0, TTBR1, TTBCR, MAIR0, MAIR1 -> false;
                    default -> true;
                };
    }

    /** Decodes the regimes. */
    void configure() {
        final Regime hyp = pe.regime(2);
        control(hyp, (int) shared.get(SystemRegister.SCTLR_EL2));
        hyp.twoRanges = false;
        hyp.privileged = false;
        hyp.inputBits[0] = 32 - (int) (shared.get(SystemRegister.TCR_EL2) & 7);
        hyp.granule[0] = 12;
        hyp.outputBits = 40;
        hyp.mair = Integer.toUnsignedLong(own[Cp15.HMAIR0.slot()]) | (long) own[Cp15.HMAIR1.slot()] << 32;
        hyp.root[0] = root(shared.get(SystemRegister.TTBR0_EL2), hyp.rootBytes(0));

        final Regime pl1 = pe.regime(1);
        control(pl1, (int) shared.get(SystemRegister.SCTLR_EL1));
        final int ttbcr = (int) shared.get(SystemRegister.TCR_EL1);
        pl1.twoRanges = true;
        pl1.privileged = true;
        pl1.shortDescriptors = (ttbcr & TTBCR_EAE) == 0;
        pl1.inputBits[0] = 32 - (ttbcr & 7);
        pl1.inputBits[1] = 32 - (ttbcr >>> 16 & 7);
        pl1.granule[0] = 12;
        pl1.granule[1] = 12;
        pl1.disabled[0] = (ttbcr & 1 << 7) != 0;
        pl1.disabled[1] = (ttbcr & 1 << 23) != 0;
        pl1.outputBits = 40;
        pl1.mair = Integer.toUnsignedLong(own[Cp15.MAIR0.slot()]) | (long) own[Cp15.MAIR1.slot()] << 32;
        pl1.root[0] = root(shared.get(SystemRegister.TTBR0_EL1), pl1.rootBytes(0));
        pl1.root[1] = root(shared.get(SystemRegister.TTBR1_EL1), pl1.rootBytes(1));

        final boolean secure = state.security().secure();
        final long hcr = secure ? 0 : shared.get(SystemRegister.HCR_EL2);
        final boolean defaultCacheable = (hcr & 1 << 12) != 0;
        if (defaultCacheable || secure) {
            pl1.on = false;
        }
        pl1.defaultCacheable = defaultCacheable;
        pl1.stage2 = (hcr & 1) != 0 || defaultCacheable;
        final int vtcr = (int) shared.get(SystemRegister.VTCR_EL2);
        // VTCR.T0SZ is a signed four-bit field; SL0 0 starts at level 2, 1 at level 1.
        pl1.inputBits2 = 32 - (vtcr << 28 >> 28);
        pl1.granule2 = 12;
        pl1.startLevel2 = 2 - (vtcr >>> 6 & 3);
        pl1.outputBits2 = 40;
        pl1.root2 = root(shared.get(SystemRegister.VTTBR_EL2), pl1.rootBytes2());
    }

    private static void control(final Regime regime, final int sctlr) {
        regime.on = (sctlr & 1) != 0;
        regime.alignmentCheck = (sctlr & 2) != 0;
        regime.dataCache = (sctlr & 4) != 0;
        regime.wxn = (sctlr & 1 << 19) != 0;
    }

    private static long root(final long ttbr, final int bytes) {
        return ttbr & ADDRESS & -(long) bytes;
    }
}
