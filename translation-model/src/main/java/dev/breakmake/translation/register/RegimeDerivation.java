package dev.breakmake.translation.register;

import static dev.breakmake.translation.event.TranslationRegister.HCR;
import static dev.breakmake.translation.event.TranslationRegister.HCR2;
import static dev.breakmake.translation.event.TranslationRegister.HCR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR0;
import static dev.breakmake.translation.event.TranslationRegister.HMAIR1;
import static dev.breakmake.translation.event.TranslationRegister.HSCTLR;
import static dev.breakmake.translation.event.TranslationRegister.HTCR;
import static dev.breakmake.translation.event.TranslationRegister.HTTBR;
import static dev.breakmake.translation.event.TranslationRegister.MAIR0;
import static dev.breakmake.translation.event.TranslationRegister.MAIR1;
import static dev.breakmake.translation.event.TranslationRegister.MAIR_EL1;
import static dev.breakmake.translation.event.TranslationRegister.MAIR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.SCTLR;
import static dev.breakmake.translation.event.TranslationRegister.SCTLR_EL1;
import static dev.breakmake.translation.event.TranslationRegister.SCTLR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TCR_EL1;
import static dev.breakmake.translation.event.TranslationRegister.TCR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TTBCR;
import static dev.breakmake.translation.event.TranslationRegister.TTBR0;
import static dev.breakmake.translation.event.TranslationRegister.TTBR0_EL1;
import static dev.breakmake.translation.event.TranslationRegister.TTBR0_EL2;
import static dev.breakmake.translation.event.TranslationRegister.TTBR1;
import static dev.breakmake.translation.event.TranslationRegister.TTBR1_EL1;
import static dev.breakmake.translation.event.TranslationRegister.TTBR1_EL2;
import static dev.breakmake.translation.event.TranslationRegister.VTCR;
import static dev.breakmake.translation.event.TranslationRegister.VTCR_EL2;
import static dev.breakmake.translation.event.TranslationRegister.VTTBR;
import static dev.breakmake.translation.event.TranslationRegister.VTTBR_EL2;

import dev.breakmake.translation.event.Architecture;
import dev.breakmake.translation.event.Feature;
import dev.breakmake.translation.event.TranslationRegister;
import dev.breakmake.translation.register.TranslationControl.Layout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** From register values to the configuration of one regime (Arm ARM D8.1, D8.2, G5.4, G5.5). */
final class RegimeDerivation {
    private final Regime regime;
    private final Implementation implementation;
    private final RegisterFile file;
    private final boolean aarch32;
    private final Set<ConfigurationAnomaly> anomalies = EnumSet.noneOf(ConfigurationAnomaly.class);
    private final List<TranslationRoot> roots = new ArrayList<>(2);

    private RegimeDerivation(Regime regime, RegisterFile file) {
        this.regime = regime;
        this.file = file;
        this.implementation = file.implementation();
        this.aarch32 = aarch32(file);
    }

    static RegimeConfiguration derive(Regime regime, RegisterFile file) {
        return new RegimeDerivation(regime, file).derive();
    }

    private RegimeConfiguration derive() {
        HypervisorConfiguration hcr = hypervisor(file);
        SystemControl sctlr = control(regime, file);
        TranslationControl control = control();
        boolean large = largeAddresses(control);
        int outputBits = outputBits(control, large);
        if (control.longDescriptors()) {
            addRoots(control, large, outputBits);
        } else {
            anomalies.add(ConfigurationAnomaly.SHORT_DESCRIPTORS);
        }
        int asidBits = regime.hasAsids() ? (control.wideIdentifiers() && has(Feature.ASID16) ? 16 : 8) : 0;
        int vmidBits = regime.hasVmids() ? vmidBits(file) : 0;
        return new RegimeConfiguration(
                regime,
                implementation.architecture(),
                enabled(regime, sctlr, hcr),
                roots,
                outputBits,
                memoryAttributes(),
                !regime.stage2() && sctlr.writeExecuteNever(),
                // A trace that starts mid-life leaves AF out of its descriptors too: it stands for memory long in use.
                !implementation.sizesGiven() || (control.hardwareAccessFlag() && has(Feature.HAFDBS_AF)),
                control.hardwareDirtyState() && has(Feature.HAFDBS_DBM),
                asidBits == 0 ? 0 : new TableBase(file.value(rootRegister(control.asidRange()))).identifier(asidBits),
                asidBits,
                vmidBits == 0 ? 0 : vmid(file),
                vmidBits,
                sctlr.bigEndian(),
                regime.stage2() ? !hcr.stage2DataCacheDisabled() : sctlr.dataCache(),
                regime.stage2() && hcr.forceWriteBack() && has(Feature.S2FWB),
                large,
                anomalies);
    }

    private boolean has(Feature feature) {
        return implementation.has(feature);
    }

    private static boolean aarch32(RegisterFile file) {
        return file.implementation().architecture() == Architecture.AARCH32;
    }

    private static HypervisorConfiguration hypervisor(RegisterFile file) {
        return new HypervisorConfiguration(
                aarch32(file) ? (file.value(HCR) & 0xffff_ffffL) | (file.value(HCR2) << 32) : file.value(HCR_EL2));
    }

    static SystemControl control(Regime regime, RegisterFile file) {
        return new SystemControl(
                switch (regime) {
                    case EL2, EL2_0 -> file.value(SCTLR_EL2);
                    case EL1_0 -> file.value(SCTLR_EL1);
                    case HYP -> file.value(HSCTLR);
                    case PL1_0 -> file.value(SCTLR);
                    case STAGE2 -> file.value(aarch32(file) ? HSCTLR : SCTLR_EL2);
                });
    }

    static boolean enabled(Regime regime, RegisterFile file) {
        return enabled(regime, control(regime, file), hypervisor(file));
    }

    static int vmid(RegisterFile file) {
        return new TableBase(file.value(aarch32(file) ? VTTBR : VTTBR_EL2)).identifier(vmidBits(file));
    }

    private static int vmidBits(RegisterFile file) {
        boolean wide = !aarch32(file)
                && file.implementation().has(Feature.VMID16)
                && new TranslationControl(file.value(VTCR_EL2), Layout.STAGE2).wideIdentifiers();
        return wide ? 16 : 8;
    }

    private static boolean enabled(Regime regime, SystemControl sctlr, HypervisorConfiguration hcr) {
        return switch (regime) {
            case EL2 -> !hcr.hostExtensions() && sctlr.mmu();
            case EL2_0 -> hcr.hostExtensions() && sctlr.mmu();
            case EL1_0, PL1_0 -> sctlr.mmu() && !hcr.defaultCacheable() && !hcr.trapGeneral();
            case STAGE2 -> hcr.stage2() && !(hcr.hostExtensions() && hcr.trapGeneral());
            case HYP -> sctlr.mmu();
        };
    }

    private TranslationControl control() {
        return switch (regime) {
            case EL2 -> new TranslationControl(file.value(TCR_EL2), Layout.ONE_RANGE);
            case EL2_0 -> new TranslationControl(file.value(TCR_EL2), Layout.TWO_RANGES);
            case EL1_0 -> new TranslationControl(file.value(TCR_EL1), Layout.TWO_RANGES);
            case STAGE2 ->
                aarch32
                        ? new TranslationControl(file.value(VTCR), Layout.STAGE2_A32)
                        : new TranslationControl(file.value(VTCR_EL2), Layout.STAGE2);
            case HYP -> new TranslationControl(file.value(HTCR), Layout.HYP);
            case PL1_0 -> new TranslationControl(file.value(TTBCR), Layout.PL1);
        };
    }

    private TranslationRegister rootRegister(int range) {
        return switch (regime) {
            case EL2 -> TTBR0_EL2;
            case EL2_0 -> range == 0 ? TTBR0_EL2 : TTBR1_EL2;
            case EL1_0 -> range == 0 ? TTBR0_EL1 : TTBR1_EL1;
            case STAGE2 -> aarch32 ? VTTBR : VTTBR_EL2;
            case HYP -> HTTBR;
            case PL1_0 -> range == 0 ? TTBR0 : TTBR1;
        };
    }

    private long memoryAttributes() {
        return switch (regime) {
            case EL2, EL2_0 -> file.value(MAIR_EL2);
            case EL1_0 -> file.value(MAIR_EL1);
            case HYP ->
                MemoryAttributes.of(file.value(HMAIR0), file.value(HMAIR1)).value();
            case PL1_0 ->
                MemoryAttributes.of(file.value(MAIR0), file.value(MAIR1)).value();
            case STAGE2 -> 0;
        };
    }

    private boolean largeAddresses(TranslationControl control) {
        Granule granule = control.granule(0);
        return control.largeAddresses() && has(Feature.LPA2) && granule != Granule.K64;
    }

    private int outputBits(TranslationControl control, boolean large) {
        if (!implementation.sizesGiven()) {
            return 52;
        }
        int bits = control.outputBits();
        if (bits == 0 || bits > implementation.paBits()) {
            // A reserved or too large PS acts as the implemented size, but no hypervisor wants to rely on that.
            anomalies.add(ConfigurationAnomaly.OUTPUT_SIZE_UNSUPPORTED);
            bits = implementation.paBits();
        }
        boolean wide = large || (control.granule(0) == Granule.K64 && has(Feature.LPA));
        return wide ? bits : Math.min(bits, 48);
    }

    private void addRoots(TranslationControl control, boolean large, int outputBits) {
        switch (regime) {
            case EL2, HYP, STAGE2 -> addRoot(control, 0, large, outputBits);
            case EL2_0, EL1_0 -> {
                addRoot(control, 0, large, outputBits);
                addRoot(control, 1, large, outputBits);
            }
            case PL1_0 -> {
                addRoot(control, 0, large, outputBits);
                // With both sizes 0, TTBR0 serves the whole 4 GiB and TTBR1 nothing (G5.5.4).
                if (control.size(0) != 0 || control.size(1) != 0) {
                    addRoot(control, 1, large, outputBits);
                }
            }
        }
    }

    private void addRoot(TranslationControl control, int range, boolean large, int outputBits) {
        Granule granule = control.granule(range);
        if (granule == null) {
            anomalies.add(ConfigurationAnomaly.GRANULE_RESERVED);
            return;
        }
        if (control.walksDisabled(range)) {
            return;
        }
        int inputBits = inputBits(control, range, granule, large);
        int startLevel = startLevel(control, granule, inputBits, large);
        if (startLevel == Integer.MIN_VALUE) {
            anomalies.add(ConfigurationAnomaly.START_LEVEL_INCONSISTENT);
            return;
        }
        long value = file.value(rootRegister(range));
        roots.add(new TranslationRoot(
                range,
                base(value, granule, inputBits, startLevel, large, outputBits),
                RootRanges.input(regime, aarch32, control, range, inputBits),
                granule,
                startLevel,
                inputBits,
                Bits.bit(value, 0) && (has(Feature.TTCNP) || !implementation.sizesGiven()),
                control.topByteIgnored(range),
                control.hierarchicalDisabled(range) && has(Feature.HPDS),
                control.walks(range)));
    }

    private int inputBits(TranslationControl control, int range, Granule granule, boolean large) {
        int bits = control.inputBits(range);
        if (aarch32) {
            return bits;
        }
        boolean wide = large || (granule == Granule.K64 && has(Feature.LPA));
        int most = wide ? 52 : 48;
        // 25 is the smallest input size without FEAT_TTST; that feature's 16 to 24 bits are not told apart here.
        int least = 16;
        if (bits > most || bits < least) {
            anomalies.add(ConfigurationAnomaly.INPUT_SIZE_OUT_OF_RANGE);
        }
        return Math.clamp(bits, least, most);
    }

    /** Start level, or Integer.MIN_VALUE if SL0 and T0SZ contradict each other. */
    private int startLevel(TranslationControl control, Granule granule, int inputBits, boolean large) {
        int bitsPerLevel = granule.bitsPerLevel();
        int natural = 4 - Math.max(1, Math.ceilDiv(inputBits - granule.shift(), bitsPerLevel));
        if (!regime.stage2()) {
            return natural;
        }
        int level = StartLevels.of(control, granule, large);
        int rootBits = level == Integer.MIN_VALUE ? 0 : inputBits - granule.levelShift(level);
        // Up to 16 tables may be concatenated at the start level (D8.2.2, G5.5.6).
        boolean fits = rootBits >= 1 && rootBits <= bitsPerLevel + 4 && (level > 0 || rootBits <= bitsPerLevel);
        if (fits) {
            return level;
        }
        return implementation.sizesGiven() ? Integer.MIN_VALUE : natural;
    }

    private long base(long value, Granule granule, int inputBits, int startLevel, boolean large, int outputBits) {
        TableBase table = new TableBase(value);
        boolean wide = outputBits > 48 && implementation.sizesGiven() && (large || granule == Granule.K64);
        long address = wide ? table.largeAddress() : table.address();
        long rootBytes = Math.max(8L << (inputBits - granule.levelShift(startLevel)), wide ? 64 : 1);
        if ((address & (rootBytes - 1)) != 0) {
            anomalies.add(ConfigurationAnomaly.ROOT_MISALIGNED);
        }
        int limit = aarch32 ? 40 : outputBits;
        if (address >>> limit != 0) {
            anomalies.add(ConfigurationAnomaly.ROOT_BEYOND_OUTPUT_SIZE);
        }
        boolean identifier = regime.hasAsids() || regime.stage2();
        if (!identifier && value >>> 48 != 0) {
            anomalies.add(ConfigurationAnomaly.ASID_WITHOUT_ASIDS);
        }
        if (aarch32 && identifier && value >>> 56 != 0) {
            anomalies.add(ConfigurationAnomaly.ROOT_RESERVED_BITS);
        }
        return address & -rootBytes;
    }
}
